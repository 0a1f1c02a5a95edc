"""The dictionary's page: complete, escaped, accessible, needing nothing else."""

from __future__ import annotations

import dataclasses
import itertools
from html.parser import HTMLParser

import pytest

from workbench.cli.main import main
from workbench.dictionary import load
from workbench.dictionary.page import html_page, markdown_page
from workbench.dictionary.rules import rules_of

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Outline(HTMLParser):
    """Elements of a page, and whether they close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return html_page(load())


@pytest.fixture(scope="module")
def outline(page) -> Outline:
    return Outline(page)


def test_every_field_code_list_and_check_is_listed(outline):
    told = set(outline.texts)
    dictionary = load()
    for schema in dictionary.schemas.values():
        assert set(schema.field_names) <= told
        assert {check.id for check in rules_of(schema)} <= told
        assert {rule.id for rule in schema.rules} <= told
        assert {rule.fault_when for rule in schema.rules} <= told
        assert {field.item for field in schema.fields if field.item} <= told
    assert set(dictionary.code_lists) <= told
    assert {target.label for target in dictionary.targets} <= told


def test_all_that_is_unconfirmed_is_marked(page):
    dictionary = load()
    marked = page.count('<span class="unconfirmed">unconfirmed</span>')
    codes = sum(
        c.status == "unconfirmed" for ls in dictionary.code_lists.values() for c in ls.codes
    )
    rules = sum(r.status == "unconfirmed" for s in dictionary.schemas.values() for r in s.rules)
    targets = sum(t.status == "unconfirmed" for t in dictionary.targets)
    assert targets == 6
    assert marked > codes + rules + targets


def test_the_page_needs_nothing_else(outline, page):
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in outline.elements}
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page


def test_language_headings_and_skip_link(outline):
    assert outline.named("html")[0]["lang"] == "en-GB"
    levels = [int(tag[1]) for tag, _ in outline.elements if tag in {"h1", "h2", "h3", "h4"}]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    first_link = outline.named("a")[0]
    assert first_link["href"] == "#main"
    assert outline.named("main")[0]["id"] == "main"


def test_every_table_has_a_caption_and_scoped_headers(outline):
    tables = len(outline.named("table"))
    assert tables > 80
    assert len(outline.named("caption")) == tables
    assert {th.get("scope") for th in outline.named("th")} == {"col", "row"}


def test_ids_are_unique_and_links_point_at_them(outline):
    ids = [a["id"] for _, a in outline.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"].lstrip("#") for a in outline.named("a")} <= set(ids)


def test_text_of_the_dictionary_is_escaped():
    hostile = dataclasses.replace(load(), title='<script>x</script> & "y" | `z`')
    assert "<script>" not in html_page(hostile)
    assert "&lt;script&gt;x&lt;/script&gt; &amp; &quot;y&quot;" in html_page(hostile)
    assert markdown_page(hostile).splitlines()[0] == (
        '# \\<script\\>x\\</script\\> & "y" \\| \\`z\\`'
    )


def test_markdown_rows_have_as_many_cells_as_their_header():
    cells = 0
    for line in markdown_page(load()).splitlines():
        if line.startswith("|"):
            here = line.replace("\\|", "").count("|")
            cells = cells or here
            assert here == cells
        else:
            cells = 0


def test_the_page_is_the_same_every_time(page):
    assert html_page(load()) == page


def test_command_writes_html_and_markdown(tmp_path, capsys):
    for name in ("page.html", "page.md"):
        assert (
            main(["dictionary", "--out", str(tmp_path / name), "--workspace", str(tmp_path)]) == 0
        )
        assert "pathway_records" in (tmp_path / name).read_text(encoding="utf-8")
    assert "Next: open" in capsys.readouterr().out


def test_command_refuses_another_ending(tmp_path, capsys):
    assert main(["dictionary", "--out", str(tmp_path / "page.pdf")]) == 2
    assert "ends in .html or .md" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
