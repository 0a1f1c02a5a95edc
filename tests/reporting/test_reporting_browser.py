"""The pages in a real browser: WCAG 2.2 AA, no request, no sideways scroll on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from notebook_maker import Region
from sample_page import write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LONG = "Wolverhampton and Sandwell and West Birmingham Integrated_" + "x" * 60
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    page = write_page(Region(tmp_path_factory.mktemp("browser") / "region"), LONG)
    return [page, page.with_name("index.html")]


def test_page_asks_the_network_for_nothing(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        asked: list[str] = []
        told: list[str] = []
        page = browser.new_page()
        page.on("request", lambda request, to=asked: to.append(request.url))
        page.on("console", lambda message, to=told: to.append(message.text))
        page.goto(path.as_uri())
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
        assert told == []
        blue = page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
        assert blue == "rgb(0, 94, 184)"
        page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_page_passes_axe(browser: Browser, pages: list[Path], width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for path in pages:
        # The page's own policy would keep axe out.
        context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page, options={"runOnly": RULES}).response
        assert len(found["passes"]) > 10
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
        context.close()


def test_phone_needs_no_sideways_scroll(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        page = browser.new_page(viewport={"width": 320, "height": 700})
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.close()


def test_data_behind_a_figure_opens_without_script(browser: Browser, pages: list[Path]) -> None:
    page = browser.new_page()
    page.goto(pages[0].as_uri())
    summary = page.get_by_text("Show the figures behind figure 1")
    assert not page.get_by_label("Data behind figure 1").is_visible()
    summary.click()
    assert page.get_by_label("Data behind figure 1").is_visible()
    page.close()


def test_phone_shows_the_headline_first_and_the_contents_folded(
    browser: Browser, pages: list[Path]
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto(pages[0].as_uri())
    tops = [page.locator(one).bounding_box() for one in (".headline", "nav")]
    assert tops[0] is not None
    assert tops[1] is not None
    assert tops[0]["y"] < tops[1]["y"]
    link = page.get_by_role("link", name="How this report was made")
    assert link.count() == 0
    page.get_by_text("Contents", exact=True).first.click()
    assert link.count() == 1
    page.close()


def test_wide_screen_shows_the_contents_beside_the_headline(
    browser: Browser, pages: list[Path]
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages[0].as_uri())
    headline, nav = (page.locator(one).bounding_box() for one in (".headline", "nav"))
    assert headline is not None
    assert nav is not None
    assert nav["x"] + nav["width"] <= headline["x"]
    assert abs(nav["y"] - headline["y"]) < 2
    assert page.get_by_role("link", name="How this report was made").count() == 1
    page.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_words_of_a_figure_are_shown_once_as_text(
    browser: Browser, pages: list[Path], width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(pages[0].as_uri())
    figure = page.locator("figure").first
    for words in (".finding", ".measure", "figcaption"):
        box = figure.locator(words).bounding_box()
        assert box is not None
        assert box["height"] > 10
    page.close()
