"""How far groups lie apart beyond what chance gives: never a bare largest gap.

The largest of several figures less the smallest is above 0 though all groups be alike, and
grows with their number. Beside it stands what it is when people are dealt to the groups by
lot, each group keeping its number of them. The spread between groups is also told with the
sampling noise taken out of it.

References
----------
Good P (2005). Permutation, Parametric and Bootstrap Tests of Hypotheses, 3rd ed.
DerSimonian R, Laird N (1986). Control Clin Trials 7:177-188.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.fairness import rates
from workbench.fairness.arithmetic import ratio
from workbench.fairness.cases import Cases
from workbench.fairness.estimates import ENOUGH, Figure, spread
from workbench.fairness.groups import Bools, Ints
from workbench.fairness.people import EVENTS, people
from workbench.statistics.inputs import Floats

_ALL_IN_ONE = 0.5
"""Clusters with people of one group only: above this share clusters are dealt, else the
people within each (a Trust has patients of every group, a patient is of one)."""
_MOST_STRATA = 500
"""More clusters than that are people, even if their groups are recorded in several ways."""

COLUMNS = (
    "characteristic", "metric", "groups", "max_min", "null_median", "null_95", "p", "sd_between",
)  # fmt: skip


def spread_rows(
    cases: Cases, figures: Sequence[Figure], replicates: int, random: np.random.Generator
) -> pd.DataFrame:
    """How far the groups of each single characteristic lie apart.

    Parameters
    ----------
    cases : Cases
    figures : sequence of Figure
    replicates : int
        Deals of the people to the groups.
    random : Generator

    Returns
    -------
    DataFrame
        `COLUMNS`. Groups with fewer than `ENOUGH` events are left out of it. Figures of
        scores have no largest gap, since no deal stands beside it; their spread is told.
    """
    rows = []
    for figure in figures:
        if len(figure.partition.parts) != 1:
            continue
        place = cases.grouping.place(figure.partition)
        events = people(cases, figure.partition).among(EVENTS)
        used = (events >= ENOUGH) & ~np.isnan(figure.own.estimate)
        row = {
            "characteristic": figure.partition.characteristic,
            "metric": figure.metric,
            "groups": int(used.sum()),
            "sd_between": sd_between(figure.own.estimate[used], spread(figure.own.draws)[used]),
        }
        if figure.x is not None and used.sum() > 1:
            row |= against_chance(cases, figure, place, used, replicates, random)
        rows.append(row)
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def sd_between(estimate: Floats, error: Floats) -> float:
    """Standard deviation between groups, less what sampling adds to it.

    ``τ² = (Σ w (y - ȳ)² - (k - 1)) / (Σ w - Σ w² / Σ w)`` with ``w = 1 / se²``; 0 where the
    groups differ by no more than chance.
    """
    held = ~np.isnan(error) & (error > 0)
    if held.sum() < 2:
        return float("nan")
    y, w = estimate[held], 1 / error[held] ** 2
    mean = (w * y).sum() / w.sum()
    found = (w * (y - mean) ** 2).sum() - (len(y) - 1)
    return float(np.sqrt(max(0.0, found / (w.sum() - (w**2).sum() / w.sum()))))


def against_chance(
    cases: Cases, figure: Figure, place: Ints, used: Bools, replicates: int,
    random: np.random.Generator,
) -> dict[str, float]:  # fmt: skip
    """Largest gap of a rate, beside what deals of the people give.

    Parameters
    ----------
    cases : Cases
    figure : Figure
    place : array of int, shape (rows,)
        Group of each row.
    used : array of bool, shape (groups,)
        Groups that are compared.
    replicates : int
    random : Generator

    Returns
    -------
    dict
        ``max_min, null_median, null_95, p``.
    """
    estimate = figure.own.estimate[used]
    found = float(estimate.max() - estimate.min())
    dealt = _dealt(cases, figure.metric, place, used, replicates, random)
    if not len(dealt):
        return {"max_min": found}
    with np.errstate(invalid="ignore"):
        null = np.nanmax(dealt, axis=1) - np.nanmin(dealt, axis=1)
    return {
        "max_min": found,
        "null_median": float(np.median(null)),
        "null_95": float(np.quantile(null, 0.95)),
        "p": float((1 + (null >= found - 1e-12).sum()) / (1 + len(null))),
    }


def _dealt(
    cases: Cases, metric: str, place: Ints, used: Bools, replicates: int,
    random: np.random.Generator,
) -> Floats:  # fmt: skip
    """Rates of the groups after each deal, shape (replicates, groups used)."""
    code = 2 * cases.outcome.astype(np.int64) + cases.flagged
    x, n = rates.parts(np.eye(4)[code], metric)
    held = (n > 0) & used[place]
    group = (np.cumsum(used) - 1)[place[held]]
    stratum, unit = _strata(group, None if cases.cluster is None else cases.cluster[held])
    strata, groups = int(stratum.max()) + 1, int(used.sum())
    of_unit, where = np.unique((stratum * groups + group) * _many(unit) + unit, return_inverse=True)
    of_unit = of_unit // _many(unit)
    above = np.bincount(where, x[held]).astype(np.int64)
    below = np.bincount(where, n[held]).astype(np.int64)
    patterns, pattern = np.unique(above * _many(below) + below, return_inverse=True)
    kinds = len(patterns)
    counts = np.bincount((of_unit // groups) * kinds + pattern, minlength=strata * kinds)
    sizes = np.bincount(of_unit, minlength=strata * groups)
    dealt = deal(counts.reshape(strata, -1), sizes.reshape(strata, -1), replicates, random)
    parts = patterns // _many(below), patterns % _many(below)
    return ratio(*((dealt * part).sum(axis=-1) for part in parts))


def _many(codes: Ints) -> int:
    """One more than the largest code: what codes of two kinds are put together by."""
    return int(codes.max(initial=0)) + 1


def _strata(group: Ints, cluster: Ints | None) -> tuple[Ints, Ints]:
    """Within what people are dealt, and what is dealt: rows, or a cluster's rows of a group."""
    rows, none = np.arange(len(group)), np.zeros(len(group), dtype=np.int64)
    if cluster is None:
        return none, rows
    _, stratum = np.unique(cluster, return_inverse=True)
    pairs = np.unique(stratum * _many(group) + group) // _many(group)
    one_group = np.bincount(pairs) == 1
    if len(one_group) > _MOST_STRATA or one_group.mean() > _ALL_IN_ONE:
        return none, stratum
    return np.asarray(stratum, dtype=np.int64), rows


def deal(counts: Ints, sizes: Ints, replicates: int, random: np.random.Generator) -> Floats:
    """Deal things to groups by lot, each stratum for itself (multivariate hypergeometric).

    Parameters
    ----------
    counts : int array, shape (strata, kinds)
        Things of each kind.
    sizes : int array, shape (strata, groups)
        How many each group gets; they add up to the things.
    replicates : int
    random : Generator

    Returns
    -------
    array, shape (replicates, groups, kinds)
        Summed over strata.
    """
    left = np.broadcast_to(counts, (replicates, *counts.shape)).copy()
    made = np.zeros((replicates, sizes.shape[1], counts.shape[1]))
    for group in range(sizes.shape[1] - 1):
        wanted = np.broadcast_to(sizes[:, group], left.shape[:2]).copy()
        rest = left.sum(axis=-1)
        for kind in range(counts.shape[1]):
            rest -= left[..., kind]
            got = random.hypergeometric(left[..., kind], rest, wanted)
            left[..., kind] -= got
            wanted -= got
            made[:, group, kind] = got.sum(axis=-1)
    made[:, -1] = left.sum(axis=1)
    return made
