"""Summaries agree with each other and with what was published."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from published_files import MONTHS, PROVIDER_FILE, PROVISIONAL_FILE, same_figures

from workbench.errors import InputError, ParameterError
from workbench.published import (
    Publication,
    bands,
    by_cancer_type,
    by_route,
    change_by_cancer_type,
    compare_trusts,
    control_charts,
    england_by_month,
    last_months,
    latest_change,
    provider_by_month,
    read,
    revisions,
    waits_in_four,
)
from workbench.published.trusts import short_name


def test_england_has_its_columns_and_one_row_a_month_and_standard(
    publication: Publication,
) -> None:
    england = england_by_month(publication)
    assert list(england.columns) == ["month", "standard", "total", "within", "share"]
    assert list(zip(england["month"], england["standard"], strict=True)) == [
        (month, standard) for month in MONTHS for standard in ("31D", "62D", "FDS")
    ]
    assert np.allclose(england["share"], england["within"] / england["total"])


def test_england_is_the_sum_of_providers(publication: Publication) -> None:
    providers = provider_by_month(publication)
    assert "ENG" not in set(providers["provider"])
    summed = providers.groupby(["month", "standard"])[["total", "within"]].sum().reset_index()
    same_figures(summed, england_by_month(publication)[["month", "standard", "total", "within"]])


@pytest.mark.parametrize("standard", ["31D", "62D"])
def test_cancer_types_and_routes_add_up_to_england(publication: Publication, standard: str) -> None:
    england = england_by_month(publication)
    whole = england.loc[england["standard"] == standard, ["total", "within"]].sum()
    for table in (
        by_cancer_type(publication, standard, MONTHS),
        by_route(publication, standard, MONTHS),
    ):
        assert np.allclose(table[["total", "within"]].sum(), whole)
        assert table["share"].is_monotonic_increasing
        assert ((table["lower"] < table["share"]) & (table["share"] < table["upper"])).all()


def test_fds_routes_add_up_to_england(publication: Publication) -> None:
    england = england_by_month(publication)
    whole = england.loc[england["standard"] == "FDS", "total"].sum()
    assert by_route(publication, "FDS", MONTHS)["total"].sum() == whole


def test_waits_are_parts_of_all(publication: Publication) -> None:
    waits = waits_in_four(publication, MONTHS)
    assert np.allclose(waits.groupby("month")["part"].sum(), 1)
    assert waits["wait"].head(4).tolist()[0::3] == ["31 days or less", "more than 104 days"]
    long = bands(publication, "62D")
    assert np.allclose(
        long.groupby("month")["patients"].sum(), long.groupby("month")["total"].first()
    )


def test_latest_change_is_in_points(publication: Publication) -> None:
    change = latest_change(publication).set_index("standard")
    shares = england_by_month(publication).pivot_table(
        index="month", columns="standard", values="share"
    )
    for standard in ("FDS", "31D", "62D"):
        points = 100 * (shares.loc["2025-02", standard] - shares.loc["2025-01", standard])
        assert change.loc[standard, "points"] == pytest.approx(points)
    by_type = change_by_cancer_type(publication, "62D")
    assert by_type["points"].is_monotonic_increasing


def test_one_month_alone_makes_all_tables(folder: Path) -> None:
    alone = read(folder)
    change = latest_change(alone)
    assert change["points"].isna().all()
    assert set(change["month_before"]) == {"none"}
    assert change_by_cancer_type(alone, "62D").empty
    assert control_charts(england_by_month(alone), []) == []
    assert last_months(alone, 6) == ["2025-02"]
    assert revisions(alone).empty


def test_without_provider_files_england_is_not_known(folder: Path) -> None:
    (folder / PROVIDER_FILE).unlink()
    with pytest.raises(InputError, match="No provider file"):
        england_by_month(read(folder))


def test_months_without_files_are_gaps_in_a_control_chart(
    publication: Publication,
) -> None:
    england = england_by_month(publication)
    later = england[england["month"] == "2025-02"].assign(month="2025-05")
    chart = control_charts(pd.concat([england, later]), [])[2]
    assert chart.table["month"].tolist() == [*MONTHS, "2025-03", "2025-04", "2025-05"]
    assert chart.table["share"].isna().tolist() == [False, False, False, True, True, False]


def test_revisions_compare_the_provisional_with_the_final(publication: Publication) -> None:
    found = revisions(publication)
    assert set(found["standard"]) == {"FDS", "31D", "62D"}
    assert set(found["from_file"]) == {PROVISIONAL_FILE}
    assert set(found["to_file"]) == {PROVIDER_FILE}
    assert (found["total_before"] < found["total_after"]).all()
    points = 100 * (found["share_after"] - found["share_before"])
    assert np.allclose(found["points"], points)
    assert (found["cells_changed"] > 0).all()
    assert (found["cells_changed"] <= found["cells_compared"]).all()


def test_figures_are_those_of_the_final_file_alone(
    publication: Publication, pristine: Path, tmp_path: Path
) -> None:
    shutil.copytree(pristine, tmp_path / "final")
    (tmp_path / "final" / PROVISIONAL_FILE).unlink()
    same_figures(england_by_month(read(tmp_path / "final")), england_by_month(publication))


def test_trusts_with_few_patients_are_left_out(publication: Publication) -> None:
    everyone = compare_trusts(publication, "62D", MONTHS, minimum=0.5)
    some = compare_trusts(publication, "62D", MONTHS, minimum=400)
    assert len(everyone.table) == 12
    assert 2 <= len(some.table) < 12
    assert (some.table["total"] >= 400).all()
    with pytest.raises(ParameterError, match="at least 2 are needed"):
        compare_trusts(publication, "62D", MONTHS, minimum=1e6)


def test_sides_agree_with_the_curves(publication: Publication) -> None:
    found = compare_trusts(publication, "62D", MONTHS, minimum=0.5, confidence=0.8)
    for name in ("naive", "overdispersed"):
        curve = getattr(found, name)
        table = found.table
        lower = np.interp(table["total"], curve["denominator"], curve["lower"])
        upper = np.interp(table["total"], curve["denominator"], curve["upper"])
        clear = (abs(table["share"] - lower) > 1e-3) & (abs(table["share"] - upper) > 1e-3)
        side = np.select(
            [table["share"] < lower, table["share"] > upper], ["below", "above"], "within"
        )
        assert (table.loc[clear, name] == side[clear]).all()
    assert found.outside_naive >= found.outside_overdispersed


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("AIREDALE NHS FOUNDATION TRUST", "Airedale"),
        ("ASHFORD AND ST PETER'S HOSPITALS NHS FOUNDATION TRUST", "Ashford and St Peter's"),
        ("THE ROYAL MARSDEN NHS FOUNDATION TRUST", "The Royal Marsden"),
        ("SUSSEX COMMUNITY DERMATOLOGY SERVICE", "Sussex Community Dermatology Service"),
        ("BARKING, HAVERING AND REDBRIDGE UNIVERSITY HOSPITALS NHS TRUST",
         "Barking, Havering and Redbridge"),
    ],
)  # fmt: skip
def test_short_names_are_as_people_say_them(name: str, short: str) -> None:
    assert short_name(name) == short
