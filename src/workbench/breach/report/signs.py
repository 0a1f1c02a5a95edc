"""What would change our mind: signs that the model should not be used, and how each stands."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.breach.report.folder import Held
from workbench.breach.report.terms import TOLD, model_name
from workbench.wording import day_in_words

NO, PERHAPS, YES, UNKNOWN = "No", "Perhaps", "Yes", "Not known"
REVIEWED = "20"
"""Per cent of the looks that a team can review: where rankings are compared in words."""


def signs(
    held: Held,
    days: pd.DataFrame,
    sites: pd.DataFrame,
    months: pd.DataFrame,
    models: pd.DataFrame,
    caught: pd.DataFrame,
) -> pd.DataFrame:
    """Give every sign with its figure now, its limit, and whether it is reached.

    Parameters
    ----------
    held : Held
    days, sites, months, models, caught : DataFrame
        Released tables of this room: what is withheld there stays so here.

    Returns
    -------
    DataFrame
        ``sign, now, limit, reached``. Reached is ``Yes`` where the whole interval lies beyond
        the limit, ``Perhaps`` where the figure does and its interval does not.
    """
    low, high = (100 * bound for bound in held.bounds)
    limit = f"outside {low:g} to {high:g}"
    single = days[days["day"] != "All days"]
    rows = [
        _level("All looks: late waits for 100 predicted", "", models.head(1), limit, low, high),
        _level("The same on the worst single day", "day", single, limit, low, high),
        _level("At the worst Trust that it had not seen", "trust", sites, limit, low, high),
        _level("In the worst month", "month", months, limit, low, high),
        _slope(models, *held.bounds),
        _ahead(held, caught),
        _protected(models),
        ("The day on which it expires", _day(held), "the day of the data", _expired(held)),
    ]
    return pd.DataFrame(rows, columns=["sign", "now", "limit", "reached"])


Row = tuple[str, str, str, str]


def beyond(row: Any, low: float, high: float, names: tuple[str, str, str]) -> str:
    """Whether a figure lies beyond its limits, and whether its interval does as a whole."""
    value, lower, upper = (row[name] for name in names)
    if pd.isna(value):
        return UNKNOWN
    if low <= value <= high:
        return NO
    return YES if lower > high or upper < low else PERHAPS


def worst(table: pd.DataFrame) -> Any:
    """The row that lies farthest from 100 late waits for 100 predicted; None if none is shown."""
    known = table.dropna(subset=["per_100"]).reset_index(drop=True)
    if known.empty:
        return None
    return known.iloc[int((known["per_100"] - 100).abs().argmax())]


def interval(value: float, lower: float, upper: float, digits: int = 1) -> str:
    """Write ``98.7 (94.5 to 104.7)``; the figure alone where it has no interval."""
    text = f"{value:.{digits}f}"
    return text if pd.isna(lower) else f"{text} ({lower:.{digits}f} to {upper:.{digits}f})"


def _level(sign: str, label: str, table: pd.DataFrame, limit: str, low: float, high: float) -> Row:
    row = worst(table)
    if row is None:
        return sign, "not measured", limit, UNKNOWN
    now = interval(row["per_100"], row["lower"], row["upper"])
    where = f"{row[label]}: " if label else ""
    return sign, where + now, limit, beyond(row, low, high, ("per_100", "lower", "upper"))


def _slope(models: pd.DataFrame, low: float, high: float) -> Row:
    sign, limit = (
        "Slope of calibration: are high risks high enough?",
        f"outside {low:g} to {high:g}",
    )
    row = models.iloc[0]
    if pd.isna(row["slope"]):
        return sign, "not measured", limit, UNKNOWN
    now = interval(row["slope"], row["slope_lower"], row["slope_upper"], 2)
    return sign, now, limit, beyond(row, low, high, ("slope", "slope_lower", "slope_upper"))


def rankings(held: Held, caught: pd.DataFrame) -> tuple[Any, Any] | None:
    """Rows of the model and of longest waiter first, at the share of looks told in words."""
    here = caught[caught["capacity"] == REVIEWED].dropna(subset=["captured"]).set_index("model")
    names = [model_name(held.name), model_name("longest_waiter")]
    if not set(names) <= set(here.index):
        return None
    return here.loc[names[0]], here.loc[names[1]]


def _ahead(held: Held, caught: pd.DataFrame) -> Row:
    sign = f"Late waits found in the first {REVIEWED}% of looks, against longest waiter first"
    limit = "no more than that"
    rows = rankings(held, caught)
    if rows is None:
        return sign, "not measured", limit, UNKNOWN
    own, other = rows
    now = f"{100 * own['captured']:.1f}% against {100 * other['captured']:.1f}%"
    if own["captured"] > other["captured"]:
        clear = pd.isna(own["lower"]) or own["lower"] > other["upper"]
        return sign, now, limit, NO if clear else PERHAPS
    return sign, now, limit, YES if own["upper"] < other["lower"] else PERHAPS


def _protected(models: pd.DataFrame) -> Row:
    """Whether to know protected characteristics would make it rank better."""
    sign, limit = "Does it rank better if told sex, age, ethnicity, deprivation?", "clearly better"
    told = models["model"].str.contains(TOLD, regex=False)
    both = pd.concat([models[~told].head(1), models[told].head(1)])
    if len(both) < 2 or both["auc"].isna().any():
        return sign, "not measured", limit, UNKNOWN
    one, two = both.iloc[0], both.iloc[1]
    now = f"{two['auc']:.1f} of 100 pairs right if told, {one['auc']:.1f} if not"
    clear = two["auc_lower"] > one["auc_upper"]
    return sign, now, limit, YES if clear else NO


def _day(held: Held) -> str:
    return day_in_words(held.expires) if held.expires else "not known"


def _expired(held: Held) -> str:
    if held.expires is None:
        return UNKNOWN
    return YES if held.expires.isoformat() <= str(held.facts["as_at"]) else NO
