"""How a service drifts, carried forward from the clocks that are known to those to come.

What is learnt of a standard is known only when its day has passed: by then the service has
moved on. Had outcomes moved against equal margins over the known clocks, they are taken to
go on moving so, for a while. A drift of the pace moves a risk the less the longer a clock
has run, since those who still wait are the slow ones; so each landmark has its own trend,
drawn towards the common one.

References
----------
Booth S et al (2020). Diagn Progn Res 4:10 (temporal recalibration). Bennett S (1983).
Stat Med 2:273-277 (why a drift wears off along a clock).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.breach.calibration import expit, fit_logistic
from workbench.breach.frames import Floats, Ints

YEAR = 365.25
LONGEST_CARRIED = 183
"""Days beyond the calibration for which a trend is carried forward; then it is left standing."""
LOOKED_BACK = 730
"""Days of clocks that a trend is found in: what was before says little of now."""
DRAWN = 0.15
"""Standard deviation, in log odds a year, of landmarks' own trends about the common one."""


@dataclass(frozen=True)
class Trend:
    """Log odds added for each day that a clock starts after a day.

    Attributes
    ----------
    a_day : float
    since : int
        Day, counted from 1970: the middle of the clocks calibrated on.
    own : mapping of int to float
        By landmark, what it has a day beyond `a_day`.
    """

    a_day: float = 0.0
    since: int = 0
    own: Mapping[int, float] = field(default_factory=dict)

    def added(self, origin: npt.NDArray[Any] | None, landmark: Ints) -> Floats | float:
        """Log odds to add; nothing to clocks of before, or without a day."""
        if origin is None or (self.a_day == 0 and not self.own):
            return 0.0
        slope = np.full(len(landmark), self.a_day)
        for day, own in self.own.items():
            slope += own * (landmark == day)
        since = np.datetime64(self.since, "D")
        # a missing day is no number of days, and must not become one
        started = np.where(np.isnat(origin), since, origin).astype("datetime64[D]")
        passed = (started - since).astype(np.int64)
        return np.asarray(slope * np.clip(passed, 0, LONGEST_CARRIED))


def fit_trend(
    margin: Floats, outcome: Floats, origin: npt.NDArray[Any], group: Ints, landmark: Ints,
    middle: int,
) -> Trend:  # fmt: skip
    """Find how outcomes moved against the same margins, over all clocks known by then.

    The common slope is drawn towards none by its own uncertainty (James-Stein), with
    patients' rows taken together, so that a trend that could be chance is not carried on.

    Parameters
    ----------
    margin : array
        Calibrated log odds.
    outcome, origin, group, landmark : array
    middle : int
        Day of `Trend.since`.
    """
    passed = origin.astype("datetime64[D]").astype(np.int64) - middle
    late = passed > passed.max() - LOOKED_BACK
    margin, outcome, group, landmark = (one[late] for one in (margin, outcome, group, landmark))
    years = passed[late] / YEAR
    here = [landmark == day for day in np.unique(landmark)]
    own = here if len(here) > 1 else []
    design = np.column_stack([*here, years, *(years * one for one in own)])
    penalty = np.r_[np.zeros(len(here) + 1), np.full(len(own), 1 / DRAWN**2)]
    if np.ptp(years) == 0 or outcome.min() == outcome.max():
        return Trend(0.0, middle)
    found = fit_logistic(design, outcome, penalty, offset=margin)
    common, beyond = float(found[len(here)]), found[len(here) + 1 :]
    kept = _kept(common, margin + design @ found, outcome, years, group)
    days = np.unique(landmark)[: len(own)]
    return Trend(
        kept * common / YEAR,
        middle,
        {int(day): kept * float(one) / YEAR for day, one in zip(days, beyond, strict=True)},
    )


def _kept(common: float, margin: Floats, outcome: Floats, years: Floats, group: Ints) -> float:
    """Share of a slope that is more than its own chance."""
    risk = expit(margin)
    information = risk * (1 - risk)
    away = years - float((information * years).sum() / information.sum())
    curve = float((information * away**2).sum())
    if curve <= 0 or common == 0:
        return 0.0
    _, patient = np.unique(group, return_inverse=True)
    variance = float((np.bincount(patient, (outcome - risk) * away) ** 2).sum()) / curve**2
    return max(0.0, 1 - variance / common**2)
