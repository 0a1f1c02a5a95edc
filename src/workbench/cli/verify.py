"""Prove that a run's figures come out the same: check its files, run it again, compare.

Files must be as SHA256SUMS says (else 16), packages as in the lock that the run
used (else 17); every step is then run afresh and compared bit by bit (16 if a
figure differs).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.reporting.under_way import Run
    from workbench.workspace import Workspace

SUMMARY = "run a report again and prove that it comes out the same"
EXAMPLES = """\
  workbench verify latest
  workbench verify reports/march --files-only
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("run_folder", metavar="RUN", help="a run's folder or name, or 'latest'")
    parser.add_argument(
        "--files-only", action="store_true", help="only check that no file was changed"
    )


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    import tempfile

    from workbench.cli.output import report
    from workbench.errors import VerificationError
    from workbench.reporting.compare import causes, compare_runs
    from workbench.reporting.folder import find_run
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    path = find_run(workspace, args.run_folder)
    _check_files(path)
    if args.files_only:
        report(args, ["No file was changed."], {"verified": True, "files_only": True})
        return 0
    _check_environment(path)
    with tempfile.TemporaryDirectory(prefix="workbench-verify-") as place:
        again = _run_again(workspace, path, Path(place) / "again")
        if again.exit_code:
            raise VerificationError("The run did not come to its end this time.", _faults(again))
        files = compare_runs(path, again.folder.path)
        why = causes(path, again.folder.path)
    wrong = [file for file in files if not file.same]
    if wrong:
        faults = [f"{file.file}: {file.verdict}, {file.detail}" for file in wrong]
        raise VerificationError("The run came out otherwise.", faults + [f"why: {w}" for w in why])
    same = sum(file.verdict == "identical" for file in files)
    line = f"VERIFIED: {same} of {len(files)} outputs identical"
    report(args, [line], {"verified": True, "identical": same, "outputs": len(files)})
    return 0


def _check_files(path: Path) -> None:
    from workbench.errors import UsageError, VerificationError
    from workbench.reporting.compare import broken_sums
    from workbench.reporting.folder import read_manifest

    status = read_manifest(path)["status"]
    if status != "complete":
        raise UsageError(
            f"This run is not complete ({status}).", remedy=f"workbench run --resume {path}"
        )
    faults = broken_sums(path)
    if faults:
        raise VerificationError("Files of this run are not as it left them.", faults)


def _check_environment(path: Path) -> None:
    from workbench.errors import EnvironmentDiffersError
    from workbench.files import sha256
    from workbench.reporting import environment
    from workbench.reporting.folder import read_manifest
    from workbench.shipped import shipped

    manifest = read_manifest(path)
    lock = shipped("requirements.lock")
    faults = environment.differences(lock)
    if sha256(lock) != manifest["code"]["lock"]:
        faults.append("requirements.lock is not the one that the run used")
    have = environment.facts()["python"]
    if have != manifest["environment"]["python"]:
        faults.append(f"Python {have}, the run used {manifest['environment']['python']}")
    if faults:
        raise EnvironmentDiffersError("This is not the environment of the run.", faults)


def _run_again(workspace: Workspace, path: Path, out: Path) -> Run:
    from workbench.cli.run import resumed
    from workbench.reporting import runner
    from workbench.reporting.notebooks import catalogue
    from workbench.reporting.request import make_request

    _, wanted, given = resumed(workspace, str(path))
    request = make_request(catalogue(workspace.notebooks), wanted, [given], workspace)
    return runner.run(request, workspace, out, force=True)


def _faults(again: Run) -> list[str]:
    return [
        f"{name}: {entry['error']} {entry['message']}".rstrip()
        for name, entry in again.entries.items()
        if entry["status"] != "ok"
    ]
