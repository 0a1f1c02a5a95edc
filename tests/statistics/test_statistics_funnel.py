from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.statistics.funnel import (
    overdispersed_limits,
    overdispersion,
    pooled,
    proportion_limits,
)

shares = st.floats(0, 1)
sizes = st.integers(1, 20_000).map(lambda number: number / 2)


def test_naive_limits_are_the_published_ones() -> None:
    found = proportion_limits(0.80642448, 2)
    assert 100 * found.lower == pytest.approx(25.885383, abs=5e-7)


def test_naive_limits_are_held_within_zero_and_one() -> None:
    found = proportion_limits(0.9, [1, 10_000], confidence=0.998)
    assert found.lower[0] == 0
    assert found.upper[0] == 1
    assert 0.89 < found.lower[1] < 0.9 < found.upper[1] < 0.91


def test_overdispersion_follows_its_formula_on_a_worked_example() -> None:
    y, n = np.array([0.5, 0.6, 0.7, 0.8]), np.array([100.0, 200, 300, 400])
    centre = 0.7  # (50 + 120 + 210 + 320) / 1000
    z = (np.arcsin(np.sqrt(y)) - np.arcsin(np.sqrt(centre))) * 2 * np.sqrt(n)
    ordered = np.sort(z)
    low = ordered[0] + 0.3 * (ordered[1] - ordered[0])  # 10% quantile of four values
    high = ordered[2] + 0.7 * (ordered[3] - ordered[2])
    phi = np.mean(np.minimum(np.maximum(z, low), high) ** 2)
    tau2 = (4 * phi - 3) / (4000 - (400**2 + 800**2 + 1200**2 + 1600**2) / 4000)
    found = overdispersion(y, n)
    assert found.centre == pytest.approx(centre)
    assert found.phi == pytest.approx(phi)
    assert found.tau2 == pytest.approx(tau2)
    assert found.organisations == 4


def test_organisations_that_vary_less_than_chance_have_no_extra_variance() -> None:
    assert overdispersion([0.7, 0.7, 0.7], [50, 60, 70]).tau2 == 0


def test_a_missing_or_empty_organisation_is_left_out() -> None:
    whole = overdispersion([0.5, 0.8], [100, 100])
    assert overdispersion([0.5, 0.8, np.nan, 0.4], [100, 100, 100, 0]) == whole


def test_a_given_centre_is_used() -> None:
    assert overdispersion([0.5, 0.8], [100, 100], centre=0.9).centre == 0.9
    assert pooled([0.5, 0.8], [100, 300]) == pytest.approx(0.725)


def test_real_trusts_vary_far_more_than_chance() -> None:
    generator = np.random.default_rng(5)
    n = generator.integers(300, 3000, 200)
    true = np.clip(generator.normal(0.7, 0.08, 200), 0.05, 0.95)
    y = generator.binomial(n, true) / n
    found = overdispersion(y, n)
    naive = proportion_limits(found.centre, n, 0.998)
    wide = overdispersed_limits(found.centre, n, found.tau2, 0.998)
    assert ((y < naive.lower) | (y > naive.upper)).sum() > 80
    assert ((y < wide.lower) | (y > wide.upper)).sum() < 8


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: proportion_limits(70, 10), "percentage"),
        (lambda: proportion_limits(0.7, 0), "above 0"),
        (lambda: proportion_limits(0.7, -1), "below 0"),
        (lambda: overdispersion([0.7], [10]), "two organisations"),
        (lambda: overdispersion([70, 80], [10, 20]), "percentage"),
        (lambda: overdispersion([np.nan, np.nan], [10, 20]), "no organisation"),
        (lambda: overdispersed_limits(0.7, 10, -1), "tau2"),
        (lambda: overdispersed_limits(0.7, 10, float("nan")), "tau2"),
    ],
)
def test_values_out_of_range_are_refused(call, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


@given(shares, sizes, st.floats(0, 0.2))
def test_limits_hold_the_centre_and_widen_with_overdispersion(
    centre: float, n: float, tau2: float
) -> None:
    plain, wide = overdispersed_limits(centre, n, 0), overdispersed_limits(centre, n, tau2)
    slack = 1e-12
    assert 0 <= wide.lower <= plain.lower + slack
    assert plain.lower <= centre + slack
    assert centre <= plain.upper + slack
    assert plain.upper - slack <= wide.upper <= 1


@given(st.floats(0.01, 0.99), st.lists(sizes, min_size=2, max_size=10))
def test_limits_narrow_as_organisations_grow(centre: float, n: list[float]) -> None:
    found = proportion_limits(centre, sorted(n), 0.998)
    assert (np.diff(found.lower) >= 0).all()
    assert (np.diff(found.upper) <= 0).all()
