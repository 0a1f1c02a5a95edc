"""Takes one official file into a workspace, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.engine import connect
from workbench.errors import InputError, UsageError
from workbench.files import sha256, written_whole
from workbench.reference.catalogue import FOLDER, Held, note
from workbench.reference.checks import english_faults, shaped, typed
from workbench.reference.kinds import LATEST_OF, Kind, Layout, kind_named
from workbench.reference.reading import opened
from workbench.reference.recognise import Recognised

VINTAGE = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


def add(
    workspace: Path,
    path: Path,
    kind: str,
    kinds: Mapping[str, Kind],
    *,
    vintage: str | None = None,
    part: bool = False,
    source: str | None = None,
    licence: str | None = None,
) -> Held:
    """Recognise, check and keep an official file.

    Parameters
    ----------
    workspace : Path
        Its folder; the file goes to ``reference/KIND/VINTAGE.parquet`` in it.
    path : Path
        The file as downloaded: CSV, Parquet or XLSX.
    kind : str
        What it is.
    kinds : mapping of str to Kind
        From `load_kinds`.
    vintage : str, optional
        Which issue (``2025``, ``2025-04`` or ``2025-04-30``), for a file that does not
        say it; given for one that does, the two must agree.
    part : bool, optional
        Whether a part of England is meant; otherwise every area has to be there, so that
        no patient loses a decile unseen.
    source, licence : str, optional
        In place of those of the layout.

    Raises
    ------
    UsageError
        There is no such kind, or the vintage is missing or not written so.
    InputError
        The file cannot be read, is of another kind or vintage, or has cells that cannot
        be right; all faults are listed, no cell is shown.
    """
    chosen = kind_named(kinds, kind)
    if not path.is_file():
        raise InputError(f"{path.name}: no such file.", remedy=f"Check the path {path}.")
    file = opened(connect(), path, chosen, tuple(kinds.values()))
    layout = file.found.layout
    faults: list[str] = []
    table = typed(shaped(file.frame, layout, dict(file.found.places)), chosen, faults)
    missing = [] if faults else english_faults(table, layout)
    if missing and not part:
        faults += missing
    issue = "" if faults else _vintage(path, file.found, table, vintage, faults)
    if faults:
        raise InputError(
            f"{path.name}: recognised as {chosen.name} ({layout.name}), but it cannot be right.",
            faults,
            remedy="Download it again. Add --part if it is meant to hold a part of England."
            if missing
            else "Check that it is the file that was published, unchanged.",
        )
    entry = Held(
        kind=chosen.name, vintage=issue, boundaries=layout.boundaries, purpose=chosen.purpose,
        file=path.name, sha256=sha256(path), rows=len(table), whole=not missing,
        layout=layout.name, status=layout.status, source=source or layout.source,
        licence=licence or layout.licence, stored=f"{chosen.name}/{issue}.parquet",
    )  # fmt: skip
    _keep(workspace / FOLDER / entry.stored, table, chosen, layout)
    note(workspace, entry)
    return entry


def _vintage(
    path: Path, found: Recognised, table: pd.DataFrame, asked: str | None, faults: list[str]
) -> str:
    said = found.vintage
    if found.layout.vintage.startswith(LATEST_OF):
        said = max(table[found.layout.vintage.removeprefix(LATEST_OF)]).isoformat()[:7]
    if asked is not None and not VINTAGE.fullmatch(asked):
        raise UsageError("--vintage must be a year, a month or a day, such as 2025 or 2025-04.")
    if said and asked and said != asked:
        faults.append(f"the file is of {said}, and --vintage says {asked}")
    if not said and not asked:
        raise UsageError(
            f"{path.name}: the file does not say which issue it is.",
            remedy="Add --vintage with the month of the download, such as --vintage 2025-04.",
        )
    return said or asked or ""


def _keep(path: Path, table: pd.DataFrame, kind: Kind, layout: Layout) -> None:
    ordered = table.sort_values(list(kind.key), kind="stable", ignore_index=True)
    kept = ordered.assign(**layout.constants)
    with written_whole(path) as draft:
        kept.to_parquet(draft, index=False, compression="zstd")
