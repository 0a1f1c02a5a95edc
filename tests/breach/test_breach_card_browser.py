"""The model card in a real browser: WCAG 2.2 AA, no request, readable on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import breach_cases
import pytest
import yaml

from workbench.cli.main import main

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
    folder = tmp_path_factory.mktemp("card")
    breach_cases.frame(900).to_csv(folder / "rows.csv", index=False)
    (folder / "roles.yaml").write_text(yaml.safe_dump(breach_cases.ROLES, sort_keys=False))
    words = ["train", "--workspace", str(folder), "--frame", str(folder / "rows.csv")]
    words += ["--roles", str(folder / "roles.yaml"), "--out", str(folder / "m"), "--quiet"]
    options = ["model=logistic", "refits=2", "replicates=5"]
    assert main([*words, *(word for one in options for word in ("-p", one))]) == 0
    return folder / "m" / "card.html"


def test_the_card_passes_axe_on_a_phone(browser: Browser, page_file: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(page_file.as_uri())
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response
    assert len(found["passes"]) > 10
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_card_fits_the_screen_and_asks_for_nothing(
    browser: Browser, page_file: Path, width: int
) -> None:
    asked: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [page_file.as_uri()]
    assert page.locator("h1").count() == 1
    assert page.get_by_role("heading", name="At a glance").is_visible()
    page.close()
