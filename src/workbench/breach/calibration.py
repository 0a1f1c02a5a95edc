"""From margin to risk: a sigmoid fitted on clocks that the model has not seen.

Isotonic calibration would tie a tenth of a list's ranks; a sigmoid keeps every rank.
Each landmark has an intercept of its own, drawn towards the common one, since services drift
at some steps and not at others.

References
----------
Platt J (1999). Van Calster B et al (2019), BMC Med 17:230.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.breach.frames import Floats, Ints

DRAWN = 0.15
"""Standard deviation of landmarks' own intercepts on the log-odds scale, beforehand."""
_ROUNDS = 50
_HALVINGS = 30


LONGEST_CARRIED = 183
"""Days beyond the calibration for which a trend is carried forward; then it is left standing."""


@dataclass(frozen=True)
class Trend:
    """How a service drifts: log odds added for each day that a clock starts after a day.

    Attributes
    ----------
    a_day : float
    since : int
        Day, counted from 1970: the middle of the clocks calibrated on.
    """

    a_day: float = 0.0
    since: int = 0

    def added(self, origin: npt.NDArray[Any] | None) -> Floats | float:
        """Log odds to add; nothing to clocks of before, or without a day."""
        if origin is None or self.a_day == 0:
            return 0.0
        passed = origin.astype("datetime64[D]").astype(np.int64) - self.since
        return np.asarray(self.a_day * np.clip(passed, 0, LONGEST_CARRIED))


def fit_trend(
    margin: Floats, outcome: Floats, origin: npt.NDArray[Any], group: Ints, middle: int
) -> Trend:
    """Find how outcomes moved against the same margins, over all clocks known by then.

    The slope is drawn towards none by its own uncertainty (James-Stein), with patients'
    rows taken together, so that a trend that could be chance is not carried forward.

    Parameters
    ----------
    margin : array
        Calibrated log odds.
    outcome, origin, group : array
    middle : int
        Day of `Trend.since`.
    """
    days = origin.astype("datetime64[D]").astype(np.int64) - middle
    years = days / 365.25
    lack = outcome - expit(margin)
    information = expit(margin) * (1 - expit(margin))
    away = years - float((information * years).sum() / information.sum())
    curve = float((information * away**2).sum())
    if curve <= 0:
        return Trend(0.0, middle)
    slope = float((lack * away).sum()) / curve
    _, patient = np.unique(group, return_inverse=True)
    variance = float((np.bincount(patient, lack * away) ** 2).sum()) / curve**2
    kept = max(0.0, 1 - variance / slope**2) if slope else 0.0
    return Trend(slope * kept / 365.25, middle)


@dataclass(frozen=True)
class Sigmoid:
    """``risk = 1 / (1 + exp(-(intercept + slope * margin + own[landmark])))``."""

    intercept: float = 0.0
    slope: float = 1.0
    own: Mapping[int, float] = field(default_factory=dict)

    def margin(self, margin: Floats, landmark: Ints) -> Floats:
        """Calibrated log odds."""
        made = self.intercept + self.slope * margin
        for day, own in self.own.items():
            made = made + own * (landmark == day)
        return made

    def risk(self, margin: Floats, landmark: Ints) -> Floats:
        """Calibrated risk."""
        return expit(self.margin(margin, landmark))


def expit(margin: Floats) -> Floats:
    """Log odds to risk."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margin, -500, 500))))


def logit(risk: Floats) -> Floats:
    """Risk to log odds; 0 and 1 are kept finite."""
    inside = np.clip(risk, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


def fit_sigmoid(margin: Floats, outcome: Floats, landmark: Ints) -> Sigmoid:
    """Fit a sigmoid; with one outcome only, or no row, the margins stay as they are.

    Parameters
    ----------
    margin, outcome : array
    landmark : int array
        With one value throughout there are no intercepts of their own.
    """
    if len(outcome) == 0 or outcome.min() == outcome.max():
        return Sigmoid()
    days = np.unique(landmark)
    own = days if len(days) > 1 else days[:0]
    design = np.column_stack([np.ones(len(margin)), margin, *(landmark == day for day in own)])
    penalty = np.r_[0.0, 0.0, np.full(len(own), 1 / DRAWN**2)]
    found = fit_logistic(design, outcome, penalty, start=np.r_[0.0, 1.0, np.zeros(len(own))])
    return Sigmoid(
        float(found[0]),
        float(found[1]),
        {int(day): float(value) for day, value in zip(own, found[2:], strict=True)},
    )


def fit_logistic(
    design: Floats, outcome: Floats, penalty: Floats | None = None, *,
    start: Floats | None = None, weight: Floats | None = None,
) -> Floats:  # fmt: skip
    """Fit a logistic regression by Newton's method, with ridge penalties.

    Parameters
    ----------
    design : array, rows by columns
    outcome : array
    penalty : array, optional
        One a column: the inverse of a coefficient's variance beforehand.
    start, weight : array, optional

    Returns
    -------
    array
        Coefficients. The sums are numpy's own, so that threads change no bit.
    """
    columns = design.shape[1]
    ridge = np.zeros(columns) if penalty is None else penalty
    weights = np.ones(len(outcome)) if weight is None else weight
    found = np.zeros(columns) if start is None else start.astype(np.float64)
    parts = [np.ascontiguousarray(design[:, place]) for place in range(columns)]
    loss = _loss(parts, found, outcome, weights, ridge)
    for _ in range(_ROUNDS):
        step = _newton(parts, found, outcome, weights, ridge)
        # a whole step may overshoot where risks are near 0 or 1: halve it until it helps
        for _ in range(_HALVINGS):
            tried = _loss(parts, found + step, outcome, weights, ridge)
            if tried <= loss:
                break
            step = step / 2
        else:
            break
        found, loss = found + step, tried
        if float(np.abs(step).max()) < 1e-9:
            break
    return found


def _newton(
    parts: list[Floats], found: Floats, outcome: Floats, weights: Floats, ridge: Floats
) -> Floats:
    risk = expit(_product(parts, found))
    lack = weights * (outcome - risk)
    curve = weights * risk * (1 - risk)
    slope = np.array([(part * lack).sum() for part in parts]) - ridge * found
    columns = len(parts)
    bent = np.empty((columns, columns))
    for row in range(columns):
        for column in range(row, columns):
            bent[row, column] = bent[column, row] = (parts[row] * parts[column] * curve).sum()
    return np.asarray(np.linalg.solve(bent + np.diag(ridge + 1e-9), slope))


def _loss(
    parts: list[Floats], found: Floats, outcome: Floats, weights: Floats, ridge: Floats
) -> float:
    margin = _product(parts, found)
    each = np.logaddexp(0, margin) - outcome * margin
    return float((weights * each).sum() + (ridge * found**2).sum() / 2)


def _product(parts: list[Floats], found: Floats) -> Floats:
    made = np.zeros(len(parts[0]))
    for part, value in zip(parts, found, strict=True):
        made += part * value
    return made
