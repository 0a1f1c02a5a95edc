"""The categories of a table, down to the finest: which is part of which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod

import numpy as np
from scipy.sparse import csr_array

ALL = "All"
"""The category of a margin."""

Nesting = Mapping[str, str]
"""A category to the wider one that it is part of."""


@dataclass(frozen=True)
class Axis:
    """One way in which people are told apart.

    Attributes
    ----------
    name : str
        Its column.
    leaves : tuple of str
        Finest categories; each person is in one.
    parts : mapping of str to frozenset of int
        Places of the leaves that make up each category, the margin's too.
    """

    name: str
    leaves: tuple[str, ...]
    parts: Mapping[str, frozenset[int]]

    def share(self, category: str) -> np.ndarray:
        """1 for each leaf that is part of a category, else 0."""
        mask = np.zeros(len(self.leaves))
        mask[list(self.parts[category])] = 1.0
        return mask


def axis_of(name: str, categories: Iterable[str], nesting: Nesting) -> Axis:
    """Put the categories of a column in order, wide ones made of narrow ones.

    Parameters
    ----------
    name : str
    categories : iterable of str
        All that occur; a margin need not.
    nesting : mapping of str to str
        What is part of what; categories that do not occur are passed over.
    """
    held = sorted(set(categories) - {ALL})
    children: dict[str, list[str]] = {one: [] for one in held}
    for one in held:
        wider = nesting.get(one)
        while wider is not None and wider not in children:
            wider = nesting.get(wider)
        if wider is not None and wider != one:
            children[wider].append(one)
    leaves = [one for one in held if not children[one]]
    place = {leaf: number for number, leaf in enumerate(leaves)}

    def parts(category: str) -> frozenset[int]:
        if category in place:
            return frozenset([place[category]])
        return frozenset().union(*(parts(child) for child in children[category]))

    found = {one: parts(one) for one in held} | {ALL: frozenset(range(len(leaves)))}
    return Axis(name, tuple(leaves), found)


def cells_of(rows: Iterable[Sequence[str]], axes: Sequence[Axis]) -> csr_array:
    """Which atoms each row of a table is the sum of.

    Parameters
    ----------
    rows : iterable of sequence of str
        One category an axis.
    axes : sequence of Axis
        Atoms are every combination of their leaves.

    Returns
    -------
    sparse array, rows x atoms
    """
    sizes = [len(axis.leaves) for axis in axes]
    atoms = prod(sizes)
    steps = [prod(sizes[place + 1 :]) for place in range(len(sizes))]
    places = [
        reduce(
            np.add.outer,
            [
                step * np.sort(np.fromiter(axis.parts[category], dtype=np.int64))
                for axis, category, step in zip(axes, row, steps, strict=True)
            ],
        ).ravel()
        for row in rows
    ]
    ends = np.concatenate([[0], np.cumsum([len(one) for one in places])]).astype(np.int64)
    held = np.concatenate([np.empty(0, dtype=np.int64), *places])
    return csr_array((np.ones(len(held)), held, ends), shape=(len(places), atoms))
