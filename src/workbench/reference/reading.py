"""An official file as a frame of text under our column names, whatever kind of file it is."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import InputError
from workbench.files import read_table, reading
from workbench.reference.kinds import Kind
from workbench.reference.recognise import Recognised, by_position, recognised

HEADER_WITHIN = 20
"""Rows of a sheet looked at for the header line: titles and notes stand above it."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A file whose layout is known.

    Attributes
    ----------
    found : Recognised
    frame : DataFrame
        Every column of the file, as the file has them; numbers of a Parquet file stay
        numbers.
    """

    found: Recognised
    frame: pd.DataFrame


def opened(con: Any, path: Path, kind: Kind, others: Sequence[Kind]) -> Opened:
    """Read a file and recognise its layout.

    Parameters
    ----------
    con : ibis backend
        From `workbench.engine.connect`.
    path : Path
        CSV (UTF-8), Parquet or XLSX; of a workbook, the first sheet that has a header of
        the kind within its first `HEADER_WITHIN` rows.
    kind : Kind
        What the user says that it is.
    others : sequence of Kind
        What it may be instead, for the message.

    Raises
    ------
    InputError
        The file cannot be read, or has no layout of the kind.
    """
    headers: list[list[str]] = []
    for header, rows in _tables(con, path, kind):
        headers.append(header)
        found = recognised(kind, header)
        if found is not None:
            return Opened(found, rows(header))
    if path.suffix.lower() == ".csv":
        first, frame = _without_header(path, kind)
        if first is not None:
            return Opened(first, frame)
    raise _not_recognised(path, kind, others, headers)


def _tables(con: Any, path: Path, kind: Kind) -> Iterator[tuple[list[str], Any]]:
    if path.suffix.lower() == ".xlsx" and path.is_file():
        yield from _sheets(path)
        return
    headless = any(layout.positions for layout in kind.layouts)
    try:
        table = read_table(con, path, whole=False)
    except InputError:
        # A file without a header line has data where names should be, which no header can be.
        if headless and path.suffix.lower() == ".csv" and path.is_file() and path.stat().st_size:
            return
        raise

    def fetched(_: list[str]) -> pd.DataFrame:
        with reading(path):
            frame: pd.DataFrame = table.to_pyarrow().to_pandas()
            return frame

    yield list(table.columns), fetched


def _sheets(path: Path) -> Iterator[tuple[list[str], Any]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        grids = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except Exception:
        raise InputError(
            f"{path.name}: cannot be read as an XLSX workbook.",
            remedy="Download it again, or save it as CSV.",
        ) from None
    for grid in grids:
        for place, row in enumerate(grid[:HEADER_WITHIN]):
            header = [_written(cell) or "" for cell in row]

            def below(names: list[str], grid: Any = grid, place: int = place) -> pd.DataFrame:
                rows = [[_written(cell) for cell in row] for row in grid[place + 1 :]]
                frame = pd.DataFrame(rows, columns=range(len(names)), dtype="object")
                return frame.dropna(how="all").set_axis(names, axis=1)

            yield header, below


def _written(cell: Any) -> str | None:
    """A workbook's cell as text: whole numbers without a decimal point, days as ISO."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell).strip()


def _without_header(path: Path, kind: Kind) -> tuple[Recognised | None, pd.DataFrame]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        row = next(csv.reader(stream), [])
    found = by_position(kind, row)
    if found is None:
        return None, pd.DataFrame()
    try:
        frame = pd.read_csv(
            path, header=None, dtype="str", keep_default_na=False, encoding="utf-8-sig"
        )
    except ValueError:
        raise InputError(
            f"{path.name}: rows have more cells than the first.", remedy="Download it again."
        ) from None
    return found, frame


def _not_recognised(
    path: Path, kind: Kind, others: Sequence[Kind], headers: Sequence[Sequence[str]]
) -> InputError:
    instead = [
        other.name
        for other in others
        if other.name != kind.name and any(recognised(other, header) for header in headers)
    ]
    wanted = [
        f"{layout.name}: needs the headings "
        + ", ".join(f"'{spellings[0]}'" for spellings in layout.headings.values())
        for layout in kind.layouts
        if layout.headings
    ]
    return InputError(
        f"{path.name}: not recognised as {kind.name} ({kind.title}).",
        wanted,
        remedy=f"It looks like another kind: --as {instead[0]}."
        if instead
        else "Download the file from where it is published, and give it as it is.",
    )
