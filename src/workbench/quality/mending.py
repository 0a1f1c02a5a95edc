"""What the gaps mean for equity figures, and what each Trust should mend first."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.quality.characteristics import CHARACTERISTICS, ITEMS, STATES, UNSENT, WHOLE, mark
from workbench.quality.frames import fetched
from workbench.quality.measured import gap, in_order
from workbench.quality.plan import Plan

STANDARD, EQUITY = "standard", "equity"


def usable(ended: ir.Table, plan: Plan, by: str) -> pd.DataFrame:
    """Count the measured waits for which each characteristic is known.

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
        One row a standard, characteristic and group: ``measured`` waits, and how many of
        them are in each of `workbench.quality.characteristics.STATES`.
    """
    rows = ended.filter(ended.measured)
    counts = {"measured": rows.count()}
    for name in CHARACTERISTICS:
        for state in STATES:
            counts[f"{name}_{state}"] = rows.count(where=rows[mark(name)] == state)
    wide = in_order(fetched(rows.group_by("standard", by).agg(**counts)), plan, [by])
    parts = []
    for name, title in CHARACTERISTICS.items():
        own = wide[["standard", by, "measured", *(f"{name}_{state}" for state in STATES)]]
        part = own.set_axis(["standard", by, "measured", *STATES], axis=1)
        parts.append(part.assign(characteristic=title))
    table = pd.concat(parts, ignore_index=True)
    table["title"] = table["standard"].map(plan.title)
    return table[["standard", "title", "characteristic", by, "measured", *STATES]]


def mend_first(ended: ir.Table, cohort: ir.Table, plan: Plan) -> pd.DataFrame:
    """Rank what each Trust could mend, by the records gained.

    A record is gained where the item is the only one that keeps it out of a standard,
    or where it is counted but left out of an equity figure for want of the item.

    Parameters
    ----------
    ended : ibis Table
        From `ended_waits`.
    cohort : ibis Table
    plan : Plan

    Returns
    -------
    DataFrame
        One row a Trust and item from which a record is gained: ``trust``, ``item``,
        ``records`` (of the Trust), ``gained`` (different records), ``for_standards``,
        ``for_equity``; by Trust, most gained first.
    """
    found = ibis.union(_for_standards(ended, plan), *_for_equity(ended))
    counted = found.group_by("trust", "item").agg(
        gained=found.record_id.nunique(),
        for_standards=found.record_id.nunique(where=found.figure == STANDARD),
        for_equity=found.record_id.nunique(where=found.figure == EQUITY),
    )
    totals = cohort.group_by("trust").agg(records=cohort.count())
    table = fetched(counted.join(totals, "trust"))
    order = ["trust", "gained", "item"]
    table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return table[["trust", "item", "records", "gained", "for_standards", "for_equity"]]


def _for_standards(ended: ir.Table, plan: Plan) -> ir.Table:
    alone = ended.filter(ended.gaps == 1)
    names = [
        ((alone.standard == standard.standard) & (alone[gap(place)] == 1), need.name)
        for standard in plan.standards
        for place, need in enumerate(standard.needs)
    ]
    return alone.select(
        "record_id", "trust", item=ibis.cases(*names), figure=ibis.literal(STANDARD)
    )


def _for_equity(ended: ir.Table) -> list[ir.Table]:
    tables = []
    for name, item in ITEMS.items():
        lacking = ended.filter(ended.measured & (ended[mark(name)] == UNSENT))
        # where a person lives comes with the pathway record, all else with demographics
        whole = ~lacking.person_sent if name != "deprivation" else ibis.literal(False)
        called = ibis.ifelse(whole, WHOLE, item)
        tables.append(
            lacking.select("record_id", "trust", item=called, figure=ibis.literal(EQUITY))
        )
    return tables
