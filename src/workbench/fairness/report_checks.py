"""Whether the tables of the report on fairness hold together."""

from __future__ import annotations

import pandas as pd

from workbench.fairness.assessment import Assessment
from workbench.fairness.flags import many
from workbench.fairness.gaps import FIRST
from workbench.fairness.groups import ALL, MEETS
from workbench.fairness.mitigation import NOW, Mitigation
from workbench.fairness.mitigation_research import Research


def agreement(
    found: Assessment, tried: Mitigation, lots: Research, capacity: float
) -> pd.DataFrame:
    """Hold the tables against each other.

    Returns
    -------
    DataFrame
        ``check, passed, detail``: counts only.
    """
    first = found.metrics[found.metrics["metric"] == FIRST]
    sums = first.groupby("characteristic")[["n", "events", "numerator"]].sum()
    whole = sums.loc[ALL]
    now = tried.options.set_index("option").loc[NOW]
    places = many(capacity, found.facts["cases"])
    caught = int(tried.options["events"].iloc[0] - sums["numerator"][ALL])
    kept = tried.by_group[tried.by_group["option"] == NOW]["group"]
    largest = max(len(lots.table), len(lots.by_group))
    rows = [
        ("Groups of every breakdown, not known included, add up to everyone",
         bool((sums == whole).all(axis=None)), f"{len(sums)} breakdowns"),
        ("The list is as long as the capacity", found.facts["flagged"] == places,
         f"{places:,} looks"),
        ("Options are compared with the list that was judged", bool(now["caught"] == caught),
         f"{caught:,} late looks caught"),
        ("No group is left out of the options",
         set(kept) >= set(first.loc[first["characteristic"] == tried.facts["characteristic"],
                                    "group"]), f"{len(kept)} groups"),
        ("Methods that draw lots left totals only", largest <= 2 * len(kept),
         f"{largest} rows at most"),
        ("Every crossed cell belongs to known breakdowns",
         set(MEETS.join(found.cells["characteristic"].unique()).split(MEETS))
         <= set(found.metrics["characteristic"]), f"{len(found.cells)} cells"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["check", "passed", "detail"])
