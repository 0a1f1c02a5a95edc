"""Who opened the vault, when, for which command and why: a log that only grows.

Each line is one opening, as JSON, and ends with a digest of itself and of the line
before (a hash chain), so that a line that was changed or taken out shows. How long the
log is stands in a file beside it, so that lines cut off its end show too. Whoever may
write both files could forge both: the seal of a day, noted elsewhere, shows even that.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.errors import UsageError
from workbench.intake.lock import held

LOG = "access.log"
SEAL = "access.seal"
FIELDS = ("number", "time", "user", "command", "opened", "why")

_START = sha256(b"workbench access log").hexdigest()
_MOST_WORDS = 500
_SEAL = re.compile(r"([0-9]{1,12})-([0-9a-f]{64})")


@dataclass(frozen=True)
class Access:
    """One opening of the vault.

    Attributes
    ----------
    facts : dict
        `FIELDS`: the time is UTC, the user the system's name of who ran the command.
    chain : str
        Digest of these and of the line before.
    """

    facts: dict[str, Any]
    chain: str

    @property
    def seal(self) -> str:
        """Says how long the log was at this line, and what it held."""
        return f"{self.facts['number']}-{self.chain}"


def note_access(folder: Path, *, command: str, opened: str, why: str) -> Access:
    """Write one opening into the log, before anything is opened.

    Parameters
    ----------
    folder : Path
        The vault.
    command, opened, why : str
        Which command, what of the vault, what for. Never anything of a patient.

    Raises
    ------
    UsageError
        A reason is missing, or the log cannot be written: then nothing may be opened.
    """
    words = {"command": command, "opened": opened, "why": why}
    missing = [f"'{name}' is blank" for name, text in words.items() if not text.strip()]
    if missing:
        raise UsageError("The vault is opened for a stated reason only.", missing)
    with held(folder / LOG) as log:
        number, chain = _end(folder)
        facts = {
            "number": number + 1,
            "time": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "user": _user(),
            **{name: " ".join(text.split())[:_MOST_WORDS] for name, text in words.items()},
        }
        made = Access(facts, _chained(facts, chain))
        _append(log, json.dumps({**facts, "chain": made.chain}, ensure_ascii=False))
        _write_seal(folder, made)
    return made


def accesses(folder: Path) -> list[Access]:
    """All openings that can be read, the first first."""
    return [one for line in _lines(folder) if (one := _read(line)) is not None]


def log_faults(folder: Path, seal: str | None = None) -> list[str]:
    """What shows that the log is not as it was written; nothing if it is.

    Parameters
    ----------
    folder : Path
        The vault.
    seal : str, optional
        `Access.seal` of an earlier day, noted elsewhere.

    Raises
    ------
    UsageError
        `seal` is none.
    """
    lines = [_read(line) for line in _lines(folder)]
    faults = [f"line {n} cannot be read" for n, one in enumerate(lines, 1) if one is None]
    chain, number = _START, 0
    for place, one in enumerate(lines, 1):
        if one is None:
            continue
        if one.facts["number"] != number + 1:
            faults.append(f"line {place} is number {one.facts['number']} where {number + 1} is due")
        if _chained(one.facts, chain) != one.chain:
            faults.append(f"line {place} was changed, or what stood before it")
        chain, number = one.chain, one.facts["number"]
    held_lines = [one for one in lines if one is not None]
    beside = _kept_seal(folder)
    if beside is None and lines:
        faults.append(f"{SEAL} is missing or cannot be read")
    faults += _seal_faults(held_lines, beside, "when it was last written")
    return faults + _seal_faults(held_lines, seal, "when the seal given was noted")


def _seal_faults(lines: Sequence[Access], seal: str | None, when: str) -> list[str]:
    if seal is None:
        return []
    match = _SEAL.fullmatch(seal.strip())
    if match is None:
        raise UsageError(
            "That is no seal of an access log.",
            remedy="Give the whole seal that `workbench vault log` printed.",
        )
    number, chain = int(match[1]), match[2]
    if any(one.facts["number"] == number and one.chain == chain for one in lines):
        return []
    return [f"the log had {number} lines {when}; they are not those that stand here"]


def _lines(folder: Path) -> list[str]:
    path = folder / LOG
    if not path.is_file():
        return []
    return path.read_bytes().decode("utf-8", "replace").splitlines()


def _end(folder: Path) -> tuple[int, str]:
    """Number and chain that the next line follows.

    Where the last lines were taken out, these are those that the seal still knows: a line that
    followed what is left would hide the gap, and the seal written with it would forget it.
    """
    last, kept = _last(folder), _SEAL.fullmatch(_kept_seal(folder) or "")
    number, chain = (last.facts["number"], last.chain) if last else (0, _START)
    if kept and int(kept[1]) > number:
        return int(kept[1]), kept[2]
    return number, chain


def _last(folder: Path) -> Access | None:
    """The last line that can be read: one cut short by a power failure is passed over."""
    sound = (one for line in reversed(_lines(folder)) if (one := _read(line)) is not None)
    return next(sound, None)


def _read(line: str) -> Access | None:
    try:
        held_line = json.loads(line)
        facts = {name: held_line[name] for name in FIELDS}
        chain = held_line["chain"]
    except (ValueError, KeyError, TypeError):
        return None
    return Access(facts, chain) if isinstance(facts["number"], int) else None


def _chained(facts: dict[str, Any], before: str) -> str:
    text = json.dumps(facts, sort_keys=True)
    return sha256(f"{before}\n{text}".encode()).hexdigest()


def _append(log: int, line: str) -> None:
    """One write, so that a process killed at any instant leaves a whole line or none."""
    size = os.fstat(log).st_size
    os.lseek(log, max(size - 1, 0), os.SEEK_SET)
    broken = size > 0 and os.read(log, 1) != b"\n"
    content = (("\n" if broken else "") + line + "\n").encode()
    written = -1
    try:
        written = os.write(log, content)
        os.fsync(log)
    finally:
        if written != len(content):
            os.ftruncate(log, size)
    if written != len(content):
        raise UsageError(
            "The access log cannot be written, so the vault was not opened.",
            remedy="Make room on the disk.",
        )


def _kept_seal(folder: Path) -> str | None:
    try:
        text = (folder / SEAL).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if _SEAL.fullmatch(text) else None


def _write_seal(folder: Path, made: Access) -> None:
    """Killed before this, the log is longer than its seal says, which is no fault."""
    draft = folder / f"{SEAL}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(made.seal + "\n")
    draft.replace(folder / SEAL)


def _user() -> str:
    """The system's own name of the user: what the environment says could be anything."""
    try:
        import pwd
    except ImportError:  # Windows
        import getpass

        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        return str(os.getuid())
