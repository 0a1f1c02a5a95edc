"""Conditions mean the same to the engine and to pandas, blanks and all; the rest is refused."""

from __future__ import annotations

import datetime as dt
from itertools import product

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from workbench.dictionary.expression import columns_of, parse
from workbench.dictionary.expression_ibis import ENGINE_TYPES, EngineColumns, compiled
from workbench.dictionary.expression_pandas import (
    FRAME_TYPES,
    FrameColumns,
    days,
    evaluated,
)
from workbench.engine import connect
from workbench.errors import ParameterError

TYPES = {
    "i": "integer", "j": "integer", "x": "number", "s": "string", "t": "string",
    "d": "date", "e": "date", "f": "boolean", "gone": "date", "lost": "string",
}  # fmt: skip
_DAY = dt.date(2020, 10, 1)
_POOLS: dict[str, list[object]] = {
    "i": [None, 0, 3, -2],
    "j": [None, 3],
    "x": [None, 3.0, -0.5],
    "s": [None, "C61", "c61", "\U0001d4b3", "\uffff"],
    "t": [None, "C61"],
    "d": [None, _DAY, dt.date(2019, 2, 28)],
    "e": [None, _DAY],
    "f": [None, True, False],
}
_CHOSEN = [row for place, row in enumerate(product(*_POOLS.values())) if place % 7 == 0]
_VALUES = pd.DataFrame(_CHOSEN, columns=list(_POOLS), dtype="object")


def _on_engine(conditions: list[str]) -> list[list[bool | None]]:
    schema = pa.schema(
        [(name, {"integer": pa.int64(), "number": pa.float64(), "string": pa.string(),
                 "date": pa.date32(), "boolean": pa.bool_()}[TYPES[name]]) for name in _POOLS]
    )  # fmt: skip
    rows = [dict(zip(_POOLS, row, strict=True)) for row in _CHOSEN]
    table = connect().create_table("rows", pa.Table.from_pylist(rows, schema=schema))
    columns = EngineColumns(
        text={name: table[name].cast("string") for name in _POOLS},
        parsed={name: table[name].cast(ENGINE_TYPES[TYPES[name]]) for name in _POOLS},
    )
    results = table.select(
        n=ibis.row_number(),
        **{
            f"c{place}": compiled(parse(text, TYPES), columns)
            for place, text in enumerate(conditions)
        },
    )
    found = results.order_by("n").to_pyarrow()
    return [found[f"c{place}"].to_pylist() for place in range(len(conditions))]


def _on_frame(conditions: list[str]) -> list[list[bool | None]]:
    parsed = {
        name: pd.Series(
            [days(v) if isinstance(v, dt.date) else v for v in _VALUES[name]],
            dtype=FRAME_TYPES[TYPES[name]],
        )
        for name in _POOLS
    }
    columns = FrameColumns(_VALUES.index, parsed, parsed)
    series = [evaluated(parse(text, TYPES), columns) for text in conditions]
    return [[None if pd.isna(one) else bool(one) for one in result] for result in series]


_SIGN = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_INTEGER = st.recursive(
    st.sampled_from(["i", "j", "3", "-2", "length(s)", "(d - e)", "(e - gone)", "length(lost)"]),
    lambda inner: st.tuples(inner, st.sampled_from("+-"), inner).map(lambda p: f"({' '.join(p)})"),
    max_leaves=3,
)
_SAME = [
    st.one_of(_INTEGER, st.sampled_from(["x", "2.5", "x + i"])),
    st.sampled_from(["s", "t", '"C61"', "lost", '""']),
    st.sampled_from(["d", "e", "gone", 'date("2020-10-01")']),
    st.sampled_from(["f", "True", "False"]),
]
_COMPARISON = st.one_of(
    *(st.tuples(side, _SIGN, side).map(" ".join) for side in _SAME),
    st.tuples(_SAME[2], _SIGN, _SAME[2], _SIGN, _SAME[2]).map(" ".join),
)
_LEAF = st.one_of(
    _COMPARISON,
    st.sampled_from(
        [
            "missing(s)", "present(d)", "missing(gone)", "present(lost)", "f", "True",
            's in ["C61", "c61"]', 's not in ["C61"]', "i in [0, -2]", "x in [3, 2.5]",
            'd in [date("2019-02-28")]', 'lost in ["x"]', "f in [True]",
            'starts_with(s, "C6")', 'starts_with(lost, "C")', 'starts_with(s, "")',
        ]
    ),
)  # fmt: skip
_CONDITION = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda p: f"({' '.join(p)})"),
        inner.map(lambda part: f"not ({part})"),
    ),
    max_leaves=6,
)


# No shrinking: each attempt asks the engine anew, and the failing condition is named anyway.
@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(_CONDITION, min_size=8, max_size=25))
def test_engine_and_pandas_agree_on_random_conditions(conditions: list[str]) -> None:
    engine, frame = _on_engine(conditions), _on_frame(conditions)
    for text, one, other in zip(conditions, engine, frame, strict=True):
        assert one == other, text


@pytest.mark.parametrize(
    ("condition", "unknown_rows"),
    [
        ("missing(i)", lambda row: False),
        ("i > 0", lambda row: row["i"] is None),
        ("not (i > 0)", lambda row: row["i"] is None),
        ("i == j", lambda row: row["i"] is None or row["j"] is None),
        ("i > 0 and False", lambda row: False),
        ("i > 0 or True", lambda row: False),
        ("i > 0 or False", lambda row: row["i"] is None),
        ("d - e > 3", lambda row: row["d"] is None or row["e"] is None),
        ('s not in ["C61"]', lambda row: row["s"] is None),
        ('starts_with(s, "C")', lambda row: row["s"] is None),
        ("gone < d", lambda row: True),
        ("missing(gone)", lambda row: False),
    ],
)
def test_unknown_is_where_kleene_says(condition: str, unknown_rows: object) -> None:
    rows = _VALUES.astype("object").where(_VALUES.notna(), None).to_dict("records")
    expected = [unknown_rows(row) for row in rows]  # type: ignore[operator]
    for results in (_on_engine([condition]), _on_frame([condition])):
        assert [one is None for one in results[0]] == expected


def test_days_between_dates_count_leap_days() -> None:
    for results in (_on_engine(["d - e == -581"]), _on_frame(["d - e == -581"])):
        by_row = {
            result for row, result in zip(_CHOSEN, results[0], strict=True)
            if row[5] == dt.date(2019, 2, 28) and row[6] == _DAY
        }  # fmt: skip
        assert by_row == {True}


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("i >", "not a condition"),
        ("", "not a condition"),
        ("i", "gives a integer"),
        ("nobody > 1", "no column 'nobody'"),
        ("i > 'a'", "a integer is compared with a string"),
        ("d > '2020-01-01'", "a date is compared with a string"),
        ("d + 1 > e", "not for a date and a integer"),
        ("d + e > 1", "not for a date and a date"),
        ("s - t == 1", "not for a string"),
        ("i * 2 > 1", "not of the language"),
        ("i is None", "use missing"),
        ("i == None", "no constant"),
        ("s in t", "needs a list of constants"),
        ("s in []", "needs a list of constants"),
        ("s in [t]", "each a string"),
        ("i in [1, 'a']", "each a integer"),
        ("missing('s')", "no function"),
        ("missing(nobody)", "no column"),
        ("length(i) > 1", "a text is needed"),
        ("starts_with(s, t)", "no function"),
        ("date(2020) < d", "no function"),
        ('date("2020-02-30") < d', "a day that exists"),
        ("not i", "not true or false"),
        ("s and f", "not true or false"),
        ("__import__('os').system('true')", "not of the language"),
        ("open('x')", "no function"),
        ("s.upper() == t", "not of the language"),
        ("(lambda: True)()", "not of the language"),
        ("[i for i in t]", "not of the language"),
        ("f if f else f", "not of the language"),
        ("f'{s}' == t", "not of the language"),
        ("b'C61' == s", "no constant"),
        ("missing(s, t)", "no function"),
        ("missing(column=s)", "not of the language"),
        ("(f := True)", "not of the language"),
        ("~f", "not of the language"),
        ("-i > 1", "not of the language"),
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_place(condition: str, says: str) -> None:
    with pytest.raises(ParameterError, match="rule x") as refused:
        parse(condition, TYPES, "rule x")
    assert says in str(refused.value)


def test_columns_of_a_condition() -> None:
    text = 'missing(s) or (d - e > i and starts_with(t, "C")) or not x in [1] or length(s) > 2'
    assert columns_of(parse(text, TYPES)) == ("d", "e", "i", "s", "t", "x")
