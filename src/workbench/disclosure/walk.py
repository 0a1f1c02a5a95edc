"""Other truths near a known one: a person more here, one fewer there, and all that is shown holds.

An integer programme for each small cell of a long chain of tables would take minutes. Most
cells are seen to be safe without: from one truth of whole numbers, moving single
people shows the cell with enough values. What is not seen so is left to the programmes,
so that nothing is called safe that is not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from workbench.disclosure.attack import Reader
from workbench.disclosure.knowledge import Flags, Numbers

_SLACK = 1e-6


class Walk:
    """Moves from truth to truth, for one reader without ties.

    Parameters
    ----------
    reader : Reader
        What is shown.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.of_atom = csr_array(reader.cells.T.tocsr())
        self.may_hold = reader.most > 0

    def truths(self, start: Numbers, target: Numbers, sign: float) -> Iterator[Numbers]:
        """Truths in each of which the target has one unit more (or less) than before.

        Parameters
        ----------
        start : array
            Atoms in whole units that fit all that is shown.
        target : array
            1 for each atom of the sum to move.
        sign : float
            1 for more, -1 for less.
        """
        atoms, step = start.copy(), sign * self.reader.unit
        values = self.reader.cells @ atoms
        own = np.flatnonzero(target > 0)
        while True:
            moves = self._single(own, atoms, values, step) or self._swap(own, atoms, values, step)
            if not moves:
                return
            for atom, change in moves:
                atoms[atom] += change
                values[self._rows_of(atom)] += change
            yield atoms

    def _rows_of(self, atom: int) -> NDArray[np.int32]:
        ends = self.of_atom.indptr
        return np.asarray(self.of_atom.indices[ends[atom] : ends[atom + 1]])

    def _full(self, values: Numbers, step: float) -> Flags:
        """Rows that cannot take a step."""
        moved = values + step
        full = (moved > self.reader.upper + _SLACK) | (moved < self.reader.lower - _SLACK)
        return np.asarray(full, dtype=bool)

    def _able(self, atoms: Numbers, step: float) -> Flags:
        able = self.may_hold if step > 0 else atoms + step > -_SLACK
        return np.asarray(able, dtype=bool)

    def _single(
        self, own: NDArray[np.int64], atoms: Numbers, values: Numbers, step: float
    ) -> list[tuple[int, float]]:
        """One atom of the target moves, if no row minds."""
        free = (self.of_atom @ self._full(values, step).astype(float))[own] == 0
        found = own[free & self._able(atoms, step)[own]]
        return [(int(found[0]), step)] if len(found) else []

    def _swap(
        self, own: NDArray[np.int64], atoms: Numbers, values: Numbers, step: float
    ) -> list[tuple[int, float]]:
        """One atom of the target moves and one beside it the other way."""
        full, back = self._full(values, step), self._full(values, -step)
        beside = self._able(atoms, -step)
        beside[own] = False
        for atom in own[self._able(atoms, step)[own]]:
            rows = self._rows_of(int(atom))
            minding = np.zeros(len(values))
            minding[rows] = full[rows]
            others = back.astype(float)
            others[rows] = 0.0
            eases = self.of_atom @ minding == minding.sum()
            found = np.flatnonzero(beside & eases & (self.of_atom @ others == 0))
            if len(found):
                return [(int(atom), step), (int(found[0]), -step)]
        return []
