"""What a reader has in hand once a new table is out, and what must stay unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, vstack

from workbench.disclosure.attack import Reader
from workbench.disclosure.knowledge import Flags, Numbers
from workbench.disclosure.pieces import Pieces

Told = Callable[[Flags], tuple[Numbers, Numbers]]
"""From the cells withheld to the bounds that each row gives of itself."""


@dataclass(frozen=True, eq=False)
class Puzzle:
    """A new table among all else that is known of the same people.

    Attributes
    ----------
    rows : sparse array, rows x atoms
        1 where an atom is part of a sum: the new table's cells first, then whatever else
        has been told.
    counts : array
        True count of each new cell.
    small : bool array
        New cells that must be withheld, and kept from being worked out.
    told : callable
        Bounds of all rows, by which new cells are withheld.
    unit : float
        Counts are multiples of it.
    ties : sparse array, equations x atoms, optional
        Sums known to be nought.
    sums : sparse array, sums x atoms, optional
        Sums that are in no table and could be worked out from several, such as what a
        longer window holds beyond a shorter one. Their truth need not be known.
    inner : bool array, optional
        Cells that are withheld rather than others, if they help as much: those that
        are no margin. All by default.
    also : bool array, optional
        Cells withheld from the start though they are not small: so they were elsewhere.
    """

    rows: csr_array
    counts: Numbers
    small: Flags
    told: Told
    unit: float = 1.0
    ties: csr_array | None = None
    sums: csr_array | None = None
    inner: Flags | None = None
    also: Flags | None = None

    def reader(self, withheld: Flags) -> Reader:
        """One who has seen it all, with these cells withheld."""
        lower, upper = self.told(withheld)
        return Reader(self.rows, lower, upper, self.unit, self.ties, self.pieces)

    @cached_property
    def pieces(self) -> Pieces | None:
        """The ties taken apart; none where there are none, as cells are then sums of atoms."""
        return None if self.ties is None else Pieces(self.ties)

    def targets(self) -> csr_array:
        """All that must stay unknown if small: new cells, then sums."""
        cells = self.rows[: len(self.counts)]
        if self.sums is None:
            return csr_array(cells)
        return csr_array(vstack([cells, self.sums], format="csr"))

    def start(self) -> Flags:
        """Cells withheld before anything is tried."""
        return self.small.copy() if self.also is None else self.small | self.also

    def preferred(self) -> Flags:
        """Cells that are withheld rather than others."""
        return np.ones(len(self.counts), dtype=bool) if self.inner is None else self.inner
