"""Files whole or not at all: digests, atomic writing, tables in and out.

CSV is UTF-8 with a header; every cell is read as text and a blank is missing,
so that ``01`` stays ``01`` and a wrong date is seen before it is parsed.
Nothing is half-written: a file is made beside its place and moved there once.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from workbench.errors import InputError, UsageError, WorkbenchError
from workbench.landing import MAX_LINE_BYTES, csv_header, sheet_rows, too_long


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to, moved onto `path` only if the block succeeds.

    Yields
    ------
    Path
        A file name in the same folder and with the same ending, not yet existing.

    Raises
    ------
    UsageError
        Nothing can be written there: it is a folder, or its folder cannot be made or
        written to.
    """
    if path.is_dir():
        raise UsageError(
            f"{path} cannot be written: it is a folder.", remedy="Give the path of a file."
        )
    with _or_unwritable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-")
    with made as folder:
        draft = Path(folder) / path.name
        yield draft
        with _or_unwritable(path):
            draft.replace(path)


@contextmanager
def _or_unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = (error.strerror or "the system refuses it").lower()
        raise UsageError(
            f"{path} cannot be written: {why}.",
            remedy="Give a path whose folder exists or can be made, and that you may write to.",
        ) from None


def read_table(
    con: Any,
    path: Path,
    *,
    whole: bool = True,
    used: Callable[[str], bool] | None = None,
) -> ir.Table:
    """Open a CSV, Parquet or XLSX file as a table expression on a DuckDB connection.

    Parameters
    ----------
    con : ibis backend
        From `workbench.engine.connect`.
    path : Path
        ``.csv``: every column as text, blanks missing. ``.xlsx``: the first sheet that
        holds anything, likewise. ``.parquet``: as stored.
    whole : bool, optional
        Read a CSV through at once, so that a fault in its last line is told here; it
        costs about a fifth of a second per million rows. Leave it out only where the
        caller reads the whole table itself, inside `reading`.
    used : callable, optional
        Whether the caller uses a column of this name. Columns of CSV and XLSX that it
        does not may then be nameless or share a name; by default all are used.

    Raises
    ------
    InputError
        The file is absent, empty, not UTF-8, not of its kind, or has a row with
        more or fewer cells than the header. The message holds no value of the file.
    """
    if path.is_dir():
        raise InputError(
            f"{path.name or path}: is a folder, not a file.",
            remedy=f"Name one file in the folder '{path}'.",
        )
    if not path.is_file():
        raise InputError(f"{path.name}: no such file.", remedy=f"Check the path {path}.")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name}: the file is empty.", remedy="Ask for it to be sent again.")
    kind = path.suffix.lower()
    if kind == ".xlsx":
        return _from_sheet(con, path, used)
    if kind not in {".csv", ".parquet"}:
        raise UsageError(
            f"{path.name}: '{kind}' is not a kind of table that can be read.",
            remedy="Give a file that ends in .csv, .parquet or .xlsx.",
        )
    with reading(path):
        if kind == ".parquet":
            return con.read_parquet(path)
        table = con.read_csv(
            path,
            header=True,
            auto_detect=False,
            columns=dict.fromkeys(csv_header(path, used), "VARCHAR"),
            delim=",",
            quote='"',
            escape='"',
            nullstr="",
            encoding="utf-8",
            max_line_size=MAX_LINE_BYTES,
            strict_mode=True,
            null_padding=False,
        )
        if whole:
            table.count().to_pyarrow()
        return table


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever an engine raises while it reads `path` into an `InputError`.

    Engines read lazily, so a damaged file may show only when a query runs; their
    messages quote the line, which may hold a patient's details.
    """
    try:
        yield
    except WorkbenchError:
        raise
    except Exception as error:
        raise unreadable(path, error) from None


def unreadable(path: Path, error: Exception) -> InputError:
    """Turn a reader's failure into an error that holds no value from the file.

    The engine's own messages quote the offending line, which may hold a
    patient's details: only the numbers of line and cells are taken from them.
    """
    said = str(error)
    line = re.search(r"CSV Error on Line: (\d{1,12})\b", said)
    where = f"line {line.group(1)}" if line else "a line"
    cells = re.findall(r"Expected Number of Columns: (\d{1,5}) Found: (\d{1,5})\b", said)
    if "Maximum line size" in said:
        return too_long(path, line.group(1) if line else "")
    if cells:
        what = f"{where} has {cells[-1][1]} cells where the header has {cells[-1][0]}."
        remedy = "The file may be truncated, or a cell with a comma in it not quoted."
    elif "unterminated quote" in said:
        what = f"{where} has a quoted cell that does not end."
        remedy = 'The file may be truncated, or a quote inside a cell not doubled ("").'
    elif "state machine reached an invalid state" in said:
        what = "lines end in more than one way (CR LF and LF mixed)."
        remedy = "Files may have been pasted together."
    else:
        what = f"cannot be read as {path.suffix.lower().lstrip('.').upper()}."
        remedy = "The file may be truncated, damaged or of another kind."
    return InputError(f"{path.name}: {what}", remedy=f"{remedy} Export it again.")


def _from_sheet(con: Any, path: Path, used: Callable[[str], bool] | None) -> ir.Table:
    import ibis
    import pyarrow as pa

    header, rows = sheet_rows(path, used)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(header)
    arrays = [pa.array(column, pa.string()) for column in columns]
    # A name of its own, so that two sheets on one connection do not overwrite each other.
    name = ibis.util.gen_name("sheet")
    return con.create_table(name, pa.table(arrays, names=header), temp=True)


def write_table(table: ir.Table, path: Path) -> None:
    """Write a table expression to CSV or Parquet, by the path's ending, whole or not at all."""
    kind = path.suffix.lower()
    if kind not in {".csv", ".parquet"}:
        raise UsageError(
            f"{path.name}: '{kind}' is not a kind of table that can be written.",
            remedy="Give an output that ends in .csv or .parquet.",
        )
    with written_whole(path) as draft:
        if kind == ".parquet":
            table.to_parquet(draft)
        else:
            table.to_csv(draft)
