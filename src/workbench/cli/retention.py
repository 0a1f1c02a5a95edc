"""List what is past its date, and remove it from the vault and the store.

`retention_days` in workbench.toml says how long extracts are kept, for all datasets or for
each. A file's day is that of its extract; where its name says only a period, the period's
end. Lists of opt-outs stay. Without --apply nothing is removed.

What is removed does not come back when the same file is sent again. Files in the inbox,
back-ups and reports are yours to delete; the command names those in the inbox.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import ParameterError

if TYPE_CHECKING:
    from workbench.intake.retention import Plan

SUMMARY = "list or remove what is past its date"
EXAMPLES = """\
  workbench retention
  workbench retention --as-at 2027-04-01
  workbench retention --as-at 2027-04-01 --apply"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `retention` takes."""
    parser.add_argument(
        "--as-at", metavar="DATE", help="the day to see it from (default: the latest extract)"
    )
    parser.add_argument("--apply", action="store_true", help="remove it")


def run(args: argparse.Namespace) -> int:
    """List what is past its date; remove it if asked to."""
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.intake.retention import retain
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    plan = retain(workspace, load(workspace.dictionary), as_at=_day(args.as_at), apply=args.apply)
    names = {one.receipt["file"] for one in plan.landings}
    inbox = sorted(path for path in workspace.inbox.rglob("*") if path.name in names)
    facts = {
        "as_at": plan.as_at.isoformat(),
        "applied": args.apply,
        "files": [_file(one.receipt) for one in plan.landings],
        "rows": plan.rows,
        "undated": plan.undated,
        "other_tables": plan.other_tables,
        "in_inbox": inbox,
    }
    report(args, list(_lines(plan, args.apply, inbox)), facts, _next(plan, args))
    return 0


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ParameterError(
            f"--as-at: '{text}' is no date.", remedy="Write it as 2027-04-01."
        ) from None


def _file(receipt: dict[str, Any]) -> dict[str, Any]:
    told = ("trust", "dataset", "file", "extract_date", "rows_read")
    return {name: receipt[name] for name in told}


def _lines(plan: Plan, applied: bool, inbox: list[Path]) -> Iterator[str]:
    if not plan.landings:
        yield f"As at {plan.as_at}: nothing is past its date."
    for one in map(_file, (landing.receipt for landing in plan.landings)):
        day = one["extract_date"] or "no date"
        yield f"{one['rows_read']:>11,} rows   {day:<10}   {one['trust']}/{one['file']}"
    if plan.landings:
        done = "removed" if applied else "past their date"
        rows = ", ".join(f"{number:,} of {name}" for name, number in plan.rows.items())
        yield f"As at {plan.as_at}: {len(plan.landings):,} files {done}; of the store {rows}."
    for name, number in plan.other_tables.items():
        yield f"{number:,} rows of these records were taken out of {name}."
    if plan.undated:
        yield f"{plan.undated:,} files have no date in their name and do not grow old."
    if inbox:
        yield "Still in the inbox, for you to delete:"
        yield from (f"  {path}" for path in inbox)


def _next(plan: Plan, args: argparse.Namespace) -> str:
    if plan.landings and not args.apply:
        return f"workbench retention --as-at {plan.as_at} --apply"
    return "workbench link" if plan.landings else ""
