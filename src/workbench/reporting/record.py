"""What a notebook told its session: the facts that the manifest and the page need."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from workbench.files import written_whole

RECORD = "session.json"


@dataclass
class Record:
    """Facts of one notebook's session.

    Attributes
    ----------
    notebook : str
        Its name.
    synthetic : list of str
        Why its data are made up; empty if they are real.
    stamps : list of str
        What disclosure control asks every page to carry.
    headline : str
        The first section, as Markdown.
    inputs : list of dict
        ``file, kind, vintage, bytes, sha256`` of each input file pinned.
    outputs : list of dict
        ``name, kind, path, rows, profile, withheld, sha256`` of each file made, as written.
    checks : list of dict
        ``check, passed, detail``.
    blocks : list of str
        Digest of each block shown; a page takes in no other.
    counts : dict of str to list of str
        By path of a table, its columns of counts whose small ones are withheld.
    """

    notebook: str
    synthetic: list[str] = field(default_factory=list)
    stamps: list[str] = field(default_factory=list)
    headline: str = ""
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)
    counts: dict[str, list[str]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Store as ``session.json`` in a folder, whole or not at all."""
        with written_whole(folder / RECORD) as draft:
            draft.write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")


def read_record(folder: Path) -> Record:
    """The record that a session left in a folder."""
    return Record(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
