"""Gaps: each group against everyone else, with one family of tests for the whole report.

Every gap that is tested belongs to one family, so that the share of false alarms holds for
the report as a whole, however many groups and figures it has. The first question has a part
of its own in it: half of the family's weight goes to missed events by single characteristic.

References
----------
Benjamini Y, Hochberg Y (1995). J R Stat Soc B 57:289-300. Genovese CR, Roeder K,
Wasserman L (2006). Biometrika 93:509-524 (weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from workbench.fairness.estimates import OK, Figure, limits, spread, status_of
from workbench.fairness.groups import ALL, Bools
from workbench.statistics.inputs import Floats
from workbench.statistics.multiplicity import benjamini_hochberg

FIRST = "fnr"
"""The figure that the first question asks for."""
FIRST_HAS = 0.5

POWER = 0.8
"""Chance to see a gap of the size that is called the smallest that could have been seen."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """One figure's gaps to everyone else; arrays of shape (groups,).

    Attributes
    ----------
    difference, lower, upper : array
    error : array
        Standard error: of rates, were there no gap.
    p : array
        NaN for groups that are not tested.
    status : array of str
    """

    difference: Floats
    lower: Floats
    upper: Floats
    error: Floats
    p: Floats
    status: NDArray[np.object_]


def gaps_of(figure: Figure, events: Floats, rest_events: Floats) -> Gaps:
    """Gap of each group, with its interval and p value.

    Parameters
    ----------
    figure : Figure
    events, rest_events : array, shape (groups,)
        Of each group and of everyone else. With too few of either a gap is not tested.
    """
    difference = figure.own.estimate - figure.rest.estimate
    draws = figure.own.draws - figure.rest.draws
    lower, upper = limits(draws, difference)
    error = _error(figure, draws)
    fewest = np.minimum(events, rest_events)
    status = status_of(fewest, difference)
    tested_ = p_value(difference, error, fewest if figure.x is None else None)
    return Gaps(difference, lower, upper, error, np.where(status == OK, tested_, np.nan), status)


def gap_rows(figure: Figure, events: Floats, rest_events: Floats) -> pd.DataFrame:
    """The gaps of a figure as a table.

    Returns
    -------
    DataFrame
        ``characteristic, group, metric, difference, lower, upper, p, status``; ``smallest``:
        the gap that would have been seen four times out of five; ``crossed``.
    """
    found = gaps_of(figure, events, rest_events)
    reach = float(ndtri(0.975) + ndtri(POWER))
    return pd.DataFrame(
        {
            "characteristic": figure.partition.characteristic,
            "group": figure.partition.labels,
            "metric": figure.metric,
            "difference": found.difference, "lower": found.lower, "upper": found.upper,
            "p": found.p, "status": found.status, "smallest": reach * found.error,
            "crossed": figure.partition.is_cross,
        }
    )  # fmt: skip


def _error(figure: Figure, draws: Floats) -> Floats:
    """Standard error were there no gap for rates; of the samples for other figures."""
    if figure.x is None:
        return spread(draws)
    return np.sqrt(figure.own.variance + figure.rest.variance)


def p_value(difference: Floats, error: Floats, people: Floats | None = None) -> Floats:
    """Two-sided p value; 1 where nothing varies and nothing differs.

    Parameters
    ----------
    difference, error : array
        Difference and its standard error.
    people : array, optional
        Of how many events the error itself was found: by Student's t, else by the normal.
    """
    score = np.divide(np.abs(difference), error, out=np.zeros_like(difference), where=error > 0)
    tail = ndtr(-score) if people is None else stdtr(np.maximum(people - 1, 1.0), -score)
    return np.where(np.isnan(difference) | np.isnan(error), np.nan, 2 * tail)


def in_one_family(rows: pd.DataFrame) -> pd.DataFrame:
    """Adjust the p values of all gaps together.

    Returns
    -------
    DataFrame
        With ``q`` beside ``p``: where it is below 0.05, at most one such gap in twenty is
        expected to be none.
    """
    first = ((rows["metric"] == FIRST) & ~rows["crossed"]).to_numpy()
    return rows.assign(q=adjusted(rows["p"].to_numpy(dtype=float), first))


def adjusted(p: Floats, first: Bools) -> Floats:
    """Adjust the p values of one family, of which some are of the first question.

    Parameters
    ----------
    p : array
        NaN where there was no test.
    first : array of bool
    """
    held = ~np.isnan(p)
    with np.errstate(invalid="ignore"):
        weighted = np.minimum(p / weights(held, held & first), 1.0)
    return np.where(held, np.maximum(benjamini_hochberg(weighted), p), np.nan)


def weights(tested: Bools, first: Bools) -> Floats:
    """Weight of each test: 1 on average, `FIRST_HAS` of the sum for the first question."""
    many, early = int(tested.sum()), int(first.sum())
    if early in (0, many):
        return np.ones(len(tested))
    for_first = max(FIRST_HAS, early / many)
    return np.where(first, for_first * many / early, (1 - for_first) * many / (many - early))


def tested(figures: Sequence[Figure]) -> list[Figure]:
    """Figures that have somebody else to be held against."""
    return [one for one in figures if one.partition.characteristic != ALL]
