"""Records as they come, as one table in an order of its own, ready for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import InputError
from workbench.linkage.columns import KEY, Column, Columns

Records: TypeAlias = pd.DataFrame | Any

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Loaded:
    """Records of all sources, sorted by source and record, so that order of arrival is gone.

    Attributes
    ----------
    keys : pyarrow.Table
        ``record_id, source``: text, one row a record; its place is the record's row.
    identifiers : pyarrow.Table
        ``row, place_of_source`` and the identifying columns, as many rows.
    sources : list of str
        Sorted.
    columns : tuple of Column
        Those declared that the records have.
    """

    keys: pa.Table
    identifiers: pa.Table
    sources: list[str]
    columns: tuple[Column, ...]

    @property
    def source(self) -> Ints:
        """Place of each record's source among `sources`."""
        place: Ints = self.identifiers["place_of_source"].to_numpy().astype(np.int64)
        return place


def loaded(records: Records | Sequence[Records], columns: Columns) -> Loaded:
    """Put one or several tables of records below each other.

    Parameters
    ----------
    records : DataFrame, pyarrow.Table, or a sequence of them
        ``record_id``, ``source`` and identifying columns; others are left alone.
    columns : Columns
        What to look for; a table may lack some.

    Raises
    ------
    InputError
        A table lacks its key or every identifying column; a key is blank or there twice.
        All faults are listed, none with a value.
    """
    tables = [records] if isinstance(records, pd.DataFrame | pa.Table) else list(records)
    faults = [
        f"table {place}: column {name} is missing"
        for place, table in enumerate(tables, 1)
        for name in KEY
        if name not in _header(table)
    ]
    found = {name for table in tables for name in _header(table)}
    present = columns.present(sorted(found))
    if not present:
        names = ", ".join(column.name for column in columns)
        faults.append(f"there is no column to link on: none of {names}")
    _refuse(faults)
    _refuse(
        [
            f"table {place}: column {name} holds no text, number or date"
            for place, table in enumerate(tables, 1)
            for name in (*KEY, *(column.name for column in present))
            if name in _header(table) and not _has_words(_cells(table, name))
        ]
    )
    whole = pa.concat_tables([_plain(table, present) for table in tables])
    _refuse(_key_faults(whole))
    return _ordered(whole, present)


def _header(table: Records) -> list[str]:
    return [
        str(name)
        for name in (table.columns if isinstance(table, pd.DataFrame) else table.column_names)
    ]


def _plain(table: Records, present: Sequence[Column]) -> pa.Table:
    """Keys and identifying columns as text; a column that a table lacks is missing throughout."""
    header = _header(table)
    names = [*KEY, *(column.name for column in present)]
    return pa.table(
        {
            name: _text(_cells(table, name))
            if name in header
            else pa.nulls(len(table), pa.string())
            for name in names
        }
    )


def _cells(table: Records, name: str) -> pa.ChunkedArray:
    if isinstance(table, pa.Table):
        return table[name]
    column = table[name]
    try:
        return pa.chunked_array([pa.Array.from_pandas(column)])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # text and numbers in one column; Arrow's own message would quote a cell
        return pa.chunked_array([pa.Array.from_pandas(column.map(str, na_action="ignore"))])


def _has_words(cells: pa.ChunkedArray) -> bool:
    """Whether the cells can be put into words: no lists, no records, no bytes but of text."""
    kind = cells.type
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    opaque = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    if not any(is_kind(held) for is_kind in opaque):
        return not pa.types.is_nested(held)
    try:
        _text(cells)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = cells.type
    if pa.types.is_timestamp(kind):
        cells = cells.cast(pa.date32(), safe=False)
    elif pa.types.is_floating(kind):
        # a column of whole numbers with gaps is a column of floats to pandas
        whole = pc.all(pc.equal(pc.floor(cells), cells)).as_py()
        cells = cells.cast(pa.int64()) if whole is not False else cells
    elif pa.types.is_dictionary(kind):
        cells = cells.cast(kind.value_type)
    return cells.cast(pa.string())


def _key_faults(whole: pa.Table) -> list[str]:
    faults = []
    for name in KEY:
        blank = pc.or_kleene(
            pc.is_null(whole[name]), pc.equal(pc.utf8_trim_whitespace(whole[name]), "")
        )
        count = pc.sum(pc.fill_null(blank, True)).as_py() or 0
        if count:
            faults.append(f"{name} is blank in {count:,} records")
    if not faults and len(whole):
        twice = len(whole) - len(whole.select(list(KEY)).group_by(list(KEY)).aggregate([]))
        if twice:
            faults.append(f"{twice:,} records have the record_id and source of another")
    return faults


def _refuse(faults: list[str]) -> None:
    if faults:
        raise InputError(
            "The records cannot be linked.",
            faults,
            remedy="Give every record a record_id that is its own within its source, and at "
            "least one identifying column.",
        )


def _ordered(whole: pa.Table, present: tuple[Column, ...]) -> Loaded:
    order = pc.sort_indices(whole, sort_keys=[("source", "ascending"), ("record_id", "ascending")])
    whole = whole.take(order).combine_chunks()
    sources = sorted(pc.unique(whole["source"]).to_pylist())
    place = pc.index_in(whole["source"], pa.array(sources, pa.string()))
    identifiers = whole.select([column.name for column in present])
    identifiers = identifiers.append_column("place_of_source", place.cast(pa.int32()))
    identifiers = identifiers.append_column("row", pa.array(np.arange(len(whole)), pa.int32()))
    return Loaded(whole.select(list(KEY)), identifiers, sources, present)
