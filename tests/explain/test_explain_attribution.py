"""Explanations of this workbench's models: the calibrated margin, whole, or refused."""

from __future__ import annotations

from dataclasses import replace

import explain_cases
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.breach import Stored, cases, fit, load_settings
from workbench.breach.calibration import Sigmoid
from workbench.breach.intervals import Doubt
from workbench.breach.splits import by_time
from workbench.breach.trend import Trend
from workbench.errors import CheckError, InputError, ParameterError
from workbench.explain import Attributions, attributions
from workbench.explain.attribution import DRIFT, LANDMARK

ROLES = explain_cases.ROLES
OWN = st.dictionaries(st.sampled_from([0, 7, 14]), st.floats(-1, 1))


@pytest.mark.parametrize("name", ["boosted", "logistic"])
def test_base_and_values_add_up_to_the_calibrated_margin(name, waits, request):
    model = request.getfixturevalue(name)
    found = attributions(model, waits, roles=ROLES)
    whole = found.base + found.by_feature.sum(axis=1)
    assert (whole - model.margin(waits)).abs().max() <= 1e-10
    np.testing.assert_allclose(found.risk, model.risk(waits), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["boosted", "logistic"])
def test_the_base_is_the_mean_margin_of_the_background(name, waits, request):
    model = request.getfixturevalue(name)
    some = waits.taken(np.arange(600))
    found = attributions(model, waits, background=some, roles=ROLES)
    assert found.base == pytest.approx(model.margin(some).mean(), abs=1e-10)


@settings(max_examples=12, deadline=None)
@given(
    slope=st.floats(0.2, 3), intercept=st.floats(-3, 3), a_day=st.floats(-0.01, 0.01), own=OWN,
    moved=OWN,
)  # fmt: skip
def test_every_calibration_is_explained_whole(waits, boosted, slope, intercept, a_day, own, moved):
    some = waits.taken(np.arange(0, len(waits), 9))
    trend = Trend(a_day, 19_400, {day: one / 100 for day, one in moved.items()})
    model = replace(boosted, sigmoid=Sigmoid(intercept, slope, own), trend=trend)
    found = attributions(model, some, roles=ROLES)
    whole = found.base + found.by_feature.sum(axis=1)
    assert (whole - model.margin(some)).abs().max() <= 1e-10


def test_a_landmarks_own_intercept_goes_to_the_landmark_and_drift_stands_apart(waits, boosted):
    plain = replace(boosted, sigmoid=Sigmoid(), trend=Trend())
    model = replace(boosted, sigmoid=Sigmoid(0.0, 1.0, {14: 0.6}), trend=Trend(0.002, 19_500))
    before = attributions(plain, waits, roles=ROLES).by_feature
    after = attributions(model, waits, roles=ROLES).by_feature
    added = after["landmark_day"] - before["landmark_day"]
    at_14 = waits.landmark == 14
    assert added[at_14].to_numpy() == pytest.approx(0.6 * (1 - at_14.mean()))
    assert added[~at_14].to_numpy() == pytest.approx(-0.6 * at_14.mean())
    assert DRIFT in after
    assert DRIFT not in before
    assert after[DRIFT].mean() == pytest.approx(0, abs=1e-12)
    assert after[DRIFT].is_monotonic_increasing  # the cases come by day
    others = [name for name in before if name != "landmark_day"]
    pd.testing.assert_frame_equal(after[others], before[others])
    assert LANDMARK in attributions(model, waits).by_feature  # no roles say what it is called


def test_a_feature_of_many_codes_is_one_column_however_it_is_encoded(waits, boosted, logistic):
    ways = {one.feature: one.way for one in boosted.fitted.encoding.columns}
    assert ways["clinic"] == "outcome"
    assert ways["last_milestone"] == "place"
    for model in (boosted, logistic):
        found = attributions(model, waits, roles=ROLES)
        assert [name for name in found.by_feature if name != DRIFT] == [
            one.name for one in ROLES.features
        ]


def test_a_logistic_model_has_its_closed_form(waits, logistic):
    """Of a sum, each value is its own term less the background's mean of it."""
    bare = replace(logistic, sigmoid=Sigmoid(), trend=Trend())
    found = attributions(bare, waits, roles=ROLES)
    levels = logistic.fitted.numbers["codes"]["last_milestone"]
    term = waits.codes["last_milestone"].mapped(levels, 0.0)
    np.testing.assert_allclose(
        found.by_feature["last_milestone"], term - term.mean(), rtol=0, atol=1e-12
    )


def test_the_planted_effect_is_recovered(waits, logistic):
    """Age: 0.08 log odds a year about the mean; the meeting: one unit less than other steps."""
    bare = replace(logistic, sigmoid=Sigmoid(), trend=Trend())
    found = attributions(bare, waits, roles=ROLES)
    age = waits.numbers["age_at_referral"]
    known = ~np.isnan(age) & (np.abs(age - 62) < 12)
    slope = np.polyfit(age[known], found.by_feature["age_at_referral"][known], 1)[0]
    assert slope == pytest.approx(0.08, abs=0.025)
    met = waits.codes["last_milestone"].text() == "mdt"
    gap = found.by_feature["last_milestone"].groupby(met).mean()
    assert gap[True] - gap[False] == pytest.approx(-1, abs=0.3)


def test_a_stored_model_takes_frames_by_its_roles(waits, boosted, found):
    stored = Stored(boosted, (), Doubt({}, {}, 0.0), ROLES)
    again = attributions(stored, explain_cases.frame())
    pd.testing.assert_frame_equal(again.by_feature, found.by_feature)


def test_order_of_rows_and_threads_change_no_bit(waits, boosted, found):
    order = np.random.default_rng(0).permutation(len(waits))
    again = attributions(boosted, waits.taken(order), roles=ROLES, threads=2)
    back = again.by_feature.iloc[np.argsort(order)].reset_index(drop=True)
    trees = [one.name for one in ROLES.features if one.name != "landmark_day"]
    pd.testing.assert_frame_equal(back[trees], found.by_feature[trees], check_exact=True)


def test_what_does_not_add_up_is_refused(waits, boosted):
    found = attributions(boosted, waits, roles=ROLES)
    off = found.margin.copy()
    off.iloc[3] += 1e-6
    with pytest.raises(CheckError, match="does not add up") as refused:
        Attributions(found.by_feature, found.base, off)
    assert "1 of" in str(refused.value)
    off.iloc[3] = np.nan
    with pytest.raises(CheckError):
        Attributions(found.by_feature, found.base, off)


def test_trees_read_wrongly_are_refused(waits, boosted, monkeypatch):
    """As they would be, were scikit-learn to change what its nodes mean."""
    from workbench.explain import attribution

    right = attribution.forest_of

    def wrong(trees):
        forest = right(trees)
        nodes = forest.nodes._replace(missing_left=~forest.nodes.missing_left)
        return replace(forest, nodes=nodes)

    monkeypatch.setattr(attribution, "forest_of", wrong)
    with pytest.raises(CheckError, match="does not add up"):
        attributions(boosted, waits, roles=ROLES)


def test_models_without_features_to_explain_are_refused(waits):
    split = by_time(waits, load_settings())
    for name in ("rates", "longest_waiter"):
        model = fit(waits, ROLES, split, 1, name)
        with pytest.raises(ParameterError, match="no features to explain"):
            attributions(model, waits, roles=ROLES)
    with pytest.raises(ParameterError, match="cannot be explained"):
        attributions(object(), waits)


def test_three_classes_are_refused():
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows = np.random.default_rng(0).normal(size=(300, 2))
    model = HistGradientBoostingClassifier(max_iter=3).fit(rows, np.arange(300) % 3)
    with pytest.raises(InputError, match="three classes"):
        attributions(model, rows)
    model._predictors = []
    with pytest.raises(InputError, match="not fitted"):
        attributions(model, rows)


def test_a_few_patients_are_compared_with_a_list_and_not_with_themselves(waits, boosted):
    few = waits.taken(np.arange(3))
    with pytest.raises(InputError, match="too few to be compared with"):
        attributions(boosted, few, roles=ROLES)
    found = attributions(boosted, few, background=waits, roles=ROLES)
    assert len(found) == 3
    whole = attributions(boosted, waits, roles=ROLES)
    np.testing.assert_allclose(found.by_feature, whole.by_feature.head(3), rtol=0, atol=1e-12)


def test_a_frame_without_roles_is_refused(boosted):
    with pytest.raises(ParameterError, match="a frame with its roles"):
        attributions(boosted, explain_cases.frame(200))


def test_missing_cells_and_new_codes_are_explained(boosted):
    frame = explain_cases.frame(400, seed=5)
    frame["age_at_referral"] = np.nan
    frame["clinic"] = "never seen before"
    held = cases(frame, ROLES).cases
    found = attributions(boosted, held, roles=ROLES)
    assert found.by_feature["age_at_referral"].notna().all()
