"""What intake and linkage say of themselves, in files of the workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

INTAKE = "ingest.json"
LINKAGE = "link.json"


def read_facts(workspace: Path, name: str) -> dict[str, Any]:
    """Read what a command wrote of its own run: counts and settings, of nobody in particular.

    Parameters
    ----------
    workspace : Path
        Its folder.
    name : str
        `INTAKE` or `LINKAGE`.

    Returns
    -------
    dict
        Empty where the file is absent or cannot be read: a report then says what it was
        not told.
    """
    try:
        facts = json.loads((workspace / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def files(workspace: Path) -> list[Path]:
    """Those of the files that are there: what a report pins."""
    return [path for name in (INTAKE, LINKAGE) if (path := workspace / name).is_file()]
