"""Titles, subtitles and alternative texts of the equity report's pictures.

Each title is one sentence of meaning, made of figures that may be shown.
"""

from __future__ import annotations

import pandas as pd

from workbench.equity.report_gaps import compared
from workbench.equity.report_patients import CHARACTERISTICS
from workbench.equity.report_time import MONTH
from workbench.equity.report_trusts import FEWEST_TRUSTS, Funnel
from workbench.equity.words import IN_TIME, clear, people, points
from workbench.statistics.xmr import TRIAL_BELOW
from workbench.wording import MADE_UP, Caption, percent

SOURCE = "Source: records that the Trusts sent, as linked in this workspace."
SIDES = ("fewer in time", "more in time")
"""What lies to the left and to the right of no gap."""
_IN_TIME = ("with fewer in time", "with more in time")


def source(synthetic: bool) -> str:
    """Say where figures come from, for the line under a chart."""
    return MADE_UP if synthetic else SOURCE


def by(characteristic: str) -> str:
    """Name a characteristic inside a sentence; Core20 keeps its capital."""
    title = CHARACTERISTICS[characteristic]
    return title if characteristic == "core20" else title[0].lower() + title[1:]


def gaps(table: pd.DataFrame, characteristic: str, standard: str, synthetic: bool) -> Caption:
    """Words for the gaps of one characteristic, crude beside adjusted."""
    rows = compared(table)
    sure, what = clear(rows), by(characteristic)
    reference = people(characteristic, str(table["reference"].iloc[0]))
    hidden = rows["detectable"].dropna()
    if rows.empty:
        title = f"By {what}, too few patients are known to compare"
        alt = f"No gap by {what} can be shown: too few patients are known by group."
    else:
        title = _found(sure, rows, what, reference, standard)
        low = rows.sort_values(["gap", "group"], kind="stable").iloc[0]
        alt = (
            f"Gaps by {what} among like patients and as counted. The lowest is "
            f"{100 * low['gap']:+.1f} points ({low['group']}); {len(sure)} of {len(rows)} are "
            "more than chance."
        )
    unseen = ""
    if len(hidden):
        least, most = points(float(hidden.min())), points(float(hidden.max()))
        size = least if least == most else f"{least} to {most}"
        unseen = f". A real gap smaller than {size} points could be missed"
    return Caption(
        title=title,
        subtitle=f"Share {IN_TIME[standard]} minus that of {reference}, percentage points{unseen}",
        alt=alt,
        source=source(synthetic),
    )


def _found(sure: pd.DataFrame, rows: pd.DataFrame, what: str, reference: str, standard: str) -> str:
    if sure.empty:
        return f"By {what}, chance could explain every gap: that is not proof of none"
    if len(sure) == 1:
        row = sure.iloc[0]
        who = people(str(row["characteristic"]), str(row["group"]))
        word = "fewer" if row["gap"] < 0 else "more"
        than = (
            reference.replace("people ", "those ") if reference.startswith("people") else reference
        )
        return (
            f"Of 100 {who}, {points(row['gap'])} {word} are {IN_TIME[standard]} than of like {than}"
        )
    fewer, word = int((sure["gap"] < 0).sum()), IN_TIME[standard]
    often = "less often" if fewer else "more often"
    if 0 < fewer < len(sure):
        often = f"less often and {len(sure) - fewer} more often"
    groups = f"{fewer or len(sure)} of {len(rows)} groups are {word}"
    return f"By {what}, {groups} {often} than like {reference}"


def _sides(lower: int, every: int, low: str, high: str) -> str:
    """Say which way all go, or how many go which way: ``low``, ``2 low and 1 high``."""
    if lower in (0, every):
        return low if lower else high
    return f"{lower} {low} and {every - lower} {high}"


def reasons(table: pd.DataFrame, synthetic: bool) -> Caption:
    """Words for what case mix makes of each gap as counted."""
    held = table[table["mix"].notna() & table["crude"].notna()]
    title, alt = "Too few groups can be compared to say why", "No gap can be split: too few people."
    if len(held):
        sure = held[(held["mix_lower"] > 0) | (held["mix_upper"] < 0)]
        chosen = sure if len(sure) else held
        order = chosen.assign(size=chosen["mix"].abs())
        most = order.sort_values(["size", "group"], ascending=[False, True], kind="stable").iloc[0]
        who = people(str(most["characteristic"]), str(most["group"]))
        word = "take" if most["mix"] < 0 else "add"
        title = (
            f"Kind of cancer and route alone {word} {points(most['mix'])} points "
            f"{'from' if most['mix'] < 0 else 'to'} the share of {who}"
        )
        alt = (
            f"For {who}, {100 * most['mix']:+.1f} of {100 * most['crude']:+.1f} points are due "
            f"to kind of cancer and route. {len(held)} groups are shown."
        )
    return Caption(
        title=title,
        subtitle="Part of each gap due to kind of cancer and route, and the gap as counted, "
        "percentage points",
        alt=alt,
        source=source(synthetic),
    )


def all_told(table: pd.DataFrame) -> list[str]:
    """Say of each row in one sentence what of its gap is case mix.

    Parameters
    ----------
    table : DataFrame
        Released reasons: a gap that is withheld is in no sentence.
    """
    columns = [pd.to_numeric(table[name]).astype(float) for name in ("crude", "mix", "rest")]
    return [_told(*row) for row in zip(*columns, strict=True)]


def _told(crude: float, mix: float, rest: float) -> str:
    if pd.isna(crude) or pd.isna(mix):
        return "Not shown"
    return (
        f"As counted {_way(crude)}; by cancer and route alone {_way(mix)}; "
        f"what is left {_way(rest)}"
    )


def _way(value: float) -> str:
    if abs(value) < 0.0005:
        return "no gap"
    return f"{points(value)} {'fewer' if value < 0 else 'more'} in 100"


def gradient(shown: pd.DataFrame, found: pd.DataFrame, standard: str, synthetic: bool) -> Caption:
    """Words for the shares by fifth of deprivation."""
    title, alt = "Too few people to show a gradient", "Too few people are known by deprivation."
    slope = found[found["measure"] == "adjusted_slope"]
    seen = shown[shown["share"].notna()]
    if len(slope) and len(seen):
        row = slope.iloc[0]
        size = f"{abs(row['estimate']):.1f} in 100"
        ends = f"{row['lower']:+.1f} to {row['upper']:+.1f} points"
        title = f"No clear gradient by deprivation among like patients ({ends})"
        if row["upper"] < 0 or row["lower"] > 0:
            word = "fewer" if row["estimate"] < 0 else "more"
            title = f"From least to most deprived, {size} {word} like patients are in time ({ends})"
        alt = (
            f"Dots by fifth of deprivation: {percent(seen['share'].min())} to "
            f"{percent(seen['share'].max())} {IN_TIME[standard]}, with 95% intervals."
        )
    return Caption(
        title=title,
        subtitle=f"Share {IN_TIME[standard]} as counted, by deprivation of the area, with 95% "
        "intervals",
        alt=alt,
        source=source(synthetic),
    )


def over_time(
    shown: pd.DataFrame, characteristic: str, group: str, every: str, standard: str, synthetic: bool
) -> Caption:
    """Words for one group's control chart."""
    who = people(characteristic, group)
    signals = shown[(shown["signal"] != "none") & shown["share"].notna()]
    low = int((signals["share"] < signals["centre"]).sum()) if len(signals) else 0
    points_shown = int(shown["share"].notna().sum())
    title = f"{who[0].upper()}{who[1:]}: no change that usual swings do not explain"
    if len(signals):
        many = "one stands" if len(signals) == 1 else f"{len(signals)} stand"
        ways = _sides(low, len(signals), "low", "high")
        what = f"of {points_shown} {every}s, {many} out from usual swings: {ways}"
        title = f"{who[0].upper()}{who[1:]}: {what}"
    trial = "; few points, so the limits are provisional" if points_shown < TRIAL_BELOW else ""
    if points_shown < TRIAL_BELOW and signals.empty:
        title = f"{who[0].upper()}{who[1:]}: too few {every}s to tell a change from usual swings"
    step = "month" if every == MONTH else "quarter, at its first month"
    span = shown["share"].dropna()
    ends = f"{percent(span.min())} to {percent(span.max())}" if len(span) else "none can be shown"
    return Caption(
        title=title,
        subtitle=f"Share {IN_TIME[standard]} by {step}, with limits of usual swings{trial}",
        alt=f"Line of {points_shown} {every}s for {who}: {ends}. {len(signals)} special causes.",
        source=source(synthetic),
    )


def funnel(found: Funnel, standard: str, synthetic: bool) -> Caption:
    """Words for the funnel of Trusts."""
    stand = {0: "none stands out", 1: "one stands out"}.get(
        len(found.outside), f"{len(found.outside)} stand out"
    )
    many = len(found.outside)
    sides = f": {_sides(found.below, many, 'lower', 'higher')}" if many else ""
    few = ""
    if found.trusts < FEWEST_TRUSTS:
        few = f". So few Trusts ({found.trusts}) can hardly say how much Trusts usually differ"
    return Caption(
        title=f"Of {found.trusts} Trusts, {stand} from how Trusts differ{sides}",
        subtitle=f"Share {IN_TIME[standard]} as counted, by Trust, against all together "
        f"({percent(found.centre)}){few}",
        alt=f"Dots of {found.trusts} Trusts by size: {stand} beyond limits of 99.8% that allow "
        "for how Trusts differ.",
        source=source(synthetic),
    )


def trusts(table: pd.DataFrame, standard: str, synthetic: bool) -> Caption:
    """Words for Trusts' gaps among like patients."""
    held = table[table["gap"].notna()]
    title, alt = "Too few Trusts to compare", "Fewer than two Trusts have enough patients."
    if len(held):
        sure = held[held["q"] < 0.05]
        fewer = int((sure["gap"] < 0).sum())
        title = "Had all Trusts the same patients, chance could explain how they differ"
        if len(sure):
            title = (
                f"Had all Trusts the same patients, {len(sure)} of {len(held)} would still differ "
                f"by more than chance, {_sides(fewer, len(sure), *_IN_TIME)}"
            )
        alt = (
            f"Gaps of {len(held)} Trusts to all together among like patients: from "
            f"{100 * held['gap'].min():+.1f} to {100 * held['gap'].max():+.1f} points."
        )
    return Caption(
        title=title,
        subtitle=f"Share {IN_TIME[standard]} minus that of all Trusts together, percentage points",
        alt=alt,
        source=source(synthetic),
    )


def cells(table: pd.DataFrame, row: str, column: str, synthetic: bool) -> Caption:
    """Words for where two characteristics meet."""
    held = table[table["gap"].notna()]
    sure = held[(held["lower"] > 0) | (held["upper"] < 0)]
    pair = f"{by(row)} and {by(column)}"
    title = f"By {pair} together, chance could explain how every cell differs"
    if held.empty:
        title = f"By {pair} together, too few patients to compare"
    elif len(sure):
        cell = "cell differs" if len(sure) == 1 else "cells differ"
        sides = _sides(int((sure["gap"] < 0).sum()), len(sure), *_IN_TIME)
        title = f"By {pair} together, {len(sure)} {cell} by more than chance, {sides}"
    ends = "none can be shown"
    if len(held):
        ends = f"from {100 * held['gap'].min():+.1f} to {100 * held['gap'].max():+.1f} points"
    return Caption(
        title=title,
        subtitle="Share in time minus that of like patients everywhere, percentage points; limits "
        "allow for the number of cells",
        alt=f"Grid of {len(table)} cells by {pair}: {ends}; {len(sure)} are more than chance.",
        source=source(synthetic),
    )
