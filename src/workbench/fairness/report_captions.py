"""Titles and spoken words for the pictures of an assessment, from tables as they are shown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.fairness.groups import MEETS
from workbench.fairness.report_words import (
    SURE_BELOW,
    listed,
    missed_gaps,
    named,
    off_level,
    points,
)
from workbench.wording import Caption, percent


def gaps_caption(gaps: pd.DataFrame, list_: str, source: str) -> Caption:
    """Words for the picture of gaps in missed events."""
    first = missed_gaps(gaps)
    clear = first[(first["q"] < SURE_BELOW) & first["difference"].notna()]
    shown = first[first["difference"].notna()]
    title = (
        "No group stands out beyond chance"
        if clear.empty
        else f"{len(clear)} of {len(shown)} groups differ by more than chance"
    )
    alt = "No gap can be shown."
    if len(shown):
        ordered = shown.sort_values("difference", kind="stable")
        low, high = ordered.iloc[0], ordered.iloc[-1]
        alt = (
            f"Gaps run from {points(low['difference'])} for {low['group']} to "
            f"{points(high['difference'])} for {high['group']}; "
            f"{len(clear)} are more than chance explains."
        )
    return Caption(
        title=title,
        subtitle=f"Missed events (not on {list_}): each group less everyone else, 95% intervals",
        alt=_short(alt),
        source=source,
    )


def cells_caption(cells: pd.DataFrame, characteristic: str, source: str) -> Caption:
    """Words for the picture of missed events where two characteristics meet."""
    shown = cells[cells["estimate"].notna()].sort_values("estimate", kind="stable")
    first, second = (named(part) for part in characteristic.split(MEETS)[:2])
    if len(shown) < 2:
        alt = "Too few cells can be shown to compare them."
        title = f"Too few cells of {first} and {second} can be shown"
    else:
        low, high = shown.iloc[0], shown.iloc[-1]
        title = f"Missed events from {percent(low['estimate'])} to {percent(high['estimate'])}"
        alt = (
            f"Most are missed among {high['part_1']}, {high['part_2']} "
            f"({percent(high['estimate'])}), fewest among {low['part_1']}, {low['part_2']} "
            f"({percent(low['estimate'])})."
        )
    return Caption(
        title=title,
        subtitle=f"Share of events missed by {first} and {second}, small cells drawn to the mean",
        alt=_short(alt),
        source=source,
    )


def calibration_caption(
    table: pd.DataFrame, levels: pd.DataFrame, characteristic: str, source: str
) -> Caption:
    """Words for the picture of risks against what happened.

    Parameters
    ----------
    table : DataFrame
        Ranges of scores, as shown.
    levels : DataFrame
        Gaps in events for each one expected, as shown, of this characteristic.
    characteristic, source : str
    """
    low, high = off_level(levels)
    title = "No group's scores are off by more than chance"
    if low or high:
        title = " ".join(
            f"Scores say too {much} for {listed(groups)}."
            for much, groups in (("little", high), ("much", low))
            if groups
        ).rstrip(".")
    known = table[table["observed"].notna() & table["risk"].notna()]
    held = ((known["risk"] >= known["lower"]) & (known["risk"] <= known["upper"])).sum()
    alt = (
        f"In {held} of {len(known)} ranges of scores, what happened agrees with the score; by "
        f"chance alone it would in about 95 of 100."
    )
    return Caption(
        title=title,
        subtitle=f"What happened against the score, by {named(characteristic)}, 95% intervals",
        alt=_short(alt),
        source=source,
    )


def observed_caption(table: pd.DataFrame, adjusted: Sequence[str], source: str) -> Caption:
    """Words for the picture of the gap in the outcome itself."""
    column, q = ("standardised", "q") if adjusted else ("crude", "crude_q")
    shown = table[table[column].notna()].sort_values(column, kind="stable")
    clear = shown[(shown[q] < SURE_BELOW) & (shown[column] > 0)]
    more = listed(clear.sort_values(column, ascending=False, kind="stable")["group"].tolist())
    alt = "No gap can be shown."
    if len(shown):
        low, high = shown.iloc[0], shown.iloc[-1]
        alt = (
            f"From {points(low[column])} for {low['group']} to {points(high[column])} "
            f"for {high['group']}, against everyone else."
        )
    like = f", at equal {' and '.join(map(named, adjusted))}" if adjusted else ""
    return Caption(
        title=f"More events in {more}" if more else "No group has clearly more events",
        subtitle=f"Share with the event, each group less everyone else{like}, 95% intervals",
        alt=_short(alt),
        source=source,
    )


def _short(text: str) -> str:
    return text if len(text) <= 250 else f"{text[:246].rsplit(' ', 1)[0]} ..."
