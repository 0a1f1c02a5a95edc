"""Who opened the vault: when, with which command, what of it and why.

  log    show the openings, the latest last

Each opening is one line of vault/access.log; nothing is opened that is not written there
first. --check tells whether a line was changed or taken out, and prints the seal of the
log as it is. Note the seal somewhere else from time to time: with --seal it shows that the
log has not been written anew since.

Ends with 14 if the log is not as it was written.
"""

from __future__ import annotations

import argparse

from workbench.errors import CheckError, UsageError

SUMMARY = "who opened the vault, when and why"
EXAMPLES = """\
  workbench vault log
  workbench vault log --last 20
  workbench vault log --check"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `vault` takes."""
    parser.add_argument("action", choices=("log",), help="log: show the openings")
    parser.add_argument("--last", type=int, metavar="N", help="the last N only")
    parser.add_argument(
        "--check", action="store_true", help="tell whether the log is as it was written"
    )
    parser.add_argument("--seal", metavar="SEAL", help="check against a seal noted earlier")


def run(args: argparse.Namespace) -> int:
    """Show the log, or check it."""
    from workbench.cli.output import report
    from workbench.intake.access import accesses, log_faults
    from workbench.intake.vault import FOLDER
    from workbench.workspace import open_workspace

    if args.last is not None and args.last < 1:
        raise UsageError("--last is 1 or more.", remedy="workbench vault log --last 20")
    folder = open_workspace(args.workspace).root / FOLDER
    found = accesses(folder)
    shown = found[-args.last :] if args.last else found
    checked = args.check or args.seal is not None
    faults = log_faults(folder, args.seal) if checked else []
    facts = {
        "openings": [one.facts for one in shown],
        "faults": faults,
        "seal": found[-1].seal if found else None,
    }
    lines = [_line(one.facts) for one in shown] or ["Nobody has opened the vault yet."]
    if faults:
        lines += ["The log is not as it was written:", *(f"  - {fault}" for fault in faults)]
    elif checked and found:
        lines += [f"{len(found):,} openings, none changed or taken out.", f"Seal: {found[-1].seal}"]
    report(args, lines, facts, "" if checked else "workbench vault log --check")
    return CheckError.exit_code if faults else 0


def _line(facts: dict[str, object]) -> str:
    named = ("time", "user", "command", "opened", "why")
    return "  ".join(str(facts[name]) for name in named)
