"""The national benchmark, run as a user runs it: on synthetic files, and on damaged ones."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from workbench.cli.main import main
from workbench.demo import write_workbooks

pytestmark = pytest.mark.kernel

NAME = "10_national_benchmark"
MONTHS = ["2024-12", "2025-01", "2025-02"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of one run on three months of synthetic workbooks."""
    place = tmp_path_factory.mktemp("benchmark")
    workbooks = write_workbooks(place / "workbooks", 1, MONTHS)
    arguments = ["run", NAME, "-p", f"workbooks={workbooks}", "-p", "minimum_treatments=100"]
    assert (
        main([*arguments, "--workspace", str(place), "--out", str(place / "run"), "--quiet"]) == 0
    )
    return place / "run"


def table(run: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(run / "tables" / NAME / f"{name}.csv")


def test_the_promised_files_have_the_promised_columns(run: Path) -> None:
    england = table(run, "england_by_month")
    assert list(england.columns) == ["month", "standard", "total", "within", "share"]
    assert england["month"].tolist() == sorted(MONTHS * 3)
    assert set(england["standard"]) == {"FDS", "31D", "62D"}
    assert england["share"].between(0, 1).all()
    providers = table(run, "provider_by_month")
    assert list(providers.columns) == ["month", "provider", "standard", "total", "within", "share"]
    summed = providers.groupby(["month", "standard"])["total"].sum()
    assert (summed == england.set_index(["month", "standard"])["total"]).all()


def test_published_parquet_is_long_and_holds_both_bases(run: Path) -> None:
    long = pd.read_parquet(run / "tables" / NAME / "published.parquet")
    assert list(long.columns)[-2:] == ["measure", "value"]
    assert set(long["basis"]) == {"provider", "commissioner"}
    england = table(run, "england_by_month").set_index(["month", "standard"])["within"]
    cells = long[
        (long["organisation"] == "ENG")
        & (long["basis"] == "provider")
        & (long["measure"] == "within")
        & (long["cancer_type"] == "All cancers")
        & long["route_or_stage"].isin(["All routes", "All stages"])
        & long["modality"].isin(["All modalities", "Not applicable"])
    ]
    found = cells.astype({"month": "str", "standard": "str"}).set_index(["month", "standard"])
    assert (found["value"].sort_index() == england.sort_index()).all()


def test_every_page_says_that_the_figures_are_made_up(run: Path) -> None:
    for page in ("index.html", f"{NAME}.html"):
        assert "SYNTHETIC" in (run / page).read_text(encoding="utf-8").upper()


def test_each_file_and_its_vintage_is_pinned(run: Path) -> None:
    text = (run / "manifest.json").read_text(encoding="utf-8")
    files = table(run, "files")
    assert len(files) == 7
    for record in files.itertuples():
        assert record.file in text
        assert record.sha256 in text
    assert "2025-02 provisional" in text
    assert "2025-02 final" in text
    assert json.loads(text)


def test_the_page_tells_what_changed_and_how_the_provisional_file_differed(run: Path) -> None:
    assert len(table(run, "latest_change")) == 3
    assert set(table(run, "revisions")["standard"]) == {"FDS", "31D", "62D"}
    page = (run / f"{NAME}.html").read_text(encoding="utf-8")
    for heading in ("What changed, month on month", "treated the same cancers?", "Limits"):
        assert heading in page
    moved = table(run, "trusts_at_equal_mix")
    assert (moved["mix"] + moved["rate"] - moved["gap"]).abs().max() < 1e-12


def test_a_damaged_folder_is_refused_as_input(tmp_path: Path) -> None:
    folder = tmp_path / "workbooks"
    folder.mkdir()
    (folder / "MARCH-2025-CWT-CRS-PROVIDER-WORKBOOK-FINAL.xlsx").write_bytes(b"junk")
    arguments = ["run", NAME, "-p", f"workbooks={folder}", "--workspace", str(tmp_path)]
    assert main([*arguments, "--quiet"]) == 11
