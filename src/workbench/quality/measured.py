"""Which waits can be measured under each standard, and which missing item is why not."""

from __future__ import annotations

from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.quality.characteristics import marks
from workbench.quality.cohort import GROUPS, REGION_COLUMN, holds, present
from workbench.quality.frames import fetched
from workbench.quality.plan import Plan, Standard

WRONG_DATES = ("negative_wait", "invalid_adjustment")
"""Reasons of the standards engine for a wait that is there but cannot be right."""


def ended_waits(cohort: ir.Table, waits: ir.Table, plan: Plan) -> ir.Table:
    """The waits that have ended under each standard, with what is missing from each.

    Parameters
    ----------
    cohort : ibis Table
        From `cohort_of`.
    waits : ibis Table
        The table of waits: ``record_id``, ``standard``, ``included``, ``exclusion_reason``.
    plan : Plan

    Returns
    -------
    ibis Table
        One row a standard and record whose wait has ended by some evidence: ``standard``,
        ``record_id``, the groups, ``measured`` (the standards engine counts it),
        ``reason`` (why not), ``gap_N`` for each need of the standard in its order,
        ``gaps``, how many there are (0 where measured), and for each characteristic
        whether it is known (`workbench.quality.characteristics.marks`). Worth storing
        as a table: every other count is made from it.
    """
    most = max(len(standard.needs) for standard in plan.standards)
    return ibis.union(*(_ended(cohort, waits, one, most) for one in plan.standards))


def _ended(cohort: ir.Table, waits: ir.Table, standard: Standard, most: int) -> ir.Table:
    of = waits.filter(waits.standard == standard.standard)
    told = of.group_by(wait_of=of.record_id).agg(
        measured=of.included.any(), reason=of.exclusion_reason.min()
    )
    rows = cohort.left_join(told, cohort.record_id == told.wait_of).drop("wait_of")
    rows = rows.mutate(measured=rows.measured.fill_null(False))
    rows = rows.filter(rows.measured | holds(standard.belongs, rows))
    flags = {
        gap(place): (~rows.measured & holds(standard.needs[place].missing, rows)).cast("int8")
        if place < len(standard.needs)
        else ibis.literal(0, "int8")
        for place in range(most)
    }
    rows = rows.select(
        "record_id", REGION_COLUMN, *GROUPS, "measured", "reason",
        standard=ibis.literal(standard.standard), **marks(rows), **flags,
    )  # fmt: skip
    return rows.mutate(gaps=reduce(lambda a, b: a + b, (rows[name] for name in flags)))


def gap(place: int) -> str:
    """Column that says whether a standard's need of that place is missing (1) or not (0)."""
    return f"gap_{place}"


def measured(ended: ir.Table, plan: Plan, by: str) -> pd.DataFrame:
    """Count the waits that can be measured, by group.

    Parameters
    ----------
    ended : ibis Table
        From `ended_waits`.
    plan : Plan
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a standard and group, in the plan's order: ``standard``, ``title``, the
        column `by`, ``waits`` (that have ended), ``measured``, ``lost``, and of the lost:
        ``missing`` (an item), ``wrong_dates`` (they run backwards, or more days come off
        than were waited) and ``other``.
    """
    wrong = ~ended.measured & (ended.gaps == 0) & ended.reason.isin(WRONG_DATES)
    counted = ended.group_by("standard", by).agg(
        waits=ended.count(),
        measured=ended.count(where=ended.measured),
        lost=ended.count(where=~ended.measured),
        missing=ended.count(where=ended.gaps > 0),
        wrong_dates=ended.count(where=wrong),
    )
    table = in_order(fetched(counted), plan, [by])
    table["other"] = table["lost"] - table["missing"] - table["wrong_dates"]
    table.insert(1, "title", table["standard"].map(plan.title))
    return table


def gaps(ended: ir.Table, plan: Plan, by: str) -> pd.DataFrame:
    """Count how often each item is why a wait cannot be measured.

    Returns
    -------
    DataFrame
        One row a standard, group and item: ``waits``, ``missing`` (the item is), ``only``
        (nothing else is).
    """
    most = max(len(standard.needs) for standard in plan.standards)
    counts = {"waits": ended.count()}
    for place in range(most):
        here = ended[gap(place)] == 1
        counts[f"missing_{place}"] = ended.count(where=here)
        counts[f"only_{place}"] = ended.count(where=here & (ended.gaps == 1))
    wide = in_order(fetched(ended.group_by("standard", by).agg(**counts)), plan, [by])
    parts = []
    for standard in plan.standards:
        own = wide[wide["standard"] == standard.standard]
        for place, need in enumerate(standard.needs):
            part = own[["standard", by, "waits", f"missing_{place}", f"only_{place}"]]
            named = part.set_axis(["standard", by, "waits", "missing", "only"], axis=1)
            parts.append(named.assign(item=need.name))
    table = pd.concat(parts, ignore_index=True)
    return table[["standard", by, "item", "waits", "missing", "only"]]


def in_order(table: pd.DataFrame, plan: Plan, then: list[str]) -> pd.DataFrame:
    """Rows by standard in the plan's order, then by other columns."""
    places = {standard.standard: place for place, standard in enumerate(plan.standards)}
    table = table.assign(order=table["standard"].map(places))
    return table.sort_values(["order", *then], ignore_index=True).drop(columns="order")


def agreement(cohort: ir.Table, waits: ir.Table, ended: ir.Table, plan: Plan) -> pd.DataFrame:
    """Checks that this report and the standards engine say the same.

    Returns
    -------
    DataFrame
        ``check``, ``passed``, ``detail``.
    """
    included = waits.filter(waits.included)
    engine = _counts(included.group_by("standard").agg(n=included.record_id.nunique()))
    counted = ended.filter(ended.measured)
    mine = _counts(counted.group_by("standard").agg(n=counted.record_id.nunique()))
    none = (~ended.measured) & (ended.gaps == 0) & ended.reason.startswith("missing_")
    unexplained = _counts(ended.filter(none).group_by("standard").agg(n=ended.filter(none).count()))
    rows: list[dict[str, Any]] = []
    for standard in plan.standards:
        name, differ = standard.standard, 0
        differ = mine.get(name, 0) - engine.get(name, 0)
        without = unexplained.get(name, 0)
        rows += [
            _check(f"{standard.title}: every wait that the standard counts is here", differ),
            _check(f"{standard.title}: a wait that lacks a needed item has it named", without),
        ]
    total = int(cohort.count().to_pyarrow().as_py())
    distinct = int(cohort.record_id.nunique().to_pyarrow().as_py() or 0)
    blank = reduce(lambda a, b: a | b, (~present(cohort[name]) for name in GROUPS))
    rows += [
        _check("Joining demographics doubles no record", total - distinct),
        _check(
            "Every record is in one group of each characteristic",
            int(cohort.count(where=blank).to_pyarrow().as_py()),
        ),
    ]
    return pd.DataFrame(rows)


def _counts(table: ir.Table) -> dict[str, int]:
    return {row["standard"]: int(row["n"]) for row in table.to_pyarrow().to_pylist()}


def _check(what: str, wrong: int) -> dict[str, Any]:
    return {"check": what, "passed": wrong == 0, "detail": f"{wrong:,} records differ"}
