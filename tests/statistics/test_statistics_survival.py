from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.statistics.survival import (
    kaplan_meier,
    restricted_mean,
    restricted_mean_pseudo,
    time_ratio_fit,
)

waits = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=3, max_size=40)


def test_kaplan_meier_is_the_product_of_those_who_stay():
    curve = kaplan_meier([2, 3, 3, 5, 6], [True, True, False, True, False], 6)
    assert curve.waiting == pytest.approx([1, 1, 0.8, 0.6, 0.6, 0.3, 0.3])
    assert list(curve.at_risk) == [5, 5, 5, 4, 2, 2, 1]


def test_nothing_is_said_after_the_last_one_watched():
    curve = kaplan_meier([2, 3], [True, False], 5)
    assert list(curve.waiting[:4]) == [1, 1, 0.5, 0.5]
    assert np.isnan(curve.waiting[4:]).all()
    assert kaplan_meier([2, 3], [True, True], 5).waiting[-1] == 0


@given(st.lists(st.integers(0, 300), min_size=2, max_size=50))
def test_with_none_open_restricted_means_are_means(days):
    found, error = restricted_mean(days, [True] * len(days), 62)
    capped = np.minimum(days, 62)
    assert found.estimate == pytest.approx(capped.mean())
    assert error == pytest.approx(np.sqrt(capped.var() / len(days)), abs=1e-9)
    pseudo = restricted_mean_pseudo(days, [True] * len(days), 62)
    assert pseudo == pytest.approx(capped)


@given(waits)
def test_pseudo_observations_are_what_leaving_one_out_gives(rows):
    days, ended = np.array([d for d, _ in rows]), np.array([e for _, e in rows])
    days, ended = np.append(days, 40), np.append(ended, False)  # someone is watched to the end
    n, whole = len(days), restricted_mean(days, ended, 20)[0].estimate
    pseudo = restricted_mean_pseudo(days, ended, 20)
    for i in range(n - 1):
        kept = np.arange(n) != i
        rest = restricted_mean(days[kept], ended[kept], 20)[0].estimate
        assert pseudo[i] == pytest.approx(n * whole - (n - 1) * rest)


def test_open_pathways_are_not_taken_for_ended_ones():
    random = np.random.default_rng(2)
    true = random.geometric(1 / 50, 20_000)
    seen = random.integers(1, 200, 20_000)
    days, ended = np.minimum(true, seen), true <= seen
    found, error = restricted_mean(days, ended, 62)
    truth = np.minimum(true, 62).mean()
    assert abs(found.estimate - truth) < 4 * error
    assert np.minimum(days[ended], 62).mean() < truth - 3
    assert restricted_mean_pseudo(days, ended, 62).mean() == pytest.approx(found.estimate, abs=0.01)


def test_the_ratio_of_days_is_found_with_open_pathways_and_unequal_spread():
    random = np.random.default_rng(4)
    group, stratum = random.integers(0, 2, 20_000), random.integers(0, 2, 20_000)
    noise = random.logistic(size=20_000) * np.where(stratum == 1, 0.5, 0.25)
    true = np.ceil(np.exp(3.8 + np.log(1.08) * group + noise)).clip(1, 400)
    seen = random.integers(20, 400, 20_000)
    days, ended = np.minimum(true, seen), true <= seen
    design = np.column_stack([np.ones(20_000), group, stratum])
    beta, covariance = time_ratio_fit(design, days, ended, stratum)
    assert abs(beta[1] - np.log(1.08)) < 3 * np.sqrt(covariance[1, 1])
    assert np.sqrt(covariance[1, 1]) < 0.012
    none, spread = time_ratio_fit(design, days[::-1], ended[::-1])  # of other people: no effect
    assert abs(none[1]) < 3 * np.sqrt(spread[1, 1])


@pytest.mark.filterwarnings("error")
def test_a_month_of_which_nobody_has_ended_disturbs_no_ratio():
    """The newest month of an extract: its coefficient is not finite, and no other's business."""
    random = np.random.default_rng(8)
    group, newest = random.integers(0, 2, 3_000), np.arange(3_000) < 30
    days = np.ceil(np.exp(3.9 + 0.1 * group + random.logistic(scale=0.3, size=3_000)))
    days, ended = np.where(newest, 9, days), ~newest
    design = np.column_stack([np.ones(3_000), group, newest])
    beta, covariance = time_ratio_fit(design, days, ended)
    kept, of_kept = time_ratio_fit(design[30:, :2], days[30:], ended[30:])
    assert beta[1] == pytest.approx(kept[1], abs=1e-5)
    assert covariance[1, 1] == pytest.approx(of_kept[1, 1], rel=0.01)


def test_who_has_two_rows_counts_once_in_the_error_of_a_ratio():
    random = np.random.default_rng(6)
    days, group = np.ceil(np.exp(random.logistic(4, 0.3, 800))), random.integers(0, 2, 800)
    design = np.column_stack([np.ones(800), group])
    once = time_ratio_fit(design, days, np.ones(800, bool))[1]
    twice = time_ratio_fit(
        np.vstack([design, design]), np.tile(days, 2), np.ones(1600, bool),
        cluster=np.tile(np.arange(800), 2),
    )[1]  # fmt: skip
    assert twice == pytest.approx(once, rel=1e-6)


@pytest.mark.parametrize("days", [[1.5, 2], [-1, 2], [np.nan, 2]])
def test_waits_that_cannot_be_are_refused(days):
    with pytest.raises(ValueError, match="whole"):
        kaplan_meier(days, [True, False], 10)
