"""pandas at the edge: a frame into the engine and out again, with the same meaning."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from workbench.engine import connect, forget_order
from workbench.errors import InputError

ROW = "row_number_of_frame"
WHERE = "The frame"

_TYPES = {
    "adjustment_days": "Int64",
    "wait_days": "Int64",
    "standard_days": "Int64",
    "included": "bool",
    "within": "boolean",
    "clock_start_date": "datetime64[s]",
    "clock_stop_date": "datetime64[s]",
}


def loaded(frame: pd.DataFrame) -> tuple[Any, ir.Table]:
    """Give a fresh connection and the frame as a table on it, with row numbers from 1.

    Raises
    ------
    InputError
        A column mixes types, so that its cells cannot be compared.
    """
    faults = []
    arrays = {}
    for place, name in enumerate(frame.columns):
        try:
            array = pa.Array.from_pandas(frame.iloc[:, place])
            # what type a column with nothing in it has is pandas' accident
            empty = array.null_count == len(array)
            arrays[str(name)] = pa.nulls(len(array), pa.string()) if empty else array
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            faults.append(f"column {name}: its cells are of several types")
    if faults:
        raise InputError(f"{WHERE}: some columns cannot be used.", faults, remedy="Give text.")
    arrays[ROW] = pa.array(range(1, len(frame) + 1), type=pa.int64())
    con = connect()
    forget_order(con)
    return con, con.create_table("records", pa.table(arrays))


def collected(con: Any, waits: ir.Table) -> pd.DataFrame:
    """Run `waits` and give a frame whose types do not depend on what is missing."""
    return fetched(con, waits).astype(_TYPES)


def fetched(con: Any, table: ir.Table) -> pd.DataFrame:
    """Run an expression and give a frame."""
    # through Arrow: Ibis's own way reads a pandas option that pandas 4 drops
    frame: pd.DataFrame = con.to_pyarrow(table).to_pandas(date_as_object=False)
    return frame
