"""Take Trusts' extracts in: map, check, pseudonymise, and tell each Trust what to mend.

Each Trust has a folder in inbox/, named after its code. Files are CSV or XLSX, encrypted
with age to the key of `workbench keys public`. Which dataset and layout a file has is
told by its name and header; its day by its name, as in pathways_full_2025-04-10.csv. A
file lands once, however often it is sent; a later extract's rows replace earlier ones.

Identifiers go into the encrypted vault and nowhere else. Rows that cannot be trusted are
in quarantine/, with rule, column and reason, never with what they hold.

Exit code 0 also with rows in quarantine; 11 if a file could not be read at all (the
others still go in).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import InputError

if TYPE_CHECKING:
    from workbench.intake.ingest import Outcome

SUMMARY = "take Trusts' extracts into the vault and the store"
EXAMPLES = """\
  workbench ingest
  workbench ingest --plain
  workbench ingest inbox/RR7 --mapping somerset
  workbench ingest inbox/RR7/pathways_full_2025-04-10.csv.age"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ingest` takes."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or folders (default: the workspace's inbox)",
    )
    parser.add_argument(
        "--plain", action="store_true", help="also take files that are not encrypted"
    )
    parser.add_argument(
        "--mapping",
        metavar="NAME|FILE",
        help="layout of these files (default: the Trust's own mapping.yaml, else by header)",
    )


def run(args: argparse.Namespace) -> int:
    """Take files in; 11 if any could not be read at all."""
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.intake import ingest
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    quiet = args.quiet or args.json
    outcome = ingest.run(
        workspace,
        load(workspace.dictionary),
        args.paths,
        plain=args.plain,
        mapping=args.mapping,
        tell=ingest.silent if quiet else (lambda line: print(line, flush=True)),
    )
    facts = {**outcome.facts, "new": outcome.new, "known": outcome.known}
    report(args, list(_lines(outcome, workspace.root)), facts, "workbench run 01_data_quality")
    return InputError.exit_code if outcome.refusals else 0


def _lines(outcome: Outcome, root: Path) -> Iterator[str]:
    facts = outcome.facts
    yield ""
    yield f"{'rows read':>11} = {'accepted':>9} + {'quarantined':>11}   file"
    for one in facts["files"]:
        yield _counted(one, "/".join(filter(None, (one["trust"], one["file"]))))
    yield _counted(facts["totals"], "in all")
    totals = facts["totals"]
    yield (
        f"Of the accepted rows {totals['superseded']:,} were replaced by later extracts, "
        f"{totals['repeated']:,} repeat another and {totals['opted_out']:,} are of people who "
        f"have opted out; {totals['standing']:,} stand."
    )
    for one in facts["files"]:
        yield from _of_file(one)
    yield from _conflicts(facts)
    for name in outcome.replaced:
        yield f"{name}: replaces what was taken from this file before; its name has no date."
    yield f"Faults to send back to each Trust: {root / 'quarantine'}"


def _counted(one: dict[str, Any], name: str) -> str:
    counts = f"{one['rows_read']:>11,} = {one['accepted']:>9,} + {one['quarantined']:>11,}"
    return f"{counts}   {name}" + ("   REFUSED" if one.get("refused") else "")


def _of_file(one: dict[str, Any]) -> Iterator[str]:
    name = "/".join(filter(None, (one["trust"], one["file"])))
    if one.get("unknown_columns"):
        yield f"{name}: columns not known and not read: {', '.join(one['unknown_columns'])}."
    for ours, theirs in (one.get("meant") or {}).items():
        yield f"{name}: nothing fills '{ours}'; is it {theirs}?"


def _conflicts(facts: dict[str, Any]) -> Iterator[str]:
    for name, counts in facts["conflicts"].items():
        if counts["in_conflict"]:
            yield (
                f"{name}: the records of {counts['in_conflict']:,} of {counts['people']:,} people "
                f"disagree ({counts['between_trusts']:,} between Trusts)."
            )
    if facts["conflicts"]:
        yield (
            f"Ethnic categories that disagree: rule '{facts['ethnicity_rule']}'; not stated "
            "never beats stated."
        )
