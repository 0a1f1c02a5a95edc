"""The vault: every file taken in, encrypted, under a name that its content gives it.

A landing is a folder of encrypted files that appears at once, whole, or not at all.
Nothing in the vault is ever written in plain, not even for a moment.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from workbench.errors import InputError
from workbench.intake.keys import Keys

FOLDER = "vault"
LANDED = "landed"
IDENTIFIERS = "identifiers.parquet.age"

_RECEIPT = "receipt.json.age"
_ROWS = "rows.parquet.age"
_FAULTS = "faults.parquet.age"
_DRAFT = ".writing-"


@dataclass(frozen=True, eq=False)
class Landing:
    """One file's content, taken in.

    Attributes
    ----------
    receipt : dict
        Facts of the file and counts; JSON, no cell.
    rows : pyarrow.Table
        One row a row of the file: ``row``, ``sound``, ``digest``, ``record_id``,
        pseudonyms, and the dataset's columns as text.
    faults : pyarrow.Table
        ``row`` (null: the whole file) and ``rule``, the place in the receipt's rules.
    """

    receipt: dict[str, Any]
    rows: pa.Table
    faults: pa.Table


def file_id(**facts: Any) -> str:
    """A landing's name: the same facts of a file always give the same."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Vault:
    """A workspace's vault.

    Attributes
    ----------
    folder : Path
    keys : Keys
    """

    folder: Path
    keys: Keys

    @property
    def landed(self) -> Path:
        """Where the landings are."""
        return self.folder / LANDED

    def names(self) -> list[str]:
        """Names of the landings, in an order that depends on nothing but themselves."""
        if not self.landed.is_dir():
            return []
        held = (path.name for path in self.landed.iterdir() if not path.name.startswith("."))
        return sorted(held)

    def holds(self, name: str) -> bool:
        """Whether a landing is there."""
        return (self.landed / name).is_dir()

    def keep(self, name: str, landing: Landing) -> None:
        """Put a landing into the vault, whole or not at all."""
        with _private():
            self.landed.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.landed, prefix=_DRAFT) as room:
                draft = Path(room) / name
                draft.mkdir(mode=0o700)
                self._write(draft / _FAULTS, _packed(landing.faults))
                self._write(draft / _ROWS, _packed(landing.rows))
                self._write(draft / _RECEIPT, json.dumps(landing.receipt).encode())
                if not self.holds(name):
                    draft.rename(self.landed / name)

    def remove(self, name: str) -> None:
        """Take a landing out of the vault; it vanishes at once."""
        with tempfile.TemporaryDirectory(dir=self.landed, prefix=_DRAFT) as room:
            (self.landed / name).rename(Path(room) / name)

    def receipt(self, name: str) -> dict[str, Any]:
        """A landing's receipt."""
        read: dict[str, Any] = json.loads(self._read(self.landed / name / _RECEIPT))
        return read

    def rows(self, name: str, columns: Sequence[str]) -> pa.Table:
        """Some columns of a landing's rows; those that it lacks are null."""
        content = pa.BufferReader(self._read(self.landed / name / _ROWS))
        held = pyarrow.parquet.ParquetFile(content)
        there = [column for column in columns if column in held.schema_arrow.names]
        table = held.read(columns=there, use_threads=False)
        for column in columns:
            if column not in there:
                table = table.append_column(column, pa.nulls(table.num_rows, pa.string()))
        return table.select(list(columns))

    def faults(self, name: str) -> pa.Table:
        """A landing's faults."""
        content = pa.BufferReader(self._read(self.landed / name / _FAULTS))
        return pyarrow.parquet.read_table(content, use_threads=False)

    def keep_identifiers(self, table: pa.Table) -> None:
        """Replace the vault's list of who each record is about."""
        with _private(), tempfile.TemporaryDirectory(dir=self.folder, prefix=_DRAFT) as room:
            draft = Path(room) / IDENTIFIERS
            self._write(draft, _packed(table))
            draft.replace(self.folder / IDENTIFIERS)

    def identifiers(self) -> pa.Table:
        """Who each record is about: the dictionary's dataset ``identifiers``."""
        content = pa.BufferReader(self._read(self.folder / IDENTIFIERS))
        return pyarrow.parquet.read_table(content)

    def sweep(self) -> None:
        """Remove what an interrupted run has left half-done."""
        for folder in (self.folder, self.landed):
            for left in folder.glob(_DRAFT + "*"):
                shutil.rmtree(left, ignore_errors=True)

    def refuse_open_to_others(self) -> None:
        """Refuse a vault that others than its owner can open.

        Raises
        ------
        InputError
        """
        if os.name != "nt" and self.folder.is_dir() and self.folder.stat().st_mode & 0o077:
            raise InputError(
                f"The vault {self.folder} is open to others than its owner.",
                remedy=f"chmod -R go= {self.folder}",
            )

    def _write(self, path: Path, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(self.keys.encrypted(content))

    def _read(self, path: Path) -> bytes:
        return self.keys.decrypted(path.read_bytes(), f"{FOLDER}/{path.parent.name}/{path.name}")


def _packed(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()


@contextmanager
def _private() -> Iterator[None]:
    """Nobody but the owner can read what is made within."""
    earlier = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(earlier)
