"""What the standards cost beside the plainest work on the same columns.

    python benchmarks/standards.py [--records N] [--repeats N] [--large]

Every ratio comes from one run on two threads: baseline and engine take turns, and
the medians are compared, so that a busy machine harms both alike. The bars hold what
a user waits for, the checks of the input included: `workbench.standards.waits` runs
these at once, everything else when its expression runs. What the parts cost without
them stands below, without a bar.
"""

from __future__ import annotations

import argparse
import math
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

import workbench as wb
from _standards_records import write_records
from workbench.engine import connect, forget_order
from workbench.standards.waits import KEY

THREADS = 2
COUNTS_BAR = 6.0
WRITE_BAR = 4.0
GROWTH_BAR = 1.05

Work = Callable[[], object]


def main() -> None:
    """Run the benchmarks and print a table."""
    arguments = _arguments()
    print(
        f"Python {platform.python_version()}, Ibis {ibis.__version__}, "
        f"DuckDB {duckdb.__version__}, "
        f"Arrow {pa.__version__}; {THREADS} threads, median of {arguments.repeats}"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        records = place / "records.parquet"
        write_records(records, arguments.records)
        _ratios(records, place, arguments.records, arguments.repeats)
        if arguments.large:
            _growth(records, place, arguments.records, arguments.repeats)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also ten times the records: growth")
    return parser.parse_args()


def _ratios(path: Path, place: Path, count: int, repeats: int) -> None:
    con = connect(threads=THREADS)
    forget_order(con)  # for the baselines as well
    table = con.read_parquet(path)
    out = place / "out.parquet"
    waits = wb.standards.waits(table)
    plain, counts, checked = _medians(
        repeats,
        lambda: con.to_pyarrow(_grouped(table)),
        lambda: con.to_pyarrow(wb.standards.performance(waits)),
        lambda: con.to_pyarrow(_counts(table)),
    )
    print(f"{count:,} records; times as long as one grouped aggregate over the same columns")
    _told(
        "counts by month, Trust and standard, and checks of the input", checked, plain, COUNTS_BAR
    )
    _told("  of which the counts alone", counts, plain)
    print(f"  {'the grouped aggregate':<60} {plain:6.2f} s")
    copy, reckoned, ordered, checked = _medians(
        repeats,
        lambda: table.to_parquet(out),
        lambda: waits.to_parquet(out),
        lambda: wb.standards.waits(table).order_by(KEY).to_parquet(out),
        lambda: wb.standards.waits(table).to_parquet(out),
    )
    print(f"{count:,} records; times as long as a copy of their {len(table.columns)} columns")
    _told("all waits rows to Parquet, and checks of the input", checked, copy, WRITE_BAR)
    _told("  of which the waits rows alone", reckoned, copy)
    _told("as the command: checks, and rows sorted by their key", ordered, copy)
    print(f"  {'the copy to Parquet':<60} {copy:6.2f} s")


def _growth(path: Path, place: Path, count: int, repeats: int) -> None:
    large = place / "large.parquet"
    write_records(large, 10 * count)
    con = connect(threads=THREADS)
    forget_order(con)  # for the baselines as well
    out = place / "out.parquet"
    small_table, large_table = con.read_parquet(path), con.read_parquet(large)
    works: dict[str, tuple[Work, Work]] = {
        "counts": (
            lambda: con.to_pyarrow(_counts(small_table)),
            lambda: con.to_pyarrow(_counts(large_table)),
        ),
        "waits to Parquet": (
            lambda: wb.standards.waits(small_table).to_parquet(out),
            lambda: wb.standards.waits(large_table).to_parquet(out),
        ),
    }
    for name, (small_work, large_work) in works.items():
        small, large_time = _medians(repeats, small_work, large_work)
        exponent = math.log10(large_time / small)
        verdict = "ok" if exponent <= GROWTH_BAR else "MISSED"
        print(
            f"{f'growth of {name} and checks, {count:,} to {10 * count:,}':<62} {small:6.2f} s "
            f"{large_time:6.2f} s  exponent {exponent:.2f} (at most {GROWTH_BAR}) {verdict}"
        )


def _counts(table: Any) -> Any:
    return wb.standards.performance(wb.standards.waits(table))


def _grouped(table: Any) -> Any:
    """Group by month, Trust and event, and look once at every other column."""
    treated = table.treatment_start_date_cancer
    site = table.organisation_site_identifier_of_provider_cancer_treatment_start_date
    looked_at = {c: table[c].max() for c in table.columns if c != "record_id"}
    groups = table.group_by(
        month=treated.cast("string").left(7),
        provider=site.left(3),
        event=table.cancer_treatment_event_type,
    )
    return groups.aggregate(records=table.count(), **looked_at)


def _medians(repeats: int, *works: Work) -> list[float]:
    """Median seconds of each, in turns, after one round to warm up."""
    seconds: list[list[float]] = [[] for _ in works]
    for round_number in range(repeats + 1):
        for times, work in zip(seconds, works, strict=True):
            start = time.perf_counter()
            work()
            if round_number:
                times.append(time.perf_counter() - start)
    return [statistics.median(times) for times in seconds]


def _told(name: str, seconds: float, baseline: float, bar: float | None = None) -> None:
    ratio = seconds / baseline
    verdict = "" if bar is None else f"(at most {bar}) {'ok' if ratio <= bar else 'MISSED'}"
    print(f"{name:<62} {seconds:6.2f} s  {ratio:5.2f} times {verdict}")


if __name__ == "__main__":
    main()
