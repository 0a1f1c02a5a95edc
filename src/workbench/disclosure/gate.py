"""What one notebook has released so far, so that no release gives another's small counts away.

The order is that of the notebook's code, so that the same run withholds the same
cells; nothing is read from other notebooks or earlier runs, whose order is nobody's
to fix. Those are held against each other at the end of a run (see `audit`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from workbench.dictionary import load
from workbench.disclosure.cellkey import content_keys, noise_of
from workbench.disclosure.control import is_withheld, published
from workbench.disclosure.figures import Figures
from workbench.disclosure.identities import Cell, Tie, between, nested, within
from workbench.disclosure.knowledge import Flags, Numbers
from workbench.disclosure.linked import Shown, puzzle_of
from workbench.disclosure.profiles import Profile
from workbench.disclosure.programmes import InconsistentError
from workbench.disclosure.suppression import protect
from workbench.errors import DisclosureError

Secret = Callable[[], bytes]


class Gate:
    """The releases of one notebook.

    Parameters
    ----------
    secret : callable, optional
        Gives the project's own key; asked for only by a profile with noise.
    """

    def __init__(self, secret: Secret | None = None) -> None:
        self.secret = secret
        self.held: list[Shown] = []
        self._ties: list[Tie] = []
        self.narrow: set[Cell] = set()

    def passed(self, figures: Figures, rule: Profile) -> Shown:
        """Decide what of a table is withheld, and remember it.

        Raises
        ------
        DisclosureError
            The profile moves counts, and there is no key.
        """
        numbers = self._numbers(figures, rule)
        small = is_withheld(figures.values, rule) & ~figures.rests
        new = Shown(figures, rule, numbers, small)
        if not rule.masks:
            return new
        before = self._same(new)
        if before is not None:
            return before
        ties = [*self._ties, *ties_among(self.held, figures)]
        withheld = self._protected(new, ties)
        found = Shown(figures, rule, numbers, withheld)
        self.held.append(found)
        self._ties = ties
        return found

    def _numbers(self, figures: Figures, rule: Profile) -> Numbers:
        if rule.noise is None:
            return published(figures.values, rule)
        if self.secret is None:
            raise DisclosureError(
                f"Profile '{rule.name}' moves counts by a key of the project, and there is none.",
                remedy="Make one with: workbench keys new",
            )
        numbers = np.empty_like(figures.values)
        for place, name in enumerate(figures.names):
            counts = figures.values[:, place]
            rows = ((*labels, name) for labels in figures.labels)
            keys = content_keys((*figures.keys, ""), rows, counts, self.secret())
            numbers[:, place] = published(counts, rule, noise_of(keys, rule.noise))
        return numbers

    def _same(self, new: Shown) -> Shown | None:
        """The release of the very same table, if there was one."""
        for one in self.held:
            if (
                one.rule == new.rule
                and one.figures.keys == new.figures.keys
                and one.figures.names == new.figures.names
                and one.figures.labels == new.figures.labels
                and np.array_equal(one.figures.values, new.figures.values, equal_nan=True)
            ):
                return one
        return None

    def _protected(self, new: Shown, ties: list[Tie]) -> Flags:
        """Cells of a new table to withhold; small ones that stay too well known are noted."""
        also = self._as_before(new.figures)
        withheld = new.withheld | also
        if not ties:
            return withheld
        new = Shown(new.figures, new.rule, new.numbers, withheld)
        puzzle, cells = puzzle_of([*self.held, new], ties, also, self.narrow)
        count = len(puzzle.counts)
        if not count:
            return withheld
        try:
            found = protect(puzzle, new.rule)
        except InconsistentError:  # the truth always fits, so that this is the solver's failing
            raise DisclosureError(
                "The table could not be held against those released before.",
                remedy="Release fewer tables in one notebook, or wider groups.",
            ) from None
        withheld[tuple(cells[:count, 1:].T)] = found.withheld
        # Targets are the new cells, then the sums: the places of the second follow the first.
        self.narrow |= {_place(cells[at]) for at in found.at_risk}
        return withheld

    def _as_before(self, figures: Figures) -> Flags:
        """Cells that were withheld elsewhere in this notebook, and so are again."""
        hidden = set()
        for one in self.held:
            for row, place in np.argwhere(one.withheld):
                hidden.add(_named(one.figures, row, place))
        return (
            np.asarray(
                [
                    [_named(figures, row, place) in hidden for place in range(len(figures.names))]
                    for row in range(len(figures.labels))
                ],
                dtype=bool,
            ).reshape(figures.values.shape)
            & ~figures.rests
        )


def ties_among(held: Sequence[Shown], figures: Figures) -> list[Tie]:
    """Sums within a new table and between it and those before; its number is the next."""
    number, wider = len(held), _wider()
    found = [*within(number, figures), *nested(number, figures, number, figures, wider)]
    for place, one in enumerate(held):
        found += between(place, one.figures, number, figures)
        found += nested(place, one.figures, number, figures, wider)
        found += nested(number, figures, place, one.figures, wider)
    return found


def _place(cell: NDArray[np.int64]) -> Cell:
    table, row, name = (int(number) for number in cell)
    return table, row, name


def _named(figures: Figures, row: int, place: int) -> tuple[object, ...]:
    about = frozenset(zip(figures.keys, figures.labels[row], strict=True))
    return about, figures.names[place], float(figures.values[row, place])


@cache
def _wider() -> Mapping[str, Collection[str]]:
    """Every category of the dictionary with the wider ones that it is part of."""
    found: dict[str, set[str]] = {}
    for codes in load().code_lists.values():
        for code in codes.codes:
            if code.group is not None:
                for name in (code.code, code.label):
                    found.setdefault(name, set()).add(code.group)
    return found


_OPEN: WeakValueDictionary[str, Gate] = WeakValueDictionary()


def begin(secret: Secret | None = None) -> Gate:
    """Open the gate of a notebook; it stands for as long as someone holds it."""
    _OPEN["notebook"] = gate = Gate(secret)
    return gate


def current() -> Gate:
    """The gate of the notebook that runs; outside one, a table is held against itself alone."""
    return _OPEN.get("notebook") or Gate()
