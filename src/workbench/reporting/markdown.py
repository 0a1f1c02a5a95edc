"""Markdown of a notebook as HTML that keeps to the page's rules.

Raw HTML is shown as text, a picture is replaced by its words (nothing may be
fetched), headings never skip a level and never repeat the page's one ``h1``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token


@dataclass
class Headings:
    """Headings met so far on one page, for its contents and for unique ids.

    Attributes
    ----------
    found : list of (level, text, id)
        In the page's order.
    tables : int
        Tables met among the words; each needs a name of its own.
    """

    found: list[tuple[int, str, str]] = field(default_factory=list)
    tables: int = 0

    def add(self, wanted: int, text: str) -> tuple[int, str]:
        """Level (2 to 6, at most one below the last) and id of a new heading."""
        last = self.found[-1][0] if self.found else 1
        level = min(max(wanted, 2), last + 1, 6)
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
        taken = {id_ for _, _, id_ in self.found}
        name, n = f"s-{slug}", 2
        while name in taken:
            name, n = f"s-{slug}-{n}", n + 1
        self.found.append((level, text, name))
        return level, name


def to_html(text: str, headings: Headings) -> str:
    """HTML of a Markdown text; its headings are added to `headings`."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    _set_headings(tokens, headings)
    tokens = [wrapped for token in tokens for wrapped in _in_scroll_region(token, headings)]
    for token in tokens:
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
        elif token.type == "td_open":
            token.attrs = {}
        elif token.type == "inline":
            token.children = [_without_picture(child) for child in token.children or []]
    return str(parser.renderer.render(tokens, parser.options, {}))


def to_text(text: str) -> str:
    """Words of a Markdown text, without its marks."""
    tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
    return " ".join(_words(token) for token in tokens if token.type == "inline")


def first_sentence(text: str) -> str:
    """The first sentence of a Markdown text, as plain words.

    A label of a few words before it, such as "What we found.", is passed over.
    """
    sentences = re.split(r"(?<=[.!?:])\s", to_text(text))
    return next((one for one in sentences if len(one.split()) > 4), sentences[0])


def _set_headings(tokens: Sequence[Token], headings: Headings) -> None:
    for token, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.type == "heading_open":
            level, name = headings.add(int(token.tag[1]), _words(content))
            token.tag = closing.tag = f"h{level}"
            token.attrs = {"id": name}


def _in_scroll_region(token: Token, headings: Headings) -> list[Token]:
    """A wide table scrolls by itself and can be reached by keyboard; the page stays still."""
    if token.type == "table_open":
        headings.tables += 1
        label = f"Table {headings.tables} among the words"
        attributes: dict[str, str | int | float] = {
            "class": "scroll", "role": "region", "tabindex": "0", "aria-label": label,
        }  # fmt: skip
        return [Token("scroll_open", "div", 1, attrs=attributes, block=True), token]
    if token.type == "table_close":
        return [token, Token("scroll_close", "div", -1, block=True)]
    return [token]


def _words(token: Token) -> str:
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in token.children or []
    )


def _without_picture(token: Token) -> Token:
    if token.type != "image":
        return token
    return Token("text", "", 0, content=f"[picture: {escape(token.content, quote=False)}]")
