"""The figures of a release as one who adds and takes away sees them: counts, rests of shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.disclosure.knowledge import Flags, Numbers
from workbench.disclosure.released import Share

Labels = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Figures:
    """A table's counts, row by row.

    Attributes
    ----------
    keys : tuple of str
        Columns that say what a row is about.
    labels : tuple of tuple of str
        What each row is about.
    names : tuple of str
        Counts; then, for each share, what its denominator holds beyond its numerator.
    values : array, rows x names
        True figures; missing where one was.
    parts : tuple of (int, int, int)
        For each share the places of numerator, denominator and rest in `names`.
    """

    keys: tuple[str, ...]
    labels: tuple[Labels, ...]
    names: tuple[str, ...]
    values: Numbers
    parts: tuple[tuple[int, int, int], ...]

    @cached_property
    def rests(self) -> Flags:
        """Which names are rests, and so are never shown themselves."""
        found = np.zeros(len(self.names), dtype=bool)
        found[[rest for _, _, rest in self.parts]] = True
        return found

    @cached_property
    def totals(self) -> Flags:
        """Rows that are the sum of the others that differ from them in one key alone."""
        found = np.zeros(len(self.labels), dtype=bool)
        for place in range(len(self.keys)):
            others = [at for at in range(len(self.keys)) if at != place]
            for rows in self._rows_by(others).values():
                if len(rows) > 2:
                    doubled = 2 * self.values[rows] == self.values[rows].sum(axis=0)
                    found[rows] |= doubled.all(axis=1) & (self.values[rows] > 0).any(axis=1)
        return found

    def blocks(self, keys: Sequence[str]) -> dict[Labels, NDArray[np.int64]]:
        """Rows by their labels under some of the keys, totals left out where there are parts."""
        places = [self.keys.index(key) for key in keys]
        found = self._rows_by(places)
        for labels, rows in found.items():
            parts = rows[~self.totals[rows]]
            found[labels] = parts if len(parts) else rows
        return found

    def _rows_by(self, places: Sequence[int]) -> dict[Labels, NDArray[np.int64]]:
        held: dict[Labels, list[int]] = {}
        for row, labels in enumerate(self.labels):
            held.setdefault(tuple(labels[place] for place in places), []).append(row)
        return {labels: np.asarray(rows, dtype=np.int64) for labels, rows in held.items()}


def figures_of(
    frame: pd.DataFrame, keys: Sequence[str], counts: Sequence[str], shares: Mapping[str, Share]
) -> Figures:
    """Figures of a table whose declaration was found right."""
    values = {name: frame[name].to_numpy(dtype=float, na_value=np.nan) for name in counts}
    parts = []
    order = list(counts)
    for share in dict.fromkeys((one.numerator, one.denominator) for one in shares.values()):
        part, whole = share
        values[f"{whole} less {part}"] = values[whole] - values[part]
        parts.append((order.index(part), order.index(whole), len(values) - 1))
    labels = frame[list(keys)].astype(str).itertuples(index=False, name=None)
    return Figures(
        keys=tuple(keys),
        labels=tuple(tuple(row) for row in labels),
        names=tuple(values),
        values=np.column_stack([*values.values()]) if values else np.empty((len(frame), 0)),
        parts=tuple(parts),
    )
