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

import numpy as np

from workbench.breach.frames import Floats, Ints

DRAWN = 0.15
"""Standard deviation of landmarks' own intercepts on the log-odds scale, beforehand."""
_ROUNDS = 50
_HALVINGS = 30


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

    A learner that is too sure of single patients may yet be right about each landmark as a
    whole. So the slope is about the landmark's mean, and how far a landmark as a whole is
    moved is a matter of its own intercept alone.

    Parameters
    ----------
    margin, outcome : array
    landmark : int array
        With one value throughout there are no intercepts of their own.
    """
    if len(outcome) == 0 or outcome.min() == outcome.max():
        return Sigmoid()
    days = np.unique(landmark)
    if len(days) < 2:
        found = fit_logistic(
            np.column_stack([np.ones(len(margin)), margin]), outcome, start=np.array([0.0, 1.0])
        )
        return Sigmoid(float(found[0]), float(found[1]))
    here = [landmark == day for day in days]
    centre = [float(margin[rows].mean()) for rows in here]
    middle = np.select(here, centre)
    design = np.column_stack([np.ones(len(margin)), margin - middle, *here])
    penalty = np.r_[0.0, 0.0, np.full(len(days), 1 / DRAWN**2)]
    start = np.r_[0.0, 1.0, np.zeros(len(days))]
    found = fit_logistic(design, outcome, penalty, start=start, offset=middle)
    slope = float(found[1])
    # the slope turns each landmark about its own mean, which stays where the learner put it
    return Sigmoid(
        float(found[0]),
        slope,
        {
            int(day): (1 - slope) * mean + float(value)
            for day, mean, value in zip(days, centre, found[2:], strict=True)
        },
    )


def fit_logistic(
    design: Floats, outcome: Floats, penalty: Floats | None = None, *,
    start: Floats | None = None, weight: Floats | None = None, offset: Floats | None = None,
) -> Floats:  # fmt: skip
    """Fit a logistic regression by Newton's method, with ridge penalties.

    Parameters
    ----------
    design : array, rows by columns
    outcome : array
    penalty : array, optional
        One a column: the inverse of a coefficient's variance beforehand.
    start, weight : array, optional
    offset : array, optional
        Log odds that each row has beforehand.

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
    base = np.zeros(len(outcome)) if offset is None else offset
    loss = _loss(parts, found, outcome, weights, ridge, base)
    for _ in range(_ROUNDS):
        step = _newton(parts, found, outcome, weights, ridge, base)
        # a whole step may overshoot where risks are near 0 or 1: halve it until it helps
        for _ in range(_HALVINGS):
            tried = _loss(parts, found + step, outcome, weights, ridge, base)
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
    parts: list[Floats], found: Floats, outcome: Floats, weights: Floats, ridge: Floats,
    base: Floats,
) -> Floats:  # fmt: skip
    risk = expit(_product(parts, found, base))
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
    parts: list[Floats], found: Floats, outcome: Floats, weights: Floats, ridge: Floats,
    base: Floats,
) -> float:  # fmt: skip
    margin = _product(parts, found, base)
    each = np.logaddexp(0, margin) - outcome * margin
    return float((weights * each).sum() + (ridge * found**2).sum() / 2)


def _product(parts: list[Floats], found: Floats, base: Floats) -> Floats:
    made = base.copy()
    for part, value in zip(parts, found, strict=True):
        made += part * value
    return made
