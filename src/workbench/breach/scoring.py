"""Risks of open pathways, with intervals, in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach.frames import Cases, Floats, cases
from workbench.breach.intervals import LEVEL, risk_intervals
from workbench.breach.persistence import Stored
from workbench.breach.settings import Settings

COLUMNS = ("record_id", "standard", "target", "landmark_day", "risk", "lower", "upper")
OPEN, LATE = "open", "late"
DIGITS = 6
"""More would say nothing of a risk, and rounding moves no end of an interval past its risk."""
BATCH = 200_000
"""Rows at a time, so that millions need no more memory than these."""
Three = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores, and what the model could not use of the rows.

    Attributes
    ----------
    frame : DataFrame
        `COLUMNS`, sorted by record.
    unseen : dict of str to int
        By feature, cells with a code that was not there to learn from; of a model that
        learns from encoded codes.
    blanked : dict of str to int
        By feature, cells that were known only after their row's day.
    left_out : dict of str to int
        By column, rows that the roles leave out of the population.
    """

    frame: pd.DataFrame
    unseen: dict[str, int]
    blanked: dict[str, int]
    left_out: dict[str, int]


def scores(
    stored: Stored,
    frame: pd.DataFrame,
    settings: Settings,
    *,
    intervals: bool = True,
    told: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Score rows and give the scores alone; see `scored`."""
    return scored(stored, frame, settings, intervals=intervals, told=told).frame


def scored(
    stored: Stored,
    frame: pd.DataFrame,
    settings: Settings,
    *,
    intervals: bool = True,
    told: Callable[[int, int], None] | None = None,
) -> Scored:
    """Score rows.

    Parameters
    ----------
    stored : Stored
    frame : DataFrame
        The columns that the model's roles name, but for the outcome; landmarks of the day,
        or any rows.
    settings : Settings
        Landmark days.
    intervals : bool, optional
        Without, ``lower`` and ``upper`` are blank and scoring is as many times faster as
        there are refits.
    told : callable, optional
        Called after each batch with how many rows are scored, and of how many.

    Returns
    -------
    Scored

    Raises
    ------
    InputError
        The frame does not fit the model's roles.
    """
    checked = cases(frame, stored.roles, outcome_needed=False)
    held = checked.cases
    parts = []
    for start in range(0, len(held), BATCH):
        rows = np.arange(start, min(start + BATCH, len(held)))
        parts.append(_some(stored, held.taken(rows), settings, intervals))
        if told is not None:
            told(int(rows[-1]) + 1, len(held))
    risk, lower, upper = (
        np.concatenate([part[place] for part in parts]) if parts else np.empty(0)
        for place in range(3)
    )
    made = pd.DataFrame(
        {
            "record_id": _named(held.ids).to_numpy(),
            "standard": str(stored.facts.get("standard") or ""),
            "target": str(stored.facts.get("target") or "event"),
            "landmark_day": held.landmark,
            "risk": risk.round(DIGITS),
            "lower": lower.round(DIGITS),
            "upper": upper.round(DIGITS),
        }
    )
    ordered = made.sort_values(["record_id", "landmark_day"], kind="stable", ignore_index=True)
    unseen = stored.model.fitted.encoding.unknown(held)
    return Scored(ordered, unseen, checked.blanked, checked.left_out)


def _named(ids: pd.DataFrame) -> pd.Series[str]:
    """One name a row: the record's, or all that tell it apart, joined."""
    if "record_id" in ids:
        return ids["record_id"].astype("str")
    first, *others = (ids[name].astype("str") for name in ids)
    for one in others:
        first = first + "|" + one
    return first


def _some(stored: Stored, held: Cases, settings: Settings, intervals: bool) -> Three:
    standard = stored.facts.get("standard")
    if standard is None or "days_so_far" not in held.numbers:
        return _risks(stored, held, intervals)
    days = settings.landmark_days[str(standard)]
    return _between(stored, held, days, intervals)


def _between(stored: Stored, held: Cases, days: tuple[int, ...], intervals: bool) -> Three:
    """Risks on days between two landmarks: on the straight line from one to the next.

    Past the last landmark the line leads to certainty, on the day after the standard's own,
    where the target is to be open past it.
    """
    so_far = held.numbers["days_so_far"]
    rising = stored.facts.get("target") == OPEN
    over = float(stored.facts["standard_days"]) + 1
    low = np.searchsorted(days, so_far, side="right") - 1
    below = np.array(days, dtype=float)[np.maximum(low, 0)]
    above = np.array([*days[1:], over if rising else np.inf])[np.maximum(low, 0)]
    share = np.clip((so_far - below) / np.where(np.isinf(above), 1.0, above - below), 0, 1)
    share = np.where(np.isinf(above), 0.0, share)
    first = _risks(stored, _as_on(held, below), intervals)
    between = share > 0
    last = low == len(days) - 1
    if not between.any():
        return first
    made = tuple(values.copy() for values in first)
    inner = np.flatnonzero(between & ~last)
    second = _risks(stored, _as_on(held.taken(inner), above[inner]), intervals)
    net = so_far - np.nan_to_num(held.numbers.get("days_taken_off", np.zeros(len(held))))
    for values, one in zip(made, second, strict=True):
        values[inner] += share[inner] * (one - values[inner])
        ending = np.flatnonzero(between & last)
        values[ending] += share[ending] * (1 - values[ending])
        if rising:
            values[net >= over] = 1.0
    return made  # type: ignore[return-value]


def _as_on(held: Cases, day: Floats) -> Cases:
    """The same cases as if so many days had passed, with all else as it stands."""
    numbers = dict(held.numbers)
    for name in ("days_so_far", "landmark_day"):
        if name in numbers:
            numbers[name] = day
    return replace(held, numbers=numbers, landmark=day.astype(np.int64))


def _risks(stored: Stored, held: Cases, intervals: bool) -> Three:
    if intervals:
        return risk_intervals(stored.model, stored.refits, stored.doubts, held, LEVEL)
    risk = stored.model.risk(held)
    blank: Any = np.full(len(risk), np.nan)
    return risk, blank, blank.copy()
