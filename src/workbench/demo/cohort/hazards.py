"""True daily hazards, with unobserved frailty, and how waits are drawn from them.

On day `t` of its clock a pathway that is still waiting ends with the chance
``1 - exp(-frailty * exp(log_odds) * step(t) * pace(date))``. `frailty` is unit
exponential and unobserved, `step` rises to the standard's last day and drops after it,
and `pace` is the calendar's. A unit exponential frailty over proportional hazards is
a proportional-odds model of the wait (Bennett 1983): integrated over frailty, the odds of
being within `t` days are ``exp(log_odds) * C(t)``, where `C` sums step times pace. So a
planted log odds ratio is exact, at every day, whatever else differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.demo.cohort import calendar
from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.margins import PUBLISHED_62D_BY_TUMOUR, Floats

STANDARD_DAYS = {"FDS": 28, "31D": 31, "62D": 62}
LONGEST = {"FDS": 250, "31D": 250, "62D": 400}
"""Days that a clock is followed for; who has not ended by then never does."""

_BY_CALENDAR = {"FDS", "62D"}
_HEAP = {"FDS": (21, 1.7, 10), "31D": (24, 1.6, 10), "62D": (45, 2.2, 21)}
"""The day after which events are pulled towards the standard, by how much on its last day, and
over how many days after it what they then lack is made up."""
_LACK = 0.45

SHAPE_FDS = 2.0
SHAPE_31D = 2.6


@lru_cache(maxsize=64)
def steps(standard: str, shape: float) -> Floats:
    """Daily steps of the cumulative hazard, scaled so that they sum to 1 by the standard's day.

    Parameters
    ----------
    standard : {"FDS", "31D", "62D"}
    shape : float
        Power of time: 3 means that twice the days give eight times the odds.

    Returns
    -------
    array
        Of days 0 to `LONGEST`; day 0 is nought.
    """
    day = np.arange(LONGEST[standard] + 1)
    last = STANDARD_DAYS[standard]
    after, most, lacking = _HEAP[standard]
    step = np.diff((day / last) ** shape, prepend=0.0)
    pulled = (day > after) & (day <= last)
    step[pulled] *= 1 + (most - 1) * (day[pulled] - after) / (last - after)
    lack = (day > last) & (day <= last + lacking)
    step[lack] *= _LACK + (1 - _LACK) * (day[lack] - last) / lacking
    step /= step[: last + 1].sum()
    step.setflags(write=False)
    return step


@lru_cache(maxsize=1)
def shapes_62d() -> tuple[float, ...]:
    """Shape for each tumour group, from its published shares within 62 and 104 days."""
    within = PUBLISHED_62D_BY_TUMOUR["within"].to_numpy(dtype=float) / 100
    by_104 = 1 - PUBLISHED_62D_BY_TUMOUR["over_104"].to_numpy(dtype=float) / 100
    ratio = (by_104 / (1 - by_104)) / (within / (1 - within))
    return tuple(_shape_of(float(one)) for one in ratio)


def _shape_of(ratio: float) -> float:
    low, high = 1.0, 8.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if steps("62D", middle)[:105].sum() < ratio else (low, middle)
    return round((low + high) / 2, 3)


@dataclass(frozen=True)
class Clocks:
    """Cumulative steps of one standard for every shape and day of start.

    Attributes
    ----------
    cumulative : array, shapes by starts by days
    first : int
        Day of the first start.
    """

    cumulative: Floats
    first: int

    @classmethod
    def built(cls, standard: str, shapes: Sequence[float], first: int, last: int) -> Clocks:
        """Sum the steps times the calendar's pace for starts from first to last."""
        longest = LONGEST[standard]
        if standard in _BY_CALENDAR:
            paces = calendar.pace(first, last + longest)
            windows = np.lib.stride_tricks.sliding_window_view(paces, longest + 1)
        else:
            windows = np.ones((last - first + 1, longest + 1))
        tables = [np.cumsum(windows * steps(standard, shape), axis=1) for shape in shapes]
        return cls(np.stack(tables), first)

    def odds(self, shape: Ints, start: Ints, day: Ints) -> Floats:
        """Cumulative steps up to a day, bounded to those followed."""
        place = np.clip(day, 0, self.cumulative.shape[2] - 1)
        return self.cumulative[shape, start - self.first, place]

    def within(self, shape: Ints, start: Ints, day: Ints, log_odds: Floats) -> Floats:
        """Chance of a wait of at most `day`, integrated over frailty."""
        odds = np.exp(log_odds) * self.odds(shape, start, day)
        return odds / (1 + odds)

    def drawn(self, shape: Ints, start: Ints, log_odds: Floats, chance: Floats) -> Ints:
        """Wait in days at which the cumulative hazard reaches `chance`.

        Parameters
        ----------
        chance : array
            A unit exponential over the frailty. For a uniform ``u`` instead of both,
            ``u / (1 - u)``.

        Returns
        -------
        array of int
            One more than the days followed where that is not reached.
        """
        wanted = chance / np.exp(log_odds)
        rows = self.cumulative.reshape(-1, self.cumulative.shape[2])
        row = shape * self.cumulative.shape[1] + (start - self.first)
        low = np.zeros(len(row), dtype=int)
        high = np.full(len(row), self.cumulative.shape[2])
        while True:
            open_ = low < high
            if not open_.any():
                return low
            middle = (low + high) // 2
            reached = rows[row, np.minimum(middle, rows.shape[1] - 1)] >= wanted
            low, high = (
                np.where(open_ & ~reached, middle + 1, low),
                np.where(open_ & reached, middle, high),
            )


def daily_hazard(hazards: pd.DataFrame, day: int | npt.ArrayLike) -> Floats:
    """True chance that a pathway that is still waiting ends on a day of its clock.

    Parameters
    ----------
    hazards : DataFrame
        Rows of ``truth/hazards.parquet``: ``standard, shape, clock_start_date, log_odds,
        frailty``.
    day : int or array
        Days since the clock started (adjustments taken off), one for all or one a row.

    Returns
    -------
    array
        Given the frailty, which nobody observes.
    """
    days = np.broadcast_to(np.asarray(day, dtype=int), len(hazards))
    step = np.zeros(len(hazards))
    for (standard, shape), rows in _by_clock(hazards):
        followed = steps(standard, shape)
        at = days[rows]
        paced = _pace_on(standard, hazards["clock_start_date"].to_numpy()[rows], at)
        inside = (at > 0) & (at < len(followed))
        step[rows] = np.where(inside, followed[np.clip(at, 0, len(followed) - 1)] * paced, 0.0)
    rate = hazards["frailty"].to_numpy() * np.exp(hazards["log_odds"].to_numpy())
    return np.asarray(1 - np.exp(-rate * step))


def still_waiting(
    hazards: pd.DataFrame, day: int, given: int = 0, *, frailty_known: bool = False
) -> Floats:
    """True chance of still waiting at the end of a day, given still waiting at an earlier one.

    Parameters
    ----------
    hazards : DataFrame
        Rows of ``truth/hazards.parquet``.
    day, given : int
        Days since the clock started.
    frailty_known : bool, optional
        Off, the chance is what the best possible model could say: frailty integrated over
        its distribution among those who still wait. On, it is given each one's frailty.
    """
    sums = np.zeros((2, len(hazards)))
    for (standard, shape), rows in _by_clock(hazards):
        starts = _day_numbers(hazards["clock_start_date"].to_numpy()[rows])
        clocks = Clocks.built(standard, [shape], int(starts.min()), int(starts.max()))
        none = np.zeros(len(rows), dtype=int)
        for place, at in enumerate((given, day)):
            sums[place, rows] = clocks.odds(none, starts, none + at)
    odds = np.exp(hazards["log_odds"].to_numpy()) * sums
    if frailty_known:
        return np.asarray(np.exp(-hazards["frailty"].to_numpy() * (odds[1] - odds[0])))
    return np.asarray((1 + odds[0]) / (1 + odds[1]))


def _by_clock(hazards: pd.DataFrame) -> list[tuple[tuple[str, float], Ints]]:
    grouped = hazards.reset_index(drop=True).groupby(["standard", "shape"], observed=True)
    return [((str(k[0]), float(k[1])), np.asarray(v)) for k, v in grouped.indices.items()]  # type: ignore[index]


def _pace_on(standard: str, starts: npt.NDArray[Any], days: Ints) -> Floats:
    if standard not in _BY_CALENDAR:
        return np.ones(len(days))
    on = _day_numbers(starts) + days
    first = int(on.min())
    return np.asarray(calendar.pace(first, int(on.max()))[on - first])


def _day_numbers(days: npt.NDArray[Any]) -> Ints:
    return np.asarray(days.astype("datetime64[D]").astype(int))
