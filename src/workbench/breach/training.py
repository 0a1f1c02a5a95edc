"""Fit and calibrate: a learner's margins, then a sigmoid on patients it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from workbench.breach.calibration import Sigmoid, expit, fit_sigmoid
from workbench.breach.encoding import folds
from workbench.breach.frames import Cases, Floats
from workbench.breach.models import BOOSTING, RATES, Fitted, learn
from workbench.breach.roles import Roles
from workbench.breach.splits import Split
from workbench.breach.trend import Trend, fit_trend

CROSSED = 5
QUICKLY = {"max_iter": 60, "learning_rate": 0.2}
"""Few bold steps: enough for a drift, which is looked for in the mean."""


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
        carried = self.trend.added(cases.origin, cases.landmark)
        return self.sigmoid.margin(bare, cases.landmark) + carried

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
        return Model(fitted, sigmoid, _trend(fitted, cases, roles, split, seed, options))
    margin = np.full(len(train), np.nan)
    dealt = folds(train.group, CROSSED, seed + 1)
    for number in range(CROSSED):
        inside = dealt == number
        # where one outcome is rare, all of it may lie in one fold: without it nothing is learnt
        if both_outcomes(train.outcome[~inside]):
            other = learn(name, train.taken(~inside), roles, seed, **options)
            margin[inside] = other.margin(train.taken(inside))
    told = ~np.isnan(margin)
    return Model(fitted, fit_sigmoid(margin[told], train.outcome[told], train.landmark[told]))


def both_outcomes(outcome: Floats) -> bool:
    """Whether there is anything to learn: rows with the event, and rows without."""
    return len(outcome) > 0 and bool(outcome.min() < outcome.max())


def _trend(
    fitted: Fitted, cases: Cases, roles: Roles, split: Split, seed: int, options: Mapping[str, Any]
) -> Trend:
    """Drift over all clocks known by then; none where there are no days.

    It is looked for behind a learner that cannot tell the day: what a row's load or season
    says of when it was would hide the drift among the rows learnt from, and not from then on.
    """
    if cases.origin is None:
        return Trend()
    plain = roles.without_days()
    if plain.features != roles.features and fitted.name != RATES:
        quick = QUICKLY if fitted.name == BOOSTING else {}
        train = cases.taken(split.train)
        fitted = learn(fitted.name, train, plain, seed, **{**options, **quick})
    rows = np.r_[split.train, split.calibrate]
    every, held = cases.taken(rows), cases.taken(split.calibrate)
    sigmoid = fit_sigmoid(fitted.margin(held), held.outcome, held.landmark)
    margin = sigmoid.margin(fitted.margin(every), every.landmark)
    days = cases.origin[split.calibrate].astype("datetime64[D]").astype(np.int64)
    middle = int(np.floor(days.mean()))
    return fit_trend(margin, every.outcome, cases.origin[rows], every.group, every.landmark, middle)
