"""One pass over prepared rows: facts of each row as columns of true and false, counted in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from workbench.dictionary.conditions import ROW

BATCH_ROWS = 100_000
"""Rows a batch: enough for counting to be quick, too few to matter in memory."""

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fact:
    """One thing that may be true of a row.

    Attributes
    ----------
    what : {"fault", "blank", "default", "keyed"}
    name : str
        For a fault its check's id, else the column's name; ``keyed`` is of the whole row.
    column : str or None
        The column whose cell the fact makes invalid or incomplete, if it does.
    condition : ibis BooleanValue
        True where it holds; null counts as false.
    """

    what: str
    name: str
    column: str | None
    condition: Any


@dataclass(frozen=True)
class Scanned:
    """What one pass brings home.

    Attributes
    ----------
    rows : int
        How many there are.
    facts : tuple of Fact
    true : int array, one a fact
        In how many rows each holds.
    spoilt : mapping of str to int
        By column, in how many rows its cell is blank or invalid.
    holding : mapping of str to int array
        By check's id, the rows at fault, ascending.
    keyed_rows : int array
        Number of each row that has a key.
    hashes : mapping of str to int array
        By the name given to `scan`, a hash of each of those rows.
    """

    rows: int
    facts: tuple[Fact, ...]
    true: Integers
    spoilt: dict[str, int]
    holding: dict[str, Integers]
    keyed_rows: Integers
    hashes: dict[str, Integers]


def scan(rows: ir.Table, facts: Sequence[Fact], hashes: dict[str, Any]) -> Scanned:
    """Count each fact, and note the rows at fault, in one pass on the engine.

    Parameters
    ----------
    rows : ibis Table
        From `workbench.dictionary.conditions.prepared`.
    facts : sequence of Fact
        Over `rows`.
    hashes : mapping of str to ibis IntegerValue
        Never null; kept of the rows for which the fact ``keyed`` holds.
    """
    conditions = [fact.condition.name(_column(place)) for place, fact in enumerate(facts)]
    named = [value.name(name) for name, value in hashes.items()]
    counter = _Counter(facts, hashes)
    for batch in rows.select(rows[ROW], *conditions, *named).to_pyarrow_batches(
        chunk_size=BATCH_ROWS
    ):
        counter.take(batch)
    return counter.result()


def _column(place: int) -> str:
    return f"fact_{place}"


class _Counter:
    """Adds batches up; holds counts, rows at fault and hashes, and no cell."""

    def __init__(self, facts: Sequence[Fact], hashes: Sequence[str]) -> None:
        self.facts = tuple(facts)
        self.rows = 0
        self.true = np.zeros(len(facts), dtype=np.int64)
        self.spoilers: dict[str, list[int]] = {}
        for place, fact in enumerate(facts):
            if fact.column is not None:
                self.spoilers.setdefault(fact.column, []).append(place)
        self.spoilt = dict.fromkeys(self.spoilers, 0)
        self.holding: dict[str, list[Integers]] = {
            fact.name: [] for fact in facts if fact.what == "fault"
        }
        self.keyed_rows: list[Integers] = []
        self.hashes: dict[str, list[Integers]] = {name: [] for name in hashes}

    def take(self, batch: Any) -> None:
        """Add one batch; what holds nowhere in it, as most faults do, costs next to nothing."""
        self.rows += batch.num_rows
        columns = [batch.column(_column(place)) for place in range(len(self.facts))]
        counts = [column.true_count for column in columns]
        self.true += np.array(counts, dtype=np.int64)
        for fact, column, count in zip(self.facts, columns, counts, strict=True):
            if count and fact.what == "fault":
                self.holding[fact.name].append(_chosen(batch.column(ROW), column))
            elif count and fact.what == "keyed":
                self.keyed_rows.append(_chosen(batch.column(ROW), column))
                for name, parts in self.hashes.items():
                    parts.append(_chosen(batch.column(name), column))
        for name, places in self.spoilers.items():
            present = [place for place in places if counts[place]]
            self.spoilt[name] += (
                _true_of_any([columns[place] for place in present])
                if len(present) > 1
                else sum(counts[place] for place in present)
            )

    def result(self) -> Scanned:
        return Scanned(
            rows=self.rows,
            facts=self.facts,
            true=self.true,
            spoilt=self.spoilt,
            # Engines other than DuckDB may hand batches over in any order.
            holding={name: np.sort(_joined(parts)) for name, parts in self.holding.items()},
            keyed_rows=_joined(self.keyed_rows),
            hashes={name: _joined(parts) for name, parts in self.hashes.items()},
        )


def _chosen(numbers: Any, where: Any) -> Integers:
    """Take a batch's integers where a condition is true.

    By DLPack, because pyarrow's own conversion imports pandas, which takes a third of a second.
    """
    return np.array(np.from_dlpack(numbers.filter(where)), dtype=np.int64)


def _true_of_any(columns: Sequence[Any]) -> int:
    import pyarrow.compute as pc

    found = columns[0].fill_null(False)
    for column in columns[1:]:
        found = pc.or_(found, column.fill_null(False))
    return int(found.true_count)


def _joined(parts: Sequence[Integers]) -> Integers:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
