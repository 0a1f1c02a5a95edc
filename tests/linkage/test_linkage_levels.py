from random import Random

import ibis
import pyarrow as pa
import pytest

from workbench.engine import connect
from workbench.linkage.agreement import (
    MISSING,
    SWAPPED,
    SWAPPED_FIRST,
    SWAPPED_LAST,
    conditions,
    level,
    swapped,
    swapped_level,
    words,
)
from workbench.linkage.columns import STANDARD, Column
from workbench.linkage.normalise import normalised, with_likenesses
from workbench.linkage.rules import linkage_rules


@pytest.fixture(scope="module")
def con():
    return connect()


def _levels(con, kind, pairs):
    cells = {
        name: pa.array([pair[place] for pair in pairs], pa.string())
        for place, name in enumerate("ab")
    }
    table = ibis.memtable(pa.table(cells))
    return con.to_pyarrow(table.select(level=level(table.a, table.b, kind)))["level"].to_pylist()


@pytest.mark.parametrize(
    ("kind", "pairs"),
    [
        ("nhs_number", [("9434765919", "9434765919"), ("9434765919", "9434765991"),
                        ("9434765919", "4010232137")]),
        ("name", [("ELIZABETH", "ELIZABETH"), ("ELIZABETH", "ELISABETH"), ("ELIZABETH", "ELIZA"),
                  ("ELLEN", "ELSPETH"), ("ELIZABETH", "JOHN")]),
        ("date", [("19500203", "19500203"), ("19500203", "19500302"), ("19500203", "19501103"),
                  ("19500203", "19811130")]),
        ("postcode", [("LS14AB", "LS14AB"), ("LS14AB", "LS14AD"), ("LS14AB", "LS1"),
                      ("LS14AB", "LS92QT"), ("LS14AB", "N11AA")]),
        ("sex", [("1", "1"), ("1", "2")]),
        ("text", [("12 HIGH STREET", "12 HIGH STREET"), ("12 HIGH STREET", "12 HIGH STRET"),
                  ("12 HIGH STREET", "12 HIGH LANE"), ("12 HIGH STREET", "FLAT 3")]),
    ],
)  # fmt: skip
def test_levels_fall_from_equal_to_different(con, kind, pairs):
    assert _levels(con, kind, pairs) == list(range(len(conditions(kind)) + 1))
    assert words([0, len(conditions(kind)), MISSING], kind).tolist() == [
        "equal", "different", "missing"
    ]  # fmt: skip


def test_a_level_is_the_same_from_either_side(con):
    draw = Random(1)
    texts = ["".join(draw.choices("AB12", k=draw.randint(1, 8))) for _ in range(3000)]
    table = ibis.memtable(pa.table({"a": texts[::2], "b": texts[1::2]}))
    kinds = ("number", "name", "date", "postcode", "sex", "text")
    both = {
        f"{kind}_{side}": level(*ends, kind)
        for kind in kinds
        for side, ends in (("ab", (table.a, table.b)), ("ba", (table.b, table.a)))
    }
    found = con.to_pyarrow(table.select(**both))
    for kind in kinds:
        assert found[f"{kind}_ab"].equals(found[f"{kind}_ba"])
        assert len(found[f"{kind}_ab"].unique()) > 1


def test_missing_agrees_with_nothing(con):
    assert _levels(con, "name", [("ANN", None), (None, None)]) == [MISSING, MISSING]


def _swaps(con, pairs):
    """Whether names are swapped, and how, for (given, family, given, family)."""
    table = ibis.memtable(pa.table(dict(zip("abcd", zip(*pairs, strict=True), strict=True))))
    both = [table.a, table.b], [table.c, table.d]
    found = con.to_pyarrow(table.select(crossed=swapped(*both), how=swapped_level(*both)))
    return found["crossed"].to_pylist(), found["how"].to_pylist()


def test_swapped_names_may_have_one_slip(con):
    right = [("JONES", "ANNA"), ("JONEZ", "ANNA"), ("SMITH", "BELL"), ("ANNA", "JONES")]
    crossed, _ = _swaps(con, [("ANNA", "JONES", *pair) for pair in right])
    assert crossed == [True, True, False, False]


def test_of_swapped_names_one_may_be_in_another_form(con):
    pairs = [
        ("AMRITA", "TALAAYA", "TALAAYA", "AMRITA"),
        ("AMRITA", "TALAAYA", "TALY", "AMRITA"),
        ("AMRIT", "TALAAYA", "TALAAYA", "AMRITA"),
    ]
    assert _swaps(con, pairs) == ([True] * 3, [SWAPPED, SWAPPED_FIRST, SWAPPED_LAST])
    assert words([SWAPPED, SWAPPED_FIRST, SWAPPED_LAST], "name").tolist() == ["close"] * 3


def test_identifiers_are_brought_into_one_spelling(con):
    cells = {
        "nhs_number": ["943 476 5919", "9434765910", "0000000000", " "],
        "given_name": [" José ", "Anne-Marie", "BABY", "D'Arcy"],
        "family_name": ["Ó Néill", "van  Dyke", "Unknown", "St. John"],
        "birth_date": ["1950-02-03", "1950-02-03 00:00:00", "1900-01-01", "1950-03-02"],
        "sex": ["1", "f", "9", "X"],
        "postcode": ["ls1 4ab", "LS14AB", "ZZ99 3VZ", "LS1"],
    }
    raw = con.create_table(
        "raw", pa.table({**cells, "row": range(4), "place_of_source": [0] * 4}), overwrite=True
    )
    made = normalised(con, raw, tuple(STANDARD), linkage_rules())
    made = with_likenesses(made, tuple(STANDARD))
    found = con.to_pyarrow(made.order_by("row")).to_pydict()
    con.drop_table("linkage_features")
    assert found["nhs_number"] == ["9434765919", "9434765910", None, None]
    assert found["nhs_number__valid"] == ["9434765919", None, None, None]
    assert found["given_name"] == ["JOSE", "ANNE MARIE", None, "DARCY"]
    assert found["family_name"] == ["O NEILL", "VAN DYKE", None, "ST JOHN"]
    assert found["birth_date"] == ["19500203", "19500203", None, "19500302"]
    assert found["birth_date__folded"] == ["19500203", "19500203", None, "19500203"]
    assert found["sex"] == ["1", "F", None, None]
    assert found["postcode"] == ["LS14AB", "LS14AB", None, "LS1"]
    assert found["postcode__district"] == ["LS1", "LS1", None, "LS1"]


def test_the_standard_columns_are_those_of_the_contract():
    assert [column.name for column in STANDARD] == [
        "nhs_number", "given_name", "family_name", "birth_date", "sex", "postcode"
    ]  # fmt: skip
    assert Column("sex", "sex") in tuple(STANDARD)
