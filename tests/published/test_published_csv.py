"""The monthly combined CSV gives what the workbooks give."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from published_files import MONTHS, PROVIDER_FILE, combined_csv, same_figures

from workbench.errors import InputError
from workbench.published import (
    Publication,
    as_checks,
    england_by_month,
    provider_by_month,
    read,
    reconcile,
    revisions,
)


@pytest.mark.parametrize("period", ["2025-02-01", "01/02/2025", "Feb-25", "February 2025"])
def test_csv_gives_the_figures_of_the_workbooks(
    publication: Publication, tmp_path: Path, period: str
) -> None:
    name = "February-2025-Monthly-Combined-CSV-Final.csv"
    combined_csv(publication, tmp_path / name, MONTHS[-1], period)
    again = read(tmp_path)
    for summary in (england_by_month, provider_by_month):
        whole = summary(publication)
        same_figures(summary(again), whole[whole["month"] == MONTHS[-1]].reset_index(drop=True))
    assert as_checks(reconcile(again))["passed"].all()
    assert len(again.figures) == len(
        publication.figures[publication.figures["month"] == MONTHS[-1]]
    )


def test_england_row_is_not_an_organisation(publication: Publication, tmp_path: Path) -> None:
    combined_csv(publication, tmp_path / "February-2025-Final.csv", MONTHS[-1])
    rows = read(tmp_path).rows
    assert set(rows.loc[rows["organisation"] == "ENG", "level"]) == {"national"}
    assert "Total" not in set(provider_by_month(read(tmp_path))["provider"])


def test_one_file_may_hold_several_months(publication: Publication, tmp_path: Path) -> None:
    parts = [
        pd.read_csv(combined_csv(publication, tmp_path / f"{month}.csv", month), dtype=str)
        for month in MONTHS
    ]
    for month in MONTHS:
        (tmp_path / f"{month}.csv").unlink()
    pd.concat(parts).to_csv(tmp_path / "all final.csv", index=False)
    same_figures(england_by_month(read(tmp_path)), england_by_month(publication))


def test_final_workbook_is_used_before_a_provisional_csv(
    publication: Publication, pristine: Path, tmp_path: Path
) -> None:
    shutil.copy(pristine / PROVIDER_FILE, tmp_path)
    name = "February-2025-Monthly-Combined-CSV-Provisional.csv"
    combined_csv(publication, tmp_path / name, MONTHS[-1])
    both = read(tmp_path)
    used = both.vintages[both.vintages["used"]].set_index("basis")["file"]
    assert used["provider"] == PROVIDER_FILE
    assert used["commissioner"] == name
    compared = revisions(both)
    assert set(compared["cells_changed"]) == {0}
    assert (compared["cells_compared"] > 0).all()


def test_a_name_without_status_is_provisional_and_said(
    publication: Publication, tmp_path: Path
) -> None:
    combined_csv(publication, tmp_path / "cwt.csv", MONTHS[-1])
    again = read(tmp_path)
    assert set(again.vintages["status"]) == {"provisional"}
    assert again.notes["note"].str.contains("neither provisional nor final").any()


def damaged(publication: Publication, folder: Path, column: str, row: int, value: str) -> str:
    path = combined_csv(publication, folder / "February-2025-Final.csv", MONTHS[-1])
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[row, column] = value
    table.to_csv(path, index=False)
    with pytest.raises(InputError) as error:
        read(folder)
    return str(error.value)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("Total", "Secret", "row 5, column 'Total': a count is expected, not text"),
        ("Within", "-1", "row 5, column 'Within': not a whole or half number"),
        ("Period", "Secret", "row 5: a period is no date or month"),
        ("Period", "01/13/2025", "row 5: a period is no date or month"),
        ("Basis", "Secret", "row 5: a basis is neither Provider nor Commissioner"),
        ("Standard_or_Item", "14D", "row 5: a standard or item is none of the five known"),
        ("Org_Code", "", "row 5: an organisation code is blank"),
        ("Total", "", "row 5, column 'Total': blank, where a count is expected"),
        ("Total", "#REF!", "row 5, column 'Total': a count is expected, not text"),
        ("Within", "", "row 5, column 'Within': blank, where a count is expected"),
        ("Referral_Route_or_Stage", "Secret", "row 5, column 'Referral_Route_or_Stage': none of"),
        ("Cancer_Type", "", "row 5: a cancer type is blank"),
    ],
)
def test_bad_cells_are_named_by_row_and_column(
    publication: Publication, tmp_path: Path, column: str, value: str, said: str
) -> None:
    message = damaged(publication, tmp_path, column, 3, value)
    assert f"February-2025-Final.csv: {said}" in message
    assert "Secret" not in message


def test_missing_column(publication: Publication, tmp_path: Path) -> None:
    path = combined_csv(publication, tmp_path / "February-2025-Final.csv", MONTHS[-1])
    pd.read_csv(path, dtype=str).drop(columns="After_104_days").to_csv(path, index=False)
    with pytest.raises(InputError, match="no column is headed 'After_104_days'"):
        read(tmp_path)


def test_headings_may_be_in_any_case(publication: Publication, tmp_path: Path) -> None:
    path = combined_csv(publication, tmp_path / "February-2025-Final.csv", MONTHS[-1])
    before = read(tmp_path).rows
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.rename(columns=str.lower).to_csv(path, index=False)
    same_figures(read(tmp_path).rows, before)
    table.assign(TOTAL="1").to_csv(path, index=False)
    with pytest.raises(InputError, match="2 columns are headed 'Total'"):
        read(tmp_path)


def test_a_standard_without_its_row_for_all_cancers_is_not_lost_in_silence(
    publication: Publication, tmp_path: Path
) -> None:
    path = combined_csv(publication, tmp_path / "February-2025-Final.csv", MONTHS[-1])
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    whole = (table["Standard_or_Item"] == "62D") & (table["Cancer_Type"] == "All cancers")
    table.loc[whole, "Cancer_Type"] = "Every Secret"
    table.to_csv(path, index=False)
    with pytest.raises(InputError) as error:
        read(tmp_path)
    said = str(error.value)
    assert "62D of providers, February 2025, national rows: none is labelled 'All cancers'" in said
    assert "Secret" not in said


def test_a_folder_of_files_left_aside_says_which_and_why(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(InputError, match="holds no Cancer Waiting Times workbook") as error:
        read(tmp_path)
    assert "other.csv: not the monthly combined CSV; left aside" in error.value.faults
    assert "notes.txt: neither .xlsx nor .csv; left aside" in error.value.faults


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00junk", b'a,"b\n1,2,3\n"'])
def test_file_that_is_no_csv(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "February-2025-Final.csv").write_bytes(content)
    with pytest.raises(InputError):
        read(tmp_path)
