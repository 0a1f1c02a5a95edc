"""Parts that an assessment is made of: deals, families of tests, shrinkage, lists, limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution

from workbench.errors import ParameterError
from workbench.fairness.estimates import expanded, limits, spread
from workbench.fairness.flags import flags, many
from workbench.fairness.gaps import adjusted, weights
from workbench.fairness.scored import lines, wins
from workbench.fairness.shrinkage import shrunken
from workbench.fairness.spreads import deal, sd_between
from workbench.statistics.multiplicity import benjamini_hochberg


@given(
    st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=1, max_size=4),
    st.integers(0, 1_000),
)
def test_a_deal_keeps_everybody_and_every_size(counts: list[list[int]], seed: int) -> None:
    held = np.array(counts)
    random = np.random.default_rng(seed)
    sizes = np.stack([random.multinomial(row.sum(), [0.3, 0.5, 0.2]) for row in held])
    dealt = deal(held, sizes, 5, random)
    assert (dealt >= 0).all()
    assert (dealt.sum(axis=1) == held.sum(axis=0)).all()
    assert (dealt.sum(axis=2) == sizes.sum(axis=0)).all()


def test_deals_spread_as_the_hypergeometric_distribution_says() -> None:
    dealt = deal(np.array([[30, 70]]), np.array([[20, 80]]), 20_000, np.random.default_rng(1))
    drawn = dealt[:, 0, 0]
    assert drawn.mean() == pytest.approx(6.0, abs=0.05)
    assert drawn.var() == pytest.approx(20 * 0.3 * 0.7 * 80 / 99, rel=0.03)


def test_one_family_gives_the_first_question_half_of_the_weight() -> None:
    p = np.full(100, 0.5)
    first = np.arange(100) < 10
    shared = weights(~np.isnan(p), first)
    assert shared.sum() == pytest.approx(100)
    assert shared[first].sum() == pytest.approx(50)
    p[0], p[50] = 0.001, 0.001
    q = adjusted(p, first)
    assert q[0] == pytest.approx(0.02)
    assert q[50] == pytest.approx(0.18 / 2)  # of a share of the weight nine times as small
    plain = adjusted(p, np.zeros(100, dtype=bool))
    np.testing.assert_allclose(plain, benjamini_hochberg(p))


def test_what_is_not_tested_is_no_member_of_the_family() -> None:
    p = np.array([0.01, np.nan, 0.04, np.nan])
    q = adjusted(p, np.zeros(4, dtype=bool))
    assert q[0] == pytest.approx(0.02)
    assert np.isnan(q[[1, 3]]).all()


def test_groups_alike_are_drawn_together_and_groups_apart_are_not() -> None:
    alike = shrunken(np.array([12.0, 8.0, 10.0, 11.0]), np.full(4, 40.0))
    assert np.ptp(alike.estimate) < 0.5 * (12 - 8) / 40
    apart = shrunken(np.array([2.0, 38.0, 20.0, 5.0]), np.full(4, 40.0))
    np.testing.assert_allclose(apart.estimate, [0.05, 0.95, 0.5, 0.125], atol=0.05)
    assert (alike.lower < alike.estimate).all()
    assert (alike.upper > alike.estimate).all()


def test_shrunken_limits_hold_the_truth_of_small_groups() -> None:
    random = np.random.default_rng(2)
    held, raw = [], []
    for _ in range(150):
        true = beta_distribution.rvs(12, 8, size=30, random_state=random)
        n = random.integers(5, 40, 30).astype(float)
        x = random.binomial(n.astype(int), true).astype(float)
        found = shrunken(x, n)
        held += list((found.lower <= true) & (true <= found.upper))
        raw.append(np.mean((found.estimate - true) ** 2) / np.mean((x / n - true) ** 2))
    assert 0.915 <= np.mean(held) <= 0.98  # as good as a known scatter would do: 0.95
    assert np.mean(raw) < 0.8  # nearer to the truth than the plain shares


def test_spread_without_noise_is_the_true_one() -> None:
    random = np.random.default_rng(3)
    true = random.normal(0.5, 0.05, (400, 12))
    error = np.full((400, 12), 0.04)
    seen = true + random.normal(0, 0.04, true.shape)
    found = np.mean([sd_between(*row) ** 2 for row in zip(seen, error, strict=True)])
    assert np.sqrt(found) == pytest.approx(0.05, rel=0.1)
    assert sd_between(np.full(5, 0.3), np.full(5, 0.02)) == 0.0


@given(st.floats(0.01, 0.99), st.integers(1, 500))
def test_a_list_is_never_longer_than_its_capacity(capacity: float, cases: int) -> None:
    chosen = flags(np.arange(cases) / cases, np.arange(cases), capacity, None)
    assert chosen.sum() == many(capacity, cases) <= capacity * cases + 1e-6
    assert chosen[cases - chosen.sum() :].all()


def test_a_capacity_means_what_it_says_in_decimals() -> None:
    assert many(0.29, 100) == 29
    with pytest.raises(ParameterError, match="capacity"):
        flags(np.ones(3), np.arange(3), 1.5, None)


def test_limits_never_leave_the_estimate_outside_nor_make_one_up() -> None:
    draws = np.array([[0.2, np.nan, 0.5], [0.3, np.nan, 0.6], [0.4, 0.1, 0.7]])
    lower, upper = limits(draws, np.array([0.1, 0.1, np.nan]))
    assert lower[0] == 0.1
    assert upper[0] > 0.38
    assert np.isnan([lower[1], lower[2], upper[2]]).all()


def test_few_people_widen_samples_as_students_t_does() -> None:
    draws = np.random.default_rng(4).normal(0, 1, (4_000, 2))
    wide = expanded(np.zeros(2), draws, np.array([10.0, 1e6]))
    factor = spread(wide) / spread(draws)
    assert factor[0] == pytest.approx(2.262 / 1.960 * np.sqrt(10 / 9), rel=1e-3)
    assert factor[1] == pytest.approx(1.0, abs=1e-4)


def test_ties_count_half_in_ranks_within_groups_and_between() -> None:
    score = np.array([0.9, 0.5, 0.5, 0.5, 0.1])
    outcome = np.array([1.0, 1.0, 0.0, 0.0, 0.0])
    place = np.array([0, 1, 0, 1, 1])
    found = wins(score, outcome, place, 2)
    np.testing.assert_allclose(found.own(), [1.0, 0.75])
    np.testing.assert_allclose(found.rest(), [0.75, 1.0])
    assert found.total == 5.0


def test_a_line_is_not_made_up_where_outcomes_are_told_apart() -> None:
    margin = np.array([-2.0, -1.0, 1.0, 2.0, -1.0, 0.5, 1.0, 1.5])
    outcome = np.array([0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0])
    place = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    slope = lines(margin, outcome, np.ones(8), place, 3).slope
    assert np.isnan(slope[[0, 2]]).all()
    assert 0 < slope[1] < 10
