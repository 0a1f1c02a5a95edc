"""Whom a list would flag: those above a threshold, or as many as can be looked at."""

from __future__ import annotations

from math import floor

import numpy as np

from workbench.errors import ParameterError
from workbench.fairness.groups import Bools, Ints
from workbench.statistics.inputs import Floats

_ROUNDING = 1e-9
"""0.29 of 100 cases are 29, whatever the product says in binary."""


def many(capacity: float, cases: int) -> int:
    """How many cases a capacity is: never more than its share of them."""
    return floor(capacity * cases + _ROUNDING)


def flags(score: Floats, tie: Ints, capacity: float | None, threshold: float | None) -> Bools:
    """Flag cases, the same ones each time.

    Parameters
    ----------
    score : array
        Greatest first.
    tie : int array
        Settles equal scores, smallest first: all different.
    capacity : float or None
        Share of cases.
    threshold : float or None
        Smallest score that is flagged; goes before the capacity.

    Raises
    ------
    ParameterError
        Neither is given, or one is impossible.
    """
    if threshold is not None:
        return np.asarray(score >= threshold)
    if capacity is None or not 0 < capacity < 1:
        raise ParameterError(
            "A list needs an end.",
            remedy="Give a capacity between 0 and 1 (a share of cases), or a threshold.",
        )
    first = np.lexsort((tie, -score))[: many(capacity, len(score))]
    flagged = np.zeros(len(score), dtype=bool)
    flagged[first] = True
    return flagged
