"""Completeness, validity, scores, faults, heaps, repeats and lateness, against plain counts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from quality_made import made_of
from quality_store import (
    EXTRACT,
    REFERRED,
    TREATED,
    demographics,
    faults,
    ingest_facts,
    records,
)

from workbench import quality
from workbench.dictionary.quality import index


def item(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["item"] == name].reset_index(drop=True)


def test_blank_cells_are_not_complete(made: Any) -> None:
    table = item(quality.completeness(made.marks, made.plan, "trust"), "Day referral received")
    by_hand = made.records[REFERRED].notna().groupby(made.records["source"]).agg(["size", "sum"])
    assert table["records"].tolist() == by_hand["size"].tolist()
    assert table["complete"].tolist() == by_hand["sum"].tolist()
    assert (table["complete"] < table["records"]).all()


def test_an_item_counts_only_where_it_applies(made: Any) -> None:
    table = item(quality.completeness(made.marks, made.plan, "trust"), "Diagnosis")
    treated = made.records[TREATED].notna().groupby(made.records["source"]).sum()
    assert table["records"].tolist() == treated.tolist()


def test_faults_noted_on_arrival_make_a_cell_invalid(made: Any) -> None:
    table = item(quality.completeness(made.marks, made.plan, "trust"), "Source of referral")
    assert (table["complete"] - table["valid"]).sum() == len(made.records.iloc[::50])


def test_a_number_that_is_no_nhs_number_is_invalid(made: Any) -> None:
    table = item(quality.completeness(made.marks, made.plan, "trust"), "NHS number")
    assert table["valid"].sum() == made.records["nhs_number_usable"].sum()
    assert (table["complete"] == table["records"]).all()


def test_default_codes_are_valid_but_of_no_use(made: Any) -> None:
    table = item(quality.completeness(made.marks, made.plan, "trust"), "Ethnic category")
    category = made.people["ethnic_category"]
    assert table["complete"].sum() == category.notna().sum()
    assert table["defaults"].sum() == category.isin(["Z", "99"]).sum()
    assert (table["valid"] - table["defaults"]).tolist() == table["useful"].tolist()


def test_score_is_mean_of_items_times_coverage(made: Any) -> None:
    items = quality.completeness(made.marks, made.plan, "trust")
    months = quality.months_sent(made.cohort)
    scores = quality.scores(items, months, made.plan).set_index("trust")
    own = items[(items["trust"] == "RBB") & (items["records"] > 0)]
    excess = own["item"].eq("Ethnic category") * own["defaults"]  # threshold nought
    by_hand = index(((own["valid"] - excess) / own["records"]).tolist(), [1.0])
    assert scores.loc["RBB", "score"] == pytest.approx(by_hand)
    assert scores["score"].idxmin() == "RBB"


def test_a_trust_that_sends_half_of_the_months_scores_half() -> None:
    own = records()
    half = own[(own["source"] != "RAA") | (own[REFERRED] < "2024-10-01")].reset_index(drop=True)
    made = made_of(half, demographics(half), faults(half))
    months = quality.months_sent(made.cohort).set_index("trust")
    assert months.loc["RAA", ["months_sent", "months_expected"]].tolist() == [6, 12]
    items = quality.completeness(made.marks, made.plan, "trust")
    scores = quality.scores(items, months.reset_index(), made.plan).set_index("trust")
    assert scores.loc["RAA", "score"] == pytest.approx(scores.loc["RAA", "items"] / 2)
    assert scores.loc["RBB", "coverage"] == 100


def test_a_few_mistyped_years_are_no_months() -> None:
    own = records()
    own.loc[:4, REFERRED] = pd.Timestamp("1990-01-01")
    made = made_of(own, demographics(own), faults(own))
    assert quality.months_sent(made.cohort)["months_expected"].tolist() == [12, 12, 12]


def test_a_record_with_two_faults_is_one_record(made: Any) -> None:
    table = quality.faulty(made.cohort, made.told, ("validity", "consistency"), "trust")
    at_fault = set(range(0, len(made.records), 50)) | set(range(0, len(made.records), 80))
    assert table["at_fault"].sum() == len(at_fault)


def test_commonest_faults_come_first(made: Any) -> None:
    table = quality.commonest(made.cohort, made.told)
    first = table.groupby("trust").head(1)
    assert set(first["rule"]) == {"source_of_referral_for_out_patients.code"}
    assert not table["title"].str.endswith(".").any()


def test_five_dimensions_cover_every_group(made: Any) -> None:
    table = quality.five_dimensions(made.cohort, made.marks, made.told, made.plan)
    assert set(table["characteristic"]) == set(quality.GROUPS.values())
    assert (table.groupby("characteristic")["records"].sum() == len(made.records)).all()
    for part, whole in (("complete", "cells"), ("valid", "complete"), ("unique", "comparable")):
        assert (table[part] <= table[whole]).all()
    trusts = table[table["characteristic"] == "Trust"]
    assert (trusts["records"] - trusts["plausible"]).sum() == len(made.records.iloc[::80])


def test_repeats_are_found_under_another_pathway_name() -> None:
    own = records(600)
    usable = own[own["nhs_number_usable"] & own[REFERRED].notna()]
    again = usable.head(30).assign(
        record_id=lambda frame: "x" + frame["record_id"],
        patient_pathway_identifier_pseudonym=lambda frame: "z" + frame["record_id"],
    )
    both = pd.concat([own, again], ignore_index=True)
    made = made_of(both, demographics(both), faults(both))
    assert quality.duplicates(made.cohort, "trust")["repeats"].sum() == 30


def test_heaped_dates_are_counted() -> None:
    own = records(900)
    own.loc[own["source"] == "RCC", "date_first_seen"] = pd.Timestamp("2024-08-01")
    made = made_of(own, demographics(own), faults(own))
    table = quality.first_of_month(made.cohort, made.plan)
    seen = table[table["date"] == "Day first seen"].set_index("trust")
    assert seen.loc["RCC", "on_first"] == seen.loc["RCC", "dates"] == 300
    assert seen.loc["RAA", "on_first"] / seen.loc["RAA", "dates"] < 0.1


def test_lateness_counts_from_the_newest_extract() -> None:
    own = records(600)
    own.loc[own["source"] == "RAA", "extract_date"] = EXTRACT - pd.Timedelta(days=40)
    made = made_of(own, demographics(own), faults(own))
    table = quality.lateness(made.cohort, made.plan).set_index("trust")
    assert table["extract_days"].tolist() == [40, 0, 0]
    assert (table["event_days"] >= 0).all()


def test_rows_taken_in_add_up(made: Any) -> None:
    table = quality.taken_in(ingest_facts(made.records))
    assert (table["rows_read"] == table["accepted"] + table["quarantined"]).all()
    assert table["refused"].tolist() == [0, 0, 0]


def test_conflicts_are_those_that_intake_noted(made: Any) -> None:
    table = quality.conflicts(made.cohort, "ethnicity")
    assert table["in_conflict"].sum() == made.people["ethnic_category_conflict"].sum()
    assert table["records"].sum() == len(made.people)
    people = quality.people_in_conflict(ingest_facts(made.records))
    assert people["characteristic"].tolist() == ["Ethnic category"]
