"""Looks through a finished report, as a stranger would, for what the gate should have kept in.

The gate judges tables before they are shown; this reads what came of them: the page,
the stored notebook with its metadata, files, their names, pictures. It knows of the gate only
which columns were to be masked. Faults say where and of what kind, never what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.errors import DisclosureError
from workbench.reporting.blocks import MIME
from workbench.reporting.lint_notebook import decoded, notebook_faults, picture_faults
from workbench.reporting.lint_tables import (
    COUNTED,
    file_faults,
    grid_faults,
    headers_of,
    read_page,
)
from workbench.reporting.lint_words import faults_in, identifiers_of, in_name

Outputs = Sequence[Sequence[Mapping[str, Any]]]
_PICTURE = "data:image/png;base64,"
PUBLIC = {"already_published", "none"}
"""Profiles that show figures as they are: public already, or stamped for one's own desk."""


def refuse_unfit(
    page: str, stored: str, outputs: Outputs, files: Sequence[Mapping[str, Any]], folder: Path
) -> None:
    """Refuse a report that shows what it may not.

    Parameters
    ----------
    page : str
        HTML as it is to be written.
    stored : str
        The executed notebook as it is to be written.
    outputs : sequence
        For each code cell what it showed.
    files : sequence of mapping
        ``path``, ``profile``, ``counts`` (columns masked) of each file made.
    folder : Path
        Where they are.

    Raises
    ------
    DisclosureError
        A small count, an identifier or a table of one row a person was found; all
        places are listed.
    """
    profiles = {str(one["profile"]) for one in files}
    public = profiles <= PUBLIC
    faults = [
        *notebook_faults(stored, public=public),
        *page_faults(page, outputs, public=public),
        *(fault for one in files for fault in _of_file(one, folder)),
    ]
    if faults:
        raise DisclosureError(
            "The finished report shows what it may not.",
            list(dict.fromkeys(faults)),
            "Declare counts as counts where a table is released, and say no small number in words.",
        )


def page_faults(page: str, outputs: Outputs, *, public: bool) -> list[str]:
    """Faults of a page: every table, word, label and picture in it."""
    read = read_page(page)
    masked, ours = _masked(outputs)
    faults = []
    for number, grid in enumerate(read.grids, start=1):
        where = f"the page, table {number}"
        if grid.caption in ours:
            faults += grid_faults(where, grid, masked.get(grid.caption, ()))
        else:
            faults += grid_faults(where, grid, COUNTED)
    judge = identifiers_of if public else faults_in
    kinds = {what for text in read.words for what in judge(text)}
    kinds |= {what for text in read.checked for what in identifiers_of(text)}
    faults += [f"the page: what looks like {what}" for what in sorted(kinds)]
    for image in read.images:
        if not image.startswith(_PICTURE):
            faults.append("the page: a picture that is not part of it")
        else:
            faults += picture_faults("the page", decoded(image.removeprefix(_PICTURE)))
    return faults


def _masked(outputs: Outputs) -> tuple[dict[str, set[str]], set[str]]:
    """By caption, headers of columns that are masked; and all captions of our own tables."""
    found: dict[str, set[str]] = {}
    ours: set[str] = set()
    for cell in outputs:
        for output in cell:
            block = output.get("data", {}).get(MIME, {})
            if "columns" not in block:
                continue
            caption = " ".join(str(block.get("caption") or block.get("subtitle") or "").split())
            ours.add(caption)
            found.setdefault(caption, set()).update(headers_of(block["columns"]))
    return found, ours


def _of_file(made: Mapping[str, Any], folder: Path) -> list[str]:
    path = folder / str(made["path"])
    public = made["profile"] in PUBLIC
    faults = [f"a file's name: what looks like {what}" for what in in_name(path.stem)]
    if path.suffix in {".csv", ".parquet"}:
        faults += file_faults(path, made.get("counts", ()), public=public)
    elif path.suffix == ".png":
        faults += picture_faults(path.name, path.read_bytes())
    return faults
