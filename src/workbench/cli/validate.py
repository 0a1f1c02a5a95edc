"""Hold a file against a dataset of the data dictionary: faults by rule, and a quality score.

Nothing is changed and nothing kept. Exit code 0: no row would be quarantined; 14: some
would; 11: the file cannot be read at all.
"""

from __future__ import annotations

import argparse
import gc
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import CheckError, ParameterError

if TYPE_CHECKING:
    from workbench.dictionary.validate import Validation

SUMMARY = "check a file against the data dictionary"
EXAMPLES = """\
  workbench validate pathways.csv --as pathway_records
  workbench validate pathways.csv --as pathway_records --out faults.csv"""

_INDENT = " " * 13


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

    _refuse_overwriting(args.file, args.out)
    with _uncollected():
        done = _validated(args)
    where = f"workbench validate {args.file} --as {args.dataset} --out faults.csv"
    then = "" if args.out is not None or not len(done.findings.fault_rows) else where
    report(args, list(_lines(done, args.out)), _facts(done, args.out), then)
    return CheckError.exit_code if done.findings.quarantined else 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage: imports make none, and looking costs a tenth of the command's CPU."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _validated(args: argparse.Namespace) -> Validation:
    from workbench.dictionary.load import load
    from workbench.dictionary.validate import validate_file, write_faults
    from workbench.engine import connect
    from workbench.workspace import open_workspace

    dictionary = load(open_workspace(args.workspace).dictionary)
    # Rows are numbered in the file's order, one after another; a second thread only adds cost.
    done = validate_file(connect(threads=1), args.file, args.dataset, dictionary)
    if args.out is not None:
        write_faults(done, args.out)
    return done


def _refuse_overwriting(file: Path, out: Path | None) -> None:
    if out is not None and out.resolve() == file.resolve():
        raise ParameterError(
            "The fault file would overwrite the file that is checked.",
            remedy="Give --out another name.",
        )


def _lines(done: Validation, out: Path | None) -> Iterator[str]:
    found = done.findings
    yield f"{done.file}: {_many(found.rows, 'row')} held against '{found.dataset}'."
    yield from _columns(done)
    yield from _faults(done)
    yield from _scores(done)
    if out is not None:
        yield f"Faults written to {out}; row 1 is the first row below the header."
    if found.quarantined:
        yield (
            f"Rows that would be quarantined: {found.quarantined:,} of {found.rows:,}. "
            "Rows with flags only would be let in."
        )
    else:
        yield "No row would be quarantined."


def _columns(done: Validation) -> Iterator[str]:
    for name, meant in done.meant.items():
        yield f"Column '{name}' is absent; is it '{_printable(meant)}'?"
    others = [name for name in done.absent if name not in done.meant]
    if others:
        yield f"{_many(len(others), 'column')} absent and taken as blank:"
        yield from _listed(others)
    strangers = [name for name in done.unknown if name not in done.meant.values()]
    if strangers:
        yield f"{_many(len(strangers), 'column')} not in the dataset and not looked at:"
        yield from _listed(strangers)


def _listed(names: Sequence[str]) -> list[str]:
    return textwrap.wrap(
        ", ".join(map(_printable, names)),
        width=100,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _printable(name: str) -> str:
    """Give a name from the file without what could steer a terminal."""
    return "".join(one if one.isprintable() else "?" for one in name)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _faults(done: Validation) -> Iterator[str]:
    counts = done.findings.counts
    faulty = [check for check in done.findings.checks if counts[check.id]]
    yield f"{len(done.findings.checks)} rules; {len(faulty) or 'none'} of them found faults."
    if faulty:
        yield f"{'rows':>11}  {'severity':<10}  rule: what is wrong"
    for check in sorted(faulty, key=lambda check: (check.severity != "quarantine", check.id)):
        yield f"{counts[check.id]:>11,}  {check.severity:<10}  {check.id}: {check.title}"


def _scores(done: Validation) -> Iterator[str]:
    """Overall score, then each column below full marks, the worst first."""
    if not done.findings.rows:
        yield "Quality score: none, because there are no rows."
        return
    yield f"Quality score: {done.quality.score:.1f} of 100, if no period is missing."
    held = {name: score for name, score in done.quality.items.items() if name not in done.absent}
    for name, score in sorted(held.items(), key=lambda item: item[1]):
        if score < 1:
            yield f"{score * 100:>11.1f}  {name}"
    full = sum(score >= 1 for score in held.values())
    if full:
        yield f"{100:>11.1f}  {_many(full, 'column')} without a blank or a fault"
    if done.absent:
        yield f"{0:>11.1f}  {_many(len(done.absent), 'absent column')}"


def _facts(done: Validation, out: Path | None) -> dict[str, Any]:
    found, scored = done.findings, bool(done.findings.rows)
    return {
        "file": done.file,
        "dataset": found.dataset,
        "rows": found.rows,
        "faults": found.counts,
        "quarantined": found.quarantined,
        "absent": list(done.absent),
        "unknown": list(done.unknown),
        "meant": done.meant,
        "quality": done.quality.score if scored else None,
        "items": dict(done.quality.items) if scored else {},
        "out": out,
    }
