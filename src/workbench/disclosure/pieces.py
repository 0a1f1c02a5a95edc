"""The unknowns of a set of equations taken apart: which are the same, and which meet at all.

Tables of groups hold thousands of counts of which each meets a handful. A programme over all
of them for each small one would take minutes; over those alone that it meets, milliseconds,
and the answer is the same. Where a count meets others in one equation alone, none is needed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from workbench.disclosure.knowledge import Numbers
from workbench.disclosure.programmes import (
    MARGINAL,
    TOLERANCE,
    UNBOUNDED,
    End,
    InconsistentError,
    solved,
)

_Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Piece:
    """Unknowns that no equation links to any other.

    Attributes
    ----------
    atoms : int array
        Their places among all.
    kind : int array
        Number of the kind that each is of; atoms of one kind are equal.
    ties : sparse array, equations x kinds
        The equations among kinds, each once.
    """

    atoms: _Places
    kind: _Places
    ties: csr_array

    def spread(self, values: Numbers, atoms: int) -> Numbers:
        """Values of all atoms from those of kinds; missing for atoms of other pieces."""
        found = np.full(atoms, np.nan)
        found[self.atoms] = values[self.kind]
        return found

    def weights(self, cell: Numbers) -> Numbers:
        """Weight of each kind in a sum of atoms."""
        found = np.zeros(self.ties.shape[1])
        np.add.at(found, self.kind, cell[self.atoms])
        return found

    def bounds(self, lower: Numbers, upper: Numbers) -> tuple[Numbers, Numbers]:
        """What all atoms of a kind together say of it.

        Raises
        ------
        InconsistentError
            One says more than another allows.
        """
        low, high = np.zeros(self.ties.shape[1]), np.full(self.ties.shape[1], math.inf)
        np.maximum.at(low, self.kind, lower[self.atoms])
        np.minimum.at(high, self.kind, upper[self.atoms])
        if (low > high + TOLERANCE).any():
            raise InconsistentError
        return low, np.maximum(low, high)

    def end(self, cell: Numbers, sign: float, lower: Numbers, upper: Numbers) -> End:
        """The least of a sum, or with sign -1 the most.

        Parameters
        ----------
        cell : array
            One weight an atom of all.
        sign : float
        lower, upper : array
            What each atom of all says of itself.
        """
        low, high = self.bounds(lower, upper)
        weights = self.weights(cell)
        at = self._simple(weights)
        if at is not None:
            value, below, above, values = self._alone(at, sign, low, high)
            value *= weights[at]
        else:
            value, below, above, values = self._programme(sign * weights, low, high)
            value *= sign
        binds = below[self.kind] & (lower[self.atoms] == low[self.kind]) & (low[self.kind] > 0)
        binds |= above[self.kind] & (upper[self.atoms] == high[self.kind]) & (high[self.kind] > 0)
        point = None if values is None else self.spread(values, len(cell))
        return value, self.atoms[binds], point

    def _simple(self, weights: Numbers) -> int | None:
        """The one kind that a sum is of, if a single equation says all that others say of it."""
        asked = np.flatnonzero(weights)
        if self.ties.shape[0] > 1 or len(asked) != 1 or weights[asked[0]] < 0:
            return None
        in_all = self.ties.shape[0] == 0 or (self.ties.indices == asked[0]).any()
        return int(asked[0]) if in_all else None

    def _programme(self, weights: Numbers, low: Numbers, high: Numbers) -> _Found:
        """The least of a sum of kinds, of which those known to be nobody are left out."""
        held, ties = self._open(weights, high)
        some = ties.shape[0] > 0
        found = linprog(
            weights[held],
            A_eq=ties if some else None, b_eq=np.zeros(ties.shape[0]) if some else None,
            bounds=np.column_stack([low[held], high[held]]), method="highs",
        )  # fmt: skip
        below, above = np.zeros(len(low), dtype=bool), np.zeros(len(low), dtype=bool)
        if found.status == UNBOUNDED:
            return -math.inf, below, above, None
        value = solved(found)
        below[held] = np.abs(found.lower.marginals) > MARGINAL
        above[held] = np.abs(found.upper.marginals) > MARGINAL
        values = np.where(high > 0, np.nan, 0.0)
        values[held] = found.x
        return value, below, above, values

    def _open(self, weights: Numbers, high: Numbers) -> tuple[_Places, csr_array]:
        """Kinds that may be somebody and have to do with a sum, and the equations among them."""
        some = np.flatnonzero(high > 0)
        ties = csr_array(self.ties[:, some])
        asked = weights[some] != 0
        if asked.any() and not asked.all():
            meet = abs(ties)
            _, part = connected_components(meet.T @ meet, directed=False)
            some = some[np.isin(part, np.unique(part[asked]))]
            ties = csr_array(self.ties[:, some])
        return some, csr_array(ties[np.flatnonzero(np.diff(ties.indptr))])

    def _alone(self, at: int, sign: float, low: Numbers, high: Numbers) -> _Found:
        """The end of one kind that is in one equation at most: its own bound, or the others'."""
        shares, told = np.zeros(len(low)), -sign * math.inf
        if self.ties.shape[0]:
            row = self.ties[[0]].toarray()[0]
            shares = -row / row[at]
            shares[at] = 0.0
            others = np.flatnonzero(shares)
            furthest = np.where(sign * shares > 0, low, high)
            told = float(shares[others] @ furthest[others])
        own = float(low[at] if sign > 0 else high[at])
        below, above = sign * shares > 0, sign * shares < 0
        value = told
        if sign * own >= sign * told:
            value, which = own, np.arange(len(low)) == at
            below, above = which & (sign > 0), which & (sign < 0)
        if math.isinf(value):
            nothing = np.zeros(len(low), dtype=bool)
            return value, nothing, nothing, None
        return value, below, above, _reached(at, value, shares, low, high)


_Found = tuple[float, NDArray[np.bool_], NDArray[np.bool_], Numbers | None]
"""An end, the kinds whose lower and whose upper bound bind it, and values that reach it."""


def _reached(at: int, value: float, shares: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Values with which one kind has a value that its equation and all bounds allow.

    Raises
    ------
    InconsistentError
        They do not allow it.
    """
    found = low.copy()
    found[at] = value
    others = np.flatnonzero(shares)
    rest = value - float(shares[others] @ low[others]) if len(others) else 0.0
    for other in others:
        found[other] = min(max(low[other] + rest / shares[other], low[other]), high[other])
        rest -= shares[other] * (found[other] - low[other])
    if abs(rest) > TOLERANCE or not low[at] - TOLERANCE <= value <= high[at] + TOLERANCE:
        raise InconsistentError
    return found


class Pieces:
    """Equations taken apart.

    Parameters
    ----------
    ties : sparse array, equations x atoms
        Sums that are nought.
    """

    def __init__(self, ties: csr_array) -> None:
        self._kind = _equal(ties)
        kinds = int(self._kind.max(initial=-1)) + 1
        size = len(self._kind)
        same = csr_array((np.ones(size), (np.arange(size), self._kind)), shape=(size, kinds))
        self._ties = _distinct(csr_array(ties @ same))
        meet = abs(self._ties)
        _, self._piece = connected_components(meet.T @ meet, directed=False)
        self._kept: dict[tuple[int, ...], Piece] = {}

    def of(self, cell: Numbers) -> Piece:
        """All that has to do with a sum of atoms; everything, for a sum of none."""
        asked = np.unique(self._piece[self._kind[np.flatnonzero(cell)]])
        key = tuple(int(one) for one in asked)
        if key not in self._kept:
            self._kept[key] = self._cut(asked)
        return self._kept[key]

    def _cut(self, asked: _Places) -> Piece:
        kinds = np.flatnonzero(np.isin(self._piece, asked) | (len(asked) == 0))
        atoms = np.flatnonzero(np.isin(self._kind, kinds))
        ties = csr_array(self._ties[:, kinds])
        held = np.flatnonzero(np.diff(ties.indptr))
        return Piece(atoms, np.searchsorted(kinds, self._kind[atoms]), csr_array(ties[held]))


def _equal(ties: csr_array) -> _Places:
    """Number of the kind of each atom: equal are those that an equation of two says are."""
    held = np.flatnonzero((np.diff(ties.indptr) == 2) & (ties.sum(axis=1) == 0))
    pairs = abs(csr_array(ties[held]))
    _, kind = connected_components(pairs.T @ pairs, directed=False)
    return np.asarray(kind, dtype=np.int64)


def _distinct(ties: csr_array) -> csr_array:
    """Equations that say something, each once, in the order in which they first come."""
    ties.eliminate_zeros()
    ties.sort_indices()
    found: dict[tuple[bytes, bytes], int] = {}
    for row in range(ties.shape[0]):
        part = slice(ties.indptr[row], ties.indptr[row + 1])
        if part.start < part.stop:
            found.setdefault((ties.indices[part].tobytes(), ties.data[part].tobytes()), row)
    return csr_array(ties[np.asarray([*found.values()], dtype=np.int64)])
