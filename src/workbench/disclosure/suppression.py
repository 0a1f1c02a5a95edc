"""Withhold more cells until no small count can be worked out from the others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.attack import Range, whole_numbers
from workbench.disclosure.knowledge import Flags, Numbers
from workbench.disclosure.profiles import Profile
from workbench.disclosure.puzzle import Puzzle
from workbench.disclosure.walk import Walk

IDLE_LOOKS = 3
"""Looks in a row that widen nothing enough, after which each cell is solved by itself."""

TRUTHS = 12
"""Truths of whole numbers that are kept, to start from."""

WHOLE_NUMBERS = 5
"""A small count must be one of at least so many: the width that rounding to 5 gives a large one."""


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
        Small cells, and sums after them, that nothing can protect; empty where the
        table is safe.
    """

    withheld: Flags
    complementary: Flags
    at_risk: NDArray[np.int64]


def needed_of(profile: Profile) -> int:
    """How many whole numbers a small count must be one of: all that withholding leaves, or five."""
    possible = math.ceil((profile.withhold_below or 0) - (profile.withhold_above or 0) - 1)
    return min(WHOLE_NUMBERS, possible)


def protect(
    puzzle: Puzzle, profile: Profile, *, whole: bool = False, needed: int | None = None
) -> Protected:
    """Choose the cells to withhold.

    Parameters
    ----------
    puzzle : Puzzle
        The new table, and what else is known.
    profile : Profile
        With small counts to withhold.
    whole : bool, optional
        Hold each small cell against integer programmes too. Not needed for one table
        of two dimensions, where the linear ones find whole ends by themselves.
    needed : int, optional
        How many whole numbers must be possible; from `needed_of` by default.

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
    state = _State(puzzle, profile, needed or needed_of(profile), whole=whole)
    small = [int(cell) for cell in np.flatnonzero(puzzle.small)]
    state.believe()
    state.sweep(small)
    after = range(len(puzzle.counts), state.targets.shape[0])
    at_risk = [target for target in (*small, *after) if not state.secure(target)]
    return Protected(
        state.withheld, state.withheld & ~puzzle.small, np.asarray(at_risk, dtype=np.int64)
    )


class _State:
    """The cells withheld so far, and what a reader makes of the rest."""

    def __init__(self, puzzle: Puzzle, profile: Profile, needed: int, *, whole: bool) -> None:
        self.puzzle, self.profile, self.whole = puzzle, profile, whole
        self.counts = puzzle.counts
        self.withheld = puzzle.start()
        self.needed = needed
        self.reader = puzzle.reader(self.withheld)
        self.preferred = puzzle.preferred()
        self.targets = puzzle.targets()
        self.truths: list[Numbers] = []
        unknown = np.full(self.targets.shape[0] - len(self.counts), math.inf)
        self.least = np.concatenate([self.counts, unknown])  # the truth itself fits what is shown
        self.most = np.concatenate([self.counts, -unknown])

    def believe(self) -> None:
        """Raise if nothing fits all that is shown: the tables are not of the same people."""
        if self.puzzle.rows.shape[0] > len(self.counts):
            self.reader.range_of(np.zeros(self.targets.shape[1]))

    def sweep(self, small: list[int]) -> None:
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
                must = self.whole and not self.truths
                self._remember(self.reader.towards(self.targets[left].T @ direction, whole=must))
            wide = self._seen(left) >= self.needed
            idle = 0 if wide.any() else idle + 1
            left = left[~wide]
        self._walk(left)

    def _walk(self, left: NDArray[np.int64]) -> None:
        """Move single people of a truth, where looking has not been enough."""
        if not self.truths or self.puzzle.ties is not None:
            return
        walk, unit = Walk(self.reader), self.reader.unit
        starts = np.round(np.stack(self.truths) / unit) * unit
        for target in left:
            weights = self.targets[[target]].toarray()[0]
            values = starts @ weights
            for sign, start in ((1.0, values.argmax()), (-1.0, values.argmin())):
                for truth in walk.truths(starts[start], weights, sign):
                    self._note(target, float(weights @ truth))
                    if self._wide(target):
                        break

    def _note(self, target: int, value: float) -> None:
        self.least[target] = min(self.least[target], value)
        self.most[target] = max(self.most[target], value)

    def _wide(self, target: int) -> bool:
        return whole_numbers(self.least[target], self.most[target]) >= self.needed

    def _seen(self, targets: NDArray[np.int64]) -> Numbers:
        """How many whole numbers lie between the values seen of each target."""
        ranges = zip(self.least[targets], self.most[targets], strict=True)
        return np.asarray([whole_numbers(low, high) for low, high in ranges])

    def secure(self, target: int) -> bool:
        """Withhold until a target is safe; False if nothing is left that would help."""
        if self._wide(target):
            return True
        weights = self.targets[[target]].toarray()[0]
        while True:
            found = self.reader.range_of(weights)
            self._remember(found)
            safe = self._safe(found)
            if safe and self.whole and not all(map(self.reader.is_whole, found.points)):
                safe = self._reached(target, weights) or self._safe(self._exact(weights))
            if safe:
                return True
            chosen = self._chosen(found)
            if chosen is None:
                return False
            self.withheld[chosen] = True
            self.reader = self.puzzle.reader(self.withheld)

    def _exact(self, weights: Numbers) -> Range:
        found = self.reader.whole_range_of(weights)
        self._remember(found)
        return found

    def _reached(self, target: int, weights: NDArray[np.float64]) -> bool:
        """Whether a truth of whole numbers lies far enough from one that was seen."""
        if not math.isfinite(self.least[target]):
            return False
        far = (self.needed - 1) * self.reader.unit if self.reader.unit >= 1 else self.needed
        low, high = self.least[target] + far, self.most[target] - far
        ends = ((low, math.inf), (-math.inf, high))
        starts = [max, min] if self.truths else []
        near = [pick(self.truths, key=lambda truth: weights @ truth) for pick in starts]
        for start in (*near, None):
            for least, most in ends:
                truth = self.reader.whole_between(weights, least, most, start)
                if truth is not None:
                    self._note(target, round(float(weights @ truth) * 2) / 2)
                    if self._wide(target):
                        return True
        return False

    def _safe(self, found: Range) -> bool:
        """Wide enough, or surely no small count."""
        large = found.lower >= (self.profile.withhold_below or 0)
        none = found.upper <= (self.profile.withhold_above or 0)
        return found.whole_numbers() >= self.needed or large or none

    def _remember(self, found: Range) -> None:
        """Note what every target is in truths that fit all that is shown.

        They go on fitting when more is withheld, so that a target seen with enough
        values needs no solving of its own.
        """
        for point in found.points:
            if self.whole and not self.reader.is_whole(point):
                continue
            if not np.isnan(point).any():
                self.truths = [*self.truths[1 - TRUTHS :], point]
            values = self.targets @ point  # missing where the truth is of another piece
            self.least = np.fmin(self.least, values)
            self.most = np.fmax(self.most, values)

    def _chosen(self, found: Range) -> int | None:
        """Of the shown cells that bind the range, the least; an inner one if there is any."""
        own = found.binding[found.binding < len(self.counts)]
        shown = own[~self.withheld[own] & (self.counts[own] > 0)]
        first = not (self.withheld & ~self.puzzle.small).any()
        if not len(shown) and (first or self.puzzle.ties is None):
            # Where one large count is withheld, no [c] is surely small any more; and ends
            # that only whole numbers reach have no price. Take the least of all.
            shown = np.flatnonzero(~self.withheld & (self.counts > 0))
        if not len(shown):
            return None
        inner = shown[self.preferred[shown]]
        among = inner if len(inner) else shown
        return int(among[np.argmin(self.counts[among])])
