"""Make the workspace's keys, or show the public one that Trusts encrypt their files to.

The keys are an age key pair and the secret of the pseudonyms; they stand in the folder
keys/ of the workspace, which only its owner can open. Back them up: what is in the vault
cannot be read without them.
"""

from __future__ import annotations

import argparse

SUMMARY = "the keys of the vault and of the pseudonyms"
EXAMPLES = """\
  workbench keys new
  workbench keys public
  age --encrypt --recipient $(workbench keys public) pathways.csv > pathways.csv.age"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `keys` takes."""
    parser.add_argument(
        "action",
        choices=("new", "public"),
        help="new: make them, once; public: print the key that Trusts encrypt to",
    )


def run(args: argparse.Namespace) -> int:
    """Make keys, or print the public one."""
    from workbench.cli.output import report
    from workbench.intake.keys import FOLDER, create_keys, open_keys
    from workbench.workspace import open_workspace

    root = open_workspace(args.workspace).root
    if args.action == "public":
        public = open_keys(root).public
        report(args, [public], {"public": public})
        return 0
    public = create_keys(root).public
    lines = [
        f"Keys made in {root / FOLDER}.",
        f"Public key, for the Trusts: {public}",
        "Back this folder up now, apart from the data: without it nobody can open the vault, and "
        "pseudonyms can never be made again.",
    ]
    report(args, lines, {"public": public, "folder": root / FOLDER}, "workbench ingest")
    return 0
