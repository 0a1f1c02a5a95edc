"""Which groups are too few to say anything about, and how large a gap could be seen at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from workbench.equity.figures import quantile
from workbench.statistics.inputs import Floats, Result, counts, like_given, shares

OK, FEW, TOO_FEW = "ok", "few", "too_few"
STATUSES = {
    OK: "Enough to say something",
    FEW: "Few: read with care",
    TOO_FEW: "Too few to say anything",
}

NO_RATE_BELOW = 10
"""People of whom fewer have no rate: one of them would move it by more than 10 points."""
FLAGGED_BELOW = 30
"""People of whom fewer have a rate that is flagged."""

RARER_BELOW = 5
"""With, or without, the outcome: a model's limits for fewer are rough."""

POWER = 0.8
"""Chance to see a gap of the size that is called detectable."""


def status_of(total: ArrayLike, within: ArrayLike | None = None) -> NDArray[np.object_]:
    """Say of each group whether it is enough.

    Parameters
    ----------
    total : array_like, shape (groups,)
    within : array_like, shape (groups,), optional
        With the outcome, where figures are to come from a model: a group in which all or
        none have it is too few, for the model would give it limits of no width; one with
        fewer than five either way is flagged.

    Returns
    -------
    array of str
        ``ok``, ``few`` (below 30) or ``too_few`` (below 10).
    """
    n = counts(total, "total")
    none, few = ~(n >= NO_RATE_BELOW), n < FLAGGED_BELOW
    if within is not None:
        x = counts(within, "within")
        rarer = np.minimum(x, n - x)
        none, few = none | (rarer <= 0), few | (rarer < RARER_BELOW)
    return np.select([none, few], [TOO_FEW, FEW], OK).astype(object)


def detectable_gap(
    share: ArrayLike, n: ArrayLike, others: ArrayLike, confidence: float = 0.95
) -> Result:
    """Smallest gap that these numbers would show, four times out of five.

    ``(z_{1-α/2} + z_{power}) √(p (1 - p) (1/n + 1/m))``

    Parameters
    ----------
    share : array_like
        Share of everyone, p.
    n, others : array_like
        People of the group, and of those it is compared with.
    confidence : float, optional
        Level of the interval that must leave 0 out.

    Returns
    -------
    float or ndarray
        In shares. A gap that was not found may be as large as this. NaN without people.
    """
    p: Floats = shares(share, "share")
    own, rest = counts(n, "n"), counts(others, "others")
    none = (own == 0) | (rest == 0)
    per = 1 / np.where(none, np.nan, own) + 1 / np.where(none, np.nan, rest)
    reach = quantile(confidence) + float(ndtri(POWER))
    return like_given(np.asarray(reach * np.sqrt(p * (1 - p) * per)))
