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
NEXT_PSEUDONYM_KEY = "pseudonym_key.next.txt"
"""Stands beside the present one while every landing is being given new pseudonyms."""

PSEUDONYM_KEY_BYTES = 32
"""As long as the output of SHA-256: HMAC gains nothing from a longer key (RFC 2104, 3)."""


_SENT_REMEDY = (
    "It may be damaged, cut short or encrypted to another key. Compare the sender's key with: "
    "workbench keys public"
)


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
    retired : tuple of object
        Earlier identities: they open what was encrypted to them, and close nothing.
    changing : {"", "files", "files and pseudonyms"}
        What a change of keys that has not been finished was to change.
    """

    public: str
    identity: Any = field(repr=False)
    pseudonym_key: bytes = field(repr=False)
    retired: tuple[Any, ...] = field(default=(), repr=False)
    changing: str = ""

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

    def decrypted(self, content: bytes, name: str, remedy: str | None = None) -> bytes:
        """Open bytes that were encrypted to this workspace.

        Parameters
        ----------
        content : bytes
        name : str
            What an error calls them: a file's name.
        remedy : str, optional
            What to do about those that do not open; for a file that was sent by default.

        Raises
        ------
        InputError
            They are damaged, or were encrypted to another key.
        """
        import pyrage

        try:
            plain: bytes = pyrage.decrypt(content, [self.identity, *self.retired])
        except Exception:
            raise InputError(
                f"{name}: cannot be decrypted with this workspace's key.",
                remedy=remedy or _SENT_REMEDY,
            ) from None
        return plain

    def current_opens(self, content: bytes) -> bool:
        """Whether bytes open with the present identity, without any earlier one."""
        return opens(self.identity, content)


def opens(identity: Any, content: bytes) -> bool:
    """Whether an identity opens age-encrypted bytes, and they are whole."""
    import pyrage

    try:
        pyrage.decrypt(content, [identity])
    except Exception:
        return False
    return True


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
    keys = Keys(str(identity.to_public()), identity, new_pseudonym_key())
    write_keys(root, keys)
    return keys


def new_pseudonym_key() -> bytes:
    """A secret that nobody has had before."""
    return secrets.token_bytes(PSEUDONYM_KEY_BYTES)


def write_keys(root: Path, keys: Keys) -> None:
    """Write a key folder, whole or not at all; there must be none yet."""
    with tempfile.TemporaryDirectory(dir=root, prefix=".writing-") as room:
        draft = Path(room) / FOLDER
        draft.mkdir(mode=0o700)
        write_private(draft / AGE_KEY, identity_text(keys))
        write_private(draft / PSEUDONYM_KEY, keys.pseudonym_key.hex() + "\n")
        draft.rename(root / FOLDER)


def replace_identities(root: Path, keys: Keys) -> None:
    """Replace the age identities of a key folder at once."""
    replace_private(root / FOLDER / AGE_KEY, identity_text(keys))


def identity_text(keys: Keys) -> str:
    """The age identities as `age` itself reads them: the present one first."""
    lines = [f"{_CHANGING}{keys.changing}"] if keys.changing else []
    lines += [f"# public key: {keys.public}", str(keys.identity)]
    for one in keys.retired:
        lines += [f"# retired, opens what was sent to it: {one.to_public()}", str(one)]
    return "\n".join(lines) + "\n"


_CHANGING = "# being changed (finish with: workbench keys rotate): "


def open_keys(root: Path, *, changing: bool = False) -> Keys:
    """Open a workspace's keys.

    Parameters
    ----------
    root : Path
        The workspace's folder.
    changing : bool, optional
        Open them in the midst of a change of the pseudonym key, to finish it.

    Raises
    ------
    ParameterError
        They are absent, damaged, open to others than their owner, or half changed.
    """
    folder = root / FOLDER
    absent = [name for name in (AGE_KEY, PSEUDONYM_KEY) if not (folder / name).is_file()]
    if absent:
        raise ParameterError(
            f"This workspace has no keys: {', '.join(absent)} missing in {folder}.",
            remedy=_absent_remedy(root),
        )
    _refuse_open_to_others([folder, *sorted(folder.iterdir())])
    if (folder / NEXT_PSEUDONYM_KEY).exists() and not changing:
        raise ParameterError(
            "A change of the pseudonym key was interrupted; nothing was done.",
            remedy="Finish it: workbench keys rotate",
        )
    try:
        identities = (folder / AGE_KEY).read_text(encoding="ascii")
        secret = (folder / PSEUDONYM_KEY).read_text(encoding="ascii")
        return keys_of(identities, secret)
    except ValueError:
        raise ParameterError(
            f"The keys in {folder} are damaged.",
            remedy="Restore them from your back-up: workbench keys restore",
        ) from None


def keys_of(identities: str, secret: str) -> Keys:
    """Keys from what their files hold.

    Parameters
    ----------
    identities : str
        One age identity a line, the present one first; other lines are comments.
    secret : str
        The pseudonym key in hexadecimal digits.

    Raises
    ------
    ValueError
        They are damaged; the message holds nothing of them.
    """
    import pyrage

    try:
        lines = [line.strip() for line in identities.splitlines()]
        held = [line for line in lines if line.startswith("AGE-SECRET-KEY-")]
        identity, *retired = [pyrage.x25519.Identity.from_str(line) for line in held]
        key = bytes.fromhex(secret.strip())
    except Exception:
        raise ValueError("damaged keys") from None
    if len(key) != PSEUDONYM_KEY_BYTES:
        raise ValueError("damaged keys")
    changes = [line.removeprefix(_CHANGING) for line in lines if line.startswith(_CHANGING)]
    changing = changes[0] if changes else ""
    return Keys(str(identity.to_public()), identity, key, tuple(retired), changing)


def write_private(path: Path, text: str) -> None:
    """Write a new file that its owner alone can read.

    Raises
    ------
    FileExistsError
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def replace_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, whole or not at all."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as room:
        draft = Path(room) / path.name
        write_private(draft, text)
        draft.replace(path)


def _absent_remedy(root: Path) -> str:
    # New keys would not open a vault that others closed: it is not what to begin with there.
    if any((root / "vault").rglob("*.age")):
        return (
            "There is a vault that they open. Bring them back: workbench keys restore FILE. If "
            "there is no back-up, see what can be had again: workbench keys check"
        )
    return (
        f"workbench keys new --workspace {root}   (or restore them from your back-up "
        "if this workspace had keys before: workbench keys restore FILE)"
    )


def is_open_to_others(root: Path) -> bool:
    """Whether others than their owner can read a workspace's keys."""
    folder = root / FOLDER
    return folder.is_dir() and bool(_readable_by_others([folder, *sorted(folder.iterdir())]))


def _readable_by_others(paths: list[Path]) -> list[str]:
    if os.name == "nt":  # permission bits mean nothing there
        return []
    return [path.name for path in paths if path.stat().st_mode & 0o077]


def _refuse_open_to_others(paths: list[Path]) -> None:
    faults = [f"{name} can be read by others" for name in _readable_by_others(paths)]
    if faults:
        raise ParameterError(
            f"The keys in {paths[0]} are open to others than their owner.",
            faults,
            remedy=f"chmod 700 {paths[0]} && chmod 600 {paths[0]}/*",
        )
