"""The gradient along an order: slope and relative index of inequality.

References
----------
Public Health England (2018). Technical guide: SII. Mackenbach JP, Kunst AE (1997). Soc Sci
Med 44:757-771. Fieller EC (1954). J R Stat Soc B 16:175-185. Zou GY, Donner A (2008). Stat
Med 27:1693-1702.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from workbench.equity.characteristics import require_order
from workbench.equity.figures import Estimate, Figures, figures, from_error, quantile
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats
from workbench.statistics.regression import logistic

FEWEST_GROUPS = 3
"""Of two groups the difference says all."""

Transform = Literal["log", "logit"]


@dataclass(frozen=True)
class SlopeIndex:
    """Slope and relative index of inequality.

    Attributes
    ----------
    sii : Estimate
        Difference between the fitted figures at the most advantaged end (rank 1) and the
        most disadvantaged (rank 0), in the unit of the figures.
    rii : Estimate
        Ratio of the two.
    at_lowest, at_highest : float
        The fitted figures at rank 0 and rank 1.
    """

    sii: Estimate
    rii: Estimate
    at_lowest: float
    at_highest: float


def slope_index(
    value: ArrayLike,
    se: ArrayLike,
    population: ArrayLike,
    transform: Transform | None = None,
    confidence: float = 0.95,
    *,
    groups: Sequence[object] | None = None,
) -> SlopeIndex:
    """Slope and relative index of inequality with closed-form intervals.

    ``f(y) = η₀ + β R`` by least squares with weights ``p`` on mid-rank ``R``; ``η₁ = η₀ + β``;
    ``SII = f⁻¹(η₁) - f⁻¹(η₀)``; ``RII = f⁻¹(η₁) / f⁻¹(η₀)``. As both ``η`` are linear in the
    figures, ``(η₀, η₁) = L f(y)`` with covariance ``L diag(se²f'(y)²) Lᵀ``: nothing is
    simulated, so an audited rerun needs no seed.

    Parameters
    ----------
    value : array_like, shape (groups,)
        Figures in order, the most disadvantaged group first (decile 1 of deprivation).
    se : array_like, shape (groups,)
        Standard errors of the figures as given, whatever the transform; above 0. A share of
        0 or 1 has none that its own binomial formula could tell.
    population : array_like, shape (groups,)
        People of each group.
    transform : {None, "log", "logit"}, optional
        Scale that is straight in rank: the logarithm suits rates, the logit shares (0 to
        1). It is never guessed from the figures' size.
    confidence : float, optional
        Two-sided level.
    groups : sequence, optional
        Names of the groups, to be held to their order.

    Returns
    -------
    SlopeIndex
        Limits of the SII are normal; with a transform those of Zou and Donner for a
        difference. Limits of the RII are Fieller's, which are what simulation aims at;
        exact with the logarithm; NaN where rank 0 cannot be told from 0.

    Raises
    ------
    ParameterError
        The groups have no order (ethnic groups), or the transform is unknown.
    InputError
        Fewer than three groups, groups out of order, or figures that the transform or
        the measure cannot take.
    """
    require_order("slope_index", value, se, population, groups=groups)
    z = quantile(confidence)
    given = figures(value, population, se, fewest=FEWEST_GROUPS)
    _require_errors(given)
    y, slope = _transformed(given, transform)
    lines = _ends(given.share, given.rank)
    ends = lines @ y
    covariance = (lines * (slope * given.se) ** 2) @ lines.T
    if transform is None:
        return _straight(ends, covariance, z, confidence)
    return _curved(ends, covariance, transform, z)


def _require_errors(given: Figures) -> None:
    """Raise where a figure is given as if it were known without error."""
    certain = int((given.se == 0).sum())
    if certain:
        raise InputError(
            f"{certain} groups have a standard error of 0, as if no chance were in them: the "
            "interval would be too narrow.",
            remedy="For shares of 0 or 100% use slope_index_of_counts; else merge groups.",
        )


def slope_index_of_counts(
    within: ArrayLike,
    total: ArrayLike,
    confidence: float = 0.95,
    *,
    groups: Sequence[object] | None = None,
) -> SlopeIndex:
    """Slope and relative index from people: logistic regression on mid-rank.

    ``logit P = α + β R`` over people, each counted once; SII and RII are the difference and
    ratio of ``P`` at rank 1 and 0, with delta-method limits (on the logarithm for the RII).
    Cells get their people as weight once: weighting cells that already are counts by their
    population again would give large groups its square.

    Parameters
    ----------
    within, total : array_like, shape (groups,)
        People with the outcome, and all, the most disadvantaged group first.
    confidence : float, optional
        Two-sided level.
    groups : sequence, optional
        As `slope_index`.

    Raises
    ------
    ParameterError, InputError
        As `slope_index`.
    """
    require_order("slope_index_of_counts", within, total, groups=groups)
    given = figures(within, total, fewest=FEWEST_GROUPS)
    n = np.asarray(total, dtype=float)
    if (given.value < 0).any() or (given.value > n).any():
        raise InputError("Counts within must lie from 0 to the total of their group.")
    design = np.column_stack([np.ones(len(n)), given.rank])
    fit = logistic(design, given.value, n)
    lines = np.array([[1.0, 0.0], [1.0, 1.0]])
    ends, covariance = lines @ fit.coefficients, lines @ fit.covariance @ lines.T
    low, high = expit(ends)
    slopes = np.array([-low * (1 - low), high * (1 - high)])
    sii = from_error(float(high - low), _error(slopes, covariance), confidence)
    z, ratio = quantile(confidence), float(high / low)
    error = _error(np.array([-(1 - low), 1 - high]), covariance)
    rii = Estimate(
        ratio, ratio * float(np.exp(-z * error)), ratio * float(np.exp(z * error)), ratio * error
    )
    return SlopeIndex(sii, rii, float(low), float(high))


def _transformed(given: Figures, transform: str | None) -> tuple[Floats, Floats]:
    """Figures on the scale that is straight in rank, and the slope of that scale."""
    y = given.value
    if transform is None:
        return y, np.ones(len(y))
    if transform == "log":
        if not (y > 0).all():
            raise InputError(
                "The logarithm needs figures above 0.",
                remedy="Use transform=None, or merge groups.",
            )
        return np.log(y), 1 / y
    if transform == "logit":
        if not ((y > 0) & (y < 1)).all():
            raise InputError(
                "The logit needs shares above 0 and below 1, and not percentages.",
                remedy="Divide percentages by 100; else use slope_index_of_counts.",
            )
        return np.asarray(logit(y)), 1 / (y * (1 - y))
    raise ParameterError("transform must be None, 'log' or 'logit'.")


def _ends(share: Floats, rank: Floats) -> Floats:
    """Matrix that turns figures into the fitted ones at rank 0 and rank 1."""
    design = np.column_stack([np.ones(len(rank)), rank])
    weighted = (design * share[:, None]).T
    coefficients = np.linalg.solve(weighted @ design, weighted)
    return np.asarray(np.array([[1.0, 0.0], [1.0, 1.0]]) @ coefficients)


def _straight(ends: Floats, covariance: Floats, z: float, confidence: float) -> SlopeIndex:
    error = _error(np.array([-1.0, 1.0]), covariance)
    sii = from_error(float(ends[1] - ends[0]), error, confidence)
    return SlopeIndex(sii, _fieller(ends, covariance, z), float(ends[0]), float(ends[1]))


def _fieller(ends: Floats, covariance: Floats, z: float) -> Estimate:
    """Limits ``r`` of a ratio at which ``η₁ - r η₀`` is ``z`` of its standard errors from 0."""
    low, high = float(ends[0]), float(ends[1])
    ratio = high / low if low else np.nan
    a = low**2 - z**2 * covariance[0, 0]
    b = low * high - z**2 * covariance[0, 1]
    c = high**2 - z**2 * covariance[1, 1]
    error = _error(np.array([-ratio, 1.0]), covariance) / abs(low) if low else np.nan
    if not a > 0:
        return Estimate(ratio, np.nan, np.nan, error)
    half = float(np.sqrt(max(b**2 - a * c, 0.0)))
    return Estimate(ratio, (b - half) / a, (b + half) / a, error)


def _curved(ends: Floats, covariance: Floats, transform: str, z: float) -> SlopeIndex:
    back = np.exp if transform == "log" else expit
    low, high = (float(each) for each in back(ends))
    spread = np.sqrt(np.diag(covariance))
    below, above = back(ends - z * spread), back(ends + z * spread)
    joint = covariance[0, 1] / (spread[0] * spread[1]) if (spread > 0).all() else 0.0
    slope = np.array([low, high]) if transform == "log" else np.array(
        [low * (1 - low), high * (1 - high)]
    )  # fmt: skip
    sii = Estimate(
        high - low,
        high - low - _combined(high - below[1], above[0] - low, joint),
        high - low + _combined(above[1] - high, low - below[0], joint),
        _error(slope * np.array([-1.0, 1.0]), covariance),
    )
    ratio = high / low
    down = _combined(np.log(high / below[1]), np.log(above[0] / low), joint)
    up = _combined(np.log(above[1] / high), np.log(low / below[0]), joint)
    error = ratio * _error(slope * np.array([-1 / low, 1 / high]), covariance)
    rii = Estimate(ratio, ratio * float(np.exp(-down)), ratio * float(np.exp(up)), error)
    return SlopeIndex(sii, rii, low, high)


def _combined(own: float, other: float, joint: float) -> float:
    """Distance of one limit of a difference, from a limit of each part and their correlation."""
    return float(np.sqrt(max(own**2 + other**2 - 2 * joint * own * other, 0.0)))


def _error(gradient: Floats, covariance: Floats) -> float:
    return float(np.sqrt(max(float(gradient @ covariance @ gradient), 0.0)))
