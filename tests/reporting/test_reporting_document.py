"""A page without a notebook: what it takes, what it refuses, what it writes beside it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from workbench import charts
from workbench.disclosure import release
from workbench.errors import DisclosureError, WorkbenchError
from workbench.reporting import tables
from workbench.reporting.document import Document

TABLE = pd.DataFrame({"group": ["A", "B"], "n": [40, 3], "share": [0.25, 0.5]})


def document(folder: Path) -> Document:
    return Document(folder, "Who <waits>?", "A question", ["Made up."])


def test_page_shows_what_was_released_and_writes_it_beside(tmp_path: Path) -> None:
    held = release(TABLE, keys=["group"], counts=["n"], statistics=["share"], profile="nhs_round5")
    page = document(tmp_path)
    page.headline("**What we found.** Little.")
    page.words("## A part\n\nWords & more.")
    chart = charts.dots(
        held, category="group", value="share", title="Shares", subtitle="Of groups",
        alt="Group A has a quarter; the other is too small.", source="Source: none.",
    )  # fmt: skip
    page.figure(chart, "shares")
    page.table(held, "groups", "Groups", {"group": "Group", "n": "Cases"})
    page.write(tmp_path / "page.html", [("Cases", "about 40")], "workbench --help")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Who &lt;waits&gt;?" in text
    assert "SYNTHETIC" in text
    assert text.count("<h1") == 1
    assert (tmp_path / "tables" / "groups.csv").read_text().splitlines()[2] == "B,[c],[c]"
    assert (tmp_path / "figures" / "shares.png").stat().st_size > 1_000
    assert "[c]" in text


def test_stamp_of_a_table_reaches_the_page(tmp_path: Path) -> None:
    held = release(TABLE, keys=["group"], counts=["n"], statistics=["share"], profile="none")
    page = document(tmp_path)
    page.headline("Found.")
    page.table(held, "groups", "Groups")
    page.write(tmp_path / "page.html", [])
    assert "NOT DISCLOSURE CONTROLLED" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_what_was_not_released_is_refused(tmp_path: Path) -> None:
    page = document(tmp_path)
    with pytest.raises(DisclosureError):
        page.table(TABLE, "groups", "Groups")  # type: ignore[arg-type]
    with pytest.raises(WorkbenchError):
        page.words("The patient 943 476 5919 waits.")


def test_some_columns_of_a_table_are_written_in_the_order_asked_for(tmp_path: Path) -> None:
    held = release(TABLE, keys=["group"], counts=["n"], statistics=["share"], profile="nhs_round5")
    tables.write(held, tmp_path / "some.csv", columns=["share", "group"])
    assert (tmp_path / "some.csv").read_text() == "share,group\n0.25,A\n[c],B\n"
