"""How right linkage is, and what it costs, beside Splink alone on the same sets in the same run.

    python benchmarks/linkage.py [--seeds 1,2,3,4,5] [--rows 100000] [--no-nhs] [--million]

Each seed is a two-Trust set with planted truth (`_linkage_sets`), half of each register in
the other; both link it one to one at the fixed threshold. Each runs in a process of its
own, in turn: CPU and wall of the linkage alone, peak memory of the whole process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

Run = dict[str, Any]

THRESHOLD, LOWER = 0.95, 0.5
GOALS = {"with NHS numbers": 0.9975, "without NHS numbers": 0.985}
MILLION_SECONDS, MILLION_MB = 60, 2_560
METHODS = ("workbench", "Splink alone")


def main() -> None:
    """Make the sets, measure both methods in fresh processes, print a table."""
    arguments = _arguments()
    if arguments.measure:
        print(json.dumps(_measured(arguments.measure, arguments.method, arguments.without)))
        return
    rows = 1_000_000 if arguments.million else arguments.rows
    seeds = arguments.seeds[:1] if arguments.million else arguments.seeds
    runs = []
    print(_heading(rows), *_COLUMNS, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            _write_sets(Path(folder), rows, seed, arguments)
            for run in _in_turn(Path(folder), seed, arguments):
                runs.append(run)
                print(_row(run), flush=True)
    verdicts = _verdicts(runs, rows)
    print(*verdicts, sep="\n")
    if arguments.evidence:
        arguments.evidence.mkdir(parents=True, exist_ok=True)
        lines = [_heading(rows), *_COLUMNS, *map(_row, runs), *verdicts]
        text = "# linkage\n\n```\n" + "\n".join(lines) + "\n```\n"
        name = "linkage_million.md" if arguments.million else "linkage.md"
        (arguments.evidence / name).write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=_numbers, default=[1, 2, 3, 4, 5])
    parser.add_argument("--rows", type=int, default=100_000, help="records at each Trust")
    parser.add_argument("--no-nhs", action="store_true", help="only without NHS numbers")
    parser.add_argument("--nhs", action="store_true", help="only with NHS numbers")
    parser.add_argument("--million", action="store_true", help="one seed of 1,000,000 a side")
    parser.add_argument("--duplicates", type=float, default=0.0, help="share twice in a register")
    parser.add_argument("--names", type=Path, default=_public_names(), metavar="DIR")
    parser.add_argument("--evidence", type=Path, metavar="DIR", help="also write the table there")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    parser.add_argument("--without", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def _public_names() -> Path | None:
    """Public name counts, where there are any; else the sets' names are invented."""
    folder = os.environ.get("WORKBENCH_REAL_DATA")
    return Path(folder, "names") if folder and Path(folder, "names").is_dir() else None


def _write_sets(folder: Path, rows: int, seed: int, arguments: argparse.Namespace) -> None:
    from _linkage_sets import two_trusts

    sets = two_trusts(rows, seed, names_folder=arguments.names, duplicates=arguments.duplicates)
    sets.left.to_parquet(folder / "left.parquet")
    sets.right.to_parquet(folder / "right.parquet")
    sets.truth.to_parquet(folder / "truth.parquet")


def _in_turn(folder: Path, seed: int, arguments: argparse.Namespace) -> Iterator[Run]:
    """Each method on each scenario, one process after another."""
    scenarios = [False] if arguments.nhs else [True] if arguments.no_nhs else [False, True]
    for without in scenarios:
        for method in METHODS:
            words = [sys.executable, __file__, "--measure", str(folder), "--method", method]
            done = subprocess.run(
                [*words, *(["--without"] if without else [])], stdout=subprocess.PIPE, check=True
            )
            scenario = list(GOALS)[without]
            yield {"seed": seed, "scenario": scenario, "method": method, **json.loads(done.stdout)}


def _measured(folder: Path, method: str, without: bool) -> Run:
    """Link one set; what it took and how right it is."""
    sides = [pq.read_table(folder / f"{side}.parquet") for side in ("left", "right")]
    if without:
        sides = [side.drop_columns("nhs_number") for side in sides]
    link = _ours if method == METHODS[0] else _splinks
    wall, cpu = time.monotonic(), _cpu()
    found, lower = link(*sides)
    took = {"wall": time.monotonic() - wall, "cpu": _cpu() - cpu, "peak": _peak()}

    from _linkage_score import cross_pairs, score

    planted = cross_pairs(pd.read_parquet(folder / "truth.parquet"), "person")
    held = {**took, **asdict(score(found, planted))}
    return held if lower is None else {**held, "f1_lower": score(lower, planted).f1}


Found = tuple[pd.DataFrame, pd.DataFrame | None]


def _ours(left: pa.Table, right: pa.Table) -> Found:
    """Every pair across sources of the clusters, which is what a user gets."""
    from workbench.linkage import link

    linked = link([left, right], threshold=THRESHOLD, seed=1)

    from _linkage_score import cross_pairs

    return cross_pairs(linked.clusters, "person_id"), None


def _splinks(left: pa.Table, right: pa.Table) -> Found:
    """Its pairs at the threshold, and at the lower one, in case that suits it better."""
    from _linkage_peer import one_to_one, splink_candidates

    pairs = splink_candidates(left, right, threshold=LOWER)
    return one_to_one(pairs[pairs["match_probability"] >= THRESHOLD]), one_to_one(pairs)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    """Highest resident memory in MB; `getrusage` would begin at that of the parent process."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_COLUMNS = (
    f"{'seed':>4} {'':22}{'':14}{'precision':>10}{'recall':>9}{'F1':>9}"
    f"{'CPU s':>8}{'wall s':>8}{'peak MB':>9}",
)


def _heading(rows: int) -> str:
    return f"{rows:,} records a side, half in both, one to one at {THRESHOLD}"


def _row(run: Run) -> str:
    return (
        f"{run['seed']:>4} {run['scenario']:22}{run['method']:14}{run['precision']:>10.4f}"
        f"{run['recall']:>9.4f}{run['f1']:>9.4f}{run['cpu']:>8.1f}{run['wall']:>8.1f}"
        f"{run['peak']:>9.0f}"
    )


def _verdicts(runs: list[Run], rows: int) -> list[str]:
    held = pd.DataFrame(runs)
    lines = []
    for scenario, goal in GOALS.items():
        here = held[held["scenario"] == scenario]
        wide = here.pivot_table(index="seed", columns="method", values="f1")
        if wide.empty:
            continue
        ours, peers = (wide[method] for method in METHODS)
        below = int((ours < peers).sum())
        lines += [
            f"{scenario}: mean F1 {ours.mean():.4f}, Splink alone {peers.mean():.4f}; "
            f"below it on {below} of {len(wide)} seeds; "
            f"above it on average: {_word(ours.mean() > peers.mean())}; "
            f"goal of {goal}: {_word(ours.mean() >= goal)}",
            f"  Splink alone at {LOWER} instead: mean F1 {here['f1_lower'].mean():.4f}",
        ]
    if rows >= 1_000_000:
        lines += [_million(held)]
    return lines


def _million(held: pd.DataFrame) -> str:
    worst = held.groupby("method")[["wall", "peak"]].max()
    ours, peers = (worst.loc[method] for method in METHODS)
    return (
        f"less time and memory than Splink alone: {_word(ours['wall'] < peers['wall'])}, "
        f"{_word(ours['peak'] < peers['peak'])}; goal of {MILLION_SECONDS} s: "
        f"{_word(ours['wall'] <= MILLION_SECONDS)}; of {MILLION_MB:,} MB: "
        f"{_word(ours['peak'] <= MILLION_MB)}"
    )


def _word(held: Any) -> str:
    return "yes" if held else "NO"


if __name__ == "__main__":
    main()
