"""Hold a file against a dataset of the data dictionary: faults by rule, and a quality score.

Nothing is changed and nothing kept. Exit code 0: no row would be quarantined; 14: some
would; 11: the file cannot be read at all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import CheckError, ParameterError

if TYPE_CHECKING:
    from workbench.dictionary.validate import Validation

SUMMARY = "check a file against the data dictionary"
EXAMPLES = """\
  workbench validate pathways.csv --as pathway_records
  workbench validate pathways.csv --as pathway_records --out faults.csv"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `validate` takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, Parquet or XLSX")
    parser.add_argument(
        "--as", dest="dataset", required=True, metavar="DATASET", help="what its rows are"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FAULTS",
        help="write one line a fault (file, row, column, rule, severity, reason; never a value)",
    )


def run(args: argparse.Namespace) -> int:
    """Validate one file; 14 if any row would be quarantined."""
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.dictionary.validate import validate_file, write_faults
    from workbench.engine import connect
    from workbench.workspace import open_workspace

    _refuse_overwriting(args.file, args.out)
    dictionary = load(open_workspace(args.workspace).dictionary)
    # Rows are numbered in the file's order, one after another; a second thread only adds cost.
    done = validate_file(connect(threads=1), args.file, args.dataset, dictionary)
    if args.out is not None:
        write_faults(done, args.out)
    where = f"workbench validate {args.file} --as {args.dataset} --out faults.csv"
    then = "" if args.out is not None or not len(done.findings.fault_rows) else where
    report(args, list(_lines(done, args.out)), _facts(done, args.out), then)
    return CheckError.exit_code if done.findings.quarantined else 0


def _refuse_overwriting(file: Path, out: Path | None) -> None:
    if out is not None and out.resolve() == file.resolve():
        raise ParameterError(
            "The fault file would overwrite the file that is checked.",
            remedy="Give --out another name.",
        )


def _lines(done: Validation, out: Path | None) -> Iterator[str]:
    found = done.findings
    yield f"{done.file}: {found.rows:,} rows held against '{found.dataset}'."
    for name, meant in done.meant.items():
        yield f"Column '{name}' is absent; is it '{meant}'?"
    others = [name for name in done.absent if name not in done.meant]
    if others:
        yield f"Absent columns, taken as blank: {', '.join(others)}."
    yield from _faults(done)
    yield from _scores(done)
    if out is not None:
        yield f"Faults written to {out}."
    yield (
        f"Rows that would be quarantined: {found.quarantined:,}."
        if found.quarantined
        else "No row would be quarantined."
    )


def _faults(done: Validation) -> Iterator[str]:
    counts = done.findings.counts
    faulty = [check for check in done.findings.checks if counts[check.id]]
    yield f"{len(done.findings.checks)} rules; {len(faulty)} of them found faults."
    if faulty:
        yield f"{'rows':>11}  {'severity':<10}  rule: what is wrong"
    for check in sorted(faulty, key=lambda check: (check.severity != "quarantine", check.id)):
        yield f"{counts[check.id]:>11,}  {check.severity:<10}  {check.id}: {check.title}"


def _scores(done: Validation) -> Iterator[str]:
    if not done.findings.rows:
        yield "Quality score: none, because there are no rows."
        return
    yield f"Quality score: {done.quality.score:.1f} of 100 (coverage taken as full)."
    for name, score in done.quality.items.items():
        if name not in done.absent:
            yield f"{score * 100:>11.1f}  {name}"


def _facts(done: Validation, out: Path | None) -> dict[str, Any]:
    found, scored = done.findings, bool(done.findings.rows)
    return {
        "file": done.file,
        "dataset": found.dataset,
        "rows": found.rows,
        "faults": found.counts,
        "quarantined": found.quarantined,
        "absent": list(done.absent),
        "meant": done.meant,
        "quality": done.quality.score if scored else None,
        "items": dict(done.quality.items) if scored else {},
        "out": out,
    }
