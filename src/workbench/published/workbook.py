"""One monthly workbook: what it says it is, and its ten tables.

Read with calamine, which goes by the cells themselves: most of NHS England's
workbooks carry a wrong sheet dimension, with which streaming readers see one row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineWorkbook

from workbench.published.layout import COMMISSIONER, FRONT_PAGE, PROVIDER, SHEETS
from workbench.published.period import month_in, month_of
from workbench.published.tables import Row, read_sheet
from workbench.wording import in_words

_NAMED_LIKE_OURS = re.compile(r"CWT.*(PROVIDER|COMMISSIONER)", re.IGNORECASE)
_STATUS = re.compile(r"(?<![a-z])(provisional|final)(?![a-z])", re.IGNORECASE)
_BASIS = re.compile(rf"({PROVIDER}|{COMMISSIONER})", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What came out of one file.

    Attributes
    ----------
    path : Path
    kind : {"workbook", "csv", "other"}
    status : {"provisional", "final", ""}
    rows : DataFrame
        Rows of figures with month and basis; empty if there are faults.
    faults : list of str
        Each with sheet, row and column, without the file's name.
    notes : list of str
        What a reader should know although nothing is wrong.
    synthetic : bool
        The file says that its figures are made up.
    """

    path: Path
    kind: str
    status: str = ""
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    synthetic: bool = False


@dataclass(frozen=True)
class _Claims:
    """What a file says of itself in one place."""

    place: str
    month: str | None
    basis: str | None
    status: str | None


def read_workbook(path: Path) -> Reading:
    """Read every table of one workbook.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` file; one that is no Cancer Waiting Times workbook is left
        aside with a note.

    Returns
    -------
    Reading
        With all faults found, not only the first.
    """
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {name: _cells(book, name) for name in _wanted(book, path)}
    except Exception:  # calamine raises many kinds, and panics are exceptions too
        fault = "cannot be opened as a workbook: empty, cut short, or of another kind"
        return Reading(path, "workbook", faults=[fault])
    if not sheets:
        return Reading(path, "other", notes=["not a Cancer Waiting Times workbook; left aside"])
    missing = [s.name for s in SHEETS if s.name not in sheets]
    faults = [f"sheet '{name}' is missing" for name in missing]
    claims = [_from_name(path), _from_front_page(sheets.get(FRONT_PAGE, []))]
    claims += [_from_sheet(name, rows) for name, rows in sheets.items() if name != FRONT_PAGE]
    month, basis, status, disagreements = _agreed(claims)
    faults += disagreements
    rows, more = _tables(sheets, basis or PROVIDER)
    return Reading(
        path,
        "workbook",
        status or "",
        rows=rows.assign(month=month, basis=basis),
        faults=faults + more,
        synthetic=any(_says_synthetic(cells) for cells in sheets.values()),
    )


def _wanted(book: Any, path: Path) -> list[str]:
    """Sheets of ours, or none where the workbook is none of ours."""
    known = {sheet.name for sheet in SHEETS}
    found = [name for name in book.sheet_names if name in known or name == FRONT_PAGE]
    if known & set(found) or _NAMED_LIKE_OURS.search(path.name):
        return found or [book.sheet_names[0]]
    return []


def _cells(book: Any, name: str) -> list[Row]:
    cells: list[Row] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return cells


def _tables(sheets: dict[str, list[Row]], basis: str) -> tuple[pd.DataFrame, list[str]]:
    frames, faults = [], []
    for sheet in SHEETS:
        if sheet.name in sheets:
            frame, found = read_sheet(sheets[sheet.name], sheet, basis)
            frames.append(frame)
            faults += [f"sheet '{sheet.name}', {fault}" for fault in found]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(), faults


def _from_name(path: Path) -> _Claims:
    status, basis = _STATUS.search(path.stem), _BASIS.search(path.stem)
    return _Claims("the file's name", month_in(path.stem), _lower(basis), _lower(status))


def _from_front_page(rows: list[Row]) -> _Claims:
    texts = [str(row[0]) for row in rows[:14] if row]
    month = next((m for text in texts if len(text) < 20 and (m := month_of(text))), None)
    status = next((_STATUS.search(t) for t in texts if t.lower().startswith("status")), None)
    basis = next((_BASIS.search(t) for t in texts if "based" in t.lower() and len(t) < 80), None)
    return _Claims(f"sheet '{FRONT_PAGE}'", month, _lower(basis), _lower(status))


def _from_sheet(name: str, rows: list[Row]) -> _Claims:
    cells = [row[0] for row in rows[:6] if row]
    month = next((m for cell in cells[1:] if (m := month_of(cell))), None)
    text = next((str(cell) for cell in cells if str(cell).upper().startswith("BASIS")), "")
    return _Claims(f"sheet '{name}'", month, _lower(_BASIS.search(text)), None)


def _lower(found: re.Match[str] | None) -> str | None:
    return found[1].lower() if found else None


def _agreed(claims: list[_Claims]) -> tuple[str | None, str | None, str | None, list[str]]:
    """Month, basis and status that all places give, and a fault for each one that differs."""
    faults, agreed = [], {}
    for what in ("month", "basis", "status"):
        said = [(c.place, getattr(c, what)) for c in claims if getattr(c, what)]
        agreed[what] = said[0][1] if said else None
        for place, value in said[1:]:
            if value != said[0][1]:
                shown = [in_words(v) if what == "month" else v for v in (said[0][1], value)]
                faults.append(f"{said[0][0]} says {shown[0]}, but {place} says {shown[1]}")
        if not said:
            faults.append(f"no sheet and no file name tells its {what}")
    silent = [c.place for c in claims[2:] if c.month is None]
    faults += [f"{place}, rows 1 to 6: no month is given" for place in silent]
    return agreed["month"], agreed["basis"], agreed["status"], faults


def _says_synthetic(rows: list[Row]) -> bool:
    return any("SYNTHETIC" in str(row[0]).upper() for row in rows[:6] if row)
