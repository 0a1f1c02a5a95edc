"""Plain words for the report, built from the figures, so that they are true of any folder.

For a policy reader with no statistics: short sentences, no term of the field
that is not explained, and always how sure we are.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.published.layout import DAY_31, DAY_62, FDS
from workbench.published.publication import Publication
from workbench.published.trusts import Comparison
from workbench.published.variation import ControlChart
from workbench.wording import Caption, in_words, percent, span

NAMES = {
    FDS: "Told within 28 days",
    DAY_31: "Treated within 31 days",
    DAY_62: "Treated within 62 days",
}
"""What a reader calls the share of each standard."""

CHANGE_KEYS = ["measure", "standard", "month", "month_before"]
CHANGE = {
    "measure": "Measure",
    "total": "People",
    "share": "In time (%)",
    "lower": "95% interval, from",
    "upper": "95% interval, to",
    "share_before": "Month before (%)",
    "points": "Change",
}
TYPES = {
    "cancer_type": "Cancer type",
    "total": "People",
    "share": "In time (%)",
    "share_before": "Month before (%)",
    "points": "Change",
}
REVISION_KEYS = ["month", "basis", "standard", "from_file", "to_file"]
REVISIONS = {
    "month": "Month",
    "basis": "Basis",
    "standard": "Standard",
    "total_before": "People, first published",
    "total": "People, as used",
    "share_before": "In time, first published (%)",
    "share": "In time, as used (%)",
    "points": "Change",
    "cells_changed": "Figures that changed",
}
FILE_KEYS = ["month", "basis", "status", "kind", "file", "sha256", "used", "synthetic"]
FILES = {
    "file": "File",
    "month": "Month",
    "basis": "Basis",
    "status": "Status",
    "used": "Used",
}
"""Columns of the report's tables: those that say what a row is, and headers for a reader."""

_STEADY = 0.05
"""A change below this rounds to nought at one decimal place."""


def named(table: pd.DataFrame) -> pd.DataFrame:
    """Add ``measure``, the name of each standard in plain words, and put them in order of days."""
    order = table["standard"].map({name: place for place, name in enumerate(NAMES)})
    table = table.assign(measure=table["standard"].map(NAMES), order=order)
    return table.sort_values("order", kind="stable", ignore_index=True).drop(columns="order")


def source(publication: Publication) -> str:
    """Say where figures come from, for the line under a chart."""
    if publication.synthetic:
        return "Source: made-up figures in NHS England's layout. Not official statistics."
    statuses = sorted(publication.vintages.loc[publication.vintages["used"], "status"].unique())
    return f"Source: NHS England, Cancer Waiting Times, {' and '.join(statuses)} figures."


def headline(
    publication: Publication,
    england: pd.DataFrame,
    charts: Sequence[ControlChart],
    target: float | None,
    checks: pd.DataFrame,
) -> str:
    """First section of the report: what we found, how sure, what not to conclude.

    Parameters
    ----------
    publication : Publication
    england : DataFrame
        From `england_by_month`.
    charts : sequence of ControlChart
        From `control_charts`.
    target : float or None
        Share that the 62-day standard asks for in the last month.
    checks : DataFrame
        From `as_checks`.

    Returns
    -------
    str
        Markdown of at most 80 words.
    """
    months = england[england["standard"] == DAY_62].sort_values("month")
    last = months.iloc[-1]
    where = "In this made-up set" if publication.synthetic else "In England"
    found = (
        f"{where}, {percent(last['share'])} of patients began treatment within 62 days "
        f"in {in_words(last['month'])}."
    )
    sure = "The sums add up."
    if not checks["passed"].all():
        sure = "Some sums do not add up, or could not be checked."
    swings = [_swing(chart) for chart in charts if chart.standard == DAY_62]
    return (
        f"**What we found.** {found} {_against(months, target)}\n\n"
        f"**How sure.** {sure} {' '.join(swings) or 'One month alone shows no trend.'}\n\n"
        "**What not to conclude.** Trusts treat different cancers. "
        "A low share alone does not show poor care, so do not rank Trusts by it."
    )


def _against(months: pd.DataFrame, target: float | None) -> str:
    if target is None:
        return ""
    met = int((months["share"] >= target).sum())
    goal = f"The standard is {100 * target:g}%."
    if len(months) == 1:
        return f"{goal} It was {'' if met else 'not '}met."
    times = {0: "in none", len(months): "in all"}.get(met, f"in {met}")
    return f"{goal} It was met {times} of the {len(months)} months shown."


def _swing(chart: ControlChart) -> str:
    shares = chart.table["share"]
    points = 100 * (shares.iloc[-1] - shares.iloc[-2])
    if pd.isna(points):
        return "The month before is missing."
    moved = f"The share {'rose' if points > 0 else 'fell'} {abs(points):.1f} points in a month."
    if abs(points) < _STEADY:
        moved = "The share did not change in a month."
    above = shares.iloc[-1] > chart.result.centre
    return f"{moved} {_standing(str(chart.result.frame['signal'].iloc[-1]), above)}"


def _standing(rule: str, above: bool) -> str:
    """What the last month's rule means in plain words."""
    if rule == "":
        return "It is still in its usual range."
    if rule == "trend":
        return "It has moved one way for seven months."
    if rule == "outside":
        return f"It is {'above' if above else 'below'} its usual range."
    return f"Recent months are {'higher' if above else 'lower'} than chance explains."


def trend(publication: Publication, england: pd.DataFrame) -> Caption:
    """Words for the trend of the three standards."""
    wide = england.pivot_table(index="month", columns="standard", values="share").sort_index()
    last = wide.iloc[-1]
    shares = [f"{percent(last[name])} {said}" for name, said in _SAID.items() if name in last]
    listed = _and(shares)
    change = 100 * (last[DAY_62] - wide[DAY_62].iloc[0]) if DAY_62 in wide else 0.0
    way = "up" if change >= 0 else "down"
    return Caption(
        title=f"{in_words(wide.index[-1])}: {listed}",
        subtitle="Share of people told or treated in time, England, with the targets in force",
        alt=f"Lines by month: the 62-day share is {way} {abs(change):.1f} points from "
        f"{in_words(wide.index[0])} to {in_words(wide.index[-1])}; dashed lines show the targets.",
        source=source(publication),
    )


_SAID = {
    FDS: "told within 28 days",
    DAY_31: "treated within 31",
    DAY_62: "within 62",
}


def control(publication: Publication, chart: ControlChart) -> Caption:
    """Words for one standard's control chart."""
    last, result = chart.table.iloc[-1], chart.result
    low, high = percent(chart.table["lower"].iloc[0]), percent(chart.table["upper"].iloc[0])
    signals = int(chart.table["special_cause"].sum())
    place = "inside its usual range"
    if last["share"] > result.upper:
        place = "above its usual range"
    elif last["share"] < result.lower:
        place = "below its usual range"
    marked = "No month is" if not signals else f"{signals} month{'s are' if signals > 1 else ' is'}"
    trial = " Limits are first guesses: fewer than 12 months." if result.trial_limits else ""
    return Caption(
        title=f"{NAMES[chart.standard]}: {percent(last['share'])}, {place}",
        subtitle=f"Usual range {low} to {high}. {_promise(chart)}{trial}",
        alt=f"Months around an average of {percent(result.centre)}, usual range {low} to {high}. "
        f"{marked} marked as more than chance explains.",
        source=source(publication),
    )


def _promise(chart: ControlChart) -> str:
    said = {
        "fail": "a usual month does not meet the {} standard",
        "pass": "a usual month meets the {} standard",
        "inconsistent": "a usual month may or may not meet the {} standard",
    }
    if chart.target is None or chart.result.assurance is None:
        return "England, by month."
    words = said[chart.result.assurance].format(f"{100 * chart.target:g}%")
    return f"{words[0].upper()}{words[1:]}."


def funnel(publication: Publication, comparison: Comparison) -> Caption:
    """Words for the funnel of Trusts."""
    count, wide = len(comparison.table), comparison.outside_overdispersed
    stand = {0: "none stands out", 1: "1 stands out"}.get(wide, f"{wide} stand out")
    return Caption(
        title=f"Of {count} Trusts, {stand} from the rest",
        subtitle=f"{NAMES[DAY_62]}, {span(comparison.months)}, Trusts and other providers "
        f"with {comparison.minimum:,g} patients or more",
        alt=f"Each dot is a Trust, by size and share. {comparison.outside_naive} of {count} lie "
        f"outside the limits of chance alone, {wide} outside limits that allow for how Trusts "
        "differ.",
        source=source(publication),
    )


def groups(publication: Publication, table: pd.DataFrame, by: str, months: list[str]) -> Caption:
    """Words for cancer types or routes: lowest and highest share within 62 days."""
    low, high = table.iloc[0], table.iloc[-1]
    what = {"cancer_type": "cancer type", "route_or_stage": "route to treatment"}[by]
    return Caption(
        title=f"From {percent(low['share'])} ({_inside(low[by])}) "
        f"to {percent(high['share'])} ({_inside(high[by])})",
        subtitle=f"Share treated within 62 days by {what}, England, {span(months)}, "
        "with 95% intervals",
        alt=f"Dots by {what}: shares run from {percent(low['share'])} to {percent(high['share'])}, "
        f"a gap of {100 * (high['share'] - low['share']):.1f} points.",
        source=source(publication),
    )


def _inside(label: str) -> str:
    """A published label without its footnote mark, to stand in brackets."""
    return label.replace(" (a)", "")


def waits(publication: Publication, table: pd.DataFrame) -> Caption:
    """Words for how long people waited for treatment."""
    longest = table[table["wait"] == "more than 104 days"]
    last = longest.iloc[-1]
    return Caption(
        title=f"{percent(last['part'])} waited more than 104 days in {in_words(last['month'])}",
        subtitle="Share of people treated, by days from referral, England; "
        "the last two parts are later than 62 days",
        alt=f"Bars by month in four parts: waits of more than 104 days are "
        f"{percent(longest['part'].min())} to {percent(longest['part'].max())} of all.",
        source=source(publication),
    )


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
