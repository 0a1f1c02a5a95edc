"""Run notebooks into a folder of reports that anyone can open and check.

Parameters are checked against what each notebook declares before anything
starts. A step with nothing changed is not run again. Exit codes: 10 parameters,
11 input refused, 12 notebook error, 13 kernel died or timed out, 14 a check
failed, 15 disclosure, 130 interrupted.
"""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.reporting.request import Given
    from workbench.reporting.under_way import Run
    from workbench.workspace import Workspace

SUMMARY = "run notebooks into reports"
EXAMPLES = """\
  workbench run
  workbench run 10_national_benchmark -p workbooks=cwt
  workbench run --params quarter.yaml --out reports/quarter
  workbench run --resume latest
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="default: all")
    parser.add_argument(
        "-p", dest="parameters", action="append", default=[], metavar="[NOTEBOOK:]NAME=VALUE",
        help="a parameter; may be given again",
    )  # fmt: skip
    parser.add_argument("--params", type=Path, metavar="FILE", help="parameters from a YAML file")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="run folder (default: reports/RUN_ID)"
    )
    parser.add_argument(
        "--jobs", type=int, metavar="N", help="notebooks side by side (default: cores)"
    )
    parser.add_argument("--force", action="store_true", help="run steps even if nothing changed")
    parser.add_argument("--resume", metavar="RUN", help="continue a run that failed, or 'latest'")
    parser.add_argument(
        "--timeout", type=float, default=3600.0, metavar="SECONDS", help="for each notebook (3600)"
    )


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from workbench.reporting import runner
    from workbench.reporting.folder import remember
    from workbench.reporting.notebooks import catalogue
    from workbench.reporting.request import Given, from_file, from_text, make_request
    from workbench.workspace import open_workspace

    _refuse_nonsense(args)
    workspace = open_workspace(args.workspace)
    out, wanted, before = (
        resumed(workspace, args.resume) if args.resume else (args.out, args.notebooks, Given())
    )
    # A value given now wins over the file's, and that over the one of the run continued.
    given = [
        before,
        from_file(args.params) if args.params else Given(),
        from_text(args.parameters),
    ]
    request = make_request(catalogue(workspace.notebooks), wanted, given, workspace)
    speak = not (args.quiet or args.json)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    done = runner.run(
        request, workspace, out, jobs=args.jobs, force=args.force, timeout=args.timeout,
        tell=(lambda line: print(line, flush=True)) if speak else (lambda _: None),
    )  # fmt: skip
    remember(workspace, done.folder.path)
    _tell_end(args, done)
    return done.exit_code


def _refuse_nonsense(args: argparse.Namespace) -> None:
    from workbench.errors import UsageError

    faults = []
    if args.resume and (args.notebooks or args.out):
        faults.append("--resume takes its notebooks and folder from the run it continues")
    if args.jobs is not None and args.jobs < 1:
        faults.append("--jobs must be 1 or more")
    if args.timeout <= 0:
        faults.append("--timeout must be more than 0 seconds")
    if faults:
        raise UsageError("The command cannot be run.", faults)


def resumed(workspace: Workspace, word: str) -> tuple[Path, list[str], Given]:
    """Folder, notebooks and parameters of the run to continue."""
    import json

    from workbench.errors import UsageError
    from workbench.reporting import folder
    from workbench.reporting.request import Given

    path = folder.find_run(workspace, word)
    try:
        text = (path / folder.LOGS / folder.REQUEST).read_text(encoding="utf-8")
        asked = json.loads(text)
    except (OSError, ValueError):
        raise UsageError(f"{path} does not say what it was asked for.") from None
    assignments = tuple(
        (notebook, name, value)
        for notebook, values in asked["parameters"].items()
        for name, value in values.items()
    )
    return path, asked["notebooks"], Given(assignments)


def _tell_end(args: argparse.Namespace, done: Run) -> None:
    import sys

    from workbench.cli.output import report
    from workbench.reporting.folder import INDEX

    path = done.folder.path
    facts = {
        "run": done.volatile["run_id"], "folder": str(path), "status": done.status,
        "exit_code": done.exit_code,
        "steps": [
            {name: entry[name] for name in ("notebook", "status", "cell", "error", "message")}
            for entry in done.entries.values()
        ],
    }  # fmt: skip
    if done.exit_code == 0:
        report(args, [f"Report: {path / INDEX}"], facts, f"workbench open {path}")
        return
    report(args, [f"Log: {path / 'logs'}"], facts)
    where = "" if args.workspace == Path() else f" --workspace {args.workspace}"
    resume = f"workbench run --resume {path}{where}"
    print(
        f"This run did not finish ({done.status}). Mend what failed, then: {resume}",
        file=sys.stderr,
    )
