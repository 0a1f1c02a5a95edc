"""Tables of what could be done, with every count that a figure rests on beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.fairness.estimates import STATUSES
from workbench.fairness.mitigation import RECALIBRATED, RESERVED, Mitigation
from workbench.fairness.mitigation_research import Research
from workbench.fairness.report_tables import rounded

OPTION_COUNTS = ["listed", "caught", "events", "missed_events", "gained", "lost"]
OPTION_FIGURES = ["change", "change_lower", "change_upper", "net_benefit"]
CHANGE_COUNTS = ["events", "missed_now", "missed_after", "found_now", "found_after"]
CHANGES = {when: [when, f"{when}_lower", f"{when}_upper"] for when in ("now", "after")}
SHIFT_COUNTS = ["events", "gained", "lost"]
SHIFTS = ["change", "change_lower", "change_upper"]
RE_ORDERED = (RECALIBRATED, RESERVED)
"""Options that give places to some by taking them from others."""


def options(found: Mitigation) -> pd.DataFrame:
    """What each option lists, catches and costs.

    Returns
    -------
    DataFrame
        ``option``, `OPTION_COUNTS`, `OPTION_FIGURES`.
    """
    table = found.options.assign(missed_events=found.options["events"] - found.options["caught"])
    return rounded(table, OPTION_FIGURES)[["option", *OPTION_COUNTS, *OPTION_FIGURES]]


def changes(found: Mitigation) -> pd.DataFrame:
    """Missed events by group before and after each option.

    Returns
    -------
    DataFrame
        ``option, group, status``, `CHANGE_COUNTS`, `CHANGES`.
    """
    table = found.by_group.assign(
        found_now=found.by_group["events"] - found.by_group["missed_now"],
        found_after=found.by_group["events"] - found.by_group["missed_after"],
    )
    figures = changed_figures()
    table["status"] = table["status"].map(STATUSES)
    return rounded(table, figures)[["option", "group", "status", *CHANGE_COUNTS, *figures]]


def shifts(found: Mitigation) -> pd.DataFrame:
    """Who gains and who loses where a list of the same length is put in another order.

    Returns
    -------
    DataFrame
        ``option, group, status``, `SHIFT_COUNTS` (events that only the new list has, or only
        that of now), `SHIFTS`.
    """
    table = found.by_group[found.by_group["option"].isin(RE_ORDERED)].reset_index(drop=True)
    table["status"] = table["status"].map(STATUSES)
    return rounded(table, SHIFTS)[["option", "group", "status", *SHIFT_COUNTS, *SHIFTS]]


def changed_figures() -> list[str]:
    """Columns of shares missed, now and after."""
    return [name for names in CHANGES.values() for name in names]


def by_lot(found: Research) -> pd.DataFrame:
    """What methods that draw lots would do: ``method``, counts, ``changed, changed_listed``."""
    table = found.table.copy()
    counts = ["judged", "events", "listed", "caught", "caught_by_risk"]
    table[counts] = np.rint(table[counts])
    return rounded(table, ["changed", "changed_listed"])
