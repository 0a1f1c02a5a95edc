"""The report on explanations runs on a model and the waits it was judged on; no wait leaves it."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from notebook_runs import rounded_counts, run_notebook, step, tables_of
from reading_grade import grade

from workbench.cli.main import main

pytestmark = pytest.mark.kernel

NAME = "06_explanations"
SETTINGS = ("replicates=0", "refits=2", "sites_left_out=false", "learning=false",
            "cross_check=false")  # fmt: skip
COUNTED = re.compile(r"people|everyone")


@pytest.fixture(scope="module")
def region(learnable: Path) -> Path:
    root = learnable
    given = [word for setting in SETTINGS for word in ("-p", setting)]
    place = ["--out", str(root / "models" / "62D"), "--workspace", str(root)]
    words = ["--standard", "62D", "--as-at", "2024-06-15", *given]
    assert main(["train", *words, *place, "--quiet"]) == 0
    return root


def run(region: Path, out: str, *words: str) -> int:
    return run_notebook(NAME, region, out, *words)


@pytest.fixture(scope="module")
def report(region: Path) -> Path:
    assert run(region, "whole", "-p", "features_shown=2", "-p", "draws=50") == 0
    return region / "whole"


def tables(report: Path) -> dict[str, pd.DataFrame]:
    return tables_of(report, NAME)


def test_every_part_of_the_question_has_its_table_or_picture(report: Path) -> None:
    pictures = {path.stem for path in (report / "figures" / NAME).glob("*.png")}
    assert pictures >= {"importance", "gaps", "reasons_1", "reasons_2", "stability"}
    assert sum(name.startswith("effect_of_") for name in pictures) == 2
    assert set(tables(report)) >= pictures | {"every_feature", "reasons", "every_refit"}
    assert any(name.startswith("apart_by_") for name in tables(report))


def test_the_judged_model_is_explained_unless_the_one_in_use_is_asked_for(
    report: Path, region: Path
) -> None:
    assert run(region, "in_use", "-p", "which=in use", "-p", "draws=50") == 0
    judged, in_use = tables(report), tables(region / "in_use")
    assert judged["two_models"]["model"].tolist() == ["Judged", "In use"]
    assert judged["two_models"].equals(in_use["two_models"])
    assert not judged["every_feature"].equals(in_use["every_feature"])
    for folder, which in ((report, "judged"), (region / "in_use", "in use")):
        page = (folder / f"{NAME}.html").read_text(encoding="utf-8")
        assert f"Explained here: the model {which}." in page
        checks = {check["check"]: check["passed"] for check in step(folder)["checks"]}
        assert checks["The judged model gives the risks that were judged"]


def test_no_count_is_small_and_every_count_is_rounded(report: Path) -> None:
    assert rounded_counts(report, NAME, COUNTED) > 60


def test_parts_of_every_gap_add_up_in_what_is_shown(report: Path) -> None:
    for name, table in tables(report).items():
        if name.startswith("apart_by_"):
            numbers = table.drop(columns=["group", "people"]).replace("[c]", np.nan).astype(float)
            added = numbers.drop(columns="margin").sum(axis=1, min_count=1)
            known = added.notna() & numbers["margin"].notna()
            np.testing.assert_allclose(added[known], numbers.loc[known, "margin"], atol=1e-6)


def test_nothing_of_a_patient_leaves(report: Path, region: Path) -> None:
    records = pd.read_parquet(region / "store" / "pathway_records.parquet")
    judged = pd.read_parquet(region / "store" / "judged_62d.parquet")
    secret = {*records["record_id"].astype(str), *judged["person_id"].astype(str)}
    secret = {value for value in secret if len(value) > 3}
    assert secret
    for path in report.rglob("*"):
        if path.suffix in {".html", ".csv", ".ipynb", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert not secret & set(re.findall(r"\w+", text)), path.name


def test_first_section_is_short_and_plain(report: Path) -> None:
    headline = step(report)["headline"]
    assert len(headline.split()) <= 80
    assert grade(headline) <= 9


def test_the_report_adds_up_and_says_that_its_data_are_made_up(report: Path) -> None:
    facts = step(report)
    assert facts["synthetic"]
    assert len(facts["checks"]) >= 5
    assert all(check["passed"] for check in facts["checks"])
    page = (report / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Synthetic data" in page
    assert "need not cause it" in page


def test_without_a_model_it_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", NAME, "--workspace", str(tmp_path), "--out", str(tmp_path / "o")]) == 11
    assert "workbench train --standard 62D --out models/62D" in capsys.readouterr().err


def test_a_changed_model_is_not_explained(region: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(region, other, ignore=shutil.ignore_patterns("whole", "in_use"))
    path = other / "models" / "62D" / "model.json"
    path.write_text(path.read_text(encoding="utf-8").replace("1", "2", 1), encoding="utf-8")
    assert run(other, "changed") != 0
    manifest = (other / "changed" / "manifest.json").read_text(encoding="utf-8")
    assert "not as it was written" in manifest
