"""pandas at the edge: a frame into the engine and out again, with the same meaning."""

from __future__ import annotations

import datetime as dt
import numbers
import uuid
from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from workbench.engine import connect, forget_order
from workbench.errors import InputError
from workbench.standards.items import ITEMS

ROW = "row_number_of_frame"
WHERE = "The frame"

_WIDTHS = {item.column: item.width for item in ITEMS}
_TYPES = {
    "adjustment_days": "Int64",
    "wait_days": "Int64",
    "standard_days": "Int64",
    "included": "bool",
    "within": "boolean",
    "clock_start_date": "datetime64[s]",
    "clock_stop_date": "datetime64[s]",
}


def loaded(frame: pd.DataFrame, columns: Mapping[str, Any]) -> tuple[Any, ir.Table]:
    """Give a fresh connection and the columns used as a table on it, with row numbers from 1.

    Parameters
    ----------
    frame : DataFrame
        Any other column in it, of whatever type or name, is left alone.
    columns : mapping
        Name in the table to the frame's own, which must be there once.

    Raises
    ------
    InputError
        A column mixes types, or has one, that no cell of a record can be.
    """
    faults = []
    arrays = {}
    for name, own in columns.items():
        try:
            array = _array(frame[own], _WIDTHS.get(name, 0))
        except _UnfitError as unfit:
            faults.append(f"column {name}: {unfit}")
            continue
        # what type a column with nothing in it has is pandas' accident
        empty = array.null_count == len(array)
        arrays[name] = pa.nulls(len(array), pa.string()) if empty else array
    if faults:
        raise InputError(f"{WHERE}: some columns cannot be used.", faults, remedy="Give text.")
    arrays[ROW] = pa.array(range(1, len(frame) + 1), type=pa.int64())
    con = connect()
    forget_order(con)
    return con, con.create_table("records", pa.table(arrays))


class _UnfitError(Exception):
    """Why a column cannot be used; holds no value."""


def _array(column: pd.Series[Any], width: int) -> pa.Array:
    if isinstance(column.dtype, pd.SparseDtype):
        column = pd.Series(column.to_numpy())
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        array = None  # cells of several types, or of one that Arrow does not know
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array is not None and pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if array is None or isinstance(array.type, pa.BaseExtensionType):
        if column.dtype != object:
            raise _UnfitError("its type cannot be used")
        return pa.array([_as_text(cell, width) for cell in column], pa.string())
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        raise _UnfitError("its type cannot be used")
    return array


def _as_text(cell: Any, width: int) -> str | None:
    """Write a cell as a CSV file would have it, so that mixed ones can stand in one column."""
    match cell:
        case _ if pd.api.types.is_scalar(cell) and pd.isna(cell):
            return None
        case str() | uuid.UUID():
            return str(cell)
        case dt.datetime() if cell.tzinfo is None:
            return cell.date().isoformat()
        case dt.date() if not isinstance(cell, dt.datetime):
            return cell.isoformat()
        case numbers.Integral() if not isinstance(cell, bool):
            return str(cell).zfill(width)
        case float() if cell.is_integer():
            return str(int(cell)).zfill(width)
        case _:
            raise _UnfitError("its cells are of several types")


def collected(con: Any, waits: ir.Table) -> pd.DataFrame:
    """Run `waits` and give a frame whose types do not depend on what is missing."""
    return fetched(con, waits).astype(_TYPES)


def fetched(con: Any, table: ir.Table) -> pd.DataFrame:
    """Run an expression and give a frame."""
    # through Arrow: Ibis's own way reads a pandas option that pandas 4 drops
    frame: pd.DataFrame = con.to_pyarrow(table).to_pandas(date_as_object=False)
    return frame
