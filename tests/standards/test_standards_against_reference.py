"""The engine and the slow per-record reference give the same rows for any record."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import standards_reference as ref
from hypothesis import given, settings
from hypothesis import strategies as st
from standards_cases import AS_AT, Record, any_record, engine, many_records

Rows = list[dict[str, Any]]

DATES = pytest.mark.parametrize("as_at", [None, AS_AT], ids=["as recorded", "as at"])


def in_order(rows: Rows) -> Rows:
    return sorted(rows, key=lambda r: (str(r["record_id"]), r["standard"], r["provider"] or ""))


def expected(records: list[Record], as_at: date | None) -> Rows:
    return in_order([row for record in records for row in ref.reference(record, as_at)])


@DATES
@settings(max_examples=80)
@given(records=st.lists(any_record(), min_size=1, max_size=15))
def test_any_records_give_the_reference_rows(as_at: date | None, records: list[Record]) -> None:
    named = [record | {"record_id": f"r{n}"} for n, record in enumerate(records)]
    assert in_order(engine(as_at)(named)) == expected(named, as_at)


@DATES
def test_thousands_of_seeded_records_give_the_reference_rows(as_at: date | None) -> None:
    records = many_records(8_000, seed=2025)
    rows = in_order(engine(as_at)(records))
    assert rows == expected(records, as_at)
    reasons = {row["exclusion_reason"] for row in rows}
    assert len(reasons) == 10, "the records must reach every reason, and inclusion"
    assert {row["weight"] for row in rows} == {0.0, 0.5, 1.0}
