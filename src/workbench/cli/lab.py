"""Open JupyterLab in the notebooks folder, ready to run them by hand.

The notebooks find this workspace, and have the same pinned threads and seeds as
in a run, so that figures made by hand are those of the report.
"""

from __future__ import annotations

import argparse

SUMMARY = "open JupyterLab, ready to go"
EXAMPLES = """\
  workbench lab
  workbench lab --no-browser
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("--no-browser", action="store_true", help="print the address only")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    import os
    import subprocess
    import sys

    from workbench.cli.output import report
    from workbench.reporting.environment import PINNED
    from workbench.reporting.setting import WORKSPACE
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    command = [sys.executable, "-m", "jupyter", "lab", f"--notebook-dir={workspace.notebooks}"]
    if args.no_browser:
        command.append("--no-browser")
    lines = [
        f"Notebooks: {workspace.notebooks}",
        f"Files made by hand go to: {workspace.reports / 'by_hand'}",
        "Stop it with Ctrl-C.",
    ]
    report(args, lines, {"command": command, "notebooks": str(workspace.notebooks)})
    variables = {**os.environ, **PINNED, WORKSPACE: str(workspace.root)}
    return subprocess.run(command, env=variables, check=False).returncode
