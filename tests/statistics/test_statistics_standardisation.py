from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.statistics.standardisation import (
    directly_standardised,
    expected,
    indirectly_standardised_rate,
    indirectly_standardised_ratio,
)

# 19 bands of age: events, people, the 2013 European standard, and a reference population
EVENTS = [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91]
PEOPLE = [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123,
          207]  # fmt: skip
STANDARD = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500,
            5000, 4000, 2500, 1500, 1000]  # fmt: skip
REFERENCE_EVENTS = [10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771, 3089, 3490, 3595,
                    4745, 5514, 7125, 5694, 6210, 5757]  # fmt: skip
REFERENCE_PEOPLE = [50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463, 60479,
                    49974, 44140, 40888, 37239, 30819, 18136, 15325, 13918]  # fmt: skip
# people with 1, 2, 3 and 4 events
REPEATS = [
    (75, 16, 4, 2), (16, 3, 1, 0), (11, 2, 1, 0), (12, 3, 1, 0), (8, 0, 0, 1), (18, 3, 1, 0),
    (26, 6, 2, 1), (18, 3, 1, 0), (18, 4, 1, 0), (21, 4, 1, 0), (21, 4, 1, 0), (23, 4, 1, 0),
    (23, 6, 2, 1), (39, 8, 2, 1), (25, 5, 1, 0), (40, 9, 2, 1), (46, 9, 2, 1), (49, 10, 3, 1),
    (56, 11, 3, 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("confidence", "lower", "upper"),
    [(0.95, 9717.709067986, 11178.940915479), (0.998, 9323.287880220, 11620.595999522)],
)
def test_direct_standardisation_gives_the_published_limits(confidence, lower, upper):
    found = directly_standardised(EVENTS, PEOPLE, STANDARD, confidence=confidence)
    assert found.estimate == pytest.approx(10430.247991469, abs=5e-10)
    assert found.lower == pytest.approx(lower, abs=5e-10)
    assert found.upper == pytest.approx(upper, abs=5e-10)


def test_events_of_the_same_people_widen_the_limits_as_published():
    found = directly_standardised(EVENTS, PEOPLE, STANDARD, events_per_person=REPEATS)
    assert found.estimate == pytest.approx(10430.247991469, abs=5e-10)
    assert found.lower == pytest.approx(9532.949779, abs=5e-7)
    assert found.upper == pytest.approx(11373.074833, abs=5e-7)


def test_fewer_than_ten_events_have_no_directly_standardised_rate():
    few = [1] * 9 + [0] * 10
    found = directly_standardised(few, PEOPLE, STANDARD)
    assert np.isnan([found.estimate, found.lower, found.upper]).all()
    assert directly_standardised([1] * 10 + [0] * 9, PEOPLE, STANDARD).estimate > 0


def test_indirect_standardisation_gives_the_published_limits():
    number = expected(PEOPLE, REFERENCE_EVENTS, REFERENCE_PEOPLE)
    assert number == pytest.approx(835.883561231, abs=5e-10)
    rate = 100_000 * sum(REFERENCE_EVENTS) / sum(REFERENCE_PEOPLE)
    assert rate == pytest.approx(9349.883092211, abs=5e-10)
    found = indirectly_standardised_rate(895, number, rate)
    assert found.estimate == pytest.approx(10011.137622091, abs=5e-10)
    assert found.lower == pytest.approx(9365.916002979, abs=5e-10)
    assert found.upper == pytest.approx(10689.097582911, abs=5e-10)


def test_ratios_of_fewer_than_ten_observed_have_exact_limits():
    found = indirectly_standardised_rate([9, 91], 835.8835612311742, 9349.88309221102)
    assert found.lower == pytest.approx([46.033035, 819.521003], abs=5e-7)
    assert found.upper == pytest.approx([191.104267, 1249.759260], abs=5e-7)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=6), st.integers(2, 9))
def test_standardising_to_ones_own_population_changes_nothing(events, size):
    people = [event * size for event in events]
    crude = sum(events) / sum(people)
    if sum(events) >= 10:
        found = directly_standardised(events, people, people, multiplier=1)
        assert found.estimate == pytest.approx(crude)
    assert expected(people, events, people) == pytest.approx(sum(events))
    assert indirectly_standardised_ratio(
        sum(events), expected(people, events, people)
    ).estimate == (pytest.approx(1))


def test_what_cannot_be_standardised_is_refused():
    with pytest.raises(ValueError, match="population above 0"):
        directly_standardised([20, 1], [5, 0], [1, 1])
    with pytest.raises(ValueError, match="one length"):
        directly_standardised([20, 1], [5, 6], [1])
    with pytest.raises(ValueError, match="add up"):
        directly_standardised([20, 1], [50, 6], [1, 1], events_per_person=[[20], [0]])
    with pytest.raises(ValueError, match="nobody in a stratum"):
        expected([10, 10], [1, 0], [5, 0])
