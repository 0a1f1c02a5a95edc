"""Make a table of counts safe to show: small counts withheld, and whatever would give them away.

COUNTS has one row a cell. The output adds every margin (category All), shows [c] for
a withheld count, and has been held against an attacker who knows every other cell of
it, and every table that the ledger holds of the same data cut. Wide and narrow
categories may both have rows where the dictionary says which is part of which.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from workbench.disclosure import Disclosed

SUMMARY = "make a table of counts safe to show"
EXAMPLES = """  workbench disclose counts.csv --by ethnicity,sex --count n --out released.csv
  workbench disclose counts.csv --by sex --count n --out out.csv --ledger seen.jsonl --data 2025-03
  workbench disclose h1.csv --by sex --count n --out out.csv --window 2024-04:2024-09
  workbench disclose counts.csv --by sex --count n --out out.csv --profile cellkey"""


_KINSHIP = {
    "grown": "taken as more of the same people; say with --window if it is otherwise",
    "earlier": "taken as those of one before the last; say with --window if it is otherwise",
    "unrelated": "taken as other people; say with --window which months each table is of",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("counts", type=Path, metavar="COUNTS", help="CSV or Parquet")
    parser.add_argument("--by", required=True, metavar="A,B", help="columns that tell people apart")
    parser.add_argument("--count", required=True, metavar="N", help="column of counts")
    parser.add_argument("--out", type=Path, required=True, metavar="RELEASED", help="CSV, Parquet")
    parser.add_argument("--profile", help="disclosure profile (default: the workspace's)")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="what was released before")
    parser.add_argument("--data", metavar="ID", help="name of the data cut, with --ledger")
    parser.add_argument(
        "--key",
        metavar="K",
        help="column of cell keys, for profile cellkey (default: from content)",
    )
    parser.add_argument(
        "--window", metavar="FROM:TO", help="months that the people are of (YYYY-MM:YYYY-MM)"
    )


def run(args: argparse.Namespace) -> int:
    """Read, protect, write, and note in the ledger what was shown."""
    import ibis
    import pyarrow as pa

    from workbench.cli.output import report
    from workbench.dictionary import load
    from workbench.disclosure.disclose import disclose
    from workbench.disclosure.ledger import add_to_ledger, read_ledger
    from workbench.disclosure.nesting import nesting_of
    from workbench.files import write_table
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    by = [name.strip() for name in args.by.split(",") if name.strip()]
    window = _window(args.window)
    _refuse_places(args, by)
    profile = args.profile or workspace.disclosure_profile
    frame = _read(args.counts, by, args.count, args.key)
    earlier = [] if args.ledger is None else read_ledger(args.ledger, args.data)
    disclosed = disclose(
        frame,
        by=by,
        count=args.count,
        profile=profile,
        nesting=nesting_of(frame, by, load(workspace.dictionary).code_lists),
        earlier=earlier,
        data=args.data or "",
        window=window,
        key=args.key,
        secret=_secret(profile, args.key, workspace.root),
    )
    if args.ledger is not None:
        # First noted, then written: a release that was not noted would be forgotten.
        add_to_ledger(args.ledger, disclosed.entry)
    whole = pa.Table.from_pandas(disclosed.table, preserve_index=False)
    write_table(ibis.memtable(whole.replace_schema_metadata(None)), args.out)
    facts = {
        "out": str(args.out),
        "profile": disclosed.entry.profile,
        "cells": len(disclosed.table),
        "withheld_small": disclosed.small,
        "withheld_to_protect": disclosed.complementary,
        "people_in_shown_cells": disclosed.people_shown,
        "earlier_releases": len(earlier),
        "kinship": disclosed.kinship,
    }
    report(args, _lines(args, disclosed, facts, len(earlier)), facts)
    return 0


def _lines(
    args: argparse.Namespace, disclosed: Disclosed, facts: dict[str, Any], earlier: int
) -> list[str]:
    lines = [
        f"{facts['cells']:,} cells with margins -> {args.out} ({facts['profile']})",
        f"withheld: {disclosed.small:,} small counts, and {disclosed.complementary:,} that would "
        "have given one away; "
        f"{disclosed.people_shown:.1%} of people are in a cell that is shown",
        f"held against {earlier:,} earlier releases of this data cut",
    ]
    if disclosed.kinship != "same":
        lines.append(f"the counts differ from those released before: {_KINSHIP[disclosed.kinship]}")
    return lines


def _secret(profile: str, key: str | None, root: Path) -> bytes | None:
    from workbench.disclosure.profiles import chosen_profile
    from workbench.reporting.noise import noise_secret

    needed = chosen_profile(profile).noise is not None and key is None
    return noise_secret(root) if needed else None


def _window(text: str | None) -> tuple[str, str] | None:
    import re

    from workbench.errors import ParameterError

    if text is None:
        return None
    found = re.fullmatch(r"(\d{4}-(?:0[1-9]|1[0-2])):(\d{4}-(?:0[1-9]|1[0-2]))", text)
    if found is None or found[1] > found[2]:
        raise ParameterError(
            "--window is not two months in order.", remedy="Write it as 2024-04:2024-09."
        )
    return found[1], found[2]


def _refuse_places(args: argparse.Namespace, by: list[str]) -> None:
    from workbench.errors import UsageError

    faults = []
    if (args.ledger is None) != (args.data is None):
        faults.append("--ledger and --data go together")
    if args.out.suffix.lower() not in {".csv", ".parquet"}:
        faults.append(f"{args.out.name} must end in .csv or .parquet")
    if args.out.resolve() == args.counts.resolve():
        faults.append("RELEASED would overwrite COUNTS")
    if not by or len({*by, args.count}) <= len(by):
        faults.append("--by and --count must name a column or more, each once")
    if args.ledger is not None and args.ledger.resolve() in {
        args.counts.resolve(),
        args.out.resolve(),
    }:
        faults.append("the ledger must be a file of its own")
    if faults:
        raise UsageError("Nothing was written.", faults)


def _read(path: Path, by: list[str], count: str, key: str | None) -> pd.DataFrame:
    import pandas as pd

    from workbench.engine import connect
    from workbench.errors import InputError
    from workbench.files import read_table, reading

    with reading(path):
        con = connect()
        table = read_table(con, path, whole=False)
        wanted = [*by, count, *([] if key is None else [key])]
        absent = [name for name in wanted if name not in table.columns]
        if absent:
            raise InputError(
                f"{path.name} lacks {len(absent)} of the columns asked for.",
                [f"column '{name}' is missing" for name in absent],
            )
        frame = pd.DataFrame(con.to_pyarrow(table.select(*wanted)).to_pylist())
    frame = frame.reindex(columns=wanted)
    frame[count] = pd.to_numeric(frame[count], errors="coerce")
    return frame
