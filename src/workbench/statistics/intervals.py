"""Confidence intervals for shares, counts and rates, as the public health field computes them.

References
----------
Public Health England (2018). Technical guide: confidence intervals. Wilson for
shares; Byar's approximation for counts and rates, exact Poisson limits below 10.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from workbench.statistics.inputs import (
    Floats,
    Result,
    counts,
    like_given,
    normal_quantile,
    pairs,
)

EXACT_BELOW = 10
"""Byar's approximation is poor for counts under 10; the guide asks for exact limits there."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence limits.

    Attributes
    ----------
    estimate, lower, upper : float or ndarray
        Floats where scalars were given, else arrays of the inputs' common shape.
    """

    estimate: Result
    lower: Result
    upper: Result


def wilson(x: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Interval:
    """Wilson score interval of a share.

    ``(2x + z² ∓ z √(z² + 4x(1 - x/n))) / (2(n + z²))``

    Parameters
    ----------
    x, n : array_like
        Numerator and denominator, ``0 <= x <= n``; halves are allowed, since a
        shared patient counts half at each Trust. Paired by position: two Series must
        have the same index.
    confidence : float, optional
        Two-sided level; .95 is what NHS publications show.

    Returns
    -------
    Interval
        From 0 to 1. NaN where `x` or `n` is missing or `n` is 0 (no one, no share).

    Raises
    ------
    ValueError
        A count is no number, below 0 or infinite, `x` exceeds `n`, or two Series have
        different indexes.
    TypeError
        `confidence` is not a number.

    References
    ----------
    Wilson EB (1927). J Am Stat Assoc 22:209-212.
    """
    z = normal_quantile(confidence)
    x, n = pairs(x, n)
    if (x > n).any():
        raise ValueError("x must not exceed n")
    n = np.where(n == 0, np.nan, n)
    share = x / n
    half_width = z * np.sqrt(z**2 + 4 * x * (1 - share))
    lower = (2 * x + z**2 - half_width) / (2 * (n + z**2))
    upper = (2 * x + z**2 + half_width) / (2 * (n + z**2))
    # At 0 and at n the limit is the bound itself; rounding error must not move it off.
    lower = np.where(x == 0, share, lower)
    upper = np.where(x == n, share, upper)
    return Interval(like_given(share), like_given(lower), like_given(upper))


def byar(x: ArrayLike, confidence: float = 0.95) -> Interval:
    """Byar's approximate Poisson interval of a count.

    ``lower = x (1 - 1/(9x) - z/(3√x))³``,
    ``upper = (x+1) (1 - 1/(9(x+1)) + z/(3√(x+1)))³``

    Parameters
    ----------
    x : array_like
        Counts of 0 or more.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval
        In counts. Where the formula gives a lower limit below 0 (a very small
        count at a high level) the lower limit is NaN, as Public Health England
        has it: 0 would look like a computed limit. At ``x = 0`` it is 0. Shared
        patients give counts below one (halves), where that happens at the usual level
        too: take the lower limit of `poisson_exact` there, as `rate` does below 10.

    Raises
    ------
    ValueError
        A count is below 0 or infinite.

    References
    ----------
    Breslow NE, Day NE (1987). Statistical Methods in Cancer Research II. IARC.
    """
    z = normal_quantile(confidence)
    x = counts(x, "x")
    lower, upper = _byar_limits(x, z)
    return Interval(like_given(x), like_given(lower), like_given(upper))


def poisson_exact(x: ArrayLike, confidence: float = 0.95) -> Interval:
    """Exact Poisson interval of a count.

    ``lower = χ²(α/2; 2x) / 2``, ``upper = χ²(1 - α/2; 2x + 2) / 2``

    Parameters
    ----------
    x : array_like
        Counts of 0 or more.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval
        In counts; the lower limit of 0 is 0.

    Raises
    ------
    ValueError
        A count is below 0 or infinite.

    References
    ----------
    Garwood F (1936). Biometrika 28:437-442.
    """
    normal_quantile(confidence)  # refuses what is no level
    x = counts(x, "x")
    lower, upper = _exact_limits(x, confidence)
    return Interval(like_given(x), like_given(lower), like_given(upper))


def rate(
    x: ArrayLike, n: ArrayLike, multiplier: float = 100_000, confidence: float = 0.95
) -> Interval:
    """Crude rate with its interval: exact below 10 events, Byar from 10 on.

    Parameters
    ----------
    x : array_like
        Events; may exceed `n`. Paired with `n` by position: two Series must have the
        same index.
    n : array_like
        Population or person-time, 0 or more.
    multiplier : float, optional
        The rate is per this many; 100,000 is the field's habit.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval
        Per `multiplier`. NaN where `x` or `n` is missing or `n` is 0.

    Raises
    ------
    ValueError
        A count is below 0 or infinite, or `multiplier` is not above 0.
    """
    z = normal_quantile(confidence)
    if not multiplier > 0:
        raise ValueError("multiplier must be above 0")
    x, n = pairs(x, n)
    per = multiplier / np.where(n == 0, np.nan, n)
    limits = [
        np.where(x < EXACT_BELOW, exact, approximate)
        for exact, approximate in zip(_exact_limits(x, confidence), _byar_limits(x, z), strict=True)
    ]
    return Interval(*(like_given(part * per) for part in (x, *limits)))


def _byar_limits(x: Floats, z: float) -> tuple[Floats, Floats]:
    safe = np.where(x == 0, 1, x)
    lower = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    lower = np.where(x == 0, 0.0, np.where(lower < 0, np.nan, lower))
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    return lower, upper


def _exact_limits(x: Floats, confidence: float) -> tuple[Floats, Floats]:
    # χ²(q; 2k) / 2 is the inverse of the regularised lower incomplete gamma of k.
    tail = (1 - confidence) / 2
    lower = np.where(x == 0, 0.0, gammaincinv(np.where(x == 0, 1, x), tail))
    return lower, gammaincinv(x + 1, 1 - tail)
