"""Take Trusts' extracts in: map, check, pseudonymise, and tell each Trust what to mend.

Each Trust has a folder in inbox/, named after its code. Files are CSV or XLSX, encrypted
with age to the key of `workbench keys public`. Which dataset and layout a file has is
told by its name and header; its day by its name, as in pathways_full_2025-04-10.csv. A
file lands once, however often it is sent; a later extract's rows replace earlier ones.

Identifiers go into the encrypted vault and nowhere else. Rows that cannot be trusted are
in quarantine/, with rule, column and reason, never with what they hold.

With --watch it stays and takes the inbox in again and again, as files land: a file that
is still being written, or named .part or .tmp, is left until it is whole. Kill it when you
like; two at once do no harm. One line a round goes to ingest_watch.log.

Exit code 0 also with rows in quarantine; 11 if a file could not be read at all (the
others still go in). A watch ends with 0 when it is told to stop (SIGTERM), 130 when it is
interrupted (Ctrl-C, SIGINT), and after --times rounds as the last of them.
"""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import INTERRUPTED, InputError, UsageError

if TYPE_CHECKING:
    from workbench.intake.ingest import Outcome
    from workbench.workspace import Workspace

SUMMARY = "take Trusts' extracts into the vault and the store"
EXAMPLES = """\
  workbench ingest
  workbench ingest --plain
  workbench ingest --watch --every 1h
  workbench ingest inbox/RR7 --mapping somerset
  workbench ingest inbox/RR7/pathways_full_2025-04-10.csv.age"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `ingest` takes."""
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files or folders (default: the workspace's inbox)",
    )
    parser.add_argument(
        "--plain", action="store_true", help="also take files that are not encrypted"
    )
    parser.add_argument(
        "--mapping",
        metavar="NAME|FILE",
        help="layout of these files (default: the Trust's own mapping.yaml, else by header)",
    )
    parser.add_argument("--watch", action="store_true", help="take files in as they land")
    parser.add_argument(
        "--every", metavar="TIME", help="with --watch: 30s, 5m, 1h or 1d (default: 1h)"
    )
    parser.add_argument(
        "--times", type=int, metavar="N", help="with --watch: end after so many rounds"
    )


def run(args: argparse.Namespace) -> int:
    """Take files in; 11 if any could not be read at all."""
    from workbench.workspace import open_workspace

    _refuse_misuse(args)
    workspace = open_workspace(args.workspace)
    return _watch(args, workspace) if args.watch else _once(args, workspace)


def _refuse_misuse(args: argparse.Namespace) -> None:
    faults = []
    if not args.watch and (args.every is not None or args.times is not None):
        faults.append("--every and --times go with --watch")
    if args.watch and args.paths:
        faults.append("--watch takes the whole inbox, so no PATH")
    if args.times is not None and args.times < 1:
        faults.append("--times is 1 or more")
    if faults:
        raise UsageError("ingest cannot be done so.", faults, "workbench ingest --help")


def _watch(args: argparse.Namespace, workspace: Workspace) -> int:
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.intake import ingest
    from workbench.intake.watching import LOG, Watcher, log_to, seconds, watch

    every = seconds(args.every or "1h")
    dictionary = load(workspace.dictionary)
    stop, log = threading.Event(), log_to(workspace.root / LOG)

    def take(paths: Any) -> Outcome:
        return ingest.run(
            workspace, dictionary, paths, plain=args.plain, mapping=args.mapping, pause=stop.wait
        )

    def tell(line: str) -> None:
        log(line)
        if not (args.quiet or args.json):
            print(line, flush=True)

    with _told_to_stop(stop) as told:
        last = watch(Watcher(workspace.inbox, take, stop), every=every, times=args.times, tell=tell)
    facts = {"new": last.new, "known": last.known, "refused": last.refused, "stopped_by": told}
    report(args, ["The watch has ended; nothing was left half-written."], facts)
    if told:
        return INTERRUPTED if told[0] == "SIGINT" else 0
    return last.exit_code


@contextmanager
def _told_to_stop(stop: threading.Event) -> Iterator[list[str]]:
    """Let SIGINT and SIGTERM end the watch between two files; a second SIGINT ends it at once."""
    told: list[str] = []

    def note(number: int, _: object) -> None:
        told.append(signal.Signals(number).name)
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    earlier = {one: signal.signal(one, note) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for one, handler in earlier.items():
            signal.signal(one, handler)


def _once(args: argparse.Namespace, workspace: Workspace) -> int:
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.intake import ingest

    quiet = args.quiet or args.json
    outcome = ingest.run(
        workspace,
        load(workspace.dictionary),
        args.paths,
        plain=args.plain,
        mapping=args.mapping,
        tell=ingest.silent if quiet else (lambda line: print(line, flush=True)),
    )
    facts = {**outcome.facts, "new": outcome.new, "known": outcome.known}
    # where nothing stands yet there is nothing to report on: what was refused says what to do
    then = "workbench run 01_data_quality" if outcome.facts["datasets"] else ""
    report(args, list(_lines(outcome, workspace.root)), facts, then)
    return InputError.exit_code if outcome.refusals else 0


def _lines(outcome: Outcome, root: Path) -> Iterator[str]:
    facts = outcome.facts
    yield ""
    yield f"{'rows read':>11} = {'accepted':>9} + {'quarantined':>11}   file"
    for one in facts["files"]:
        yield _counted(one, "/".join(filter(None, (one["trust"], one["file"]))))
    yield _counted(facts["totals"], "in all")
    totals = facts["totals"]
    yield (
        f"Of the accepted rows {totals['superseded']:,} were replaced by later extracts, "
        f"{totals['repeated']:,} repeat another and {totals['opted_out']:,} are of people who "
        f"have opted out; {totals['standing']:,} stand."
    )
    for one in facts["files"]:
        yield from _of_file(one)
    yield from _conflicts(facts)
    for name in outcome.replaced:
        yield f"{name}: replaces what was taken from it before (undated, or read anew)."
    yield f"Faults to send back to each Trust: {root / 'quarantine'}"


def _counted(one: dict[str, Any], name: str) -> str:
    counts = f"{one['rows_read']:>11,} = {one['accepted']:>9,} + {one['quarantined']:>11,}"
    return f"{counts}   {name}" + ("   REFUSED" if one.get("refused") else "")


def _of_file(one: dict[str, Any]) -> Iterator[str]:
    name = "/".join(filter(None, (one["trust"], one["file"])))
    if one.get("unknown_columns"):
        yield f"{name}: columns not known and not read: {', '.join(one['unknown_columns'])}."
    for ours, theirs in (one.get("meant") or {}).items():
        yield f"{name}: nothing fills '{ours}'; is it {theirs}?"


def _conflicts(facts: dict[str, Any]) -> Iterator[str]:
    for name, counts in facts["conflicts"].items():
        if counts["in_conflict"]:
            yield (
                f"{name}: the records of {counts['in_conflict']:,} of {counts['people']:,} people "
                f"disagree ({counts['between_trusts']:,} between Trusts)."
            )
    if facts["conflicts"]:
        yield (
            f"Ethnic categories that disagree: rule '{facts['ethnicity_rule']}'; not stated "
            "never beats stated."
        )
