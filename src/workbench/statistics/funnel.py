"""Funnel limits for shares: what chance alone would give, and what Trusts really vary by.

References
----------
Spiegelhalter DJ (2005). Funnel plots for comparing institutional performance.
Stat Med 24:1185-1202. Spiegelhalter DJ et al. (2012). Statistical methods for
healthcare regulation. J R Stat Soc A 175:1-47 (winsorised scores, additive
overdispersion).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.statistics.inputs import (
    Floats,
    Result,
    counts,
    floats,
    like_given,
    normal_quantile,
    shares,
)

WINSORISED = 0.1
"""Part of the scores pulled in at each end, so that outliers do not widen their own limits."""


@dataclass(frozen=True)
class Limits:
    """Limits of a funnel, as shares.

    Attributes
    ----------
    lower, upper : float or ndarray
        Shaped like the denominators given.
    """

    lower: Result
    upper: Result


@dataclass(frozen=True)
class Overdispersion:
    """How much more organisations vary than chance explains.

    Attributes
    ----------
    centre : float
        Share that they are compared with.
    phi : float
        Mean squared winsorised score: 1 where there is chance alone.
    tau2 : float
        Variance between organisations on the arcsine scale; 0 where `phi` is
        no more than chance gives.
    organisations : int
        How many were used.
    """

    centre: float
    phi: float
    tau2: float
    organisations: int


def pooled(share: ArrayLike, n: ArrayLike) -> float:
    """Share of all organisations together: ``Σ share n / Σ n``.

    Raises
    ------
    ValueError
        A share lies outside 0 to 1, a denominator is below 0, or none is above 0.
    """
    y, size = _organisations(share, n)
    return float(np.sum(y * size) / np.sum(size))


def proportion_limits(centre: float, n: ArrayLike, confidence: float = 0.95) -> Limits:
    """Naive binomial limits: ``centre ± z √(centre (1 - centre) / n)``.

    Parameters
    ----------
    centre : float
        Share that organisations are compared with, 0 to 1.
    n : array_like
        Denominators, above 0.
    confidence : float, optional
        .95 and .998 are the field's two funnels.

    Returns
    -------
    Limits
        Clipped to 0 and 1, the bounds of any share (at small denominators the
        normal formula goes beyond both). NaN where `n` is missing.

    Raises
    ------
    ValueError
        `centre` lies outside 0 to 1, or a denominator is not above 0.
    """
    z = normal_quantile(confidence)
    middle, size = float(shares(centre, "centre")), _denominators(n)
    half_width = z * np.sqrt(middle * (1 - middle) / size)
    lower, upper = np.clip(middle - half_width, 0, 1), np.clip(middle + half_width, 0, 1)
    return Limits(like_given(lower), like_given(upper))


def overdispersion(
    share: ArrayLike, n: ArrayLike, *, centre: float | None = None
) -> Overdispersion:
    """Estimate the variance between organisations beyond chance.

    On ``Y = asin √share``, with ``s = 1 / (2 √n)`` and ``w = 1 / s²``: scores
    ``z = (Y - asin √centre) / s`` are winsorised at the 10% and 90% quantiles,
    ``φ = mean z²`` and
    ``τ² = max(0, (N φ - (N - 1)) / (Σw - Σw² / Σw))``.

    Parameters
    ----------
    share, n : array_like, shape (N,)
        Share and denominator of each organisation; those with a missing value
        are left out.
    centre : float, optional
        Share to compare with; that of all organisations together by default.

    Returns
    -------
    Overdispersion

    Raises
    ------
    ValueError
        A value is out of range, or there are fewer than two organisations.
    """
    y, size = _organisations(share, n)
    if y.size < 2:
        raise ValueError("overdispersion needs at least two organisations")
    middle = pooled(y, size) if centre is None else float(shares(centre, "centre"))
    weight = 4 * size
    z = (np.arcsin(np.sqrt(y)) - np.arcsin(np.sqrt(middle))) * np.sqrt(weight)
    phi = float(np.mean(np.clip(z, *np.quantile(z, [WINSORISED, 1 - WINSORISED])) ** 2))
    total = float(np.sum(weight))
    excess = y.size * phi - (y.size - 1)
    tau2 = max(0.0, excess / (total - float(np.sum(weight**2)) / total))
    return Overdispersion(middle, phi, tau2, int(y.size))


def overdispersed_limits(
    centre: float, n: ArrayLike, tau2: float, confidence: float = 0.95
) -> Limits:
    """Limits that allow for the variance between organisations.

    ``sin²(asin √centre ± z √(1/(4n) + τ²))``

    Parameters
    ----------
    centre : float
        Share that organisations are compared with, 0 to 1.
    n : array_like
        Denominators, above 0.
    tau2 : float
        From `overdispersion`, arcsine scale.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Limits
        From 0 to 1: angles are held within 0 and π/2, where the arcsine scale ends.

    Raises
    ------
    ValueError
        `centre`, `n` or `tau2` is out of range.
    """
    z = normal_quantile(confidence)
    variance = float(floats(tau2, "tau2"))
    if not variance >= 0:
        raise ValueError("tau2 must be 0 or more")
    middle = np.arcsin(np.sqrt(float(shares(centre, "centre"))))
    half_width = z * np.sqrt(1 / (4 * _denominators(n)) + variance)
    lower = np.sin(np.clip(middle - half_width, 0, np.pi / 2)) ** 2
    upper = np.sin(np.clip(middle + half_width, 0, np.pi / 2)) ** 2
    return Limits(like_given(lower), like_given(upper))


def _denominators(n: ArrayLike) -> Floats:
    size = counts(n, "n")
    if (size == 0).any():
        raise ValueError("n must be above 0")
    return size


def _organisations(share: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    y, size = np.broadcast_arrays(shares(share, "share"), counts(n, "n"))
    used = ~np.isnan(y) & ~np.isnan(size) & (size > 0)
    if not used.any():
        raise ValueError("no organisation has a share and a denominator above 0")
    return y[used], size[used]
