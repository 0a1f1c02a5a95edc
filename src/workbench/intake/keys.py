"""The workspace's keys: an age key pair for files, and a secret for pseudonyms.

They stand in a folder of their own that only its owner can open. Whoever has them
can read the vault and can tell whose record a pseudonym is of; without them neither
can be done by anyone, so they must be backed up.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.errors import InputError, ParameterError

FOLDER = "keys"
AGE_KEY = "age_identity.txt"
PSEUDONYM_KEY = "pseudonym_key.txt"
PSEUDONYM_KEY_BYTES = 32
"""As long as the output of SHA-256: HMAC gains nothing from a longer key (RFC 2104, 3)."""


@dataclass(frozen=True)
class Keys:
    """A workspace's keys, opened; printing one shows no secret.

    Attributes
    ----------
    public : str
        The age recipient that Trusts encrypt to.
    identity : object
        Opens what was encrypted to `public`.
    pseudonym_key : bytes
        Secret of the HMAC.
    """

    public: str
    identity: Any = field(repr=False)
    pseudonym_key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Tells one pseudonym key from another and gives nothing of it away."""
        return sha256(b"workbench pseudonym key\x00" + self.pseudonym_key).hexdigest()[:16]

    def encrypted(self, content: bytes) -> bytes:
        """Encrypt bytes to this workspace."""
        import pyrage

        recipient = pyrage.x25519.Recipient.from_str(self.public)
        sealed: bytes = pyrage.encrypt(content, [recipient])
        return sealed

    def decrypted(self, content: bytes, name: str) -> bytes:
        """Open bytes that were encrypted to this workspace.

        Parameters
        ----------
        content : bytes
        name : str
            What an error calls them: a file's name.

        Raises
        ------
        InputError
            They are damaged, or were encrypted to another key.
        """
        import pyrage

        try:
            plain: bytes = pyrage.decrypt(content, [self.identity])
        except Exception:
            raise InputError(
                f"{name}: cannot be decrypted with this workspace's key.",
                remedy="It may be damaged, cut short or encrypted to another key. Compare the "
                "sender's key with: workbench keys public",
            ) from None
        return plain


def create_keys(root: Path) -> Keys:
    """Make a workspace's keys, all of them or none.

    Parameters
    ----------
    root : Path
        The workspace's folder.

    Raises
    ------
    ParameterError
        There are keys already: to overwrite them would close the vault for ever.
    """
    import pyrage

    folder = root / FOLDER
    if folder.exists() or folder.is_symlink():
        raise ParameterError(
            f"There are keys already in {folder}; nothing was changed.",
            remedy="To use them, do nothing. Without them the vault cannot be opened, so they "
            "are never overwritten.",
        )
    identity = pyrage.x25519.Identity.generate()
    secret = secrets.token_bytes(PSEUDONYM_KEY_BYTES)
    with tempfile.TemporaryDirectory(dir=root, prefix=".writing-") as room:
        draft = Path(room) / FOLDER
        draft.mkdir(mode=0o700)
        _write_private(draft / AGE_KEY, f"# public key: {identity.to_public()}\n{identity}\n")
        _write_private(draft / PSEUDONYM_KEY, secret.hex() + "\n")
        draft.rename(folder)
    return Keys(str(identity.to_public()), identity, secret)


def open_keys(root: Path) -> Keys:
    """Open a workspace's keys.

    Raises
    ------
    ParameterError
        They are absent, unreadable, or open to others than their owner.
    """
    import pyrage

    folder = root / FOLDER
    absent = [name for name in (AGE_KEY, PSEUDONYM_KEY) if not (folder / name).is_file()]
    if absent:
        raise ParameterError(
            f"This workspace has no keys: {', '.join(absent)} missing in {folder}.",
            remedy=f"workbench keys new --workspace {root}   (or restore them from your back-up "
            "if this workspace had keys before)",
        )
    _refuse_open_to_others([folder, folder / AGE_KEY, folder / PSEUDONYM_KEY])
    try:
        lines = (folder / AGE_KEY).read_text(encoding="ascii").split("\n")
        line = next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-"))
        identity = pyrage.x25519.Identity.from_str(line)
        secret = bytes.fromhex((folder / PSEUDONYM_KEY).read_text(encoding="ascii").strip())
        damaged = len(secret) != PSEUDONYM_KEY_BYTES
    except Exception:
        damaged = True
    if damaged:
        raise ParameterError(
            f"The keys in {folder} are damaged.", remedy="Restore the folder from your back-up."
        ) from None
    return Keys(str(identity.to_public()), identity, secret)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as stream:
        stream.write(text)


def _refuse_open_to_others(paths: list[Path]) -> None:
    if os.name == "nt":  # permission bits mean nothing there
        return
    faults = [f"{path.name} can be read by others" for path in paths if path.stat().st_mode & 0o077]
    if faults:
        raise ParameterError(
            f"The keys in {paths[0]} are open to others than their owner.",
            faults,
            remedy=f"chmod 700 {paths[0]} && chmod 600 {paths[0]}/*",
        )
