"""Waits of which some are not over: Kaplan-Meier, restricted means, time ratios.

Waits are whole days. An open pathway of ``w`` days is known to last longer than ``w``.

References
----------
Kaplan EL, Meier P (1958). JASA 53:457-481. Royston P, Parmar MKB (2013). Restricted mean
survival time. BMC Med Res Methodol 13:152. Andersen PK, Hansen MG, Klein JP (2004).
Regression analysis of restricted mean survival time based on pseudo-observations. Lifetime
Data Anal 10:335-350. Bennett S (1983). Log-logistic regression models for survival data.
Appl Stat 32:165-171.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from workbench.statistics.inputs import Floats, floats, normal_quantile
from workbench.statistics.intervals import Interval
from workbench.statistics.regression import summed_by

_TURNS = 80
_SETTLED = 1e-9
"""Gain in log likelihood still to be had (twice over) at which the model stands."""
_STRIDE = 1.0
"""Longest step, in logarithms of days or of scale; what lies further is not yet known well."""
_LEAST = 1e-9
"""Least curvature allowed in any direction, in that of the coefficients themselves."""
_SHORTEST = 0.5
"""Days that a wait of 0 days counts as, where its logarithm is taken."""


@dataclass(frozen=True)
class Curve:
    """Share still waiting.

    Attributes
    ----------
    waiting : ndarray, shape (days,)
        Kaplan-Meier estimate of the share still waiting after day 0, 1, 2, ...
    at_risk, ended : ndarray, shape (days,)
        Pathways still waiting before the day, and those that end on it.
    """

    waiting: Floats
    at_risk: Floats
    ended: Floats


def kaplan_meier(days: ArrayLike, ended: ArrayLike, until: int) -> Curve:
    """Kaplan-Meier estimate by day, ``S(t) = Π (1 - d_j / n_j)``.

    Parameters
    ----------
    days : array_like, shape (pathways,)
        Whole days waited, so far for open pathways; 0 or more.
    ended : array_like of bool, shape (pathways,)
        Whether the wait is over.
    until : int
        Last day of the curve.

    Returns
    -------
    Curve
        Of days 0 to `until`; NaN from the day on which nobody is left to watch.

    Raises
    ------
    ValueError
        A wait is missing, negative or in part days.
    """
    wait, over = _waits(days, ended)
    capped = np.minimum(wait, until + 1)
    stops = np.bincount(capped[over & (wait <= until)], minlength=until + 2)[: until + 1]
    leaves = np.bincount(capped, minlength=until + 2)[: until + 1]
    at_risk = len(wait) - np.concatenate([[0], np.cumsum(leaves)[:-1]])
    return _curve(at_risk.astype(float), stops.astype(float))


def restricted_mean(
    days: ArrayLike, ended: ArrayLike, until: int, confidence: float = 0.95
) -> tuple[Interval, float]:
    """Mean days waited up to a day, ``E[min(T, τ)] = Σ_{t < τ} S(t)``.

    ``Var = Σ_j A_j² d_j / (n_j (n_j - d_j))``, ``A_j = Σ_{j ≤ t < τ} S(t)`` (Greenwood).

    Parameters
    ----------
    days, ended
        As `kaplan_meier`.
    until : int
        τ, such as 62: days beyond it do not count.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval, float
        In days, and its standard error. NaN where no one was watched as long as that.
    """
    z = normal_quantile(confidence)
    curve = kaplan_meier(days, ended, until - 1)
    mean = float(curve.waiting.sum())
    area = np.cumsum(curve.waiting[::-1])[::-1]
    left = curve.at_risk - curve.ended
    steps = np.divide(curve.ended, curve.at_risk * left, out=np.zeros(until), where=left > 0)
    error = float(np.sqrt(np.sum(area**2 * steps)))
    return Interval(mean, mean - z * error, mean + z * error), error


def restricted_mean_pseudo(days: ArrayLike, ended: ArrayLike, until: int) -> Floats:
    """Pseudo-observations of the restricted mean: ``n θ - (n - 1) θ₍₋ᵢ₎``.

    A pathway's own part in the restricted mean, open ones included, so that least squares
    on them adjusts it for case mix. Valid where being open does not depend on how long
    the wait will be, as when the extract's date ends the watching.

    Parameters
    ----------
    days, ended, until
        As `restricted_mean`.

    Returns
    -------
    ndarray, shape (pathways,)
        In days; the wait itself, at most `until`, where none is open.
    """
    wait, over = _waits(days, ended)
    curve = kaplan_meier(wait, over, until - 1)
    whole, n = float(curve.waiting.sum()), len(wait)
    # pathways that stop on one day in one way share a value: few are worked out
    kind = np.where(wait >= until, -1, 2 * wait + over)
    kinds, place = np.unique(kind, return_inverse=True)
    values = np.empty(len(kinds))
    for row, each in enumerate(kinds):
        day, stops = (until, False) if each < 0 else (int(each) // 2, bool(each % 2))
        at_risk, stopped = curve.at_risk.copy(), curve.ended.copy()
        at_risk[: day + 1] -= 1
        if stops:
            stopped[day] -= 1
        values[row] = n * whole - (n - 1) * float(_curve(at_risk, stopped).waiting.sum())
    return np.asarray(values[place.ravel()])


def time_ratio_fit(
    design: ArrayLike,
    days: ArrayLike,
    ended: ArrayLike,
    scale: NDArray[np.int64] | None = None,
    cluster: ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Log-logistic accelerated failure time: ``log T = Xβ + σ_s ε``, ε logistic.

    The odds of being treated by a day then differ between groups by one factor at every
    day (a proportional-odds model), and the days by another: ``exp(β)``.

    Parameters
    ----------
    design : array_like, shape (pathways, columns)
        With its column of ones.
    days, ended
        As `kaplan_meier`; open pathways count as longer than their days.
    scale : array of int, shape (pathways,), optional
        Strata, from 0, whose waits spread differently (tumour groups); one by default.
    cluster : array_like, optional
        Who a pathway is of.

    Returns
    -------
    ndarray, ndarray
        Coefficients, shape (columns,), and their sandwich covariance.

    Raises
    ------
    ValueError
        As `kaplan_meier`, or the model did not settle.
    """
    x = floats(design, "design")
    wait, over = _waits(days, ended)
    strata = np.zeros(len(wait), dtype=np.int64) if scale is None else scale
    held = (strata[:, None] == np.arange(int(strata.max()) + 1)[None, :]).astype(float)
    log_days = np.log(np.maximum(wait, _SHORTEST))
    theta = _start(x, log_days, held.shape[1])
    score, information, value = _log_logistic(theta, x, log_days, over, held)
    for _ in range(_TURNS):
        slope = score.sum(axis=0)
        step = _inverse(information) @ slope
        if float(step @ slope) < _SETTLED:
            break
        # a level of which nobody has ended has no finite coefficient: go to it in strides
        step *= min(1.0, _STRIDE / float(np.abs(step).max()))
        theta = _stepped(theta, step, value, x, log_days, over, held)
        score, information, value = _log_logistic(theta, x, log_days, over, held)
    else:
        raise ValueError("the model of waits did not settle: too few of a group have ended")
    bread = _inverse(information)
    sums = score if cluster is None else summed_by(score, cluster)
    covariance = bread @ (sums.T @ sums) @ bread
    columns = x.shape[1]
    return theta[:columns], np.asarray(covariance[:columns, :columns])


def _waits(days: ArrayLike, ended: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    wait = floats(days, "days")
    over = np.asarray(ended)
    if wait.ndim != 1 or over.shape != wait.shape or over.dtype.kind not in "bui":
        raise ValueError("days and ended must be one-dimensional, of one length; ended is a flag")
    if np.isnan(wait).any() or (wait < 0).any() or (wait != np.floor(wait)).any():
        raise ValueError("days must be whole, 0 or more, none missing")
    return wait.astype(np.int64), over.astype(bool)


def _curve(at_risk: Floats, ended: Floats) -> Curve:
    share = np.divide(ended, at_risk, out=np.full(len(ended), np.nan), where=at_risk > 0)
    waiting = np.cumprod(1 - share)
    # once all have ended nobody waits, whether or not anybody is left to watch
    done = np.flatnonzero((ended == at_risk) & (at_risk > 0))
    if done.size:
        waiting[done[0] :] = 0.0
    return Curve(waiting, at_risk, ended)


def _start(x: Floats, log_days: Floats, scales: int) -> Floats:
    beta = np.linalg.lstsq(x, log_days, rcond=None)[0]
    spread = float(np.std(log_days - x @ beta)) * np.sqrt(3) / np.pi
    return np.concatenate([beta, np.full(scales, np.log(max(spread, 1e-3)))])


def _log_logistic(
    theta: Floats, x: Floats, log_days: Floats, over: NDArray[np.bool_], held: Floats
) -> tuple[Floats, Floats, float]:
    """Scores row by row, information and log likelihood."""
    columns = x.shape[1]
    log_sigma = held @ theta[columns:]
    sigma = np.exp(log_sigma)
    z = (log_days - x @ theta[:columns]) / sigma
    p, d = expit(z), over.astype(float)
    u, w = d - (1 + d) * p, (1 + d) * p * (1 - p)
    score = np.column_stack([x * (-u / sigma)[:, None], held * (-d - u * z)[:, None]])
    own = (x * (w / sigma**2)[:, None]).T @ x
    cross = (x * ((w * z - u) / sigma)[:, None]).T @ held
    scales = (held * (w * z**2 - u * z)[:, None]).T @ held
    information = np.block([[own, cross], [cross.T, scales]])
    value = float(np.sum(d * (z - log_sigma) - (1 + d) * np.logaddexp(0, z)))
    return score, information, value


def _stepped(
    theta: Floats, step: Floats, value: float,
    x: Floats, log_days: Floats, over: NDArray[np.bool_], held: Floats,
) -> Floats:  # fmt: skip
    """Go along the step, halved until the likelihood is no worse."""
    for halvings in range(30):
        tried = theta + step / 2**halvings
        now = _log_logistic(tried, x, log_days, over, held)[2]
        if np.isfinite(now) and now >= value - 1e-10 * abs(value):
            return np.asarray(tried)
    raise ValueError("the model of waits did not settle: too few of a group have ended")


def _inverse(information: Floats) -> Floats:
    """Inverse of the information, made positive definite where a start is far off."""
    scale = np.sqrt(np.clip(np.abs(np.diag(information)), 1e-300, None))
    scaled = information / np.outer(scale, scale)
    lowest = float(np.linalg.eigvalsh(scaled)[0])
    scaled[np.diag_indices_from(scaled)] += max(0.0, _LEAST - lowest)
    return np.asarray(np.linalg.inv(scaled) / np.outer(scale, scale))
