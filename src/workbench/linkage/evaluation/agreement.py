"""Checks that the tables that linkage left fit together."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

_ONE = 1 + 1e-9
"""A patient, and the rounding of two Trusts' halves."""


def agreement(
    *,
    links: ir.Table,
    persons: ir.Table,
    pathways: ir.Table,
    parts: ir.Table,
    records: ir.Table,
    rows: ir.Table,
    each: ir.Table,
) -> pd.DataFrame:
    """Hold the tables of the store, and the counts of the report, against each other.

    Parameters
    ----------
    links, persons, pathways, parts, records : ibis Table
        The store's; `records` are its ``pathway_records``.
    rows : ibis Table
        From `workbench.linkage.evaluation.linked_records`.
    each : ibis Table
        From `workbench.linkage.evaluation.waits_by_pathway`.

    Returns
    -------
    DataFrame
        ``check``, ``passed``, ``detail``.
    """
    faults = {
        "Every person record is of one person": _again(links, "record_id", "source"),
        "Every linked person is described once": _strangers(links, persons, "person_id")
        + _again(persons, "person_id"),
        "Every pathway record is in one pathway": _strangers(records, parts, "record_id")
        + _again(parts, "record_id"),
        "Every pathway is of a person who is known": _strangers(pathways, persons, "person_id"),
        "Every pathway has a record": _strangers(pathways, parts, "pathway_id"),
        "Every person record is in one group of each kind": abs(_rows(rows) - _rows(links)),
        "No pathway counts as more than one patient": _rows(each.filter(each.counted > _ONE)),
    }
    return pd.DataFrame(
        {
            "check": list(faults),
            "passed": [wrong == 0 for wrong in faults.values()],
            "detail": [f"{wrong:,} rows differ" for wrong in faults.values()],
        }
    )


def _strangers(of: ir.Table, held: ir.Table, key: str) -> int:
    """How many rows name one that the other table lacks."""
    return _rows(of.anti_join(held.select(key).distinct(), key))


def _again(table: ir.Table, *key: str) -> int:
    """How many rows have the key of another."""
    return _rows(table) - _rows(table.select(*key).distinct())


def _rows(table: ir.Table) -> int:
    return int(table.count().to_pyarrow().as_py())
