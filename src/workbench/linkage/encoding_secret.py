"""The secret that Trusts share to encode identifiers alike.

It is drawn at random, never chosen by a person: a password could be guessed from an
encoded file. From it a key of its own is derived for each purpose, so that what is known
of one tells nothing of another.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import InputError, ParameterError, UsageError

SECRET_BYTES = 32
"""As long as the output of SHA-256: HMAC gains nothing from a longer key (RFC 2104, 3)."""

_TITLE = "# workbench linkage secret: for the linking Trusts alone, never for who links"


@dataclass(frozen=True)
class Secret:
    """The shared secret, opened; printing one shows nothing.

    Attributes
    ----------
    content : bytes
    """

    content: bytes = field(repr=False)

    def key(self, *purpose: str) -> bytes:
        """Key for one purpose: HMAC-SHA-256 of its words, which tells nothing of the secret."""
        return hmac.digest(self.content, "\x1f".join(purpose).encode(), "sha256")

    def check(self, digest: str) -> str:
        """Tells whether two files were encoded under one secret, and nothing of the secret."""
        return self.key("check", digest).hex()[:16]


def new_secret(path: Path) -> None:
    """Draw a secret and write it to a file that only its owner can open.

    Parameters
    ----------
    path : Path

    Raises
    ------
    UsageError
        The file exists: what was encoded under it could not be linked any more.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{path} exists; nothing was changed.",
            remedy="Use it as it is, or give another name. A secret is never overwritten.",
        ) from None
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as stream:
        stream.write(f"{_TITLE}\n{secrets.token_bytes(SECRET_BYTES).hex()}\n")


def read_secret(path: Path) -> Secret:
    """Open a secret.

    Raises
    ------
    InputError
        There is none, or it is damaged.
    ParameterError
        Others than its owner can read it.
    """
    if not path.is_file():
        raise InputError(
            f"{path.name}: there is no such secret.",
            remedy=f"Ask the Trust that made it, or make one: workbench encode --new-secret {path}",
        )
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise ParameterError(
            f"{path.name}: the secret can be read by others than its owner.",
            remedy=f"chmod 600 {path}",
        )
    lines = path.read_bytes().decode("ascii", "replace").split("\n")
    said = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(said) != 1 or not re.fullmatch(f"[0-9a-f]{{{2 * SECRET_BYTES}}}", said[0]):
        raise InputError(
            f"{path.name}: this is no secret of workbench encode, or it is damaged.",
            remedy="Copy the file again, byte for byte.",
        )
    return Secret(bytes.fromhex(said[0]))
