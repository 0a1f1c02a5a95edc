"""Synthetic workbooks in the layout of NHS England's, the same bytes each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from workbench.demo.counts import COMMISSIONERS, PROVIDERS, synthetic_counts, thinned
from workbench.published.layout import (
    ALL_CANCERS,
    ALL_ROUTES,
    ALL_STAGES,
    COMMISSIONER,
    DAY_31,
    DAY_62,
    FRONT_PAGE,
    PROVIDER,
    SHEETS,
    Sheet,
)
from workbench.published.period import months_between
from workbench.wording import in_words

MONTHS = tuple(months_between("2024-02", "2025-03"))
"""Fourteen months: enough for a control chart that is past its trial limits."""

NOT_REAL = "SYNTHETIC: made-up figures, not official statistics"

_PARTS = {
    DAY_31: (
        ("PART A: ALL STAGES", ALL_STAGES),
        ("PART B: FIRST TREATMENTS", "First Treatment"),
        ("PART C: SUBSEQUENT TREATMENTS", "Subsequent Treatment"),
    ),
    DAY_62: (
        ("PART A: ALL ROUTES", ALL_ROUTES),
        ("PART B: URGENT SUSPECTED CANCER", "Urgent Suspected Cancer"),
        ("PART C: BREAST SYMPTOMATIC", "Breast Symptomatic"),
        ("PART D: URGENT SCREENING", "Screening"),
        ("PART E: CONSULTANT UPGRADE", "Consultant Upgrade"),
    ),
}
"""Title of each part of a sheet, and the route or stage that it holds."""

_FOOTNOTES = {"ODS CODE": 1, "SUSPECTED CANCER OR BREAST SYMPTOMATIC": 2, "TREATMENT MODALITY": 4}

Lines = list[list[Any]]
"""Rows of cells, from column B on."""


def write_workbooks(folder: Path, seed: int = 1, months: Sequence[str] = MONTHS) -> Path:
    """Write a provider and a commissioner workbook for each month.

    The last month also has a provisional provider workbook, from before its last
    patients were reported.

    Parameters
    ----------
    folder : Path
        Made if need be; files of the same names are overwritten.
    seed : int, optional
        The same seed and months give the same bytes.
    months : sequence of str, optional
        ``YYYY-MM``, in order.

    Returns
    -------
    Path
        `folder`. Every file says SYNTHETIC in its name, on its front page and in
        the title of every sheet; organisations are invented.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = synthetic_counts(list(months), seed)
    early = thinned(counts[counts["month"] == months[-1]], seed)
    for basis in (PROVIDER, COMMISSIONER):
        _write_basis(folder, basis, "Final", counts)
    _write_basis(folder, PROVIDER, "Provisional", early)
    return folder


def _write_basis(folder: Path, basis: str, status: str, counts: pd.DataFrame) -> None:
    """Write one workbook for each month that there are counts of."""
    parts = {
        sheet.name: [_part(sheet, label, basis, counts) for _, label in _parts(sheet)]
        for sheet in SHEETS
    }
    for month in counts["month"].unique():
        name = f"{in_words(month)} CWT-CRS {basis} WORKBOOK {status} SYNTHETIC".upper()
        with xlsxwriter.Workbook(folder / f"{name.replace(' ', '-')}.xlsx") as book:
            book.set_properties(
                {"title": NOT_REAL, "created": dt.datetime(2000, 1, 1), "author": "workbench demo"}
            )
            _write_front_page(book.add_worksheet(FRONT_PAGE), month, basis, status)
            for sheet in SHEETS:
                lines = [part[month] for part in parts[sheet.name]]
                _write_sheet(book.add_worksheet(sheet.name), sheet, month, basis, lines)


def _parts(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    return _PARTS.get(sheet.standard, (("", ""),))


def _write_front_page(page: Any, month: str, basis: str, status: str) -> None:
    lines = {
        4: f"Status: {status} - {NOT_REAL}",
        6: f"Cancer Waiting Times statistics: {basis.capitalize()} Based",
        7: in_words(month),
        9: "Written by `workbench demo` in the layout of NHS England's workbooks.",
        10: "Organisations, codes and figures are invented.",
    }
    for row, text in lines.items():
        page.write_string(row, 0, text)


def _write_sheet(page: Any, sheet: Sheet, month: str, basis: str, parts: list[Lines]) -> None:
    page.write_string(0, 0, f"{NOT_REAL}. {sheet.name}")
    page.write_string(1, 0, f"{in_words(month)[:3]}-{month[2:4]}")
    page.write_string(2, 0, f"BASIS: {basis.upper()} BASED")
    row = 6
    for (title, _), lines in zip(_parts(sheet), parts, strict=True):
        page.write_string(row, 0, title)
        page.write_string(row + 1, 3 + len(sheet.labels), "NUMBER OF PEOPLE")
        page.write_row(row + 2, 1, _headings(sheet, basis))
        for line in lines:
            page.write_row(row + 3, 1, line)
            row += 1
        row += 4


def _headings(sheet: Sheet, basis: str) -> list[str]:
    """Headings as NHS England spells them: footnote marks, and a space where one stands twice."""
    names = [name for name, _ in sheet.headings(basis)]
    marked = [f"{name} ({_FOOTNOTES[name]})" if name in _FOOTNOTES else name for name in names]
    if not sheet.share:
        return marked
    split = names.index(sheet.share) + 1
    again = [f"{name} " if name in marked[:split] else name for name in marked[split:]]
    return [*marked[:split], " ", *again]


def _part(sheet: Sheet, label: str, basis: str, counts: pd.DataFrame) -> dict[str, Lines]:
    """One part of one sheet for every month: organisations by name, an empty row, England."""
    names = PROVIDERS if basis == PROVIDER else COMMISSIONERS
    by = [column for _, column in sheet.labels]
    summed = _summed(sheet, label, basis, counts)
    named = summed.assign(name=summed[basis].map(names)).sort_values(["name", *by])
    england = summed.drop(columns=basis).groupby(["month", *by]).sum().reset_index()
    england = england.assign(**{basis: "", "name": f"ALL ENGLISH {basis.upper()}S"})
    own, national = _lines(named, sheet, basis), _lines(england, sheet, basis)
    return {month: [*own[month], [], *national[month]] for month in own}


def _summed(sheet: Sheet, label: str, basis: str, counts: pd.DataFrame) -> pd.DataFrame:
    """Sum the drawn counts to organisations and to the sheet's breakdown."""
    rows = counts[counts["standard"] == sheet.standard]
    if label and label not in (ALL_ROUTES, ALL_STAGES):
        rows = rows[rows["route_or_stage"] == label]
    elif label or sheet.name.endswith("(ALL ROUTES)"):
        rows = rows.assign(route_or_stage=(label or ALL_ROUTES).upper())
    if sheet.name.endswith("(ALL CANCER)"):
        rows = rows.assign(cancer_type=ALL_CANCERS.upper())
    measures = [column for _, column in sheet.counts if column != "performance"]
    by = ["month", basis, *(column for _, column in sheet.labels)]
    return rows.groupby(by)[measures].sum().reset_index()


def _lines(rows: pd.DataFrame, sheet: Sheet, basis: str) -> dict[str, Lines]:
    columns = [basis, "name", *(column for _, column in (*sheet.labels, *sheet.counts))]
    if sheet.share:
        rows = rows.assign(performance=rows["within"] / rows["total"], space="")
        columns.insert(columns.index("performance") + 1, "space")
    cells = rows[columns].astype(object).to_numpy().tolist()
    lines: dict[str, Lines] = {month: [] for month in rows["month"].unique()}
    for month, line in zip(rows["month"], cells, strict=True):
        lines[month].append(line)
    return lines
