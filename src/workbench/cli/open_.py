"""Open a run's reports in the browser."""

from __future__ import annotations

import argparse

SUMMARY = "open a run's reports in the browser"
EXAMPLES = """\
  workbench open
  workbench open reports/quarter
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "run_folder", nargs="?", default="latest", metavar="RUN", help="default: the latest"
    )


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    import webbrowser

    from workbench.cli.output import report
    from workbench.reporting.folder import INDEX, find_run, read_manifest
    from workbench.workspace import open_workspace

    path = find_run(open_workspace(args.workspace), args.run_folder)
    page = path / INDEX
    opened = webbrowser.open(page.as_uri())
    status = read_manifest(path)["status"]
    lines = [f"Report: {page}"]
    if status != "complete":
        lines.append(f"This run is not complete ({status}); do not use its figures.")
    if not opened:
        lines.append("No browser could be started here; open the file yourself.")
    report(args, lines, {"report": str(page), "status": status, "opened": opened})
    return 0
