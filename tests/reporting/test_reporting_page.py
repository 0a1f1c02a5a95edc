"""The pages: offline, accessible and safe whatever the words."""

import base64
import hashlib
import itertools
import re
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_maker import Region, code
from sample_page import blocks, facts, output, table, write_page

from workbench.errors import DisclosureError
from workbench.reporting.markdown import Headings, first_sentence, to_html
from workbench.reporting.notebooks import read_notebook
from workbench.reporting.render import MAX_BYTES, report_html

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{7*7}} </style> javascript:x &amp;"
)
VOID = {"meta", "img", "br", "hr", "link", "input"}


class Reader(HTMLParser):
    """Start tags in order, the text of some, and whether tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words.append((self.open[-1], data))

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(params=["Plain words", HOSTILE], ids=["plain", "hostile"])
def pages(request: pytest.FixtureRequest, region: Region) -> list[tuple[str, Reader]]:
    page = write_page(region, request.param)
    texts = [path.read_text(encoding="utf-8") for path in (page, page.with_name("index.html"))]
    return [(text, Reader(text)) for text in texts]


def test_nothing_is_fetched_and_nothing_runs(pages: list[tuple[str, Reader]]) -> None:
    for _, page in pages:
        assert not page.open
        names = {tag for tag, _ in page.tags}
        assert not names & {"script", "link", "iframe", "object", "embed", "form", "base", "svg"}
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            assert tag == "img" or "src" not in attributes
            href = attributes.get("href") or ""
            assert not href.lower().startswith(("javascript:", "data:", "vbscript:"))
        assert all(image["src"].startswith("data:image/png;base64,") for image in page.all("img"))


def test_policy_allows_only_the_pages_own_style(pages: list[tuple[str, Reader]]) -> None:
    for text, page in pages:
        style = text.split("<style>")[1].split("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
        assert "default-src 'none'" in policy
        assert f"style-src 'sha256-{digest}'" in policy
        assert "script-src" not in policy
        assert "url(" not in style
        assert "@import" not in style


def test_page_is_oriented(pages: list[tuple[str, Reader]]) -> None:
    for text, page in pages:
        assert page.all("html")[0]["lang"] == "en-GB"
        assert page.all("title")
        assert len(page.all("h1")) == 1
        assert len(page.all("main")) == 1
        assert page.all("a")[0]["href"] == "#main"
        assert "Not an official NHS publication" in text
        assert "Synthetic data." in text
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(names) == len(set(names))
        for link in page.all("a"):
            assert not link["href"].startswith("#") or link["href"][1:] in names


def test_tables_and_figures_can_be_heard(pages: list[tuple[str, Reader]]) -> None:
    text, page = pages[0]
    scopes = {header["scope"] for header in page.all("th")}
    assert scopes == {"col", "row"}
    assert len(page.all("table")) - 1 == len(page.all("caption"))  # the one in Markdown has none
    assert all(20 <= len(image["alt"]) <= 250 for image in page.all("img"))
    regions = [a for _, a in page.tags if a.get("role") == "region"]
    labels = [region["aria-label"] for region in regions]
    assert len(labels) == len(set(labels))
    assert all(region["tabindex"] == "0" for region in regions)
    assert "[c] withheld so that no one can be recognised." in text
    assert "First 3 of 4 rows" in text
    assert len(page.all("figure")) == len(page.all("figcaption")) == len(page.all("img"))


def test_headline_comes_first(pages: list[tuple[str, Reader]]) -> None:
    text, _ = pages[0]
    main = text[text.index("<main") :]
    places = ["In short</h2>", 'aria-label="Contents"', "For boards.", 'id="s-results']
    assert [main.index(one) for one in places] == sorted(main.index(one) for one in places)


def test_contents_are_folded_on_a_phone_and_the_same_at_any_width(region: Region) -> None:
    page = write_page(region, "Plain words").read_text(encoding="utf-8")
    nav = page[page.index("<nav") : page.index("</nav>")]
    narrow, wide = nav.split('<div class="wide">')
    assert "<details" in narrow
    assert "<details" not in wide
    links = [re.findall('href="([^"]+)"', part) for part in (narrow, wide)]
    assert links[0] == links[1]
    assert {"#in-short", "#how-made", "index.html"} <= set(links[0])


def test_code_is_there_but_folded(pages: list[tuple[str, Reader]]) -> None:
    text, page = pages[0]
    assert "Show code" in text
    assert not [a for a in page.all("details") if "open" in a]


@given(st.text(min_size=1))
def test_any_words_leave_the_page_whole(word: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        region = Region(Path(folder) / "region")
        page = Reader(write_page(region, word.replace("\r", " ")).read_text(encoding="utf-8"))
    assert not page.open
    assert not page.all("script")
    assert len(page.all("h1")) == 1


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("![chart](http://e.example/a.png)", "<p>[picture: chart]</p>\n"),
        ("# One", '<h2 id="s-one">One</h2>\n'),
        ("##### Deep", '<h2 id="s-deep">Deep</h2>\n'),
    ],
)
def test_markdown_keeps_to_the_pages_rules(text: str, html: str) -> None:
    assert to_html(text, Headings()) == html


def test_large_page_shows_fewer_rows_behind_figures(region: Region) -> None:
    region.add("one", code("x = 1"))
    notebook = read_notebook(region.root / "notebooks" / "one.ipynb")
    figure = {**blocks("w")[2], **table("w" * 300, rows=300)}
    outputs = [[], [output(figure) for _ in range(20)]]
    text = report_html(notebook, outputs, facts("w"))
    assert len(text) < MAX_BYTES
    assert "First 50 of 301 rows" in text


def test_first_sentence_is_plain_words() -> None:
    assert (
        first_sentence("**71.4%** waited less\nthan before. More.")
        == "71.4% waited less than before."
    )
    assert first_sentence("**We found.** Most of all waited less.") == "Most of all waited less."
    assert first_sentence("Short.") == "Short."


def test_block_of_a_kind_that_no_page_makes_is_refused(region: Region) -> None:
    region.add("one", code("x = 1"))
    notebook = read_notebook(region.root / "notebooks" / "one.ipynb")
    forged = {"kind": "markdown", "html": HOSTILE}
    with pytest.raises(DisclosureError):
        report_html(notebook, [[], [output(forged)]], facts("w"))
