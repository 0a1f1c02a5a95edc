"""Look at pairs that the linkage doubts, decide, and take the decisions back in.

open    writes a sheet with the doubtful pairs, masked: first letters, years of birth, what
        differs and where. A person fills in decision (same, different, unsure), decided_by
        and decided_on, in a spreadsheet or a text editor.
take    checks every row and keeps the decisions, encrypted, for ever; they win over the
        model from the next `workbench link` on. A later decision replaces an earlier one.
status  counts what is decided and what is waiting.

The pairs and decisions stand in the vault. That it was opened, by whom and for what is in
its log, with --show-identifiers too. Delete the sheet once it has been taken.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import ParameterError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.intake.vault import Vault
    from workbench.workspace import Workspace

SUMMARY = "decide on doubtful pairs: open a sheet, take it back in"
EXAMPLES = """\
  workbench review open
  workbench review open --sample 60 --by band,ethnic_category --out review/may.xlsx
  workbench review take review/may.xlsx
  workbench review status"""

FOLDER = "review"

_OPENED = "doubtful pairs and identifiers"
_DECIDED = "doubtful pairs and decisions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `review` takes."""
    parser.add_argument("action", choices=("open", "take", "status"), help="see above")
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the sheet to take")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="open: a .csv or .xlsx (default: review/review.csv)",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="open: only so many pairs")
    parser.add_argument(
        "--by",
        default="band",
        metavar="A,B",
        help="open: draw as many from each of these: band, and columns of the demographics "
        "(default: band)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="open: of the sample")
    parser.add_argument(
        "--again", action="store_true", help="open: also pairs that have been decided"
    )
    parser.add_argument(
        "--show-identifiers",
        action="store_true",
        help="open: whole names, numbers and dates, where masked ones do not do",
    )


def run(args: argparse.Namespace) -> int:
    """Open, take or count, one command at a time in a workspace."""
    from workbench.intake.guard import without_cells
    from workbench.intake.lock import alone
    from workbench.intake.vault import FOLDER as VAULT
    from workbench.workspace import open_workspace

    _refuse_words(args)
    workspace = open_workspace(args.workspace)
    if not (workspace.root / VAULT).is_dir():
        raise ParameterError(f"There is no vault in {workspace.root}.", remedy="workbench ingest")
    with alone(workspace.root / VAULT), without_cells():
        match args.action:
            case "open":
                _open(args, workspace)
            case "take":
                _take(args, workspace)
            case _:
                _status(args, workspace)
    return 0


def _refuse_words(args: argparse.Namespace) -> None:
    if (args.action == "take") != (args.file is not None):
        raise UsageError(
            "'take' needs the sheet that was filled in, and nothing else does.",
            remedy="workbench review take FILE",
        )
    given = args.out or args.sample is not None or args.again or args.show_identifiers
    if args.action != "open" and given:
        raise UsageError("--out, --sample, --again and --show-identifiers are for 'open' alone.")


def _open(args: argparse.Namespace, workspace: Workspace) -> None:
    from workbench.cli.output import report
    from workbench.linkage.review import open_sheet
    from workbench.linkage.sheets import write_sheet

    out = args.out or workspace.root / FOLDER / "review.csv"
    _refuse_place(out, workspace)
    by = [name.strip() for name in args.by.split(",") if name.strip()]
    shown = "whole identifiers shown" if args.show_identifiers else "masked"
    vault = _vault(workspace, "review open", f"clerical review, {shown}", _OPENED)
    sheet = open_sheet(
        vault,
        sample=args.sample,
        by=by,
        seed=args.seed,
        groups=_groups(workspace, [name for name in by if name != "band"]),
        show_identifiers=args.show_identifiers,
        again=args.again,
    )
    if sheet.empty:
        nothing = {"out": None, "pairs": 0, "identifiers_shown": False}
        report(args, ["No pair waits for a decision; no sheet was written."], nothing)
        return
    if args.out is None:
        out.parent.mkdir(mode=0o700, exist_ok=True)
    write_sheet(sheet, out)
    lines = [
        f"{_many(len(sheet), 'pair')} to decide -> {out}",
        "Fill in decision (same, different, unsure), decided_by and decided_on; leave the others.",
    ]
    if args.show_identifiers:
        lines.append(
            "It holds whole identifiers, and the vault's log says that you asked for them."
        )
    lines.append("Only you can read the file. Delete it once it has been taken.")
    facts = {"out": out, "pairs": len(sheet), "identifiers_shown": args.show_identifiers}
    report(args, lines, facts, f"workbench review take {out}")


def _take(args: argparse.Namespace, workspace: Workspace) -> None:
    from dataclasses import asdict

    from workbench.cli.output import report
    from workbench.linkage.review import take
    from workbench.linkage.sheets import read_sheet

    sheet = read_sheet(args.file)
    vault = _vault(workspace, "review take", "take decisions of a review in", _DECIDED)
    taken = take(vault, sheet, name=args.file.name)
    lines = [
        f"{args.file.name}: {taken.same:,} same, {taken.different:,} different, "
        f"{taken.unsure:,} unsure; {_many(taken.undecided, 'row')} left blank.",
        f"Taken before: {taken.known:,}. Earlier decisions changed: {taken.changed:,}; the history "
        "keeps them.",
        f"Now delete the sheet: {args.file}",
    ]
    report(args, lines, {"file": args.file, **asdict(taken)}, "workbench link")


def _status(args: argparse.Namespace, workspace: Workspace) -> None:
    from workbench.cli.output import report
    from workbench.linkage.review import status

    vault = _vault(workspace, "review status", "count what is decided", _DECIDED)
    facts = status(vault)
    lines = [
        f"{_many(facts['pairs'], 'doubtful pair')}; waiting for a decision: {facts['waiting']:,}.",
        *(f"{count:>11,}  {band}" for band, count in facts["waiting_by_band"].items()),
        f"In force: {facts['same']:,} same, {facts['different']:,} different, "
        f"{facts['unsure']:,} unsure; ever taken: {_many(facts['decisions'], 'decision')}, from "
        f"{_many(facts['sheets'], 'sheet')}.",
    ]
    report(args, lines, facts, "workbench review open" if facts["waiting"] else "workbench link")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _vault(workspace: Workspace, command: str, why: str, opened: str) -> Vault:
    from workbench.intake.vault import open_vault

    return open_vault(workspace, command=command, why=why, opened=opened)


def _refuse_place(out: Path, workspace: Workspace) -> None:
    """Refuse a sheet among what is published, sent or shared."""
    own = [workspace.root / name for name in ("vault", "keys", "quarantine")]
    for folder in (workspace.reports, workspace.store, workspace.inbox, *own):
        if out.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"A sheet must not stand in {folder}.",
                remedy=f"Leave --out away: it goes to {workspace.root / FOLDER}.",
            )
    if out.exists():
        raise UsageError(
            f"{out} exists; decisions in it would be lost.",
            remedy=f"workbench review take {out}   and then delete it, or give another --out",
        )


def _groups(workspace: Workspace, names: list[str]) -> pd.DataFrame | None:
    """Characteristics of the records, from the store."""
    import pyarrow.parquet as pq

    if not names:
        return None
    path = workspace.store / "demographics.parquet"
    if not path.is_file():
        raise ParameterError("There are no demographics to draw by.", remedy="workbench ingest")
    known = pq.read_schema(path).names
    faults = [f"'{name}' is no column of the demographics" for name in names if name not in known]
    if faults:
        raise ParameterError("No sample can be drawn.", faults)
    frame: Any = pq.read_table(path, columns=["record_id", "source", *names]).to_pandas()
    groups: pd.DataFrame = frame
    return groups
