"""What linkage leaves in a workspace: six tables in the store and ``link.json`` beside it.

The tables belong together. They are drafted first and then put in place one after the
other, ``link.json`` with their digests last; whoever reads them can tell whether they are
of one linkage, and of the records that the store holds now.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from workbench.errors import UsageError
from workbench.files import sha256, written_whole
from workbench.workspace import Workspace

FILE = "link.json"
TABLES = (
    "links", "persons", "pathways", "pathway_treatments", "pathway_parts", "pathway_review",
)  # fmt: skip
"""Datasets that `workbench link` writes into the store."""

LINKED_FROM = ("pathway_records", "demographics")
"""Datasets of the store that they are made of."""

_ROW_GROUP = 122_880
"""As intake writes: what DuckDB reads at a time."""


def store_of(workspace: Workspace, name: str) -> Path:
    """Where the store keeps a dataset, whether or not it is there."""
    return workspace.store / f"{name}.parquet"


def write_linked(
    workspace: Workspace, tables: Mapping[str, pa.Table], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Put the tables of a linkage into the store, and say in ``link.json`` what it did.

    Parameters
    ----------
    workspace : Workspace
    tables : mapping of str to pyarrow.Table
        All of `TABLES`, each sorted by its key.
    facts : mapping
        Counts and settings; no value of a patient.

    Returns
    -------
    dict
        What ``link.json`` holds: the facts, ``made_from`` and ``written`` (digests).

    Raises
    ------
    UsageError
        The store cannot be written to; nothing was changed.
    """
    made_from = _digests(workspace, LINKED_FROM)
    try:
        with tempfile.TemporaryDirectory(dir=workspace.store, prefix=".writing-") as room:
            drafts = {name: Path(room) / f"{name}.parquet" for name in TABLES}
            for name, draft in drafts.items():
                pyarrow.parquet.write_table(
                    tables[name], draft, compression="zstd", row_group_size=_ROW_GROUP
                )
            written = {name: sha256(draft) for name, draft in drafts.items()}
            for name, draft in drafts.items():
                draft.replace(store_of(workspace, name))
    except OSError as error:
        why = (error.strerror or "the system refuses it").lower()
        raise UsageError(
            f"The store {workspace.store} cannot be written to: {why}.",
            remedy="Make room, or give yourself the right to write there, and link again.",
        ) from None
    told = {**facts, "made_from": made_from, "written": written}
    with written_whole(workspace.root / FILE) as draft:
        draft.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return told


def is_current(workspace: Workspace) -> bool:
    """Whether the store's linked tables are whole and of the records that it holds now.

    Parameters
    ----------
    workspace : Workspace

    Returns
    -------
    bool
        False where records were taken in since, a table was changed or removed, or an
        interrupted run has left tables of two linkages: `workbench link` mends each.
    """
    try:
        facts = json.loads((workspace.root / FILE).read_text(encoding="utf-8"))
        return bool(
            facts["written"] == _digests(workspace, TABLES)
            and facts["made_from"] == _digests(workspace, LINKED_FROM)
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _digests(workspace: Workspace, names: tuple[str, ...]) -> dict[str, str]:
    files = {name: store_of(workspace, name) for name in names}
    return {name: sha256(path) for name, path in files.items() if path.is_file()}
