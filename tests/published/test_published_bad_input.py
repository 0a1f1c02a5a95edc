"""Damaged folders: a clear error that names file, sheet, row and column, and no value."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from published_files import PROVIDER_FILE, rewrite, set_cell

from workbench.errors import InputError
from workbench.published import read

FDS_SHEET = 2  # place of "28-DAY FDS (ALL ROUTES)" in a workbook
ENGLAND_ROW = 23  # of that sheet


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    """One file, free to be damaged: reading a second would only take time."""
    shutil.copy(pristine / PROVIDER_FILE, tmp_path)
    return tmp_path


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        read(folder)
    assert error.value.exit_code == 11
    return str(error.value)


def test_absent_folder(tmp_path: Path) -> None:
    assert "There is no folder" in refused(tmp_path / "nowhere")


def test_folder_that_holds_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    assert "holds no Cancer Waiting Times workbook" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", bytes(range(256)) * 40])
def test_file_that_is_no_workbook(folder: Path, content: bytes) -> None:
    (folder / "MARCH-2025-CWT-CRS-PROVIDER-WORKBOOK-FINAL.xlsx").write_bytes(content)
    said = refused(folder)
    assert "MARCH-2025-CWT-CRS-PROVIDER-WORKBOOK-FINAL.xlsx" in said
    assert "cannot be opened" in said


@pytest.mark.parametrize("kept", [0.3, 0.7, 0.99])
def test_truncated_workbook(provider_file: Path, kept: float) -> None:
    whole = provider_file.read_bytes()
    provider_file.write_bytes(whole[: int(len(whole) * kept)])
    assert provider_file.name in refused(provider_file.parent)


def test_missing_sheet(provider_file: Path) -> None:
    rewrite(provider_file, lambda _, text: text.replace('"31-DAY (BY CANCER)"', '"Sheet9"'))
    said = refused(provider_file.parent)
    assert f"{provider_file.name}: sheet '31-DAY (BY CANCER)' is missing" in said


def test_renamed_column(provider_file: Path) -> None:
    set_cell(provider_file, FDS_SHEET, "G9", "LATE")
    said = refused(provider_file.parent)
    assert "sheet '28-DAY FDS (ALL ROUTES)', row 9: no column is headed 'AFTER 28 DAYS'" in said


def test_text_in_a_count_cell_is_named_but_not_quoted(provider_file: Path) -> None:
    set_cell(provider_file, FDS_SHEET, "F12", "Mr Secret")
    said = refused(provider_file.parent)
    assert "sheet '28-DAY FDS (ALL ROUTES)', column F ('WITHIN 28 DAYS'): row 12" in said
    assert "Secret" not in said


@pytest.mark.parametrize("value", [-4, 3.25])
def test_number_that_counts_no_one(provider_file: Path, value: float) -> None:
    set_cell(provider_file, FDS_SHEET, "F12", value)
    assert "column F ('WITHIN 28 DAYS'): row 12: not a whole or half" in refused(
        provider_file.parent
    )


@pytest.mark.parametrize("error", [None, "#REF!"])
@pytest.mark.parametrize(("column", "name"), [("E", "TOTAL"), ("F", "WITHIN 28 DAYS")])
@pytest.mark.parametrize("england", [True, False])
def test_a_blank_or_error_in_a_count_cell_is_an_input_error(
    folder: Path, provider_file: Path, error: str | None, column: str, name: str, england: bool
) -> None:
    row = ENGLAND_ROW if england else 12
    set_cell(provider_file, FDS_SHEET, f"{column}{row}", error)
    said = refused(folder)
    where = f"{provider_file.name}: sheet '28-DAY FDS (ALL ROUTES)', column {column} ('{name}')"
    assert f"{where}: row {row}: blank, or an error such as #REF!" in said


def test_a_published_percentage_that_is_gone_is_an_input_error(provider_file: Path) -> None:
    set_cell(provider_file, FDS_SHEET, "H12", "#DIV/0!")
    assert "row 12: patients, but no published percentage" in refused(provider_file.parent)


def test_an_unknown_route_is_placed_but_not_quoted(provider_file: Path) -> None:
    set_cell(provider_file, 7, "D10", "Mr Secret")
    said = refused(provider_file.parent)
    assert "sheet '62-DAY (ALL CANCER)', row 10: the referral route is not" in said
    assert "'Urgent suspected cancer'" in said
    assert "Secret" not in said


def test_an_unknown_name_for_all_cancers_is_placed(provider_file: Path) -> None:
    set_cell(provider_file, 7, "E10", "EVERY CANCER")
    said = refused(provider_file.parent)
    assert "sheet '62-DAY (ALL CANCER)', row 10: " in said
    assert "the cancer type is not one of those known ('All cancers')" in said
    assert "EVERY CANCER" not in said


def test_figures_without_an_organisation(provider_file: Path) -> None:
    set_cell(provider_file, FDS_SHEET, "B11", None)
    assert "row 11: figures with no ODS code" in refused(provider_file.parent)


def test_an_organisation_that_stands_twice(provider_file: Path) -> None:
    set_cell(provider_file, FDS_SHEET, "B11", "ZZ5")
    said = refused(provider_file.parent)
    assert "for an organisation and breakdown that stand above" in said


def test_file_name_and_sheets_disagree_on_the_month(provider_file: Path) -> None:
    renamed = provider_file.with_name(PROVIDER_FILE.replace("FEBRUARY", "MARCH"))
    provider_file.rename(renamed)
    said = refused(renamed.parent)
    assert "the file's name says March 2025, but sheet 'Frontpage' says February 2025" in said


def test_one_sheet_of_another_month(provider_file: Path) -> None:
    set_cell(provider_file, 5, "A2", "Jan-25")
    said = refused(provider_file.parent)
    assert "sheet '31-DAY (BY CANCER)' says January 2025" in said


def test_file_name_and_front_page_disagree_on_the_status(provider_file: Path) -> None:
    renamed = provider_file.with_name(PROVIDER_FILE.replace("FINAL", "PROVISIONAL"))
    provider_file.rename(renamed)
    assert "says provisional, but sheet 'Frontpage' says final" in refused(renamed.parent)


def test_all_faults_of_all_files_come_at_once(folder: Path, provider_file: Path) -> None:
    set_cell(provider_file, FDS_SHEET, "F12", "x")
    set_cell(provider_file, 4, "G9", "y")
    (folder / "MAY-2024-CWT-CRS-COMMISSIONER-WORKBOOK-FINAL.xlsx").write_bytes(b"junk")
    said = refused(folder)
    assert "has 3 faults" in said
    assert "sheet '31-DAY (ALL CANCER)'" in said
    assert "MAY-2024" in said


def test_wrong_dimension_tags_do_no_harm(folder: Path, provider_file: Path) -> None:
    before = read(folder).rows
    rewrite(
        provider_file, lambda _, text: text.replace("<dimension ref=", '<dimension ref="A1" x=')
    )
    assert read(folder).rows["total"].equals(before["total"])
