"""Executes one step in a process of its own: ``python -m workbench.reporting.execute STEP``.

Leaves the executed notebook and ``verdict.json`` beside the step's file. Whoever
started it reads the verdict; without one, the step failed.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from workbench.files import written_whole
from workbench.reporting.canonical import INJECTED
from workbench.reporting.notebooks import is_code, tags
from workbench.reporting.processes import follow_parent
from workbench.reporting.record import RECORD, read_record
from workbench.reporting.verdict import judge
from workbench.reporting.watch import read_notes

EXECUTED = "executed.ipynb"
VERDICT = "verdict.json"


def main(path: Path) -> None:
    """Execute the step that a file describes, and write the verdict."""
    step = json.loads(path.read_text(encoding="utf-8"))
    folder = path.parent
    follow_parent()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    died = _execute(step, folder)
    executed = json.loads((folder / EXECUTED).read_text(encoding="utf-8"))
    out = Path(step["out"])
    made = read_record(out).blocks if (out / RECORD).is_file() else []
    verdict = judge(executed, died, read_notes(folder), made)
    with written_whole(folder / VERDICT) as draft:
        draft.write_text(json.dumps(verdict.as_dict(), indent=1), encoding="utf-8")


def _execute(step: dict[str, Any], folder: Path) -> str:
    """Run the notebook; say how its kernel ended, empty if it lived."""
    # An optional checker of web addresses takes 2 s to import and checks nothing that we use.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import nbclient.exceptions
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    begun: list[Any] = []
    deadline = time.monotonic() + step["timeout"]
    # Sockets of the file system need no port and no encryption; the path must stay short.
    sockets = {"transport": "ipc", "ip": str(Path(step["private"]) / "k")}
    config = Config({"KernelManager": sockets if os.name == "posix" else {}})
    try:
        papermill.execute_notebook(
            step["source"],
            str(folder / EXECUTED),
            parameters=step["published"],
            kernel_name="python3",
            language="python",
            cwd=step["work"],
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            timeout_func=lambda _: max(1, int(deadline - time.monotonic())),
            on_cell_execute=lambda cell, **_: begun.append(cell),
            config=config,
        )
    except PapermillExecutionError:
        return ""
    except nbclient.exceptions.CellTimeoutError:
        died = f"ran longer than the {step['timeout']:g} seconds allowed"
    except nbclient.exceptions.DeadKernelError:
        died = "the kernel died; it may have run out of memory or been killed"
    else:
        return ""
    _write_as_far_as_it_came(step, folder, sum(INJECTED not in tags(cell) for cell in begun))
    return died


def _write_as_far_as_it_came(step: dict[str, Any], folder: Path, begun: int) -> None:
    """Store the notebook with the cells marked that ran; the executor's own record is wrong."""
    content = json.loads(Path(step["source"]).read_text(encoding="utf-8"))
    codes = [cell for cell in content["cells"] if is_code(cell)]
    for number, cell in enumerate(codes, start=1):
        cell["execution_count"] = number if number < begun else None
    with written_whole(folder / EXECUTED) as draft:
        draft.write_text(json.dumps(content, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
