"""Whether what a notebook left behind is what its page made, before any of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.errors import DisclosureError, NotebookError, WorkbenchError
from workbench.files import sha256
from workbench.reporting.notebooks import Notebook
from workbench.reporting.overlaps import RELEASED
from workbench.reporting.record import RECORD, Record, read_record
from workbench.reporting.verdict import Verdict
from workbench.reporting.watch import read_notes


def accepted(notebook: Notebook, folder: Path, verdict: Verdict) -> Verdict:
    """Verdict on a step whose cells all ran: its own, or why it failed all the same.

    Parameters
    ----------
    notebook : Notebook
        What was run.
    folder : Path
        The step's folder: ``out`` holds its files, ``kernel.json`` stands beside it.
    verdict : Verdict
        On its cells; one that is not ok is handed back.
    """
    if verdict.status != "ok":
        return verdict
    try:
        _accept(notebook, folder)
    except WorkbenchError as error:
        kind = type(error)
        return Verdict(
            "failed", kind.exit_code, "", kind.__name__, str(error),
            verdict.cells, verdict.cells_run,
        )  # fmt: skip
    return verdict


def _accept(notebook: Notebook, folder: Path) -> None:
    if read_notes(folder).ended:
        raise NotebookError(
            "A cell ended the kernel, as quit() and exit() do; what came after may not have run.",
            remedy="Take that call out of the notebook.",
        )
    record = _record(notebook, folder / "out")
    _refuse_changed(record, folder / "out")
    made = {Path(output["path"]).stem for output in record.outputs if output["kind"] == "table"}
    missing = sorted(set(notebook.writes) - made)
    if missing:
        raise NotebookError(f"The notebook declares to write {', '.join(missing)} and did not.")


def _record(notebook: Notebook, out: Path) -> Record:
    if not (out / RECORD).exists():
        raise NotebookError(
            f'The notebook never calls wb.start("{notebook.name}", globals()).',
            remedy="Put it after the parameters; page.table and page.figure then show results.",
        )
    try:
        return read_record(out)
    except (OSError, ValueError, TypeError):
        raise DisclosureError("What the page recorded was changed by the notebook.") from None


def _refuse_changed(record: Record, out: Path) -> None:
    """Every file is one that the page wrote, as it wrote it."""
    there = {
        path.relative_to(out).as_posix(): sha256(path) for path in out.rglob("*") if path.is_file()
    }
    for own in (RECORD, RELEASED):
        there.pop(own, None)
    written: dict[str, Any] = {output["path"]: output["sha256"] for output in record.outputs}
    faults = [
        f"{path} was changed after the page wrote it" if path in there else f"{path} is gone"
        for path, digest in sorted(written.items())
        if there.get(path) != digest
    ]
    faults += [f"{path} was not written by the page" for path in sorted(there.keys() - written)]
    if faults:
        raise DisclosureError(
            "Files of the report are not as disclosure control passed them.",
            faults,
            "Write results with page.table, page.figure and page.save only.",
        )
