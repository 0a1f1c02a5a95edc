"""Measures of inequality between groups, each with its formula, error and source.

Along an order: `slope_index`, `slope_index_of_counts`, `concentration_index`. Without one:
`between_group_variance`, `theil`, `mean_log_deviation`, `index_of_disparity`. What equality
would bring: `par`, `paf`.

References
----------
Harper S, Lynch J (2005). Methods for Measuring Cancer Disparities. US National Cancer
Institute. World Health Organization (2013). Handbook on Health Inequality Monitoring.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from workbench.equity.characteristics import require_order
from workbench.equity.concentration import Concentration, concentration_index
from workbench.equity.figures import Estimate, Figures, estimate, figures, from_error
from workbench.equity.slopes import SlopeIndex, slope_index, slope_index_of_counts
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats

__all__ = [
    "Concentration",
    "Estimate",
    "SlopeIndex",
    "between_group_variance",
    "concentration_index",
    "index_of_disparity",
    "mean_log_deviation",
    "paf",
    "par",
    "slope_index",
    "slope_index_of_counts",
    "theil",
]


def between_group_variance(
    value: ArrayLike, population: ArrayLike, se: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """Between-group variance, ``BGV = Σ p (y - µ)²``.

    ``SE² = 4 Σ p² se² (y - µ)² + 2 [(Σ p² se²)² - Σ p⁴ se⁴ + Σ p² (1 - p)² se⁴]``: the second
    part keeps the error above 0 where groups are equal.

    Parameters
    ----------
    value, population : array_like, shape (groups,)
        Figures of groups in any order, and their people.
    se : array_like, shape (groups,), optional
        Standard errors of the figures; no interval without them.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Estimate
        In the square of the figures' unit; the lower limit is held at 0. Chance alone
        gives ``Σ p (1 - p) se²``: an estimate of that size shows no inequality.

    Raises
    ------
    InputError
        The figures cannot be used.
    """
    given = figures(value, population, se)
    p, away = given.share, given.value - given.mean
    at = float(np.sum(p * away**2))
    noise = given.se**2
    own = np.sum(p**2 * noise)
    second = own**2 - np.sum(p**4 * noise**2) + np.sum(p**2 * (1 - p) ** 2 * noise**2)
    error = float(np.sqrt(4 * np.sum(p**2 * noise * away**2) + 2 * second))
    return from_error(at, error, confidence, lowest=0.0)


def theil(
    value: ArrayLike, population: ArrayLike, se: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """Theil index, ``T = Σ p r ln r`` with ``r = y/µ``.

    Delta method: ``∂T/∂yⱼ = pⱼ (ln rⱼ - T) / µ``.

    Parameters
    ----------
    value, population, se, confidence
        As `between_group_variance`; figures of 0 or more (0 ln 0 is 0).

    Returns
    -------
    Estimate
        In natural units: some publications multiply it by 1,000, and its error must be
        multiplied as well. The lower limit is held at 0; where groups are nearly equal the
        interval is too narrow, as for any index that cannot be below 0.

    Raises
    ------
    InputError
        A figure is below 0, all are 0, or they cannot be used.
    """
    given = _ratios(value, population, se, strictly=False)
    r = given.value / given.mean
    log = np.log(np.where(r > 0, r, 1.0))
    at = float(np.sum(given.share * r * log))
    return estimate(at, given.share * (log - at) / given.mean, given, confidence, lowest=0.0)


def mean_log_deviation(
    value: ArrayLike, population: ArrayLike, se: ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """Mean log deviation, ``MLD = -Σ p ln r`` with ``r = y/µ``.

    Delta method: ``∂MLD/∂yⱼ = pⱼ (1/µ - 1/yⱼ)``.

    Parameters
    ----------
    value, population, se, confidence
        As `between_group_variance`; figures above 0.

    Returns
    -------
    Estimate
        In natural units, as `theil`.

    Raises
    ------
    InputError
        A figure is not above 0, or they cannot be used.
    """
    given = _ratios(value, population, se, strictly=True)
    at = float(-np.sum(given.share * np.log(given.value / given.mean)))
    gradient = given.share * (1 / given.mean - 1 / given.value)
    return estimate(at, gradient, given, confidence, lowest=0.0)


def index_of_disparity(
    value: ArrayLike,
    population: ArrayLike,
    se: ArrayLike | None = None,
    confidence: float = 0.95,
    *,
    weighted: bool = True,
) -> Estimate:
    """Index of disparity, ``100 Σ w |y - µ| / µ``: mean distance from the mean, in percent.

    ``w`` is each group's share of the population, or ``1/k`` unweighted. Delta method.

    Parameters
    ----------
    value, population, se, confidence
        As `between_group_variance`.
    weighted : bool, optional
        Off, every group counts alike, however small.

    Returns
    -------
    Estimate
        In percent of the mean; the lower limit is held at 0.

    Raises
    ------
    InputError
        The mean is not above 0, or the figures cannot be used.
    """
    given = _ratios(value, population, se, strictly=False)
    mean, away = given.mean, given.value - given.mean
    weight = given.share if weighted else np.full(len(away), 1 / len(away))
    side = np.sign(away)
    distance = float(np.sum(weight * np.abs(away)))
    gradient = (weight * side - given.share * np.sum(weight * side)) / mean
    gradient = 100 * (gradient - given.share * distance / mean**2)
    return estimate(100 * distance / mean, gradient, given, confidence, lowest=0.0)


def par(
    value: ArrayLike,
    population: ArrayLike,
    se: ArrayLike | None = None,
    confidence: float = 0.95,
    *,
    reference: int | None = None,
    higher_is_better: bool = True,
    groups: Sequence[object] | None = None,
) -> Estimate:
    """Population attributable risk, ``PAR = y_ref - µ``: what all at the reference would gain.

    Parameters
    ----------
    value, population, se, confidence
        As `between_group_variance`.
    reference : int, optional
        Place of the group that others are brought to. Left out, groups are taken to be in
        order and it is the last, the most advantaged. Not the best of unordered groups:
        picking it by its figure would add what luck it had.
    higher_is_better : bool, optional
        Off for outcomes that are to be avoided; the PAR is then 0 or below.
    groups : sequence, optional
        Names of the groups, held to their order where `reference` is left out.

    Returns
    -------
    Estimate
        In the figures' unit; 0 where the reference does worse than the mean (its interval
        is then of the difference itself, held at 0).

    Raises
    ------
    ParameterError
        `reference` is no group's place, or is left out for groups without an order.
    InputError
        The figures cannot be used.
    """
    given, place = _referred(value, population, se, reference, groups)
    gap = float(given.value[place] - given.mean)
    return _wrong_sign_is_nil(gap, _unit(given, place) - given.share, given, confidence,
                              higher_is_better)  # fmt: skip


def paf(
    value: ArrayLike,
    population: ArrayLike,
    se: ArrayLike | None = None,
    confidence: float = 0.95,
    *,
    reference: int | None = None,
    higher_is_better: bool = True,
    groups: Sequence[object] | None = None,
) -> Estimate:
    """Population attributable fraction, ``PAF = (y_ref - µ) / µ``, as a share (not percent).

    Parameters
    ----------
    value, population, se, confidence, reference, higher_is_better, groups
        As `par`.

    Raises
    ------
    ParameterError, InputError
        As `par`; or the mean is not above 0.
    """
    given, place = _referred(value, population, se, reference, groups)
    mean = given.mean
    if not mean > 0:
        raise InputError("The mean must be above 0 to take a fraction of it.")
    at = float(given.value[place]) / mean - 1
    gradient = _unit(given, place) / mean - given.value[place] * given.share / mean**2
    return _wrong_sign_is_nil(at, gradient, given, confidence, higher_is_better)


def _ratios(
    value: ArrayLike, population: ArrayLike, se: ArrayLike | None, *, strictly: bool
) -> Figures:
    given = figures(value, population, se)
    if (given.value < 0).any() or (strictly and (given.value == 0).any()):
        least = "above 0" if strictly else "0 or more"
        raise InputError(f"This measure needs figures {least} in every group.")
    if not given.mean > 0:
        raise InputError("The mean must be above 0.")
    return given


def _referred(
    value: ArrayLike,
    population: ArrayLike,
    se: ArrayLike | None,
    reference: int | None,
    groups: Sequence[object] | None,
) -> tuple[Figures, int]:
    if reference is None:
        require_order("the last group as reference", value, population, se, groups=groups)
    given = figures(value, population, se)
    place = len(given.value) - 1 if reference is None else reference
    if isinstance(place, bool) or not 0 <= place < len(given.value):
        raise ParameterError(f"reference must be a place from 0 to {len(given.value) - 1}.")
    return given, place


def _unit(given: Figures, place: int) -> Floats:
    unit = np.zeros(len(given.value))
    unit[place] = 1.0
    return unit


def _wrong_sign_is_nil(
    at: float, gradient: Floats, given: Figures, confidence: float, higher_is_better: bool
) -> Estimate:
    found = estimate(at, gradient, given, confidence)
    low, high = (0.0, np.inf) if higher_is_better else (-np.inf, 0.0)
    held = [float(np.clip(x, low, high)) for x in (found.estimate, found.lower, found.upper)]
    return Estimate(held[0], held[1], held[2], found.se)
