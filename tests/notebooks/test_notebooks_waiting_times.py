"""The waitlist summary runs on a store, adds up, and lets no small number and no row out."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from waitlist_store import PATHWAY, TRUSTS, write_store

from workbench.cli.main import main
from workbench.demo import write_workbooks

pytestmark = pytest.mark.kernel

NAME = "03_waiting_times"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("region")
    write_store(folder, 6_000)
    write_workbooks(folder / "workbooks")
    settings = 'synthetic = true\nworkbooks = "workbooks"\n'
    (folder / "workbench.toml").write_text(settings, encoding="utf-8")
    return folder


def run(workspace: Path, out: str, *words: str) -> int:
    place = ["--out", str(workspace / out), "--workspace", str(workspace)]
    return main(["run", NAME, *words, *place, "--quiet"])


def step(workspace: Path, out: str) -> dict[str, Any]:
    manifest = json.loads((workspace / out / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = manifest["steps"][0]
    return found


@pytest.fixture(scope="module")
def report(workspace: Path) -> Path:
    assert run(workspace, "whole") == 0
    return workspace / "whole"


def tables(report: Path) -> dict[str, pd.DataFrame]:
    folder = report / "tables" / NAME
    return {path.stem: pd.read_csv(path, dtype=str) for path in sorted(folder.glob("*.csv"))}


def test_every_part_of_the_question_has_its_table(report: Path) -> None:
    assert {
        "by_month", "by_quarter", "trusts_62d", "trusts_31d", "trusts_fds", "tumour_group_62d",
        "route_62d", "suspected_fds", "backlog_by_trust", "working_bands", "sharing", "handover",
        "reasons_62d", "published", "trusts_by_month", "trusts_by_quarter", "records", "became",
    } <= set(tables(report))  # fmt: skip


def test_no_count_is_small_and_every_count_is_rounded(report: Path) -> None:
    outputs = {one["name"]: one for one in step(report.parent, report.name)["outputs"]}
    counted = re.compile(r"total|within|patients|shared|dated|in_time|records|open|over|\d+ days")
    seen = 0
    for name, table in tables(report).items():
        assert outputs[name]["profile"] == "nhs_round5"
        for column in table.columns:
            if not counted.search(column) or column.startswith(("published", "share_")):
                continue
            cells = table[column].mask(table[column] == "[c]").dropna().astype(float)
            assert ((cells == 0) | (cells >= 10)).all(), (name, column)
            assert np.allclose(cells % 5, 0), (name, column)
            seen += len(cells)
    assert seen > 500


def test_nothing_of_a_patient_leaves(report: Path, workspace: Path) -> None:
    store = pq.read_table(workspace / "store" / "pathway_records.parquet")
    some = store[PATHWAY].to_pylist()[5:400] + store["record_id"].to_pylist()[5:400]
    for path in report.rglob("*"):
        if path.suffix in {".html", ".csv", ".ipynb", ".json"}:
            text = path.read_text(encoding="utf-8")
            assert not [one for one in some if one in text], path.name


def test_headline_is_that_of_the_last_month(report: Path) -> None:
    monthly = tables(report)["by_month"]
    last = monthly[(monthly["standard"] == "62D") & (monthly["month"] == "2025-03")].iloc[0]
    headline = step(report.parent, report.name)["headline"]
    assert f"In March 2025, {100 * float(last['share']):.1f}% of patients" in headline


def test_published_figures_stand_beside_each_trusts_own(report: Path) -> None:
    table = tables(report)["published"]
    assert set(table["provider"]) == set(TRUSTS)
    ways = table[table["standard"] == "62D"].groupby("provider")["nearest"].apply(list)
    assert all(sorted(way).count("Yes") == 1 for way in ways)


def test_manifest_pins_the_store_and_the_workbooks(report: Path) -> None:
    facts = step(report.parent, report.name)
    assert set(facts["datasets_read"]) == {"pathway_records"}
    assert facts["inputs"]
    assert all(check["passed"] for check in facts["checks"])
    assert facts["synthetic"]


def test_one_cancer_one_standard_a_few_months_and_no_workbooks(workspace: Path) -> None:
    (workspace / "workbench.toml").write_text("synthetic = true\n", encoding="utf-8")
    words = ("-p", "tumour_group=lung", "-p", "standards=62D", "-p", "months=2", "-p",
             "as_at=2025-02-14")  # fmt: skip
    assert run(workspace, "narrow", *words) == 0
    found = tables(workspace / "narrow")
    assert "published" not in found
    assert "by_quarter" not in found
    assert set(found["by_month"]["month"]) == {"2024-12", "2025-01"}
    assert "Lung only." in step(workspace, "narrow")["headline"]


def test_wrong_choices_are_told_by_their_own_exit_codes(workspace: Path) -> None:
    assert run(workspace, "bad", "-p", "standards=14D") == 10
    assert run(workspace, "bad", "-p", "disclosure_profile=already_published") == 10
    assert run(workspace, "late", "-p", "as_at=2019-03-31") == 11
    assert run(workspace, "group", "-p", "tumour_group=lungs") == 10


def test_a_workspace_without_a_store_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "none") == 11
    assert "workbench ingest" in capsys.readouterr().err
