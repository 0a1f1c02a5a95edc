"""Notebook 01 makes its report from a store, and says what to do where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from quality_store import write_store

from workbench.cli.main import main


@pytest.mark.kernel
def test_report_from_a_made_up_store(tmp_path: Path) -> None:
    write_store(tmp_path)
    (tmp_path / "workbench.toml").write_text("synthetic = true\n", encoding="utf-8")
    out = tmp_path / "out"
    assert main(["run", "01_data_quality", "--workspace", str(tmp_path), "--out", str(out)]) == 0
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest
    tables = out / "tables" / "01_data_quality"
    known = pd.read_csv(tables / "known.csv")
    assert (known.loc[known["characteristic"] == "Deprivation of area", "known"] == 0).all()
    ranked = pd.read_csv(tables / "mend_first.csv")
    assert set(ranked["trust"]) == {"RAA", "RBB", "RCC"}
    counts = pd.to_numeric(ranked["gained"], errors="coerce").dropna()
    assert (counts % 5 == 0).all()
    page = (out / "01_data_quality.html").read_text(encoding="utf-8")
    assert "Synthetic data" in page


def test_without_a_store_the_run_says_what_to_type(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["run", "01_data_quality", "--workspace", str(tmp_path), "--out", str(out)]) == 11
    assert "workbench ingest" in capsys.readouterr().err
