"""Concentration, spread between groups and attributable parts: vectors, errors, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.equity.inequality import (
    between_group_variance,
    concentration_index,
    index_of_disparity,
    mean_log_deviation,
    paf,
    par,
    theil,
)
from workbench.errors import InputError, ParameterError

# Skilled birth attendance in percent by fifth of wealth, and births (WHO sample)
ATTENDED = np.array([75.60530, 91.01997, 96.03959, 97.04223, 99.22405])
BIRTHS = np.array([2072.436, 2112.204, 1983.059, 2052.124, 1884.510])
# The inputs are published to five decimals, so what is made of them stands to about as many.
ROUNDING = 6e-6

figures = st.lists(st.tuples(st.floats(0.05, 0.95), st.integers(20, 5_000)), min_size=3, max_size=9)


def test_published_concentration_indices_come_out():
    found = concentration_index(ATTENDED, BIRTHS)
    assert found.absolute.estimate == pytest.approx(4.300519704, abs=ROUNDING)
    assert found.absolute.se == pytest.approx(1.284030857, abs=ROUNDING)
    assert found.relative.estimate == pytest.approx(0.04695060157, abs=ROUNDING / 100)
    assert found.relative.se == pytest.approx(0.01401831065, abs=ROUNDING / 100)


def test_published_differences_and_attributable_parts_come_out():
    assert ATTENDED[-1] - ATTENDED[0] == pytest.approx(23.61875153, abs=ROUNDING)
    assert ATTENDED[-1] / ATTENDED[0] == pytest.approx(1.312395444, abs=ROUNDING / 50)
    assert par(ATTENDED, BIRTHS).estimate == pytest.approx(7.627362287, abs=ROUNDING)
    assert 100 * paf(ATTENDED, BIRTHS).estimate == pytest.approx(8.327115615, abs=ROUNDING)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_bounded_forms_do_not_depend_on_the_scale(scale):
    """Multiplying by 4 µ after dividing by µ would be right on the scale of 0 to 1 alone."""
    share = ATTENDED / 100
    found = concentration_index(share * scale, BIRTHS, bounds=(0, scale))
    assert found.erreygers is not None
    assert found.wagstaff is not None
    mean = float((share * BIRTHS).sum() / BIRTHS.sum())
    relative = found.relative.estimate
    assert found.erreygers.estimate == pytest.approx(4 * mean * relative)
    assert found.wagstaff.estimate == pytest.approx(relative / (1 - mean))


def test_bounded_forms_say_of_reaching_what_they_say_of_missing():
    reached = concentration_index(ATTENDED / 100, BIRTHS, np.full(5, 0.01), bounds=(0, 1))
    missed = concentration_index(1 - ATTENDED / 100, BIRTHS, np.full(5, 0.01), bounds=(0, 1))
    for form in ("erreygers", "wagstaff"):
        here, there = getattr(reached, form), getattr(missed, form)
        assert here.estimate == pytest.approx(-there.estimate)
        assert here.se == pytest.approx(there.se)
    assert reached.relative.estimate != pytest.approx(-missed.relative.estimate)


@given(figures)
def test_concentration_index_is_twice_the_covariance_with_rank(rows):
    value, people = np.array([v for v, _ in rows]), np.array([n for _, n in rows], dtype=float)
    share = people / people.sum()
    rank = np.cumsum(share) - share / 2
    mean = float(share @ value)
    expected = 2 * float(share @ ((value - mean) * (rank - 0.5))) / mean
    found = concentration_index(value, people).relative.estimate
    assert found == pytest.approx(expected, abs=1e-12)
    assert -1 <= found <= 1


def shares(seed: int, share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value = np.random.default_rng(seed).binomial(n, share) / n
    return value, np.sqrt(value * (1 - value) / n)


N = np.array([900, 2_500, 1_200, 700, 4_000])
SHARE = np.array([0.48, 0.60, 0.66, 0.74, 0.70])


@pytest.mark.parametrize(
    "measure",
    [
        between_group_variance,
        theil,
        mean_log_deviation,
        index_of_disparity,
        lambda y, n, se: par(y, n, se, reference=3),
        lambda y, n, se: paf(y, n, se, reference=3),
        lambda y, n, se: concentration_index(y, n, se, bounds=(0, 1)).erreygers,
        lambda y, n, se: concentration_index(y, n, se, bounds=(0, 1)).wagstaff,
        lambda y, n, se: concentration_index(y, n, se).relative,
        lambda y, n, se: concentration_index(y, n, se).absolute,
    ],
)
def test_errors_are_on_the_scale_of_the_estimate_and_intervals_hold_the_truth(measure):
    """A peer multiplies estimates by 1,000 and not their errors: its intervals hold 0.15 %."""
    truth = measure(SHARE, N, np.zeros(5)).estimate
    made = [measure(shares(s, SHARE, N)[0], N, shares(s, SHARE, N)[1]) for s in range(300)]
    estimates = np.array([m.estimate for m in made])
    assert np.mean([m.se for m in made]) == pytest.approx(estimates.std(), rel=0.15)
    held = sum(m.lower <= truth <= m.upper for m in made)
    assert 271 <= held <= 297  # of 300 at 95 %


@given(figures)
def test_equal_groups_show_no_inequality(rows):
    people = [n for _, n in rows]
    value = [rows[0][0]] * len(rows)
    for measure in (between_group_variance, theil, mean_log_deviation, index_of_disparity, par):
        assert measure(value, people).estimate == pytest.approx(0, abs=1e-12)


@given(figures)
def test_order_and_splitting_of_groups_change_no_measure_without_order(rows):
    value, people = [v for v, _ in rows], [float(n) for _, n in rows]
    split = ([*value[::-1], value[0]], [*people[:0:-1], people[0] / 2, people[0] / 2])
    for measure in (between_group_variance, theil, mean_log_deviation, index_of_disparity):
        assert measure(*split).estimate == pytest.approx(measure(value, people).estimate, abs=1e-12)


def test_measures_are_their_formulas():
    y, n = np.array([0.5, 0.8]), np.array([1, 3])
    assert between_group_variance(y, n).estimate == pytest.approx(0.25 * 0.75 * 0.09)
    r = y / 0.725
    assert theil(y, n).estimate == pytest.approx((0.25 * r * np.log(r) * [1, 3]).sum())
    assert mean_log_deviation(y, n).estimate == pytest.approx(-(0.25 * np.log(r) * [1, 3]).sum())
    assert index_of_disparity(y, n).estimate == pytest.approx(100 * 2 * 0.25 * 0.225 / 0.725)
    unweighted = index_of_disparity(y, n, weighted=False).estimate
    assert unweighted == pytest.approx(100 * (0.225 + 0.075) / 2 / 0.725)


def test_without_errors_of_the_figures_there_is_no_interval():
    found = between_group_variance(SHARE, N)
    assert np.isnan([found.lower, found.upper, found.se]).all()


def test_nothing_is_to_gain_where_the_reference_does_worse():
    assert par([0.9, 0.8, 0.7], [1, 1, 1]).estimate == 0
    worse = par([0.1, 0.2, 0.3], [1, 1, 1], higher_is_better=False)
    assert worse.estimate == 0
    better = par([0.3, 0.2, 0.1], [1, 1, 1], [0.01] * 3, higher_is_better=False)
    assert better.estimate == pytest.approx(-0.1)
    assert better.upper <= 0


def test_measures_along_an_order_refuse_groups_without_one():
    ethnic = pd.Series(SHARE, index=pd.Index(list("ABCDE"), name="ethnic_category"))
    for measure in (concentration_index, par, paf):
        with pytest.raises(ParameterError, match="index_of_disparity"):
            measure(ethnic, N)
    assert par(ethnic, N, reference=3).estimate > 0
    with pytest.raises(ParameterError, match="place from 0"):
        par(ethnic, N, reference=9)


def test_figures_that_a_measure_cannot_take_are_refused():
    with pytest.raises(InputError, match="above 0"):
        mean_log_deviation([0.0, 0.5], [1, 1])
    assert theil([0.0, 0.5], [1, 1]).estimate == pytest.approx(np.log(2))
    with pytest.raises(InputError, match="0 or more"):
        theil([-0.1, 0.5], [1, 1])
    with pytest.raises(InputError, match="outside the bounds"):
        concentration_index(ATTENDED, BIRTHS, bounds=(0, 1))
    with pytest.raises(ParameterError, match="bounds"):
        concentration_index(ATTENDED, BIRTHS, bounds=(1, 0))
