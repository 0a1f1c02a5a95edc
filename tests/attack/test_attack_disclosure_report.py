"""Small counts and identifiers planted all over a finished report: none gets out."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import workbench as wb
from workbench.charts import dots
from workbench.disclosure import Share, release
from workbench.errors import DisclosureError
from workbench.reporting import blocks
from workbench.reporting.canonical import canonical
from workbench.reporting.lint import refuse_unfit
from workbench.reporting.lint_words import faults_in, in_name
from workbench.reporting.notebooks import read_notebook
from workbench.reporting.render import report_html

FACTS = {
    "synthetic": [], "stamps": [], "details": [("Report", "one")], "parameters": [],
    "inputs": [], "rerun": "workbench run one",
}  # fmt: skip


@dataclass
class Report:
    """A finished report before it is written, to be spoilt by a test."""

    folder: Path
    notebook: Any
    outputs: list[list[dict[str, Any]]]
    made: list[dict[str, Any]]
    edits: list[Callable[[str], str]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    def block(self, kind: str) -> dict[str, Any]:
        return next(
            output["data"][blocks.MIME]
            for output in self.outputs[1]
            if output["data"][blocks.MIME]["kind"] == kind
        )

    def retold(self) -> None:
        """Words made from blocks follow their blocks."""
        for output in self.outputs[1]:
            output["data"]["text/plain"] = blocks.as_text(output["data"][blocks.MIME])
            output["metadata"] = blocks.metadata_of(output["data"][blocks.MIME])

    def check(self) -> None:
        stored = json.loads(canonical(self.notebook, self.outputs, {}))
        stored["metadata"] |= self.metadata
        page = report_html(self.notebook, self.outputs, FACTS)
        for edit in self.edits:
            page = edit(page)
        refuse_unfit(page, json.dumps(stored), self.outputs, self.made, self.folder)


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """A table and a chart of the same figures, some of them withheld."""
    monkeypatch.setenv("WORKBENCH_WORKSPACE", str(tmp_path))
    shown: list[dict[str, Any]] = []

    def show(block: dict[str, Any], image: bytes | None = None) -> None:
        data = {blocks.MIME: block, "text/plain": blocks.as_text(block)}
        if image is not None:
            data[blocks.PNG] = base64.b64encode(image).decode()
        shown.append(
            {"output_type": "display_data", "data": data, "metadata": blocks.metadata_of(block)}
        )

    monkeypatch.setattr(blocks, "show", show)
    path = tmp_path / "notebooks" / "one.ipynb"
    path.parent.mkdir()
    cell = {"metadata": {}, "outputs": [], "execution_count": None, "cell_type": "code"}
    path.write_text(
        json.dumps(
            {
                "cells": [
                    {"cell_type": "markdown", "metadata": {}, "source": "# One\n\nFor boards."},
                    {**cell, "source": "page = wb.start('one', globals())"},
                    {**cell, "source": "page.table(released, 'waits', 'Waits by group')"},
                ],
                "metadata": {"workbench": {"title": "One"}},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
    )
    page = wb.start("one", {})
    frame = pd.DataFrame(
        {"group": ["Asian", "Black", "White"], "total": [90, 40, 800], "within": [60, 5, 600]}
    )
    released = release(
        frame, keys=["group"], counts=["total", "within"], profile="nhs_round5",
        shares={"share": Share("within", "total", "lower", "upper")},
    )  # fmt: skip
    page.headline("Of 100 Black patients, 20 fewer were seen in time.")
    page.table(released, "waits", "Waits by group")
    chart = dots(
        released, category="group", value="share", lower="lower", upper="upper", unit="%",
        title="Most are seen in time", subtitle="Seen in time (%)",
        alt="Dot plot: most groups are seen in time.", source="Made up.",
    )  # fmt: skip
    page.figure(chart, "seen")
    made = [{**one, "counts": page.record.counts[one["path"]]} for one in page.record.outputs]
    folder = page._setting.out
    return Report(folder, read_notebook(path), [[], shown], made)


def test_a_report_as_it_should_be_passes(report: Report) -> None:
    report.check()


def _in_output(report: Report) -> None:
    _first_withheld(report.block("table"))


def _in_chart(report: Report) -> None:
    _first_withheld(report.block("figure"))


def _first_withheld(block: dict[str, Any]) -> None:
    place = next(n for n, column in enumerate(block["columns"]) if column["header"] == "Within")
    row = next(row for row in block["rows"] if row[place] == "[c]")
    row[place] = "5"


def _in_page(report: Report) -> None:
    report.edits.append(lambda page: page.replace(">[c]<", ">5<", 1))


def _in_a_table_of_its_own(report: Report) -> None:
    table = "<table><thead><tr><th>Group</th><th>Patients</th></tr></thead><tbody>"
    table += "<tr><td>Black</td><td>5</td></tr></tbody></table>"
    report.edits.append(lambda page: page.replace("</main>", f"{table}</main>"))


def _in_notebook_metadata(report: Report) -> None:
    report.metadata["counts"] = {"Black": 5}


def _in_workbench_metadata(report: Report) -> None:
    report.metadata["workbench"] = {"title": "One", "groups": {"patients": 5}}


def _in_output_metadata(report: Report) -> None:
    report.outputs[1][1]["metadata"] = {"rows": [["Black", 5]]}


def _in_another_form(report: Report) -> None:
    report.outputs[1][1]["data"]["text/html"] = "<table><tr><td>5</td></tr></table>"


def _in_plain_text(report: Report) -> None:
    report.outputs[1][1]["data"]["text/plain"] = "group total\nBlack 5"


def _in_alt_text(report: Report) -> None:
    report.block("figure")["alt"] = "Dot plot: only 5 patients of the Black group were seen."
    report.retold()


def _in_caption(report: Report) -> None:
    report.block("table")["caption"] = "Waits of the 5 Black patients"
    report.retold()


def _in_csv(report: Report) -> None:
    path = report.folder / "tables" / "waits.csv"
    path.write_text(path.read_text().replace("[c]", "5", 1))


def _in_chart_csv(report: Report) -> None:
    path = report.folder / "tables" / "seen.csv"
    path.write_text(path.read_text().replace("[c]", "5", 1))


def _rows_of_people(report: Report) -> None:
    path = report.folder / "tables" / "waits.csv"
    path.write_text("person_id,days\nP000001,60\nP000002,71\n")


def _in_file_name(report: Report) -> None:
    old = report.folder / "tables" / "waits.csv"
    old.rename(old.with_name("black_5_patients.csv"))
    entry = next(one for one in report.made if one["path"] == "tables/waits.csv")
    entry["path"] = "tables/black_5_patients.csv"


def _in_png(report: Report) -> None:
    path = report.folder / "figures" / "seen.png"
    picture = path.read_bytes()
    text = b"tEXt" + b"Comment\x00Black: 5"
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    path.write_bytes(picture[:33] + chunk + picture[33:])


def _behind_png(report: Report) -> None:
    path = report.folder / "figures" / "seen.png"
    path.write_bytes(path.read_bytes() + b"Black,5")


def _nhs_number(report: Report) -> None:
    report.block("table")["rows"][0][0] = "943 476 5919"


def _birth_date_in_csv(report: Report) -> None:
    path = report.folder / "tables" / "waits.csv"
    path.write_text(path.read_text().replace("Asian", "1956-03-12"))


def _postcode_in_page(report: Report) -> None:
    report.edits.append(lambda page: page.replace("For boards.", "For LS1 3EX."))


PLANTS = {
    "output": _in_output, "chart": _in_chart, "page": _in_page, "own table": _in_a_table_of_its_own,
    "notebook metadata": _in_notebook_metadata, "declared metadata": _in_workbench_metadata,
    "output metadata": _in_output_metadata, "another form": _in_another_form,
    "plain text": _in_plain_text, "alt text": _in_alt_text, "caption": _in_caption, "csv": _in_csv,
    "chart csv": _in_chart_csv, "rows of people": _rows_of_people, "file name": _in_file_name,
    "png": _in_png, "behind png": _behind_png, "nhs number": _nhs_number,
    "birth date": _birth_date_in_csv, "postcode": _postcode_in_page,
}  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_whatever_is_planted_is_refused_and_not_repeated(
    report: Report, plant: Callable[[Report], None]
) -> None:
    plant(report)
    with pytest.raises(DisclosureError) as caught:
        report.check()
    assert caught.value.exit_code == 15
    assert caught.value.faults
    for secret in ("943 476 5919", "1956-03-12", "LS1 3EX", "P000001", "Black"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "5 more patients in 100 wait", "7 people per 100", "1 in 5 patients waits too long",
        "Some 62 patients", "2.5 patients", "3 Trusts", "In 2024-05 the share fell", "104 days",
        "workbench 1.2.3", "sha 12a1234567890bcd", "31 patients", "counts of 1 to 7 people",
        "fewer than 5 patients", "at least 5 women", "stage 4 patients", "Type 2 diabetes patients",
        "between 1 and 7 patients", "rounded to the nearest 5 people", "3 patient groups",
        "2 patients' organisations", "1 (most deprived fifth)", "join two people's records",
        "one in five women", "2 of 3 Trusts",
        "no single patient decides it", "Counts: 1 to 7 are withheld", "Count: 4,120",
        "counts are 5.2 apart", "one patient may have two pathways",
    ],
)  # fmt: skip
def test_rates_days_and_large_counts_are_no_small_counts(text: str) -> None:
    assert faults_in(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("only 3 patients waited", "a count of 1 to 7"),
        ("1 woman of the group", "a count of 1 to 7"),
        ("7 late pathways", "a count of 1 to 7"),
        ("only 4\u00a0patients", "a count of 1 to 7"),
        ("three patients waited", "a count of 1 to 7"),
        ("five Bangladeshi men", "a count of 1 to 7"),
        ("4 of the 10 women", "a count of 1 to 7"),
        ("4 (0.5%) of patients", "a count of 1 to 7"),
        ("a group of 5 patients", "a count of 1 to 7"),
        ("seen in 5 patients", "a count of 1 to 7"),
        ("Mixed (n = 3)", "a count of 1 to 7"),
        ("Patients: 3", "a count of 1 to 7"),
        ("patients (5)", "a count of 1 to 7"),
        ("Count: 4", "a count of 1 to 7"),
        ("the count of deaths was 2.", "a count of 1 to 7"),
        ("a single patient waited", "a count of 1 to 7"),
        ("just one Bangladeshi woman", "a count of 1 to 7"),
        ("NHS 9434765919", "an NHS number"),
        ("born 12/03/1956", "a date of birth"),
        ("lives in LS1 3EX", "a postcode"),
    ],
)
def test_words_that_tell_of_a_few_or_of_one_are_found(text: str, what: str) -> None:
    assert faults_in(text) == [what]


def test_names_of_files_are_read_as_words() -> None:
    assert in_name("late_3_patients") == ["a count of 1 to 7"]
    assert in_name("mixed_n_4") == ["a count of 1 to 7"]
    assert in_name("of_9434765919")
    assert in_name("late_by_group_62d") == []
