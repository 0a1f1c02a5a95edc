"""How good scores are in each group, and in everyone else: ranking, level, spread and error.

Exact figures from all rows. Ranks are compared once for everybody: what a group's events
and non-events win against all, and against each other, gives the figure of everyone else.

References
----------
Hanley JA, McNeil BJ (1982). Radiology 143:29-36. Van Calster B et al (2019). BMC Med 17:230.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from workbench.fairness.arithmetic import ratio, totals
from workbench.fairness.groups import Ints
from workbench.statistics.inputs import Floats

SCORED = ("auc", "observed_expected", "calibration_slope", "brier")
NEED_RISKS = ("observed_expected", "calibration_slope", "brier")
"""Figures of probabilities alone; scores that only rank have none."""

_TURNS = 60
_STEP = 2.0
_SETTLED = 1e-9
_LEAST = 1e-3
"""Information below which every outcome is foretold without doubt, and the line has no end."""
_FURTHEST = 50.0
"""Slope beyond which the outcomes are told apart without a fault, and there is no slope."""


@dataclass(frozen=True, eq=False)
class Wins:
    """Pairs of an event and a non-event in which the event has the higher score; ties half.

    Attributes
    ----------
    events, others : array, shape (groups,)
    against_all, from_all, within : array, shape (groups,)
        Of a group's events against all non-events, of all events against the group's
        non-events, of its events against its own non-events.
    total : float
    """

    events: Floats
    others: Floats
    against_all: Floats
    from_all: Floats
    within: Floats
    total: float

    def own(self) -> Floats:
        """Area under the curve of each group."""
        return ratio(self.within, self.events * self.others)

    def rest(self) -> Floats:
        """Area under the curve of everyone else."""
        won = self.total - self.against_all - self.from_all + self.within
        events, others = self.events.sum() - self.events, self.others.sum() - self.others
        return ratio(won, events * others)


def wins(score: Floats, outcome: Floats, place: Ints, groups: int) -> Wins:
    """Compare ranks, of all rows and within each group.

    Parameters
    ----------
    score : array
        Sorted, greatest first.
    outcome, place : array
    groups : int
    """
    rising, event, group = -score[::-1], outcome[::-1], place[::-1]
    rising = -rising
    below, above = _passed(_runs(rising), event)
    by_group = np.argsort(group, kind="stable")
    starts = _runs(rising[by_group]) | _runs(group[by_group])
    own_event = event[by_group]
    lower, _ = _passed(starts, own_event)
    others_before = totals(group, groups, 1 - event)
    before = np.concatenate([[0.0], np.cumsum(others_before)[:-1]])
    lower = lower - before[group[by_group]]
    return Wins(
        events=totals(group, groups, event),
        others=others_before,
        against_all=totals(group, groups, event * below),
        from_all=totals(group, groups, (1 - event) * above),
        within=totals(group[by_group], groups, own_event * lower),
        total=float((event * below).sum()),
    )


def _runs(values: Floats | Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where a value differs from the one before."""
    return np.concatenate([[True], values[1:] != values[:-1]])


def _passed(
    starts: np.ndarray[tuple[int], np.dtype[np.bool_]], event: Floats
) -> tuple[Floats, Floats]:
    """Non-events below, and events above, each row; those of its own run count half."""
    first = np.flatnonzero(starts)
    run = np.cumsum(starts) - 1
    others, events = np.add.reduceat(1 - event, first), np.add.reduceat(event, first)
    below = np.cumsum(others) - others / 2
    above = events.sum() - np.cumsum(events) + events / 2
    return below[run], above[run]


def auc_variance(auc: Floats, events: Floats, others: Floats) -> Floats:
    """Hanley and McNeil's variance of an area under the curve."""
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    top = auc * (1 - auc) + (events - 1) * (first - auc**2) + (others - 1) * (second - auc**2)
    return ratio(np.maximum(top, 0.0), events * others)


def log_odds(risk: Floats) -> Floats:
    """Risk to log odds; 0 and 1 are kept finite."""
    inside = np.clip(risk, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


@dataclass(frozen=True, eq=False)
class Lines:
    """Calibration lines: log odds of the outcome on log odds of the risk.

    Attributes
    ----------
    intercept, slope : array, shape (groups,)
        NaN where a group's outcomes or risks are all alike, or are told apart completely.
    """

    intercept: Floats
    slope: Floats


def lines(margin: Floats, events: Floats, count: Floats, place: Ints, groups: int) -> Lines:
    """Fit a calibration line in every group at once, by Newton's method.

    Parameters
    ----------
    margin : array, shape (rows,)
        Log odds of the risk.
    events, count : array, shape (rows,)
        Rows may be single cases, or cases of one margin together.
    place : array of int, shape (rows,)
    groups : int
    """
    a, b = np.zeros(groups), np.ones(groups)
    usable = _can_be_fitted(margin, events, count, place, groups)
    last, w0 = np.full(groups, np.inf), np.zeros(groups)
    for _ in range(_TURNS):
        made = expit(a[place] + b[place] * margin)
        lack, weight = events - count * made, count * made * (1 - made)
        u0 = totals(place, groups, lack)
        u1 = totals(place, groups, lack * margin)
        w0 = totals(place, groups, weight)
        w1 = totals(place, groups, weight * margin)
        w2 = totals(place, groups, weight * margin**2)
        step_a, step_b = newton(u0, u1, w0, w1, w2)
        last = np.maximum(np.abs(step_a), np.abs(step_b))
        a = a + np.clip(step_a, -_STEP, _STEP)
        b = b + np.clip(step_b, -_STEP, _STEP)
        if (last[usable] < _SETTLED).all():
            break
    found = usable & (last < 1e-4) & (np.abs(b) < _FURTHEST) & (w0 > _LEAST)
    return Lines(np.where(found, a, np.nan), np.where(found, b, np.nan))


def newton(u0: Floats, u1: Floats, w0: Floats, w1: Floats, w2: Floats) -> tuple[Floats, Floats]:
    """One step for intercept and slope, from first and second derivatives."""
    det = w0 * w2 - w1**2
    safe = np.where(det > 1e-12, det, np.inf)
    return (w2 * u0 - w1 * u1) / safe, (w0 * u1 - w1 * u0) / safe


def _can_be_fitted(
    margin: Floats, events: Floats, count: Floats, place: Ints, groups: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    happened, n = totals(place, groups, events), totals(place, groups, count)
    highest, lowest = np.full(groups, -np.inf), np.full(groups, np.inf)
    held = count > 0
    np.maximum.at(highest, place[held], margin[held])
    np.minimum.at(lowest, place[held], margin[held])
    return np.asarray((happened > 0) & (happened < n) & (highest > lowest))
