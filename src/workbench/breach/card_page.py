"""A model card as a page: one HTML file that needs nothing else, or Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_STYLE = """
:root { color-scheme: light; }
body { font: 1rem/1.55 Arial, Helvetica, sans-serif; color: #212b32; background: #fff;
  margin: 0 auto; max-width: 66rem; padding: 1rem; overflow-wrap: break-word; }
h1, h2 { line-height: 1.25; } h2 { border-top: 2px solid #005eb8; padding-top: 1rem; }
p, dd { max-width: 44rem; }
a { color: #004b93; } a:focus, summary:focus, [tabindex]:focus { outline: 3px solid #212b32;
  background: #ffeb3b; }
nav li { padding: .15rem 0; }
.skip { position: absolute; left: -100rem; } .skip:focus { position: static; }
.stamp { font-weight: bold; background: #fff4d6; color: #6b2c00; border: 2px solid #6b2c00;
  padding: .6rem .8rem; }
.caption { font-weight: bold; margin: 1.2rem 0 .4rem; }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; }
th, td { text-align: right; vertical-align: top; padding: .3rem .7rem;
  border-bottom: 1px solid #76858f; font-variant-numeric: tabular-nums; }
td { white-space: nowrap; } td.words { white-space: normal; }
th:first-child, .words { text-align: left; font-weight: normal; }
tbody th { min-width: 6rem; }
thead th, thead th:first-child, thead th.words { background: #e8edee; font-weight: bold;
  vertical-align: bottom; min-width: 3.5rem; }
code { font: .85em/1.4 "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
dt { font-weight: bold; margin-top: .8rem; } dd { margin: .1rem 0 0 0; }
.verdict { font-weight: bold; }
@media print { .skip, nav { display: none; } .scroll { overflow: visible; } }
"""
_WORDS = {"text", "name", "code", "day"}


def card_html(card: Json) -> str:
    """Render a card as one HTML file: no script, no request, every text escaped.

    Parameters
    ----------
    card : mapping
        From `workbench.breach.card.card`.
    """
    title = html.escape(card["title"])
    stamps = "\n".join(f'<p class="stamp">{html.escape(one)}</p>' for one in card["stamps"])
    contents = "\n".join(
        f'<li><a href="#{one["id"]}">{html.escape(one["title"])}</a></li>'
        for one in card["sections"][1:]
    )
    first, *others = (_section_html(one) for one in card["sections"])
    body = "\n".join(others)
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
<main id="main" tabindex="-1">
<h1>{title}</h1>
{stamps}
{first}
<nav aria-label="Contents">
<h2>Contents</h2>
<ul>
{contents}
</ul>
</nav>
{body}
</main>
</body>
</html>
"""


def _section_html(section: Json) -> str:
    parts = [f'<h2 id="{section["id"]}">{html.escape(section["title"])}</h2>']
    parts += [f"<p>{_marked(one['text'])}</p>" for one in section["paragraphs"]]
    parts += [_table_html(one) for one in section["tables"]]
    if section["items"]:
        items = "\n".join(_item_html(one) for one in section["items"])
        parts.append(f"<dl>\n{items}\n</dl>")
    return "\n".join(parts)


def _item_html(item: Json) -> str:
    verdict = item.get("verdict", "")
    lead = f'<span class="verdict">{html.escape(verdict.capitalize())}.</span> ' if verdict else ""
    asks = f"{html.escape(item['number'])} {html.escape(item['asks'])}"
    return f"<dt>{asks}</dt>\n<dd>{lead}{_marked(item['text'])}</dd>"


def _table_html(table: Json) -> str:
    caption = f"table-{table['name']}"
    words = [
        all(row[place]["format"] in _WORDS for row in table["rows"])
        for place in range(len(table["header"]))
    ]
    heads = "".join(
        f'<th scope="col"{_class(left)}>{html.escape(one)}</th>'
        for one, left in zip(table["header"], words, strict=True)
    )
    rows = "\n".join(_row_html(row, words) for row in table["rows"])
    # a region that scrolls must be reachable by keyboard, and named
    return f"""<p class="caption" id="{caption}">{html.escape(table["caption"])}</p>
<div class="scroll" role="region" aria-labelledby="{caption}" tabindex="0">
<table aria-labelledby="{caption}">
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>"""


def _row_html(row: list[Json], words: list[bool]) -> str:
    cells = [_cell_html(one) for one in row]
    others = "".join(
        f"<td{_class(left)}>{cell}</td>" for cell, left in zip(cells[1:], words[1:], strict=True)
    )
    return f'<tr><th scope="row">{cells[0]}</th>{others}</tr>'


def _class(left: bool) -> str:
    return ' class="words"' if left else ""


def _cell_html(cell: Json) -> str:
    text = html.escape(cell["text"])
    return f"<code>{text}</code>" if cell["format"] == "code" else text


def _marked(text: str) -> str:
    """Escaped text; what stands in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def card_markdown(card: Json) -> str:
    """Render a card as Markdown with pipe tables; what Markdown would read is escaped.

    Parameters
    ----------
    card : mapping
        From `workbench.breach.card.card`.
    """
    lines = [f"# {_plain(card['title'])}", ""]
    lines += [line for one in card["stamps"] for line in (f"**{_plain(one)}**", "")]
    for section in card["sections"]:
        lines += [f"## {_plain(section['title'])}", ""]
        lines += [line for one in section["paragraphs"] for line in (_plain(one["text"]), "")]
        for table in section["tables"]:
            lines += [f"**{_plain(table['caption'])}**", "", _piped(map(_plain, table["header"]))]
            lines.append(_piped("---" for _ in table["header"]))
            lines += [_piped(_plain(cell["text"]) for cell in row) for row in table["rows"]]
            lines.append("")
        for item in section["items"]:
            verdict = f"**{item['verdict'].capitalize()}.** " if "verdict" in item else ""
            asks = f"{item['number']} {_plain(item['asks'])}"
            lines += [f"- **{asks}**", f"  {verdict}{_plain(item['text'])}"]
        lines += [""] if section["items"] else []
    return "\n".join(lines)


def _piped(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return re.sub(r"([\\*_\[\]<>|#])", r"\\\1", text.replace("\n", " "))
