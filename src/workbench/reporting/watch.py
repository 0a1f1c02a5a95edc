"""What a step's kernel notes of itself: whose errors its cells raised, and whether it was ended.

A notebook records only the name of an error's class, and ``quit()`` leaves no mark
in it. This starts with the kernel, before the first cell, and writes beside the
step's file; the verdict reads it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench import errors
from workbench.files import written_whole

NOTES = "kernel.json"
STARTUP = "from workbench.reporting.watch import watch\n\nwatch(get_ipython())\ndel watch\n"
"""What a kernel's profile runs before the first cell."""


@dataclass
class Notes:
    """What a kernel noted.

    Attributes
    ----------
    raised : list of [class, words]
        Errors of `workbench.errors` that left a cell; not those that only share a name.
    ended : bool
        Whether a cell ended the kernel in good order, as ``quit()`` does.
    """

    raised: list[list[str]] = field(default_factory=list)
    ended: bool = False


def watch(shell: Any) -> None:
    """Note from now on what happens in the kernel of `shell`."""
    # Kept from before the first cell, so that a notebook's own class of the name is another.
    ours = {
        cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Exception)
    }
    path = Path(os.environ["WORKBENCH_STEP"]).with_name(NOTES)
    notes = Notes()

    def after(result: Any) -> None:
        error = result.error_in_exec
        if type(error) in ours:
            notes.raised.append([type(error).__name__, str(error)])
        # Set while a cell runs; the executor's own request to stop comes after the last.
        notes.ended = notes.ended or bool(shell.exit_now)
        _write(notes, path)

    _write(notes, path)
    shell.events.register("post_run_cell", after)


def read_notes(folder: Path) -> Notes:
    """What the kernel of the step in `folder` noted; nothing, if it never began."""
    try:
        return Notes(**json.loads((folder / NOTES).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Notes()


def _write(notes: Notes, path: Path) -> None:
    with written_whole(path) as draft:
        draft.write_text(json.dumps(vars(notes)), encoding="utf-8")
