"""Encrypt files to a workspace's public key: for a Trust, before it sends them.

Needs nothing but the public key that the workspace's owner sends out (`workbench keys
public`); there is nothing secret at the Trust. It writes FILE.age beside each file, or into
--out, and leaves the file itself as it is. `age` and `rage` give files that serve as well.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from workbench.errors import InputError, UsageError

SUMMARY = "encrypt files before they are sent"
EXAMPLES = """\
  workbench encrypt pathways_2025-04-10.csv --to age1...
  workbench encrypt *.csv --to age1... --out outbox"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `encrypt` takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="what is to be sent")
    parser.add_argument(
        "--to", required=True, metavar="age1...", help="public key of the workspace"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to (default: beside each)")


def run(args: argparse.Namespace) -> int:
    """Write an encrypted copy of each file; none if any cannot be."""
    from workbench.cli.output import report
    from workbench.files import written_whole
    from workbench.intake.keys_backup import encrypted_to

    encrypted_to(b"", args.to)
    places = {file: (args.out or file.parent) / f"{file.name}.age" for file in args.files}
    _refuse(places)
    for file, place in places.items():
        with written_whole(place) as draft:
            draft.write_bytes(encrypted_to(file.read_bytes(), args.to))
    lines = [f"{place}" for place in places.values()]
    lines.append("Send these, and delete what was exported where nobody needs it any more.")
    report(args, lines, {"written": list(places.values()), "to": args.to})
    return 0


def _refuse(places: dict[Path, Path]) -> None:
    absent = [f"{file}: {_absence(file)}" for file in places if not file.is_file()]
    if absent:
        raise InputError("There is nothing to encrypt; nothing was written.", absent)
    faults = [f"{file} is encrypted already" for file in places if file.suffix.lower() == ".age"]
    faults += [f"{place} is there already" for place in places.values() if place.exists()]
    if len(set(places.values())) < len(places):
        faults.append("two files have the same name")
    if faults:
        raise UsageError("Nothing was written.", faults, "Give each file once, with a new name.")


def _absence(file: Path) -> str:
    return "is a folder; name the files in it" if file.is_dir() else "no such file"
