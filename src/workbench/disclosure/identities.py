"""Sums that hold among released figures, found by adding up, as a reader would.

A reader knows from headings what is part of what. The gate, which has true counts,
need not read headings: it tries every sum that a reader could think of and keeps
those that hold. One that holds by chance only makes the attacker stronger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from workbench.disclosure.figures import Figures, Labels

Cell = tuple[int, int, int]
"""Table, row, name."""

Tie = tuple[tuple[Cell, float], ...]
"""Cells and their weights, of a sum that is nought."""

Wider = Mapping[str, Collection[str]]
"""Names of categories to the wider ones that they are part of."""

NAMES_AT_MOST = 9
"""Columns among which every sum of up to three is tried; of more, only pairs."""


def within(table: int, held: Figures) -> Iterator[Tie]:
    """Sums that hold inside one table: along rows, and from parts to totals."""
    yield from _shares(table, held)
    yield from _across(table, held)
    yield from _down(table, held)
    yield from _level(table, held)


def between(first: int, one: Figures, second: int, other: Figures) -> Iterator[Tie]:
    """Sums that hold between two tables: over all keys that both have, and over fewer."""
    shared = [key for key in one.keys if key in other.keys]
    for keys in _fewer(shared):
        here, there = one.blocks(keys), other.blocks(keys)
        for labels in here.keys() & there.keys():
            yield from _equal(first, one, here[labels], second, other, there[labels])


def _fewer(keys: Sequence[str]) -> list[tuple[str, ...]]:
    """The keys, all but one of them, and none."""
    sets = [tuple(keys), *combinations(keys, max(0, len(keys) - 1)), ()]
    return list(dict.fromkeys(sets))


def _equal(
    first: int, one: Figures, rows: NDArray[np.int64],
    second: int, other: Figures, others: NDArray[np.int64],
) -> Iterator[Tie]:  # fmt: skip
    for place, name in enumerate(one.names):
        if name not in other.names:
            continue
        column = other.names.index(name)
        total = one.values[rows, place].sum()
        if total > 0 and total == other.values[others, column].sum():
            yield (
                *(((first, int(row), place), 1.0) for row in rows),
                *(((second, int(row), column), -1.0) for row in others),
            )


def _shares(table: int, held: Figures) -> Iterator[Tie]:
    for part, whole, rest in held.parts:
        for row in np.flatnonzero(np.isfinite(held.values[:, rest])):
            at = int(row)
            yield (((table, at, whole), 1.0), ((table, at, part), -1.0), ((table, at, rest), -1.0))


def _across(table: int, held: Figures) -> Iterator[Tie]:
    """Columns that are the sum of others in every row."""
    most = 3 if len(held.names) <= NAMES_AT_MOST else 2
    rows = np.flatnonzero(np.isfinite(held.values).all(axis=1))
    values = held.values[rows]
    if not values.any():
        return
    known = {frozenset((whole, part, rest)) for part, whole, rest in held.parts}
    for whole in range(len(held.names)):
        others = [place for place in range(len(held.names)) if place != whole]
        for size in range(1, most + 1):
            for parts in combinations(others, size):
                same = frozenset((whole, *parts)) in known or (size == 1 and parts[0] < whole)
                if same or not (values[:, list(parts)].sum(axis=1) == values[:, whole]).all():
                    continue
                for row in rows:
                    cells = (((table, int(row), part), -1.0) for part in parts)
                    yield (((table, int(row), whole), 1.0), *cells)


def _down(table: int, held: Figures) -> Iterator[Tie]:
    """Rows that are the sum of those that differ from them in one key alone."""
    for row in np.flatnonzero(held.totals):
        labels = held.labels[row]
        for place in range(len(held.keys)):
            others = [at for at in range(len(held.keys)) if at != place]
            beside = [
                number
                for number, one in enumerate(held.labels)
                if number != row and all(one[at] == labels[at] for at in others)
            ]
            for column in range(len(held.names)):
                total = held.values[row, column]
                if total > 0 and held.values[beside, column].sum() == total:
                    parts = (((table, number, column), -1.0) for number in beside)
                    yield (((table, int(row), column), 1.0), *parts)


def _level(table: int, held: Figures) -> Iterator[Tie]:
    """Blocks of rows with the same sums in every column: two ways to divide the same people."""
    for place in range(len(held.keys)):
        kept = [key for at, key in enumerate(held.keys) if at != place]
        blocks = held.blocks(kept)
        for other in range(len(kept)):
            beside: dict[tuple[Labels, bytes], NDArray[np.int64]] = {}
            for labels, rows in blocks.items():
                sums = held.values[rows].sum(axis=0)
                if not sums.any() or np.isnan(sums).any():
                    continue
                like = ((*labels[:other], *labels[other + 1 :]), sums.tobytes())
                before = beside.setdefault(like, rows)
                if before is not rows:
                    yield from _equal(table, held, before, table, held, rows)


def nested(first: int, one: Figures, second: int, other: Figures, wider: Wider) -> Iterator[Tie]:
    """Rows of a wide category that are the sum of rows of narrow ones, in one table or two."""
    shared = [key for key in one.keys if key in other.keys]
    for key in shared:
        place, there = one.keys.index(key), other.keys.index(key)
        held = {labels[place] for labels in one.labels}
        narrow = {labels[there] for labels in other.labels} & wider.keys()
        for wide in sorted(held & {one for name in narrow for one in wider[name]}):
            parts = {name for name in narrow if wide in wider[name] and name != wide}
            if parts:
                rest = [name for name in shared if name != key]
                yield from _of_parts(first, one, second, other, key, wide, parts, rest)


def _of_parts(
    first: int, one: Figures, second: int, other: Figures,
    key: str, wide: str, parts: Collection[str], rest: Sequence[str],
) -> Iterator[Tie]:  # fmt: skip
    place, there = one.keys.index(key), other.keys.index(key)
    blocks = other.blocks(rest)
    for labels, rows in one.blocks(rest).items():
        whole = [row for row in rows if one.labels[row][place] == wide]
        pieces = [row for row in blocks.get(labels, ()) if other.labels[row][there] in parts]
        if whole and pieces:
            yield from _equal(first, one, np.asarray(whole), second, other, np.asarray(pieces))
