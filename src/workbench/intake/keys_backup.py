"""A back-up of the keys in one file, and the way back from it.

The file is text that a person can read, so that keys are not lost even where this
program is: the age identities, the pseudonym key and a digest of both. It may itself be
encrypted with age, under a passphrase or to somebody else's key.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage

from workbench.errors import InputError, ParameterError, UsageError
from workbench.files import written_whole
from workbench.intake.decoding import AGE
from workbench.intake.keys import FOLDER as KEYS
from workbench.intake.keys import Keys, identity_text, keys_of, open_keys, write_keys
from workbench.intake.vault import FOLDER, Vault

KIND = "keys of a Cancer Pathway Equity Workbench"
ASIDE = "keys.aside"


@dataclass(frozen=True)
class Lock:
    """How a back-up is closed, or opened: in plain, by a passphrase, or by an age key.

    Attributes
    ----------
    passphrase : str
    recipient : str
        An age public key: closes.
    identity : str
        Text of an age identity file: opens.
    """

    passphrase: str = ""
    recipient: str = ""
    identity: str = ""


def backup(root: Path, file: Path, lock: Lock) -> Keys:
    """Write a back-up of a workspace's keys.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    file : Path
        Where to; not yet there, and outside the workspace: beside the data it is no back-up.
    lock : Lock

    Raises
    ------
    ParameterError
        There are no keys, or they are damaged.
    UsageError
        `file` is there already or is in the workspace, or the recipient is no age key.
    """
    keys = open_keys(root)
    if file.resolve().is_relative_to(root.resolve()):
        raise UsageError(
            f"{file} is in the workspace: whoever loses the data would lose the keys with it.",
            remedy="Name a file on another medium.",
        )
    if file.exists():
        raise UsageError(
            f"{file} is there already; nothing was written.", remedy="Give another name."
        )
    content = _closed(_text(keys), lock)
    with written_whole(file) as draft:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
    return keys


def read_backup(file: Path, lock: Lock) -> Keys:
    """Open a back-up.

    Raises
    ------
    InputError
        It is absent, damaged, none, or opens with another passphrase or key.
    """
    if not file.is_file():
        raise InputError(f"{file.name}: no such file.", remedy=f"Check the path {file}.")
    content = _opened(file, lock)
    try:
        held: dict[str, Any] = json.loads(content)
        sound = held["kind"] == KIND and held["digest"] == _digest(held)
        keys = keys_of("\n".join(held["age_identities"]), held["pseudonym_key"])
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise InputError(
            f"{file.name}: is no back-up of keys, or is damaged; nothing was changed.",
            remedy="Take another copy.",
        )
    return keys


def restore(root: Path, file: Path, lock: Lock) -> tuple[Keys, Path | None]:
    """Put keys from a back-up in place.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    file : Path
    lock : Lock

    Returns
    -------
    keys : Keys
    aside : Path or None
        Where damaged or other keys, that do not open this vault, were put.

    Raises
    ------
    ParameterError
        The keys that are here open the vault: they are not replaced.
    InputError
        The back-up cannot be read, or its keys do not open this vault; nothing was changed.
    """
    keys = read_backup(file, lock)
    place = root / KEYS
    vault = Vault(root / FOLDER, keys)
    if place.exists() and _serve(root):
        raise ParameterError(
            f"The keys in {place} are in order and open what is here; nothing was changed.",
            remedy="See which key opens what: workbench keys check",
        )
    closed = [path for path in vault.sealed_files() if not _opens(keys, path)]
    if closed:
        raise InputError(
            f"The keys of {file.name} do not open {len(closed):,} of the vault's "
            f"{len(vault.sealed_files()):,} files; nothing was changed.",
            remedy="Take the newest back-up of this workspace, made after the last `keys rotate`.",
        )
    aside = _put_aside(root) if place.exists() else None
    write_keys(root, keys)
    return keys, aside


def _serve(root: Path) -> bool:
    """Whether the keys that are in place are sound and open all of the vault."""
    try:
        keys = open_keys(root, changing=True)
    except ParameterError:
        return False
    return all(_opens(keys, path) for path in Vault(root / FOLDER, keys).sealed_files())


def _opens(keys: Keys, path: Path) -> bool:
    try:
        keys.decrypted(path.read_bytes(), path.name)
    except InputError:
        return False
    return True


def _put_aside(root: Path) -> Path:
    """Keys are never deleted: nobody can tell what else they open."""
    with tempfile.TemporaryDirectory(dir=root, prefix=f"{ASIDE}.") as room:
        place = Path(room)
    (root / KEYS).rename(place)
    return place


def _text(keys: Keys) -> str:
    held = {
        "kind": KIND,
        "public": keys.public,
        "age_identities": identity_text(keys).splitlines(),
        "pseudonym_key": keys.pseudonym_key.hex(),
    }
    return json.dumps({**held, "digest": _digest(held)}, indent=1) + "\n"


def _digest(held: dict[str, Any]) -> str:
    told = [held["public"], held["age_identities"], held["pseudonym_key"]]
    return sha256(json.dumps(told).encode()).hexdigest()


def _closed(text: str, lock: Lock) -> bytes:
    content = text.encode("ascii")
    if lock.passphrase:
        sealed: bytes = pyrage.passphrase.encrypt(content, lock.passphrase)
        return sealed
    if not lock.recipient:
        return content
    return encrypted_to(content, lock.recipient)


def encrypted_to(content: bytes, public: str) -> bytes:
    """Encrypt bytes to an age public key.

    Raises
    ------
    UsageError
        It is none.
    """
    try:
        recipient = pyrage.x25519.Recipient.from_str(public.strip())
    except Exception:
        raise UsageError(
            "That is no age public key.", remedy="It starts with age1 and has 62 characters."
        ) from None
    sealed: bytes = pyrage.encrypt(content, [recipient])
    return sealed


def _opened(file: Path, lock: Lock) -> bytes:
    content = file.read_bytes()
    if not content.startswith(AGE):
        return content
    if not (lock.passphrase or lock.identity):
        raise InputError(
            f"{file.name}: is encrypted.",
            remedy="Add --passphrase, or --identity FILE with the age identity it was closed to.",
        )
    try:
        if lock.passphrase:
            plain: bytes = pyrage.passphrase.decrypt(content, lock.passphrase)
            return plain
        lines = (line.strip() for line in lock.identity.splitlines())
        held = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
        identities = [pyrage.x25519.Identity.from_str(line) for line in held]
        opened: bytes = pyrage.decrypt(content, identities)
    except Exception:
        raise InputError(
            f"{file.name}: does not open with that passphrase or key; nothing was changed."
        ) from None
    return opened
