"""The planted truth: exact where it says so, recovered by regression, apart from analysis."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_regression import recovered
from scipy.stats import kstest

import workbench
from workbench.demo.cohort import daily_hazard, still_waiting
from workbench.demo.cohort.effects import groups
from workbench.demo.cohort.hazards import LONGEST, STANDARD_DAYS, steps
from workbench.demo.cohort.held import REFERRING
from workbench.demo.cohort.items import PATHWAY
from workbench.demo.cohort.population import ETHNIC_GROUPS
from workbench.demo.cohort.proms import draw_proms
from workbench.demo.cohort.registrations import ERROR_RATES

HAS_HAZARD = ["62D", "FDS", "31D"]


def with_hazard(clocks: pd.DataFrame, standard: str, count: int) -> pd.DataFrame:
    rows = clocks[(clocks["standard"] == standard) & clocks["frailty"].notna()]
    return rows.head(count).reset_index(drop=True)


def test_steps_sum_to_one_by_the_standards_day():
    for standard, last in STANDARD_DAYS.items():
        for shape in (1.5, 3.0, 5.0):
            assert steps(standard, shape)[: last + 1].sum() == pytest.approx(1)


@pytest.mark.parametrize("standard", HAS_HAZARD)
def test_daily_hazards_multiply_to_the_chance_of_still_waiting(true_clocks, standard):
    rows = with_hazard(true_clocks, standard, 300)
    day = STANDARD_DAYS[standard]
    survived = np.prod([1 - daily_hazard(rows, d) for d in range(8, day + 1)], axis=0)
    direct = still_waiting(rows, day, given=7, frailty_known=True)
    assert survived == pytest.approx(direct, rel=1e-9)


def test_frailty_integrated_out_gives_the_mean_over_those_who_still_wait(true_clocks):
    rows = with_hazard(true_clocks, "62D", 5)
    frailty = np.random.default_rng(3).exponential(size=200_000)
    for place in range(len(rows)):
        many = pd.concat([rows.iloc[[place]]] * 2, ignore_index=True)
        odds = -np.log(still_waiting(many.assign(frailty=1.0), 28, frailty_known=True)[0])
        later = -np.log(still_waiting(many.assign(frailty=1.0), 62, frailty_known=True)[0])
        drawn = np.exp(-frailty * later).mean() / np.exp(-frailty * odds).mean()
        assert still_waiting(many, 62, given=28)[0] == pytest.approx(drawn, abs=0.01)


@pytest.mark.parametrize("standard", HAS_HAZARD)
def test_waits_are_draws_from_their_hazards(true_clocks, standard):
    """The chance of a wait so long, given frailty, is uniform but for whole days."""
    rows = with_hazard(true_clocks, standard, 4_000)
    rows = rows[rows["wait_days"].between(1, LONGEST[standard])].reset_index(drop=True)
    late, early = np.empty(len(rows)), np.empty(len(rows))
    for day, here in rows.groupby("wait_days"):
        late[here.index] = still_waiting(here, int(day), frailty_known=True)
        early[here.index] = still_waiting(here, int(day) - 1, frailty_known=True)
    within = np.random.default_rng(5).random(len(rows))
    assert kstest(late + within * (early - late), "uniform").pvalue > 0.001


def test_clocks_without_a_closed_form_say_so(true_clocks):
    first = (true_clocks["standard"] == "31D") & (true_clocks["treatment_stage"] == "first")
    found = (true_clocks["standard"] == "FDS") & true_clocks["cancer_found"]
    assert (true_clocks["frailty"].isna() == (first | found)).all()


def test_every_effect_stands_on_every_scale(planted):
    scales = {
        "odds_ratio", "time_ratio", "risk_difference_standardised", "risk_difference_crude",
    }  # fmt: skip
    expected = 3 * len(scales) * sum(len(labels) - 1 for labels in groups().values())
    assert len(planted) == expected
    assert set(planted["scale"]) == scales
    kept = planted[planted["scale"] != "risk_difference_crude"]
    assert kept["value"].notna().all()
    wide = kept.pivot_table(
        index=["standard", "characteristic", "group"], columns="scale", values="value"
    )
    assert ((wide["odds_ratio"] < 1) == (wide["time_ratio"] > 1)).all()
    assert ((wide["odds_ratio"] < 1) == (wide["risk_difference_standardised"] < 0)).all()


def test_worst_served_wait_five_to_ten_percent_longer(planted):
    ratio = planted[(planted["standard"] == "62D") & (planted["scale"] == "time_ratio")]
    assert 1.04 < ratio["value"].max() < 1.10


def test_regression_on_the_true_waits_recovers_every_effect(true_clocks, planted):
    table = recovered(true_clocks, planted)
    assert len(table) > 150
    assert (table["z"].abs() < 4).all(), table.loc[table["z"].abs() >= 4]
    assert (table["z"].abs() < 1.96).mean() > 0.85


def test_identifier_errors_come_at_the_rates_of_their_group(region):
    registered = region.registered
    group = region.persons.people.group("ethnic_group")[registered.person]
    for error, happened in registered.errors.items():
        if error == "family_name_of_before":
            continue
        for place, name in enumerate(ETHNIC_GROUPS):
            here, rate = group == place, ERROR_RATES.loc[name, error]
            spread = np.sqrt(rate * (1 - rate) / here.sum())
            assert abs(happened[here].mean() - rate) < 4.5 * spread, (error, name)


def test_records_of_one_pathway_and_of_one_person_are_told(small_region):
    truth = small_region.folder / "truth"
    records = pd.read_parquet(truth / "pathways.parquet")
    persons = pd.read_parquet(truth / "persons.parquet")
    assert set(records["person_id"]) == set(persons["person_id"])
    pairs = records[["pathway_id", "person_id"]].drop_duplicates()
    assert pairs["pathway_id"].is_unique
    held = records[["pathway_id", "source"]].drop_duplicates()["pathway_id"].value_counts()
    assert (held > 1).sum() == small_region.shared
    assert (records["role"] == "duplicate").sum() > 5
    assert persons["person_id"].nunique() < records["pathway_id"].nunique()


def test_twins_share_family_name_birth_date_and_home_only(region):
    persons = region.persons
    second = np.flatnonzero(persons.twin >= 0)
    other = persons.twin[second]
    assert len(second) > 100
    assert (persons.family[second] == persons.family[other]).all()
    assert (persons.born[second] == persons.born[other]).all()
    assert (persons.postcode[second] == persons.postcode[other]).all()
    assert (persons.nhs_number[second] != persons.nhs_number[other]).all()


def test_second_primaries_are_of_another_tumour_group(region):
    cancer = np.flatnonzero(region.referrals.cancer)
    held = pd.DataFrame(
        {"person": region.person[cancer], "tumour": region.referrals.tumour[cancer]}
    )
    counts = held.groupby("person")["tumour"].agg(["size", "nunique"])
    several = counts[counts["size"] > 1]
    assert len(several) > 50
    assert (several["nunique"] > 1).all()


def test_who_answers_depends_on_the_group(region):
    random = np.random.default_rng(1)
    answers = draw_proms(
        region.referrals, region.journeys, region.waits, region.records, region.as_at, random
    )
    heard = np.isin(region.records.columns[PATHWAY], answers[PATHWAY])
    people = region.referrals.people.taken(region.records.referral)
    found = (region.records.role == REFERRING) & region.referrals.cancer[region.records.referral]
    found &= region.journeys.transferred[region.records.referral] > region.as_at
    white = people.group("ethnic_group") == 0
    poor, rich = people.quintile == 1, people.quintile == 5
    assert heard[found & white].mean() > heard[found & ~white].mean() + 0.08
    assert heard[found & rich].mean() > heard[found & poor].mean() + 0.03


def test_no_analysis_reads_the_truth_or_the_demo():
    source = Path(workbench.__file__).parent
    for path in source.rglob("*.py"):
        if "demo" in path.relative_to(source).parts or path.parent.name == "cli":
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"demo\.cohort|\btruth/|hazards\.parquet", text), path
