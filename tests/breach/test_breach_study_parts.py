"""What a study does beside judging one model: judged rows, fewer patients, a second way, sites."""

from __future__ import annotations

from dataclasses import replace

import breach_cases
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.breach.calibration import expit
from workbench.breach.evaluation import ties
from workbench.breach.frames import cases
from workbench.breach.groups import NOT_RECORDED, affected, by_group
from workbench.breach.judged_rows import judged_rows
from workbench.breach.judging import NOT_SEEN, SEEN
from workbench.breach.landmark_rows import Landmarks
from workbench.breach.learning import SHARES
from workbench.breach.measures import MEASURES, measured
from workbench.breach.plan import Plan
from workbench.breach.redrawn import redrawn
from workbench.breach.resampling import intervals
from workbench.breach.roles import landmark_roles, roles_of
from workbench.breach.settings import load_settings
from workbench.breach.splits import by_time
from workbench.breach.studies import Study, study

ROLES = roles_of(breach_cases.ROLES)
PLAN = Plan(model="logistic", replicates=10, refits=2)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return breach_cases.frame(2_500).assign(month="own", risk=7)


@pytest.fixture(scope="module")
def found(frame) -> Study:
    return study(frame, ROLES, PLAN)


def test_judged_rows_are_the_test_rows_with_their_risks(found, frame):
    rows, test = found.rows, found.test
    assert rows["case"].is_monotonic_increasing
    assert set(rows["case"]) == set(test.ids["case"])
    own = pd.Series(found.judged.risk(test), index=test.ids["case"])
    assert rows["risk"].to_numpy() == pytest.approx(own.loc[rows["case"]].to_numpy(), abs=1e-6)
    assert ((rows["lower"] < rows["risk"]) & (rows["risk"] < rows["upper"])).all()
    given = frame.set_index("case").loc[rows["case"]]
    assert (rows["outcome"].to_numpy() == given["late"].to_numpy()).all()
    assert (rows["month"] == given["seen"].dt.strftime("%Y-%m").to_numpy()).all()


def test_columns_of_the_frame_are_kept_beside_what_is_added(found, frame):
    assert set(found.rows["month_given"]) == {"own"}
    assert set(found.rows["risk_given"]) == {7}
    assert set(frame.columns) - {"month", "risk"} <= set(found.rows.columns)


def test_judged_risks_are_those_without_protected_characteristics(frame):
    plan = replace(PLAN, refits=0, replicates=0, learning=False, sites_left_out=False)
    without, with_ = (study(frame, ROLES, replace(plan, protected=p)) for p in (False, True))
    assert "sex" in with_.stored.model.fitted.numbers["codes"]
    assert (with_.rows["risk"] == without.rows["risk"]).all()
    assert (with_.judged.risk(with_.test) != without.judged.risk(without.test)).any()


def test_the_order_of_rows_changes_no_judged_row(found, frame):
    again = study(frame.sample(frac=1, random_state=3), ROLES, PLAN)
    columns = ["case", "risk", "outcome", "month"]
    pd.testing.assert_frame_equal(again.rows[columns], found.rows[columns], check_exact=True)


def test_frames_with_an_outcome_of_that_name_keep_one(frame):
    named = frame.rename(columns={"late": "outcome"})
    roles = replace(ROLES, outcome="outcome")
    held = cases(named, roles).cases
    split = by_time(held, load_settings())
    test = held.taken(split.test)

    class Half:
        def margin(self, cases):
            return np.zeros(len(cases))

    from workbench.breach.intervals import Doubt

    rows = judged_rows(named, roles, test, Half(), (), Doubt({}, {}, 0.1))
    assert list(rows.columns).count("outcome") == 1
    assert "outcome_given" not in rows
    assert rows["outcome"].mean() == pytest.approx(test.outcome.mean())


def test_the_learning_curve_ends_with_the_judged_model(found):
    curve = found.learning
    assert sorted(set(curve["share"])) == [s for s in SHARES if s in set(curve["share"])] + [1.0]
    counts = curve.groupby("share")["patients_learnt_from"].first()
    assert counts.is_monotonic_increasing
    last = curve[curve["share"] == 1].set_index("metric")["estimate"]
    own = found.evaluation.measures
    own = own[(own["landmark_day"] == "all") & (own["model"] == "logistic")]
    own = own[own["split"] == "time"].set_index("metric")["estimate"]
    pd.testing.assert_series_equal(last, own.loc[last.index], check_names=False)


def test_more_patients_learn_better():
    more = breach_cases.frame(6_000, seed=4)
    plan = Plan(model="logistic", replicates=0, refits=0, sites_left_out=False)
    curve = study(more, ROLES, plan).learning
    auc = curve[curve["metric"] == "auc"].set_index("share")["estimate"]
    assert auc.loc[1.0] > auc.iloc[0] + 0.01


def test_sites_are_judged_by_models_that_know_them_and_that_do_not(found):
    table = found.sites
    assert set(table["site"]) == {"AAA", "BBB", "CCC"}
    assert set(table["model"]) == {SEEN, NOT_SEEN}
    for _, rows in table.groupby(["site", "metric"]):
        assert len(set(rows["n"])) == 1
    seen = table[(table["model"] == SEEN) & (table["metric"] == "auc")]
    assert seen["n"].sum() == len(found.test)


def test_groups_hold_every_row_once_and_those_not_recorded(found):
    levels = ["1", "10", "2", ""]
    held = found.test
    place = np.arange(len(held), dtype=np.int32) % 4
    coded = replace(held.codes["sex"], levels=tuple(levels), places=place)
    test = replace(held, codes={**held.codes, "sex": coded})
    table = by_group(found.judged.risk(test), test, ROLES, replicates=0, seed=1)
    assert table["group"].tolist() == ["1", "2", "10", NOT_RECORDED]
    assert table["n"].sum() == len(test)
    assert (table["affected"] <= table["events"]).all()
    assert affected(test, np.arange(len(test))) <= test.outcome.sum()


@settings(max_examples=8)
@given(seed=st.integers(0, 500), ties_=st.booleans(), count=st.sampled_from([40, 300, 2_000]))
def test_limits_drawn_together_are_those_of_each_measure(seed, ties_, count):
    draw = np.random.default_rng(seed)
    risk = expit(draw.normal(-1, 1.2, count))
    risk = risk.round(1).clip(0.05, 0.95) if ties_ else risk
    outcome = (draw.random(count) < risk).astype(float)
    group = draw.integers(0, count // 2, count)
    found = redrawn(outcome, risk, group, replicates=12, seed=seed)

    def each(weight):
        return np.array(list(measured(outcome, risk, weight).values()))

    limits = np.array(intervals(each, group, 12, seed)).T
    for name, wanted in zip(MEASURES, limits, strict=True):
        slack = 4e-3 if name.startswith("calibration") else 1e-9
        assert found[name] == pytest.approx(tuple(wanted), abs=slack, nan_ok=True), name


def test_without_replicates_or_events_there_are_no_limits():
    nothing = redrawn(np.zeros(50), np.full(50, 0.2), np.arange(50), replicates=5, seed=1)
    assert np.isnan(nothing["auc"]).all()
    assert np.isnan(nothing["calibration_slope"]).all()
    assert nothing["observed_expected"] == (0, 0)
    alike = redrawn(np.arange(50) % 2.0, np.full(50, 0.2), np.arange(50), replicates=5, seed=1)
    assert np.isnan(alike["calibration_slope"]).all()
    assert not np.isnan(alike["calibration_intercept"]).any()
    none = redrawn(np.ones(5), np.full(5, 0.2), np.arange(5), replicates=0, seed=1)
    assert np.isnan(np.array(list(none.values()))).all()


def test_ties_fall_by_id_whatever_the_order_of_rows(frame):
    some = frame.head(50).assign(case=[f"c{n}" for n in range(50)])
    held = cases(some, ROLES).cases
    place = pd.Series(ties(held), index=held.ids["case"])
    assert place.sort_values().index.tolist() == sorted(some["case"])
    turned = cases(some.iloc[::-1], ROLES).cases
    again = pd.Series(ties(turned), index=turned.ids["case"])
    assert (again.loc[place.index] == place).all()


def test_the_hazard_is_held_against_the_judged_risks(built: dict[str, Landmarks]):
    rows = built["62D"].frame
    facts = {"standard": "62D", "standard_days": 62, "target": "open"}
    plan = Plan(replicates=0, refits=0, sites_left_out=False, learning=False)
    plan = replace(plan, options={"max_iter": 20})
    made = study(rows, landmark_roles(), plan, facts=facts)
    table = made.hazard
    assert set(table["model"]) == {"boosting", "discrete-time hazard"}
    apart = table[(table["metric"] == "apart") & (table["landmark_day"] == "all")]
    assert 0 < apart["estimate"].iloc[0] < 0.4
    agree = table[(table["metric"] == "agreement") & (table["landmark_day"] == "all")]
    assert agree["estimate"].iloc[0] > 0.3
    own = made.evaluation.measures
    own = own[(own["model"] == "boosting") & (own["landmark_day"] == "all")]
    both = table[(table["model"] == "boosting") & (table["landmark_day"] == "all")]
    assert both.set_index("metric")["estimate"].to_dict() == pytest.approx(
        own.set_index("metric")["estimate"].to_dict()
    )
    late = study(rows, landmark_roles(), plan, facts={**facts, "target": "late"})
    assert late.hazard.empty
