"""The vault: every file taken in, encrypted, under a name that its content gives it.

A landing is a folder of encrypted files that appears at once, whole, or not at all.
Nothing in the vault is ever written in plain, not even for a moment.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from workbench.errors import InputError, UsageError
from workbench.intake.access import LOG, SEAL, note_access
from workbench.intake.keys import Keys, open_keys
from workbench.intake.landings import Landing, packed
from workbench.workspace import Workspace

FOLDER = "vault"
LANDED = "landed"
SECRETS = "secrets"
IDENTIFIERS = "identifiers.parquet.age"

_RECEIPT = "receipt.json.age"
_ROWS = "rows.parquet.age"
_FAULTS = "faults.parquet.age"
_DRAFT = ".writing-"
_SEALED = ".age"
_CLOSED_REMEDY = (
    "It is damaged, or other keys closed it. See which key opens what: workbench keys check; "
    "bring the right ones back: workbench keys restore FILE"
)
_SECRET = re.compile("[a-z0-9][a-z0-9_.-]{0,99}")


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
                self._write(draft / _FAULTS, packed(landing.faults))
                self._write(draft / _ROWS, packed(landing.rows))
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

    def all_rows(self, name: str) -> pa.Table:
        """A landing's rows, with every column that they have."""
        content = pa.BufferReader(self._read(self.landed / name / _ROWS))
        return pyarrow.parquet.read_table(content, use_threads=False)

    def faults(self, name: str) -> pa.Table:
        """A landing's faults."""
        content = pa.BufferReader(self._read(self.landed / name / _FAULTS))
        return pyarrow.parquet.read_table(content, use_threads=False)

    def keep_identifiers(self, table: pa.Table | None) -> None:
        """Replace the vault's list of who each record is about; None: it is about nobody."""
        if table is None:
            (self.folder / IDENTIFIERS).unlink(missing_ok=True)
            return
        with _private(), tempfile.TemporaryDirectory(dir=self.folder, prefix=_DRAFT) as room:
            draft = Path(room) / IDENTIFIERS
            self._write(draft, packed(table))
            draft.replace(self.folder / IDENTIFIERS)

    def identifiers(self) -> pa.Table:
        """Who each record is about: the dictionary's dataset ``identifiers``."""
        content = pa.BufferReader(self._read(self.folder / IDENTIFIERS))
        return pyarrow.parquet.read_table(content)

    def keep_secret(self, name: str, content: bytes) -> None:
        """Keep bytes, encrypted, whole or not at all; what had the name is replaced.

        Parameters
        ----------
        name : str
            Lower-case letters, digits, ``.``, ``-`` and ``_``. It stands in plain: nothing
            of a patient may be in it.
        content : bytes

        Raises
        ------
        UsageError
            The name cannot be used.
        """
        place = self._secret_place(name)
        with _private():
            place.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place.parent, prefix=_DRAFT) as room:
                draft = Path(room) / place.name
                self._write(draft, content)
                draft.replace(place)

    def secret(self, name: str) -> bytes:
        """What was kept under a name.

        Raises
        ------
        InputError
            Nothing was, or it cannot be opened with this workspace's key.
        """
        place = self._secret_place(name)
        if not place.is_file():
            raise InputError(f"The vault keeps nothing named '{name}'.")
        return self._read(place)

    def secrets(self) -> list[str]:
        """Names of all that is kept, sorted."""
        held = (self.folder / SECRETS).glob(f"*{_SEALED}")
        return sorted(path.name.removesuffix(_SEALED) for path in held if path.is_file())

    def forget_secret(self, name: str) -> None:
        """Take what was kept under a name away; nothing happens if nothing was."""
        self._secret_place(name).unlink(missing_ok=True)

    def sealed_files(self) -> list[Path]:
        """Every encrypted file of the vault, sorted."""
        held = self.folder.rglob(f"*{_SEALED}")
        return sorted(path for path in held if _DRAFT not in str(path.relative_to(self.folder)))

    def reseal(self, path: Path) -> bool:
        """Encrypt one file anew, if it was encrypted to an earlier key; says whether it was."""
        sealed = path.read_bytes()
        if self.keys.current_opens(sealed):
            return False
        content = self._read(path)
        with _private(), tempfile.TemporaryDirectory(dir=self.folder, prefix=_DRAFT) as room:
            draft = Path(room) / path.name
            self._write(draft, content)
            draft.replace(path)
        return True

    def sweep(self) -> None:
        """Remove what an interrupted run has left half-done."""
        for folder in (self.folder, self.landed, self.folder / SECRETS):
            for left in folder.glob(_DRAFT + "*"):
                shutil.rmtree(left, ignore_errors=True)

    def refuse_open_to_others(self) -> None:
        """Refuse a vault of which others than its owner can open anything.

        Raises
        ------
        InputError
        """
        places = ("", LANDED, SECRETS, LOG, SEAL, IDENTIFIERS)
        held = [path for name in places if (path := self.folder / name).exists()]
        faults = [
            f"{path.relative_to(self.folder.parent)} can be read by others"
            for path in held
            if os.name != "nt" and path.stat().st_mode & 0o077
        ]
        if faults:
            raise InputError(
                f"The vault {self.folder} is open to others than its owner.",
                faults,
                remedy=f"chmod -R go= {self.folder}",
            )

    def refuse_other_keys(self) -> None:
        """Refuse keys that do not open what is here, before anything is added under them.

        Raises
        ------
        InputError
        """
        for path in self.sealed_files()[:1]:
            self._read(path)
        names = self.names()
        if names and self.receipt(names[0])["key"] != self.keys.fingerprint:
            raise InputError(
                "The vault was filled under another pseudonym key; nothing was changed.",
                remedy="Restore the key folder that belongs to this workspace from your back-up.",
            )

    def _secret_place(self, name: str) -> Path:
        if not _SECRET.fullmatch(name):
            raise UsageError(
                "A secret's name has lower-case letters, digits, '.', '-' and '_' only."
            )
        return self.folder / SECRETS / f"{name}{_SEALED}"

    def _write(self, path: Path, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(self.keys.encrypted(content))

    def _read(self, path: Path) -> bytes:
        name = f"{FOLDER}/{path.relative_to(self.folder).as_posix()}"
        return self.keys.decrypted(path.read_bytes(), name, _CLOSED_REMEDY)


def open_vault(
    workspace: Workspace, *, command: str, why: str, opened: str = "identifiers"
) -> Vault:
    """Open a workspace's vault, and write into its log who does so, and why.

    Parameters
    ----------
    workspace : Workspace
    command : str
        Which command opens it, such as ``link``.
    why : str
        What for, in a few words; nothing of a patient.
    opened : str, optional
        What of the vault is needed.

    Raises
    ------
    ParameterError
        There are no keys, or they are damaged or open to others.
    InputError
        There is no vault, it is open to others, or it is of other keys: nothing was read.
    UsageError
        No reason was given, or the log cannot be written.
    """
    keys = open_keys(workspace.root)
    vault = Vault(workspace.root / FOLDER, keys)
    if not vault.folder.is_dir():
        raise InputError(
            f"There is no vault in {workspace.root}: nothing was taken in yet.",
            remedy="workbench ingest",
        )
    vault.refuse_open_to_others()
    note_access(vault.folder, command=command, opened=opened, why=why)
    try:
        vault.refuse_other_keys()
    except InputError:
        refused = f"nothing: refused ({opened})"
        note_access(vault.folder, command=command, opened=refused, why="the keys do not open it")
        raise
    return vault


@contextmanager
def _private() -> Iterator[None]:
    """Nobody but the owner can read what is made within."""
    earlier = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(earlier)
