"""Gaps between each group and the largest one, with intervals and with bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.linkage.evaluation.sensitivity import bounds, made_of
from workbench.statistics.differences import newcombe

POINTS = 100
"""Percentage points in a share of 1."""


def largest(table: pd.DataFrame, count: str) -> str | None:
    """The largest group that is a group of people: not those whose group is not known.

    Of equals the first by name; None where there is none.
    """
    known = table[~table["group"].isin([NOT_KNOWN, NOT_STATED])]
    if known.empty:
        return None
    ordered = known.sort_values([count, "group"], ascending=[False, True], kind="stable")
    return str(ordered["group"].iloc[0])


def with_gaps(table: pd.DataFrame, shown: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    """Add each group's gap to the largest group.

    Parameters
    ----------
    table : DataFrame
        One row a ``group``, with exact counts.
    shown : DataFrame
        The same rows once released. The gap is made of these, since one of exact counts
        would undo the rounding; of exact ones where they are withheld, for the gate to
        withhold it with them.
    part, whole : str
        Columns of the counts of which a share is made.

    Returns
    -------
    DataFrame
        `table` with ``gap``, ``gap_lower``, ``gap_upper`` (percentage points; 95 %,
        Newcombe) and ``ratio`` of the two shares. The largest group's own gap is 0, its
        ratio 1, without an interval.
    """
    first = largest(table, whole)
    if first is None:
        return table.assign(gap=np.nan, gap_lower=np.nan, gap_upper=np.nan, ratio=np.nan)
    all_of = made_of(table, shown, whole)
    # counts are rounded each on its own, so that a part may come out above its whole
    own = np.minimum(made_of(table, shown, part), all_of)
    is_first = (table["group"] == first).to_numpy()
    found = newcombe(own, all_of, own[is_first], all_of[is_first])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (own / all_of) / (own[is_first] / all_of[is_first])
    return table.assign(
        gap=POINTS * np.asarray(found.estimate),
        gap_lower=np.where(is_first, np.nan, POINTS * np.asarray(found.lower)),
        gap_upper=np.where(is_first, np.nan, POINTS * np.asarray(found.upper)),
        ratio=np.where(np.isfinite(ratio), ratio, np.nan),
    )


def gap_bounds(table: pd.DataFrame, shown: pd.DataFrame, most_withheld: float = 0) -> pd.DataFrame:
    """Each group's gap in late treatment, and how small or large linkage error could make it.

    Parameters
    ----------
    table : DataFrame
        From `workbench.linkage.evaluation.cases`.
    shown : DataFrame
        The same rows once released.
    most_withheld : float, optional
        The most that a withheld count can be.

    Returns
    -------
    DataFrame
        ``group, treated, late``; ``lowest`` and ``highest`` (per cent treated late, at best
        and at worst); the columns of `with_gaps`; ``gap_lowest`` and ``gap_highest``
        (percentage points): one group at its best and the largest at its worst, and the
        other way round, though both can hardly be so at once.
    """
    found = bounds(table, shown, most_withheld)
    gaps = with_gaps(found.drop(columns="late_share"), shown, "late", "treated")
    lowest, highest = POINTS * found["lowest"], POINTS * found["highest"]
    gaps = gaps.assign(lowest=lowest, highest=highest)
    first = largest(table, "treated")
    if first is None:
        return gaps.assign(gap_lowest=np.nan, gap_highest=np.nan)
    is_first = table["group"] == first
    return gaps.assign(
        gap_lowest=(lowest - highest[is_first].iloc[0]).mask(is_first),
        gap_highest=(highest - lowest[is_first].iloc[0]).mask(is_first),
    )
