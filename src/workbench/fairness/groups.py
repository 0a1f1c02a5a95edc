"""Groups of people: by one characteristic, and where two or three of them meet.

Whoever is in no known group is in a group of their own, named and shown like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.dictionary.groups import NOT_KNOWN
from workbench.equity.characteristics import in_order, known
from workbench.equity.layout import name_of
from workbench.errors import ParameterError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ALL = "All"
"""Name of everyone, as a characteristic and as its one group."""

MEETS = " x "
"""Between the names of characteristics, and of groups, where they meet."""

MOST_GROUPS = 300
"""Of one characteristic; more are names or identifiers, not groups."""

DEEPEST = 3
"""Characteristics that are crossed at once: beyond three, cells hold too few to judge."""

_UNKNOWN = frozenset(
    {
        "?", "nan", "null", "n/a", "missing", "unknown", "unspecified", "not known",
        "not stated", "not recorded", "not specified", "not given", "prefer not to say",
        "unknown/invalid",
    }
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Partition:
    """Everyone, told apart in one way.

    Attributes
    ----------
    characteristic : str
        Column, or columns joined by `MEETS`.
    parts : tuple of str
        Its columns; none for everyone together.
    labels : tuple of str
        Groups, in the order of the characteristic.
    known : array of bool, shape (groups,)
        Whether it is known who they are.
    of_cell : array of int, shape (cells,)
        Group of each finest cell.
    members : tuple of tuple of str
        What each label is made of, a name for each of `parts`.
    """

    characteristic: str
    parts: tuple[str, ...]
    labels: tuple[str, ...]
    known: Bools
    of_cell: Ints
    members: tuple[tuple[str, ...], ...] = ((),)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def is_cross(self) -> bool:
        """Whether characteristics meet here."""
        return len(self.parts) > 1


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of some rows.

    Attributes
    ----------
    cell : array of int, shape (rows,)
        Finest cell of each row: one combination of all characteristics that occurs.
    cells : int
    partitions : tuple of Partition
        Everyone; each characteristic; where two meet, where three do.
    """

    cell: Ints
    cells: int
    partitions: tuple[Partition, ...]

    def place(self, partition: Partition) -> Ints:
        """Group of each row."""
        return partition.of_cell[self.cell]

    def taken(self, order: Ints) -> Grouping:
        """The same with rows in another order."""
        return Grouping(self.cell[order], self.cells, self.partitions)


def grouped(frame: pd.DataFrame, names: Sequence[str], *, intersections: bool = True) -> Grouping:
    """Find all groups of some rows.

    Parameters
    ----------
    frame : DataFrame
        One row a case.
    names : sequence of str
        Columns of characteristics. Missing and blank values are the group ``Not known``.
    intersections : bool, optional
        Whether to cross them, by two and by three.

    Raises
    ------
    ParameterError
        A characteristic has more groups than `MOST_GROUPS`; all that do are listed.
    """
    told = [_told_apart(frame[name], name) for name in names]
    faults = [
        f"'{name}' has {len(labels):,} groups: is it an identifier or a number?"
        for name, (_, labels, _) in zip(names, told, strict=True)
        if len(labels) > MOST_GROUPS
    ]
    if faults:
        raise ParameterError(
            "The groups are too many to compare.",
            faults,
            remedy="Put numbers into bands, and leave identifiers out.",
        )
    codes = np.column_stack([np.zeros(len(frame), dtype=np.int64), *(code for code, _, _ in told)])
    finest, cell = np.unique(codes, axis=0, return_inverse=True)
    everyone = np.zeros(len(finest), dtype=np.int64)
    made = [Partition(ALL, (), (ALL,), np.array([True]), everyone)]
    depth = DEEPEST if intersections else 1
    for size in range(1, min(depth, len(names)) + 1):
        for chosen in combinations(range(len(names)), size):
            made.append(_partition(finest[:, 1:], chosen, names, told))
    return Grouping(np.asarray(cell, dtype=np.int64).ravel(), len(finest), tuple(made))


def _told_apart(column: pd.Series, name: str) -> tuple[Ints, list[str], Bools]:
    """Code of each row, names of the codes in the characteristic's order, which are known."""
    codes, values = pd.factorize(column, sort=False)
    given = [*(name_of(value).strip() or NOT_KNOWN for value in values), NOT_KNOWN]
    held = sorted({given[code] for code in np.unique(codes)})
    order = in_order(name, held)
    labels = [held[place] for place in order]
    place = {label: number for number, label in enumerate(labels)}
    taken = np.array([place.get(label, -1) for label in given], dtype=np.int64)[codes]
    unknown = np.array([label.casefold() in _UNKNOWN for label in labels], dtype=bool)
    return taken, labels, known(name, labels) & ~unknown


def _partition(
    finest: Ints,
    chosen: tuple[int, ...],
    names: Sequence[str],
    told: Sequence[tuple[Ints, list[str], Bools]],
) -> Partition:
    held, of_cell = np.unique(finest[:, list(chosen)], axis=0, return_inverse=True)
    members = tuple(
        tuple(told[which][1][code] for which, code in zip(chosen, row, strict=True)) for row in held
    )
    is_known = np.ones(len(held), dtype=bool)
    for column, which in enumerate(chosen):
        is_known &= told[which][2][held[:, column]]
    parts = tuple(names[which] for which in chosen)
    places = np.asarray(of_cell, dtype=np.int64).ravel()
    labels = tuple(MEETS.join(one) for one in members)
    return Partition(MEETS.join(parts), parts, labels, is_known, places, members)
