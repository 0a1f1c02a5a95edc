"""Means of groups with intervals by patient: a patient's rows are drawn together.

Rows are first added up by patient and group, so that a draw costs no more than there are
patients, and so that the order of rows changes no bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.explain.forest import Floats, Whole
from workbench.statistics import resampling
from workbench.statistics.intervals import Interval

DRAWS = 200
"""The ends of an interval stand to about a tenth of its width."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Rows added up by group and patient; made by `sums_of`.

    Attributes
    ----------
    groups : tuple of str
    group, patient : int array, (cells,)
        Sorted by both.
    total : array, (cells, columns)
    rows : array, (cells,)
    """

    groups: tuple[str, ...]
    group: Whole
    patient: Whole
    total: Floats
    rows: Floats

    def people(self) -> Whole:
        """Patients of each group."""
        return np.bincount(self.group, minlength=len(self.groups))

    def counted(self) -> Whole:
        """Rows of each group."""
        rows = np.bincount(self.group, self.rows, minlength=len(self.groups))
        return rows.astype(np.int64)

    def means(self, weights: Floats | None = None) -> Floats:
        """Mean of each column in each group, (groups, columns)."""
        total, rows = self._by_group(weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / rows[:, None])

    def differences(self, weights: Floats | None = None) -> Floats:
        """Mean of each group less the mean of everyone else, (groups, columns)."""
        total, rows = self._by_group(weights)
        rest, others = total.sum(axis=0) - total, rows.sum() - rows
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(total / rows[:, None] - rest / others[:, None])

    def _by_group(self, weights: Floats | None) -> tuple[Floats, Floats]:
        starts = np.searchsorted(self.group, np.arange(len(self.groups)))
        total, rows = self.total, self.rows
        if weights is not None:
            total, rows = total * weights[:, None], rows * weights
        return np.add.reduceat(total, starts, axis=0), np.add.reduceat(rows, starts)


def sums_of(values: Floats, groups: pd.Series[str] | None, patient: npt.ArrayLike | None) -> Sums:
    """Add up rows.

    Parameters
    ----------
    values : array, (rows, columns)
    groups : Series of str, optional
        One a row, none missing; everyone is one group, named ``All``, without it.
    patient : array, optional
        Whose each row is; each row is a patient of its own without it.
    """
    if groups is None:
        groups = pd.Series(["All"] * len(values))
    names, group = np.unique(groups.to_numpy(dtype=str), return_inverse=True)
    who = np.arange(len(values)) if patient is None else np.asarray(patient)
    _, place = np.unique(who, return_inverse=True)
    order = np.lexsort((*values.T, place, group))
    group, place = group[order], place[order]
    first = np.r_[True, (np.diff(group) != 0) | (np.diff(place) != 0)]
    starts = np.flatnonzero(first)
    return Sums(
        tuple(str(name) for name in names),
        group[starts],
        place[starts],
        np.add.reduceat(values[order], starts, axis=0),
        np.diff(np.r_[starts, len(values)]).astype(np.float64),
    )


def mean_intervals(sums: Sums, draws: int, seed: int) -> Interval:
    """Means with percentile intervals; NaN without draws."""
    return _intervals(sums, sums.means, draws, seed)


def difference_intervals(sums: Sums, draws: int, seed: int) -> Interval:
    """Differences from everyone else with percentile intervals; NaN without draws."""
    return _intervals(sums, sums.differences, draws, seed)


def _intervals(sums: Sums, reckon: resampling.Statistic, draws: int, seed: int) -> Interval:
    if draws:
        return resampling.over_clusters(sums.patient, reckon, draws=draws, seed=seed)
    estimate = np.asarray(reckon(np.ones(len(sums.patient))))
    nothing = np.full_like(estimate, np.nan)
    return Interval(estimate, nothing, nothing)
