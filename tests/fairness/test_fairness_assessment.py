"""What an assessment promises: the same each time, gaps found, chance not called a gap."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from fairness_cases import rate, scored
from pandas.testing import assert_frame_equal

from workbench.errors import InputError, ParameterError
from workbench.fairness import METRICS, Assessment, assess

GROUPS = ["ethnicity", "sex", "imd_quintile"]
TABLES = ("metrics", "gaps", "spread", "bounds", "unknown", "smallest", "calibration", "cells",
          "observed")  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Assessment:
    return assess(
        scored(black=0.8), "outcome", groups=GROUPS, id="record_id", replicates=300,
        adjust_for=["provider"],
    )  # fmt: skip


def test_all_groups_pairs_and_the_triple_are_there(found: Assessment) -> None:
    assert list(dict.fromkeys(found.metrics["characteristic"])) == [
        "All", "ethnicity", "sex", "imd_quintile", "ethnicity x sex", "ethnicity x imd_quintile",
        "sex x imd_quintile", "ethnicity x sex x imd_quintile",
    ]  # fmt: skip
    assert list(found.metrics.loc[found.metrics["characteristic"] == "sex", "metric"].unique()) == [
        *METRICS
    ]
    assert "Black x 2 x 5" in set(found.cells["group"])


def test_order_of_rows_changes_no_figure(found: Assessment) -> None:
    mixed = scored(black=0.8).sample(frac=1, random_state=3)
    again = assess(
        mixed, "outcome", groups=GROUPS, id="record_id", replicates=300, adjust_for=["provider"]
    )
    for name in TABLES:
        assert_frame_equal(getattr(again, name), getattr(found, name), check_exact=True)


def test_order_of_rows_settles_no_tie_where_there_is_no_id() -> None:
    frame = scored(2_000).round({"risk": 1})
    one = assess(frame, "outcome", groups=["ethnicity"], metrics=["fnr"], replicates=20)
    other = assess(
        frame.sample(frac=1, random_state=5), "outcome", groups=["ethnicity"], metrics=["fnr"],
        replicates=20,
    )  # fmt: skip
    assert_frame_equal(one.metrics, other.metrics, check_exact=True)
    assert one.facts["flagged"] == 400


def test_arrays_say_the_same_as_a_frame(found: Assessment) -> None:
    frame = scored(black=0.8)
    one = assess(frame, "outcome", groups=["sex"], metrics=["fnr"], replicates=50)
    other = assess(
        frame["risk"].to_numpy(), frame["outcome"].to_numpy(), groups=frame[["sex"]],
        metrics=["fnr"], replicates=50,
    )  # fmt: skip
    assert_frame_equal(one.gaps, other.gaps)


def test_capacity_flags_no_more_than_its_share_and_settles_ties_by_id() -> None:
    frame = pd.DataFrame(
        {"risk": [0.5] * 10, "outcome": [1, 0] * 5, "sex": ["1"] * 5 + ["2"] * 5,
         "id": [f"{9 - place}" for place in range(10)]}
    )  # fmt: skip
    found = assess(
        frame, "outcome", groups=["sex"], capacity=0.29, id="id", metrics=["selection_rate"],
        replicates=0,
    )  # fmt: skip
    assert found.facts["flagged"] == 2  # 2.9 cases: the ids 0 and 1, of sex 2
    assert rate(found.metrics, "2", "selection_rate", "raw") == 0.4
    assert rate(found.metrics, "1", "selection_rate", "raw") == 0.0


def test_a_planted_gap_is_found_and_told_apart_from_the_services_own(found: Assessment) -> None:
    gaps = found.gaps[found.gaps["group"] == "Black"].set_index("metric")
    assert gaps.loc["observed_expected", "q"] < 0.001
    assert gaps.loc["observed_expected", "difference"] > 0.3
    observed = found.observed.set_index("group").loc["Black"]
    assert observed["lower"] > 0.05
    assert observed["q"] < 0.001
    assert abs(observed["standardised"] - observed["crude"]) < 0.01  # Trusts were drawn by lot


def test_without_a_gap_alarms_are_rare() -> None:
    alarms, largest, sets = 0, 0, 50
    for seed in range(sets):
        found = assess(
            scored(1_500, 100 + seed), "outcome", groups=["ethnicity", "sex"], replicates=150,
            metrics=["fnr", "selection_rate", "fpr"], seed=seed,
        )  # fmt: skip
        alarms += bool((found.gaps["q"] < 0.05).any())
        largest += bool(found.spread["p"].iloc[0] < 0.05)
    assert alarms <= 7  # of 50 sets 2 or 3 are expected: 8 or more would be 1 chance in 200
    assert largest <= 8


def test_intervals_hold_a_planted_gap_as_often_as_they_say() -> None:
    population = assess(
        scored(600_000, 9, black=0.8), "outcome", groups=["ethnicity"], metrics=["fnr", "fpr"],
        replicates=0,
    ).gaps  # fmt: skip
    truth = population.set_index(["group", "metric"])["difference"]
    held = []
    for seed in range(100):
        gaps = assess(
            scored(1_200, 1_000 + seed, black=0.8), "outcome", groups=["ethnicity"],
            metrics=["fnr", "fpr"], replicates=300, seed=seed,
        ).gaps.set_index(["group", "metric"])  # fmt: skip
        held += list((gaps["lower"] <= truth) & (truth <= gaps["upper"]))
    assert 0.925 <= np.mean(held) <= 0.975


def test_a_group_of_few_keeps_its_row_and_is_not_judged() -> None:
    frame = scored(2_000, 11)
    frame.loc[:24, "ethnicity"] = "Arab"
    frame.loc[:24, "outcome"] = [1] * 8 + [0] * 17
    frame.loc[:24, "risk"] = 0.01  # all of whom are missed
    found = assess(frame, "outcome", groups=["ethnicity"], metrics=["fnr"])
    row = found.metrics[found.metrics["group"] == "Arab"].iloc[0]
    assert row["status"] == "insufficient"
    assert row["raw"] == 1.0
    assert 0.5 < row["estimate"] < 1.0
    assert row["lower"] < row["estimate"] < row["upper"]
    gap = found.gaps[found.gaps["group"] == "Arab"].iloc[0]
    assert gap["upper"] - gap["lower"] > 0.1  # 8 of 8 missed is not certainty
    assert np.isnan(gap["p"])
    assert np.isnan(gap["q"])


def test_a_group_without_events_has_no_rate_of_them() -> None:
    frame = scored(1_000, 12)
    frame.loc[:19, ["ethnicity", "outcome"]] = ["Arab", 0]
    table = assess(frame, "outcome", groups=["ethnicity"], replicates=50).metrics
    row = table[(table["group"] == "Arab") & (table["metric"] == "fnr")].iloc[0]
    assert (row["status"], row["n"], row["events"]) == ("none", 20, 0)
    assert np.isnan(row["estimate"])


def test_clusters_widen_intervals_where_rows_repeat_people() -> None:
    frame = scored(1_500, 13)
    thrice = pd.concat([frame.assign(person=range(1_500))] * 3, ignore_index=True)
    kept = {"groups": ["ethnicity"], "capacity": None, "threshold": 0.5, "replicates": 400}
    once = assess(frame, "outcome", **kept)
    naive = assess(thrice, "outcome", **kept)
    held = assess(thrice, "outcome", cluster="person", **kept)
    for metric in ("fnr", "auc", "brier", "observed_expected", "calibration_slope"):
        width = {
            name: rate(one.metrics, "Black", metric, "upper")
            - rate(one.metrics, "Black", metric, "lower")
            for name, one in (("once", once), ("naive", naive), ("held", held))
        }
        assert width["naive"] < 0.75 * width["once"]
        assert width["held"] == pytest.approx(width["once"], rel=0.2)
    null = {name: one.spread.set_index("metric").loc["fnr", "null_95"]
            for name, one in (("once", once), ("naive", naive), ("held", held))}  # fmt: skip
    assert null["held"] == pytest.approx(null["once"], rel=0.15)
    assert null["naive"] < 0.75 * null["once"]


def test_scores_that_are_no_risks_are_ranked_only() -> None:
    frame = scored(800, 14).assign(risk=lambda one: one["risk"] * 100)
    found = assess(frame, "outcome", groups=["sex"], replicates=20)
    assert set(found.metrics["metric"]) == {"fnr", "selection_rate", "precision", "fpr", "auc"}
    assert found.calibration.empty


def test_every_fault_is_told_and_no_value() -> None:
    frame = scored(50)
    frame.loc[:2, "outcome"] = 7
    frame["risk"] = frame["risk"].astype(object)
    frame.loc[3:4, "risk"] = None
    with pytest.raises(InputError) as told:
        assess(frame, "outcome", groups=["sex"])
    assert "neither 0 nor 1 in 3 rows" in str(told.value)
    assert "risk is missing in 2 rows" in str(told.value)
    with pytest.raises(ParameterError, match=re.escape("no column 'gender'")):
        assess(scored(50), "outcome", groups=["gender", "age"])
    with pytest.raises(ParameterError, match="identifier"):
        assess(scored(900), "outcome", groups=["record_id"])
    with pytest.raises(ParameterError, match="capacity"):
        assess(scored(50), "outcome", groups=["sex"], capacity=None)
    with pytest.raises(ParameterError, match="stands for everyone"):
        assess(scored(50).rename(columns={"sex": "All"}), "outcome", groups=["All"])


def test_many_looks_at_few_people_are_few() -> None:
    """Five patients seen eight times each are five patients."""
    frame = scored(2_400, 21).assign(person=lambda one: one.index // 8)
    frame.loc[:39, ["ethnicity", "outcome"]] = ["Arab", 1]
    found = assess(frame, "outcome", groups=["ethnicity"], cluster="person", replicates=60)
    row = found.metrics[(found.metrics["group"] == "Arab") & (found.metrics["metric"] == "fnr")]
    told = row.iloc[0]
    assert (told["n"], told["people"], told["people_events"]) == (40, 5, 5)
    assert told["status"] == "insufficient"
    assert np.isnan(rate(found.gaps, "Arab", "fnr", "p"))
    naive = assess(frame, "outcome", groups=["ethnicity"], metrics=["fnr"], replicates=60)
    assert rate(naive.metrics, "Arab", "fnr", "people") == 40


def test_the_services_crude_gap_allows_for_people_with_many_rows() -> None:
    frame = scored(1_200, 22)
    eight = pd.concat([frame.assign(person=range(1_200))] * 8, ignore_index=True)
    once = assess(frame, "outcome", groups=["ethnicity"], metrics=["fnr"], replicates=0)
    held = assess(
        eight, "outcome", groups=["ethnicity"], metrics=["fnr"], replicates=0, cluster="person"
    )
    for one, other in zip(once.observed.itertuples(), held.observed.itertuples(), strict=True):
        width = one.crude_upper - one.crude_lower
        assert other.crude_upper - other.crude_lower == pytest.approx(width, rel=0.1)
        assert other.crude == pytest.approx(one.crude)


def test_a_cell_without_events_is_given_no_rate_of_them() -> None:
    frame = scored(900, 23)
    frame.loc[(frame["ethnicity"] == "Asian") & (frame["sex"] == "2"), "outcome"] = 0
    cells = assess(
        frame, "outcome", groups=["ethnicity", "sex"], metrics=["fnr"], replicates=0
    ).cells.set_index("group")
    assert cells.loc["Asian x 2", "status"] == "none"
    assert cells.loc["Asian x 2", ["estimate", "lower", "upper"]].isna().all()
    assert cells.loc["Asian x 1", "estimate"] > 0
