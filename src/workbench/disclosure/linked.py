"""Releases of one notebook held against each other: cells as unknowns, sums as ties."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from workbench.disclosure.control import is_withheld
from workbench.disclosure.figures import Figures
from workbench.disclosure.identities import Cell, Tie
from workbench.disclosure.knowledge import Flags, Numbers, learned, unit_of
from workbench.disclosure.profiles import Profile
from workbench.disclosure.puzzle import Puzzle


@dataclass(frozen=True, eq=False)
class Shown:
    """A table as it was, or is to be, released.

    Attributes
    ----------
    figures : Figures
        The truth.
    rule : Profile
        The profile applied.
    numbers : array, rows x names
        What stands for each figure that is not withheld; rests are never shown.
    withheld : bool array, rows x names
    """

    figures: Figures
    rule: Profile
    numbers: Numbers
    withheld: Flags

    @property
    def small(self) -> Flags:
        """Figures that must stay unknown: rests too."""
        return is_withheld(self.figures.values, self.rule)

    def bounds(self, withheld: Flags) -> tuple[Numbers, Numbers]:
        """What each figure says of itself if these are withheld, rests by their shares."""
        figures = self.figures
        counts = np.nan_to_num(figures.values)
        large = withheld & ~self.small & ~figures.rests
        lower, upper = learned(
            counts.ravel(), withheld.ravel(), self.rule, unit_of(counts.ravel()),
            complementary=bool(large.any()), shown=np.nan_to_num(self.numbers).ravel(),
        )  # fmt: skip
        lower, upper = lower.reshape(counts.shape), upper.reshape(counts.shape)
        for part, whole, rest in figures.parts:
            low, high = self._rest(withheld, part, whole, rest)
            lower[:, rest], upper[:, rest] = low, high
        missing = np.isnan(figures.values)
        return np.where(missing, 0.0, lower), np.where(missing, math.inf, upper)

    def _rest(self, withheld: Flags, part: int, whole: int, rest: int) -> tuple[Numbers, Numbers]:
        """What a share, shown or not, says of the rest of its denominator.

        One withheld between two counts that are shown tells that the rest is small; one
        shown, that it is none or not small.
        """
        count = np.nan_to_num(self.figures.values[:, rest])
        few = self.small[:, rest]
        least, most = self.rule.withhold_above or 0, self.rule.withhold_below or 0
        step = unit_of(np.nan_to_num(self.figures.values).ravel())
        low = np.where(few, least + step, np.where(count == 0, 0.0, most))
        high = np.where(few, most - step, np.where(count == 0, 0.0, math.inf))
        told = ~(withheld[:, part] | withheld[:, whole])
        return np.where(told, low, 0.0), np.where(told, high, math.inf)


def puzzle_of(
    tables: Sequence[Shown],
    ties: Iterable[Tie],
    also: Flags | None,
    narrow: Collection[Cell] = (),
) -> tuple[Puzzle, NDArray[np.int64]]:
    """What a reader has once the last of some tables is out.

    Parameters
    ----------
    tables : sequence of Shown
        In the order of their release; the last is new.
    ties : iterable of Tie
        Sums among their cells.
    also : bool array, rows x names, optional
        Cells of the new table that are withheld from the start; None if all are out
        already, and none is new.
    narrow : collection of Cell, optional
        Earlier cells that are known too well already, so that nothing is tried for them.

    Returns
    -------
    Puzzle
        Only with cells that have to do with a small one and with the new table.
    cells : array
        Table, row and name of each new cell, then of each sum that must stay unknown.
    """
    new = len(tables) - 1 if also is not None else -1
    cells, matrix = _tied(list(ties), tables, new)
    own = cells[:, 0] == new
    rests = np.asarray([tables[t].figures.rests[n] for t, _, n in cells], dtype=bool)
    order = np.argsort(~(own & ~rests), kind="stable")
    cells, own, rests = cells[order], own[order], rests[order]
    matrix = csr_array(matrix[:, order])
    count = int((own & ~rests).sum())
    at = cells[:count, 1], cells[:count, 2]
    last = tables[-1]
    before = [table.bounds(table.withheld) for table in tables]
    size = len(cells)
    small = np.asarray([tables[t].small[r, n] for t, r, n in cells], dtype=bool)

    def told(withheld: Flags) -> tuple[Numbers, Numbers]:
        whole = last.withheld.copy()
        whole[at] = withheld
        known = [*before[:-1], last.bounds(whole)] if count else before
        return _picked(known, cells, 0), _picked(known, cells, 1)

    open_ = small & ~np.asarray([tuple(map(int, cell)) in narrow for cell in cells], dtype=bool)
    others = np.flatnonzero(open_[count:]) + count
    found = Puzzle(
        rows=csr_array((np.ones(size), np.arange(size), np.arange(size + 1)), shape=(size, size)),
        counts=last.figures.values[at],
        small=small[:count],
        told=told,
        unit=unit_of(np.concatenate([np.nan_to_num(t.figures.values).ravel() for t in tables])),
        ties=matrix,
        sums=_rows_at(others, size),
        inner=~last.figures.totals[at[0]],
        also=None if also is None else also[at],
    )
    return found, cells[np.concatenate([np.arange(count), others])]


def _rows_at(places: NDArray[np.int64], size: int) -> csr_array:
    return csr_array(
        (np.ones(len(places)), places, np.arange(len(places) + 1)), shape=(len(places), size)
    )


def _picked(
    known: Sequence[tuple[Numbers, Numbers]], cells: NDArray[np.int64], end: int
) -> Numbers:
    found = np.empty(len(cells))
    for table in np.unique(cells[:, 0]):
        of = cells[:, 0] == table
        found[of] = known[table][end][cells[of, 1], cells[of, 2]]
    return found


def _tied(
    ties: Sequence[Tie], tables: Sequence[Shown], new: int
) -> tuple[NDArray[np.int64], csr_array]:
    """Cells that ties lead to from both a small cell and the new table, and those ties."""
    number: dict[Cell, int] = {}
    rows, columns, weights = [], [], []
    for row, tie in enumerate(ties):
        for cell, weight in tie:
            rows.append(row)
            columns.append(number.setdefault(cell, len(number)))
            weights.append(weight)
    cells = np.asarray([*number], dtype=np.int64).reshape(-1, 3)
    matrix = csr_array((weights, (rows, columns)), shape=(len(ties), len(cells)))
    _, group = connected_components(abs(matrix.T) @ abs(matrix), directed=False)
    small = np.asarray([tables[t].small[r, n] for t, r, n in cells], dtype=bool)
    wanted = np.unique(group[small])
    if new >= 0:
        wanted = np.intersect1d(wanted, group[cells[:, 0] == new])
    kept = np.isin(group, wanted)
    held = csr_array(matrix[:, np.flatnonzero(kept)])
    return cells[kept], csr_array(held[np.flatnonzero(np.diff(held.indptr))])
