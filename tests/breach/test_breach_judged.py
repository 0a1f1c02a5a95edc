"""Evaluation: measures are the textbook's, intervals hold the truth, and naive ways are seen."""

from __future__ import annotations

import breach_cases
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.breach.calibration import expit
from workbench.breach.curves import calibration_curve, capture, decision_curve
from workbench.breach.drift import drift
from workbench.breach.evaluation import evaluate
from workbench.breach.frames import cases
from workbench.breach.intervals import between_groups
from workbench.breach.measures import measured
from workbench.breach.resampling import intervals, weights
from workbench.breach.roles import roles_of
from workbench.breach.settings import load_settings
from workbench.breach.splits import by_time
from workbench.breach.training import fit
from workbench.breach.waiting import aalen_johansen, kaplan_meier

ROLES = roles_of(breach_cases.ROLES)


def drawn(count: int = 3_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    risk = expit(draw.normal(-1, 1, count))
    return (draw.random(count) < risk).astype(float), risk, np.arange(count)


@settings(max_examples=12)
@given(seed=st.integers(0, 500), ties=st.booleans())
def test_measures_are_those_of_scikit_learn(seed, ties):
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    outcome, risk, _ = drawn(200, seed)
    risk = risk.round(1).clip(0.05, 0.95) if ties else risk
    weight = np.random.default_rng(seed).integers(0, 4, 200).astype(float)
    found = measured(outcome, risk, weight)
    assert found["auc"] == pytest.approx(roc_auc_score(outcome, risk, sample_weight=weight))
    assert found["brier"] == pytest.approx(brier_score_loss(outcome, risk, sample_weight=weight))
    assert found["log_loss"] == pytest.approx(log_loss(outcome, risk, sample_weight=weight))


def test_true_risks_are_calibrated_and_doubled_log_odds_are_not():
    outcome, risk, _ = drawn(40_000)
    good = measured(outcome, risk)
    assert good["observed_expected"] == pytest.approx(1, abs=0.03)
    assert good["calibration_slope"] == pytest.approx(1, abs=0.05)
    assert good["calibration_intercept"] == pytest.approx(0, abs=0.05)
    extreme = measured(outcome, expit(2 * np.log(risk / (1 - risk))))
    assert extreme["calibration_slope"] == pytest.approx(0.5, abs=0.03)
    assert extreme["auc"] == pytest.approx(good["auc"])


def test_a_weight_is_a_repeated_row():
    outcome, risk, _ = drawn(400)
    times = np.random.default_rng(1).integers(0, 3, 400)
    weighted = measured(outcome, risk, times.astype(float))
    repeated = measured(np.repeat(outcome, times), np.repeat(risk, times))
    for name, value in repeated.items():
        assert weighted[name] == pytest.approx(value, abs=1e-8)


def test_no_events_give_no_figure_instead_of_a_wrong_one():
    found = measured(np.zeros(20), np.full(20, 0.2))
    assert np.isnan(found["auc"])
    assert np.isnan(found["calibration_slope"])
    assert found["observed_expected"] == 0


def test_the_bootstrap_draws_patients_whole_and_widens_for_repeats():
    group = np.repeat(np.arange(50), 4)
    for weight in weights(group, 3, 1):
        assert (weight.reshape(50, 4) == weight.reshape(50, 4)[:, :1]).all()
        assert weight.sum() == 200
    outcome = np.repeat(np.random.default_rng(0).random(50) < 0.4, 4).astype(float)

    def share(weight):
        return np.array([(weight * outcome).sum() / weight.sum()])

    by_patient = np.ptp(intervals(share, group, 300, 1))
    by_row = np.ptp(intervals(share, np.arange(200), 300, 1))
    assert by_patient == pytest.approx(2 * by_row, rel=0.25)


def test_more_replicates_leave_the_first_as_they_were():
    few, many = (list(weights(np.arange(30), n, 7)) for n in (2, 5))
    assert all((a == b).all() for a, b in zip(few, many, strict=False))


def test_the_calibration_curve_of_true_risks_is_the_diagonal():
    outcome, risk, group = drawn(20_000)
    curve = calibration_curve(outcome, risk, group, replicates=50, seed=1)
    assert (abs(curve["observed"] - curve["risk"]) < 0.04).all()
    assert ((curve["lower"] <= curve["risk"]) & (curve["risk"] <= curve["upper"])).mean() > 0.8


def test_net_benefit_of_a_perfect_model_is_the_prevalence():
    outcome, _, tie = drawn(500)
    curve = decision_curve(outcome, outcome, np.zeros(500), tie)
    assert curve["model"].tolist() == pytest.approx([outcome.mean()] * len(curve))
    everyone = outcome.mean() - (1 - outcome.mean()) * curve["threshold"] / (1 - curve["threshold"])
    assert curve["all"].tolist() == pytest.approx(everyone.tolist())


def test_capture_of_the_truth_beats_chance_and_ties_fall_by_id():
    outcome, risk, group = drawn(2_000)
    tie = np.random.default_rng(0).permutation(2_000)
    ranks = {"risk": risk, "same": np.zeros(2_000)}
    found = capture(outcome, ranks, group, tie, replicates=0, seed=1).set_index("model")
    assert (found.loc["risk", "captured"] > 1.3 * found.loc["risk", "capacity"]).all()
    same = found.loc["same", "captured"].to_numpy()
    first = [outcome[tie < 2_000 * c].sum() / outcome.sum() for c in found.loc["same", "capacity"]]
    assert same.tolist() == pytest.approx(first)
    turned = np.arange(2_000)[::-1]
    again = capture(
        outcome[turned], {"same": np.zeros(2_000)}, group, tie[turned], replicates=0, seed=1
    )
    assert again["captured"].tolist() == same.tolist()


def test_every_landmark_and_model_has_its_measures_with_limits():
    held = cases(breach_cases.frame(2_500), ROLES).cases
    split = by_time(held, load_settings())
    models = [fit(held, ROLES, split, 1, name) for name in ("logistic", "rates", "longest_waiter")]
    found = evaluate(models, held.taken(split.test), replicates=30)
    table = found.measures.set_index(["model", "landmark_day", "metric"])
    assert set(table.index.get_level_values("landmark_day")) == {"all", "0", "7", "14"}
    told = table.loc["logistic"].dropna()
    assert (told["lower"] <= told["estimate"]).mean() > 0.95
    assert (told["upper"] >= told["estimate"]).mean() > 0.95
    assert set(table.loc["longest_waiter"].index.get_level_values("metric")) == {"auc"}
    assert table.loc[("longest_waiter", "7", "auc"), "estimate"] == 0.5
    again = evaluate(models, held.taken(split.test), replicates=30)
    for name in ("measures", "calibration", "decisions", "captured"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name), check_exact=True)


def test_unexplained_differences_between_groups_are_found_and_nothing_is_found_in_none():
    draw = np.random.default_rng(4)
    place, patient = draw.integers(0, 12, 60_000), np.arange(60_000)
    margin = draw.normal(-1, 1, 60_000)
    added = draw.normal(0, 0.3, 12)
    apart = (draw.random(60_000) < expit(margin + added[place])).astype(float)
    alike = (draw.random(60_000) < expit(margin)).astype(float)
    assert between_groups(margin, apart, place, patient) == pytest.approx(added.var(), rel=0.4)
    assert between_groups(margin, alike, place, patient) < 0.005
    # rows of one patient that come out alike are no difference between groups
    four = np.repeat(np.arange(15_000), 4)
    same = np.repeat(alike[:15_000], 4)
    group = np.repeat(place[:15_000], 4)
    assert between_groups(np.repeat(margin[:15_000], 4), same, group, four) < 0.01


def test_drift_is_seen_and_dated():
    from datetime import date

    frame = breach_cases.frame(8_000)
    held = cases(frame, ROLES).cases
    steady = drift(frame["truth"].to_numpy(), held, load_settings(), date(2022, 12, 31))
    assert "no trend" in steady.why
    assert steady.expires == date(2023, 12, 31)
    gone = drift(frame["truth"].to_numpy() * 0.6, held, load_settings(), date(2022, 12, 31))
    assert gone.expires < date(2023, 3, 1)
    assert "came out outside" in gone.why


def test_a_month_without_an_event_does_not_end_a_model_of_itself():
    from datetime import date

    frame = breach_cases.frame(300)
    risk = np.full(len(frame), 0.05)
    late = (np.arange(len(frame)) % 20 == 0).astype(int)
    last = frame["seen"].dt.to_period("M") == frame["seen"].dt.to_period("M").max()
    frame["late"] = np.where(last, 0, late)
    found = drift(risk, cases(frame, ROLES).cases, load_settings(), date(2022, 12, 31))
    none = found.months.iloc[-1]
    assert none["observed"] == none["observed_expected"] == none["lower"] == 0
    # of a Poisson number there is none 0.025 / months of the time if the mean is this
    assert none["upper"] * none["expected"] >= -np.log(0.025 / len(found.months)) - 1e-9
    assert "outside" not in found.why
    # but none where hundreds were expected does end it
    many = drift(risk * 19, cases(frame, ROLES).cases, load_settings(), date(2022, 12, 31))
    assert "came out outside" in many.why
    nothing = drift(risk * 0, cases(frame, ROLES).cases, load_settings(), date(2022, 12, 31))
    assert nothing.months["observed_expected"].isna().all()


def test_kaplan_meier_is_that_of_the_textbook():
    # Freireich's leukaemia trial, 6-MP arm: the worked example of Kaplan-Meier
    days = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = kaplan_meier(days, np.array(ended, dtype=bool)).set_index("day")["waiting"]
    told = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for day, waiting in told.items():
        assert found[day] == pytest.approx(waiting, abs=5e-4)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=80))
def test_aalen_johansen_shares_sum_to_one_and_meet_kaplan_meier(rows):
    days, cause = (np.array(part) for part in zip(*rows, strict=True))
    found = aalen_johansen(days, cause)
    ends = [name for name in found if name.startswith("ended_")]
    np.testing.assert_allclose(found["waiting"] + found[ends].sum(axis=1), 1, atol=1e-12)
    any_end = kaplan_meier(days, cause > 0)
    np.testing.assert_allclose(found["waiting"], any_end["waiting"], atol=1e-12)
    if not (cause == 0).any():
        for number, name in enumerate(ends, start=1):
            share = [(cause[days <= day] == number).sum() / len(days) for day in found["day"]]
            np.testing.assert_allclose(found[name], share, atol=1e-12)


def test_the_hazard_model_agrees_and_learns_only_from_what_was_seen_by_then(built):
    from datetime import date

    from workbench.breach.hazard import hazard_risks
    from workbench.breach.roles import landmark_roles

    rows, days = built["62D"].frame, load_settings().landmark_days["62D"]
    roles = landmark_roles()
    options = {"as_of": date(2024, 1, 31), "name": "logistic"}
    risk = hazard_risks(rows, roles, days, 62, **options)
    known = rows["outcome"].notna().to_numpy()
    outcome = rows["outcome"].to_numpy(dtype=float, na_value=np.nan)[known]
    found = measured(outcome, risk[known])
    assert 0.85 < found["observed_expected"] < 1.15
    assert found["auc"] > 0.75
    later = rows.copy()
    ended = later["clock_start_date"] + pd.to_timedelta(later["ended_day"], unit="D")
    unseen = ended > pd.Timestamp("2024-01-31") + pd.Timedelta(days=10)
    later.loc[unseen, "ended_day"] += 100
    assert (hazard_risks(later, roles, days, 62, **options) == risk).all()


def test_waits_of_a_frame_are_those_of_its_records(built, store):
    from datetime import date

    import breach_records as made

    from workbench.breach.waiting import waits_of

    found = waits_of(built["62D"].frame, date(2024, 4, 30)).set_index("day")
    assert np.allclose(found["waiting"] + found["treated"] + found["left"], 1)
    records = store.records[store.records[made.CRTP] < "2023-09-01"]  # all of these ended long ago
    off = records["waiting_time_adjustment_first_seen"]
    treated = (records[made.TREATED] - records[made.CRTP]).dt.days - off
    assert found.loc[62, "treated"] == pytest.approx((treated <= 62).mean(), abs=0.05)
