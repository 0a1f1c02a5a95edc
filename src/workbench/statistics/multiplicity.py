"""Many comparisons at once: the false discovery rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbench.statistics.inputs import Floats, shares


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p values (q) that hold the false discovery rate of one family.

    ``q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎ m / j``, at most 1, with ``m`` comparisons.

    Parameters
    ----------
    p : array_like, shape (m,)
        The p values of a family declared beforehand. A missing value is a
        comparison that was not made: it stays missing and is not counted in ``m``.

    Returns
    -------
    ndarray, shape (m,)
        In the order given; never below `p`, and ordered as `p` is.

    Raises
    ------
    ValueError
        A value lies outside 0 to 1, or `p` is not one-dimensional.

    References
    ----------
    Benjamini Y, Hochberg Y (1995). J R Stat Soc B 57:289-300.
    """
    given = shares(p, "p")
    if given.ndim != 1:
        raise ValueError("p must be one-dimensional: one family")
    q = np.full(given.shape, np.nan)
    made = np.flatnonzero(~np.isnan(given))
    largest_first = made[np.argsort(-given[made], kind="stable")]
    ranks = np.arange(made.size, 0, -1)
    stepped = np.minimum.accumulate(given[largest_first] * made.size / ranks)
    # m/m can leave q one rounding below p; p is its floor by definition.
    q[largest_first] = np.clip(np.maximum(stepped, given[largest_first]), 0, 1)
    return q
