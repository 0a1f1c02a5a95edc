"""The reports of a run held against each other before any of them counts as done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from workbench.disclosure.audit import facts_of, known_across, shown_from
from workbench.disclosure.gate import Gate
from workbench.disclosure.linked import Shown
from workbench.errors import DisclosureError
from workbench.files import written_whole

RELEASED = "released.json"
"""What a step released, as it was counted: kept with the step, never copied to a run's folder."""


def write_released(gate: Gate, folder: Path) -> None:
    """Note what a notebook has released so far, for its owner's eyes alone."""
    with written_whole(folder / RELEASED) as draft:
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(facts_of(gate)), encoding="utf-8")
    (folder / RELEASED).chmod(0o600)


def overlaps(folders: Mapping[str, Path]) -> dict[str, DisclosureError]:
    """Find the reports whose small counts the other reports of the run give away.

    Parameters
    ----------
    folders : mapping of str to Path
        Each notebook's step.

    Returns
    -------
    dict of str to DisclosureError
        By notebook, why it cannot stand beside the others.
    """
    held = {name: _released(folder) for name, folder in sorted(folders.items())}
    given = {name: tables for name, tables in held.items() if tables}
    return {
        name: DisclosureError(
            "Small counts that this report withholds can be worked out from the run's reports "
            "taken together.",
            lines,
            "Run the reports apart for different readers, or give them wider groups or a longer "
            "period.",
        )
        for name, lines in known_across(given).items()
    }


def _released(folder: Path) -> list[Shown]:
    path = folder / RELEASED
    if not path.is_file():
        return []
    return shown_from(json.loads(path.read_text(encoding="utf-8")))
