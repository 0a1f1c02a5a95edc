"""Limits of all measures at once: the patients drawn again, nothing started anew each time.

Ranks are sorted once, and the calibration lines of all draws are fitted together on `BINS`
equal parts of the log odds. `workbench.breach.measures` gives the figures themselves; here
are only their limits.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.breach.calibration import expit, logit
from workbench.breach.frames import Floats, Ints
from workbench.breach.measures import MEASURES, RANKING
from workbench.breach.resampling import limits, weights

BINS = 400
"""So many move a slope by 0.002 at most, a twentieth of what its limits are apart."""
_ROUNDS = 30
_NEAR = 1e-7
_BOUND = 2.0
"""Longest step of a line's fit, on the log-odds scale."""
_SUMS = ("brier", "scaled_brier", "log_loss", "observed_expected")
_LINES = ("calibration_slope", "calibration_intercept")


def redrawn(
    outcome: Floats,
    risk: Floats,
    group: Ints,
    *,
    replicates: int,
    seed: int,
    ranks_only: bool = False,
) -> dict[str, tuple[float, float]]:
    """95 % limits of every measure of some risks, by bootstrap over patients.

    Parameters
    ----------
    outcome : array of 0 and 1
    risk : array
        Of a model that only ranks: anything that rises with risk.
    group : int array
        Patient of each row.
    replicates : int
        0 gives NaN.
    seed : int
    ranks_only : bool, optional

    Returns
    -------
    dict of str to (float, float)
        By measure, in the order of `measures.MEASURES` (of a model that only ranks:
        `measures.RANKING`).
    """
    names = RANKING if ranks_only else tuple(MEASURES)
    if replicates == 0 or len(outcome) == 0:
        return dict.fromkeys(names, (float("nan"), float("nan")))
    area, sums, place = _area(outcome, risk), _sums(outcome, risk), _binned(risk)
    drawn = {name: np.full(replicates, np.nan) for name in names}
    cases, events = (np.zeros((replicates, len(place[1]))) for _ in range(2))
    for one, weight in enumerate(weights(group, replicates, seed)):
        drawn["auc"][one] = area(weight)
        if ranks_only:
            continue
        for name, value in sums(weight).items():
            drawn[name][one] = value
        cases[one] = np.bincount(place[0], weight, len(place[1]))
        events[one] = np.bincount(place[0], weight * outcome, len(place[1]))
    if not ranks_only:
        drawn |= dict(zip(_LINES, _lines(cases, events, place[1]), strict=True))
    lower, upper = limits(np.column_stack([drawn[name] for name in names]))
    return {name: (float(lower[n]), float(upper[n])) for n, name in enumerate(names)}


def _area(outcome: Floats, risk: Floats) -> Callable[[Floats], float]:
    """Area under the curve, its ranks sorted once."""
    order = np.argsort(risk, kind="stable")
    ranked, happened = risk[order], outcome[order]
    first = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    untied = len(first) == len(risk)

    def area(weight: Floats) -> float:
        here = weight[order]
        event = here * happened
        other = here - event
        if not untied:
            event, other = np.add.reduceat(event, first), np.add.reduceat(other, first)
        total = event.sum() * other.sum()
        below = np.cumsum(other) - other / 2
        return float((event * below).sum() / total) if total else float("nan")

    return area


def _sums(outcome: Floats, risk: Floats) -> Callable[[Floats], dict[str, float]]:
    """Measures that are sums over rows."""
    inside = np.clip(risk, 1e-9, 1 - 1e-9)
    surprise = -np.log(np.where(outcome == 1, inside, 1 - inside))
    parts = (np.ones(len(risk)), outcome, risk, (risk - outcome) ** 2, surprise)

    def sums(weight: Floats) -> dict[str, float]:
        total, happened, expected, squares, surprised = (float((weight * p).sum()) for p in parts)
        if not total:
            return dict.fromkeys(_SUMS, float("nan"))
        brier, none = squares / total, happened * (total - happened) / total**2
        return {
            "brier": brier,
            "scaled_brier": 1 - brier / none if none else float("nan"),
            "log_loss": surprised / total,
            "observed_expected": happened / expected if expected else float("nan"),
        }

    return sums


def _binned(risk: Floats) -> tuple[Ints, Floats]:
    """Each row's bin, and the mean log odds of every bin."""
    margin = logit(risk)
    cuts = np.unique(np.quantile(margin, np.linspace(0, 1, BINS + 1)[1:-1]))
    _, place = np.unique(np.searchsorted(cuts, margin), return_inverse=True)
    return place, np.bincount(place, margin) / np.bincount(place)


def _lines(cases: Floats, events: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Calibration slope, and intercept at a slope of 1, of every draw: Newton's method.

    Parameters
    ----------
    cases, events : array, draws by bins
    middle : array
        Log odds of the bins.
    """
    happened = events.sum(axis=1)
    both = (happened > 0) & (happened < cases.sum(axis=1))
    slopes, levels = (np.full(len(cases), np.nan) for _ in range(2))
    cases, events = cases[both], events[both]
    with np.errstate(all="ignore"):
        if middle.min() < middle.max():
            slopes[both] = _fitted(cases, events, middle, sloping=True)[1]
        levels[both] = _fitted(cases, events, middle, sloping=False)[0]
    return slopes, levels


def _fitted(
    cases: Floats, events: Floats, middle: Floats, *, sloping: bool
) -> tuple[Floats, Floats]:
    """Level and slope of each draw; steps are held short where risks are near 0 or 1."""
    level, slope = np.zeros(len(cases)), np.ones(len(cases))
    for _ in range(_ROUNDS):
        risk = expit(level[:, None] + slope[:, None] * middle)
        lack, curve = events - cases * risk, cases * risk * (1 - risk)
        g0, h0 = lack.sum(axis=1), curve.sum(axis=1)
        up, steeper = g0 / h0, np.zeros(len(cases))
        if sloping:
            bent = curve * middle
            g1, h1, h2 = (lack * middle).sum(axis=1), bent.sum(axis=1), (bent * middle).sum(axis=1)
            base = h0 * h2 - h1**2
            up, steeper = (h2 * g0 - h1 * g1) / base, (h0 * g1 - h1 * g0) / base
        longest = np.maximum(np.abs(up), np.abs(steeper))
        held = np.minimum(1.0, _BOUND / np.maximum(longest, _NEAR))
        level, slope = level + held * up, slope + held * steeper
        if not (longest > _NEAR).any():
            break
    return level, slope
