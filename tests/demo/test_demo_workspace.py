"""The demo: the same bytes each time, a workspace of its own, and never taken for real."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from workbench.cli.main import main
from workbench.demo import workbooks as demo_workbooks
from workbench.demo import write_demo, write_workbooks
from workbench.demo.counts import COMMISSIONERS, PROVIDERS
from workbench.errors import UsageError
from workbench.files import sha256
from workbench.published import as_checks, provider_by_month, read, reconcile
from workbench.published.workbook import read_workbook
from workbench.workspace import open_workspace

TWO_MONTHS = ["2025-02", "2025-03"]


@pytest.fixture(autouse=True)
def two_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two months in place of fourteen, to be quick; `write_demo` is the same otherwise."""
    whole = write_workbooks

    def short(folder: Path, seed: int = 1) -> Path:
        return whole(folder, seed, TWO_MONTHS)

    monkeypatch.setattr("workbench.demo.region.write_workbooks", short)


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


def test_fourteen_months_are_the_default() -> None:
    assert len(demo_workbooks.MONTHS) == 14


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
    def full(folder: Path, seed: int = 1) -> Path:
        folder.mkdir(parents=True)
        (folder / "half.xlsx").write_text("half")
        raise OSError("no space left")

    monkeypatch.setattr("workbench.demo.region.write_workbooks", full)
    with pytest.raises(OSError, match="no space"):
        write_demo(tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


def test_command_says_what_to_type_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "demo"), "--seed", "2"]) == 0
    assert f"workbench run --workspace {tmp_path / 'demo'}" in capsys.readouterr().out
    assert main(["demo", "--out", str(tmp_path / "demo"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["workbooks"] == 5
    assert main(["demo", "--out", str(tmp_path), "--quiet"]) == 2
    assert main(["demo", "--seed", "-1", "--out", str(tmp_path / "x")]) == 10
