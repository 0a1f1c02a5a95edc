"""Small tables in the layout of a linked store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

KINDS = {
    "imd_decile": pa.int64(), "match_probability": pa.float64(), "review_pairs": pa.int64(),
    "counted": pa.float64(), "late": pa.float64(), "days_off": pa.int64(), "allowed": pa.int64(),
    "people": pa.int64(), "opted_out": pa.int64(), "national": pa.int64(), "local": pa.int64(),
    "began": pa.date32(), "ended": pa.date32(), "nhs_number_usable": pa.bool_(),
}  # fmt: skip


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> ir.Table:
    """Rows as a table of the engine; columns are text unless `KINDS` says otherwise."""
    arrays = {
        name: pa.array([row[place] for row in rows], KINDS.get(name, pa.string()))
        for place, name in enumerate(columns)
    }
    return ibis.memtable(pa.table(arrays))


def held(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """A table of counts by group, to look figures up in."""
    found: dict[str, dict[str, Any]] = frame.set_index("group").to_dict("index")
    return found


def groups(*persons: tuple[str, str]) -> ir.Table:
    """Persons and their ethnic group; nothing else is known of them."""
    rows = [(person, group, "Not known", "Not known") for person, group in persons]
    return table(("person_id", "ethnicity", "sex", "deprivation"), rows)


PAIR = ("pathway_id_left", "pathway_id_right")
LINKS = ("record_id", "source", "person_id", "match_rule", "match_probability", "review_pairs")
WAITS = (
    "pathway_id", "counted", "late", "began", "ended", "days_off", "allowed", "region",
    "ethnicity", "sex", "deprivation",
)  # fmt: skip
SHARED = ("record_id", "pathway_id", "outcome", "ethnicity")
