"""Read a folder of NHS England's published Cancer Waiting Times."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.published.combined_csv import read_combined_csv
from workbench.published.layout import ALL_CANCERS, KEY, MEASURES, STANDARDS
from workbench.published.period import months_between
from workbench.published.publication import Publication
from workbench.published.summaries import headline_rows
from workbench.published.vintage import rival_versions, vintages
from workbench.published.workbook import Reading, read_workbook
from workbench.wording import in_words

_READERS = {".xlsx": read_workbook, ".csv": read_combined_csv}
_CATEGORIES = (
    *("month", "basis", "level", "organisation", "organisation_name", "standard"),
    *("cancer_type", "route_or_stage", "modality", "sheet", "file"),
)
_COLUMNS = (*_CATEGORIES, "row", *MEASURES, "performance")

_REMEDY = (
    "Download the files again from NHS England's Cancer Waiting Times page, or move those "
    "that do not belong out of the folder."
)


def read(folder: Path | str) -> Publication:
    """Read every provider and commissioner workbook and combined CSV in a folder.

    Parameters
    ----------
    folder : path
        Files directly in it are read; those of other kinds are left aside and
        listed in ``notes``.

    Returns
    -------
    Publication
        With the best file of each month and basis used, the others kept apart.

    Raises
    ------
    InputError
        The folder is absent or holds no workbook; a file is damaged, lacks a
        sheet or column, or holds text in a count cell; its month, basis or status
        contradict each other; a count is blank, a route is unknown, or a standard
        has no row for all cancers; or two versions of one month differ. All faults of
        all files are listed, with file, sheet, row and column.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {folder} of NHS England's workbooks.",
            remedy="Give the folder that holds the downloaded files, or none for a synthetic set.",
        )
    readings, notes = _read_files(folder)
    faults = [f"{r.path.name}: {fault}" for r in readings for fault in r.faults]
    whole = [r for r in readings if r.kind != "other" and not r.faults]
    for found in (_repeated, _without_a_whole):
        faults += [f"{r.path.name}: {fault}" for r in whole for fault in found(r.rows)]
    listed = vintages(whole)
    faults += rival_versions(listed)
    if faults:
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise InputError(f"The folder of published figures has {count}.", faults, _REMEDY)
    if not whole:
        raise InputError(
            f"The folder {folder.name} holds no Cancer Waiting Times workbook or combined CSV.",
            [f"{name}: {note}" for name, note in notes],
            remedy="Download the monthly provider and commissioner workbooks from NHS England's "
            "Cancer Waiting Times page into it, or name no folder for a synthetic set.",
        )
    return _publication(whole, listed, notes)


def _read_files(folder: Path) -> tuple[list[Reading], list[tuple[str, str]]]:
    readable, notes = [], []
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.name.startswith(("~$", ".")):
            continue
        if path.is_file() and path.suffix.lower() in _READERS:
            readable.append(path)
        else:
            what = "a folder inside the folder" if path.is_dir() else "neither .xlsx nor .csv"
            notes.append((path.name, f"{what}; left aside"))
    with ThreadPoolExecutor(2) as pool:  # reading releases the interpreter lock
        readings = list(pool.map(lambda path: _READERS[path.suffix.lower()](path), readable))
    notes += [(reading.path.name, note) for reading in readings for note in reading.notes]
    return readings, sorted(notes)


def _repeated(rows: pd.DataFrame) -> list[str]:
    """Rows published twice in one file for the same organisation and breakdown."""
    twice = rows[rows.duplicated(list(KEY))]
    return [
        f"sheet '{sheet}', row {int(part['row'].iloc[0])}: {len(part)} "
        f"row{'s' if len(part) > 1 else ''} for an organisation and breakdown that stand above"
        for sheet, part in twice.groupby("sheet", observed=True)
    ]


def _without_a_whole(rows: pd.DataFrame) -> list[str]:
    """Standards that have figures, but none for all cancers: they would vanish from summaries."""
    groups = ["month", "basis", "standard", "level"]
    ours = rows[rows["standard"].isin(STANDARDS)]
    whole = pd.MultiIndex.from_frame(headline_rows(ours)[groups].drop_duplicates())
    first = ours.drop_duplicates(groups)
    lost = first[~pd.MultiIndex.from_frame(first[groups]).isin(whole)]
    return [
        f"sheet '{row.sheet}', from row {row.row}: {row.standard} of {row.basis}s, "
        f"{in_words(str(row.month))}, {row.level} rows: none is labelled '{ALL_CANCERS}' with all "
        "routes (or stages) and all modalities"
        for row in lost.itertuples()
    ]


def _publication(
    whole: Sequence[Reading], listed: pd.DataFrame, notes: list[tuple[str, str]]
) -> Publication:
    rows = pd.concat([r.rows.assign(file=r.path.name) for r in whole], ignore_index=True)
    rows = rows[list(_COLUMNS)].sort_values([*KEY, "file"], ignore_index=True)
    rows[list(_CATEGORIES)] = rows[list(_CATEGORIES)].astype("category")
    chosen = listed.loc[listed["used"], ["file", "month", "basis"]]
    used = pd.MultiIndex.from_frame(rows[["file", "month", "basis"]].astype(str)).isin(
        pd.MultiIndex.from_frame(chosen)
    )
    notes = sorted(notes + _gaps(listed) + _copies(listed) + _unnamed_items(rows[used]))
    return Publication(
        rows=rows[used].reset_index(drop=True),
        superseded=rows[~used].reset_index(drop=True),
        vintages=listed,
        notes=pd.DataFrame(notes, columns=["file", "note"]),
    )


def _gaps(listed: pd.DataFrame) -> list[tuple[str, str]]:
    """Months that the folder passes over, or has on one basis alone."""
    held = {basis: set(part["month"]) for basis, part in listed.groupby("basis")}
    every = months_between(listed["month"].min(), listed["month"].max())
    return [
        ("the folder", f"no {basis} file for {in_words(month)}")
        for basis in ("provider", "commissioner")
        for month in every
        if month not in held.get(basis, set())
    ]


def _copies(listed: pd.DataFrame) -> list[tuple[str, str]]:
    again = listed[listed.duplicated(["sha256", "month", "basis"])]
    return [(name, "the same file under another name; read once") for name in again["file"]]


def _unnamed_items(rows: pd.DataFrame) -> list[tuple[str, str]]:
    absent = [name for name in STANDARDS if not np.any(rows["standard"] == name)]
    return [("the folder", f"no figures for {name}") for name in absent]
