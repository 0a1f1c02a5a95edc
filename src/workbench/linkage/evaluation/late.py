"""Patients treated late under 62 days, by group: what linkage error could move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from workbench.errors import InputError
from workbench.linkage.evaluation.frames import fetched
from workbench.linkage.evaluation.groups import in_groups

STANDARD = "62D"
NEEDED = (
    "record_id", "standard", "clock_start_date", "clock_stop_date", "adjustment_days",
    "standard_days", "included", "reporting_month", "weight", "weight_within",
)  # fmt: skip
"""Columns of the table of waits that this room reads."""


def waits_by_pathway(
    waits: ir.Table, pathways: ir.Table, groups: ir.Table, months: Sequence[str]
) -> ir.Table:
    """Each pathway's wait under 62 days, and whether it counts in some months.

    Parameters
    ----------
    waits : ibis Table
        The table of waits of `pathways`, whose ``record_id`` is the ``pathway_id``.
    pathways : ibis Table
        ``pathway_id``, ``person_id``.
    groups : ibis Table
        From `workbench.linkage.evaluation.person_groups`.
    months : sequence of str
        Months of treatment, ``YYYY-MM``.

    Returns
    -------
    ibis Table
        One row a pathway: ``pathway_id``, ``counted``, ``late`` (patients, 0 or 1 where
        all of a patient's weight falls in these months), ``began``, ``ended``,
        ``days_off``, ``allowed`` (days), and the groups.

    Raises
    ------
    InputError
        A column is missing.
    """
    missing = [f"'{name}' is missing" for name in NEEDED if name not in waits.columns]
    if missing:
        raise InputError("The table of waits lacks columns.", missing)
    rows = waits.filter(waits.standard == STANDARD)
    counts = rows.included & rows.reporting_month.isin(list(months))
    each = rows.group_by(pathway_id=rows.record_id).agg(
        counted=rows.weight.sum(where=counts).fill_null(0.0),
        within=rows.weight_within.sum(where=counts).fill_null(0.0),
        began=rows.clock_start_date.min(),
        ended=rows.clock_stop_date.min(),
        days_off=rows.adjustment_days.max().fill_null(0),
        allowed=rows.standard_days.max(),
    )
    each = each.mutate(late=each.counted - each.within).drop("within")
    owner = pathways.select("pathway_id", "person_id")
    return in_groups(each.left_join(owner, "pathway_id").drop("pathway_id_right"), groups)


def late_by_group(each: ir.Table, by: str) -> pd.DataFrame:
    """Count treated and late patients by group.

    Returns
    -------
    DataFrame
        One row a group, sorted: ``group``, ``treated``, ``late``.
    """
    counted = each.filter(each.counted > 0)
    table = counted.group_by(group=counted[by]).agg(
        treated=counted.counted.sum(), late=counted.late.sum()
    )
    return fetched(table.order_by("group"))


def in_months(day: Any, months: Sequence[str]) -> Any:
    """Where a day lies in one of some months."""
    return day.cast("string").left(len("YYYY-MM")).isin(list(months))
