"""The checks count every cell and find every one that does not add up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from published_files import MONTHS, combined_csv, rewrite, set_cell

from workbench.errors import InputError
from workbench.published import Publication, as_checks, failing_cells, read, reconcile

BY_CANCER, BY_CANCER_SHEET = "62-DAY (BY CANCER)", 8


def failing(publication: Publication) -> dict[str, int]:
    found = reconcile(publication)
    return found.groupby("check")["failing"].sum().to_dict()


def test_whole_files_reconcile_on_every_sheet_and_basis(publication: Publication) -> None:
    found = reconcile(publication)
    assert found["failing"].sum() == 0
    assert found["blank"].sum() == 0
    assert as_checks(found)["passed"].all()
    rows = publication.rows
    parts = found[found["check"] == "within + after = total"]["cells"].sum()
    assert parts == rows["within"].notna().sum()
    banded = found[found["check"] == "bands add up to total"]["cells"].sum()
    assert banded == len(rows)


def test_every_england_cell_is_held_against_the_sum(publication: Publication) -> None:
    found = reconcile(publication)
    rows = publication.rows[publication.rows["level"] == "national"]
    measures = [name for name in rows if rows[name].dtype == float and name != "performance"]
    sums = found[found["check"] == "England = sum of organisations"]["cells"].sum()
    assert sums == rows[measures].notna().sum().sum()


def test_a_wrong_total_fails_each_check_that_it_breaks(provider_file: Path) -> None:
    publication = read(provider_file.parent)
    rows = publication.rows
    cell = rows[(rows["sheet"] == "28-DAY FDS (ALL ROUTES)") & (rows["row"] == 10)]
    total = cell.loc[cell["basis"] == "provider", "total"].item()
    set_cell(provider_file, 2, "E10", total + 1)
    again = read(provider_file.parent)
    assert failing(again) == {
        "England = sum of organisations": 1,
        "within + after = total": 1,
        "bands add up to total": 1,
        "published percentage = within / total": 1,
    }
    wrong = failing_cells(again)
    assert len(wrong) == 1
    assert wrong.loc[0, "organisations"] - wrong.loc[0, "england"] == 1
    checks = as_checks(reconcile(again))
    assert (~checks["passed"]).sum() == 4


def test_a_check_that_a_blank_cell_prevents_has_not_passed(
    publication: Publication, tmp_path: Path
) -> None:
    path = combined_csv(publication, tmp_path / "February-2025-Final.csv", MONTHS[-1])
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = table.index[(table["Standard_or_Item"] == "FDS") & (table["Org_Code"] != "Total")][0]
    table.loc[row, "Within_14_days"] = ""
    table.to_csv(path, index=False)
    found = reconcile(read(tmp_path))
    blank = found.groupby("check")["blank"].sum()
    assert blank["England = sum of organisations"] == 1
    assert blank["bands add up to total"] == 1
    assert found["failing"].sum() == 0
    checks = as_checks(found)
    assert (~checks["passed"]).sum() == 2
    unmade = checks.loc[~checks["passed"], "detail"]
    assert unmade.str.contains("0 wrong; 1 could not be checked").all()


def test_a_lost_england_row_is_a_failure(provider_file: Path) -> None:
    rows = read(provider_file.parent).rows
    part = rows[(rows["sheet"] == BY_CANCER) & (rows["basis"] == "provider")]
    number = int(part.loc[part["level"] == "national", "row"].min())
    set_cell(provider_file, BY_CANCER_SHEET, f"C{number}", "EXAMPLE TRUST OTHER")
    set_cell_code(provider_file, BY_CANCER_SHEET, number)
    found = reconcile(read(provider_file.parent))
    sums = found[found["check"] == "England = sum of organisations"]
    assert sums["failing"].sum() == 11  # total, within, after and eight bands


def test_a_lost_england_row_of_a_whole_standard_is_an_input_error(provider_file: Path) -> None:
    rows = read(provider_file.parent).rows
    part = rows[(rows["sheet"] == "28-DAY FDS (ALL ROUTES)") & (rows["basis"] == "provider")]
    number = int(part.loc[part["level"] == "national", "row"].item())
    set_cell(provider_file, 2, f"C{number}", "EXAMPLE TRUST OTHER")
    set_cell_code(provider_file, 2, number)
    with pytest.raises(InputError, match="FDS of providers, February 2025, national rows: none"):
        read(provider_file.parent)


def set_cell_code(path: Path, sheet: int, number: int) -> None:
    """Give the England row a code of its own, so that it reads as one more organisation."""
    part, mark = f"xl/worksheets/sheet{sheet}.xml", f'<c r="C{number}"'
    code = f'<c r="B{number}" t="inlineStr"><is><t>ZZX</t></is></c>'
    rewrite(path, lambda n, t: t.replace(mark, code + mark) if n == part else t)
