"""Draws the pages: one HTML file, no script, nothing fetched, same bytes each time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from workbench.reporting.notebooks import Notebook
from workbench.reporting.page import Outputs, arrange

MAX_BYTES = 1_000_000
"""A report opens at once, and passes through any mail server."""

_ROWS_BEHIND_FIGURES = (300, 50, 5)
"""Rows shown under each figure: fewer if the page would be too large; the CSV has them all."""

_TEMPLATES = Path(__file__).with_name("templates")


def report_html(notebook: Notebook, outputs: Outputs, facts: Mapping[str, Any]) -> str:
    """The page of one executed notebook.

    Parameters
    ----------
    notebook : Notebook
        Its words.
    outputs : sequence
        For each code cell, its stored outputs.
    facts : mapping
        Provenance: ``synthetic``, ``stamps``, ``details`` (label, value pairs),
        ``parameters``, ``inputs``, ``rerun``. Nothing that changes from run to run.

    Returns
    -------
    str
        At most `MAX_BYTES` long, unless its pictures and tables alone are longer.
    """
    text = ""
    for rows in _ROWS_BEHIND_FIGURES:
        page = arrange(notebook, outputs)
        for part in page.parts:
            if part["kind"] == "figure":
                part["rows"] = part["rows"][:rows]
        text = _page("report.html.j2", notebook=notebook, page=page, facts=facts)
        if len(text.encode("utf-8")) <= MAX_BYTES:
            break
    return text


def index_html(reports: Sequence[Mapping[str, Any]], complete: bool) -> str:
    """The page that leads a reader to each report.

    Parameters
    ----------
    reports : sequence of mapping
        ``name, title, question, finding, status, synthetic, stamps``.
    complete : bool
        Whether every step was done.
    """
    stamps = sorted({stamp for report in reports for stamp in report["stamps"]})
    synthetic = sorted({why for report in reports for why in report["synthetic"]})
    return _page(
        "index.html.j2", reports=reports, complete=complete, stamps=stamps, synthetic=synthetic
    )


def document_html(**content: Any) -> str:
    """A page that no notebook made; see `workbench.reporting.document`."""
    return _page("document.html.j2", **content)


def block_html(block: Mapping[str, Any]) -> str:
    """One block as JupyterLab shows it."""
    from workbench.reporting.markdown import Headings, to_html

    words = {"words": Markup(to_html(block["text"], Headings()))} if "text" in block else {}
    shown = {"number": 1, **block, **words}
    return _environment().get_template("by_hand.html.j2").render(block=shown)


def _page(template: str, **context: Any) -> str:
    style = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(style), style_digest=digest, **context)
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["html_made_here"] = Markup
    return environment
