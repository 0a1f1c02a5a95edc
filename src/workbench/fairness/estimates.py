"""A figure of every group and of everyone else, with what it would be in other samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from workbench.fairness.groups import Bools, Partition
from workbench.statistics.inputs import Floats

ENOUGH = 30
"""Events, and non-events, from which a resampled interval is trusted. With fewer, samples
repeat too few values, and none at all where every one is alike: the spread then comes from
a distribution that allows for what was not seen."""

OK, INSUFFICIENT, NONE = "ok", "insufficient", "none"
STATUSES = {
    OK: "Enough to judge",
    INSUFFICIENT: f"Too few: under {ENOUGH} people with a late wait, in it or outside it",
    NONE: "Nobody to reckon it from",
}

TAILS = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Side:
    """One figure of several groups of people.

    Attributes
    ----------
    estimate : array, shape (groups,)
    draws : array, shape (replicates, groups)
        NaN in samples where it cannot be reckoned.
    variance : array, shape (groups,)
        Of single independent cases, were all groups alike.
    """

    estimate: Floats
    draws: Floats
    variance: Floats


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure of each group, and of everyone who is not in it.

    Attributes
    ----------
    partition : Partition
    metric : str
    own, rest : Side
    x, n : array or None
        Numerator and denominator of a rate, of each group; None for other figures.
    design : float
        How many times wider the variance is than that of single independent cases.
    """

    partition: Partition
    metric: str
    own: Side
    rest: Side
    x: Floats | None = None
    n: Floats | None = None
    design: float = 1.0


def limits(draws: Floats, estimate: Floats) -> tuple[Floats, Floats]:
    """Percentile limits of each column of draws, never leaving the estimate outside.

    Columns in which more than one sample in twenty cannot be reckoned have no limits, nor
    has any without an estimate.
    """
    lost = np.isnan(draws)
    missing = lost.mean(axis=0) > 0.05 if len(draws) else np.ones(draws.shape[1:], dtype=bool)
    some = lost.any(axis=0) & ~missing
    ends = np.full((2, *draws.shape[1:]), np.nan)
    whole = ~missing & ~some
    if whole.any():
        ends[:, whole] = np.quantile(draws[:, whole], TAILS, axis=0)
    if some.any():
        ends[:, some] = np.nanquantile(draws[:, some], TAILS, axis=0)
    lower, upper = np.fmin(ends[0], estimate), np.fmax(ends[1], estimate)
    none = missing | np.isnan(estimate)
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)


def expanded(estimate: Floats, draws: Floats, people: Floats) -> Floats:
    """Widen samples about the estimate as Student's t is wider than the normal.

    Percentile limits of few people are too narrow by as much (Hesterberg T (2015). Am Stat
    69:371-386).

    Parameters
    ----------
    estimate : array, shape (groups,)
    draws : array, shape (replicates, groups)
    people : array, shape (groups,)
        The rarer of those with and without the event, since they settle the figure.
    """
    held = np.maximum(people, 2.0)
    factor = stdtrit(held - 1, TAILS[1]) / ndtri(TAILS[1]) * np.sqrt(held / (held - 1))
    return np.asarray(estimate + (draws - estimate) * factor)


def spread(draws: Floats) -> Floats:
    """Standard deviation of each column of draws; NaN where none is defined."""
    held = (~np.isnan(draws)).sum(axis=0)
    safe = np.where(np.isnan(draws), 0.0, draws)
    mean = safe.sum(axis=0) / np.maximum(held, 1)
    away = np.where(np.isnan(draws), 0.0, draws - mean)
    return np.where(held > 1, np.sqrt((away**2).sum(axis=0) / np.maximum(held - 1, 1)), np.nan)


def status_of(events: Floats, estimate: Floats) -> NDArray[np.object_]:
    """Say of each group whether its figure can be judged."""
    chosen = np.select([np.isnan(estimate), events < ENOUGH], [NONE, INSUFFICIENT], OK)
    return chosen.astype(object)


def design_effect(draws: Floats, variance: Floats, enough: Bools) -> float:
    """How much wider clusters make a variance: the median over groups with enough people.

    Parameters
    ----------
    draws : array, shape (replicates, groups)
        By cluster.
    variance : array, shape (groups,)
        Of independent cases.
    enough : array of bool

    Returns
    -------
    float
        At least 1: that clusters narrow a variance is more often chance than true.
    """
    usable = enough & (variance > 0)
    if not usable.any() or len(draws) < 2:
        return 1.0
    ratio = spread(draws[:, usable]) ** 2 / variance[usable]
    return float(max(1.0, np.nanmedian(ratio)))
