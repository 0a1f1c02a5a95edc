"""A CSV or XLSX file's content as a table of text, row by row as the sender wrote it.

Nothing is written anywhere: a file that held patients' details would be left behind
by a crash.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from workbench.errors import InputError
from workbench.intake.decoding import is_workbook, text_of

MAX_ROW_BYTES = 1_000_000
"""A longer row is no row of an extract: its largest item has 255 characters."""

RAGGED_SHARE = 0.1
"""With more rows than this of a wrong number of cells, the columns of none can be trusted."""

_BLOCK_BYTES = 1 << 24
_AGAIN = "Export it again with one header line and every cell with a comma in it quoted."


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells of a file before anything is made of them.

    Attributes
    ----------
    header : tuple of str
        Names of the columns, trimmed.
    column : callable
        Gives the cells of some columns, by position: a table of text, all rows alike.
    """

    header: tuple[str, ...]
    encoding: str
    column: Callable[[Sequence[int]], Cells]


@dataclass(frozen=True, eq=False)
class Cells:
    """Some columns of a file.

    Attributes
    ----------
    columns : dict of int to pyarrow.ChunkedArray
        By position.
    numbers : int array
        Number of each row; 1 is the first data row.
    ragged : int array
        Numbers of the rows that are left out: they have more or fewer cells than the header.
    """

    columns: dict[int, pa.ChunkedArray]
    numbers: Any
    ragged: Any


def grid_of(content: bytes, name: str, delimiters: Sequence[str]) -> Grid:
    """Open a file's content.

    Parameters
    ----------
    content : bytes
        Decrypted.
    name : str
        What an error calls the file.
    delimiters : sequence of str
        Those in use; the one that gives the most columns is taken.

    Raises
    ------
    InputError
        It is no CSV or XLSX, or its header cannot be used. The message holds no cell.
    """
    if is_workbook(content):
        return _from_workbook(content, name)
    text, encoding = text_of(content, name)
    first = text[:MAX_ROW_BYTES].lstrip(b"\r\n")
    delimiter = max(delimiters, key=lambda sign: len(_first_row(first, sign, name)))
    header = tuple(cell.strip() for cell in _first_row(first, delimiter, name))
    _refuse_unusable(header, name)

    def column(places: Sequence[int]) -> Cells:
        return _cells_of_text(text, name, len(header), places, delimiter)

    return Grid(header, encoding, column)


def _first_row(text: bytes, delimiter: str, name: str) -> list[str]:
    stream = io.StringIO(text.decode("utf-8", errors="ignore"), newline="")
    try:
        return next(csv.reader(stream, delimiter=delimiter), [])
    except csv.Error:
        raise InputError(f"{name}: the header line cannot be read.", remedy=_AGAIN) from None


def _cells_of_text(
    text: bytes, name: str, width: int, places: Sequence[int], delimiter: str
) -> Cells:
    ragged: list[int] = []

    def note(row: Any) -> str:
        ragged.append(-1 if row.number is None else row.number - 1)
        return "skip"

    names = [str(place) for place in range(width)]
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(text),
            # one thread, because only then do rows that are skipped have a number
            pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=_BLOCK_BYTES),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=[str(place) for place in places],
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except Exception:
        raise InputError(f"{name}: cannot be read as CSV.", remedy=_AGAIN) from None
    # the header is the first row
    count = table.num_rows - 1 + len(ragged)
    _refuse_ragged(ragged, count, name)
    numbers = np.setdiff1d(np.arange(1, count + 1), np.array(ragged, dtype=np.int64))
    columns = {place: table.column(str(place)).slice(1) for place in places}
    return Cells(columns, numbers, np.array(ragged, dtype=np.int64))


def _refuse_ragged(ragged: Sequence[int], count: int, name: str) -> None:
    if ragged and count in ragged:
        raise InputError(
            f"{name}: the last row has more or fewer cells than the header.",
            remedy="The file may be cut short. Send it again.",
        )
    if 0 in ragged or len(ragged) > RAGGED_SHARE * count:
        raise InputError(
            f"{name}: {len(ragged)} of {count} rows have more or fewer cells than the header.",
            remedy=_AGAIN,
        )


def _from_workbook(content: bytes, name: str) -> Grid:
    from workbench.landing import workbook_rows

    try:
        header, rows = workbook_rows(io.BytesIO(content), name)
    except BaseException as error:
        # A damaged workbook can make the reader panic, which is no ordinary exception.
        if type(error).__name__ != "PanicException":
            raise
        raise InputError(f"{name}: cannot be read as an XLSX workbook.", remedy=_AGAIN) from None
    while rows and not any(rows[-1]):
        rows.pop()
    _refuse_unusable(header, name)

    def column(places: Sequence[int]) -> Cells:
        columns = {
            place: pa.chunked_array([pa.array([row[place] for row in rows], pa.string())])
            for place in places
        }
        none = np.empty(0, dtype=np.int64)
        return Cells(columns, np.arange(1, len(rows) + 1), none)

    return Grid(tuple(header), "xlsx", column)


def _refuse_unusable(header: Iterable[str], name: str) -> None:
    names = list(header)
    faults = [f"column {place} has no name" for place, one in enumerate(names, 1) if not one]
    times = Counter(one.casefold() for one in names if one)
    for repeated in sorted(one for one, count in times.items() if count > 1):
        places = [str(i) for i, one in enumerate(names, 1) if one.casefold() == repeated]
        faults.append(f"columns {', '.join(places)} have the same name")
    if faults or not names:
        raise InputError(
            f"{name}: the header line cannot be used.",
            faults or ["it is empty"],
            remedy="Give every column one name of its own in the first line.",
        )
