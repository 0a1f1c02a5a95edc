"""One pass over prepared rows: facts of each row packed into bits, counted in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from workbench.dictionary.conditions import ROW

BITS_A_WORD = 62
"""Of a signed 64-bit integer, its sign left out."""

BATCH_ROWS = 100_000
"""Rows a batch: enough for numpy to be quick, too few to matter in memory."""

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


@dataclass(frozen=True)
class Plan:
    """What one pass asks of the engine.

    Attributes
    ----------
    query : ibis Table
        Each row's number, its facts packed into words, and its hashes.
    facts : tuple of Fact
        As they are packed.
    hashes : tuple of str
        Names of the hashes.
    """

    query: ir.Table
    facts: tuple[Fact, ...]
    hashes: tuple[str, ...]


def planned(rows: ir.Table, facts: Sequence[Fact], hashes: Mapping[str, Any]) -> Plan:
    """Pack facts and hashes into one query.

    Parameters
    ----------
    rows : ibis Table
        From `workbench.dictionary.conditions.prepared`.
    facts : sequence of Fact
        Over `rows`.
    hashes : mapping of str to ibis IntegerValue
        Never null; kept of the rows for which the fact ``keyed`` holds.
    """
    named = [value.name(name) for name, value in hashes.items()]
    query = rows.select(rows[ROW], *_words(facts), *named)
    return Plan(query, tuple(facts), tuple(hashes))


def scan(batches: Iterable[Any], facts: Sequence[Fact], hashes: Sequence[str]) -> Scanned:
    """Count each fact, and note the rows at fault, in one pass.

    Parameters
    ----------
    batches : iterable of pyarrow.RecordBatch
        What the query of a `Plan` gives.
    facts : sequence of Fact
    hashes : sequence of str
        Those of the same plan.
    """
    counter = _Counter(facts, hashes)
    for batch in batches:
        counter.take(batch)
    return counter.result()


def _words(facts: Sequence[Fact]) -> Iterator[Any]:
    for word in range(_word_count(facts)):
        chosen = facts[word * BITS_A_WORD : (word + 1) * BITS_A_WORD]
        bits = (
            ibis.ifelse(fact.condition, ibis.literal(1 << bit, "int64"), 0)
            for bit, fact in enumerate(chosen)
        )
        yield reduce(lambda one, other: one + other, bits).cast("int64").name(f"word_{word}")


def _word_count(facts: Sequence[Fact]) -> int:
    return -(-len(facts) // BITS_A_WORD)


class _Counter:
    """Adds batches up; holds counts, rows at fault and hashes, and no cell."""

    def __init__(self, facts: Sequence[Fact], hashes: Sequence[str]) -> None:
        self.facts = tuple(facts)
        self.rows = 0
        self.true = np.zeros(len(facts), dtype=np.int64)
        self.spoilers = self._spoilers()
        self.spoilt = dict.fromkeys(self.spoilers, 0)
        self.holding: dict[str, list[Integers]] = {
            fact.name: [] for fact in facts if fact.what == "fault"
        }
        self.keyed_rows: list[Integers] = []
        self.hashes: dict[str, list[Integers]] = {name: [] for name in hashes}

    def _spoilers(self) -> dict[str, Integers]:
        """By column, the bits of each word that make its cell blank or invalid."""
        spoilers: dict[str, Integers] = {}
        for place, fact in enumerate(self.facts):
            if fact.column is not None:
                masks = spoilers.setdefault(
                    fact.column, np.zeros(_word_count(self.facts), dtype=np.int64)
                )
                masks[place // BITS_A_WORD] |= 1 << (place % BITS_A_WORD)
        return spoilers

    def take(self, batch: Any) -> None:
        """Add one batch; a bit that is set in no row of it, as most are, costs nothing."""
        self.rows += batch.num_rows
        numbers = _integers(batch.column(ROW))
        words = [_integers(batch.column(f"word_{n}")) for n in range(_word_count(self.facts))]
        ever = [int(np.bitwise_or.reduce(word)) for word in words]
        always = [int(np.bitwise_and.reduce(word)) for word in words]
        for place, fact in enumerate(self.facts):
            word, bit = place // BITS_A_WORD, 1 << (place % BITS_A_WORD)
            if not ever[word] & bit:
                continue
            holds = slice(None) if always[word] & bit else (words[word] & bit) != 0
            rows = numbers[holds]
            self.true[place] += len(rows)
            if fact.what == "fault":
                self.holding[fact.name].append(rows)
            elif fact.what == "keyed":
                self.keyed_rows.append(rows)
                for name, parts in self.hashes.items():
                    parts.append(_integers(batch.column(name))[holds])
        for column, masks in self.spoilers.items():
            self.spoilt[column] += _rows_with_any(words, masks & ever)

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


def _rows_with_any(words: Sequence[Integers], masks: Integers) -> int:
    parts = [word & mask for word, mask in zip(words, masks, strict=True) if mask]
    return int(np.count_nonzero(reduce(np.bitwise_or, parts))) if parts else 0


def _integers(column: Any) -> Integers:
    """Give a batch's column without nulls as numpy integers.

    By DLPack, because pyarrow's own conversion imports pandas, which takes a third of a second.
    """
    return np.asarray(np.from_dlpack(column), dtype=np.int64)


def _joined(parts: Sequence[Integers]) -> Integers:
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
