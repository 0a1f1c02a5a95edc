"""What a reader learns of a true count from what a profile shows in its place."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.control import published
from workbench.disclosure.profiles import Profile

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def unit_of(counts: Numbers) -> float:
    """Find the step that counts go in: halves where Trusts share a patient, else whole ones.

    Expected numbers go in no steps; a thousandth is as good as none.
    """
    if (counts % 0.5 != 0).any():
        return 0.001
    return 0.5 if (counts % 1 != 0).any() else 1.0


def learned(
    counts: Numbers,
    withheld: Flags,
    profile: Profile,
    unit: float,
    *,
    complementary: bool,
    shown: Numbers | None = None,
) -> tuple[Numbers, Numbers]:
    """Bounds of each count that follow from its own cell alone.

    Parameters
    ----------
    counts : array
        True counts.
    withheld : bool array
        Cells shown as withheld.
    profile : Profile
    unit : float
        From `unit_of`.
    complementary : bool
        Whether any cell is withheld only to protect another. If so, a withheld cell
        may be any count but zero, as zero is always shown; if not, it is a small one.
    shown : array, optional
        What stands in each cell, from `control.published`; needed where a profile moves
        counts, else found from the counts.

    Returns
    -------
    lower, upper : array
        Both can be the true count; `upper` is infinite where nothing bounds it.
    """
    smallest = _after(profile.withhold_above or 0, unit)
    largest = _before(profile.withhold_below or math.inf, unit)
    shown = published(counts, profile) if shown is None else shown
    lower, upper = shown.copy(), shown.copy()
    if profile.round_to is not None:
        half = profile.round_to / 2
        lower = np.ceil((shown - half) / unit) * unit
        upper = np.ceil((shown + half) / unit - 1) * unit  # ties go up, so that one is the next's
    moved = profile.noise or 0.0
    lower, upper = np.maximum(lower - moved, largest + unit), upper + moved
    lower, upper = np.where(shown == 0, 0.0, lower), np.where(shown == 0, 0.0, upper)
    return (
        np.where(withheld, smallest, lower),
        np.where(withheld, math.inf if complementary else largest, upper),
    )


def _after(value: float, unit: float) -> float:
    return math.floor(value / unit + 1) * unit


def _before(value: float, unit: float) -> float:
    return value if math.isinf(value) else math.ceil(value / unit - 1) * unit
