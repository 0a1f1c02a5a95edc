"""Drift is carried forward, wears off along a clock, and is not hidden by the date."""

from __future__ import annotations

from dataclasses import replace

import breach_cases
import numpy as np
import pytest

from workbench.breach.calibration import expit
from workbench.breach.frames import cases
from workbench.breach.roles import roles_of
from workbench.breach.splits import Split
from workbench.breach.training import fit
from workbench.breach.trend import LONGEST_CARRIED, YEAR, Trend, fit_trend
from workbench.errors import ParameterError

DAYS = (0, 7, 14)


def drawn(slopes: dict[int, float], count: int = 60_000, seed: int = 2):
    """Rows whose log odds move by so much a year, by landmark; and the margins without it."""
    draw = np.random.default_rng(seed)
    origin = np.datetime64("2023-01-01") + draw.integers(0, 600, count)
    margin, landmark = draw.normal(-1, 1, count), draw.choice(DAYS, count)
    passed = origin.astype("datetime64[D]").astype(int)
    middle = int(passed.max()) - 45
    slope = np.select([landmark == day for day in DAYS], [slopes[day] for day in DAYS])
    risk = expit(margin + slope * (passed - middle) / YEAR)
    outcome = (draw.random(count) < risk).astype(float)
    return margin, outcome, origin, np.arange(count), landmark, middle


@pytest.mark.parametrize("slope", [-0.4, 0.3])
def test_a_planted_drift_is_carried_forward_for_a_while(slope):
    held = drawn(dict.fromkeys(DAYS, slope))
    found = fit_trend(*held)
    middle = held[-1]
    ahead = np.array(["2020-01-01", str(np.datetime64(middle, "D") + 100), "2035-01-01"], "M8[D]")
    added = found.added(ahead, np.zeros(3, dtype=int))
    assert added[0] == 0
    assert added[1] == pytest.approx(slope * 100 / YEAR, abs=0.02)
    assert added[2] == pytest.approx(added[1] * LONGEST_CARRIED / 100)


def test_a_trend_that_could_be_chance_is_not_carried():
    found = fit_trend(*drawn(dict.fromkeys(DAYS, 0.0)))
    assert abs(found.a_day * YEAR) < 0.04
    margin, outcome, origin, _, landmark, middle = drawn(dict.fromkeys(DAYS, 0.1), 2_000)
    # few patients with many rows each: what looks like a slope is theirs
    few = np.random.default_rng(1).integers(0, 40, 2_000)
    assert abs(fit_trend(margin, outcome, origin, few, landmark, middle).a_day * YEAR) < 0.1


def test_each_landmark_has_its_own_drift():
    slopes = {0: -0.5, 7: -0.3, 14: 0.0}
    found = fit_trend(*drawn(slopes, 120_000))
    for day, slope in slopes.items():
        assert (found.a_day + found.own[day]) * YEAR == pytest.approx(slope, abs=0.1)


def test_without_days_nothing_is_carried():
    assert Trend(0.1, 5).added(None, np.zeros(3, dtype=int)) == 0.0
    margin, outcome, origin, group, landmark, middle = drawn(dict.fromkeys(DAYS, 0.2), 500)
    same = np.full_like(origin, origin[0])
    assert fit_trend(margin, outcome, same, group, landmark, middle).a_day == 0


def test_a_feature_that_tells_the_day_does_not_hide_the_drift():
    roles = roles_of({**breach_cases.ROLES, "of_the_day": ["load"]})
    frame = breach_cases.frame(9_000)
    passed = (frame["seen"] - frame["seen"].min()).dt.days.to_numpy()
    draw = np.random.default_rng(3)
    margin = np.log(frame["truth"] / (1 - frame["truth"])).to_numpy() - 0.8 * frame["load"]
    risk = expit(margin - 1.0 * passed / YEAR)
    # a load that rises with the calendar, and does nothing
    held = cases(
        frame.assign(load=passed + 0.0, late=(draw.random(9_000) < risk).astype(int)), roles
    ).cases
    parts = np.split(np.argsort(passed, kind="stable"), [5_000, 6_500])
    split = Split(*parts, {})
    test = held.taken(split.test)

    def told(used):
        model = fit(held, used, split, 1, max_iter=60)
        return model, test.outcome.sum() / model.risk(test).sum()

    told_apart, fair = told(roles)
    hidden, unfair = told(replace(roles, of_the_day=()))
    assert told_apart.trend.a_day * YEAR == pytest.approx(-1.0, abs=0.3)
    assert abs(hidden.trend.a_day) < 0.7 * abs(told_apart.trend.a_day)
    assert abs(np.log(fair)) < abs(np.log(unfair))
    assert 0.9 < fair < 1.1


def test_what_tells_of_the_day_has_to_be_a_feature():
    with pytest.raises(ParameterError, match="'weather' is said to be of the day"):
        roles_of({**breach_cases.ROLES, "of_the_day": ["weather"]})
