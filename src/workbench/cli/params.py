"""Show what a notebook can be told: its parameters with types, defaults and meaning."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.reporting.declaration import Parameter

SUMMARY = "show a notebook's parameters"
EXAMPLES = """\
  workbench params 10_national_benchmark
  workbench params --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("notebooks", nargs="*", metavar="NOTEBOOK", help="default: all")


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from workbench.cli.output import report
    from workbench.reporting.notebooks import catalogue, needed, unreadable_lines
    from workbench.workspace import open_workspace

    known = catalogue(open_workspace(args.workspace).notebooks)
    needed(known, args.notebooks or known)
    names = args.notebooks or sorted(known)
    lines: list[str] = [] if args.notebooks else unreadable_lines(known)
    for name in names:
        lines += [name, *_table(known[name].parameters)]
    facts = {name: [_facts(p) for p in known[name].parameters] for name in names}
    then = f"workbench run {names[0]} -p name=value" if names else "workbench demo"
    report(args, lines, facts, then)
    return 0


def _table(parameters: tuple[Parameter, ...]) -> list[str]:
    if not parameters:
        return ["  (none)"]
    rows = [("name", "type", "default", "meaning")]
    rows += [(p.name, p.words, _default(p), p.help) for p in parameters]
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    return [
        "  " + "  ".join([*(row[i].ljust(widths[i]) for i in range(3)), row[3]]).rstrip()
        for row in rows
    ]


def _default(parameter: Parameter) -> str:
    return "(blank)" if parameter.may_be_blank else str(parameter.default)


def _facts(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "type": parameter.annotation,
        "kind": parameter.kind,
        "many": parameter.many,
        "choices": parameter.choices,
        "low": parameter.low,
        "high": parameter.high,
        "default": parameter.default,
        "help": parameter.help,
    }
