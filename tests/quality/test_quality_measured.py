"""Which waits can be measured, and what each gap costs, against a plain count by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from quality_store import (
    DECIDED,
    DIAGNOSIS,
    EVENT,
    OUTCOME,
    REFERRED,
    SEEN_AT,
    TOLD,
    TOLD_AT,
    TREATED,
    TREATED_AT,
)

from workbench import quality

NEEDS = {
    "FDS": {
        "Day referral received": REFERRED,
        "Day told the outcome": TOLD,
        "Outcome told": OUTCOME,
        "Where told the outcome": TOLD_AT,
    },
    "31D": {
        "Decision to treat": DECIDED,
        "Day treatment started": TREATED,
        "Kind of treatment event": EVENT,
        "Where treated": TREATED_AT,
    },
    "62D": {
        "Day referral received": REFERRED,
        "Decision to treat": DECIDED,
        "Day treatment started": TREATED,
        "Kind of treatment event": EVENT,
        "Diagnosis": DIAGNOSIS,
        "Where treated": TREATED_AT,
        "Where first seen": SEEN_AT,
    },
}


def belonging(records: pd.DataFrame, standard: str) -> pd.DataFrame:
    evidence = records[TOLD] if standard == "FDS" else records[TREATED]
    return records[evidence.notna()]


def lacking(records: pd.DataFrame, standard: str) -> pd.DataFrame:
    """Which needed items each wait lacks, by item."""
    own = belonging(records, standard)
    return pd.DataFrame({item: own[column].isna() for item, column in NEEDS[standard].items()})


@pytest.mark.parametrize("standard", ["FDS", "31D", "62D"])
def test_lost_waits_are_those_that_lack_an_item(made: Any, standard: str) -> None:
    table = quality.of_standard(quality.measured(made.ended, made.plan, "trust"), standard)
    own = belonging(made.records, standard)
    by_hand = (
        lacking(made.records, standard).any(axis=1).groupby(own["source"]).agg(["size", "sum"])
    )
    assert table["waits"].tolist() == by_hand["size"].tolist()
    assert table["missing"].tolist() == by_hand["sum"].tolist()
    assert by_hand["sum"].gt(0).all()


def test_dates_that_run_backwards_are_told_apart_from_gaps(made: Any) -> None:
    table = quality.of_standard(quality.measured(made.ended, made.plan, "region"), "62D")
    own = belonging(made.records, "62D")
    whole = own[~lacking(made.records, "62D").any(axis=1)]
    backwards = int((whole[TREATED] < whole[REFERRED]).sum())
    assert backwards > 0
    assert table["wrong_dates"].tolist() == [backwards]
    assert table["other"].tolist() == [0]


@pytest.mark.parametrize("by", ["trust", "ethnicity", "sex", "deprivation"])
def test_groups_add_up_to_the_region(made: Any, by: str) -> None:
    counts = ["waits", "measured", "lost", "missing", "wrong_dates", "other"]
    groups = quality.measured(made.ended, made.plan, by).groupby("standard")[counts].sum()
    region = quality.measured(made.ended, made.plan, "region").set_index("standard")[counts]
    assert groups.sort_index().equals(region.sort_index())


@pytest.mark.parametrize("standard", ["FDS", "31D", "62D"])
def test_gaps_are_counted_by_item_and_alone(made: Any, standard: str) -> None:
    table = quality.of_standard(quality.gaps(made.ended, made.plan, "trust"), standard)
    flags = lacking(made.records, standard)
    trust = belonging(made.records, standard)["source"]
    for item in NEEDS[standard]:
        alone = flags[item] & (flags.sum(axis=1) == 1)
        own = table[table["item"] == item]
        assert own["missing"].tolist() == flags[item].groupby(trust).sum().tolist()
        assert own["only"].tolist() == alone.groupby(trust).sum().tolist()


def test_agreement_with_the_standards_engine_holds(made: Any) -> None:
    checks = quality.agreement(made.cohort, made.waits, made.ended, made.plan)
    assert checks["passed"].all()
    assert len(checks) == 8


def test_agreement_fails_where_a_counted_wait_is_lost(made: Any) -> None:
    fewer = made.ended.filter(made.ended.record_id != "r0000004")
    assert not quality.agreement(made.cohort, made.waits, fewer, made.plan)["passed"].all()


def test_mending_one_item_wins_back_what_is_ranked(made: Any) -> None:
    """Fill the item in the records themselves, and count what becomes measurable."""
    from quality_made import made_of
    from quality_store import faults

    ranked = quality.mend_first(made.ended, made.cohort, made.plan)
    told = ranked[(ranked["trust"] == "RBB") & (ranked["item"] == "Diagnosis")].iloc[0]
    mended = made.records.copy()
    treated = mended[TREATED].notna() & (mended["source"] == "RBB")
    mended.loc[treated, DIAGNOSIS] = mended.loc[treated, DIAGNOSIS].fillna("C187")
    after = made_of(mended, made.people, faults(mended))
    before = quality.of_standard(quality.measured(made.ended, made.plan, "trust"), "62D")
    now = quality.of_standard(quality.measured(after.ended, after.plan, "trust"), "62D")
    won = (now["measured"] + now["wrong_dates"] - before["measured"] - before["wrong_dates"]).sum()
    assert told["for_standards"] == won > 0


def test_mending_is_ranked_within_each_trust(made: Any) -> None:
    ranked = quality.mend_first(made.ended, made.cohort, made.plan)
    assert set(ranked["trust"]) == {"RAA", "RBB", "RCC"}
    for _, own in ranked.groupby("trust"):
        assert own["gained"].is_monotonic_decreasing
        assert (own["gained"] <= own["records"]).all()
    assert (ranked["gained"] <= ranked["for_standards"] + ranked["for_equity"]).all()


def test_every_measured_wait_is_in_one_state_of_each_characteristic(made: Any) -> None:
    table = quality.usable(made.ended, made.plan, "trust")
    states = table[["known", "declined", "unsent", "unmatched"]].sum(axis=1)
    assert states.tolist() == table["measured"].tolist()
    assert table.groupby("characteristic")["known"].sum().gt(0).all()


def test_ethnicity_tells_declined_from_not_sent(made: Any) -> None:
    table = quality.usable(made.ended, made.plan, "region")
    own = table[(table["standard"] == "FDS") & (table["characteristic"] == "Ethnic group")].iloc[0]
    whole = belonging(made.records, "FDS")
    whole = whole[~lacking(made.records, "FDS").any(axis=1)]
    key = "patient_pathway_identifier_pseudonym"
    category = whole[key].map(made.people.set_index(key)["ethnic_category"])
    assert own["measured"] == len(whole)
    assert own["declined"] == (category == "Z").sum()
    assert own["known"] == category.isin(["A", "H", "M"]).sum()


def test_deprivation_needs_an_index(made: Any) -> None:
    from workbench import dictionary
    from workbench.quality import cohort_of, ended_waits

    columns = [n for n in made.cohort.columns if n in made.records.columns]
    bare = cohort_of(made.cohort.select(*columns), made.con.table("d"), dictionary.load(), None)
    ended = ended_waits(bare, made.waits, made.plan)
    table = quality.usable(ended, made.plan, "region")
    own = table[table["characteristic"] == "Deprivation of area"]
    assert (own["known"] == 0).all()
    assert (own["unmatched"] > 0).all()
