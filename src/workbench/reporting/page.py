"""Arranges an executed notebook as the parts of a page: sections, blocks, contents."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.errors import DisclosureError
from workbench.reporting.blocks import KINDS, MIME
from workbench.reporting.figures import plot_alone
from workbench.reporting.markdown import Headings, to_html
from workbench.reporting.notebooks import Notebook, is_code, source

_HOISTED = {"headline", "synthetic"}
"""Blocks that stand at the top of the page, wherever their cell is."""

Outputs = Sequence[Sequence[Mapping[str, Any]]]
"""For each code cell its outputs, as a notebook stores them."""


@dataclass
class Page:
    """A report's parts in a reader's order.

    Attributes
    ----------
    lede : str
        HTML under the title: question and reader.
    headline : str
        HTML of the first section.
    parts : list of dict
        ``kind`` (markdown, code, figure, table, checks) and what it holds.
    contents : list of (text, id)
        The sections.
    """

    lede: str = ""
    headline: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)


def arrange(notebook: Notebook, outputs: Outputs) -> Page:
    """Parts of the page of a notebook.

    Parameters
    ----------
    notebook : Notebook
        As it stands now: its words may be newer than its outputs.
    outputs : sequence
        One entry for each of `notebook.code`.
    """
    page = Page()
    headings = Headings()
    waiting = list(outputs)
    counts: dict[str, int] = {}
    for cell in notebook.content["cells"]:
        if cell["cell_type"] == "markdown":
            _add_words(page, source(cell), headings)
        elif is_code(cell):
            _add_code(page, source(cell), headings, counts)
            _add_blocks(page, waiting.pop(0), counts)
    page.contents = [(text, name) for level, text, name in headings.found if level == 2]
    return page


def _add_words(page: Page, text: str, headings: Headings) -> None:
    """The title cell's ``# heading`` is the page's own; what follows it is the lede."""
    is_title = not page.parts and not page.lede and text.lstrip().startswith("# ")
    if is_title:
        page.lede = to_html(text.lstrip().partition("\n")[2], headings)
    else:
        page.parts.append({"kind": "markdown", "html": to_html(text, headings)})


def _add_code(page: Page, code: str, headings: Headings, counts: dict[str, int]) -> None:
    """Code cells that follow each other with nothing shown between make one part."""
    if page.parts and page.parts[-1]["kind"] == "code":
        page.parts[-1]["code"] += f"\n\n{code}"
        return
    counts["code"] = counts.get("code", 0) + 1
    where = headings.found[-1][1] if headings.found else "setting up"
    page.parts.append({"kind": "code", "code": code, "label": f"{counts['code']}: {where}"})


def _add_blocks(page: Page, outputs: Sequence[Mapping[str, Any]], counts: dict[str, int]) -> None:
    for output in outputs:
        block = dict(output.get("data", {}).get(MIME, {}))
        if not block:
            continue
        if block.get("kind") not in KINDS:
            raise DisclosureError("A cell shows a block of a kind that no page makes.")
        if block["kind"] == "headline":
            page.headline = to_html(block["text"], Headings())
        if block["kind"] in _HOISTED:
            continue
        counts[block["kind"]] = counts.get(block["kind"], 0) + 1
        block["number"] = counts[block["kind"]]
        if block["kind"] == "figure":
            block["png"] = _plot(output["data"]["image/png"], block.get("plot"))
        page.parts.append(block)


def _plot(encoded: str, rows: Sequence[int] | None) -> str:
    """The picture for the page, which writes the words around it as text."""
    if rows is None:
        return encoded.replace("\n", "")
    return base64.b64encode(plot_alone(base64.b64decode(encoded), rows)).decode("ascii")
