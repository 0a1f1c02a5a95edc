"""Five dimensions of data quality, side by side for every group."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from workbench.quality.cohort import GROUPS
from workbench.quality.completeness import completeness
from workbench.quality.plan import Plan
from workbench.quality.plausibility import duplicates, faulty

LATE = ("timeliness",)
IMPLAUSIBLE = ("consistency", "accuracy")
"""Dimensions of rules that say that a record can hardly be right."""


def five_dimensions(cohort: ir.Table, marks: ir.Table, told: ir.Table, plan: Plan) -> pd.DataFrame:
    """Count, for every group, what is complete, valid, on time, unique and plausible.

    Parameters
    ----------
    cohort, marks, told : ibis Tables
        From `cohort_of`, `item_marks` and `told_faults`.
    plan : Plan

    Returns
    -------
    DataFrame
        One row a group of each characteristic: ``characteristic``, ``group``,
        ``records``; ``cells`` (that should be filled), ``complete``, ``valid`` (of the
        complete); ``on_time`` and ``plausible`` (records without such a fault);
        ``comparable`` and ``unique`` (records that repeat no other).
    """
    parts = []
    for by, title in GROUPS.items():
        part = _of(cohort, marks, told, plan, by)
        part.insert(0, "characteristic", title)
        parts.append(part.rename(columns={by: "group"}))
    return pd.concat(parts, ignore_index=True)


def _of(cohort: ir.Table, marks: ir.Table, told: ir.Table, plan: Plan, by: str) -> pd.DataFrame:
    items = completeness(marks, plan, by).groupby(by, sort=True)
    table = items[["records", "complete", "valid"]].sum().rename(columns={"records": "cells"})
    late = faulty(cohort, told, LATE, by).set_index(by)
    wrong = faulty(cohort, told, IMPLAUSIBLE, by).set_index(by)
    table.insert(0, "records", late["records"])
    table["on_time"] = late["records"] - late["at_fault"]
    table["plausible"] = wrong["records"] - wrong["at_fault"]
    twice = duplicates(cohort, by).set_index(by)
    table["comparable"] = twice["comparable"]
    table["unique"] = twice["comparable"] - twice["repeats"]
    return table.reset_index()
