"""How commands speak: a few lines for a person, or one JSON object for a program."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def report(
    arguments: argparse.Namespace, lines: Sequence[str], facts: Mapping[str, Any], then: str = ""
) -> None:
    """Print a command's outcome as the user asked for it.

    Parameters
    ----------
    arguments : Namespace
        With ``quiet``, ``json`` and ``workspace``.
    lines : sequence of str
        For a person.
    facts : mapping
        For a program; what ``--json`` prints. Holds counts and paths, never values of patients.
    then : str, optional
        The next command to type; the workspace is added to it where it is not the
        current folder.
    """
    if arguments.json:
        print(json.dumps(dict(facts), indent=2, default=str))
        return
    if arguments.quiet:
        return
    for line in lines:
        print(line)
    if then:
        print(f"Next: {_here(then, arguments.workspace)}")


def _here(command: str, workspace: Path) -> str:
    """Name the workspace in a command of ours, if it is another than the current folder."""
    parts = command.split()
    if workspace == Path() or parts[0] != "workbench" or "--workspace" in parts:
        return command
    return f"{command} --workspace {shlex.quote(str(workspace))}"
