"""A page before it has a form: sections of words and tables, rendered as HTML or as Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

UNCONFIRMED = "unconfirmed"

_STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.5 Arial, Helvetica, sans-serif; color: #212b32; background: #fff;
  margin: 0 auto; max-width: 80rem; padding: 1rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; } h2 { border-top: 2px solid #005eb8; padding-top: 1rem; }
a { color: #004b93; } a:focus, [tabindex]:focus { outline: 3px solid #212b32; background: #ffeb3b; }
.skip { position: absolute; left: -100rem; } .skip:focus { position: static; }
.scroll { overflow-x: auto; margin: 1rem 0; max-width: 100%; }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid #76858f; }
thead th { background: #e8edee; } td { min-width: 6rem; } td:nth-child(2) { min-width: 14rem; }
tbody th { font-weight: normal; min-width: 12rem; overflow-wrap: anywhere; }
td code { display: inline-block; min-width: 14rem; overflow-wrap: anywhere; }
code { font: .9em/1.4 "DejaVu Sans Mono", Consolas, monospace; }
.unconfirmed { font-weight: bold; color: #6b2c00; background: #fff4d6; padding: 0 .3rem; }
@media print { .skip, nav { display: none; } .scroll { overflow: visible; } }
"""


@dataclass(frozen=True)
class Cell:
    """A piece of text: plain, code, or marked as unconfirmed; perhaps a link inside the page."""

    text: str
    style: str = "plain"
    link: str | None = None


@dataclass(frozen=True)
class Table:
    """A table with one header row; the first cell of each row names the row."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading of level 2 or 3, then paragraphs, then tables."""

    title: str
    level: int
    anchor: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole page."""

    title: str
    lead: str
    sections: tuple[Section, ...]


def anchored(*words: str) -> str:
    """Give words as a name that a link can point at."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")


def status_cell(status: str) -> Cell:
    """Give a status, set apart where it is unconfirmed."""
    return Cell(status, UNCONFIRMED if status == UNCONFIRMED else "plain")


def day_cell(day: date | None, otherwise: str = "") -> Cell:
    """Give a day as CCYY-MM-DD, or other words where there is none."""
    return Cell(day.isoformat() if day else otherwise)


def to_html(document: Document) -> str:
    """Render a page as one HTML file that needs nothing else: no script, no request."""
    contents = "\n".join(
        f'<li><a href="#{section.anchor}">{html.escape(section.title)}</a></li>'
        for section in document.sections
        if section.level == 2
    )
    body = "\n".join(_section_html(section) for section in document.sections)
    title = html.escape(document.title)
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to main content</a>
<header>
<h1>{title}</h1>
<p>{html.escape(document.lead)}</p>
</header>
<nav aria-label="Contents">
<ul>
{contents}
</ul>
</nav>
<main id="main" tabindex="-1">
{body}
</main>
</body>
</html>
"""


def _section_html(section: Section) -> str:
    parts = [
        f'<h{section.level} id="{section.anchor}">{html.escape(section.title)}</h{section.level}>'
    ]
    parts += [f"<p>{html.escape(text)}</p>" for text in section.paragraphs]
    parts += [
        _table_html(table, f"{section.anchor}-table-{place}")
        for place, table in enumerate(section.tables, start=1)
    ]
    return "\n".join(parts)


def _table_html(table: Table, anchor: str) -> str:
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in table.header)
    rows = "\n".join(_row_html(row) for row in table.rows)
    # a region that scrolls must be reachable by keyboard, and named
    return f"""<div class="scroll" role="region" aria-labelledby="{anchor}" tabindex="0">
<table>
<caption id="{anchor}">{html.escape(table.caption)}</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>"""


def _row_html(row: tuple[Cell, ...]) -> str:
    first, *others = (_cell_html(cell) for cell in row)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'


def _cell_html(cell: Cell) -> str:
    text = html.escape(cell.text)
    if cell.style == "code" and text:
        text = f"<code>{text}</code>"
    if cell.style == UNCONFIRMED:
        text = f'<span class="unconfirmed">{text}</span>'
    return f'<a href="#{cell.link}">{text}</a>' if cell.link else text


def to_markdown(document: Document) -> str:
    """Render a page as Markdown with pipe tables; anything that Markdown would read is escaped."""
    lines = [f"# {_plain(document.title)}", "", _plain(document.lead), ""]
    for section in document.sections:
        lines += [f"{'#' * section.level} {_plain(section.title)}", ""]
        for text in section.paragraphs:
            lines += [_plain(text), ""]
        for table in section.tables:
            lines += [f"**{_plain(table.caption)}**", ""]
            lines.append(_piped(_plain(name) for name in table.header))
            lines.append(_piped("---" for _ in table.header))
            lines += [_piped(_cell_markdown(cell) for cell in row) for row in table.rows]
            lines.append("")
    return "\n".join(lines)


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell_markdown(cell: Cell) -> str:
    if cell.style == "code" and cell.text and "`" not in cell.text:
        return "`" + cell.text.replace("|", "\\|").replace("\n", " ") + "`"
    text = _plain(cell.text)
    return f"**{text}**" if cell.style == UNCONFIRMED else text


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", text.replace("\n", " "))
