"""The equity report runs on a linked region, says how sure it is, and lets nobody be picked out."""

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

NAME = "08_equity_report"
COUNTED = re.compile(
    r"total|within|after|n|people|patients|unknown|pathways|heard|silent|shared|met|person_only"
    r"|missed|numerator|denominator|remainder"
)


def run(region: Path, out: str, *words: str) -> int:
    return run_notebook(NAME, region, out, *words)


@pytest.fixture(scope="module")
def report(region: Path) -> Path:
    assert run(region, "whole", "-p", "standard=FDS") == 0
    return region / "whole"


def tables(report: Path) -> dict[str, pd.DataFrame]:
    return tables_of(report, NAME)


def test_every_part_of_the_question_has_its_table(report: Path) -> None:
    assert set(tables(report)) >= {
        *(f"gaps_by_{by}" for by in ("ethnicity", "deprivation", "core20", "sex", "age_band")),
        "gaps", "why", "why_gaps", "deprivation", "gradient", "gradient_measures", "every_trust",
        "trusts", "trusts_funnel", "cells", "cells_of_people", "who_is_here", "represented",
        "not_known", "too_few", "linkage", "linked", "indicators",
    }  # fmt: skip


def test_no_count_is_small_and_every_count_is_rounded(report: Path) -> None:
    assert rounded_counts(report, NAME, COUNTED) > 200


def test_no_figure_stands_beside_a_count_that_is_withheld(report: Path) -> None:
    gaps = tables(report)["gaps"]
    hidden = (gaps[["total", "within", "after"]] == "[c]").any(axis=1)
    assert hidden.any()
    points = gaps.loc[hidden, [name for name in gaps if name.endswith("_points")]]
    assert points.isin(["[c]"]).to_numpy().sum() + points.isna().to_numpy().sum() == points.size


def test_nothing_of_a_patient_leaves(report: Path, region: Path) -> None:
    held = [
        ("pathways", "pathway_id"), ("persons", "person_id"), ("persons", "lsoa"),
        ("proms", "record_id"), ("pathway_records", "patient_pathway_identifier_pseudonym"),
    ]  # fmt: skip
    secret = {
        str(value)
        for name, column in held
        for value in pq.read_table(region / "store" / f"{name}.parquet")[column].to_pylist()[::5]
        if value is not None
    }
    for path in report.rglob("*"):
        if path.suffix in {".html", ".csv", ".ipynb", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert not secret & set(re.findall(r"\w+", text)), path.name


def test_first_section_is_short_plain_and_says_how_sure(report: Path) -> None:
    headline = step(report)["headline"]
    assert len(headline.split()) <= 80
    assert grade(headline) <= 9
    assert "**How sure.**" in headline
    assert "**What not to conclude.**" in headline


def test_every_gap_stands_with_its_doubt_and_all_groups_are_there(report: Path) -> None:
    gaps = tables(report)["gaps"].replace("[c]", np.nan)
    told = gaps["gap_points"].notna()
    assert told.sum() > 8
    doubt = gaps.loc[told, ["lower_points", "upper_points", "detectable_points"]]
    assert doubt.notna().all().all()
    known = told & ~gaps["group"].isin(["Not known", "Not stated"])
    assert gaps.loc[known, "q"].notna().all()
    assert {"0-15", "Not known"} <= set(gaps["group"])


def test_indicators_are_one_row_a_figure(report: Path) -> None:
    table = tables(report)["indicators"]
    assert not table.duplicated(["indicator", "characteristic", "group"]).any()
    assert {"CWT-FDS-IN-TIME", "DATA-KNOWN"} <= set(table["indicator"])
    assert table[["title", "period_start", "period_end", "status", "method"]].notna().all().all()
    assert len(table[table["indicator"] == "CWT-FDS-IN-TIME"]) == len(tables(report)["gaps"])


def test_report_says_synthetic_and_its_checks_passed(report: Path) -> None:
    facts = step(report)
    assert facts["synthetic"]
    assert len(facts["checks"]) == 5
    assert all(check["passed"] for check in facts["checks"])
    assert "Synthetic data" in (report / f"{NAME}.html").read_text(encoding="utf-8")


def test_one_cancer_at_one_trust_is_too_few_and_says_so(region: Path) -> None:
    assert run(region, "narrow", "-p", "tumour_group=lung", "-p", "places=ZZ2") == 0
    assert "Lung, ZZ2 only." in step(region / "narrow")["headline"]
    assert "nan" not in step(region / "narrow")["headline"]


def test_wrong_choices_are_told_by_their_own_exit_codes(region: Path) -> None:
    assert run(region, "bad", "-p", "characteristics=postcode") == 10
    assert run(region, "place", "-p", "places=ZZ9") == 10


def test_a_store_that_was_not_linked_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", NAME, "--workspace", str(tmp_path), "--out", str(tmp_path / "o")]) == 11
    assert "workbench link" in capsys.readouterr().err
