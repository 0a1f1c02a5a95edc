"""Exact Shapley values of trees, by the shares of a background (path-dependent)."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from workbench.explain.forest import Floats, Forest
from workbench.explain.kernels import DEEPEST, Rule, add_tree

_ROWS = 4_096
"""Rows at a time: with the tables of one leaf they lie in the processor's cache."""


def shapley_values(forest: Forest, matrix: Floats, *, threads: int | None = None) -> Floats:
    """Shapley values of every row and feature.

    A feature that is left out of a coalition goes both ways at each of its splits, in the
    shares of the background that came that way.

    Parameters
    ----------
    forest : Forest
        With covers.
    matrix : array, (features, rows)
        Missing values as NaN; codes as places from 0.
    threads : int, optional
        As many as there are processors without it. Changes no bit of any value.

    Returns
    -------
    array, (features, rows)
        With `Forest.expected`, each row's sum is its margin.

    References
    ----------
    As of `workbench.explain.kernels`.
    """
    values = np.zeros(matrix.shape)
    trees = [forest.tree(number) for number in range(len(forest))]

    def explain(start: int) -> None:
        rows = slice(start, start + _ROWS)
        some = np.ascontiguousarray(matrix[:, rows])
        phi = np.zeros(some.shape)
        for tree in trees:
            add_tree(tree, some, forest.depth, _rule(), phi)
        values[:, rows] = phi

    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        list(pool.map(explain, range(0, matrix.shape[1], _ROWS)))
    return values


@lru_cache(maxsize=1)
def _rule() -> Rule:
    """Gauss-Legendre on 0 to 1: ``(n + 1) // 2`` places are exact up to degree ``n``."""
    most = DEEPEST // 2 + 1
    points, weights = np.zeros((DEEPEST + 1, most)), np.zeros((DEEPEST + 1, most))
    for players in range(1, DEEPEST + 1):
        places = (players + 1) // 2
        at, weight = np.polynomial.legendre.leggauss(places)
        points[players, :places], weights[players, :places] = (at + 1) / 2, weight / 2
    return Rule(points, weights)
