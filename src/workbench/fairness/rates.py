"""Shares of people that a flag gets right or wrong, from counts alone.

A table of counts has four numbers for each cell: no event and not flagged, no event but
flagged, event but not flagged (missed), event and flagged (caught).
"""

from __future__ import annotations

import numpy as np

from workbench.fairness.arithmetic import totals
from workbench.fairness.groups import Bools, Ints, Partition
from workbench.statistics.inputs import Floats

_PASSED, _FALSE, _MISSED, _CAUGHT = range(4)

_MADE_OF: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "fnr": ((_MISSED,), (_MISSED, _CAUGHT)),
    "selection_rate": ((_FALSE, _CAUGHT), (_PASSED, _FALSE, _MISSED, _CAUGHT)),
    "precision": ((_CAUGHT,), (_FALSE, _CAUGHT)),
    "fpr": ((_FALSE,), (_PASSED, _FALSE)),
    "tpr": ((_CAUGHT,), (_MISSED, _CAUGHT)),
    "tnr": ((_PASSED,), (_PASSED, _FALSE)),
}
RATES = tuple(_MADE_OF)
"""Missed events first: they are what a group is harmed by."""


def table(cell: Ints, cells: int, outcome: Floats, flagged: Bools) -> Floats:
    """Count cases by finest cell, outcome and flag.

    Returns
    -------
    array, shape (cells, 4)
    """
    code = cell * 4 + 2 * outcome.astype(np.int64) + flagged
    return totals(code, cells * 4).reshape(cells, 4)


def summed(tables: Floats, partition: Partition) -> Floats:
    """Add up the cells of each group.

    Parameters
    ----------
    tables : array, shape (..., cells, columns)
    partition : Partition

    Returns
    -------
    array, shape (..., groups, columns)
    """
    order = np.argsort(partition.of_cell, kind="stable")
    starts = np.searchsorted(partition.of_cell[order], np.arange(len(partition)))
    return np.asarray(np.add.reduceat(tables[..., order, :], starts, axis=-2))


def made_of(metric: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns of a table that make the numerator and the denominator of a rate."""
    return _MADE_OF[metric]


def parts(tables: Floats, metric: str) -> tuple[Floats, Floats]:
    """Numerator and denominator of a rate, for each table in an array of them."""
    above, below = _MADE_OF[metric]
    x = sum((tables[..., place] for place in above[1:]), tables[..., above[0]])
    n = sum((tables[..., place] for place in below[1:]), tables[..., below[0]])
    return np.asarray(x, dtype=np.float64), np.asarray(n, dtype=np.float64)
