"""The report on a model of breach risk runs on a store that it learnt from, and lets no one out."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from notebook_runs import rounded_counts, run_notebook, step, tables_of
from reading_grade import grade

from workbench.breach.report import read_model
from workbench.cli.main import main
from workbench.errors import InputError

pytestmark = pytest.mark.kernel

NAME = "04_breach_model"
COUNTED = re.compile(r"looks|patients|late|count|clocks|people")
BARE = ("replicates=0", "refits=0", "sites_left_out=false", "learning=false", "cross_check=false")


def train(root: Path, standard: str, *settings: str) -> int:
    words = [word for setting in settings for word in ("-p", setting)]
    place = ["--out", str(root / "models" / standard), "--workspace", str(root)]
    given = ["--standard", standard, "--as-at", "2024-06-15", *words]
    return main(["train", *given, *place, "--quiet"])


@pytest.fixture(scope="module")
def region(learnable: Path) -> Path:
    root = learnable
    assert train(root, "62D", "replicates=20", "refits=2") == 0
    return root


def run(region: Path, out: str, *words: str) -> int:
    return run_notebook(NAME, region, out, *words)


@pytest.fixture(scope="module")
def report(region: Path) -> Path:
    assert run(region, "whole") == 0
    return region / "whole"


def tables(report: Path) -> dict[str, pd.DataFrame]:
    return tables_of(report, NAME)


def test_every_part_of_the_question_has_its_table_or_picture(report: Path) -> None:
    pictures = {path.stem for path in (report / "figures" / NAME).glob("*.png")}
    assert pictures == {
        "cohort", "calibration", "days", "captured", "benefit", "sites", "months", "learning",
        "waits",
    }  # fmt: skip
    assert set(tables(report)) == pictures | {
        "windows", "models", "second_way", "stability", "signs",
    }  # fmt: skip


def test_no_count_is_small_and_every_count_is_rounded(report: Path) -> None:
    assert rounded_counts(report, NAME, COUNTED) > 150


def test_nothing_of_a_patient_leaves(report: Path, region: Path) -> None:
    records = pd.read_parquet(region / "store" / "pathway_records.parquet")
    secret = {
        str(value)
        for name in ("record_id", "nhs_number_pseudonym", "patient_pathway_identifier_pseudonym")
        for value in records[name]
    }
    for path in report.rglob("*"):
        if path.suffix in {".html", ".csv", ".ipynb", ".json"}:
            assert not secret & set(re.findall(r"\w+", path.read_text(encoding="utf-8"))), path.name


def test_first_section_is_short_and_plain(report: Path) -> None:
    headline = step(report)["headline"]
    assert len(headline.split()) <= 80
    assert grade(headline) <= 9


def test_figures_are_those_of_the_models_own_tables(report: Path, region: Path) -> None:
    own = pd.read_csv(region / "models" / "62D" / "tables" / "measures.csv", dtype=str)
    own = own[(own["split"] == "time") & (own["model"] == "boosting")]
    own = own[(own["landmark_day"] == "all") & (own["metric"] == "auc")]
    shown = tables(report)["models"].set_index("model").loc["Boosted trees"]
    assert float(shown["auc"]) == pytest.approx(100 * float(own["estimate"].iloc[0]), abs=0.06)
    flow = pd.read_csv(region / "models" / "62D" / "tables" / "cohort_flow.csv")
    recent = flow.set_index("step").loc["rows whose outcome is not known yet", "count"]
    assert recent > 0
    told = tables(report)["cohort"].set_index("step")["count"]
    assert float(told["too recent to know how they end"]) == pytest.approx(recent, abs=2.5)


def test_both_ways_of_treating_protected_characteristics_stand_side_by_side(report: Path) -> None:
    models = tables(report)["models"].set_index("model")
    assert models.loc["Boosted trees, with protected characteristics", "per_100"] != "[c]"
    assert models.loc["Boosted trees", "per_100"] != "[c]"


def test_report_says_synthetic_its_checks_passed_and_the_model_is_pinned(report: Path) -> None:
    facts = step(report)
    assert facts["synthetic"]
    assert len(facts["checks"]) == 6
    assert all(check["passed"] for check in facts["checks"])
    assert facts["input_digests"]["model"]
    assert facts["inputs"][0]["file"] == "manifest.json"
    page = (report / f"{NAME}.html").read_text(encoding="utf-8")
    assert "Synthetic data" in page
    for heading in ("What would change our mind?", "Limits", "In short"):
        assert heading in page
    assert len(page) < 1_000_000


def test_a_model_with_no_interval_and_no_second_way_has_a_shorter_report(region: Path) -> None:
    assert train(region, "FDS", *BARE) == 0
    assert run(region, "bare", "-p", "standard=FDS") == 0
    found = tables(region / "bare")
    assert not {"sites", "learning", "second_way", "stability"} & set(found)
    assert found["models"]["auc_lower"].isna().all()
    assert " to " not in step(region / "bare")["headline"].split("came")[1].split(".")[0]
    assert "Told" in set(found["waits"]["what"])


def test_a_model_of_another_standard_or_that_lacks_a_table_is_refused(
    region: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="it is of 62D, not of 31D"):
        read_model(region / "models" / "62D", "31D")
    lacking = tmp_path / "62D"
    shutil.copytree(region / "models" / "62D", lacking)
    (lacking / "tables" / "drift.csv").unlink()
    manifest = json.loads((lacking / "manifest.json").read_text(encoding="utf-8"))
    del manifest["files"]["tables/drift.csv"]
    (lacking / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match="it has no table 'drift'") as told:
        read_model(lacking, "62D")
    assert "workbench train --standard 62D" in str(told.value)


def test_a_model_that_was_altered_is_refused(region: Path, tmp_path: Path) -> None:
    altered = tmp_path / "62D"
    shutil.copytree(region / "models" / "62D", altered)
    table = altered / "tables" / "measures.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("0.", "0.9"), encoding="utf-8")
    with pytest.raises(InputError, match=r"tables/measures\.csv: has changed"):
        read_model(altered, "62D")


def test_without_a_model_the_run_says_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", NAME, "--workspace", str(tmp_path), "--out", str(tmp_path / "o")]) == 11
    assert "workbench train --standard 62D --out models/62D" in capsys.readouterr().err
