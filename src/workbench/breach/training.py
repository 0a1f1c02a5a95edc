"""Fit and calibrate: a learner's margins, then a sigmoid on patients it has not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.breach.calibration import Sigmoid, Trend, expit, fit_sigmoid, fit_trend
from workbench.breach.encoding import folds
from workbench.breach.frames import Cases, Floats
from workbench.breach.models import Fitted, learn
from workbench.breach.roles import Roles
from workbench.breach.splits import Split

CROSSED = 5


@dataclass(frozen=True, eq=False)
class Model:
    """A learner and its calibration.

    Attributes
    ----------
    fitted : Fitted
    sigmoid : Sigmoid
    trend : Trend
        Carried forward to clocks that start after those calibrated on.
    """

    fitted: Fitted
    sigmoid: Sigmoid
    trend: Trend = field(default_factory=Trend)

    @property
    def name(self) -> str:
        """Of the learner."""
        return self.fitted.name

    def margin(self, cases: Cases) -> Floats:
        """Calibrated log odds; a learner that only ranks gives its ranks."""
        bare = self.fitted.margin(cases)
        if self.fitted.ranks_only():
            return bare
        return self.sigmoid.margin(bare, cases.landmark) + self.trend.added(cases.origin)

    def risk(self, cases: Cases) -> Floats:
        """Risk of the event for each case; of a learner that only ranks: its ranks."""
        margin = self.margin(cases)
        return margin if self.fitted.ranks_only() else expit(margin)


def fit(
    cases: Cases, roles: Roles, split: Split, seed: int, name: str = "boosting", **options: Any
) -> Model:
    """Fit one learner on a split and calibrate it.

    Parameters
    ----------
    cases : Cases
    roles : Roles
    split : Split
        With rows to calibrate on, the sigmoid is fitted there; without, on margins that
        each patient's rows get from a model fitted on other patients (cross-fitting).
    seed : int
    name : str, optional
        See `workbench.breach.models.learn`.
    **options
        Of the learner.
    """
    train = cases.taken(split.train)
    fitted = learn(name, train, roles, seed, **options)
    if fitted.ranks_only():
        return Model(fitted, Sigmoid())
    if len(split.calibrate):
        held = cases.taken(split.calibrate)
        sigmoid = fit_sigmoid(fitted.margin(held), held.outcome, held.landmark)
        return Model(fitted, sigmoid, _trend(fitted, sigmoid, cases, split))
    margin = np.empty(len(train))
    dealt = folds(train.group, CROSSED, seed + 1)
    for number in range(CROSSED):
        inside = dealt == number
        other = learn(name, train.taken(~inside), roles, seed, **options)
        margin[inside] = other.margin(train.taken(inside))
    return Model(fitted, fit_sigmoid(margin, train.outcome, train.landmark))


def _trend(fitted: Fitted, sigmoid: Sigmoid, cases: Cases, split: Split) -> Trend:
    """Drift over all clocks known by then; none where there are no days."""
    if cases.origin is None:
        return Trend()
    rows = np.r_[split.train, split.calibrate]
    every = cases.taken(rows)
    margin = sigmoid.margin(fitted.margin(every), every.landmark)
    days = cases.origin[split.calibrate].astype("datetime64[D]").astype(np.int64)
    middle = int(np.floor(days.mean()))
    return fit_trend(margin, every.outcome, cases.origin[rows], every.group, middle)
