"""Intervals of single risks: refits on halves of the weeks, and what no feature tells."""

from __future__ import annotations

import breach_cases
import numpy as np
import pytest

from workbench.breach.calibration import expit, logit
from workbench.breach.frames import cases
from workbench.breach.intervals import WEEK, Doubt, doubt, method, risk_intervals
from workbench.breach.plan import Plan
from workbench.breach.refits import FEWEST_WEEKS, refit, sampled
from workbench.breach.roles import roles_of
from workbench.breach.settings import load_settings
from workbench.breach.splits import Split, by_time
from workbench.breach.training import fit

ROLES = roles_of(breach_cases.ROLES)
PLAN = Plan(model="logistic", refits=8)


def first_weeks(held, rows):
    """Of each patient among some rows, the week of the first clock."""
    week = held.origin[rows].astype("datetime64[D]").astype(int) // 7
    return {patient: week[held.group[rows] == patient].min() for patient in held.group[rows]}


def made(risk, seed=5, count=12_000):
    """Rows that come out by a true risk."""
    frame = breach_cases.frame(count, seed=4)
    late = (np.random.default_rng(seed).random(count) < risk(frame)).astype(int)
    return cases(frame.assign(late=late), ROLES).cases


def hidden(frame, size):
    """True risk in which sex, no feature, adds to the log odds: less from landmark to landmark."""
    side = np.where(frame["sex"] == "1", 1.0, -1.0)
    wearing = np.select([frame["day"] == 0, frame["day"] == 7], [1.0, 0.5], 0.0)
    return expit(logit(frame["truth"].to_numpy()) + size * side * wearing)


def test_each_refit_learns_from_half_of_the_weeks_and_all_rows_of_their_patients():
    held = cases(breach_cases.frame(3_000), ROLES).cases
    split = by_time(held, load_settings())
    one, other = (sampled(held, split, seed) for seed in (1, 2))
    for name in ("train", "calibrate"):
        whole, drawn = getattr(split, name), getattr(one, name)
        weeks, own = first_weeks(held, whole), first_weeks(held, drawn)
        assert len(set(own.values())) == (len(set(weeks.values())) + 1) // 2
        assert not set(own.values()) & {weeks[p] for p in weeks if p not in own}
        kept = np.isin(held.group[whole], held.group[drawn])
        assert (whole[kept] == drawn).all()
        assert set(drawn) != set(getattr(other, name))


def test_of_few_weeks_or_without_days_half_of_the_patients_are_drawn():
    frame = breach_cases.frame(3_000)
    short = frame[frame["seen"] < frame["seen"].min() + np.timedelta64(7 * FEWEST_WEEKS - 14, "D")]
    undated = {k: v for k, v in breach_cases.ROLES.items() if k not in {"time", "settled"}}
    undated["features"] = {"load": {"kind": "number", "known_at": "row"}}
    for few, roles in ((short, ROLES), (frame, roles_of(undated))):
        held = cases(few, roles).cases
        rows = np.arange(len(held))
        drawn = sampled(held, Split(rows, rows[:0], rows[:0], {}), 1).train
        assert len(np.unique(held.group[drawn])) == (len(np.unique(held.group)) + 1) // 2


def test_rows_are_told_of_by_the_models_that_have_not_learnt_from_their_patients():
    held = cases(breach_cases.frame(3_000), ROLES).cases
    split = by_time(held, load_settings())
    again = refit(held, ROLES, split, PLAN)
    assert len(again.models) == PLAN.refits
    assert not np.isin(again.rows, split.test).any()
    total, times = np.zeros(len(held)), np.zeros(len(held))
    for number, model in enumerate(again.models):
        half = sampled(held, split, PLAN.seed + 1 + number)
        left = ~np.isin(held.group, held.group[np.r_[half.train, half.calibrate]])
        total[left] += model.margin(held.taken(np.flatnonzero(left)))
        times[left] += 1
    assert again.margin == pytest.approx((total / np.maximum(times, 1))[again.rows])
    fewer = again.without(again.rows[:10])
    assert len(fewer.rows) == len(fewer.margin) == len(again.rows) - 10


def test_a_difference_that_wears_off_along_the_clock_is_found_at_each_landmark():
    held = made(lambda frame: hidden(frame, 0.3), seed=6, count=60_000)
    again = refit(held, ROLES, by_time(held, load_settings()), PLAN)
    found = doubt(again.margin, held.taken(again.rows), ROLES, again.apart)
    # as two draws from all groups that there might be: twice the square of their distance apart
    planted = {0: 0.18, 7: 0.045, 14: 0.0}
    assert set(found.unexplained) == {"sex", WEEK}
    for day, variance in planted.items():
        assert found.unexplained["sex"][day] == pytest.approx(variance, abs=0.04), day
    none = made(lambda frame: frame["truth"].to_numpy(), count=30_000)
    again = refit(none, ROLES, by_time(none, load_settings()), PLAN)
    alike = doubt(again.margin, none.taken(again.rows), ROLES, again.apart)
    assert all(abs(one) < 0.02 for one in alike.unexplained["sex"].values())
    assert alike.variance(np.array([0]))[0] < 0.1 < found.variance(np.array([0]))[0]


def test_a_level_or_a_line_in_time_is_no_difference_between_weeks():
    held = made(lambda frame: frame["truth"].to_numpy(), count=30_000)
    rows = np.arange(len(held))
    right = fit(held, ROLES, Split(rows, rows[:0], rows[:0], {}), 1, "logistic").margin(held)
    years = (held.origin - held.origin.min()).astype(float) / 365.25
    one, other = (doubt(right + moved, held, ROLES) for moved in (0.0, 0.5 - 0.8 * years))
    for day, found in one.unexplained[WEEK].items():
        assert other.unexplained[WEEK][day] == pytest.approx(found, abs=0.02)
        assert abs(found) < 0.08


def test_what_the_refits_disagree_on_is_not_counted_twice():
    held = made(lambda frame: hidden(frame, 0.3))
    margin = logit(breach_cases.frame(12_000, seed=4)["truth"].to_numpy())
    side = np.where(held.codes["sex"].places == held.codes["sex"].places[0], 1.0, -1.0)
    apart = np.outer(side, [0.2, -0.2])
    alone, told = (doubt(margin, held, ROLES, one) for one in (None, apart))
    for day, found in alone.unexplained["sex"].items():
        assert told.unexplained["sex"][day] == pytest.approx(found - 0.08, abs=0.002)
    # refits that all moved alike disagree on nothing between groups
    level = doubt(margin, held, ROLES, np.tile([0.3, -0.1], (len(side), 1)))
    for day, found in alone.unexplained["sex"].items():
        assert level.unexplained["sex"][day] == pytest.approx(found)


def test_a_week_that_hits_everybody_widens_the_intervals():
    draw = np.random.default_rng(5)
    shock = draw.normal(0, 0.5, 110)

    def told(size):
        def risk(frame):
            week = frame["seen"].to_numpy().astype("datetime64[D]").astype(int) // 7
            return expit(logit(frame["truth"].to_numpy()) + size * shock[week - week.min()])

        held = made(risk, count=30_000)
        again = refit(held, ROLES, by_time(held, load_settings()), PLAN)
        return doubt(again.margin, held.taken(again.rows), ROLES, again.apart)

    steady, shaken = told(0.0), told(1.0)
    for day in (0, 7, 14):
        assert steady.unexplained[WEEK][day] < 0.08
        assert shaken.unexplained[WEEK][day] == pytest.approx(0.25, abs=0.1)
    assert (shaken.variance(np.array([0, 7])) > steady.variance(np.array([0, 7])) + 0.08).all()


def test_intervals_hold_the_true_risk_of_nine_in_ten():
    """What one characteristic and single weeks add, no feature tells: the intervals must."""
    shock = np.random.default_rng(8).normal(0, 0.25, 110)

    def risk(frame):
        week = frame["seen"].to_numpy().astype("datetime64[D]").astype(int) // 7
        side = np.where(frame["sex"] == "1", 0.3, -0.3)
        return expit(logit(frame["truth"].to_numpy()) + side + shock[week - week.min()])

    frame, held = breach_cases.frame(30_000, seed=4), made(risk, count=30_000)
    split = by_time(held, load_settings())
    model = fit(held, ROLES, split, 1)
    again = refit(held, ROLES, split, Plan(refits=8))
    doubts = doubt(again.margin, held.taken(again.rows), ROLES, again.apart)
    true = risk(frame)[split.test]

    def held_by(refits, found):
        _, lower, upper = risk_intervals(model, refits, found, held.taken(split.test))
        return ((lower <= true) & (true <= upper)).mean()

    assert 0.85 <= held_by(again.models, doubts) <= 0.95
    assert held_by(again.models, Doubt({}, {}, 0.0)) < 0.8


def test_chance_is_summed_before_it_is_cut_off_and_unknown_landmarks_get_the_most():
    found = Doubt({"sex": {0: 0.05, 7: -0.02}, WEEK: {0: -0.01, 7: 0.0}}, {"age": -0.1}, 0.01)
    assert found.variance(np.array([0, 7, 38])) == pytest.approx([0.05, 0.01, 0.05])
    assert Doubt({}, {"age": 0.2, "load": 0.1}, 0.0).variance(np.array([0])) == pytest.approx([0.2])


def test_the_interval_says_by_its_name_what_it_is_made_of():
    assert method(20) == "20 refits, and unexplained differences between groups and weeks"
    assert method(0) == "unexplained differences between groups and weeks"
