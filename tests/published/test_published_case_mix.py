"""Published cells of case mix, Trusts at equal mix in words, and boards by deprivation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from workbench.demo import write_workbooks
from workbench.engine import connect
from workbench.equity.case_mix import at_equal_mix
from workbench.equity.gradient import ecological_gradient
from workbench.errors import InputError, ParameterError
from workbench.published import (
    STRATA,
    boards,
    boards_cells,
    case_mix,
    compare_trusts,
    last_months,
    provider_by_month,
    read,
    words_mix,
)
from workbench.reference import add, load_kinds
from workbench.shipped import shipped

HALF_A_YEAR = ["2024-10", "2024-11", "2024-12", "2025-01", "2025-02", "2025-03"]


@pytest.fixture(scope="module")
def publication(tmp_path_factory):
    return read(write_workbooks(tmp_path_factory.mktemp("mix"), 1, ["2025-01", "2025-02"]))


@pytest.mark.parametrize("standard", ["31D", "62D"])
def test_cells_add_up_to_the_published_sums(publication, standard):
    months = last_months(publication, 2)
    cells = case_mix(publication, standard, months)
    assert "All cancers" not in set(cells["cancer_type"])
    assert not cells["route_or_stage"].isin(["All routes", "All stages"]).any()
    rows = provider_by_month(publication)
    said = rows[rows["standard"] == standard].groupby("provider")[["total", "within"]].sum()
    added = cells.groupby("organisation")[["total", "within"]].sum()
    pd.testing.assert_frame_equal(said[said["total"] > 0], added, check_names=False)


def test_cells_that_do_not_add_up_are_refused(publication):
    rows = publication.rows
    there = (rows["standard"] == "62D") & (rows["cancer_type"] == "Lung")
    lost = replace(publication, rows=rows[~there])
    with pytest.raises(InputError, match="cannot be split"):
        case_mix(lost, "62D", last_months(publication, 1))
    with pytest.raises(ParameterError, match="no commissioner files"):
        case_mix(
            replace(publication, rows=rows[rows["basis"] == "provider"]), "62D", [], "commissioner"
        )


def test_trusts_at_equal_mix_are_told_in_words(publication):
    months = last_months(publication, 2)
    trusts = compare_trusts(publication, "62D", months, 50)
    found = at_equal_mix(case_mix(publication, "62D", months), "organisation", STRATA, minimum=50)
    table = words_mix.named(found.table, trusts.table)
    assert table["provider"].tolist() == trusts.table["provider"].tolist()
    caption = words_mix.moved(publication, table, months)
    assert caption["title"].startswith(f"{found.moved(10)} of {len(table)} Trusts")
    assert f"; {found.changed_side} change" in caption["title"]
    far = words_mix.farthest(table)
    assert far["places"].is_monotonic_decreasing
    assert far["places"].abs().max() == table["places"].abs().max()
    for _, _, per_cent in (words_mix.COLUMNS[name] for name in ("share", "standardised")):
        assert per_cent  # headed (%): 67.0%, not 0.670
    shares = table.set_index("provider")["standardised"]
    again = compare_trusts(publication, "62D", months, 50, shares=shares)
    assert again.table["share"].to_numpy() == pytest.approx(shares.to_numpy())
    checked = words_mix.with_identity(pd.DataFrame(columns=["check", "passed", "detail"]), table)
    assert checked["passed"].all()
    broken = table.assign(gap=table["gap"] + 1e-9)
    assert not words_mix.with_identity(checked.head(0), broken)["passed"].any()


def test_without_reference_files_there_are_no_boards(publication, tmp_path):
    known = boards(connect(), tmp_path)
    assert known is None
    assert boards_cells(publication, "62D", ["2025-01"], known).empty


@pytest.fixture(scope="module")
def england(real_data: Path, tmp_path_factory):
    """The half year alone: reading takes seconds a month."""
    folder = tmp_path_factory.mktemp("half_a_year")
    for year, names in (("2024", "OCTOBER NOVEMBER DECEMBER"), ("2025", "JANUARY FEBRUARY MARCH")):
        for name in names.split():
            for path in (real_data / "cwt").glob(f"{name}-{year}-*.xlsx"):
                (folder / path.name).symlink_to(path)
    return read(folder)


@pytest.mark.real_data
def test_real_trusts_change_places_and_sides_at_equal_mix(england):
    cells = case_mix(england, "62D", HALF_A_YEAR)
    assert cells["total"].sum() == pytest.approx(165_696.5)
    found = at_equal_mix(cells, "organisation", STRATA, minimum=300)
    table = found.table
    assert (table["mix"] + table["rate"] - table["gap"]).abs().max() < 1e-12
    assert len(table) == 123
    assert found.changed_side >= 5
    assert found.moved(10) >= 15
    specialist = table.set_index("organisation").loc["RPC"]
    assert specialist["gap"] > 0.05
    assert specialist["rate"] < -0.05  # its patients are of kinds that are treated soon


@pytest.mark.real_data
def test_real_boards_are_placed_by_deprivation(england, real_data, tmp_path):
    kinds, geography = load_kinds(shipped("data_dictionary")), real_data / "geography"
    add(tmp_path, geography / "imd2025_england_lsoa21.parquet", "imd", kinds)
    add(tmp_path, geography / "lookup_lsoa21_icb24.parquet", "lsoa_icb", kinds)
    known = boards(connect(), tmp_path)
    assert known is not None
    assert len(known) == 42
    published = pd.read_parquet(geography / "imd2025_england_icb24.parquet")
    joined = known.merge(published, left_on="board_name", right_on="icb24_name")
    # the published mean rank counts from the least deprived, and weighs areas by their people
    assert joined["imd_rank"].corr(joined["imd_average_rank"]) < -0.99
    cells = boards_cells(england, "62D", HALF_A_YEAR, known)
    assert cells["board"].nunique() == 42
    found = at_equal_mix(cells, "board", STRATA).table.merge(known, on="board")
    slope = ecological_gradient(found, "standardised", "total", "imd_rank")
    assert slope.areas == 42
    assert slope.sii.lower < slope.sii.estimate < slope.sii.upper
    fifths = words_mix.in_fifths(slope.fifths)
    caption = words_mix.deprivation(england, slope.sii, fifths, HALF_A_YEAR)
    assert ("No clear slope" in caption["title"]) == (slope.sii.lower <= 0 <= slope.sii.upper)
