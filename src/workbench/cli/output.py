"""How commands speak: a few lines for a person, or one JSON object for a program."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any


def report(
    arguments: argparse.Namespace, lines: Sequence[str], facts: Mapping[str, Any], then: str = ""
) -> None:
    """Print a command's outcome as the user asked for it.

    Parameters
    ----------
    arguments : Namespace
        With ``quiet`` and ``json``.
    lines : sequence of str
        For a person.
    facts : mapping
        For a program; what ``--json`` prints. Holds counts and paths, never values of patients.
    then : str, optional
        The next command to type.
    """
    if arguments.json:
        print(json.dumps(dict(facts), indent=2, default=str))
        return
    if arguments.quiet:
        return
    for line in lines:
        print(line)
    if then:
        print(f"Next: {then}")
