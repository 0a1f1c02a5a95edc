"""List the notebooks: what each answers, what it needs and what it makes."""

from __future__ import annotations

import argparse

SUMMARY = "list the notebooks and what they answer"
EXAMPLES = """\
  workbench list
  workbench list --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    del parser


def run(args: argparse.Namespace) -> int:
    """Run the command."""
    from workbench.cli.output import report
    from workbench.reporting.notebooks import catalogue, needed, unreadable_lines
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    known = catalogue(workspace.notebooks)
    order = needed(known, known) if known else []
    lines = unreadable_lines(known)
    for name in sorted(order):
        notebook = known[name]
        lines += [f"{name}  {notebook.title}"]
        lines += [
            f"    {label}: {text}"
            for label, text in (
                ("answers", notebook.question),
                ("reads", ", ".join(notebook.reads)),
                ("writes", ", ".join(notebook.writes)),
                ("parameters", ", ".join(p.name for p in notebook.parameters)),
            )
            if text
        ]
    facts = {
        "notebooks": [
            {
                "name": name,
                "title": known[name].title,
                "question": known[name].question,
                "reader": known[name].reader,
                "reads": known[name].reads,
                "writes": known[name].writes,
                "parameters": [p.name for p in known[name].parameters],
            }
            for name in order
        ],
        "unreadable": {name: error.message for name, error in known.unreadable.items()},
    }
    nothing = [f"There are no notebooks in {workspace.notebooks}."]
    then = f"workbench params {sorted(order)[0]}" if order else "workbench demo"
    report(args, lines or nothing, facts, then)
    return 0
