"""A table of anyone's own: as `workbench train --frame` and `score` read it, and write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd


def frame_of(con: Any, table: Any, path: Path) -> pd.DataFrame:
    """Rows of a table that `workbench.files.read_table` opened.

    Parameters
    ----------
    con : ibis backend
        Holds the table.
    table : Table
    path : Path
        The file that it was read from.

    Returns
    -------
    DataFrame
        Times with a zone show their own clock, as in the file: the engine gives them in UTC,
        where a midnight of the summer lies on the day before.
    """
    import pyarrow.parquet as pq

    frame: pd.DataFrame = con.to_pyarrow(table).to_pandas(date_as_object=False)
    zoned = [name for name in frame if isinstance(frame[name].dtype, pd.DatetimeTZDtype)]
    schema = pq.read_schema(path) if zoned else None
    for name in zoned:
        zone = None if schema is None else getattr(schema.field(name).type, "tz", None)
        if zone:
            frame[name] = frame[name].dt.tz_convert(zone)
    return frame


def for_csv(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with ``true`` and ``false`` where pandas would write True and False.

    Parameters
    ----------
    frame : DataFrame
    """
    words = {True: "true", False: "false"}
    truths = [
        name for name in frame if pd.api.types.infer_dtype(frame[name], skipna=True) == "boolean"
    ]
    changed = frame.copy()
    for name in truths:
        changed[name] = frame[name].astype("object").map(words)
    return changed
