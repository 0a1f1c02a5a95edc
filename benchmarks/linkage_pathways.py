"""Pathways of a synthetic region, linked, against the planted truth: F1, added error, seconds.

    python benchmarks/linkage_pathways.py [--referrals 60000] [--workspace DIR]

Prints precision, recall and F1 over pairs of records that are one pathway, with persons as
linked and as planted; and what linkage adds to the share treated within 62 days, of the
region and of each ethnic group. A workspace that was made and taken in before is linked
where it is not yet.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

import _pathway_truth as known
from workbench.cli.main import main as workbench
from workbench.dictionary.load import load

GOAL_F1, GOAL_REGION, GOAL_GROUP, SMALLEST_GROUP = 0.99, 0.3, 1.0, 400


def made(folder: Path, referrals: int, seed: int) -> Path:
    """A region made, and its extracts taken in."""
    place = folder / "region"
    words = ["--referrals", str(referrals), "--seed", str(seed), "--quiet"]
    for command in (
        ["demo", "--out", str(place), *words],
        ["keys", "new", "--workspace", str(place), "--quiet"],
        ["ingest", "--plain", "--workspace", str(place), "--quiet"],
    ):
        if workbench(command):
            sys.exit(f"workbench {command[0]} failed")
    return place


def timed(words: list[str]) -> tuple[float, float]:
    """Seconds of a command in a process of its own, and the most memory that it held, in GB."""
    begun = time.perf_counter()
    command = Path(sys.executable).with_name("workbench")
    child = subprocess.Popen([command, *words])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"workbench {words[0]} failed")
    return time.perf_counter() - begun, used.ru_maxrss / 1e6


def show(place: Path) -> None:
    """Print how the linked workspace compares with what was planted."""
    dictionary = load()
    truth = known.planted(place, dictionary)
    parts = pq.read_table(place / "store" / "pathway_parts.parquet").to_pandas()
    for what in ("person", "pathway"):
        score = known.pair_scores(parts, truth, what)
        print(
            f"{what + 's':9} pairs true {score['true']:9,.0f}  found {score['found']:9,.0f}  "
            f"precision {score['precision']:.4f}  recall {score['recall']:.4f}  "
            f"F1 {score['f1']:.4f}"
        )
    print(f"Goal for pathways: F1 {GOAL_F1} or more.\n")
    print("group                 treated   true %  linked %  added points  goal")
    for row in known.added_error(place, truth, dictionary).itertuples():
        goal = GOAL_REGION if row.group == "All" else GOAL_GROUP
        asked = f"< {goal}" if row.treated >= SMALLEST_GROUP else "none"
        print(
            f"{row.group:20} {row.treated:8,.1f}  {100 * row.true_share:7.2f}  "
            f"{100 * row.linked_share:8.2f}  {row.added_points:12.3f}  {asked}"
        )


def run() -> None:
    """Make, link, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workspace", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = args.workspace or made(Path(folder), args.referrals, args.seed)
        seconds, memory = timed(["link", "--workspace", str(place), "--quiet"])
        print(f"workbench link: {seconds:.1f} s, {memory:.2f} GB at most\n")
        show(place)


if __name__ == "__main__":
    run()
