"""Interval of the difference of two independent shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbench.statistics.inputs import like_given, pairs
from workbench.statistics.intervals import Interval, wilson


def newcombe(
    x: ArrayLike, n: ArrayLike, x_other: ArrayLike, n_other: ArrayLike, confidence: float = 0.95
) -> Interval:
    """Newcombe's hybrid score interval of a difference of shares, ``x/n - x_other/n_other``.

    ``lower = d - √((p - l)² + (u' - p')²)``, ``upper = d + √((u - p)² + (p' - l')²)`` with the
    Wilson limits ``l, u`` of each share: unlike the textbook interval it holds its level
    for small groups and rare events, which is what missed links are.

    Parameters
    ----------
    x, n : array_like
        Numerator and denominator, ``0 <= x <= n``.
    x_other, n_other : array_like
        Those of the share that is taken off; one pair, or as many as of the first.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval
        From -1 to 1. NaN where a count is missing or a denominator is 0.

    Raises
    ------
    ValueError
        As `workbench.statistics.intervals.wilson`.

    References
    ----------
    Newcombe RG (1998). Interval estimation for the difference between independent
    proportions: comparison of eleven methods. Stat Med 17:873-890, method 10.
    """
    x, n = pairs(x, n)
    x_other, n_other = pairs(x_other, n_other)
    own, other = wilson(x, n, confidence), wilson(x_other, n_other, confidence)
    share, rest = np.asarray(own.estimate), np.asarray(other.estimate)
    difference = share - rest
    below = np.hypot(share - own.lower, other.upper - rest)
    above = np.hypot(own.upper - share, rest - other.lower)
    return Interval(
        like_given(difference), like_given(difference - below), like_given(difference + above)
    )
