"""The data dictionary as a page to read: datasets, columns, checks, codes and targets."""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "write the data dictionary as a page"
EXAMPLES = """  workbench dictionary --out dictionary.html
  workbench dictionary --out dictionary.md"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("data_dictionary.html"),
        metavar="PAGE",
        help="page to write, .html or .md (default: data_dictionary.html)",
    )


def run(args: argparse.Namespace) -> int:
    """Write the page of the workspace's dictionary, whole or not at all."""
    from workbench.cli.output import report
    from workbench.dictionary import load
    from workbench.dictionary.page import html_page, markdown_page
    from workbench.errors import UsageError
    from workbench.files import written_whole
    from workbench.workspace import open_workspace

    render = {".html": html_page, ".md": markdown_page}.get(args.out.suffix.lower())
    if render is None:
        raise UsageError(
            f"{args.out.name}: a page ends in .html or .md.", remedy="Change the ending of --out."
        )
    dictionary = load(open_workspace(args.workspace).dictionary)
    page = render(dictionary)
    with written_whole(args.out) as draft:
        draft.write_text(page, encoding="utf-8")
    facts = {
        "page": str(args.out),
        "datasets": len(dictionary.schemas),
        "columns": sum(len(schema.fields) for schema in dictionary.schemas.values()),
        "code_lists": len(dictionary.code_lists),
    }
    told = "{datasets} datasets, {columns} columns, {code_lists} code lists: {page}"
    report(args, [told.format(**facts)], facts, then=f"open {args.out}")
    return 0
