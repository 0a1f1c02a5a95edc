"""Add an official file that you have downloaded, or list those that the workspace holds.

FILE is CSV, Parquet or XLSX as published: indices of deprivation, lookups of small areas,
Trusts and their successors, census counts. It is recognised by its headings, checked, and
kept with its digest, source and licence. `reference kinds` says what there is to add and
what each is for.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.reference import Held

SUMMARY = "official files: deprivation, small areas, Trusts, census"
EXAMPLES = """  workbench reference kinds
  workbench reference add imd2025_lsoa21.csv --as imd
  workbench reference add etr.csv --as trusts --vintage 2025-04
  workbench reference list"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("action", choices=("add", "list", "kinds"), help="what to do")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file to add")
    parser.add_argument("--as", dest="kind", metavar="KIND", help="what it is: `reference kinds`")
    parser.add_argument("--vintage", metavar="DATE", help="which issue, if the file does not say")
    parser.add_argument("--part", action="store_true", help="a part of England is meant")
    parser.add_argument("--source", metavar="TEXT", help="where it is from, if not the usual place")
    parser.add_argument("--licence", metavar="TEXT", help="its licence, if not the usual one")


def run(args: argparse.Namespace) -> int:
    """Do what was asked and say what there is now."""
    from workbench.errors import UsageError

    stray = [
        name
        for name, given in (
            ("FILE", args.file), ("--as", args.kind), ("--vintage", args.vintage),
            ("--part", args.part), ("--source", args.source), ("--licence", args.licence),
        )
        if given and args.action != "add"
    ]  # fmt: skip
    if stray:
        raise UsageError(f"reference {args.action} takes no {', '.join(stray)}.")
    if args.action == "add" and (args.file is None or args.kind is None):
        raise UsageError(
            "reference add needs a FILE and --as KIND.", remedy="workbench reference kinds"
        )
    return {"add": _add, "list": _list, "kinds": _kinds}[args.action](args)


def _add(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.reference import add, load_kinds
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    entry = add(
        workspace.root, args.file, args.kind, load_kinds(workspace.dictionary),
        vintage=args.vintage, part=args.part, source=args.source, licence=args.licence,
    )  # fmt: skip
    report(args, _lines(entry), asdict(entry), then="workbench reference list")
    return 0


def _lines(entry: Held) -> list[str]:
    boundaries = f", on {entry.boundaries} boundaries" if entry.boundaries else ""
    lines = [
        f"{entry.file}: {entry.kind} of {entry.vintage}{boundaries}, {entry.rows:,} rows "
        f"-> reference/{entry.stored}",
        f"What it is for: {entry.purpose}",
        f"Source: {entry.source}. Licence: {entry.licence}.",
    ]
    if entry.status != "confirmed":
        lines.append(
            "The layout is from memory, not seen in a published file: every check held, but "
            "look at a few rows yourself."
        )
    if not entry.whole:
        lines.append("Only a part of England is there: areas outside it will have no value.")
    return lines


def _list(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.reference import held
    from workbench.workspace import open_workspace

    entries = held(open_workspace(args.workspace).root)
    lines = [line for entry in entries for line in _lines(entry)]
    facts: dict[str, Any] = {"references": [asdict(entry) for entry in entries]}
    then = "" if entries else "workbench reference kinds"
    report(args, lines or ["This workspace holds no reference data."], facts, then=then)
    return 0


def _kinds(args: argparse.Namespace) -> int:
    from workbench.cli.output import report
    from workbench.reference import load_kinds
    from workbench.workspace import open_workspace

    kinds = load_kinds(open_workspace(args.workspace).dictionary).values()
    lines = [
        line
        for kind in kinds
        for line in (
            f"--as {kind.name}: {kind.title}",
            f"    {kind.purpose}",
            *(f"    {layout.source}: {layout.name} ({layout.status})" for layout in kind.layouts),
        )
    ]
    facts = {"kinds": [asdict(kind) for kind in kinds]}
    report(args, lines, facts, then="workbench reference add FILE --as KIND")
    return 0
