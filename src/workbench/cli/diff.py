"""Compare two runs file by file, and say why they differ.

Ends with 16 if a table, figure, notebook or page differs.
"""

from __future__ import annotations

import argparse

SUMMARY = "say what differs between two runs, and why"
EXAMPLES = """\
  workbench diff reports/march reports/april
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("first", metavar="RUN")
    parser.add_argument("second", metavar="RUN")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from workbench.cli.output import report
    from workbench.errors import VerificationError
    from workbench.reporting.compare import causes, compare_runs
    from workbench.reporting.folder import find_run
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    first, second = (find_run(workspace, word) for word in (args.first, args.second))
    files = compare_runs(first, second)
    changed = [file for file in files if file.verdict != "identical"]
    lines = [f"{file.file}: {file.verdict}  {file.detail}".rstrip() for file in changed]
    why = causes(first, second)
    lines += [f"Why: {reason}" for reason in why]
    lines.append(f"{len(files) - len(changed)} of {len(files)} files identical.")
    facts = {
        "files": [vars(file) for file in files],
        "causes": why,
        "identical": not changed,
    }
    report(args, lines, facts)
    return 0 if all(file.same for file in files) else VerificationError.exit_code
