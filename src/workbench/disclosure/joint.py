"""Tables of the same people written in the same atoms: leaves of all axes, and pieces of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.sparse import csr_array, kron, vstack

from workbench.disclosure.axes import ALL, Axis, Nesting, axis_of, cells_of
from workbench.disclosure.knowledge import Numbers


@dataclass(frozen=True)
class Table:
    """Rows of a table, by what, and of when."""

    by: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    window: tuple[str, str] | None


def joint(
    tables: Sequence[Table], nesting: Mapping[str, Nesting]
) -> tuple[tuple[Axis, ...], tuple[str, ...]]:
    """Axes that all tables can be written in, and the first months of the windows' pieces."""
    held: dict[str, set[str]] = {}
    for table in tables:
        for place, name in enumerate(table.by):
            held.setdefault(name, set()).update(row[place] for row in table.rows)
    axes = tuple(axis_of(name, held[name], nesting.get(name, {})) for name in sorted(held))
    edges = {month for t in tables if t.window for month in (t.window[0], _next(t.window[1]))}
    return axes, tuple(sorted(edges))


def absent(table: Table, nesting: Mapping[str, Nesting]) -> tuple[tuple[str, ...], ...]:
    """Combinations of a table's own finest categories that have no row in it."""
    axes = [
        axis_of(name, {row[place] for row in table.rows}, nesting.get(name, {}))
        for place, name in enumerate(table.by)
    ]
    given = set(table.rows)
    return tuple(row for row in product(*(axis.leaves for axis in axes)) if row not in given)


def matrix_of(table: Table, axes: Sequence[Axis], months: Sequence[str]) -> csr_array:
    """Cells of a table as sums of atoms: leaves of all axes, and pieces of time."""
    place = {name: number for number, name in enumerate(table.by)}
    rows = [
        tuple(row[place[a.name]] if a.name in place else ALL for a in axes) for row in table.rows
    ]
    cells = cells_of(rows, axes)
    if not months:
        return cells
    piece = _inside(table.window, months)
    return csr_array(kron(cells, csr_array(piece[None]), format="csr"))


def beyond(
    tables: Sequence[Table], axes: Sequence[Axis], months: Sequence[str], inner: np.ndarray
) -> csr_array | None:
    """What the new window holds beyond each earlier one, and the other way about, by cell."""
    new = tables[0]
    if new.window is None or not months:
        return None
    rows = [row for row, is_inner in zip(new.rows, inner, strict=True) if is_inner]
    whole = Table(new.by, tuple(rows), None)
    here = _inside(new.window, months)
    pieces = set()
    for table in tables[1:]:
        there = _inside(table.window, months)
        pieces |= {tuple(here * (1 - there)), tuple(there * (1 - here))}
    # A piece that is a whole window is in a table of its own.
    pieces -= {tuple(_inside(table.window, months)) for table in tables}
    cells = matrix_of(whole, axes, ())
    made = [
        kron(cells, csr_array(np.asarray(piece)[None]), format="csr")
        for piece in sorted(pieces)
        if any(piece)
    ]
    return csr_array(vstack(made, format="csr")) if made else None


def _inside(window: tuple[str, str] | None, months: Sequence[str]) -> Numbers:
    """1 for each piece of time that is in a window; the whole cut holds all of them."""
    if window is None:
        return np.ones(len(months))
    return np.asarray([float(window[0] <= month <= window[1]) for month in months])


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12:04d}-{number % 12 + 1:02d}"


def inner_cells(rows: Sequence[tuple[str, ...]]) -> np.ndarray:
    """Say which rows are no margin."""
    return np.asarray([ALL not in row for row in rows], dtype=bool)
