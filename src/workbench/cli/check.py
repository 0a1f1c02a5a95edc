"""Check that everything is ready to run, without starting a kernel.

Looks at the notebooks, their parameters and input folders, the Jupyter kernel,
whether results can be written, and the installed packages against the lock.
Ends with 17 if the packages differ, 10 if a parameter or notebook is wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.errors import WorkbenchError
    from workbench.workspace import Workspace

SUMMARY = "check that everything is ready to run"
EXAMPLES = """\
  workbench check
  workbench check 10_national_benchmark -p workbooks=cwt
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="default: all")
    parser.add_argument(
        "-p", dest="parameters", action="append", default=[], metavar="[NOTEBOOK:]NAME=VALUE",
        help="a parameter; may be given again",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from workbench.cli.output import report
    from workbench.errors import WorkbenchError
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    lines: list[str] = []
    facts: dict[str, Any] = {}
    codes: list[int] = []
    looks: dict[str, Callable[[], str]] = {
        "notebooks and parameters": lambda: _notebooks(args, workspace),
        "kernel": _kernel,
        "places to write": lambda: _places(workspace),
        "packages": _packages,
    }
    for name, look in looks.items():
        try:
            found = look()
        except WorkbenchError as error:
            codes.append(error.exit_code)
            lines.append(f"  NO  {name}: {_indented(error)}")
            facts[name] = {"ready": False, "faults": error.faults or [error.message]}
        else:
            lines.append(f"  ok  {name}: {found}")
            facts[name] = {"ready": True, "faults": []}
    report(args, lines, facts, "" if codes else "workbench run")
    return codes[0] if codes else 0


def _indented(error: WorkbenchError) -> str:
    return str(error).replace("\n", "\n      ")


def _notebooks(args: argparse.Namespace, workspace: Workspace) -> str:
    from workbench.reporting.notebooks import catalogue
    from workbench.reporting.request import from_text, make_request

    known = catalogue(workspace.notebooks)
    request = make_request(known, args.notebooks, [from_text(args.parameters)], workspace)
    return f"{len(request.notebooks)} can run"


def _kernel() -> str:
    import importlib.util

    from workbench.errors import EnvironmentDiffersError

    if importlib.util.find_spec("ipykernel") is None:
        raise EnvironmentDiffersError(
            "ipykernel is not installed.", remedy="Install the packages of requirements.lock."
        )
    return "ipykernel is installed"


def _places(workspace: Workspace) -> str:
    import os

    from workbench.errors import ParameterError

    wanted = (workspace.reports, workspace.root / ".workbench")
    closed = []
    for folder in wanted:
        nearest = next(place for place in (folder, *folder.parents) if place.exists())
        if not os.access(nearest, os.W_OK):
            closed.append(f"{nearest} cannot be written to")
    if closed:
        raise ParameterError("Results cannot be stored.", closed)
    return f"{workspace.reports}"


def _packages() -> str:
    from workbench.errors import EnvironmentDiffersError
    from workbench.reporting.environment import differences
    from workbench.shipped import shipped

    found = differences(shipped("requirements.lock"))
    if found:
        raise EnvironmentDiffersError(
            "The installed packages are not those of the lock.",
            found,
            "Install requirements.lock into a fresh environment.",
        )
    return "as in requirements.lock"
