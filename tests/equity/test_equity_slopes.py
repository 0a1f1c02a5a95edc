"""Slope and relative index: published vectors, and the faults of the peers."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from workbench.equity.inequality import slope_index, slope_index_of_counts
from workbench.errors import InputError, ParameterError

# Life expectancy by decile of deprivation, its error, and people (public health tests)
VALUE = [75.9334590103, 78.3442382728, 83.8360631042, 83.6375399665, 80.465503153,
         81.1156759857, 81.6930835719, 84.1900062061, 80.5955641081, 86.2894349579]  # fmt: skip
SE = [1.63847242636, 1.57819288454, 1.51343550596, 1.77549061758, 1.7013390592, 1.56412107377,
      1.36811483669, 1.40014180059, 2.43284639758, 1.56651816959]  # fmt: skip
PEOPLE = [7291, 7997, 6105, 7666, 5790, 6934, 5918, 5974, 7147, 7534]

# Skilled birth attendance by fifth of wealth (WHO), people rounded up as published measures do
ATTENDED = np.array([75.60530, 91.01997, 96.03959, 97.04223, 99.22405]) / 100
BIRTHS = np.ceil([2072.436, 2112.204, 1983.059, 2052.124, 1884.510])

rates = st.lists(st.floats(0.05, 0.95), min_size=5, max_size=10)


def simulated(value, se, population, transform, draws=400_000):
    """Limits that simulation gives: what the closed form stands for."""
    y, spread, n = (np.asarray(v, dtype=float) for v in (value, se, population))
    forth = {None: lambda v: v, "log": np.log, "logit": logit}[transform]
    back = {None: lambda v: v, "log": np.exp, "logit": expit}[transform]
    slope = {None: 1.0, "log": 1 / y, "logit": 1 / (y * (1 - y))}[transform]
    share = n / n.sum()
    rank = np.cumsum(share) - share / 2
    design = np.column_stack([np.ones(len(y)), rank])
    lines = np.linalg.solve((design * share[:, None]).T @ design, (design * share[:, None]).T)
    random = np.random.default_rng(9)
    drawn = (forth(y) + spread * slope * random.standard_normal((draws, len(y)))) @ lines.T
    low, high = back(drawn[:, 0]), back(drawn.sum(axis=1))
    return np.quantile(high - low, [0.025, 0.975]), np.quantile(high / low, [0.025, 0.975])


def test_published_slope_and_relative_index_come_out():
    found = slope_index(VALUE, SE, PEOPLE)
    assert found.sii.estimate == pytest.approx(6.934616474, abs=5e-10)
    assert found.rii.estimate == pytest.approx(1.088818080, abs=5e-10)
    width = 10.758687 - 3.127595
    assert found.sii.lower == pytest.approx(3.127595, abs=0.01 * width)
    assert found.sii.upper == pytest.approx(10.758687, abs=0.01 * width)
    width = 1.141299 - 1.038369
    assert found.rii.lower == pytest.approx(1.038369, abs=0.01 * width)
    assert found.rii.upper == pytest.approx(1.141299, abs=0.01 * width)


@pytest.mark.parametrize(("transform", "part"), [(None, 0.01), ("log", 0.04), ("logit", 0.04)])
def test_closed_form_limits_are_those_of_simulation(transform, part):
    value = np.array([0.031, 0.027, 0.029, 0.022, 0.02, 0.021, 0.016, 0.017, 0.014, 0.012])
    se, people = value * np.linspace(0.18, 0.1, 10), np.linspace(900, 1500, 10)
    found = slope_index(value, se, people, transform)
    sii, rii = simulated(value, se, people, transform)
    for ours, theirs in ((found.sii, sii), (found.rii, rii)):
        width = theirs[1] - theirs[0]
        assert [ours.lower, ours.upper] == pytest.approx(list(theirs), abs=part * width)


def test_the_closed_form_costs_nothing_like_a_simulation():
    slope_index(VALUE, SE, PEOPLE)
    began = time.process_time()
    for _ in range(50):
        slope_index(VALUE, SE, PEOPLE)
    closed = (time.process_time() - began) / 50
    began = time.process_time()
    simulated(VALUE, SE, PEOPLE, None, draws=100_000)
    assert time.process_time() - began > 20 * closed


def test_two_runs_say_exactly_the_same():
    assert slope_index(VALUE, SE, PEOPLE) == slope_index(VALUE, SE, PEOPLE)


def test_counts_get_their_people_as_weight_once():
    """Weighted by population again, groups of these sizes would give .316597."""
    within = np.round(ATTENDED * BIRTHS)
    found = slope_index_of_counts(within, BIRTHS)
    assert found.sii.estimate == pytest.approx(0.3163539113, abs=5e-11)
    assert found.rii.estimate == pytest.approx(1.466470742, abs=5e-10)


def test_unequal_groups_show_what_double_weighting_does():
    people = np.array([50.0, 400, 3_000, 6_000])
    share = expit(-1 + 2 * (np.cumsum(people) / people.sum() - people / people.sum() / 2) ** 2)
    found = slope_index_of_counts(np.round(share * people), people)
    single = np.repeat(np.arange(4), people.astype(int))
    rank = (np.cumsum(people) - people / 2)[single] / people.sum()
    y = np.concatenate([np.arange(n) < np.round(s * n) for s, n in zip(share, people, strict=True)])
    design = np.column_stack([np.ones(len(y)), rank])
    beta = np.zeros(2)
    for _ in range(20):
        p = expit(design @ beta)
        beta += np.linalg.solve((design * (p * (1 - p))[:, None]).T @ design, design.T @ (y - p))
    assert found.sii.estimate == pytest.approx(expit(beta.sum()) - expit(beta[0]), abs=1e-8)


def test_the_straight_line_is_fitted_with_people_as_weights():
    found = slope_index(ATTENDED, np.full(5, 0.01), BIRTHS)
    assert found.sii.estimate == pytest.approx(0.2688215925, abs=6e-8)
    weights = np.polyfit(np.cumsum(BIRTHS) / BIRTHS.sum() - BIRTHS / BIRTHS.sum() / 2, ATTENDED, 1,
                         w=np.sqrt(BIRTHS))  # fmt: skip
    assert found.sii.estimate == pytest.approx(weights[0], abs=1e-12)


@pytest.mark.parametrize("scale", [1, 100, 100_000])
def test_the_scale_is_never_guessed_from_the_figures(scale):
    """A rate that stays under one percent is not taken for a proportion."""
    rate = np.array([0.004, 0.005, 0.0075, 0.009])
    found = slope_index(rate * scale, rate * scale / 10, [10, 20, 30, 40])
    plain = slope_index(rate, rate / 10, [10, 20, 30, 40])
    assert found.sii.estimate == pytest.approx(plain.sii.estimate * scale)
    assert found.rii.estimate == pytest.approx(plain.rii.estimate)
    if scale > 1:
        with pytest.raises(InputError, match=r"not percentages|below 1"):
            slope_index(rate * 1_000, rate, [10, 20, 30, 40], "logit")


@given(rates, st.integers(0, 50))
def test_turning_the_order_turns_the_sign(value, seed):
    people = np.random.default_rng(seed).integers(50, 500, len(value))
    se = np.full(len(value), 0.02)
    for transform in (None, "log", "logit"):
        found = slope_index(value, se, people, transform)
        turned = slope_index(value[::-1], se, people[::-1], transform)
        assert turned.sii.estimate == pytest.approx(-found.sii.estimate, abs=1e-9)
        assert turned.sii.lower == pytest.approx(-found.sii.upper, abs=1e-9)
        assert turned.rii.estimate == pytest.approx(1 / found.rii.estimate, rel=1e-9)
        assert found.sii.lower <= found.sii.estimate <= found.sii.upper


def test_limits_from_logits_stay_where_shares_can_be():
    value, se = [0.02, 0.1, 0.9, 0.97], [0.015, 0.05, 0.05, 0.02]
    found = slope_index(value, se, [10, 20, 20, 10], "logit").sii
    assert -1 < found.lower < found.estimate < found.upper < 1


def test_intervals_hold_the_truth_as_often_as_they_say():
    rank = (np.arange(10) + 0.5) / 10
    share, n = 0.6 + 0.1 * rank, np.full(10, 300)
    truth = 0.1
    held = 0
    for seed in range(300):
        x = np.random.default_rng(seed).binomial(n, share)
        p = x / n
        sii = slope_index(p, np.sqrt(p * (1 - p) / n), n).sii
        held += sii.lower <= truth <= sii.upper
    assert 274 <= held <= 295  # of 300 at 95 %


def test_a_relative_index_without_a_base_has_no_limits():
    found = slope_index([0.01, 0.2, 0.4, 0.6], np.full(4, 0.2), [1, 1, 1, 1])
    assert np.isnan([found.rii.lower, found.rii.upper]).all()


ETHNIC = ["Asian", "Black", "Mixed", "Other", "White"]


@pytest.mark.parametrize(
    "measure",
    [
        lambda value: slope_index(value, np.full(5, 0.01), [9, 8, 7, 6, 50]),
        lambda value: slope_index_of_counts(value * 100, [100] * 5),
    ],
)
def test_ethnic_groups_have_no_gradient(measure):
    value = pd.Series([0.6, 0.62, 0.65, 0.6, 0.7], index=pd.Index(ETHNIC, name="ethnicity"))
    with pytest.raises(ParameterError, match="between_group_variance"):
        measure(value)


def test_groups_named_beside_arrays_are_held_to_their_order():
    value, se, n = [0.6, 0.62, 0.65, 0.6, 0.7], np.full(5, 0.01), [9, 8, 7, 6, 50]
    with pytest.raises(ParameterError, match="no order"):
        slope_index(value, se, n, groups=ETHNIC)
    with pytest.raises(ParameterError, match="no order"):
        slope_index(value, se, n, groups=pd.CategoricalIndex(ETHNIC))
    with pytest.raises(InputError, match="in order"):
        slope_index(value, se, n, groups=[1, 2, 4, 3, 5])
    assert slope_index(value, se, n, groups=["0-15", "16-24", "25-49", "70-79", "80+"]).sii.se > 0
    ordered = pd.CategoricalIndex(list("abcde"), categories=list("abcde"), ordered=True)
    assert slope_index(value, se, n, groups=ordered) == slope_index(value, se, n)


def test_every_fault_of_the_figures_is_told_at_once():
    with pytest.raises(InputError) as caught:
        slope_index([0.1, np.nan], [-1, 0.1], [5, 0])
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError, match="at least 3"):
        slope_index([0.1, 0.2], [0.1, 0.1], [5, 5])
    with pytest.raises(InputError, match="logarithm"):
        slope_index([0.0, 0.2, 0.3], [0.1, 0.1, 0.1], [5, 5, 5], "log")
    with pytest.raises(ParameterError, match="transform"):
        slope_index([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], [5, 5, 5], "sqrt")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="confidence"):
        slope_index(VALUE, SE, PEOPLE, confidence=95)


def test_a_share_given_as_certain_is_refused() -> None:
    """0 and 100 % have a binomial error of 0, and an interval of no width would follow."""
    with pytest.raises(InputError, match="standard error of 0"):
        slope_index([0.0, 0.4, 0.6, 0.8, 1.0], [0, 0.02, 0.02, 0.02, 0], [100] * 5)
