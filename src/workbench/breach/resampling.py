"""Bootstrap by patient: a patient's rows are drawn together, or not at all.

References
----------
Field CA, Welsh AH (2007). J R Stat Soc B 69:369-390 (cluster bootstrap).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from workbench.breach.frames import Floats, Ints

LEVEL = 0.95


def weights(group: Ints, replicates: int, seed: int) -> Iterator[Floats]:
    """Give each row, replicate by replicate, the times that its patient was drawn.

    Parameters
    ----------
    group : int array
        Patient of each row.
    replicates, seed : int

    Yields
    ------
    array
    """
    _, place = np.unique(group, return_inverse=True)
    count = int(place.max()) + 1 if len(place) else 0
    for random in _streams(seed, replicates):
        drawn = np.bincount(random.integers(0, count, count), minlength=count)
        yield drawn[place].astype(np.float64)


def _streams(seed: int, count: int) -> Iterator[np.random.Generator]:
    """One stream a replicate, so that how many are drawn changes none of them."""
    for child in np.random.SeedSequence(seed).spawn(count):
        yield np.random.default_rng(child)


def intervals(
    reckon: Callable[[Floats], Floats], group: Ints, replicates: int, seed: int
) -> tuple[Floats, Floats]:
    """Percentile limits of several figures at once.

    Parameters
    ----------
    reckon : callable
        From row weights to figures, in an array of any one shape.
    group : int array
    replicates : int
        None gives NaN.
    seed : int

    Returns
    -------
    lower, upper : array
        Where a figure could not be reckoned in some replicates, of the others.
    """
    if replicates == 0 or len(group) == 0:
        nothing = np.full_like(reckon(np.ones(len(group))), np.nan)
        return nothing, nothing
    return limits(np.stack([reckon(weight) for weight in weights(group, replicates, seed)]))


def limits(drawn: Floats) -> tuple[Floats, Floats]:
    """Percentile limits of figures that were reckoned once a replicate.

    Parameters
    ----------
    drawn : array
        First axis: replicates; NaN where a figure could not be reckoned.

    Returns
    -------
    lower, upper : array
    """
    tail = (1 - LEVEL) / 2
    with np.errstate(all="ignore"):
        sorted_ = np.sort(drawn, axis=0)  # NaN last
        usable = (~np.isnan(drawn)).sum(axis=0)
        return _quantile(sorted_, usable, tail), _quantile(sorted_, usable, 1 - tail)


def _quantile(sorted_: Floats, usable: Ints, share: float) -> Floats:
    place = np.maximum(usable - 1, 0) * share
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(usable - 1, 0))
    below = np.take_along_axis(sorted_, low[None], axis=0)[0]
    above = np.take_along_axis(sorted_, high[None], axis=0)[0]
    return np.asarray(np.where(usable > 0, below + (above - below) * (place - low), np.nan))
