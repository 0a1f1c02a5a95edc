"""The monthly combined CSV: both bases and every item in 30 columns."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.published.layout import (
    BREAST_REFERRAL,
    COMMISSIONER,
    CSV_COLUMNS,
    ENGLAND,
    FDS,
    ITEM_BANDS,
    MEASURES,
    NATIONAL,
    NOT_APPLICABLE,
    ORGANISATION,
    PROVIDER,
    ROUTES,
    STANDARDS,
    SUSPECTED_REFERRAL,
    one_spelling,
)
from workbench.published.period import month_in, month_of
from workbench.published.workbook import Reading

_LOOKS_OURS = {"Basis", "Org_Code", "Standard_or_Item"}
_ONE_CASE = {name.casefold(): name for name in CSV_COLUMNS}
_STATUS = re.compile(r"(?<![a-z])(provisional|final)(?![a-z])", re.IGNORECASE)
_ENGLAND_CODES = ("total", "eng", "england")


def read_combined_csv(path: Path) -> Reading:
    """Read one combined CSV, of one month or several.

    The England row's code ``Total`` becomes ``ENG``. A blank count stays missing.
    Its status is taken from the file's name, the only place that tells it; a name
    that does not is read as provisional, so that it never displaces a final file.

    Parameters
    ----------
    path : Path
        Any ``.csv``; one with other columns is left aside with a note.
    """
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError):
        fault = "cannot be read as CSV: empty, cut short, not UTF-8, or with uneven rows"
        return Reading(path, "csv", faults=[fault])
    raw = raw.rename(columns=lambda name: _ONE_CASE.get(name.strip().casefold(), name.strip()))
    if not _LOOKS_OURS & set(raw.columns):
        return Reading(path, "other", notes=["not the monthly combined CSV; left aside"])
    if faults := _heading_faults(raw):
        return Reading(path, "csv", faults=faults)
    texts = raw[list(CSV_COLUMNS)].rename(columns=CSV_COLUMNS)
    texts = texts.apply(lambda column: column.str.strip())
    counts, faults = _counts(texts)
    rows, more = _labelled(texts)
    status = _STATUS.search(path.stem)
    notes = [] if status else ["its name says neither provisional nor final; read as provisional"]
    return Reading(
        path,
        "csv",
        status[1].lower() if status else "provisional",
        rows=pd.concat([rows, counts], axis=1),
        faults=faults + _lost(rows["standard"], texts) + more + _month_faults(path, rows),
        notes=notes,
        synthetic="SYNTHETIC" in path.stem.upper(),
    )


def _heading_faults(raw: pd.DataFrame) -> list[str]:
    """Columns that are absent, or stand twice once their case is left out of account."""
    number = [(name, int((raw.columns == name).sum())) for name in CSV_COLUMNS]
    return [
        f"row 1: {'no column is' if found == 0 else f'{found} columns are'} headed '{name}'"
        for name, found in number
        if found != 1
    ]


def _lost(standard: pd.Series[str], texts: pd.DataFrame) -> list[str]:
    """Key figures that are blank. Other standards' bands are blank in every row, rightly."""
    needed = {
        "Total": standard.notna(),
        "Within": standard.isin(STANDARDS),
        "After": standard.isin(STANDARDS),
    }
    faults = []
    for name, asked in needed.items():
        lost = asked & (texts[CSV_COLUMNS[name]] == "")
        if lost.any():
            faults.append(f"{_rows(lost)}, column '{name}': blank, where a count is expected")
    return faults


def _counts(texts: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    columns, faults = {}, []
    for name, column in CSV_COLUMNS.items():
        if column not in MEASURES and column != "performance":
            continue
        text = texts[column].str.replace(",", "").str.rstrip("%")
        number = pd.to_numeric(text, errors="coerce")
        wrong = number.isna() & (text != "")  # such as #REF!
        if column != "performance":
            if wrong.any():
                faults.append(f"{_rows(wrong)}, column '{name}': a count is expected, not text")
            odd = number.notna() & ((number < 0) | (number * 2 % 1 != 0) | np.isinf(number))
            if odd.any():
                faults.append(
                    f"{_rows(odd)}, column '{name}': not a whole or half number from 0 up"
                )
        columns[column] = number.astype(float)
    return pd.DataFrame(columns), faults


def _labelled(texts: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    items = {item.casefold(): item for item in ITEM_BANDS}
    bases = {PROVIDER: PROVIDER, COMMISSIONER: COMMISSIONER}
    national = texts["organisation"].str.casefold().isin(_ENGLAND_CODES)
    months = {text: month_of(text) for text in texts["period"].unique()}
    rows = pd.DataFrame(
        {
            "month": texts["period"].map(months),
            "basis": texts["basis"].str.casefold().map(bases),
            "level": np.where(national, NATIONAL, ORGANISATION),
            "organisation": texts["organisation"].mask(national, ENGLAND),
            "organisation_name": texts["organisation_name"],
            "standard": texts["standard"].str.casefold().map(items),
            **{
                column: texts[column].map({t: one_spelling(t) for t in texts[column].unique()})
                for column in ("cancer_type", "route_or_stage", "modality")
            },
        }
    )
    referral = rows["standard"].isin([SUSPECTED_REFERRAL, BREAST_REFERRAL])
    rows["route_or_stage"] = rows["route_or_stage"].mask(referral, NOT_APPLICABLE)
    rows["modality"] = rows["modality"].mask(referral | (rows["standard"] == FDS), NOT_APPLICABLE)
    wanted = {
        "month": "a period is no date or month",
        "basis": "a basis is neither Provider nor Commissioner",
        "standard": "a standard or item is none of the five known",
        "organisation": "an organisation code is blank",
        "cancer_type": "a cancer type is blank",
        "route_or_stage": "a route or stage is blank",
        "modality": "a treatment modality is blank",
    }
    faults = []
    for column, what in wanted.items():
        wrong = rows[column].isna() | (rows[column] == "")
        if wrong.any():
            faults.append(f"{_rows(wrong)}: {what}")
    for standard, known in ROUTES.items():
        wrong = (rows["standard"] == standard) & ~rows["route_or_stage"].isin([*known, ""])
        if wrong.any():
            listed = ", ".join(f"'{label}'" for label in known)
            faults.append(
                f"{_rows(wrong)}, column 'Referral_Route_or_Stage': none of those known for "
                f"{standard} ({listed})"
            )
    if len(rows) == 0:
        faults.append("there is a heading row, but no row of figures under it")
    return rows.assign(sheet="combined CSV", row=np.arange(2, len(rows) + 2)), faults


def _month_faults(path: Path, rows: pd.DataFrame) -> list[str]:
    named, held = month_in(path.stem), rows["month"].dropna().unique().tolist()
    if named and held and named not in held:
        return ["the file's name gives a month that none of its rows is of"]
    return []


def _rows(where: pd.Series[bool]) -> str:
    found = [str(number + 2) for number in np.flatnonzero(where.to_numpy())]
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return f"row{'s' if len(found) > 1 else ''} {', '.join(found[:5])}{more}"
