"""Our own verdict on an executed notebook, cell by cell.

The executor's record cannot be trusted: after a dead kernel it calls every cell
completed, and ``SystemExit`` leaves the rest unrun without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workbench.errors import (
    DisclosureError,
    KernelError,
    NotebookError,
    WorkbenchError,
    exit_code_of,
)
from workbench.reporting.blocks import MIME
from workbench.reporting.canonical import INJECTED
from workbench.reporting.notebooks import is_code, source, tags


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


def judge(executed: Mapping[str, Any], died: str = "") -> Verdict:
    """Verdict on an executed notebook.

    Parameters
    ----------
    executed : mapping
        The notebook with its outputs.
    died : str, optional
        How the kernel ended, if it did not live to the last cell.
    """
    cells = list(_code_cells(executed))
    run = sum(cell.get("execution_count") is not None for _, cell in cells)
    for where, cell in cells:
        name, words = _fault(cell)
        if name:
            code = exit_code_of(name)
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


def _fault(cell: Mapping[str, Any]) -> tuple[str, str]:
    """Error class and words of a cell's outputs; empty if it has none."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            name = str(output["ename"])
            ours = any(name == cls.__name__ for cls in WorkbenchError.__subclasses__())
            return name, str(output["evalue"]) if ours else ""
    shown = {"execute_result", "display_data"}
    for output in cell.get("outputs", []):
        if output["output_type"] in shown and MIME not in output.get("data", {}):
            return DisclosureError.__name__, (
                "The cell shows something that disclosure control has not passed.\n"
                "What to do: show it with page.table or page.figure, or end the line with ';'."
            )
    return "", ""
