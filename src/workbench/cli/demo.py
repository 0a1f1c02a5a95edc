"""Write a synthetic region to try everything on: no patient, no real organisation.

The folder is a workspace of its own, so that made-up rows never mix with yours. It
holds what three invented Trusts send (each in its own system's layout, messy as real
exports are), the truth planted in it, and synthetic workbooks in the layout of NHS
England's Cancer Waiting Times. Every report made from them says SYNTHETIC.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

SUMMARY = "write a synthetic region to try things on"
EXAMPLES = """  workbench demo
  workbench demo --out /tmp/demo --referrals 5000 --seed 7
  workbench demo --encrypt"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "--out", type=Path, default=Path("demo"), metavar="DIR", help="folder (default: demo)"
    )
    parser.add_argument(
        "--referrals", type=int, default=60_000, metavar="N", help="in 24 months (default: 60000)"
    )
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes (default: 1)")
    parser.add_argument(
        "--as-at", default="2025-03-31", metavar="DATE", help="seen from (default: 2025-03-31)"
    )
    parser.add_argument(
        "--geography",
        type=Path,
        metavar="DIR",
        help="official files of small areas, to use real ones",
    )
    parser.add_argument(
        "--encrypt",
        action="store_true",
        help="leave the Trusts' files encrypted to the workspace's key, as real ones are",
    )


def run(args: argparse.Namespace) -> int:
    """Write the workspace and say what to type next."""
    from workbench.cli.output import report
    from workbench.demo import write_demo
    from workbench.errors import ParameterError

    try:
        as_at = date.fromisoformat(args.as_at)
    except ValueError:
        raise ParameterError(
            "--as-at is not a date.", remedy="Write it as YYYY-MM-DD, such as 2025-03-31."
        ) from None
    folder = args.workspace / args.out
    summary = write_demo(
        folder,
        args.seed,
        referrals=args.referrals,
        as_at=as_at,
        geography=args.geography,
        encrypt=args.encrypt,
    )
    facts = {
        "out": str(folder),
        "synthetic": True,
        "seed": args.seed,
        "encrypted": args.encrypt,
        "as_at": as_at.isoformat(),
        "referrals": summary.referrals,
        "persons": summary.persons,
        "rows": dict(summary.rows),
        "faults": dict(summary.faults),
    }
    report(
        args,
        [
            f"Wrote {folder}: {summary.referrals:,} synthetic referrals of {summary.persons:,} "
            f"people at three Trusts, as at {as_at} (seed {args.seed})."
        ],
        facts,
        then=_next(folder, encrypted=args.encrypt),
    )
    return 0


def _next(folder: Path, *, encrypted: bool) -> str:
    from workbench.intake.keys import FOLDER

    if encrypted:
        return f"workbench ingest --workspace {folder}"
    if (folder / FOLDER).exists():
        return f"workbench ingest --plain --workspace {folder}"
    return f"workbench keys new --workspace {folder}"
