"""The linkage report runs on a region that was taken in and linked, and lets out no pair."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from notebook_runs import rounded_counts, run_notebook, step, tables_of
from reading_grade import grade

from workbench.cli.main import main

pytestmark = pytest.mark.kernel

NAME = "02_linkage"
COUNTED = re.compile(
    r"records|linked|across|in_review|shared|met|person_only|missed|tied|unmet|treated|late"
    r"|in_doubt|late_in_doubt|left_out|true_pairs|found|linked_pairs|right|false_links"
    r"|true_treated|true_late|people|opted_out|national|local|number|links|review"
    r"|treated_if_joined|late_if_joined"
)


def run(region: Path, out: str, *words: str) -> int:
    return run_notebook(NAME, region, out, *words)


@pytest.fixture(scope="module")
def report(region: Path) -> Path:
    assert run(region, "whole") == 0
    return region / "whole"


def tables(report: Path) -> dict[str, pd.DataFrame]:
    return tables_of(report, NAME)


def test_every_part_of_the_question_has_its_table(report: Path) -> None:
    groups = ("ethnicity", "sex", "deprivation")
    assert set(tables(report)) >= {
        "found", "linked", "rules_of_persons", "pairs_by_threshold", "without_partner_by_item",
        "truth", "guild", "guild_counts", "opt_outs", "found_by_trust", "linked_by_trust",
        *(f"{name}_by_{by}" for by in groups
          for name in ("found", "linked", "bounds", "errors", "error_added", "patients_in_doubt")),
    }  # fmt: skip


def test_no_count_is_small_and_every_count_is_rounded(report: Path) -> None:
    assert rounded_counts(report, NAME, COUNTED) > 200


def test_nothing_of_a_patient_and_no_pair_leaves(report: Path, region: Path) -> None:
    held = [
        ("links", "record_id"), ("links", "person_id"), ("pathway_parts", "pathway_id"),
        ("pathway_records", "record_id"),
        ("pathway_records", "patient_pathway_identifier_pseudonym"),
    ]  # fmt: skip
    secret = {
        str(value)
        for name, column in held
        for value in pq.read_table(region / "store" / f"{name}.parquet")[column].to_pylist()[::7]
    }
    for number in pq.read_table(region / "truth" / "persons.parquet")["nhs_number"].to_pylist():
        secret.add(str(number))
    for path in report.rglob("*"):
        if path.suffix in {".html", ".csv", ".ipynb", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert not secret & set(re.findall(r"\w+", text)), path.name


def test_first_section_is_short_and_plain(report: Path) -> None:
    headline = step(report)["headline"]
    assert len(headline.split()) <= 80
    assert grade(headline) <= 9


def test_links_are_held_against_the_planted_truth(report: Path) -> None:
    truth = tables(report)["truth"]
    assert set(truth["what"]) == {"Persons", "Pathways"}
    inside = truth[truth["pairs"] == "Inside one Trust"]
    assert (inside["recall"].astype(float) > 0.9).all()
    assert (inside["precision"].astype(float) > 0.95).all()


def test_range_of_every_gap_holds_the_gap(report: Path) -> None:
    for by in ("ethnicity", "sex", "deprivation"):
        table = tables(report)[f"bounds_by_{by}"].replace("[c]", np.nan)
        numbers = table[["gap_lowest", "gap", "gap_highest"]].astype(float).dropna()
        assert (numbers["gap_lowest"] <= numbers["gap"] + 1e-9).all()
        assert (numbers["gap"] <= numbers["gap_highest"] + 1e-9).all()


def test_report_says_synthetic_and_its_checks_passed(report: Path) -> None:
    facts = step(report)
    assert facts["synthetic"]
    assert len(facts["checks"]) == 7
    assert all(check["passed"] for check in facts["checks"])
    assert "Synthetic data" in (report / f"{NAME}.html").read_text(encoding="utf-8")


def test_without_a_truth_the_report_has_no_part_about_it(region: Path) -> None:
    settings = region / "workbench.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace('truth = "truth"\n', ""), encoding="utf-8")
    try:
        assert run(region, "plain", "-p", "months=3") == 0
    finally:
        settings.write_text(before, encoding="utf-8")
    found = tables(region / "plain")
    assert not {name for name in found if name.startswith(("truth", "error"))}
    answers = found["guild"].set_index("item")["answer"]
    assert "not known" in answers["Quality against the truth"]


def test_a_store_that_was_not_linked_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", NAME, "--workspace", str(tmp_path), "--out", str(tmp_path / "o")]) == 11
    assert "workbench link" in capsys.readouterr().err
