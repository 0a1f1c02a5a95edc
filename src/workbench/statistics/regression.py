"""Regressions with standard errors that hold where the model is only nearly right.

Logistic regression by iteratively reweighted least squares, and weighted least squares;
both with the sandwich covariance, by cluster where people have several rows.

References
----------
McCullagh P, Nelder JA (1989). Generalized Linear Models. White H (1980). Econometrica
48:817-838. Liang KY, Zeger SL (1986). Biometrika 73:13-22.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from workbench.statistics.inputs import Floats, counts, floats

_TURNS = 60
_SETTLED = 1e-11
"""Relative change of the deviance at which the coefficients stand."""
_RIDGE = 1e-9
"""Keeps the information invertible where a level's outcome never varies. It moves no
coefficient by more than its standard error times a billionth."""


@dataclass(frozen=True)
class Fit:
    """A fitted regression.

    Attributes
    ----------
    coefficients : ndarray, shape (columns,)
    covariance : ndarray, shape (columns, columns)
        Sandwich.
    bread : ndarray, shape (columns, columns)
        Inverse of the information (logistic) or of ``X'WX`` (least squares).
    fitted : ndarray, shape (rows,)
        Expected outcome of each row: a share for logistic regression.
    n : float
        Observations.
    settled : bool
        Whether the iterations converged; always so for least squares.
    """

    coefficients: Floats
    covariance: Floats
    bread: Floats
    fitted: Floats
    n: float
    settled: bool

    @property
    def errors(self) -> Floats:
        """Standard error of each coefficient."""
        return np.asarray(np.sqrt(np.clip(np.diag(self.covariance), 0, None)))


def logistic(
    design: ArrayLike,
    successes: ArrayLike,
    trials: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Fit:
    """Maximum-likelihood logistic regression: ``logit E[y] = Xβ``.

    Parameters
    ----------
    design : array_like, shape (rows, columns)
        With its column of ones.
    successes : array_like, shape (rows,)
        Of the trials of each row. Rows may be people (0 or 1) or whole cells of people
        with the same covariates: estimate and covariance are the same.
    trials : array_like, shape (rows,), optional
        One each by default.
    cluster : array_like, shape (rows,), optional
        Who a row is of; rows must then be single trials.

    Returns
    -------
    Fit
        A level in which everyone or no one succeeds gets a large coefficient with a larger
        error, and disturbs no other.

    Raises
    ------
    ValueError
        Shapes differ, a value is missing, or there are more successes than trials.
    """
    x = _matrix(design)
    y, n = _trials(successes, trials, len(x))
    beta, settled = np.zeros(x.shape[1]), False
    deviance, bread = _deviance(y, n, x @ beta), np.eye(x.shape[1])
    for _ in range(_TURNS):
        p = np.asarray(expit(x @ beta))
        bread = _inverse((x * (n * p * (1 - p))[:, None]).T @ x)
        if settled:
            break
        beta, now = _stepped(beta, bread @ (x.T @ (y - n * p)), deviance, x, y, n)
        settled, deviance = deviance - now <= _SETTLED * (abs(now) + 1), now
    p = np.asarray(expit(x @ beta))
    meat = _binomial_meat(x, y, n, p) if cluster is None else _meat(x * (y - p)[:, None], cluster)
    if cluster is not None and (n != 1).any():
        raise ValueError("rows must be single trials where a cluster is given")
    covariance = _corrected(bread @ meat @ bread, float(n.sum()), x.shape[1], cluster)
    return Fit(beta, covariance, bread, p, float(n.sum()), settled)


def least_squares(
    design: ArrayLike,
    outcome: ArrayLike,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Fit:
    """Weighted least squares: ``β = (X'WX)⁻¹ X'Wy``.

    Parameters
    ----------
    design : array_like, shape (rows, columns)
    outcome : array_like, shape (rows,)
    weights : array_like, shape (rows,), optional
        One each by default.
    cluster : array_like, shape (rows,), optional
        Who a row is of.

    Raises
    ------
    ValueError
        Shapes differ or a value is missing.
    """
    x = _matrix(design)
    y = _column(outcome, len(x), "outcome")
    w = np.ones(len(x)) if weights is None else _column(weights, len(x), "weights")
    bread = _pseudo_inverse((x * w[:, None]).T @ x)
    beta = bread @ (x.T @ (w * y))
    scores = x * (w * (y - x @ beta))[:, None]
    meat = scores.T @ scores if cluster is None else _meat(scores, cluster)
    covariance = _corrected(bread @ meat @ bread, float(len(x)), x.shape[1], cluster)
    return Fit(beta, covariance, bread, np.asarray(x @ beta), float(len(x)), True)


def _stepped(
    beta: Floats, step: Floats, deviance: float, x: Floats, y: Floats, n: Floats
) -> tuple[Floats, float]:
    """Go along the step, halved until the deviance is no larger."""
    for halvings in range(30):
        tried = beta + step / 2**halvings
        now = _deviance(y, n, x @ tried)
        if now <= deviance:
            return tried, now
    return beta, deviance


def clusters(labels: ArrayLike) -> NDArray[np.int64]:
    """Number the clusters from 0, in the order of their labels."""
    return np.asarray(np.unique(np.asarray(labels), return_inverse=True)[1], dtype=np.int64).ravel()


def summed_by(values: Floats, cluster: ArrayLike) -> Floats:
    """Sum rows of each cluster.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
    cluster : array_like, shape (rows,)

    Returns
    -------
    ndarray, shape (clusters, columns)
    """
    place = clusters(cluster)
    sums = np.zeros((int(place.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(sums, place, values)
    return sums


def _meat(scores: Floats, cluster: ArrayLike) -> Floats:
    sums = summed_by(scores, cluster)
    return np.asarray(sums.T @ sums)


def _binomial_meat(x: Floats, y: Floats, n: Floats, p: Floats) -> Floats:
    """Sum of squared scores of single trials, from cells of them."""
    weight = y * (1 - p) ** 2 + (n - y) * p**2
    return np.asarray((x * weight[:, None]).T @ x)


def _corrected(covariance: Floats, n: float, columns: int, cluster: ArrayLike | None) -> Floats:
    """Small-sample factor: rows by columns, and clusters where there are any."""
    factor = n / max(n - columns, 1.0)
    if cluster is not None:
        many = len(np.unique(np.asarray(cluster)))
        factor *= many / max(many - 1, 1)
    return np.asarray(covariance * factor)


def _deviance(y: Floats, n: Floats, eta: Floats) -> float:
    return float(2 * np.sum(n * np.logaddexp(0, eta) - y * eta))


def _inverse(information: Floats) -> Floats:
    scale = np.sqrt(np.clip(np.diag(information), 1e-300, None))
    scaled = information / np.outer(scale, scale)
    scaled[np.diag_indices_from(scaled)] += _RIDGE
    return np.asarray(np.linalg.inv(scaled) / np.outer(scale, scale))


def _pseudo_inverse(information: Floats) -> Floats:
    """Inverse; a column that others make up gets no coefficient of its own."""
    scale = np.sqrt(np.clip(np.diag(information), 1e-300, None))
    scaled = information / np.outer(scale, scale)
    return np.asarray(np.linalg.pinv(scaled, 1e-12, hermitian=True) / np.outer(scale, scale))


def _matrix(design: ArrayLike) -> Floats:
    x = floats(design, "design")
    if x.ndim != 2 or np.isnan(x).any():
        raise ValueError("design must be a table of numbers with none missing")
    return x


def _column(values: ArrayLike, rows: int, what: str) -> Floats:
    column = floats(values, what)
    if column.shape != (rows,) or np.isnan(column).any():
        raise ValueError(f"{what} must have one number for each row of the design, none missing")
    return column


def _trials(successes: ArrayLike, trials: ArrayLike | None, rows: int) -> tuple[Floats, Floats]:
    y = _column(counts(successes, "successes"), rows, "successes")
    n = np.ones(rows) if trials is None else _column(counts(trials, "trials"), rows, "trials")
    if (y > n).any():
        raise ValueError("successes must not exceed trials")
    return y, n
