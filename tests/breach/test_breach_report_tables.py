"""Tables of the report on a model: what is counted, in whose words, and whether it adds up."""

from __future__ import annotations

import pandas as pd
import pytest
from report_maker import held, measures, tables

from workbench.breach import report


def test_the_flow_accounts_for_every_record_and_look() -> None:
    table = report.cohort(held()).set_index("step")["count"]
    kinds = report.cohort(held()).groupby("kind")["count"].apply(list).to_dict()
    assert table["Records that the Trusts sent"] == 9000
    assert table["no wait under this standard"] == 8000 - 7500
    assert table["too recent to know how they end"] == 2000
    assert sum(kinds["part"]) + table.filter(like="known too late").sum() == 28_000
    assert kinds["of these"] == [300, 2800]


def test_a_flow_of_which_less_is_known_has_fewer_steps() -> None:
    few = {"cohort_flow": tables()["cohort_flow"].iloc[[4, 6]], "counts": tables()["counts"][:1]}
    assert report.cohort(held(few))["count"].tolist() == [30_000, 28_000]


def test_a_pathway_with_two_waits_is_not_told_as_left_out() -> None:
    flow = tables()["cohort_flow"].replace({7500: 8100})
    assert "left out" in report.cohort(held())["kind"].tolist()
    steps = report.cohort(held({"cohort_flow": flow}))["step"]
    assert not steps.str.startswith("no wait").any()


@pytest.mark.parametrize(
    ("standard", "days", "target", "words"),
    [
        ("62D", 62, "open", "still open after day 62"),
        ("62D", 62, "late", "treated later than day 62"),
        ("FDS", 28, "late", "told later than day 28"),
    ],
)
def test_what_late_means_is_told_by_standard_and_target(
    standard: str, days: int, target: str, words: str
) -> None:
    one = held(standard=standard, standard_days=days, target=target)
    assert words in report.cohort(one)["step"].tolist()


def test_ratios_are_told_as_late_waits_for_each_100_predicted() -> None:
    days = report.by_landmark(held({"measures": measures(1.07)}))
    assert days["day"].tolist() == ["Day 0", "Day 28", "Day 56", "All days"]
    assert (days["per_100"] == 107).all()
    assert (days["auc"] == 80).all()
    assert days.loc[3, ["looks", "patients", "late"]].tolist() == [6000, 3000, 600]


def test_a_rule_that_only_ranks_has_no_level() -> None:
    models = report.compared(held()).set_index("model")
    assert next(iter(models.index)) == "Boosted trees"
    assert models.loc["Longest waiter first", "auc"] == 72
    assert models.loc["Longest waiter first", ["per_100", "brier", "slope"]].isna().all()
    assert "Boosted trees, with protected characteristics" in models.index


def test_a_model_that_was_told_protected_characteristics_is_named_so() -> None:
    said = measures().replace(
        {"boosting, with protected characteristics": "boosting, without protected characteristics"}
    )
    models = report.compared(held({"measures": said}, protected=True))["model"].tolist()
    assert models[0] == "Boosted trees, with protected characteristics"
    assert "Boosted trees, without protected characteristics" in models
    assert "Longest waiter first" in models


def test_each_site_left_out_has_its_row() -> None:
    sites = report.by_site(held()).set_index("provider")["per_100"]
    assert sites.to_dict() == {"ZZ1": 130.0, "ZZ2": 99.0}
    none = measures()[lambda t: t["split"] == "time"]
    assert report.by_site(held({"measures": none})).empty


def test_reviewing_all_is_not_drawn_where_it_loses() -> None:
    table = report.benefit(held())
    assert table["threshold"].unique().tolist() == ["10", "20"]
    every = table[table["rule"] == "Review all"]["benefit"]
    assert every.tolist()[0] == 4.0
    assert every.isna().tolist() == [False, True]


def test_waits_are_told_as_people_of_all_clocks_once_a_week_and_on_the_day() -> None:
    table = report.waits(held())
    own = table[table["what"] == "Still waiting"].set_index("day")["people"]
    assert {"0", "7", "62", "182"} <= set(own.index)
    assert own["0"] == 7500
    on_the_day = table[table["day"] == "62"]["people"].sum()
    assert on_the_day == pytest.approx(7500, abs=2)
    told = report.waits(held(standard="FDS", standard_days=28))
    assert set(told["what"]) == {"Still waiting", "Told"}  # by the 28-day clock nothing else ends
    assert told[told["day"] == "28"]["people"].sum() == pytest.approx(7500, abs=2)


def test_learning_and_the_second_way_are_empty_where_they_were_not_tried() -> None:
    learnt = report.learning(held())
    assert learnt["share"].tolist() == ["20%", "40%", "100%"]
    assert learnt["patients"].tolist() == [600, 1200, 3000]
    assert learnt["auc"].tolist() == [77, 79, 80]
    second = report.hazard(held()).set_index("day")
    assert second.loc["Day 28", ["per_100", "second", "apart", "agreement"]].tolist() == [
        100, 110, 3, 0.9,
    ]  # fmt: skip
    bare = held({"learning": pd.DataFrame(), "hazard": pd.DataFrame()})
    assert report.learning(bare).empty
    assert report.hazard(bare).empty


def test_what_agrees_passes_and_what_does_not_is_told() -> None:
    assert report.agreement(held())["passed"].all()
    drift = tables()["drift"].assign(observed=[400.0, 199.0])
    wrong = report.agreement(held({"drift": drift}))
    assert (~wrong["passed"]).sum() == 1
    assert "months" in wrong[~wrong["passed"]]["check"].iloc[0]
    left = tables()["waiting"].assign(left=0.0)
    assert not report.agreement(held({"waiting": left}))["passed"].all()


def test_a_month_without_a_late_wait_is_no_proof_of_a_wrong_level() -> None:
    drift = tables()["drift"].assign(observed=[0.0, 200.0], lower=[0.0, 0.8], upper=[0.0, 1.1])
    drift["observed_expected"] = [0.0, 0.95]
    months = report.by_month(held({"drift": drift}))
    assert months.loc[0, ["per_100", "lower", "upper"]].isna().all()
    assert months.loc[1, "per_100"] == 95


def test_statistics_are_told_from_counts_and_names_even_in_an_empty_table() -> None:
    sites = report.by_site(held())
    told = ["per_100", "lower", "upper", "auc", "auc_lower", "auc_upper"]
    assert report.others(sites.assign(trust="A Trust")) == told
    assert report.others(sites.iloc[:0].assign(trust=[])) == told
