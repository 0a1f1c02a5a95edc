"""The attacker: what all that was shown, taken together, says of one cell.

Every shown cell bounds a sum of the finest cells (atoms). A linear programme finds
the smallest and the largest value that one cell can have under all of the bounds; an
integer programme does where sums of whole numbers say more than their relaxation.
Both are solved by HiGHS. See Fischetti and Salazar, Management Science 47 (2001),
and Hundepool et al., Statistical Disclosure Control (2012), chapter 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from workbench.disclosure.knowledge import Numbers
from workbench.disclosure.pieces import Piece, Pieces
from workbench.disclosure.programmes import (
    MARGINAL,
    TOLERANCE,
    UNBOUNDED,
    End,
    InconsistentError,
    solved,
)


@dataclass(frozen=True, eq=False)
class Range:
    """The values that a cell can have.

    Attributes
    ----------
    lower, upper : float
        Smallest and largest, in people.
    binding : int array
        Shown cells that keep the range from being wider.
    points : tuple of array
        Atoms by which the ends are reached: what the truth may be for all that is shown.
    """

    lower: float
    upper: float
    binding: NDArray[np.int64]
    points: tuple[Numbers, ...]

    def whole_numbers(self) -> float:
        """How many whole numbers lie in the range."""
        return whole_numbers(self.lower, self.upper)


@dataclass(frozen=True, eq=False)
class Reader:
    """One who has seen every table and can solve equations.

    Attributes
    ----------
    cells : sparse array, cells x atoms
        1 where an atom is part of a cell.
    lower, upper : array
        What each cell alone says of itself.
    unit : float
        Counts are multiples of it.
    ties : sparse array, equations x atoms, optional
        Sums that are known to be nought, such as a whole less its parts.
    pieces : Pieces, optional
        The ties taken apart, where every cell is one atom: a range then asks only what the
        sum has to do with.
    """

    cells: csr_array
    lower: Numbers
    upper: Numbers
    unit: float = 1.0
    ties: csr_array | None = None
    pieces: Pieces | None = None

    def range_of(self, cell: Numbers) -> Range:
        """Range of a sum of atoms, as a linear programme finds it: never too narrow.

        Parameters
        ----------
        cell : array
            One weight an atom.

        Returns
        -------
        Range
            Its points lack the atoms that have nothing to do with the sum.
        """
        least, one, low = self._end(cell, 1.0)
        most, other, high = self._end(cell, -1.0)
        points = tuple(point for point in (low, high) if point is not None)
        return Range(least, most, np.union1d(one, other), points)

    def whole_range_of(self, cell: Numbers) -> Range:
        """Range of a sum of atoms that are multiples of the unit: exact, and slower."""
        ends, points = [], []
        scale = 1 / self.unit
        for sign in (1.0, -1.0):
            found = milp(
                sign * cell,
                constraints=self._constraints,
                integrality=np.ones(len(cell)),
                bounds=Bounds(0, self.most * scale),
            )
            unbounded = found.status == UNBOUNDED
            ends.append(math.inf if unbounded else sign * solved(found) * self.unit)
            if not unbounded:
                points.append(found.x * self.unit)
        return Range(ends[0], ends[1], np.empty(0, dtype=np.int64), tuple(points))

    def towards(self, weights: Numbers, *, whole: bool) -> Range:
        """One truth that fits all that is shown and has much of a weighted sum, as a range of it.

        Nothing bounds some sums, so that no atom is let grow beyond the largest cell shown;
        or beyond all of them together, where a withheld sum has to be larger than any.
        """
        finite = self.upper[np.isfinite(self.upper)]
        largest = max(1.0, finite.max(initial=0), self.lower.max(initial=0))
        try:
            return self._towards(weights, largest, whole)
        except InconsistentError:
            return self._towards(weights, 1.0 + finite.sum() + self.lower.sum(), whole)

    def _towards(self, weights: Numbers, largest: float, whole: bool) -> Range:
        scale = 1 / self.unit
        if self.pieces is not None and not whole:
            return self._pieced(self.pieces.of(np.zeros(len(weights))), weights, largest)
        # Ends of a linear programme are often whole by themselves, at a fifth of the cost.
        for integral in (0.0, 1.0):
            found = milp(
                -weights,
                constraints=self._constraints,
                integrality=np.full(len(weights), integral),
                bounds=Bounds(0, np.minimum(self.most, largest) * scale),
                options={"mip_rel_gap": 0.5},
            )
            end, point = -solved(found) * self.unit, found.x * self.unit
            if not whole or self.is_whole(point):
                break
        return Range(end, end, np.empty(0, dtype=np.int64), (point,))

    def _pieced(self, every: Piece, weights: Numbers, largest: float) -> Range:
        """The same of kinds in place of atoms: a fraction of the size."""
        upper = np.minimum(self.upper, largest)
        least, binding, point = every.end(weights, -1.0, self.lower, upper)
        return Range(least, least, binding, () if point is None else (point,))

    def whole_between(
        self, cell: Numbers, least: float, most: float, near: Numbers | None = None
    ) -> Numbers | None:
        """A truth of whole numbers in which a sum lies between two values; None if there is none.

        Far quicker than the exact range, as the first such truth will do; quicker still
        near a known truth, from which only atoms that share a row with the sum may move.
        """
        scale = 1 / self.unit
        low, high = np.zeros(len(cell)), self.most * scale
        if near is not None:
            known = np.round(near * scale)
            beside = self._beside(cell)
            low, high = np.where(beside, low, known), np.where(beside, high, known)
        found = milp(
            np.zeros(len(cell)),
            constraints=[
                *self._constraints,
                LinearConstraint(csr_array(cell[None]), least * scale, most * scale),
            ],
            integrality=np.ones(len(cell)),
            bounds=Bounds(low, high),
        )
        return None if found.x is None else np.asarray(found.x * self.unit, dtype=np.float64)

    def _beside(self, cell: Numbers) -> NDArray[np.bool_]:
        """Atoms that share a row with an atom of a sum, rows of nearly everyone aside."""
        sizes = np.diff(self.cells.indptr)
        rows = (self.cells @ cell > 0) & (sizes < len(cell) / 2)
        return np.asarray(self.cells.T @ rows.astype(float) > 0, dtype=bool) | (cell > 0)

    def is_whole(self, point: Numbers) -> bool:
        """Whether atoms are multiples of the unit."""
        steps = point / self.unit
        return bool((np.abs(steps - np.round(steps)) < TOLERANCE).all())

    @cached_property
    def most(self) -> Numbers:
        """An atom of a cell that is known to be empty is empty."""
        empty = self.cells[self.upper == 0].sum(axis=0)
        return np.where(np.asarray(empty).ravel() > 0, 0.0, math.inf)

    @cached_property
    def _constraints(self) -> list[LinearConstraint]:
        """All that is known, in multiples of the unit."""
        says = np.flatnonzero(np.isfinite(self.upper) | (self.lower > 0))
        scale = 1 / self.unit
        limits = LinearConstraint(
            self.cells[says], self.lower[says] * scale, self.upper[says] * scale
        )
        return [limits] if self.ties is None else [limits, LinearConstraint(self.ties, 0, 0)]

    @cached_property
    def _limits(self) -> tuple[csr_array, Numbers, NDArray[np.int64]]:
        """Bounds that say something, as rows of one matrix, and the cell that each is of."""
        above = np.flatnonzero(np.isfinite(self.upper) & (self.upper > 0))
        below = np.flatnonzero(self.lower > 0)
        matrix = vstack([self.cells[above], -self.cells[below]], format="csr")
        limits = np.concatenate([self.upper[above], -self.lower[below]])
        return csr_array(matrix), limits, np.concatenate([above, below])

    def _end(self, cell: Numbers, sign: float) -> End:
        if self.pieces is not None:
            return self.pieces.of(cell).end(cell, sign, self.lower, self.upper)
        matrix, limits, places = self._limits
        bounds = np.column_stack([np.zeros(len(cell)), self.most])
        nought = None if self.ties is None else np.zeros(self.ties.shape[0])
        found = linprog(
            sign * cell,
            A_ub=matrix, b_ub=limits, A_eq=self.ties, b_eq=nought, bounds=bounds, method="highs",
        )  # fmt: skip
        if found.status == UNBOUNDED:
            return sign * -math.inf, np.empty(0, dtype=np.int64), None
        end = sign * solved(found)
        priced = np.abs(found.ineqlin.marginals) > MARGINAL
        return end, np.unique(places[priced]), found.x


def whole_numbers(lower: float, upper: float) -> float:
    """How many whole numbers lie in a range; none in one of which nothing was seen yet."""
    if upper == math.inf:
        return math.inf
    if upper < lower - TOLERANCE:
        return 0
    return math.floor(upper + TOLERANCE) - math.ceil(lower - TOLERANCE) + 1
