"""Bootstraps of whole assessments: people drawn anew, all groups and figures at once.

Single cases are drawn as a multinomial over the cells of a table, which has the same
distribution as drawing rows and counting them. Where a person or a Trust has several rows,
whole clusters are drawn, and rows weigh as often as their cluster came.

References
----------
Efron B, Tibshirani RJ (1993). An Introduction to the Bootstrap. Field CA, Welsh AH (2007).
J R Stat Soc B 69:369-390 (clusters).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workbench.fairness.arithmetic import totals
from workbench.fairness.groups import Ints
from workbench.statistics.inputs import Floats

_AT_ONCE = 2_000_000
"""Numbers held at once; it changes no figure, since draws follow one another in one stream."""


@dataclass(frozen=True, eq=False)
class Kinds:
    """Rows that are alike in all that is reckoned, counted together.

    Attributes
    ----------
    of_row : array of int, shape (rows,)
        Kind of each row.
    code : array of int, shape (kinds,)
        What the kind is, as the caller encoded it.
    count : array, shape (kinds,)
    """

    of_row: Ints
    code: Ints
    count: Floats


def kinds_of(code: Ints) -> Kinds:
    """Count rows by their code."""
    held, of_row, count = np.unique(code, return_inverse=True, return_counts=True)
    return Kinds(np.asarray(of_row).ravel(), held, count.astype(np.float64))


def redrawn(
    kinds: Kinds, cluster: Ints | None, replicates: int, random: np.random.Generator
) -> Iterator[Floats]:
    """Counts of each kind in samples of the people, several samples at a time.

    Yields
    ------
    array, shape (some replicates, kinds)
    """
    some = max(1, min(replicates, _AT_ONCE // max(len(kinds.count), 1)))
    for first in range(0, replicates, some):
        size = min(some, replicates - first)
        if cluster is None:
            yield _of_rows(kinds, size, random)
        else:
            yield np.stack([_of_clusters(kinds, cluster, random) for _ in range(size)])


def _of_rows(kinds: Kinds, size: int, random: np.random.Generator) -> Floats:
    rows = int(kinds.count.sum())
    if len(kinds.count) * 20 < rows:
        return random.multinomial(rows, kinds.count / rows, size=size).astype(np.float64)
    # With many kinds it is cheaper to draw rows than to draw a binomial for each kind.
    held = np.repeat(np.arange(len(kinds.count)), kinds.count.astype(np.int64))
    drawn = [held[random.integers(0, rows, rows)] for _ in range(size)]
    return np.stack([np.bincount(one, minlength=len(kinds.count)) for one in drawn]).astype(
        np.float64
    )


def _of_clusters(kinds: Kinds, cluster: Ints, random: np.random.Generator) -> Floats:
    many = int(cluster.max()) + 1
    times = np.bincount(random.integers(0, many, many), minlength=many).astype(np.float64)
    return totals(kinds.of_row, len(kinds.count), times[cluster])


def streams(seed: int, names: tuple[str, ...]) -> dict[str, np.random.Generator]:
    """A stream of random numbers for each use, so that one use does not move another."""
    children = np.random.SeedSequence(seed).spawn(len(names))
    return {name: np.random.default_rng(child) for name, child in zip(names, children, strict=True)}
