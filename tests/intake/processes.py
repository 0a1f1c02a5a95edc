"""The command line in processes of its own that can be killed, without importing it each time."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["__main__", "workbench.cli.main", "workbench.intake.watching", "ibis.backends.duckdb"]
)


def started(words: Sequence[str], said: Path | None = None) -> Any:
    """Start a command; what it says goes to a file, or nowhere.

    A watch in it takes two looks at the inbox right after each other.
    """
    process = _CONTEXT.Process(target=_run, args=(list(words), said))
    process.start()
    return process


def ended(process: Any) -> int:
    """Wait for a command to end, and give its exit code."""
    process.join(120)
    assert process.exitcode is not None, "it did not end"
    return int(process.exitcode)


def _run(words: list[str], said: Path | None) -> None:
    from workbench.cli.main import main
    from workbench.intake.watching import Watcher

    Watcher.__init__.__defaults__ = (0.0,)
    with (said or Path("/dev/null")).open("a", encoding="utf-8") as stream:
        sys.stdout = sys.stderr = stream
        code = main(words)
    sys.exit(code)
