"""Sums by group, and ratios that are missing where there is nobody."""

from __future__ import annotations

import numpy as np

from workbench.fairness.groups import Ints
from workbench.statistics.inputs import Floats


def totals(place: Ints, groups: int, weight: Floats | None = None) -> Floats:
    """Sum of a weight, or count of rows, by group.

    Parameters
    ----------
    place : array of int, shape (rows,)
    groups : int
    weight : array, shape (rows,), optional

    Returns
    -------
    array, shape (groups,)
    """
    return np.asarray(np.bincount(place, weight, groups), dtype=np.float64)


def ratio(above: Floats, below: Floats) -> Floats:
    """Ratio; NaN where the denominator is 0."""
    nothing = np.full(np.shape(above), np.nan)
    return np.asarray(np.divide(above, below, out=nothing, where=below > 0))
