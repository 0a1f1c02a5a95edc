"""Rates of flags by group, with samples of the people behind each.

A rate of few people is drawn from a beta distribution with half a person more on either
side (Jeffreys): sampling 8 people of whom none was missed would say that none ever is.

References
----------
Brown LD, Cai TT, DasGupta A (2001). Stat Sci 16:101-133.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.fairness import rates
from workbench.fairness.arithmetic import ratio
from workbench.fairness.cases import Cases
from workbench.fairness.estimates import ENOUGH, Figure, Side, design_effect
from workbench.fairness.groups import Partition
from workbench.fairness.redraws import kinds_of, redrawn
from workbench.statistics.inputs import Floats


def rate_figures(
    cases: Cases, metrics: Sequence[str], *, replicates: int, random: np.random.Generator
) -> list[Figure]:
    """Reckon rates of every group, and of everyone else.

    Parameters
    ----------
    cases : Cases
    metrics : sequence of str
        Of `workbench.fairness.rates.RATES`.
    replicates : int
    random : Generator

    Returns
    -------
    list of Figure
        By partition, then metric.
    """
    counted = rates.table(cases.grouping.cell, cases.grouping.cells, cases.outcome, cases.flagged)
    drawn = _drawn(cases, replicates, random)
    figures = []
    for partition, tables in zip(cases.grouping.partitions, drawn, strict=True):
        own = rates.summed(counted, partition)
        everyone = own.sum(axis=0)
        total = tables.sum(axis=1, keepdims=True)
        for metric in metrics:
            figures.append(
                _figure(partition, metric, own, everyone - own, tables, total - tables,
                        cases.cluster is not None, random)
            )  # fmt: skip
    return figures


def _drawn(cases: Cases, replicates: int, random: np.random.Generator) -> list[Floats]:
    """Tables of each partition's groups in each sample, shape (replicates, groups, 4)."""
    grouping = cases.grouping
    code = grouping.cell * 4 + 2 * cases.outcome.astype(np.int64) + cases.flagged
    kinds = kinds_of(code)
    made: list[list[Floats]] = [[] for _ in grouping.partitions]
    for counts in redrawn(kinds, cases.cluster, replicates, random):
        cells = np.zeros((len(counts), grouping.cells * 4))
        cells[:, kinds.code] = counts
        tables = cells.reshape(len(counts), grouping.cells, 4)
        for place, partition in enumerate(grouping.partitions):
            made[place].append(rates.summed(tables, partition))
    none = [np.zeros((0, len(partition), 4)) for partition in grouping.partitions]
    return [np.concatenate([empty, *held]) for empty, held in zip(none, made, strict=True)]


def _figure(
    partition: Partition, metric: str, own: Floats, rest: Floats, own_drawn: Floats,
    rest_drawn: Floats, clustered: bool, random: np.random.Generator,
) -> Figure:  # fmt: skip
    x, n = rates.parts(own, metric)
    x_rest, n_rest = rates.parts(rest, metric)
    plain = ratio(*rates.parts(own_drawn, metric))
    everyone = float(x.sum() / n.sum()) if n.sum() else np.nan
    few = np.minimum(x, n - x) < ENOUGH
    own_share = ratio(x, n)
    binomial = ratio(own_share * (1 - own_share), n)
    design = design_effect(plain, binomial, ~few) if clustered else 1.0
    sides = [
        Side(
            ratio(a, b),
            _smoothed(drawn, a, b, design, random),
            design * ratio(np.full(len(b), everyone * (1 - everyone)), b),
        )
        for drawn, a, b in (
            (plain, x, n),
            (ratio(*rates.parts(rest_drawn, metric)), x_rest, n_rest),
        )
    ]
    return Figure(partition, metric, sides[0], sides[1], x, n, design)


def _smoothed(
    drawn: Floats, x: Floats, n: Floats, design: float, random: np.random.Generator
) -> Floats:
    """Draws of rates, those of few people replaced by draws that allow for the unseen."""
    few = (np.minimum(x, n - x) < ENOUGH) & (n > 0)
    if few.any():
        size = (len(drawn), int(few.sum()))
        a, b = x[few] / design + 0.5, (n - x)[few] / design + 0.5
        drawn[:, few] = random.beta(a, b, size=size)
    return drawn
