"""A review sheet as a file: written so that no spreadsheet runs it, read whatever one did to it."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import os
from pathlib import Path

import pandas as pd

from workbench.errors import InputError, UsageError
from workbench.files import written_whole
from workbench.landing import workbook_rows

PAIR_ID, DECISION, BY, ON = "pair_id", "decision", "decided_by", "decided_on"
FILLED_IN = (PAIR_ID, DECISION, BY, ON)
"""Columns that are read back; all others are for the reader of the sheet alone."""
CHOICES = ("same", "different", "unsure")
LINE = "line"
"""Where a row stands in the file, as a spreadsheet numbers it: the header is line 1."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_MADE_ON = dt.datetime(2000, 1, 1)  # a workbook's own date would make equal sheets differ
_AGAIN = "Save the sheet as CSV (UTF-8) or XLSX and take it again; keep its column names."


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula, led by an apostrophe."""
    out = frame.copy()
    for name in out.columns:
        if not pd.api.types.is_numeric_dtype(out[name]):
            text = out[name].astype("str").fillna("")
            out[name] = text.mask(text.str.startswith(_FORMULA), "'" + text)
    return out


def write_sheet(sheet: pd.DataFrame, path: Path) -> None:
    """Write a sheet as CSV or XLSX, whole or not at all, for its owner alone.

    Parameters
    ----------
    sheet : DataFrame
    path : Path
        Ends in ``.csv`` or ``.xlsx``, and does not exist: it may hold a person's work.

    Raises
    ------
    UsageError
        The path has another ending, exists or cannot be written to.
    """
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise UsageError(
            f"{path.name}: a sheet cannot be written to this kind of file.",
            remedy="Give an --out that ends in .csv or .xlsx.",
        )
    if path.exists():
        raise UsageError(
            f"{path} exists; decisions in it would be lost.",
            remedy=f"workbench review take {path}   and then delete it, or give another --out.",
        )
    content = _as_csv(harmless(sheet)) if kind == ".csv" else _as_workbook(harmless(sheet))
    with written_whole(path) as draft:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)


def _as_csv(sheet: pd.DataFrame) -> bytes:
    # The mark at the start tells spreadsheets that it is UTF-8.
    return codecs.BOM_UTF8 + sheet.to_csv(index=False, lineterminator="\r\n").encode("utf-8")


def _as_workbook(sheet: pd.DataFrame) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    # in memory: it would else write its parts in plain to the folder of temporary files
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _MADE_ON})
    page = book.add_worksheet("review")
    page.freeze_panes(1, 1)
    as_text = book.add_format({"num_format": "@"})
    for place, name in enumerate(sheet.columns):
        page.write_string(0, place, name)
        page.set_column(place, place, 14 if name in FILLED_IN[1:] else 22, as_text)
        for row, cell in enumerate(sheet[name], 1):
            if isinstance(cell, str):
                page.write_string(row, place, cell, as_text)
            else:
                page.write_number(row, place, float(cell))
    if DECISION in sheet and len(sheet):
        place = list(sheet.columns).index(DECISION)
        choices = {"validate": "list", "source": list(CHOICES)}
        page.data_validation(1, place, len(sheet), place, choices)
    book.close()
    return stream.getvalue()


def read_sheet(path: Path) -> pd.DataFrame:
    """Read a sheet that a person has filled in.

    A byte order mark, semicolons or tabs, Windows-1252, blank rows and columns, rows in
    another order and columns that were added or left out do no harm.

    Returns
    -------
    DataFrame
        `LINE` and `FILLED_IN`, as text, blank where empty; rows of nothing are left out.

    Raises
    ------
    InputError
        The file is absent, no CSV or XLSX, or lacks one of `FILLED_IN`.
    """
    if not path.is_file():
        raise InputError(f"{path.name}: no such file.", remedy=f"Check the path {path}.")
    if path.suffix.lower() == ".xlsx":
        with path.open("rb") as stream:
            header, rows = workbook_rows(stream, path.name, lambda name: name in FILLED_IN)
        cells = [[cell or "" for cell in row] for row in rows]
        return _as_frame([list(header), *cells], 1, path.name)
    if path.suffix.lower() not in {".csv", ".txt", ".tsv"}:
        raise UsageError(f"{path.name}: is neither CSV nor XLSX.", remedy=_AGAIN)
    text = _decoded(path.read_bytes(), path.name)
    first, _, rest = text.partition("\n")
    skipped = first.strip().lower().startswith("sep=")
    text, first = (rest, rest.partition("\n")[0]) if skipped else (text, first)
    delimiter = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise InputError(f"{path.name}: a quoted cell does not end.", remedy=_AGAIN) from None
    return _as_frame(lines, 2 if skipped else 1, path.name)


def as_sheet(frame: pd.DataFrame) -> pd.DataFrame:
    """A sheet that was filled in as a frame in a notebook, as `read_sheet` gives one."""
    text = frame.astype("str").fillna("")
    text = text.replace({"None": "", "nan": "", "NaT": "", "<NA>": ""})
    rows = [list(text.columns), *text.to_numpy().tolist()]
    return _as_frame(rows, 1, "the sheet")


def _decoded(content: bytes, name: str) -> str:
    if b"\x00" in content[:4] or content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{name}: cannot be read as text.", remedy=_AGAIN)


def _as_frame(rows: list[list[str]], first: int, name: str) -> pd.DataFrame:
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    faults = [f"column '{one}' is missing" for one in FILLED_IN if one not in header]
    faults += [f"column '{one}' stands twice" for one in FILLED_IN if header.count(one) > 1]
    if faults:
        raise InputError(f"{name}: is no review sheet.", faults, remedy=_AGAIN)
    places = [header.index(one) for one in FILLED_IN]
    told = [
        [line, *(row[place].strip() if place < len(row) else "" for place in places)]
        for line, row in enumerate(rows[1:], first + 1)
        if any(cell.strip() for cell in row)
    ]
    frame = pd.DataFrame(told, columns=[LINE, *FILLED_IN])
    return frame.astype(dict.fromkeys(FILLED_IN, "str"))
