"""New pseudonyms for every landing, under a new pseudonym key.

A record's name is made of pseudonyms, so that it changes too. What each was called before
is kept in the vault, encrypted; tables and secrets that name records follow.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from workbench.dictionary.load import Dictionary
from workbench.files import written_whole
from workbench.intake.engine import private_engine
from workbench.intake.keys import (
    FOLDER,
    NEXT_PSEUDONYM_KEY,
    PSEUDONYM_KEY,
    Keys,
    new_pseudonym_key,
    replace_private,
)
from workbench.intake.landings import Landing, packed
from workbench.intake.pseudonyms import SUFFIX, pseudonyms
from workbench.intake.reading import OWN_NUMBER
from workbench.intake.rows import RECORD, named_anew
from workbench.intake.vault import Vault
from workbench.workspace import Workspace

BEFORE = "record_id_before"
NAMES = "record_ids_before.parquet"
"""Secret of the vault: what each record was called before the last change."""

RECORD_COLUMNS = (RECORD, f"{RECORD}_left", f"{RECORD}_right")


def new_pseudonyms(
    workspace: Workspace, vault: Vault, dictionary: Dictionary, tell: Callable[[str], None]
) -> tuple[Keys, int]:
    """Give every landing new pseudonyms, each whole, and then make the new key the present one.

    Parameters
    ----------
    workspace : Workspace
    vault : Vault
    dictionary : Dictionary
    tell : callable

    Returns
    -------
    keys : Keys
        With the new pseudonym key.
    landings : int
        How many were done by this run.
    """
    folder = workspace.root / FOLDER
    keys = replace(vault.keys, pseudonym_key=_next_key(folder))
    done = 0
    con = private_engine()
    try:
        for name in vault.names():
            if vault.receipt(name)["key"] != keys.fingerprint:
                _renew(con, vault, name, dictionary, keys)
                done += 1
    finally:
        con.disconnect()
    tell(f"{done:,} landings given new pseudonyms.")
    _rename_records(workspace, Vault(vault.folder, keys))
    (folder / NEXT_PSEUDONYM_KEY).replace(folder / PSEUDONYM_KEY)
    return keys, done


def _next_key(folder: Path) -> bytes:
    path = folder / NEXT_PSEUDONYM_KEY
    if not path.is_file():
        replace_private(path, new_pseudonym_key().hex() + "\n")
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def _renew(con: Any, vault: Vault, name: str, dictionary: Dictionary, keys: Keys) -> None:
    """Replace one landing; stopped between the two, the next run takes the old one away."""
    receipt = vault.receipt(name)
    rows = vault.all_rows(name)
    trust, schema = receipt["trust"], dictionary.schema(receipt["dataset"])
    columns = {n: rows[n].combine_chunks() for n in rows.column_names if n != BEFORE}
    for kind in _pseudonymised(columns):
        scope = trust if kind == OWN_NUMBER else ""
        columns[kind + SUFFIX] = pseudonyms(columns[kind], keys.pseudonym_key, kind, scope=scope)
    before = columns[RECORD]
    columns |= named_anew(con, schema, columns)
    renewed = Landing(
        receipt | {"key": keys.fingerprint},
        pa.table(columns | {BEFORE: before}),
        vault.faults(name),
    )
    vault.keep(_renamed(name, keys), renewed)
    vault.remove(name)


def _pseudonymised(columns: dict[str, Any]) -> list[str]:
    return [n for n in columns if n + SUFFIX in columns]


def _renamed(name: str, keys: Keys) -> str:
    """The same file read under another key; its next arrival is read anew and replaces this."""
    file, _, reading = name.partition(".")
    digest = hashlib.sha256(f"{reading}:{keys.fingerprint}".encode()).hexdigest()
    return f"{file}.{digest[:16]}"


def _rename_records(workspace: Workspace, vault: Vault) -> None:
    """Let every other table of the store, and every table among the secrets, follow."""
    parts = [vault.rows(name, [BEFORE, RECORD]) for name in vault.names()]
    if not parts:
        return
    names = pa.concat_tables(parts)
    names = names.filter(pc.and_(pc.is_valid(names[BEFORE]), pc.is_valid(names[RECORD])))
    names = names.group_by([BEFORE, RECORD], use_threads=False).aggregate([]).sort_by(BEFORE)
    vault.keep_secret(NAMES, packed(names))
    for path in sorted(workspace.store.glob("*.parquet")):
        _rename_file(path, names)
    for name in vault.secrets():
        content = vault.secret(name)
        if name != NAMES and content.startswith(b"PAR1"):
            table = pyarrow.parquet.read_table(pa.BufferReader(content))
            if set(table.column_names) & set(RECORD_COLUMNS):
                vault.keep_secret(name, packed(renamed(table, names)))


def _rename_file(path: Path, names: pa.Table) -> None:
    """Tables of intake itself are derived anew; renaming them as well does no harm."""
    held = pyarrow.parquet.read_schema(path).names
    if set(held) & set(RECORD_COLUMNS):
        table = renamed(pyarrow.parquet.read_table(io.BytesIO(path.read_bytes())), names)
        with written_whole(path) as draft:
            pyarrow.parquet.write_table(table, draft, compression="zstd")


def renamed(table: pa.Table, names: pa.Table) -> pa.Table:
    """A table with its records called by their new names; others keep theirs.

    Parameters
    ----------
    table : pyarrow.Table
        With any of `RECORD_COLUMNS`.
    names : pyarrow.Table
        `BEFORE` and ``record_id``, one row a record.
    """
    for column in _there(table, RECORD_COLUMNS):
        held = table[column].combine_chunks()
        place = pc.index_in(held, value_set=names[BEFORE].combine_chunks())
        new = names[RECORD].combine_chunks().take(place)
        at = table.column_names.index(column)
        table = table.set_column(at, column, pc.coalesce(new.cast(held.type), held))
    return table


def _there(table: pa.Table, columns: Sequence[str]) -> list[str]:
    return [name for name in columns if name in table.column_names]
