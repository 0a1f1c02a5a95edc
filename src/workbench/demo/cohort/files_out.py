"""Tables of text to CSV or XLSX, in the encoding asked for; the same bytes each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.demo.cohort.names import Text
from workbench.engine import connect

_CHUNK = 1 << 22


def text_table(columns: Mapping[str, Text]) -> pa.Table:
    """Columns of text as a table in which a blank is missing."""
    return pa.table({name: pa.array(text, mask=text == "") for name, text in columns.items()})


def write_csv(path: Path, table: pa.Table, encoding: str = "utf-8", newline: str = "\n") -> int:
    """Write a table of text as CSV with a header; what is missing is an empty cell.

    Returns
    -------
    int
        Rows written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if encoding == "utf-8" and newline == "\n":
        _copy(table, path)
        return int(table.num_rows)
    plain = path.with_suffix(".utf8")
    _copy(table, plain)
    with (
        plain.open(encoding="utf-8", newline="") as read,
        path.open("w", encoding=encoding, newline=newline) as write,
    ):
        while block := read.read(_CHUNK):
            write.write(block)
    plain.unlink()
    return int(table.num_rows)


def _copy(table: pa.Table, path: Path) -> None:
    # DuckDB quotes only cells that need it; PyArrow's writer quotes every text or none
    con = _engine()
    con.con.register("rows_to_write", table)
    con.raw_sql(f"COPY rows_to_write TO '{str(path).replace(chr(39), chr(39) * 2)}' (HEADER)")
    con.con.unregister("rows_to_write")


@lru_cache(maxsize=1)
def _engine() -> Any:
    return connect(threads=1)


def write_xlsx(path: Path, table: pa.Table, title: str) -> int:
    """Write a table of text as the first sheet of a workbook, every cell text.

    Returns
    -------
    int
        Rows written.
    """
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    # without a fixed day the file would hold the moment of writing
    book.set_properties({"created": dt.datetime(2000, 1, 1), "comments": title})
    sheet = book.add_worksheet("Pathways")
    sheet.write_row(0, 0, table.column_names)
    columns = [column.to_pylist() for column in table.columns]
    for place, row in enumerate(zip(*columns, strict=True), start=1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(place, column, cell)
    book.close()
    return int(table.num_rows)
