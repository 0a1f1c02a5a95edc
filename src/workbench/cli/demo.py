"""Write a synthetic region to try everything on: no patient, no real organisation.

The folder is a workspace of its own, so that made-up rows never mix with yours.
It holds synthetic workbooks in the layout of NHS England's Cancer Waiting Times;
every file and every report made from them says so.
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "write a synthetic workspace to try things on"
EXAMPLES = """  workbench demo
  workbench demo --out /tmp/demo --seed 7"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo"),
        metavar="DIR",
        help="folder to write (default: demo)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="same seed, same bytes (default: 1); 0 or more"
    )


def run(args: argparse.Namespace) -> int:
    """Write the workspace and say what to type next."""
    from workbench.cli.output import report
    from workbench.demo import write_demo
    from workbench.errors import ParameterError

    if args.seed < 0:
        raise ParameterError("--seed must be 0 or more.", remedy="workbench demo --seed 1")
    folder = args.workspace / args.out
    written = write_demo(folder, args.seed)
    workbooks = len(written) - 1
    report(
        args,
        [f"Wrote {folder}: {workbooks} synthetic workbooks and workbench.toml (seed {args.seed})."],
        {"out": str(folder), "workbooks": workbooks, "seed": args.seed, "synthetic": True},
        then=f"workbench run --workspace {folder}",
    )
    return 0
