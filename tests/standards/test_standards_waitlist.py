"""Each patient counts once, under the right cancer, route, Trust, month and quarter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from waitlist_rows import TREATED, waitlist
from waitlist_store import PATHWAY, TRUSTS, write_store

import workbench as wb
from workbench.dictionary import load
from workbench.errors import InputError, ParameterError
from workbench.standards import breakdown, periods
from workbench.standards.waitlist import Waitlist, counted_once, read_waitlist

MARCH = ["2025-03"]
ALL = ["FDS", "31D", "62D"]
AS_AT = dt.date(2025, 3, 31)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Waitlist:
    path = write_store(tmp_path_factory.mktemp("region"), 4_000)
    return read_waitlist(path, as_at=AS_AT, dictionary=load())


def totals(found: Waitlist, standard: str, months: list[str] = MARCH) -> dict[str, float]:
    table = breakdown.performance_by(found, months, [standard], ["provider"])
    return dict(zip(table["provider"], table["total"], strict=True))


def test_a_shared_pathway_counts_once(tmp_path: Path) -> None:
    shared = {
        **TREATED, "pathway": "p", "treated_at": "RBB01", "accountable": "RAA",
        "moved": "2025-02-01",
    }  # fmt: skip
    found = waitlist(tmp_path, shared, {**shared, "source": "RBB"})
    assert totals(found, "31D") == {"RBB": 1}
    assert totals(found, "62D") == {"RAA": 0.5, "RBB": 0.5}
    assert totals(found, "FDS", ["2025-01"]) == {"RAA": 1}
    assert counted_once(found) == {"records": 2, "copies": 3, "split": 0}


def test_the_record_of_the_trust_that_treated_is_the_one_that_counts(tmp_path: Path) -> None:
    shared = {**TREATED, "pathway": "p", "treated_at": "RBB01", "accountable": "RAA"}
    at_treating = {**shared, "source": "RBB", "icd": "C509"}
    found = waitlist(tmp_path, shared, at_treating)
    table = breakdown.performance_by(found, MARCH, ["31D"], ["tumour_group"])
    assert table["tumour_group"].tolist() == ["Breast"]


def test_another_treatment_of_a_pathway_counts_but_its_diagnosis_does_not(tmp_path: Path) -> None:
    first = {**TREATED, "pathway": "p"}
    second = {**first, "event": "02", "decided": "2025-03-05", "treated": "2025-03-20"}
    found = waitlist(tmp_path, first, second)
    assert totals(found, "31D") == {"RAA": 2}
    assert totals(found, "FDS", ["2025-01"]) == {"RAA": 1}


def test_other_pathways_are_not_taken_for_one(tmp_path: Path) -> None:
    one = {**TREATED, "pathway": "p"}
    unlike = ({**one, "issuer": "RBB"}, {**one, "pathway": "q"}, {**one, "pathway": None})
    found = waitlist(tmp_path, one, *unlike)
    assert totals(found, "62D") == {"RAA": 4}
    assert counted_once(found)["copies"] == 0


def test_an_event_is_left_to_the_trust_where_it_was_if_that_sends_records(tmp_path: Path) -> None:
    shared = {**TREATED, "treated_at": "RBB01", "accountable": "RAA", "moved": "2025-02-01"}
    renumbered = {**shared, "source": "RBB", "pathway": "other", "issuer": "RBB"}
    found = waitlist(tmp_path, shared, renumbered)
    assert totals(found, "62D") == {"RAA": 0.5, "RBB": 0.5}
    assert totals(found, "31D") == {"RBB": 1}
    assert totals(found, "FDS", ["2025-01"]) == {"RAA": 1}
    alone = waitlist(tmp_path, shared)
    assert totals(alone, "31D") == {"RBB": 1}


def test_a_record_counts_where_the_owners_of_the_same_pathway_does_not(tmp_path: Path) -> None:
    shared = {**TREATED, "treated_at": "RBB01", "pathway": "p"}
    part = {**shared, "source": "RBB", "referred": None}
    assert totals(waitlist(tmp_path, shared, part), "62D") == {"RAA": 0.5, "RBB": 0.5}


def test_a_pathway_of_which_each_trust_holds_a_part_is_told(tmp_path: Path) -> None:
    start = {**TREATED, "pathway": "p", "treated": None, "event": None, "treated_at": None}
    end = {
        **TREATED, "pathway": "p", "source": "RBB", "referred": None, "seen_at": None, "told": None,
    }  # fmt: skip
    found = waitlist(tmp_path, start, end, TREATED)
    assert counted_once(found)["split"] == 1


CODES = {
    "C341": "Lung", "C34.1": "Lung", "c34": "Lung", "C349Z": "Lung", "C50.9": "Breast",
    "C61X": "Urological: prostate", " C61 ": "Urological: prostate", "Z999": "Not recorded",
}  # fmt: skip
ROUTES: list[tuple[dict[str, str | None], str]] = [
    ({}, "Urgent suspected cancer"),
    ({"from": "17"}, "National screening programme"),
    ({"type": "16"}, "Breast symptomatic, cancer not suspected"),
    ({"upgraded": "2025-01-12", "priority": "2"}, "Consultant upgrade"),
    ({"upgraded": "2025-01-12", "from": "17"}, "National screening programme"),
    ({"priority": None}, "Not recorded"),
]


def counted_by(found: Waitlist, standard: str, by: str) -> dict[str, float]:
    table = breakdown.performance_by(found, MARCH, [standard], [by])
    return dict(zip(table[by], table["total"], strict=True))


def test_diagnosis_codes_as_systems_write_them(tmp_path: Path) -> None:
    found = waitlist(tmp_path, *({**TREATED, "icd": code} for code in CODES))
    assert counted_by(found, "31D", "tumour_group") == Counter(CODES.values())


def test_routes(tmp_path: Path) -> None:
    found = waitlist(tmp_path, *({**TREATED, **record} for record, _ in ROUTES))
    assert counted_by(found, "62D", "route") == Counter(route for _, route in ROUTES)


def test_one_tumour_group_alone(tmp_path: Path) -> None:
    rows = (TREATED, {**TREATED, "icd": "C509"}, {**TREATED, "icd": None})
    assert totals(waitlist(tmp_path, *rows, group="lung"), "31D") == {"RAA": 1}
    with pytest.raises(ParameterError, match="no such tumour group"):
        waitlist(tmp_path, TREATED, group="lungs")


def test_months_end_with_the_last_whole_one() -> None:
    assert periods.months_up_to(dt.date(2025, 3, 31), 3) == ["2025-01", "2025-02", "2025-03"]
    assert periods.months_up_to(dt.date(2025, 3, 30), 2) == ["2025-01", "2025-02"]
    assert periods.months_up_to(dt.date(2024, 12, 31), 1) == ["2024-12"]
    assert periods.months_up_to(dt.date(2024, 2, 29), 1) == ["2024-02"]


def test_quarters_are_the_nhs_years() -> None:
    named = [periods.quarter(f"2025-{month:02}") for month in (1, 3, 4, 6, 7, 12)]
    assert named == [f"20{part}" for part in ("24/25 Q4", "24/25 Q4", "25/26 Q1", "25/26 Q1",
                                              "25/26 Q2", "25/26 Q3")]  # fmt: skip
    months = periods.months_up_to(dt.date(2025, 2, 28), 5)
    assert periods.whole_quarters(months) == ["2024/25 Q3"]


def test_sums_are_those_of_the_standards_engine(region: Waitlist) -> None:
    """Without shared patients, a breakdown is what `performance` gives for the same records."""
    months = periods.months_up_to(AS_AT, 12)
    records = region.con.to_pyarrow(region.rows.filter(region.rows.copy).record_id).to_pylist()
    rows = region.con.to_pyarrow(region.rows).to_pandas()
    kept = rows[~rows["record_id"].isin(records) & rows["reporting_month"].isin(months)]
    plain = wb.standards.performance(kept)
    shared = rows[rows["record_id"].isin(records) & ~rows["copy"] & rows["included"]]
    ours = breakdown.performance_by(region, months, ALL, ["month", "provider"])
    extra = shared[shared["reporting_month"].isin(months)]["weight"].sum()
    assert ours["total"].sum() == plain["total"].sum() + extra
    assert np.allclose(ours["share"], ours["within"] / ours["total"])
    limits = wb.statistics.intervals.wilson(ours["within"], ours["total"])
    assert np.allclose(ours["lower"], limits.lower)


def test_quarters_and_trusts_add_up_to_the_whole(region: Waitlist) -> None:
    months = periods.months_up_to(AS_AT, 12)
    whole = breakdown.performance_by(region, months, ALL, []).set_index("standard")
    monthly = breakdown.performance_by(region, months, ALL, ["month", "provider"])
    quarters = breakdown.by_quarter(monthly, ["provider"])
    for part in (monthly, quarters):
        assert part.groupby("standard")["total"].sum().to_dict() == whole["total"].to_dict()
    assert set(quarters["provider"]) == set(TRUSTS)
    assert len(quarters) == 4 * len(TRUSTS) * len(ALL)


def test_targets_stand_beside_each_month(region: Waitlist) -> None:
    monthly = breakdown.performance_by(region, ["2024-12", "2025-03"], ALL, ["month"])
    held = monthly.drop_duplicates("standard").set_index("standard")["target"].to_dict()
    assert held == {"FDS": 0.75, "31D": 0.96, "62D": 0.85}


def test_order_of_rows_changes_nothing(tmp_path: Path, region: Waitlist) -> None:
    path = write_store(tmp_path, 4_000)
    table = pq.read_table(path)
    order = np.random.default_rng(5).permutation(len(table))
    pq.write_table(table.take(order), path)
    again = read_waitlist(path, as_at=AS_AT, dictionary=load())
    months = periods.months_up_to(AS_AT, 6)
    for by in (["month"], ["provider", "route"], ["tumour_group"]):
        pd.testing.assert_frame_equal(
            breakdown.performance_by(region, months, ALL, by),
            breakdown.performance_by(again, months, ALL, by),
        )


def test_a_later_day_of_the_data_is_not_seen(tmp_path: Path) -> None:
    found = waitlist(tmp_path, TREATED, as_at="2025-02-28")
    assert breakdown.performance_by(found, ["2025-02", "2025-03"], ["62D"], []).empty


@pytest.mark.parametrize("column", ["source", PATHWAY, "record_id"])
def test_a_store_that_cannot_say_whose_records_are_is_refused(tmp_path: Path, column: str) -> None:
    path = write_store(tmp_path, 50)
    table = pq.read_table(path)
    pq.write_table(table.drop_columns([column]), path)
    with pytest.raises(InputError) as told:
        read_waitlist(path, as_at=AS_AT, dictionary=load())
    assert column in str(told.value)


def test_rows_are_put_in_order_of_what_is_shown() -> None:
    exact = pd.DataFrame({"name": ["a", "b", "c"], "share": [0.9, 0.1, 0.5]})
    shown = exact.assign(share=[0.9, None, 0.5])
    assert breakdown.in_order(exact, shown)["name"].tolist() == ["c", "a", "b"]
    assert breakdown.in_order(exact, shown, highest=True)["name"].tolist() == ["a", "c", "b"]
