"""A new table held against all that was released before of the same people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from workbench.disclosure.axes import Axis, Nesting
from workbench.disclosure.control import is_withheld
from workbench.disclosure.joint import Table, absent, beyond, inner_cells, joint, matrix_of
from workbench.disclosure.knowledge import Flags, Numbers, learned, unit_of
from workbench.disclosure.ledger import Entry
from workbench.disclosure.profiles import Profile
from workbench.disclosure.programmes import InconsistentError
from workbench.disclosure.puzzle import Puzzle
from workbench.disclosure.suppression import Protected, protect
from workbench.errors import DisclosureError

ATOMS_AT_MOST = 200_000
"""Combinations of the finest categories that are still held against all tables at once."""

SAME, GROWN, EARLIER, UNRELATED = "same", "grown", "earlier", "unrelated"


@dataclass(frozen=True, eq=False)
class Counted:
    """A table of counts with its margins, before anything is withheld.

    Attributes
    ----------
    by : tuple of str
        Columns that tell people apart.
    rows : tuple of tuple of str
        Categories of each cell.
    counts : array
        True count of each.
    shown : array
        What the profile shows in its place.
    window : tuple of str, optional
        Months that the people are of.
    """

    by: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    counts: Numbers
    shown: Numbers
    window: tuple[str, str] | None = None

    def learned(self, withheld: Flags, rule: Profile) -> tuple[Numbers, Numbers]:
        """Bounds of each count that a reader takes from its own cell."""
        small = is_withheld(self.counts, rule)
        return learned(
            self.counts, withheld, rule, unit_of(self.counts),
            complementary=bool((withheld & ~small).any()), shown=self.shown,
        )  # fmt: skip


def believed(
    table: Counted, rule: Profile, nesting: Mapping[str, Nesting], earlier: Sequence[Entry]
) -> tuple[Protected, str]:
    """Protect a table under the closest kinship to the earlier ones that their counts allow.

    Raises
    ------
    DisclosureError
        It cannot be of the same people as what was released before, or has too
        many combinations of categories to be held against it.
    """
    windowed = table.window is not None or any(one.window for one in earlier)
    trials = [(SAME, [None] * (len(earlier) + 1))] if windowed else _trials(len(earlier))
    for kinship, windows in trials:
        told = [
            one if windowed else replace(one, window=window)
            for one, window in zip(earlier, windows, strict=False)
        ]
        own = table if windowed else replace(table, window=windows[-1])
        try:
            return _protected(own, rule, nesting, told), kinship
        except InconsistentError:
            continue
    raise DisclosureError(
        "What was released before under this name cannot be of the same people.",
        remedy="Name another data cut, or check the months that each table is of.",
    )


def _trials(earlier: int) -> list[tuple[str, list[tuple[str, str] | None]]]:
    """Kinships to try where no windows are known, the closest first: a window for each table."""
    months = [f"{number // 12 + 1:04d}-{number % 12 + 1:02d}" for number in range(earlier + 1)]
    grown: list[tuple[str, str] | None] = [("0001-01", month) for month in months]
    # The people of one of those that grew, seen by other columns: the latest first.
    again = [(EARLIER, [*grown[:-1], one]) for one in reversed(grown[:-1])] if earlier > 1 else []
    return [
        (SAME, [None] * (earlier + 1)),
        (GROWN, grown),
        *again,
        (UNRELATED, [(month, month) for month in months]),
    ]


def _protected(
    table: Counted, rule: Profile, nesting: Mapping[str, Nesting], earlier: Sequence[Entry]
) -> Protected:
    tables = [Table(table.by, table.rows, table.window)]
    tables += [Table(e.by, tuple(labels for labels, *_ in e.cells), e.window) for e in earlier]
    axes, months = joint(tables, nesting)
    atoms = math.prod(len(axis.leaves) for axis in axes) * max(1, len(months))
    if atoms > ATOMS_AT_MOST:
        raise DisclosureError(
            f"With what was released before, the table has {atoms:,} combinations of categories: "
            "too many to hold against each other.",
            remedy="Use wider categories, or a ledger for a data cut of its own.",
        )
    nobody = absent(tables[0], nesting)
    matrices = [matrix_of(one, axes, months) for one in tables]
    # A reader takes a combination that has no row for nobody, so the attacker does too.
    matrices.append(matrix_of(Table(table.by, nobody, table.window), axes, months))
    low, high = _bounds(earlier, len(nobody))
    before = csr_array(vstack(matrices[1:], format="csr"))
    inner = inner_cells(table.rows)
    sums = [beyond(tables, axes, months, inner), before[np.flatnonzero(_was_withheld(low, high))]]

    def told(withheld: Flags) -> tuple[Numbers, Numbers]:
        own_low, own_high = table.learned(withheld, rule)
        return np.concatenate([own_low, low]), np.concatenate([own_high, high])

    puzzle = Puzzle(
        rows=csr_array(vstack([matrices[0], before], format="csr")),
        counts=table.counts,
        small=is_withheld(table.counts, rule),
        told=told,
        unit=unit_of(table.counts),
        sums=csr_array(vstack([one for one in sums if one is not None], format="csr")),
        inner=inner,
    )
    return protect(puzzle, rule, whole=len(table.by) > 2 or bool(earlier) or _nested(axes))


def _bounds(earlier: Sequence[Entry], nobody: int) -> tuple[Numbers, Numbers]:
    """What is known of each earlier cell, and of combinations that have no row."""
    cells = [cell for one in earlier for cell in one.cells]
    low = [least for _, least, _ in cells] + [0.0] * nobody
    high = [math.inf if most is None else most for *_, most in cells] + [0.0] * nobody
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def _was_withheld(low: Numbers, high: Numbers) -> Flags:
    """Earlier cells that may be small, and must stay as unknown as they were."""
    return (low <= 1) & (high > 0)


def _nested(axes: Sequence[Axis]) -> bool:
    return any(len(axis.parts) > len(axis.leaves) + 1 for axis in axes)
