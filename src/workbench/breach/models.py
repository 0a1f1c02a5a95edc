"""Learners behind one small interface: fit on cases, then a margin for any cases.

``learn(name, cases, roles, seed)`` gives a `Fitted`, whose margins are log odds (of the
longest waiter: days, for ranking alone). Calibration stands apart: `workbench.breach.training`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from workbench.breach.calibration import logit
from workbench.breach.encoding import Encoding, fit_encoding
from workbench.breach.frames import Cases, Floats
from workbench.breach.roles import Roles
from workbench.breach.trees import Trees, trees_of
from workbench.errors import InputError, ParameterError

BOOSTING, LOGISTIC, RATES, LONGEST = "boosting", "logistic", "rates", "longest_waiter"


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model that has learnt; every part of it is plain numbers and text.

    Attributes
    ----------
    name : str
    encoding : Encoding
        How features become numbers; without columns where the model needs none.
    numbers : mapping
        What else the model is made of, for JSON.
    trees : Trees or None
    """

    name: str
    encoding: Encoding = field(default_factory=lambda: Encoding(()))
    numbers: Mapping[str, Any] = field(default_factory=dict)
    trees: Trees | None = None

    def margin(self, cases: Cases) -> Floats:
        """Log odds of the event, not calibrated; of the longest waiter: days."""
        return _MARGINS[self.name](self, cases)

    def ranks_only(self) -> bool:
        """Whether the margins order the cases and say no more."""
        return self.name == LONGEST


def learn(name: str, cases: Cases, roles: Roles, seed: int, **options: Any) -> Fitted:
    """Fit one learner.

    Parameters
    ----------
    name : {"boosting", "logistic", "rates", "longest_waiter"}
    cases : Cases
        Every outcome known.
    roles : Roles
    seed : int
        Same seed, same bits, whatever the number of threads.
    **options
        Of the learner: `BOOSTED` names those of boosting.

    Raises
    ------
    ParameterError
        There is no such learner.
    InputError
        Nothing can be learnt: no rows, only one outcome, or no feature with a value.
    """
    if name not in _LEARNERS:
        raise ParameterError(
            "There is no such model.", remedy=f"Use one of {', '.join(sorted(_LEARNERS))}."
        )
    if len(cases) == 0 or cases.outcome.min() == cases.outcome.max():
        raise InputError(
            "Nothing can be learnt from these rows.",
            ["they are none, or all came out alike"],
            remedy="Give more rows, or a later day of the data.",
        )
    if name in {BOOSTING, LOGISTIC} and not _tells_anything(cases, roles):
        raise InputError(
            "Nothing can be learnt from these rows.", ["every feature is missing throughout"]
        )
    # loaded first: the limit holds only for libraries that are there when it is set
    importlib.import_module("sklearn.ensemble")
    # one thread: sums in one order, and on a busy machine waiting threads cost more than they save
    with threadpool_limits(1):
        return _LEARNERS[name](_Task(cases, roles, seed, options))


def _tells_anything(cases: Cases, roles: Roles) -> bool:
    """Whether any feature has a value; that a code is missing tells something as well."""
    return any(
        one.kind == "code" or not np.isnan(cases.numbers[one.name]).all() for one in roles.features
    )


BOOSTED: Mapping[str, Any] = {
    "max_iter": 300,
    "learning_rate": 0.05,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 200,
    "l2_regularization": 5.0,
    "max_features": 0.5,
}
"""Many small careful steps: trees of few leaves on half the features each. No class weights:
they would push every risk up, and a risk has to mean what it says."""
EVENTS_A_TREE = 15
"""Patients with the event, or without it if those are fewer, that each tree asks for."""


@dataclass(frozen=True, eq=False)
class _Task:
    """What a learner is given."""

    cases: Cases
    roles: Roles
    seed: int
    options: Mapping[str, Any]


def _boosting(task: _Task) -> Fitted:
    from sklearn.ensemble import HistGradientBoostingClassifier

    cases = task.cases
    encoding, matrix = fit_encoding(cases, task.roles, task.seed)
    settings = {**BOOSTED, **task.options}
    # a small sample has no leaf of 200, and so many steps would learn its noise by heart
    settings["min_samples_leaf"] = max(5, min(settings["min_samples_leaf"], len(cases) // 50))
    # landmarks of a pathway come out alike: they are one event, however many rows tell of it
    events = min(len(np.unique(cases.group[cases.outcome == one])) for one in (0, 1))
    settings["max_iter"] = int(np.clip(events // EVENTS_A_TREE, 20, settings["max_iter"]))
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=task.seed, **settings)
    model.fit(matrix, cases.outcome.astype(np.int64))
    return Fitted(BOOSTING, encoding, {"settings": dict(settings)}, trees_of(model))


def _boosting_margin(fitted: Fitted, cases: Cases) -> Floats:
    if fitted.trees is None:
        raise InputError("The model has no trees.")
    return fitted.trees.margin(fitted.encoding.matrix(cases))


def _logistic(task: _Task) -> Fitted:
    from workbench.breach.linear import fit_linear

    return Fitted(LOGISTIC, Encoding(()), fit_linear(task.cases, task.roles, **task.options))


def _logistic_margin(fitted: Fitted, cases: Cases) -> Floats:
    from workbench.breach.linear import linear_margin

    return linear_margin(fitted.numbers, cases)


def _rates(task: _Task) -> Fitted:
    """Share by site and landmark, drawn towards the landmark's by the worth of 20 cases."""
    cases, drawn = task.cases, 20.0
    overall = float(cases.outcome.mean())
    shares: dict[str, dict[str, float]] = {}
    by_day: dict[str, float] = {}
    for day in np.unique(cases.landmark):
        here = cases.landmark == day
        mean = float((cases.outcome[here].sum() + drawn * overall) / (here.sum() + drawn))
        by_day[str(int(day))] = mean
        site = cases.site[here]
        count = np.bincount(site.places, minlength=len(site.levels))
        events = np.bincount(site.places, cases.outcome[here], minlength=len(site.levels))
        shares[str(int(day))] = {
            level: float((e + drawn * mean) / (n + drawn))
            for level, e, n in zip(site.levels, events, count, strict=True)
            if n
        }
    return Fitted(RATES, Encoding(()), {"overall": overall, "days": by_day, "sites": shares})


def _rates_margin(fitted: Fitted, cases: Cases) -> Floats:
    numbers = fitted.numbers
    made = np.full(len(cases), float(numbers["overall"]))
    for day, mean in numbers["days"].items():
        here = cases.landmark == int(day)
        made[here] = cases.site[here].mapped(numbers["sites"][day], mean)
    return logit(made)


def _longest(_: _Task) -> Fitted:
    return Fitted(LONGEST)


def _longest_margin(_: Fitted, cases: Cases) -> Floats:
    so_far = cases.numbers.get("days_so_far")
    return cases.landmark.astype(np.float64) if so_far is None else so_far


_LEARNERS: dict[str, Callable[[_Task], Fitted]] = {
    BOOSTING: _boosting,
    LOGISTIC: _logistic,
    RATES: _rates,
    LONGEST: _longest,
}
_MARGINS: dict[str, Callable[[Fitted, Cases], Floats]] = {
    BOOSTING: _boosting_margin,
    LOGISTIC: _logistic_margin,
    RATES: _rates_margin,
    LONGEST: _longest_margin,
}
