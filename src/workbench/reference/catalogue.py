"""``reference/reference.json``: what reference data a workspace holds, and where each is from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from workbench.errors import InputError
from workbench.files import written_whole

FOLDER = "reference"
CATALOGUE = "reference.json"
_VERSION = 1


@dataclass(frozen=True)
class Held:
    """One file that was added.

    Attributes
    ----------
    kind, vintage, boundaries : str
        What it is, which issue, and on which small areas ("" if on none).
    purpose : str
        What it is for.
    file, sha256 : str
        Name and digest of the file as it was downloaded.
    rows : int
        Of the table kept.
    whole : bool
        Whether all of England is there, where that can be told.
    layout, status : str
        How it was recognised, and whether that layout is confirmed.
    source, licence : str
    stored : str
        Path under the workspace's ``reference`` folder.
    """

    kind: str
    vintage: str
    boundaries: str
    purpose: str
    file: str
    sha256: str
    rows: int
    whole: bool
    layout: str
    status: str
    source: str
    licence: str
    stored: str


def held(workspace: Path) -> tuple[Held, ...]:
    """What a workspace holds, by kind and vintage.

    Parameters
    ----------
    workspace : Path
        Its folder.

    Raises
    ------
    InputError
        The catalogue cannot be read.
    """
    path = workspace / FOLDER / CATALOGUE
    if not path.is_file():
        return ()
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["references"]
        return tuple(Held(**entry) for entry in entries)
    except (ValueError, KeyError, TypeError):
        raise InputError(
            f"{FOLDER}/{CATALOGUE} cannot be read.",
            remedy=f"Delete the folder {FOLDER} and add the files again.",
        ) from None


def note(workspace: Path, entry: Held) -> None:
    """Put an entry into the catalogue, in place of one of the same kind and vintage."""
    others = [e for e in held(workspace) if (e.kind, e.vintage) != (entry.kind, entry.vintage)]
    entries = sorted([*others, entry], key=lambda e: (e.kind, e.vintage))
    text = json.dumps({"version": _VERSION, "references": [asdict(e) for e in entries]}, indent=2)
    with written_whole(workspace / FOLDER / CATALOGUE) as draft:
        draft.write_text(text + "\n", encoding="utf-8", newline="\n")
