"""Give each open pathway the risk that it passes its standard's day, with an interval.

PATHWAYS are pathway records in the store's layout (what lies beside them is used too), or
rows with the model's own features. A model whose files have changed since it was written
is not loaded.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from workbench.breach import Scored, Stored

SUMMARY = "risk of each open pathway, with an interval"
EXAMPLES = """  workbench score store/pathway_records.parquet --model models/62D --out scores.csv
  workbench score store/pathway_records.parquet --model models/62D --as-at 2025-02-28 --out s.csv
  workbench score rows.csv --model models/own --out scores.parquet --no-intervals"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("pathways", type=Path, metavar="PATHWAYS", help="CSV or Parquet")
    parser.add_argument("--model", type=Path, required=True, metavar="MODEL", help="its folder")
    parser.add_argument("--out", type=Path, required=True, metavar="SCORES", help="CSV or Parquet")
    parser.add_argument(
        "--as-at", metavar="DATE", help="of pathways; default: the day of the latest extract"
    )
    parser.add_argument(
        "--no-intervals", action="store_true", help="the risk alone, many times faster"
    )


def run(args: argparse.Namespace) -> int:
    """Load, build what is open, score, write."""
    from workbench.breach import load_model, load_settings, scored
    from workbench.breach.intervals import LEVEL, method
    from workbench.cli._progress import progress_bar
    from workbench.cli.output import report
    from workbench.workspace import open_workspace

    _refuse(args)
    workspace = open_workspace(args.workspace)
    settings = load_settings(workspace.dictionary)
    stored = load_model(args.model, settings)
    frame, as_at = _rows(args, stored, workspace.dictionary)
    bar = None if args.quiet or args.json else progress_bar("scored")
    made = scored(stored, frame, settings, intervals=not args.no_intervals, told=bar)
    found = made.frame
    _write(found, args.out)
    facts = {
        "out": str(args.out),
        "model": str(args.model),
        "standard": stored.facts.get("standard"),
        "target": stored.facts.get("target"),
        "as_at": as_at,
        "rows": len(found),
        "expected_events": round(float(found["risk"].sum()), 1),
        "intervals": not args.no_intervals,
        "interval_level": None if args.no_intervals else LEVEL,
        "interval_method": None if args.no_intervals else method(len(stored.refits)),
        "codes_not_seen_before": made.unseen,
        "known_too_late": made.blanked,
        "not_of_the_population": made.left_out,
    }
    lines = [f"{len(found):,} rows scored -> {args.out}"]
    if len(found):
        lines.append(f"By the risks, {facts['expected_events']:,} events are expected among them.")
        if not args.no_intervals:
            lines.append(f"{LEVEL:.0%} intervals by {facts['interval_method']}.")
    report(args, [*lines, *_not_used(made)], facts, then=_next(args, stored))
    return 0


def _not_used(made: Scored) -> list[str]:
    """What the model could not use: a column of another spelling would score all rows alike."""
    lines = [
        f"  {name}: {count:,} rows are not of the population, and are not scored"
        for name, count in made.left_out.items()
        if count
    ]
    lines += [
        f"  {name}: {count:,} cells hold a code that the model has not seen before"
        for name, count in made.unseen.items()
    ]
    return lines + [
        f"  {name}: {count:,} cells were known only after their row's day, and are not used"
        for name, count in made.blanked.items()
    ]


def _next(args: argparse.Namespace, stored: Stored) -> str:
    """Scores of pathways have rules of their own; what those of a frame mean is on the card."""
    if stored.facts.get("standard") is None:
        return f"open {args.model / 'card.html'}"
    return f"workbench validate {args.out} --as scores"


def _refuse(args: argparse.Namespace) -> None:
    from workbench.breach.persistence import refuse_unwritable
    from workbench.errors import ParameterError, UsageError

    try:
        date.fromisoformat(args.as_at or "2000-01-01")
    except ValueError:
        raise ParameterError("--as-at is not a date.", remedy="Write it as YYYY-MM-DD.") from None
    if args.out.suffix.lower() not in {".csv", ".parquet"}:
        raise UsageError(
            f"{args.out.name}: scores cannot be written to this kind of file.",
            remedy="Give an output that ends in .csv or .parquet.",
        )
    if args.out.resolve() == args.pathways.resolve():
        raise UsageError("SCORES would overwrite PATHWAYS.", remedy="Give another --out.")
    if args.model.resolve() in args.out.resolve().parents:
        raise UsageError(
            "SCORES would lie in MODEL, which then no longer is as it was written.",
            remedy="Give another --out.",
        )
    refuse_unwritable(args.out)


def _rows(
    args: argparse.Namespace, stored: Stored, dictionary: Path
) -> tuple[pd.DataFrame, str | None]:
    """Rows to score, and the day that they are seen from."""
    from workbench.breach import landmarks_of_store
    from workbench.cli._own_table import frame_of
    from workbench.engine import connect
    from workbench.files import read_table, reading

    con = connect()
    with reading(args.pathways):
        table = read_table(con, args.pathways)
        own = {one.name for one in stored.roles.features} <= set(table.columns)
        if own or stored.facts.get("standard") is None:
            return frame_of(con, table, args.pathways), None
    found = landmarks_of_store(
        args.pathways,
        standard=str(stored.facts["standard"]),
        as_at=args.as_at,
        dictionary=dictionary,
        on_the_day=True,
    )
    return found.frame, found.as_at.isoformat()


def _write(found: pd.DataFrame, path: Path) -> None:
    from workbench.files import written_whole

    with written_whole(path) as draft:
        if path.suffix.lower() == ".parquet":
            found.to_parquet(draft, index=False)
        else:
            found.to_csv(draft, index=False, lineterminator="\n", float_format="%.6f")
