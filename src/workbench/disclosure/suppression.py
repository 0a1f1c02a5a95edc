"""Withhold more cells until no small count can be worked out from the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from workbench.disclosure.attack import Range, Reader, whole_numbers
from workbench.disclosure.control import is_withheld
from workbench.disclosure.knowledge import Flags, Numbers, learned, unit_of
from workbench.disclosure.profiles import Profile

IDLE_LOOKS = 3
"""Looks in a row that widen nothing enough, after which each cell is solved by itself."""

WHOLE_NUMBERS = 5
"""A small count must be one of at least so many: the width that rounding to 5 gives a large one."""


@dataclass(frozen=True, eq=False)
class Earlier:
    """What was shown before of the same people.

    Attributes
    ----------
    cells : sparse array, cells x atoms
    lower, upper : array
        What each of them says of itself.
    """

    cells: csr_array
    lower: Numbers
    upper: Numbers


@dataclass(frozen=True, eq=False)
class Protected:
    """Which cells to withhold.

    Attributes
    ----------
    withheld : bool array
        One a cell of the new table.
    complementary : bool array
        Those withheld only to protect others.
    at_risk : int array
        Small cells that nothing can protect; empty where the table is safe.
    """

    withheld: Flags
    complementary: Flags
    at_risk: np.ndarray


def protect(
    cells: csr_array,
    counts: Numbers,
    profile: Profile,
    *,
    earlier: Earlier | None = None,
    others: csr_array | None = None,
    inner: Flags | None = None,
    whole: bool = False,
) -> Protected:
    """Choose the cells to withhold.

    Parameters
    ----------
    cells : sparse array, cells x atoms
        1 where an atom is part of a cell; margins and nested groups are cells too.
    counts : array
        True count of each cell.
    profile : Profile
        With small counts to withhold.
    earlier : Earlier, optional
        What was released before on the same atoms.
    others : sparse array, sums x atoms, optional
        Sums that are in no table and could be worked out from several, such as what a
        longer window holds beyond a shorter one. Their truth need not be known.
    inner : bool array, optional
        Cells that are withheld rather than others, if they help as much: those that
        are no margin. All by default.
    whole : bool, optional
        Hold each small cell against integer programmes too. Not needed for one table
        of two dimensions, where the linear ones find whole ends by themselves.

    Returns
    -------
    Protected

    Raises
    ------
    InconsistentError
        No counts at all fit both this table and what was released before.

    Notes
    -----
    For each small cell in turn, of the cells that bind its range the one with the fewest
    people is withheld, until at least five whole numbers are possible (or all that
    the profile itself withholds, where that is fewer). To withhold a cell only ever
    widens what the others can be, so that no cell has to be looked at twice.
    """
    primary = is_withheld(counts, profile)
    state = _State(cells, counts, profile, earlier, others, primary)
    preferred = np.ones(len(counts), dtype=bool) if inner is None else inner
    small = [int(cell) for cell in np.flatnonzero(primary)]
    state.believe()
    state.sweep(small, whole=whole)
    at_risk = [cell for cell in small if not state.secure(cell, preferred, whole)]
    after = range(len(counts), state.targets.shape[0])
    at_risk += [sum_ for sum_ in after if not state.secure(sum_, preferred, whole)]
    return Protected(state.withheld, state.withheld & ~primary, np.asarray(at_risk, dtype=np.int64))


class _State:
    """The cells withheld so far, and what a reader makes of the rest."""

    def __init__(
        self,
        cells: csr_array,
        counts: Numbers,
        profile: Profile,
        earlier: Earlier | None,
        others: csr_array | None,
        primary: Flags,
    ) -> None:
        self.cells, self.counts, self.profile, self.earlier = cells, counts, profile, earlier
        self.unit = unit_of(counts)
        self.withheld = primary.copy()
        self.complementary = False
        possible = math.ceil((profile.withhold_below or 0) - (profile.withhold_above or 0) - 1)
        self.needed = min(WHOLE_NUMBERS, possible)
        self.reader = self._reader()
        self.targets = cells if others is None else csr_array(vstack([cells, others], format="csr"))
        unknown = np.full(self.targets.shape[0] - len(counts), math.inf)
        self.least = np.concatenate([counts, unknown])  # the truth itself fits what is shown
        self.most = np.concatenate([counts, -unknown])

    def believe(self) -> None:
        """Raise if nothing fits all that is shown: the tables are not of the same people."""
        if self.earlier is not None:
            self.reader.range_of(np.zeros(self.targets.shape[1]))

    def sweep(self, small: list[int], *, whole: bool) -> None:
        """Look at truths far apart, each of which widens many ranges at once.

        What is seen to be wide enough here needs no solving of its own; whatever is
        missed has it, so that neither the seed nor the number of looks changes what is
        found safe.
        """
        random = np.random.default_rng(0)
        beyond = np.arange(len(self.counts), self.targets.shape[0])
        possible = self.targets[beyond] @ (self.reader.most > 0).astype(float) > 0
        left = np.concatenate([np.asarray(small, dtype=np.int64), beyond[possible]])
        for nobody in beyond[~possible]:  # nobody can be in it, which all may know
            self.least[nobody], self.most[nobody] = -math.inf, math.inf
        idle = 0
        while len(left) and idle < IDLE_LOOKS:
            signs = random.choice([-1.0, 1.0], len(left))
            for direction in (signs, -signs):
                found = self.reader.towards(self.targets[left].T @ direction, whole=whole)
                self._remember(found, whole=whole)
            wide = self._seen(left) >= self.needed
            idle = 0 if wide.any() else idle + 1
            left = left[~wide]

    def _seen(self, cells: NDArray[np.int64]) -> Numbers:
        """How many whole numbers lie between the values seen of each cell."""
        ranges = zip(self.least[cells], self.most[cells], strict=True)
        return np.asarray([whole_numbers(low, high) for low, high in ranges])

    def secure(self, cell: int, preferred: Flags, whole: bool) -> bool:
        """Withhold until a target is safe; False if nothing is left that would help."""
        weights = self.targets[[cell]].toarray()[0]
        while True:
            if self._seen(np.asarray([cell]))[0] >= self.needed:
                return True
            found = self.reader.range_of(weights)
            self._remember(found, whole=whole)
            safe = self._safe(found)
            if safe and whole and not all(map(self.reader.is_whole, found.points)):
                exact = self.reader.whole_range_of(weights)
                self._remember(exact, whole=whole)
                safe = self._safe(exact)
            if safe:
                return True
            chosen = self._chosen(found, preferred)
            if chosen is None:
                return False
            self.withheld[chosen] = True
            self.complementary = True
            self.reader = self._reader()

    def _safe(self, found: Range) -> bool:
        """Wide enough, or surely no small count."""
        large = found.lower >= (self.profile.withhold_below or 0)
        none = found.upper <= (self.profile.withhold_above or 0)
        return found.whole_numbers() >= self.needed or large or none

    def _remember(self, found: Range, *, whole: bool) -> None:
        """Note what every cell is in truths that fit all that is shown.

        They go on fitting when more is withheld, so that a cell seen with enough
        values needs no solving of its own.
        """
        for point in found.points:
            if whole and not self.reader.is_whole(point):
                continue
            values = self.targets @ point
            self.least = np.minimum(self.least, values)
            self.most = np.maximum(self.most, values)

    def _chosen(self, found: Range, preferred: Flags) -> int | None:
        """Of the shown cells that bind the range, the least; an inner one if there is any."""
        own = found.binding[found.binding < len(self.counts)]
        shown = own[~self.withheld[own] & (self.counts[own] > 0)]
        if not len(shown):
            # Ends that only whole numbers reach have no price: take the least of all.
            shown = np.flatnonzero(~self.withheld & (self.counts > 0))
        if not len(shown):
            return None
        inner = shown[preferred[shown]]
        among = inner if len(inner) else shown
        return int(among[np.argmin(self.counts[among])])

    def _reader(self) -> Reader:
        lower, upper = learned(
            self.counts, self.withheld, self.profile, self.unit, complementary=self.complementary
        )
        cells = self.cells
        if self.earlier is not None:
            cells = vstack([cells, self.earlier.cells], format="csr")
            lower = np.concatenate([lower, self.earlier.lower])
            upper = np.concatenate([upper, self.earlier.upper])
        return Reader(cells, lower, upper, self.unit)
