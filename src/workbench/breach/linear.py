"""Logistic regression on standardised numbers and one column a level, ridge-penalised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.breach.frames import Cases, Floats
from workbench.breach.roles import Roles

RARE = 20
"""Rows below which a level stands with all other rare ones."""
_OTHER = "\x00other"


def fit_linear(cases: Cases, roles: Roles, *, ridge: float = 1.0) -> dict[str, Any]:
    """Fit.

    Parameters
    ----------
    cases : Cases
    roles : Roles
    ridge : float, optional
        Strength of the penalty: 1 is a coefficient of standard deviation 1 beforehand.

    Returns
    -------
    dict
        ``intercept``; ``numbers``: by feature, mean, deviation and coefficients of the
        number, its square and of its being missing; ``codes``: by feature and level, coefficient.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    plan = _plan(cases, roles)
    blocks = [csr_matrix(_numbers(cases, name, held)) for name, held in plan["numbers"].items()]
    for name, levels in plan["codes"].items():
        place = _places(cases, name, levels)
        ones = (np.ones(len(place)), (np.arange(len(place)), place))
        blocks.append(csr_matrix(ones, shape=(len(place), len(levels))))
    model = LogisticRegression(C=1 / ridge, solver="newton-cholesky", max_iter=100, tol=1e-6)
    model.fit(hstack(blocks, format="csr"), cases.outcome.astype(np.int64))
    found = iter(model.coef_.ravel().tolist())
    numbers = {
        name: {**held, "coefficients": [next(found) for _ in range(3)]}
        for name, held in plan["numbers"].items()
    }
    codes = {
        name: {level: next(found) for level in levels} for name, levels in plan["codes"].items()
    }
    return {"intercept": float(model.intercept_[0]), "numbers": numbers, "codes": codes}


def linear_margin(fitted: Mapping[str, Any], cases: Cases) -> Floats:
    """Log odds; a level that was not there to learn from counts as a rare one."""
    made = np.full(len(cases), float(fitted["intercept"]))
    for term in linear_terms(fitted, cases).values():
        made += term
    return made


def linear_terms(fitted: Mapping[str, Any], cases: Cases) -> dict[str, Floats]:
    """By feature, what it adds to each case's log odds, the intercept apart."""
    terms: dict[str, Floats] = {}
    for name, held in fitted["numbers"].items():
        terms[name] = np.zeros(len(cases))
        block = _numbers(cases, name, held)
        for place, value in enumerate(held["coefficients"]):
            terms[name] += block[:, place] * value
    for name, levels in fitted["codes"].items():
        terms[name] = cases.codes[name].mapped(levels, levels.get(_OTHER, 0.0))
    return terms


def _plan(cases: Cases, roles: Roles) -> dict[str, dict[str, Any]]:
    numbers: dict[str, Any] = {}
    codes: dict[str, Any] = {}
    for one in roles.features:
        if one.kind == "number":
            held = cases.numbers[one.name]
            known = held[~np.isnan(held)]
            if len(known):
                numbers[one.name] = {
                    "mean": float(known.mean()), "deviation": float(known.std()) or 1.0,
                }  # fmt: skip
            continue
        coded = cases.codes[one.name]
        count = np.bincount(coded.places, minlength=len(coded.levels))
        common = [level for level, n in zip(coded.levels, count, strict=True) if n >= RARE]
        codes[one.name] = [*common, _OTHER]
    return {"numbers": numbers, "codes": codes}


def _numbers(cases: Cases, name: str, held: Mapping[str, Any]) -> Floats:
    column = cases.numbers[name]
    missing = np.isnan(column)
    plain = np.where(missing, 0.0, (column - held["mean"]) / held["deviation"])
    plain = np.clip(plain, -5, 5)
    return np.column_stack([plain, plain**2 - ~missing, missing])


def _places(cases: Cases, name: str, levels: list[str]) -> Any:
    coded = cases.codes[name]
    place = {level: number for number, level in enumerate(levels)}
    table = np.array([place.get(level, place[_OTHER]) for level in coded.levels])
    return table[coded.places]
