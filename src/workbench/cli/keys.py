"""Make the workspace's keys, change them, back them up, bring them back, and see what they open.

The keys are an age key pair and the secret of the pseudonyms; they stand in the folder
keys/ of the workspace, which only its owner can open. Back them up: what is in the vault
cannot be read without them. docs/keys.md says what to do in which trouble.

  new            make them, once
  public         print the key that Trusts encrypt to
  rotate         make a new pair and encrypt the vault anew; goes on where it was stopped
  retire         drop earlier keys, once nothing needs them
  backup FILE    write the keys into one file, outside the workspace
  restore FILE   bring them back, if they open this vault
  check [FILE]   which key opens what (FILE: a back-up), and what is lost without it

check ends with 14 if anything opens with no key.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import CheckError, InputError, UsageError

if TYPE_CHECKING:
    from workbench.intake.keys_backup import Lock
    from workbench.intake.recovery import Check

SUMMARY = "the keys of the vault and of the pseudonyms"
EXAMPLES = """\
  workbench keys new
  workbench keys public
  workbench keys rotate
  workbench keys backup /media/safe/keys_backup.age --passphrase
  workbench keys restore /media/safe/keys_backup.age --passphrase
  workbench keys check"""

_TAKES_FILE = {"backup": True, "restore": True, "check": False}
"""Actions that take a file, and whether they need it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `keys` takes."""
    parser.add_argument("action", choices=tuple(_ACTIONS), help="what to do, see above")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the back-up")
    parser.add_argument(
        "--pseudonyms", action="store_true", help="rotate: change the pseudonym key too"
    )
    parser.add_argument(
        "--passphrase", action="store_true", help="backup, restore, check: asks for a passphrase"
    )
    parser.add_argument("--to", metavar="age1...", help="backup: encrypt to somebody's age key")
    parser.add_argument(
        "--identity", type=Path, metavar="FILE", help="restore, check: age key that opens it"
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked with the keys."""
    faults = _misuse(args)
    if faults:
        raise UsageError(f"keys {args.action} cannot be done so.", faults, "workbench keys --help")
    return _ACTIONS[args.action](args)


def _misuse(args: argparse.Namespace) -> list[str]:
    faults = []
    if args.file is not None and args.action not in _TAKES_FILE:
        faults.append(f"'{args.action}' takes no file")
    if args.file is None and _TAKES_FILE.get(args.action):
        faults.append(f"'{args.action}' needs a file")
    allowed = {
        "--pseudonyms": (args.pseudonyms, {"rotate"}),
        "--passphrase": (args.passphrase, set(_TAKES_FILE)),
        "--to": (args.to, {"backup"}),
        "--identity": (args.identity, {"restore", "check"}),
    }
    faults += [
        f"'{args.action}' takes no {name}"
        for name, (given, actions) in allowed.items()
        if given and args.action not in actions
    ]
    if args.passphrase and (args.to or args.identity):
        faults.append("give either a passphrase or a key")
    return faults


def _new(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.intake.keys import FOLDER, create_keys
    from workbench.intake.vault import FOLDER as VAULT
    from workbench.workspace import open_workspace

    root = open_workspace(args.workspace).root
    if not (root / FOLDER).exists() and any((root / VAULT).rglob("*.age")):
        raise UsageError(
            f"There is a vault in {root} that other keys closed; new ones would not open it.",
            remedy="Bring the back-up back: workbench keys restore FILE. If there is none, see "
            "what can be had again: workbench keys check",
        )
    public = create_keys(root).public
    lines = [
        f"Keys made in {root / FOLDER}.",
        f"Public key, for the Trusts: {public}",
        "Back this folder up now, apart from the data: without it nobody can open the vault, and "
        "pseudonyms can never be made again (workbench keys backup FILE).",
    ]
    report(args, lines, {"public": public, "folder": root / FOLDER}, "workbench ingest")
    return 0


def _public(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.intake.keys import open_keys
    from workbench.workspace import open_workspace

    public = open_keys(open_workspace(args.workspace).root).public
    report(args, [public], {"public": public})
    return 0


def _rotate(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.intake.ingest import derive_again
    from workbench.intake.rotation import rotate
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    dictionary = load(workspace.dictionary)
    done = rotate(workspace, dictionary, pseudonyms=args.pseudonyms, tell=_teller(args))
    lines = [
        f"New public key, for the Trusts: {done.public}",
        "Files that Trusts still send to the earlier key are taken in until: workbench keys retire",
        "Back the keys up now: the last back-up does not open the vault any more.",
    ]
    then = "workbench keys backup FILE"
    if done.landings:
        derive_again(workspace, dictionary)
        lines.append(
            "Every pseudonym and record name has changed, and the store with them: reports and "
            "tables made before cannot be joined to it."
        )
        then = "workbench link"
    facts = {
        "public": done.public, "earlier": done.earlier, "files": done.files,
        "landings": done.landings, "resumed": done.resumed,
    }  # fmt: skip
    report(args, lines, facts, then)
    return 0


def _retire(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.intake.rotation import retire
    from workbench.workspace import open_workspace

    dropped = retire(open_workspace(args.workspace))
    lines = [f"Dropped: {public}" for public in dropped]
    report(args, lines, {"dropped": dropped}, "workbench keys backup FILE")
    return 0


def _backup(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.intake.keys_backup import backup
    from workbench.workspace import open_workspace

    lock = _lock(args, twice=True)
    keys = backup(open_workspace(args.workspace).root, args.file, lock)
    closed = bool(lock.passphrase or lock.recipient)
    lines = [
        f"Back-up of the keys of {keys.public}: {args.file}",
        "It is encrypted. Keep it and what opens it in two places, both apart from the data."
        if closed
        else "It is NOT encrypted: whoever reads it can open the vault. Lock it away. "
        "(--passphrase or --to age1... would close it.)",
    ]
    facts = {"file": args.file, "public": keys.public, "encrypted": closed}
    report(args, lines, facts, f"workbench keys check {args.file}")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.intake.keys_backup import restore
    from workbench.workspace import open_workspace

    root = open_workspace(args.workspace).root
    keys, aside = restore(root, args.file, _lock(args))
    lines = [f"The keys of {keys.public} are in place."]
    if aside is not None:
        lines.append(f"What was there before is in {aside}; it opens nothing of this vault.")
    facts = {"public": keys.public, "aside": aside}
    report(args, lines, facts, "workbench keys check")
    return 0


def _check(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.intake.keys_backup import read_backup
    from workbench.intake.recovery import check
    from workbench.workspace import open_workspace

    keys = read_backup(args.file, _lock(args)) if args.file else None
    found = check(open_workspace(args.workspace), keys)
    facts = {
        "keys": found.keys, "opened": found.opened, "closed": found.closed,
        "datasets_in_store": found.store, "sound": found.sound,
    }  # fmt: skip
    then = "" if found.sound else found.remedy or "workbench keys restore FILE"
    report(args, list(_check_lines(found)), facts, then)
    return 0 if found.sound else CheckError.exit_code


def _check_lines(found: Check) -> Iterator[str]:
    yield f"Keys: {found.keys}"
    for kind, counts in found.opened.items():
        for by, number in counts.items():
            yield f"{number:>9,} {kind}: {by}"
    if found.closed:
        yield "Nothing here opens:"
        yield from (f"  - {name}" for name in found.closed)
        yield f"Still to be had without any key: {found.store:,} datasets of the store (pseudonyms,"
        yield "no names), files sent in plain, and what the Trusts can send again to a new key."


def _lock(args: argparse.Namespace, twice: bool = False) -> Lock:
    from workbench.intake.keys_backup import Lock

    if not args.passphrase:
        identity = _identity(args.identity) if args.identity else ""
        return Lock(recipient=args.to or "", identity=identity)
    passphrase = _asked("Passphrase of the back-up: ")
    if not passphrase or (twice and _asked("Once more: ") != passphrase):
        raise UsageError("The passphrase is blank or was not the same twice; nothing was written.")
    return Lock(passphrase=passphrase)


def _identity(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(
            f"{file.name}: is no age identity.",
            remedy="Name the file with the line that starts with AGE-SECRET-KEY-1.",
        ) from None


def _asked(words: str) -> str:
    """A line that is not shown as it is typed; from a pipe, for a program."""
    from getpass import getpass

    return getpass(words) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _teller(args: argparse.Namespace) -> Callable[[str], None]:
    return (lambda _: None) if args.quiet or args.json else (lambda line: print(line, flush=True))


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "new": _new,
    "public": _public,
    "rotate": _rotate,
    "retire": _retire,
    "backup": _backup,
    "restore": _restore,
    "check": _check,
}
