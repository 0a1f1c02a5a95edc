"""Synthetic workbooks damaged on purpose, and a combined CSV with the same figures."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from workbench.published import Publication
from workbench.published.layout import CSV_COLUMNS, ENGLAND, NOT_APPLICABLE

MONTHS = ["2024-12", "2025-01", "2025-02"]
PROVIDER_FILE = "FEBRUARY-2025-CWT-CRS-PROVIDER-WORKBOOK-FINAL-SYNTHETIC.xlsx"
PROVISIONAL_FILE = "FEBRUARY-2025-CWT-CRS-PROVIDER-WORKBOOK-PROVISIONAL-SYNTHETIC.xlsx"


def rewrite(path: Path, change: Callable[[str, str], str]) -> None:
    """Pass every part of a workbook through `change(name, text)`."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:  # not compressed: that took most of the time
        for name, content in parts.items():
            text = content.decode("utf-8")
            new.writestr(name, change(name, text))


def set_cell(path: Path, sheet: int, cell: str, value: str | float | None) -> None:
    """Overwrite one cell of the sheet at a place, counted from 1.

    None makes it blank, and text that begins with ``#`` the error of a formula.
    """
    new = {
        str: f'<c r="{cell}" t="inlineStr"><is><t>{value}</t></is></c>',
        type(None): "",
    }.get(type(value), f'<c r="{cell}"><v>{value}</v></c>')
    if isinstance(value, str) and value.startswith("#"):
        new = f'<c r="{cell}" t="e"><v>{value}</v></c>'
    done = []

    def change(name: str, text: str) -> str:
        if name != f"xl/worksheets/sheet{sheet}.xml":
            return text
        text, count = re.subn(rf'<c r="{cell}"[^>]*>.*?</c>', new, text)
        done.append(count)
        return text

    rewrite(path, change)
    assert done == [1]


def combined_csv(publication: Publication, path: Path, month: str, period: str = "") -> Path:
    """Write one month's figures as NHS England's monthly combined CSV."""
    rows = publication.rows[publication.rows["month"] == month].copy()
    texts = ["organisation", "basis", "route_or_stage", "cancer_type", "modality"]
    rows[texts] = rows[texts].astype("str")
    rows["organisation"] = rows["organisation"].replace(ENGLAND, "Total")
    rows["basis"] = rows["basis"].str.capitalize()
    rows["modality"] = rows["modality"].replace(NOT_APPLICABLE, "")
    rows["route_or_stage"] = rows["route_or_stage"].str.upper()
    rows = rows.assign(period=period or f"{month}-01", parent_organisation="EXAMPLE REGION")
    names = {ours: theirs for theirs, ours in CSV_COLUMNS.items()}
    rows[list(names)].rename(columns=names).to_csv(path, index=False)
    return path


def same_figures(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_dtype=False)
