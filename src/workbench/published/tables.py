"""One sheet of a workbook: from its rows of cells to a table of ours, or its faults.

A sheet holds one or more parts (all routes, then each route), each with its own
heading row; organisation rows, a blank row, and the England row follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter

import numpy as np
import pandas as pd

from workbench.published.layout import (
    BANDS,
    COUNTS,
    ENGLAND,
    NATIONAL,
    ORGANISATION,
    Sheet,
    one_spelling,
)

Row = Sequence[object]

_NATIONAL_NAME = re.compile(r"all english (providers|commissioners)|england|total", re.IGNORECASE)
_NATIONAL_CODES = {"", ENGLAND, "TOTAL"}
_FOOTNOTE = re.compile(r"\s*\(\d+\)\s*$")


def read_sheet(rows: Sequence[Row], sheet: Sheet, basis: str) -> tuple[pd.DataFrame, list[str]]:
    """Turn a sheet's cells into rows of figures.

    Parameters
    ----------
    rows : sequence of rows of cells
        From the sheet's first row on, so that positions are row numbers.
    sheet : Sheet
        What it should hold.
    basis : {"provider", "commissioner"}

    Returns
    -------
    DataFrame, list of str
        One row per published row: organisation and labels as text, counts as
        floats with a blank cell as NaN; and every fault with row and column.
    """
    headings = sheet.headings(basis)
    starts = [number for number, row in enumerate(rows) if _is_heading(row, headings)]
    if not starts:
        return pd.DataFrame(), ["no row holds the column headings of this table"]
    places, faults = _places(rows[starts[0]], headings, starts[0] + 1)
    for start in starts[1:]:
        again, more = _places(rows[start], headings, start + 1)
        faults += more
        if not faults and again != places:
            faults.append(
                f"row {start + 1}: columns stand in another order than in row {starts[0] + 1}"
            )
    if faults:
        return pd.DataFrame(), faults
    return _body(rows, sheet, headings, places, starts)


def _heading(cell: object) -> str:
    return _FOOTNOTE.sub("", " ".join(str(cell).upper().split()))


def _is_heading(row: Row, headings: list[tuple[str, str]]) -> bool:
    if any(isinstance(cell, float) for cell in row[-3:]):  # nearly every row: spares the rest
        return False
    found = {_heading(cell) for cell in row if isinstance(cell, str)}
    return len(found & {name for name, _ in headings}) > len(headings) // 2


def _places(row: Row, headings: list[tuple[str, str]], number: int) -> tuple[list[int], list[str]]:
    """Column positions of the headings; a heading that stands twice is taken in turn."""
    free: dict[str, list[int]] = {}
    for place, cell in enumerate(row):
        free.setdefault(_heading(cell), []).append(place)
    places, faults = [], []
    for name, _ in headings:
        if free.get(name):
            places.append(free[name].pop(0))
        else:
            faults.append(f"row {number}: no column is headed '{name}'")
    return places, faults


def _body(
    rows: Sequence[Row],
    sheet: Sheet,
    headings: list[tuple[str, str]],
    places: list[int],
    starts: list[int],
) -> tuple[pd.DataFrame, list[str]]:
    texts = 2 + len(sheet.labels)
    pick, heading_rows = itemgetter(*places), set(starts)
    kept, numbers, faults = [], [], []
    for number, row in enumerate(rows[starts[0] + 1 :], start=starts[0] + 2):
        cells = pick(row)
        if number - 1 in heading_rows or _is_furniture(cells, texts):
            continue
        kept.append(cells)
        numbers.append(number)
    if not kept:
        return pd.DataFrame(), ["there are headings, but no row of figures under them"]
    columns = list(zip(*kept, strict=True))
    frame: dict[str, object] = {}
    for (name, column), place, values in zip(headings, places, columns, strict=True):
        label = f"column {column_letter(place)} ('{name}')"
        if column in ("organisation", "organisation_name", *dict(sheet.labels).values()):
            frame[column] = [str(value).strip() for value in values]
        else:
            frame[column], found = as_counts(values, numbers, label, halves=column != "performance")
            faults += found
    table = pd.DataFrame(frame).assign(row=numbers)
    labelled = _labelled(table, sheet)
    faults += _text_faults(table, sheet) + _share_faults(table)
    return labelled, faults + _label_faults(labelled, sheet)


def _is_furniture(cells: Sequence[object], texts: int) -> bool:
    """A blank row, a part's title, a note or a heading above headings: no figures, no labels."""
    if isinstance(cells[-1], float):
        return False
    counted = any(isinstance(cell, float | int) for cell in cells[texts:])
    return not counted and not any(str(cell).strip() for cell in cells[1:texts])


def column_letter(place: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def as_counts(
    values: Sequence[object], numbers: Sequence[int], label: str, *, halves: bool = True
) -> tuple[np.ndarray, list[str]]:
    """Turn cells into counts; a blank one is a fault, never nought.

    NHS England publishes a number in every cell of a count. The reader of cells gives
    an error such as ``#REF!`` as a blank, so that either is a cell that lost its count.

    Parameters
    ----------
    values, numbers : sequence
        Cells, and the row number of each for messages.
    label : str
        How messages name the column.
    halves : bool, optional
        Whether whole and half numbers alone are counts; patients shared by two
        Trusts are counted as halves. Else any number from 0 up, or blank.

    Returns
    -------
    ndarray of float, list of str
    """
    if set(map(type, values)) <= {float, int}:
        counts = np.asarray(values, dtype=float)
        wrong = lost = np.zeros(len(counts), dtype=bool)
    else:
        plain = [isinstance(v, float | int) and not isinstance(v, bool) for v in values]
        blank = [(isinstance(v, str) and not v.strip()) or v is None for v in values]
        counts = np.array([float(v) if p else np.nan for v, p in zip(values, plain, strict=True)])  # type: ignore[arg-type]
        lost = np.array(blank)
        wrong = ~(np.array(plain) | lost)
        if not halves:  # a share of nothing is shown as a dash
            wrong[:] = lost[:] = False
    faults = []
    if lost.any():
        faults.append(f"{label}: {_rows(numbers, lost)}: blank, or an error such as #REF!")
    if wrong.any():
        faults.append(f"{label}: {_rows(numbers, wrong)}: a count is expected, not text")
    odd = np.isinf(counts) | (counts < 0)
    if halves:
        with np.errstate(invalid="ignore"):
            odd |= ~np.isnan(counts) & (np.mod(counts * 2, 1) != 0)
    if odd.any():
        faults.append(f"{label}: {_rows(numbers, odd)}: not a whole or half number from 0 up")
    return counts, faults


def _rows(numbers: Sequence[int], where: np.ndarray) -> str:
    found = [str(number) for number, hit in zip(numbers, where, strict=True) if hit]
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"row{'s' if len(found) > 1 else ''} {', '.join(found[:5])}{more}"


def _labelled(table: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    national = table["organisation"].str.upper().isin(_NATIONAL_CODES) & table[
        "organisation_name"
    ].str.fullmatch(_NATIONAL_NAME)
    labels = {
        column: table[column].map({text: one_spelling(text) for text in table[column].unique()})
        for _, column in sheet.labels
    }
    missing = {name: np.nan for name in (*COUNTS, "performance", *BANDS) if name not in table}
    return table.assign(
        standard=sheet.standard,
        sheet=sheet.name,
        level=np.where(national, NATIONAL, ORGANISATION),
        organisation=table["organisation"].mask(national, ENGLAND),
        **labels,
        **dict(sheet.fixed),
        **missing,
    )


def _share_faults(table: pd.DataFrame) -> list[str]:
    """Rows of patients whose published percentage is gone."""
    if "performance" not in table:
        return []
    lost = (table["performance"].isna() & (table["total"] > 0)).to_numpy()
    if not lost.any():
        return []
    return [f"{_rows(table['row'].tolist(), lost)}: patients, but no published percentage"]


def _label_faults(table: pd.DataFrame, sheet: Sheet) -> list[str]:
    """Labels that are none of those known. A label is not repeated: it may be data gone astray."""
    faults = []
    for name, column in sheet.labels:
        known = sheet.known(column)
        wrong = ~table[column].isin([*known, ""])  # a blank one has its own fault
        if known and wrong.any():
            listed = ", ".join(f"'{label}'" for label in known)
            faults.append(
                f"{_rows(table['row'].tolist(), wrong.to_numpy())}: the {name.lower()} is not "
                f"one of those known ({listed})"
            )
    return faults


def _text_faults(table: pd.DataFrame, sheet: Sheet) -> list[str]:
    """Rows that name no organisation or have no label: counts that belong to nothing."""
    faults = []
    nameless = (table["organisation"] == "") & ~table["organisation_name"].str.fullmatch(
        _NATIONAL_NAME
    )
    for wrong, what in (
        (nameless, "figures with no ODS code"),
        *((table[column] == "", f"no {name.lower()}") for name, column in sheet.labels),
    ):
        if wrong.any():
            faults.append(f"{_rows(table['row'].tolist(), wrong.to_numpy())}: {what}")
    return faults
