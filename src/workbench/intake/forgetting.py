"""Takes records that stand no longer out of every table that was made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from workbench.files import written_whole
from workbench.intake.derive import FAULTS, STORED
from workbench.intake.landings import packed
from workbench.intake.opt_outs import BY_GROUP
from workbench.intake.repseudonymise import NAMES, RECORD_COLUMNS
from workbench.intake.vault import Vault
from workbench.workspace import Workspace

_OWN = (*STORED, FAULTS, BY_GROUP)
_LINKED_BY = {"person_id": "links", "pathway_id": "pathway_parts"}
"""What linkage names, and the table that says of which records it is."""


def forget_orphans(workspace: Workspace, vault: Vault) -> dict[str, int]:
    """Take out rows of records, persons and pathways of which intake's store has nothing left.

    Parameters
    ----------
    workspace : Workspace
    vault : Vault
        Its secrets that are tables of records follow.

    Returns
    -------
    dict of str to int
        Rows taken out, by table; those that lost nothing are left out.
    """
    known: dict[str, Any] = {"record_id": _standing(workspace.store)}
    others = {
        path.stem: path
        for path in sorted(workspace.store.glob("*.parquet"))
        if path.stem not in _OWN
    }
    lost: dict[str, int] = {}
    for name in sorted(others, key=lambda name: (name not in _LINKED_BY.values(), name)):
        table = pyarrow.parquet.read_table(others[name], use_threads=False)
        kept = _kept(table, known)
        for column, by in _LINKED_BY.items():
            if name == by and column in kept.column_names:
                known[column] = pc.unique(kept[column].combine_chunks())
        if kept.num_rows < table.num_rows:
            _write(kept, others[name])
            lost[name] = table.num_rows - kept.num_rows
    for secret in vault.secrets():
        content = vault.secret(secret) if secret != NAMES else b""
        if content.startswith(b"PAR1"):
            table = pyarrow.parquet.read_table(pa.BufferReader(content), use_threads=False)
            kept = _kept(table, known)
            if kept.num_rows < table.num_rows:
                vault.keep_secret(secret, packed(kept))
                lost[f"vault: {secret}"] = table.num_rows - kept.num_rows
    return lost


def _standing(store: Path) -> Any:
    paths = [path for name in STORED if (path := store / f"{name}.parquet").is_file()]
    columns = [pyarrow.parquet.read_table(path, columns=["record_id"])[0] for path in paths]
    held = [column.combine_chunks() for column in columns]
    return pa.concat_arrays(held) if held else pa.array([], pa.string())


def _kept(table: pa.Table, known: Mapping[str, Any]) -> pa.Table:
    """Rows all of whose records stand; of tables without records, by person or pathway."""
    names = [name for name in RECORD_COLUMNS if name in table.column_names]
    by = [(name, known["record_id"]) for name in names]
    if not by:
        by = [(name, known[name]) for name in _LINKED_BY if name in known]
        by = [(name, held) for name, held in by if name in table.column_names]
    for name, held in by:
        there = pc.is_in(table[name], value_set=held.cast(table[name].type))
        table = table.filter(pc.or_(there, pc.is_null(table[name])))
    return table


def _write(table: pa.Table, path: Path) -> None:
    with written_whole(path) as draft:
        pyarrow.parquet.write_table(table, draft, compression="zstd")
