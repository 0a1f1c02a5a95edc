"""The words of the waitlist summary's pictures, built from figures that may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from workbench.standards.words import NAMES, count, percent
from workbench.wording import Caption, day_in_words, in_words, span

_SAID = {"FDS": "told within 28 days", "31D": "treated within 31", "62D": "within 62"}
SOURCE = "Source: the Trusts' own extracts, as taken in. Not official statistics."


def trend(months: pd.DataFrame) -> Caption:
    """Words for the months of each standard."""
    last = months["month"].max()
    now = months[months["month"] == last].set_index("standard")["share"]
    listed = _and([f"{percent(now[name])} {said}" for name, said in _SAID.items() if name in now])
    return Caption(
        title=f"{in_words(last)}: {listed}",
        subtitle="Share of people told or treated in time, all Trusts here, with 95% intervals "
        "and the targets in force",
        alt=f"Lines by month from {in_words(months['month'].min())} to {in_words(last)}; "
        f"the last month stands at {listed}. Dashed lines show the targets.",
        source=SOURCE,
    )


def groups(shown: pd.DataFrame, by: str, standard: str, months: Sequence[str]) -> Caption:
    """Words for shares by Trust, cancer or route: the lowest and the highest."""
    what = {
        "trust": "Trust", "tumour_group": "cancer", "suspected": "cancer suspected",
        "route": "route", "treatment_stage": "stage of treatment",
    }[by]  # fmt: skip
    known = shown.dropna(subset=["share"]).sort_values("share", kind="stable")
    title = f"{NAMES[standard]}: too few patients to show"
    alt = f"Dots by {what}: no group has enough patients for its share to be shown."
    if len(known) == 1:
        only = known.iloc[0]
        title = f"{NAMES[standard]}: {percent(only['share'])} ({only[by]})"
        alt = f"A dot by {what}: only {only[by]} has enough patients for its share to be shown."
    elif len(known):
        low, high = known.iloc[0], known.iloc[-1]
        title = f"From {percent(low['share'])} ({low[by]}) to {percent(high['share'])} ({high[by]})"
        gap = 100 * (high["share"] - low["share"])
        alt = f"Dots by {what}: {len(known)} groups, {gap:.1f} points from lowest to highest."
    subtitle = f"{NAMES[standard]}, by {what}, {span(months)}, with 95% intervals"
    return Caption(title=title, subtitle=subtitle, alt=alt, source=SOURCE)


def backlog(shown: pd.DataFrame, whole: pd.DataFrame, as_at: date) -> Caption:
    """Words for the spans of days that open pathways have waited."""
    row, day = whole.iloc[0], day_in_words(as_at)
    over, long = count(row["over_62"]), count(row["over_104"])
    return Caption(
        title=f"Over 62 days on {day}: {over} open pathways",
        subtitle="People not treated yet, by days since referral or upgrade; the last two parts "
        "are later than 62 days",
        alt=f"Bars by Trust in {shown['band'].nunique()} parts: on {day} the number waiting after "
        f"62 days was {over}, after 104 days {long}.",
        source=SOURCE,
    )


def handover(shown: pd.DataFrame, days: int) -> Caption:
    """Words for how soon shared patients were handed over."""
    known = shown.dropna(subset=["share"]).sort_values("share", kind="stable")
    title = f"Handed over by day {days}: too few to show"
    if len(known):
        low, high = known.iloc[0], known.iloc[-1]
        title = f"Handed over by day {days}: {percent(low['share'])} to {percent(high['share'])}"
    return Caption(
        title=title,
        subtitle=f"Shared patients with a dated handover, by the Trust that investigated: "
        f"share handed over by day {days}, with 95% intervals",
        alt=f"Dots by Trust for the share of shared patients handed over by day {days}; "
        f"{len(known)} of {len(shown)} Trusts have enough to show.",
        source=SOURCE,
    )


def reasons(shown: pd.DataFrame, standard: str) -> Caption:
    """Words for the reasons that Trusts gave for late patients."""
    known = shown.dropna(subset=["share"]).sort_values("share", kind="stable")
    what = "late patients" if standard != "31D" else "late treatments"
    title = f"Reasons for {what}: too few to show"
    alt = f"Dots by reason for {what}: no reason was given often enough to be shown."
    if len(known):
        top = known.iloc[-1]
        title = f"Reason given most: {top['reason']}, for {percent(top['share'])} of {what}"
        alt = f"Dots by reason: {len(known)} of {len(shown)} are shown, {top['reason']} the most."
    return Caption(
        title=title,
        subtitle=f"Share of {what} by the reason recorded; {NAMES[standard].lower()}",
        alt=alt,
        source=SOURCE,
    )


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
