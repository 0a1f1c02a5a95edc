"""Standardised risks: what each group's share would be, had everybody been of that group.

References
----------
Robins J (1986). Math Modelling 7:1393-1512 (the g-formula). Localio AR, Margolis DJ,
Berlin JA (2007). J Clin Epidemiol 60:874-882 (risks from logistic regression by the
delta method). Ye T, Bannick M, Yi Y, Shao J (2023). J R Stat Soc B (variance that
allows for the sample of covariates).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from workbench.statistics.inputs import Floats, counts
from workbench.statistics.regression import Fit, logistic, summed_by

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Standardised:
    """Risks of every group over the case mix of all of them.

    Attributes
    ----------
    risks : ndarray, shape (groups,)
        Expected share with the outcome, were everybody of the group.
    covariance : ndarray, shape (groups, groups)
    log_odds : ndarray, shape (groups,)
        Against the first group, all else equal; 0 for the first.
    log_odds_covariance : ndarray, shape (groups, groups)
    fit : Fit
    """

    risks: Floats
    covariance: Floats
    log_odds: Floats
    log_odds_covariance: Floats
    fit: Fit

    def contrast(self, weights: ArrayLike) -> tuple[float, float]:
        """Weighted sum of risks, such as one group less another, and its standard error."""
        w = np.asarray(weights, dtype=float)
        return float(w @ self.risks), float(np.sqrt(max(w @ self.covariance @ w, 0.0)))


def standardised_risks(
    group: Places,
    groups: int,
    covariates: Floats,
    successes: ArrayLike,
    trials: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Standardised:
    """Standardise by logistic regression over the pooled case mix (g-computation).

    ``R_g = (1/N) Σ nᵢ expit(α_g + cᵢγ)`` over the rows of all groups, with the influence of
    one trial ``(p_gi - R_g) + J_g A⁻¹ xᵢ (y - pᵢ)``: both the coefficients and whose case
    mix the sample happens to hold are allowed for.

    Parameters
    ----------
    group : array of int, shape (rows,)
        Place of each row's group; 0 is the group that odds ratios are against.
    groups : int
        How many there are.
    covariates : ndarray, shape (rows, columns)
        Case mix, without a column of ones.
    successes, trials, cluster
        As `workbench.statistics.regression.logistic`.

    Returns
    -------
    Standardised

    Raises
    ------
    ValueError
        As `logistic`; or a group has no rows.
    """
    place = np.asarray(group, dtype=np.int64)
    if len(np.unique(place)) != groups:
        raise ValueError("every group needs at least one row")
    indicators = (place[:, None] == np.arange(1, groups)[None, :]).astype(float)
    design = np.column_stack([np.ones(len(place)), indicators, covariates])
    fit = logistic(design, successes, trials, cluster)
    y = counts(successes, "successes")
    n = np.ones(len(place)) if trials is None else counts(trials, "trials")
    predicted, slopes = _were_everybody(fit, design, groups)
    total = float(n.sum())
    risks = (n @ predicted) / total
    jacobian = np.stack([(n * slope) @ _with_group(design, g, groups) / total
                         for g, slope in enumerate(slopes.T)])  # fmt: skip
    reach = design @ (fit.bread @ jacobian.T) * total
    centred = predicted - risks
    covariance = _spread(centred, reach, y, n, fit.fitted, cluster) / total**2
    log_odds = np.concatenate([[0.0], fit.coefficients[1:groups]])
    of_log_odds = np.zeros((groups, groups))
    of_log_odds[1:, 1:] = fit.covariance[1:groups, 1:groups]
    return Standardised(risks, covariance, log_odds, of_log_odds, fit)


def _with_group(design: Floats, group: int, groups: int) -> Floats:
    changed = design.copy()
    changed[:, 1:groups] = 0.0
    if group:
        changed[:, group] = 1.0
    return changed


def _were_everybody(fit: Fit, design: Floats, groups: int) -> tuple[Floats, Floats]:
    """Share and its slope for each row (down) in each group (across)."""
    rest = design[:, groups:] @ fit.coefficients[groups:]
    own = fit.coefficients[0] + np.concatenate([[0.0], fit.coefficients[1:groups]])
    p = np.asarray(expit(rest[:, None] + own[None, :]))
    return p, p * (1 - p)


def _spread(
    centred: Floats, reach: Floats, y: Floats, n: Floats, p: Floats, cluster: ArrayLike | None
) -> Floats:
    """Sum of squared influences of single trials."""
    if cluster is not None:
        sums = summed_by(centred + reach * (y - p)[:, None], cluster)
        return np.asarray(sums.T @ sums)
    hit, missed = centred + reach * (1 - p)[:, None], centred - reach * p[:, None]
    return np.asarray((hit * y[:, None]).T @ hit + (missed * (n - y)[:, None]).T @ missed)
