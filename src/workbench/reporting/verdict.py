"""Our own verdict on an executed notebook, cell by cell.

The executor's record cannot be trusted: after a dead kernel it calls every cell
completed, and ``SystemExit`` leaves the rest unrun without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workbench.errors import (
    DisclosureError,
    KernelError,
    NotebookError,
    exit_code_of,
)
from workbench.reporting.blocks import FORMS, MIME, digest_of_output
from workbench.reporting.canonical import INJECTED
from workbench.reporting.identifiers import without_identifiers
from workbench.reporting.notebooks import is_code, source, tags
from workbench.reporting.watch import Notes


@dataclass(frozen=True)
class Verdict:
    """How a step ended.

    Attributes
    ----------
    status : {"ok", "failed"}
        Whether every cell ran to its end.
    exit_code : int
        0, or what the command ends with.
    cell : str
        Which cell failed, and the heading above it.
    error : str
        Class of the error.
    message : str
        Its words, if the error is ours; those of other errors may quote data.
    cells, cells_run : int
        Code cells there are, and those that ran.
    """

    status: str
    exit_code: int
    cell: str
    error: str
    message: str
    cells: int
    cells_run: int

    def as_dict(self) -> dict[str, Any]:
        """Fields by name."""
        return asdict(self)


def judge(
    executed: Mapping[str, Any],
    died: str = "",
    notes: Notes | None = None,
    made: Collection[str] = (),
) -> Verdict:
    """Verdict on an executed notebook.

    Parameters
    ----------
    executed : mapping
        The notebook with its outputs.
    died : str, optional
        How the kernel ended, if it did not live to the last cell.
    notes : Notes, optional
        What the kernel noted: an error counts as ours only if it is there.
    made : collection of str, optional
        Digests of the blocks that the page made; no other may be shown.
    """
    notes = notes or Notes()
    cells = list(_code_cells(executed))
    run = sum(cell.get("execution_count") is not None for _, cell in cells)
    for where, cell in cells:
        name, code, words = _fault(cell, notes, made)
        if name:
            return Verdict("failed", code, where, name, words, len(cells), run)
        if cell.get("execution_count") is None:
            kind = KernelError if died else NotebookError
            words = died or "was never run; a cell before it ended the notebook"
            return Verdict("failed", kind.exit_code, where, kind.__name__, words, len(cells), run)
    if died:
        return Verdict("failed", KernelError.exit_code, "", "KernelError", died, len(cells), run)
    return Verdict("ok", 0, "", "", "", len(cells), run)


def _code_cells(executed: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Each code cell with words that say where it is."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    heading = ""
    for number, cell in enumerate(_without_markers(executed), start=1):
        if cell["cell_type"] == "markdown":
            titles = [line for line in source(cell).splitlines() if line.startswith("#")]
            heading = titles[-1].lstrip("# ") if titles else heading
        elif is_code(cell):
            found.append((f'cell {number} "{heading}"' if heading else f"cell {number}", cell))
    return found


def _without_markers(executed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Cells of the notebook itself, without those that the executor put in."""
    strange = {INJECTED, "papermill-error-cell-tag"}
    return [cell for cell in executed["cells"] if not strange & set(tags(cell))]


def _fault(cell: Mapping[str, Any], notes: Notes, made: Collection[str]) -> tuple[str, int, str]:
    """Error class, exit code and words of a cell's outputs; empty if it has none."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            name, words = str(output["ename"]), str(output["evalue"])
            # A notebook's own class may bear the name of one of ours, with a patient in its words.
            if [name, words] in notes.raised:
                return name, exit_code_of(name), without_identifiers(words)
            return name, NotebookError.exit_code, ""
    for output in cell.get("outputs", []):
        if output["output_type"] in {"execute_result", "display_data"}:
            words = _not_passed(output.get("data", {}), made)
            if words:
                return DisclosureError.__name__, DisclosureError.exit_code, words
    return "", 0, ""


def _not_passed(data: Mapping[str, Any], made: Collection[str]) -> str:
    """Why what a cell shows may not be published; empty if it may."""
    if MIME not in data:
        return (
            "The cell shows something that disclosure control has not passed.\n"
            "What to do: show it with page.table or page.figure, or end the line with ';'."
        )
    if set(data) <= FORMS and digest_of_output(data) in made:
        return ""
    return (
        "The cell shows a block that its page did not make.\n"
        "What to do: show results with page.table, page.figure and page.checks only."
    )
