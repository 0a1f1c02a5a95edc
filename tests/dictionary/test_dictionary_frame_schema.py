"""The pandas schema and the engine's checks are two witnesses: they agree row for row."""

from __future__ import annotations

import pandas as pd
import pandera.errors
import pytest
from dictionary_cases import (
    COLUMNS,
    SCHEMA,
    VALID_NHS_NUMBERS,
    clean,
    dictionary,
    faults,
    on_engine,
    with_cells,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from test_dictionary_checks import SINGLE_FAULTS

from workbench.dictionary import frame_faults, frame_schema, load, rules_of
from workbench.dictionary.model import Schema
from workbench.errors import InputError

DATES = ["2024-02-01", "2024-02-29", "2023-02-29", "2020-09-30", "2020-10-01", "1989-12-31",
         "2031-01-01", "0001-01-01", "9999-12-31", "2024-2-1", "x", " ", None]  # fmt: skip
NUMBERS = ["0", "-0", "003", "-1", "999", "1000", "1.5", "1e2", "1e-5", "-0.594", "1.0", "1.",
           "nan", "+1", "1_0", "12345678901234567", "", None]  # fmt: skip
POOLS: dict[str, list[str | None]] = {
    "pathway": ["P1", "P2", "P3", None, ""],
    "issuer": ["RXX", "RX", "RXXXXX", "\U0001d4b3\u00e9a", None],
    "event": ["01", "02", None],
    "nhs_number": [*VALID_NHS_NUMBERS, "9434765918", "943476591", "123456789\u0661", None],
    "other_number": [*VALID_NHS_NUMBERS, "1234567890", "12", None],
    "referral_type": ["01", "03", "3", "15", "OTHER", "18", "99", "zz", "<i>", None],
    "agreed": ["Y", "N", "y", None],
    "referred": DATES,
    "seen": DATES,
    "adjustment": NUMBERS,
    "score": NUMBERS,
    "screened": ["true", "false", "True", "1", None],
    "site": ["RXX01", "RR8", "RZZ01", "rxx01", " RXX01", "89999", "89997", "R", None],
    "place": ["SW1A 1AA", "S1\n", "s1", "", None],
}
ROW = st.tuples(*(st.sampled_from(POOLS[name]) for name in COLUMNS))


@settings(max_examples=8)
@given(st.lists(ROW, min_size=1, max_size=60))
def test_engine_and_frame_agree_row_for_row_on_random_faulty_rows(
    rows: list[tuple[str | None, ...]],
) -> None:
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
    engine = on_engine(frame)
    assert faults(engine.frame()) == faults(frame_faults(frame, SCHEMA, dictionary()))


def test_pandera_itself_fails_the_same_rows_by_the_same_rules() -> None:
    frame = clean(len(SINGLE_FAULTS))
    cells = {(i + 1, column): value for i, (column, value, _) in enumerate(SINGLE_FAULTS)}
    frame = pd.concat([with_cells(frame, cells), clean(3)], ignore_index=True)
    with pytest.raises(pandera.errors.SchemaErrors) as failed:
        frame_schema(SCHEMA, dictionary()).validate(frame, lazy=True)
    cases = failed.value.failure_cases
    by_pandera = {(int(r) + 1, c) for r, c in zip(cases["index"], cases["check"], strict=True)}
    by_us = frame_faults(frame, SCHEMA, dictionary())
    assert by_pandera == set(zip(by_us["row"], by_us["rule"], strict=True))
    assert len(by_pandera) > len(SINGLE_FAULTS) // 2


def test_the_index_of_a_frame_does_not_matter() -> None:
    frame = with_cells(clean(3), {(2, "score"): "x"}).set_axis([7, 7, 7], axis="index")
    assert faults(frame_faults(frame, SCHEMA, dictionary())) == [(2, "score", "score.type")]


def test_a_clean_frame_passes_and_comes_back() -> None:
    frame = clean(4)
    pd.testing.assert_frame_equal(frame_schema(SCHEMA, dictionary()).validate(frame), frame)
    assert frame_faults(frame, SCHEMA, dictionary()).empty


def test_a_frame_without_a_required_column_is_refused() -> None:
    with pytest.raises(InputError, match="required"):
        frame_faults(clean(1).drop(columns="place"), SCHEMA, dictionary())


@pytest.mark.parametrize("name", list(load().schemas))
def test_the_schema_of_every_dataset_names_the_rules_that_all_compilers_share(name: str) -> None:
    schema: Schema = load().schema(name)
    ids = [check.id for check in rules_of(schema)]
    assert [check.name for check in frame_schema(name).checks] == ids
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", ["pathway_records", "identifiers", "demographics", "proms"])
def test_engine_and_frame_agree_on_faulty_rows_of_the_shipped_datasets(name: str) -> None:
    schema = load().schema(name)
    pool = ["01", "Y", "2024-03-01", "2019-01-01", "17", "RXX", "9434765919", "C61X", "12", None]
    frame = pd.DataFrame(
        {
            field: [pool[(row * (place + 3) + row // 7) % len(pool)] for row in range(80)]
            for place, field in enumerate(schema.field_names)
        },
        dtype="str",
    )
    found = on_engine(frame, schema, load().code_lists)
    assert sum(found.counts.values()) > 80
    assert faults(found.frame()) == faults(frame_faults(frame, name))
