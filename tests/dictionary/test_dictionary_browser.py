"""The dictionary's page in a real browser: WCAG 2.2 AA, no request, fits a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbench.dictionary import load
from workbench.dictionary.page import html_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dictionary") / "dictionary.html"
    path.write_text(html_page(load()), encoding="utf-8")
    return path


def test_the_dictionary_passes_axe(browser: Browser, page_file: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # On a phone its tables scroll, so that there is more to find fault with than on a desk.
    context = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(page_file.as_uri())
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 10
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    context.close()


def test_the_dictionary_fits_a_phone_and_asks_for_nothing(
    browser: Browser, page_file: Path
) -> None:
    asked: list[str] = []
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert asked == [page_file.as_uri()]
    page.close()
