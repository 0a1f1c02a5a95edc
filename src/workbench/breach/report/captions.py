"""Words of the report's pictures: each title says what the released figures show."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.breach.report.folder import Held
from workbench.breach.report.signs import NO, YES, beyond, interval, rankings, worst
from workbench.breach.report.terms import late, model_name
from workbench.wording import MADE_UP, Caption, percent

SOURCE = "Source: the model's own evaluation, on waits in this workspace that it had not seen."
_LEVEL = "Late waits for each 100 that were predicted, with 95% intervals; 100 is as predicted"
_NAMES = ("per_100", "lower", "upper")


def _caption(held: Held, title: str, subtitle: str, alt: str) -> Caption:
    source = MADE_UP if held.facts.get("synthetic") else SOURCE
    return Caption(title=title, subtitle=subtitle, alt=alt, source=source)


def cohort(held: Held, table: pd.DataFrame) -> Caption:
    """Words for the flow chart."""
    first, last = table.iloc[0], table.iloc[-1]
    recent = table[table["step"].str.startswith("too recent")]["count"]
    gone = _count(recent.iloc[0]) if len(recent) else "none"
    return _caption(
        held,
        f"{_count(first['count'])} records give {_count(last['count'])} looks to judge by",
        "Numbers at each step. Who left otherwise, or died, is kept as not late",
        f"Flow chart from {_count(first['count'])} records to {_count(last['count'])} looks that "
        f"judge the model; {gone} looks are too recent to be used.",
    )


def calibration(held: Held, table: pd.DataFrame, models: pd.DataFrame) -> Caption:
    """Words for what was predicted against what came."""
    slope = models.iloc[0]["slope"]
    off = beyond(models.iloc[0], *held.bounds, ("slope", "slope_lower", "slope_upper"))
    title = "Low risks come true seldom and high ones often, as predicted"
    if pd.isna(slope):
        title = "Too few waits were late to say if risks come true"
    elif off != NO:
        sure = "are" if off == YES else "may be"
        title = f"Risks {sure} too {'extreme' if slope < 1 else 'cautious'}: slope {slope:.2f}"
    known = table.dropna(subset=["observed"])
    alt = "The curve of predicted against observed cannot be shown."
    if len(known):
        top = known.iloc[-1]
        alt = (
            f"Curve of late waits observed against risk predicted, near the diagonal where they "
            f"agree; where {percent(top['risk'])} was predicted, {percent(top['observed'])} came."
        )
    return _caption(
        held, title, f"Share {late(held.facts)} against the risk predicted, with 95% band", alt
    )


def days(held: Held, table: pd.DataFrame) -> Caption:
    """Words for calibration on each landmark day."""
    single = table[table["day"] != "All days"]
    return _levels(held, single if len(single) else table, "day", "day of the wait", "on each day")


def sites(held: Held, table: pd.DataFrame) -> Caption:
    """Words for calibration at Trusts that a model has not seen."""
    return _levels(held, table, "trust", "Trust left out", "even at a Trust never seen")


def months(held: Held, table: pd.DataFrame) -> Caption:
    """Words for calibration by the month in which waits began."""
    return _levels(held, table, "month", "month in which waits began", "in each month")


def _levels(held: Held, table: pd.DataFrame, label: str, by: str, where: str) -> Caption:
    low, high = (100 * bound for bound in held.bounds)
    row = worst(table)
    if row is None:
        title, alt = f"Too few late waits to judge by {by}", f"Too few waits were late, by {by}."
        return _caption(held, title, f"{_LEVEL}; by {by}", alt)
    off = [beyond(one, low, high, _NAMES) for _, one in table.iterrows()]
    title = f"About as many waits are late as predicted {where}"
    if any(one != NO for one in off):
        sure = "" if YES in off else " perhaps"
        side = "more" if row["per_100"] > 100 else "fewer"
        title = f"{row[label]}:{sure} {side} late than predicted ({row['per_100']:.0f} for 100)"
    alt = (
        f"Dots by {by}: the farthest from 100 is {row[label]}, with "
        f"{interval(*(row[name] for name in _NAMES))} late waits for each 100 predicted."
    )
    return _caption(held, title, f"{_LEVEL}; by {by}", alt)


def captured(held: Held, table: pd.DataFrame) -> Caption:
    """Words for late waits found among those that can be reviewed."""
    rows = rankings(held, table)
    title, alt = "Too few late waits to compare rankings", "Too few waits were late to compare."
    if rows:
        own, other = (percent(row["captured"]) for row in rows)
        title = f"Reviewing one look in five finds {own} of late waits; longest first, {other}"
        alt = f"Lines by share of looks reviewed: at 20%, the model {own}, longest first {other}."
    subtitle = "Share of late waits among the looks reviewed, by how looks are put in order"
    return _caption(held, title, subtitle, alt)


def benefit(held: Held, table: pd.DataFrame) -> Caption:
    """Words for the decision curve."""
    own = model_name(held.name)
    wide = table.set_index(["threshold", "rule"])["benefit"].unstack("rule")  # noqa: PD010
    ahead = wide[own] >= wide.drop(columns=own).max(axis=1)
    title = f"Reviewing by risk gains most at {int(ahead.sum())} of {len(ahead)} cut-offs"
    if ahead.all():
        title = "Reviewing by risk gains more than each plain rule, at every cut-off"
    if wide[own].isna().all():
        title = "Too few late waits to weigh what reviews gain"
    return _caption(
        held,
        title,
        "Net benefit: late waits found for 100 looks, less what reviews in vain cost",
        f"Lines by the risk from which a wait is reviewed; the model gains most at "
        f"{int(ahead.sum())} of {len(ahead)} risks drawn.",
    )


def learning(held: Held, table: pd.DataFrame) -> Caption:
    """Words for models that have learnt from fewer patients."""
    known = table.dropna(subset=["auc"])
    title, alt = "Too few patients to say if more would help", "Too few patients to show."
    if len(known) > 1:
        less, every = known.iloc[-2], known.iloc[-1]
        gain = every["auc"] - less["auc"]
        title = f"From {less['share']} of the patients to all: {gain:+.1f} pairs of 100 put right"
        alt = (
            f"Dots by share of patients learnt from: {known.iloc[0]['auc']:.1f} of 100 pairs are "
            f"put right from {known.iloc[0]['share']} of patients, {every['auc']:.1f} from all."
        )
    return _caption(
        held,
        title,
        "Pairs of a late and a timely look that are put in the right order, of 100 (AUC), by "
        "share of the patients learnt from",
        alt,
    )


def waits(held: Held, table: pd.DataFrame) -> Caption:
    """Words for how waits go on and end."""
    days = int(held.facts["standard_days"])
    now = table[table["day"] == str(days)].set_index("what")["share"]
    title = f"Too few waits to say how many last past day {days}"
    alt = "Lines of waits still going on and ended, by day; too few are late to give a figure."
    if not pd.isna(now.get("Still waiting")):
        open_ = percent(now["Still waiting"])
        title = f"At the end of day {days}, {open_} of waits are still open"
        alt = f"Lines by day since the clock started: {open_} still wait at the end of day {days}."
    return _caption(
        held,
        title,
        "Share of all waits still open, and ended, by day (Kaplan-Meier, Aalen-Johansen)",
        alt,
    )


def _count(number: Any) -> str:
    return "[c]" if pd.isna(number) else f"{number:,.0f}"
