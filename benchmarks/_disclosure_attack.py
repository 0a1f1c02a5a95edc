"""An attacker who shares no code with the gate: whole numbers that fit all that is shown.

Knows the rule of each table and every table at once. Each unknown is the number of
people of one finest category in one month or piece of a year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

ENOUGH = 5
_UNBOUNDED = 3
_MANY = 10**6
_WHOLE = 1e-6


@dataclass(frozen=True)
class Shown:
    """A table as readers have it: categories, and a number or ``[c]``; months, if of some only.

    Whoever knows that no large count is withheld takes every ``[c]`` for 1 to 7.
    """

    table: pd.DataFrame
    large_withheld: bool = True
    months: tuple[str, str] | None = None


@dataclass(frozen=True)
class Puzzle:
    """All tables as bounds of sums of unknowns."""

    rows: csr_array
    lower: np.ndarray
    upper: np.ndarray
    unknowns: dict[tuple[str, str, str], int]


def puzzle(
    tables: Sequence[Shown], months: Sequence[str], broad: Mapping[str, str], spread: float
) -> Puzzle:
    """Read tables; `spread` is how far a shown number may be off its truth."""
    names = pd.concat([one.table for one in tables])
    groups = sorted(set(names["group"]) - {"All"} - set(broad.values()))
    sites = sorted(set(names["site"]) - {"All"})
    cells = [(g, s, m) for g in groups for s in sites for m in months]
    unknowns = {cell: number for number, cell in enumerate(cells)}
    told = [(one, *row) for one in tables for row in one.table.itertuples(index=False, name=None)]
    held, low, high = [], [], []
    for of, group, site, value in told:
        held.append([unknowns[c] for c in cells if _inside(c, group, site, of.months, broad)])
        least, most = _bounds(value, spread, of.large_withheld)
        low.append(least)
        high.append(most)
    ends = np.concatenate([[0], np.cumsum([len(one) for one in held])])
    rows = csr_array((np.ones(ends[-1]), np.concatenate(held), ends), shape=(len(held), len(cells)))
    return Puzzle(rows, np.asarray(low), np.asarray(high), unknowns)


def possible(known: Puzzle, sums: Sequence[Sequence[tuple[str, str, str]]]) -> list[int]:
    """How many whole numbers each sum of unknowns can be; of five or more, as many as were seen.

    Every truth that is found on the way is one that all sums may have, so that a sum
    seen with five values needs no search of its own.
    """
    weights = np.zeros((len(sums), len(known.unknowns)))
    for row, cells in enumerate(sums):
        weights[row, [known.unknowns[cell] for cell in cells]] = 1
    least, most = np.full(len(sums), np.inf), np.full(len(sums), -np.inf)
    for place in range(len(sums)):
        for sign in (1, -1):
            if most[place] - least[place] + 1 >= ENOUGH:
                break
            truth = _extreme(known, sign * weights[place])
            if truth is None:
                least[place], most[place] = 0, _MANY
                break
            values = np.round(weights @ np.round(truth))
            least, most = np.minimum(least, values), np.maximum(most, values)
    return [int(width) for width in most - least + 1]


def _extreme(known: Puzzle, weights: np.ndarray) -> np.ndarray | None:
    """The truth with the least of a sum that fits all that is shown; None if nothing bounds it."""
    for integral in (0, 1):  # the linear programme's end is often whole, and costs a fifth
        found = milp(
            weights,
            constraints=LinearConstraint(known.rows, known.lower, known.upper),
            integrality=np.full(len(weights), integral),
            bounds=Bounds(0, np.inf),
        )
        if found.status == _UNBOUNDED:
            return None
        if integral or (np.abs(found.x - np.round(found.x)) < _WHOLE).all():
            break
    return np.asarray(found.x)


def _bounds(value: str, spread: float, large: bool) -> tuple[float, float]:
    if value == "[c]":
        return 1, np.inf if large else 7
    number = float(value)
    return (0, 0) if number == 0 else (max(8, number - spread), number + spread)


def _inside(
    cell: tuple[str, str, str], group: str, site: str, window: tuple[str, str] | None,
    broad: Mapping[str, str],
) -> bool:  # fmt: skip
    one, other, month = cell
    return (
        group in ("All", one, broad.get(one))
        and site in ("All", other)
        and (window is None or window[0] <= month <= window[1])
    )
