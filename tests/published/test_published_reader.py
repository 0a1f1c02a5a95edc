"""Whole folders of workbooks: what is read, and which version is used."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from published_files import MONTHS, PROVIDER_FILE, PROVISIONAL_FILE, set_cell

from workbench.errors import InputError
from workbench.published import Publication, read
from workbench.published.layout import ITEM_BANDS, KEY, SHEETS


def test_every_sheet_of_both_bases_is_read(publication: Publication) -> None:
    found = publication.rows.groupby(["basis", "sheet"], observed=True).size()
    assert set(found.index) == {
        (basis, sheet.name) for basis in ("provider", "commissioner") for sheet in SHEETS
    }
    assert publication.months == MONTHS
    assert not publication.rows.duplicated(list(KEY)).any()


def test_halves_are_kept(publication: Publication) -> None:
    sixty_two = publication.rows.loc[publication.rows["standard"] == "62D", "total"]
    assert (sixty_two % 1 == 0.5).any()
    assert (sixty_two * 2 % 1 == 0).all()


def test_a_count_not_published_is_missing_and_a_nought_is_nought(provider_file: Path) -> None:
    set_cell(provider_file, 2, "N10", 0)
    rows = read(provider_file.parent).rows
    row = rows[(rows["sheet"] == "28-DAY FDS (ALL ROUTES)") & (rows["row"] == 10)]
    row = row[row["basis"] == "provider"]
    assert np.isnan(row["after_104_days"].item())
    assert row["after_62_days"].item() == 0


def test_long_form_has_a_row_for_each_published_count_and_no_other(
    publication: Publication,
) -> None:
    rows = publication.rows
    expected = sum(
        int((rows["standard"] == item).sum()) * (len(bands) + (3 if len(item) == 3 else 1))
        for item, bands in ITEM_BANDS.items()
    )
    figures = publication.figures
    assert len(figures) == expected
    assert figures["value"].notna().all()
    assert not figures.duplicated([*KEY, "measure"]).any()


def test_labels_have_one_spelling_whatever_the_sheet(publication: Publication) -> None:
    routes = set(publication.rows["route_or_stage"].unique())
    assert "Urgent suspected cancer" in routes
    assert len(routes) == len({route.casefold() for route in routes})


def test_final_is_used_and_provisional_kept_apart(publication: Publication) -> None:
    vintages = publication.vintages.set_index("file")
    assert vintages.loc[PROVIDER_FILE, "used"]
    assert not vintages.loc[PROVISIONAL_FILE, "used"]
    assert vintages.loc[PROVISIONAL_FILE, "status"] == "provisional"
    assert set(publication.superseded["file"].unique()) == {PROVISIONAL_FILE}
    assert PROVISIONAL_FILE not in set(publication.rows["file"].unique())


def test_provisional_is_used_where_there_is_no_final(pristine: Path, tmp_path: Path) -> None:
    shutil.copy(pristine / PROVISIONAL_FILE, tmp_path)
    publication = read(tmp_path)
    assert publication.vintages["used"].tolist() == [True]
    assert publication.superseded.empty


def test_the_digest_of_each_file_is_listed(publication: Publication) -> None:
    assert publication.vintages["sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_two_versions_of_one_month_are_refused_with_both_names(provider_file: Path) -> None:
    other = provider_file.with_name("February-2025-CWT-CRS-Provider-Workbook-Final-v2.xlsx")
    shutil.copy(provider_file, other)
    set_cell(other, 2, "N10", 7)
    with pytest.raises(InputError, match="two versions of one month") as error:
        read(provider_file.parent)
    assert other.name in str(error.value)
    assert provider_file.name in str(error.value)


def test_the_same_file_twice_is_read_once_with_a_note(provider_file: Path) -> None:
    copy = provider_file.with_name("copy FEBRUARY-2025 CWT PROVIDER FINAL.xlsx")
    shutil.copy(provider_file, copy)
    publication = read(provider_file.parent)
    assert publication.vintages["used"].sum() == 2
    assert publication.notes["note"].str.contains("under another name").sum() == 1


def test_other_files_are_left_aside_and_said(folder: Path) -> None:
    (folder / "readme.txt").write_text("hello")
    (folder / "other.csv").write_text("a,b\n1,2\n")
    (folder / "inner").mkdir()
    notes = read(folder).notes.set_index("file")["note"]
    assert {"readme.txt", "other.csv", "inner"} <= set(notes.index)
    assert notes.str.contains("left aside").all()


def test_missing_months_are_said(pristine: Path, tmp_path: Path) -> None:
    for month in ("DECEMBER-2024", "FEBRUARY-2025"):
        shutil.copy(next(pristine.glob(f"{month}*PROVIDER*FINAL*")), tmp_path)
    notes = read(tmp_path).notes["note"].tolist()
    assert "no provider file for January 2025" in notes
    assert "no commissioner file for December 2024" in notes


def test_made_up_files_are_known_as_such(publication: Publication) -> None:
    assert publication.synthetic
