"""How good risks are: discrimination, calibration, error; each with weights, for resampling.

Measures that reward a wrong risk (accuracy, F1, anything after class weights) are left out.

References
----------
Van Calster B et al (2025). Lancet Digit Health: which measures to report, and which not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from workbench.breach.calibration import expit, fit_logistic, logit
from workbench.breach.frames import Floats

Measure = Callable[[Floats, Floats, Floats], float]
"""Of outcome, risk and weight; NaN where it cannot be reckoned."""


def auc(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Chance that an event has a higher risk than a non-event; ties count half."""
    order = np.argsort(risk, kind="stable")
    return _auc_sorted(outcome[order], risk[order], weight[order])


def _auc_sorted(outcome: Floats, risk: Floats, weight: Floats) -> float:
    events = weight * outcome
    others = weight * (1 - outcome)
    first = np.flatnonzero(np.r_[True, risk[1:] != risk[:-1]]) if len(risk) else np.array([], int)
    if len(first) == 0:
        return float("nan")
    event, other = np.add.reduceat(events, first), np.add.reduceat(others, first)
    below = np.cumsum(other) - other
    total = event.sum() * other.sum()
    return float((event * (below + other / 2)).sum() / total) if total else float("nan")


def brier(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Mean squared error of the risks."""
    return _mean((risk - outcome) ** 2, weight)


def scaled_brier(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Share of the error of giving everybody the mean that the risks take away."""
    mean = _mean(outcome, weight)
    none = mean * (1 - mean)
    return 1 - brier(outcome, risk, weight) / none if none else float("nan")


def log_loss(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Mean of minus the logarithm of the chance given to what happened."""
    inside = np.clip(risk, 1e-9, 1 - 1e-9)
    return _mean(-np.log(np.where(outcome == 1, inside, 1 - inside)), weight)


def observed_expected(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Events that happened over events that the risks add up to."""
    expected = float((weight * risk).sum())
    return float((weight * outcome).sum()) / expected if expected else float("nan")


def slope(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Calibration slope: below 1, risks are too extreme."""
    return _line(outcome, risk, weight)[1]


def intercept(outcome: Floats, risk: Floats, weight: Floats) -> float:
    """Calibration in the large: log odds by which risks are too low, the slope being 1."""
    if not _both(outcome, weight):
        return float("nan")
    margin, found = logit(risk), 0.0
    for _ in range(25):
        made = expit(margin + found)
        step = (weight * (outcome - made)).sum() / (weight * made * (1 - made)).sum()
        found += float(np.clip(step, -2, 2))
        if abs(step) < 1e-8:
            break
    return found


def _line(outcome: Floats, risk: Floats, weight: Floats) -> tuple[float, float]:
    margin = logit(risk)
    if not _both(outcome, weight) or margin.min() == margin.max():
        return float("nan"), float("nan")
    design = np.column_stack([np.ones(len(margin)), margin])
    found = fit_logistic(design, outcome, start=np.array([0.0, 1.0]), weight=weight)
    return float(found[0]), float(found[1])


def _both(outcome: Floats, weight: Floats) -> bool:
    events = float((weight * outcome).sum())
    return 0 < events < float(weight.sum())


def _mean(values: Floats, weight: Floats) -> float:
    total = float(weight.sum())
    return float((values * weight).sum()) / total if total else float("nan")


MEASURES: Mapping[str, Measure] = {
    "auc": auc,
    "brier": brier,
    "scaled_brier": scaled_brier,
    "log_loss": log_loss,
    "observed_expected": observed_expected,
    "calibration_slope": slope,
    "calibration_intercept": intercept,
}
RANKING = ("auc",)
"""What can be said of a model that only ranks."""


def measured(
    outcome: Floats, risk: Floats, weight: Floats | None = None, *, ranks_only: bool = False
) -> dict[str, float]:
    """Every measure of some risks.

    Parameters
    ----------
    outcome : array of 0 and 1
    risk : array
        Of a model that only ranks: anything that rises with risk.
    weight : array, optional
        1 each by default.
    ranks_only : bool, optional
    """
    weights = np.ones(len(outcome)) if weight is None else weight
    names = RANKING if ranks_only else tuple(MEASURES)
    if len(outcome) == 0:
        return dict.fromkeys(names, float("nan"))
    return {name: MEASURES[name](outcome, risk, weights) for name in names}
