"""The demo: the same bytes each time, a workspace of its own, and never taken for real."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from workbench import reference
from workbench.cli.main import main
from workbench.demo import write_demo, write_workbooks
from workbench.demo.cohort import RegionSummary
from workbench.demo.counts import COMMISSIONERS, PROVIDERS
from workbench.demo.region import AS_AT, published_months
from workbench.engine import connect
from workbench.errors import ParameterError, UsageError
from workbench.files import sha256
from workbench.intake.keys import open_keys
from workbench.published import as_checks, provider_by_month, read, reconcile
from workbench.published.workbook import read_workbook
from workbench.workspace import open_workspace

TWO_MONTHS = ["2025-02", "2025-03"]


@pytest.fixture(autouse=True)
def pretended_workbooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files in place of 29, to be quick; the real ones have tests of their own below."""

    def pretended(folder: Path, seed: int, months: list[str]) -> Path:
        folder.mkdir(parents=True)
        for month in (months[0], months[-1]):
            (folder / f"{month}-SYNTHETIC.xlsx").write_text(f"seed {seed}")
        return folder

    monkeypatch.setattr("workbench.demo.region.write_workbooks", pretended)


@pytest.fixture(autouse=True)
def pretended_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """A region of three small files, to be quick; the real one has tests of its own."""

    def pretended(folder: Path, *, seed: int, referrals: int, **_: Any) -> RegionSummary:
        if seed < 0:
            raise ParameterError("seed should be 0 or more")
        for name in ("inbox/ZZ1/pathways.csv", "truth/persons.parquet"):
            (folder / name).parent.mkdir(parents=True)
            (folder / name).write_text(f"seed {seed}")
        areas = "lsoa,imd_decile,imd_version,lsoa_vintage\nE99000001,3,invented,invented\n"
        (folder / "reference").mkdir()
        (folder / "reference" / "small_areas.csv").write_text(areas)
        rows = {"ZZ1/pathways.csv": 1}
        return RegionSummary(folder, seed, AS_AT, referrals, 1, 0, 0, rows, {}, False)

    monkeypatch.setattr("workbench.demo.region.write_region", pretended)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): sha256(path) for path in files}


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    write_demo(tmp_path / "one", 3)
    write_demo(tmp_path / "two", 3)
    write_demo(tmp_path / "other", 4)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert digests(tmp_path / "one") != digests(tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "other", "two"]


def test_figures_agree_as_real_ones_do(tmp_path: Path) -> None:
    publication = read(write_workbooks(tmp_path, 5, TWO_MONTHS))
    assert as_checks(reconcile(publication))["passed"].all()
    rows = publication.rows
    assert (rows.loc[rows["standard"] == "62D", "total"] % 1 == 0.5).any()
    assert (rows.loc[rows["standard"] != "62D", "total"] % 1 == 0).all()
    assert set(provider_by_month(publication)["provider"]) == set(PROVIDERS)


def test_every_file_says_that_it_is_made_up(tmp_path: Path) -> None:
    for path in write_workbooks(tmp_path, 1, TWO_MONTHS).iterdir():
        assert "SYNTHETIC" in path.name
        book = CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            top = book.get_sheet_by_name(name).to_python(skip_empty_area=False)[:6]
            assert any("SYNTHETIC" in str(row[0]) for row in top), name


@pytest.mark.real_data
def test_organisations_are_invented(real_data: Path) -> None:
    books = (real_data / "cwt").glob("MARCH-2025-*.xlsx")
    codes = {code for book in books for code in read_workbook(book).rows["organisation"]}
    assert len(codes) > 150
    assert not codes & {*PROVIDERS, *COMMISSIONERS}


@pytest.mark.parametrize(
    ("as_at", "first", "last"),
    [
        ("2025-03-31", "2024-02", "2025-03"),
        ("2025-03-30", "2024-01", "2025-02"),
        ("2024-02-29", "2023-01", "2024-02"),
        ("2025-01-15", "2023-11", "2024-12"),
    ],
)
def test_workbooks_cover_fourteen_whole_months(as_at: str, first: str, last: str) -> None:
    months = published_months(date.fromisoformat(as_at))
    assert (months[0], months[-1], len(months)) == (first, last, 14)


def test_the_workspace_is_marked_synthetic(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo")
    workspace = open_workspace(tmp_path / "demo")
    assert workspace.synthetic
    assert workspace.workbooks == (tmp_path / "demo" / "workbooks").resolve()


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="is not a demo"):
        write_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_demo_with_someones_own_workbook_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    write_demo(folder)
    (folder / "workbooks" / "MARCH-2025-PROVIDER-FINAL.xlsx").write_text("precious")
    before = digests(folder)
    with pytest.raises(UsageError):
        write_demo(folder, 9)
    assert digests(folder) == before


def test_a_demo_with_someones_own_extract_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    write_demo(folder)
    (folder / "inbox" / "ZZ1" / "our_export.csv").write_text("precious")
    before = digests(folder)
    with pytest.raises(UsageError):
        write_demo(folder, 9)
    assert digests(folder) == before


def test_what_was_ingested_from_an_earlier_demo_goes_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    write_demo(folder)
    (folder / "store").mkdir()
    (folder / "store" / "pathway_records.parquet").write_text("of the earlier demo")
    (folder / "keys").mkdir()
    write_demo(folder, 2)
    assert not (folder / "store").exists()
    assert (folder / "keys").is_dir()


def test_deprivation_is_held_as_an_index_that_was_added(tmp_path: Path) -> None:
    write_demo(tmp_path / "demo")
    index = reference.deprivation(connect(), tmp_path / "demo", "2021")
    assert index is not None
    assert index.to_pyarrow().to_pylist() == [
        {"lsoa": "E99000001", "imd_decile": 3, "imd_version": "invented", "lsoa_vintage": "2021"}
    ]


def test_an_earlier_demo_is_replaced_and_its_reports_kept(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    write_demo(folder, 1)
    (folder / "reports").mkdir()
    (folder / "reports" / "kept.txt").write_text("kept")
    write_demo(folder, 2)
    write_demo(tmp_path / "fresh", 2)
    assert (folder / "reports" / "kept.txt").is_file()
    (folder / "reports" / "kept.txt").unlink()
    assert digests(folder) == digests(tmp_path / "fresh")


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path, seed: int, months: list[str]) -> Path:
        folder.mkdir(parents=True)
        (folder / "half.xlsx").write_text("half")
        raise OSError("no space left")

    monkeypatch.setattr("workbench.demo.region.write_workbooks", full)
    with pytest.raises(OSError, match="no space"):
        write_demo(tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


def test_command_says_what_to_type_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["demo", "--out", str(tmp_path / "demo"), "--referrals", "200"]
    assert main([*words, "--seed", "2"]) == 0
    assert f"workbench keys new --workspace {tmp_path / 'demo'}" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["referrals"] == 200
    assert facts["rows"]["ZZ1/pathways.csv"] > 0
    assert main(["demo", "--out", str(tmp_path), "--quiet"]) == 2
    assert main(["demo", "--seed", "-1", "--out", str(tmp_path / "x")]) == 10
    assert main(["demo", "--as-at", "31/03/2025", "--out", str(tmp_path / "x")]) == 10


def test_an_encrypted_demo_leaves_nothing_readable_in_the_inbox_and_keeps_its_keys(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "demo"
    write_demo(folder, 1, encrypt=True)
    sealed = folder / "inbox" / "ZZ1" / "pathways.csv.age"
    keys = open_keys(folder)
    assert keys.decrypted(sealed.read_bytes(), "it") == b"seed 1"
    assert [path.name for path in sealed.parent.iterdir()] == [sealed.name]
    write_demo(folder, 2, encrypt=True)
    assert open_keys(folder).public == keys.public
    assert keys.decrypted(sealed.read_bytes(), "it") == b"seed 2"


def test_a_demo_says_what_to_type_next_for_the_keys_that_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "demo")
    assert main(["demo", "--out", folder]) == 0
    assert f"workbench keys new --workspace {folder}" in capsys.readouterr().out
    assert main(["demo", "--out", folder, "--encrypt"]) == 0
    assert f"Next: workbench ingest --workspace {folder}" in capsys.readouterr().out
    assert main(["demo", "--out", folder]) == 0
    assert f"workbench ingest --plain --workspace {folder}" in capsys.readouterr().out
