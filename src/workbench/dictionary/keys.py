"""Rows that share a primary key: told apart into exact repeats and conflicts.

Blank parts of a key are equal to each other. A row that lacks a required part of
its key has no key, and is reported for that instead.

Rows are compared by hashes, so that a file is read once and no cell leaves the
engine. Two hashes of a key, one of it read backwards, must both be equal: together
they have 128 bits, and among ten million different keys the chance that any two agree is
below 10^-24. Rows that share a key are then held against each other by a hash of
their other cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import ibis
import numpy as np

from workbench.dictionary.expression_ibis import EngineColumns
from workbench.dictionary.model import Schema
from workbench.dictionary.scan import Integers, Scanned

_KEY, _BACKWARDS, _REST = "hash_of_key", "hash_of_key_backwards", "hash_of_the_rest"


def hashes_of(columns: EngineColumns, schema: Schema) -> dict[str, Any]:
    """Hashes by which `duplicates` tells rows apart; none if no column of the key is there.

    Parameters
    ----------
    columns : EngineColumns
        Cells as text, null where blank.
    schema : Schema
    """
    key = {name: columns.text[name] for name in schema.primary_key if name in columns.text}
    if not key:
        return {}
    backwards = {name: text.reverse() for name, text in key.items()}
    others = {name: text for name, text in columns.text.items() if name not in key}
    rest = _hash(others) if others else ibis.literal(0, "int64")
    return {_KEY: _hash(key), _BACKWARDS: _hash(backwards), _REST: rest}


def has_key(columns: EngineColumns, schema: Schema) -> Any:
    """Where a row holds every required part of its key."""
    needed = [
        columns.text[name].notnull()
        for name in schema.primary_key
        if schema.field(name).constraints.required and name in columns.text
    ]
    return reduce(lambda one, other: one & other, needed, ibis.literal(True))


def duplicates(scanned: Scanned) -> tuple[Integers, Integers]:
    """Find the rows that share a key.

    Parameters
    ----------
    scanned : Scanned
        With the hashes of `hashes_of`, or with none.

    Returns
    -------
    conflicts, repeats : int array
        All rows whose key another, different row has; and, where all rows of a key are
        equal, those after the first. Ascending.
    """
    nothing = np.empty(0, dtype=np.int64)
    if _KEY not in scanned.hashes:
        return nothing, nothing
    candidates = _meeting(scanned.hashes[_KEY])
    if not len(candidates):
        return nothing, nothing
    rows = scanned.keyed_rows[candidates]
    forwards, backwards, whole = (
        scanned.hashes[name][candidates] for name in (_KEY, _BACKWARDS, _REST)
    )
    order = np.lexsort((rows, backwards, forwards))
    rows, forwards, backwards, whole = (one[order] for one in (rows, forwards, backwards, whole))
    first = np.append(True, (forwards[1:] != forwards[:-1]) | (backwards[1:] != backwards[:-1]))
    key = np.cumsum(first) - 1
    torn = np.zeros(key[-1] + 1, dtype=bool)
    torn[key[whole != whole[first][key]]] = True
    return np.sort(rows[torn[key]]), np.sort(rows[~torn[key] & ~first])


def _hash(cells: Mapping[str, Any]) -> Any:
    return ibis.struct(dict(cells)).hash()


def _meeting(hashes: Integers) -> Integers:
    """Places of the hashes that occur more than once."""
    ordered = np.sort(hashes)
    shared = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(shared):
        return np.empty(0, dtype=np.int64)
    nearest = np.minimum(np.searchsorted(shared, hashes), len(shared) - 1)
    return np.flatnonzero(shared[nearest] == hashes)
