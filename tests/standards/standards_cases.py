"""Records for the tests of the standards: plain ones to start from, nasty ones to search in."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa
import standards_reference as ref
from hypothesis import strategies as st

from workbench.engine import connect
from workbench.standards import waits
from workbench.standards.waits import COLUMNS as WAITS

COLUMNS = (
    ref.CRTP, ref.SEEN, ref.UPGRADE, ref.DECISION, ref.TREATED, ref.FDS_END, ref.TRANSFER,
    ref.SOURCE, ref.PRIORITY, ref.REFERRAL_TYPE, ref.ADJ_SEEN, ref.ADJ_TREATED, ref.SETTING,
    ref.EVENT, ref.MODALITY, ref.ICD, ref.END_REASON, ref.EXCLUSION, ref.SITE_FDS, ref.SITE_SEEN,
    ref.SITE_UPGRADE, ref.SITE_TREATED, ref.ACCOUNTABLE,
)  # fmt: skip
DATES = COLUMNS[:7]

START = date(2025, 1, 1)
AS_AT = date(2025, 3, 1)

Record = dict[str, str | None]

_EDGES = (-3, -1, 0, 1, 5, 10, 24, 26, 27, 28, 29, 31, 32, 37, 38, 39, 45, 59, 60, 62, 63, 69, 100)
_CHOICES: dict[str, Sequence[str | None]] = {
    ref.SOURCE: (None, "03", "17", "17", "05", "99", " 17 "),
    ref.PRIORITY: (None, "1", "2", "3", "3", "9", ""),
    ref.REFERRAL_TYPE: (None, "01", "16", "18", "1"),
    ref.ADJ_SEEN: (None, None, "0", "1", "5", "7", "-2", "70", " 3 "),
    ref.ADJ_TREATED: (None, None, "0", "1", "5", "12", "-1", "70", "007"),
    ref.SETTING: (None, "01", "01", "02", "03", "99", "1"),
    ref.EVENT: (None, "01", "01", "01", "02", "03", "07", "09", "12", "11", "99", "1", " 01"),
    ref.MODALITY: (None, "02", "23", "98", "ZZ"),
    ref.ICD: (None, "C509", "C509", "D051", "C449", " "),
    ref.END_REASON: (None, "01", "02", "2", "03", "3", "03", "04", "05", "4 "),
    ref.EXCLUSION: (None, "01", "01", "02", "1", "99"),
    ref.SITE_FDS: (None, "RAA01", "RBB02", "89999"),
    ref.SITE_SEEN: (None, "RAA01", "RAA01", "RBB02", "89997", "R"),
    ref.SITE_UPGRADE: (None, "RAA02", "RCC01", "RBB01"),
    ref.SITE_TREATED: (None, "RBB01", "RBB01", "RBB01", "RAA09", "89997"),
    ref.ACCOUNTABLE: (None, "RAA", "RAA01", "RBB", "RDD", "89999"),
}


def plain(**changes: str | None) -> Record:
    """Give a record that is included under all three standards, but for the changes."""
    record: Record = dict.fromkeys(COLUMNS)
    record |= {
        "record_id": "A1",
        ref.CRTP: "2025-01-01",
        ref.SEEN: "2025-01-10",
        ref.DECISION: "2025-02-01",
        ref.TREATED: "2025-02-20",
        ref.FDS_END: "2025-01-29",
        ref.PRIORITY: "3",
        ref.SOURCE: "03",
        ref.EVENT: "01",
        ref.MODALITY: "23",
        ref.SETTING: "01",
        ref.ICD: "C509",
        ref.END_REASON: "01",
        ref.SITE_FDS: "RAA01",
        ref.SITE_SEEN: "RAA01",
        ref.SITE_TREATED: "RAA02",
    }
    record |= changes
    return record


def frame(records: Sequence[Record]) -> pd.DataFrame:
    """Give a text frame as a CSV file would."""
    return pd.DataFrame(records, columns=["record_id", *COLUMNS], dtype="str")


@cache
def engine(as_at: date | None = None) -> Callable[[Sequence[Record]], list[dict[str, Any]]]:
    """One compiled expression over a DuckDB table that is filled anew each time."""
    con = connect(threads=1)
    schema = dict.fromkeys(("record_id", *COLUMNS), "string")
    table = con.create_table("records", schema=schema)
    sql = con.compile(waits(table, as_at=as_at))

    def run(records: Sequence[Record]) -> list[dict[str, Any]]:
        con.raw_sql("DELETE FROM records")
        con.con.from_arrow(pa.Table.from_pandas(frame(records))).insert_into("records")
        return [dict(zip(WAITS, row, strict=True)) for row in con.con.sql(sql).fetchall()]

    return run


def any_record() -> st.SearchStrategy[Record]:
    """Any combination of codes, blanks and dates around the thresholds."""
    offsets = st.none() | st.sampled_from(_EDGES) | st.integers(-10, 130)
    fields: dict[str, st.SearchStrategy[Any]] = {
        column: offsets.map(_day) for column in DATES if column != ref.CRTP
    }
    fields[ref.CRTP] = st.sampled_from(("2025-01-01", "2025-01-01", "2025-01-04", None))
    fields |= {column: st.sampled_from(codes) for column, codes in _CHOICES.items()}
    return st.fixed_dictionaries(fields)


def many_records(count: int, seed: int) -> list[Record]:
    """Give seeded records, most of them included under something."""
    source = random.Random(seed)
    return [_one(source, f"{source.choice('abÅ')}{n}") for n in range(count)]


def _one(source: random.Random, name: str) -> Record:
    if source.random() < 0.2:
        record = {column: source.choice(codes) for column, codes in _CHOICES.items()}
    else:
        record = plain()
        for column in source.sample(list(_CHOICES), 5):
            record[column] = source.choice(_CHOICES[column])
    record[ref.CRTP] = None if source.random() < 0.05 else "2025-01-01"
    for column in DATES[1:]:
        kept = source.random() > (0.6 if column == ref.UPGRADE else 0.1)
        record[column] = _day(source.choice(_EDGES)) if kept else None
    return record | {"record_id": name}


def _day(offset: int | None) -> str | None:
    return None if offset is None else (START + timedelta(days=offset)).isoformat()
