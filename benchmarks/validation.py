"""What validation costs: CPU and peak memory, each measured in a process of its own.

    python benchmarks/validation.py [--rows N] [--repeats N]

The 12-column extract has 17 rules and seven kinds of planted fault, each of which
must be found with its exact count. CPU is user and system time of all threads: of the
validation alone (file to findings), and of the whole process with its imports. Beside it
stands hand-written SQL of the same checks, measured in turn with it.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Run = dict[str, Any]

CPU_BAR = 2.0
MEMORY_BAR = 500


def main() -> None:
    """Make the extracts, measure each in fresh processes, print a table."""
    arguments = _arguments()
    if arguments.measure:
        print(json.dumps(_measured(arguments.measure, arguments.dataset)))
        return
    from _validation_extracts import PLANTED, write_full, write_small
    from workbench.dictionary import load, rules_of

    with tempfile.TemporaryDirectory() as folder:
        small, full = Path(folder, "small.csv"), Path(folder, "full.csv")
        write_small(small, arguments.rows)
        columns = write_full(full, arguments.rows, load())
        runs, plain = _in_turn(small, ("small", "plain"), arguments.repeats)
        rules = len(rules_of(load().schema("pathway_records")))
        lines = [
            f"{arguments.rows:,} rows of CSV, median of {arguments.repeats}, one thread",
            f"{'':34}{'CPU s':>8}{'whole process':>15}{'peak MB':>9}{'faults':>11}",
            _row("12 columns, 17 rules", runs),
            _row("the same, hand-written SQL", plain),
            _row(
                f"{columns} items, {rules} rules",
                *_in_turn(full, ("full",), arguments.repeats),
            ),
        ]
    found = {name: count for name, count in runs[0]["counts"].items() if count}
    cpu, peak = _median(runs, "alone"), max(run["peak"] for run in runs)
    lines += [
        f"planted faults, 7 kinds, found with exact counts: {_word(found == PLANTED)}",
        f"12 columns, times the CPU of hand-written SQL: {cpu / _median(plain, 'alone'):.2f}",
        f"12 columns under {CPU_BAR} s of CPU: {_word(cpu < CPU_BAR)}; "
        f"under {MEMORY_BAR} MB: {_word(peak < MEMORY_BAR)}",
    ]
    print("\n".join(lines))
    if arguments.evidence:
        arguments.evidence.mkdir(parents=True, exist_ok=True)
        text = "# Cost of validation\n\n```\n" + "\n".join(lines) + "\n```\n"
        (arguments.evidence / "validation.md").write_text(text, encoding="utf-8")
    if found != PLANTED:
        sys.exit("The faults found are not those planted.")


def _word(held: bool) -> str:
    return "yes" if held else "NO"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--evidence", type=Path, metavar="DIR", help="also write the table there")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--dataset", choices=("small", "plain", "full"), help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_turn(path: Path, datasets: Sequence[str], repeats: int) -> list[list[Run]]:
    """Measure each in turn, so that what else the machine does falls on all alike."""
    runs: list[list[Run]] = [[] for _ in datasets]
    for _ in range(repeats):
        for dataset, held in zip(datasets, runs, strict=True):
            words = [sys.executable, __file__, "--measure", str(path), "--dataset", dataset]
            done = subprocess.run(words, capture_output=True, check=True, text=True)
            held.append(json.loads(done.stdout))
    return runs


def _row(label: str, runs: list[Run]) -> str:
    alone, whole, peak = (_median(runs, name) for name in ("alone", "whole", "peak"))
    faults = sum(runs[0]["counts"].values())
    return f"{label:34}{alone:>8.2f}{whole:>15.2f}{peak:>9.0f}{faults:>11,}"


def _median(runs: list[Run], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def _measured(path: Path, dataset: str) -> dict[str, object]:
    from _validation_yardstick import plain_sql
    from workbench.dictionary.checks import check_table
    from workbench.dictionary.load import load
    from workbench.engine import connect
    from workbench.files import read_table

    if dataset in ("small", "plain"):
        from _validation_extracts import CODE_LISTS, SCHEMA

        schema, lists = SCHEMA, CODE_LISTS
    else:
        schema, lists = load().schema("pathway_records"), dict(load().code_lists)
    con = connect(threads=1)  # as the command does
    before = _cpu()
    if dataset == "plain":
        counts = plain_sql(con.con, path)
    else:
        table = read_table(con, path, whole=False)
        counts = check_table(table, schema, lists, name=path.name).counts
    after = _cpu()
    return {"alone": after - before, "whole": after, "peak": _peak(), "counts": counts}


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


if __name__ == "__main__":
    main()
