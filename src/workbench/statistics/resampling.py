"""Bootstraps: an interval where there is no formula. Seeded, so that a rerun says the same.

References
----------
Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Field CA, Welsh AH (2007).
Bootstrapping clustered data. J R Stat Soc B 69:369-390.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.statistics.inputs import Floats, counts, floats, like_given, normal_quantile
from workbench.statistics.intervals import Interval

DRAWS = 2_000
"""Enough for the ends of a 95 % interval to stand to about a twentieth of its width."""

Statistic = Callable[[Floats], ArrayLike]


def over_cells(
    cells: ArrayLike,
    statistic: Statistic,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    confidence: float = 0.95,
) -> Interval:
    """Percentile bootstrap of people who fall into cells: a multinomial redraw of the table.

    Redrawing people one by one and counting them gives the same, at far more cost.

    Parameters
    ----------
    cells : array_like, any shape
        Counts, in an order that does not depend on the rows they come from. Halves (shared
        patients) are redrawn in proportion, their sum rounded.
    statistic : callable
        From a table of the same shape to a number or an array.
    draws, seed : int, optional
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval
        Redraws in which the statistic is not defined (NaN) are left out; where more than
        one in twenty is, the limits are NaN.

    Raises
    ------
    ValueError
        A count is missing or below 0, or all are 0.
    """
    table = counts(cells, "cells")
    if np.isnan(table).any() or not table.sum() > 0:
        raise ValueError("cells must hold counts, none missing and not all 0")
    random = np.random.default_rng(seed)
    share = table.ravel() / table.sum()
    people = round(float(table.sum()))
    redrawn = (
        random.multinomial(people, share).reshape(table.shape).astype(float) for _ in range(draws)
    )
    return _percentiles(statistic, table, redrawn, confidence)


def over_clusters(
    cluster: ArrayLike,
    statistic: Statistic,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    confidence: float = 0.95,
) -> Interval:
    """Percentile bootstrap of whole clusters: all rows of a person come or go together.

    Parameters
    ----------
    cluster : array_like, shape (rows,)
        Who a row is of. Clusters are drawn in the order of their labels, so the order of
        rows changes nothing.
    statistic : callable
        From the number of times that each row was drawn, shape (rows,), to a number or an
        array; all ones for the estimate.
    draws, seed, confidence
        As `over_cells`.

    Raises
    ------
    ValueError
        There are no rows.
    """
    labels, place = np.unique(np.asarray(cluster), return_inverse=True)
    if not len(labels):
        raise ValueError("there are no clusters to draw from")
    random = np.random.default_rng(seed)
    equal = np.full(len(labels), 1 / len(labels))
    redrawn = (
        random.multinomial(len(labels), equal)[place.ravel()].astype(float) for _ in range(draws)
    )
    return _percentiles(statistic, np.ones(place.size), redrawn, confidence)


def over_estimates(
    estimates: ArrayLike,
    errors: ArrayLike,
    statistic: Statistic,
    *,
    bounds: tuple[float, float] | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    confidence: float = 0.95,
) -> Interval:
    """Parametric bootstrap: each group's figure drawn from a normal about its estimate.

    Parameters
    ----------
    estimates, errors : array_like, shape (groups,)
        Figures and their standard errors.
    statistic : callable
        From figures to a number or an array.
    bounds : (float, float), optional
        What a figure can be; draws are held within.
    draws, seed, confidence
        As `over_cells`.
    """
    centre, spread = floats(estimates, "estimates"), floats(errors, "errors")
    if centre.shape != spread.shape or not (spread >= 0).all() or np.isnan(centre).any():
        raise ValueError("estimates and errors must be of one shape, errors 0 or more")
    random = np.random.default_rng(seed)
    low, high = bounds if bounds is not None else (-np.inf, np.inf)
    redrawn = (
        np.clip(centre + spread * random.standard_normal(centre.shape), low, high)
        for _ in range(draws)
    )
    return _percentiles(statistic, centre, redrawn, confidence)


def _percentiles(
    statistic: Statistic, given: Floats, redrawn: Iterable[Floats], confidence: float
) -> Interval:
    normal_quantile(confidence)
    estimate = np.asarray(statistic(given), dtype=float)
    values = np.array([np.asarray(statistic(table), dtype=float) for table in redrawn])
    tail = (1 - confidence) / 2
    lower, upper = _quantiles(values, tail)
    return Interval(like_given(estimate), like_given(lower), like_given(upper))


def _quantiles(values: NDArray[np.float64], tail: float) -> tuple[Floats, Floats]:
    undefined = np.isnan(values).mean(axis=0)
    safe = np.where(undefined > 0.05, 0.0, values)
    ends = np.nanquantile(safe, [tail, 1 - tail], axis=0)
    ends = np.where(undefined > 0.05, np.nan, ends)
    return np.asarray(ends[0]), np.asarray(ends[1])
