"""XmR charts (statistical process control) with the Making Data Count rules.

References
----------
NHS England, Making Data Count: strengthening your decisions. Shewhart's
individuals chart: limits at the mean plus and minus 2.66 mean moving ranges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.statistics.inputs import Floats, floats

LIMIT_FACTOR = 2.66
"""Three standard deviations in mean moving ranges: 3 / 1.128."""
SCREEN_FACTOR = 3.267
"""Upper limit of moving ranges, in mean moving ranges."""
RUN = 7
"""Points on one side of the mean, or all rising or falling, that chance seldom gives."""
TRIAL_BELOW = 12
"""Limits from fewer points are trial limits."""

Assurance = Literal["pass", "fail", "inconsistent"]


@dataclass(frozen=True)
class Xmr:
    """An XmR chart's figures.

    Attributes
    ----------
    frame : DataFrame
        One row a point, in the order and with the index given: ``value,
        moving_range, centre, lower, upper, near_lower, near_upper, signal``;
        `signal` is ``outside``, ``trend``, ``two_in_three``, ``run`` or empty.
    centre, lower, upper : float
        Mean and process limits, in the unit of the values; never clipped.
    mean_moving_range : float
        After screening, where it was asked for.
    screened : int
        Moving ranges left out by screening.
    assurance : {"pass", "fail", "inconsistent"} or None
        Whether the process will meet the target; None without one.
    trial_limits : bool
        Whether the limits rest on fewer than 12 points.
    """

    frame: pd.DataFrame
    centre: float
    lower: float
    upper: float
    mean_moving_range: float
    screened: int
    assurance: Assurance | None
    trial_limits: bool


def xmr(
    values: ArrayLike,
    *,
    target: float | None = None,
    screen_outliers: bool = True,
    higher_is_better: bool = True,
) -> Xmr:
    """Compute limits, special causes and assurance of a series.

    Parameters
    ----------
    values : array_like, shape (points,)
        In order of time, evenly apart. A missing value has no moving range and
        ends any run or trend.
    target : float, optional
        In the unit of the values.
    screen_outliers : bool, optional
        Leave moving ranges of 3.267 mean moving ranges or more out of the mean,
        once: one jump would else widen the limits and hide what follows.
    higher_is_better : bool, optional
        Which side of the target is good.

    Returns
    -------
    Xmr

    Raises
    ------
    ValueError
        Fewer than two neighbouring values, or one that is not a finite number.

    Notes
    -----
    Special causes, the first that holds being shown: a point outside the
    limits; 7 points that all rise or all fall; 2 of 3 points beyond two thirds
    of the way to a limit with all 3 on that side (the points beyond are
    marked); 7 points or more on one side of the mean.
    """
    x = floats(values, "values")
    if x.ndim != 1:
        raise ValueError("values must be one series")
    moving = np.abs(np.diff(x, prepend=np.nan))
    mean_range, screened = _mean_range(moving[~np.isnan(moving)], screen_outliers)
    centre, reach = float(np.nanmean(x)), LIMIT_FACTOR * mean_range
    lower, upper = centre - reach, centre + reach
    columns = {
        "value": x,
        "moving_range": moving,
        "centre": centre,
        "lower": lower,
        "upper": upper,
        "near_lower": centre - 2 * reach / 3,
        "near_upper": centre + 2 * reach / 3,
        "signal": _signals(x, centre, reach),
    }
    index = values.index if isinstance(values, pd.Series) else None
    assurance = _assurance(lower, upper, target, higher_is_better)
    trial = int(np.sum(~np.isnan(x))) < TRIAL_BELOW
    frame = pd.DataFrame(columns, index=index)
    return Xmr(frame, centre, lower, upper, mean_range, screened, assurance, trial)


def _mean_range(ranges: Floats, screen_outliers: bool) -> tuple[float, int]:
    """Mean moving range, and how many were screened out of it."""
    if not ranges.size:
        raise ValueError("values must hold at least two neighbours")
    kept = ranges[ranges < SCREEN_FACTOR * ranges.mean()] if screen_outliers else ranges
    if not kept.size:  # all ranges are 0: nothing stands out
        kept = ranges
    return float(kept.mean()), int(ranges.size - kept.size)


def _signals(x: Floats, centre: float, reach: float) -> NDArray[np.object_]:
    """Name the special cause of each point; empty where there is none."""
    # Rounding in the mean must not put the points of a flat series outside limits of no width.
    slack = 1e-12 * float(np.nanmax(np.abs(x)))
    away = np.where(np.abs(x - centre) <= slack, 0.0, x - centre)
    side = np.nan_to_num(np.sign(away))
    direction = np.nan_to_num(np.sign(np.diff(x)))
    rising = _in_runs(direction, RUN - 1)
    trend = np.zeros(x.shape, dtype=bool)
    trend[:-1] |= rising
    trend[1:] |= rising
    return np.select(
        [
            np.abs(away) > reach + slack,
            trend,
            _two_in_three(np.abs(away) > 2 * reach / 3 + slack, side),
            _in_runs(side, RUN),
        ],
        ["outside", "trend", "two_in_three", "run"],
        default="",
    ).astype(object)


def _in_runs(sign: Floats, length: int) -> NDArray[np.bool_]:
    """Mark the members of unbroken runs of one sign, `length` or longer; 0 breaks a run."""
    starts = np.concatenate([[True], sign[1:] != sign[:-1]])
    run = np.cumsum(starts) - 1
    return np.asarray((np.bincount(run)[run] >= length) & (sign != 0))


def _two_in_three(near: NDArray[np.bool_], side: Floats) -> NDArray[np.bool_]:
    """Mark near points of every three in a row that lie on one side with two of them near."""
    marked = np.zeros(near.shape, dtype=bool)
    if near.size < 3:
        return marked
    threes = np.lib.stride_tricks.sliding_window_view
    holds = (threes(near, 3).sum(axis=1) >= 2) & (np.abs(threes(side, 3).sum(axis=1)) == 3)
    for offset in range(3):
        marked[offset : offset + holds.size] |= holds
    return marked & near


def _assurance(
    lower: float, upper: float, target: float | None, higher_is_better: bool
) -> Assurance | None:
    if target is None:
        return None
    goal = float(floats(target, "target"))
    if lower > goal:
        return "pass" if higher_is_better else "fail"
    if upper < goal:
        return "fail" if higher_is_better else "pass"
    return "inconsistent"
