from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from workbench.statistics.intervals import byar, poisson_exact, rate, wilson

halves = st.integers(0, 200_000).map(lambda number: number / 2)
levels = st.floats(0.5, 0.999)


@st.composite
def part_and_whole(draw: st.DrawFn) -> tuple[float, float]:
    whole = draw(st.integers(1, 100_000))
    return draw(st.integers(0, whole)) / 2, whole / 2


@pytest.mark.parametrize(
    ("x", "lower", "upper"),
    [(65, 50.163187710, 82.849138546), (1, 0.013072133, 5.563755582)],
)
def test_byar_gives_the_published_limits(x: int, lower: float, upper: float) -> None:
    found = byar(x)
    assert (found.estimate, found.lower, found.upper) == (
        x,
        pytest.approx(lower, abs=5e-10),
        pytest.approx(upper, abs=5e-10),
    )


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(65, 100, 0.552544433, 0.736357518), (1, 100, 0.001767432, 0.054486196)],
)
def test_wilson_gives_the_published_limits(x: int, n: int, lower: float, upper: float) -> None:
    found = wilson(x, n)
    assert found.estimate == x / n
    assert found.lower == pytest.approx(lower, abs=5e-10)
    assert found.upper == pytest.approx(upper, abs=5e-10)


def test_rate_gives_the_published_limits() -> None:
    found = rate(20, 100, multiplier=100)
    assert found.estimate == 20
    assert found.lower == pytest.approx(12.211428835, abs=5e-10)
    assert found.upper == pytest.approx(30.889880369, abs=5e-10)


def test_exact_limits_are_those_of_the_chi_squared_distribution() -> None:
    x = np.array([0.5, 1, 4, 9.5, 200])
    found = poisson_exact(x, confidence=0.9)
    np.testing.assert_allclose(found.lower, chi2.ppf(0.05, 2 * x) / 2, rtol=1e-12)
    np.testing.assert_allclose(found.upper, chi2.ppf(0.95, 2 * x + 2) / 2, rtol=1e-12)


def test_a_rate_is_exact_below_ten_events_and_byar_from_ten() -> None:
    assert rate(9.5, 100, 100).lower == poisson_exact(9.5).lower
    assert rate(10, 100, 100).upper == pytest.approx(byar(10).upper, rel=1e-14)


def test_no_events_have_a_lower_limit_of_exactly_zero() -> None:
    lowest = [wilson(0, 5).lower, byar(0).lower, poisson_exact(0).lower, rate(0, 5).lower]
    assert lowest == [0, 0, 0, 0]
    assert wilson(5, 5).upper == 1


def test_a_byar_limit_below_zero_is_missing_rather_than_clipped() -> None:
    found = byar(1, confidence=0.998)
    assert np.isnan(found.lower)
    assert found.upper > 1


def test_missing_values_and_empty_groups_have_no_interval() -> None:
    found = wilson([1, np.nan, 0, 3], [2, 2, 0, np.nan])
    assert np.isnan(found.estimate).tolist() == [False, True, True, True]
    assert np.isnan(found.lower).tolist() == [False, True, True, True]
    assert np.isnan(rate(3, 0).estimate)
    assert np.isnan(byar(np.nan).upper)
    assert np.isnan(poisson_exact(np.nan).upper)


def test_nullable_columns_are_taken_as_they_are() -> None:
    part, whole = pd.Series([1, pd.NA], dtype="Int64"), pd.Series([2.0, 4.0])
    found = wilson(part, whole)
    assert found.estimate[0] == 0.5
    assert np.isnan(found.estimate[1])


@pytest.mark.parametrize(
    ("x", "n", "says"),
    [
        (-1, 5, "below 0"),
        (1, -5, "below 0"),
        (6, 5, "exceed"),
        (np.inf, 5, "finite"),
        ("many", 5, "numbers"),
        ([1, 9], [5, 5], "exceed"),
    ],
)
def test_counts_that_cannot_be_are_refused(x: object, n: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wilson(x, n)  # type: ignore[arg-type]


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_that_is_no_level_is_refused(confidence: float) -> None:
    for refused in (
        lambda: wilson(1, 2, confidence),
        lambda: byar(1, confidence),
        lambda: poisson_exact(1, confidence),
        lambda: rate(1, 2, 100, confidence),
    ):
        with pytest.raises(ValueError, match="confidence"):
            refused()


@pytest.mark.parametrize("x", ["1", ["1"], None, pd.Series(["1"]), [b"1"]])
def test_text_and_nothing_are_no_counts(x: object) -> None:
    for refused in (lambda: wilson(x, 10), lambda: wilson(1, x), lambda: byar(x)):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="must be numbers"):
            refused()


@pytest.mark.parametrize("confidence", ["0.95", None, True, [0.95]])
def test_a_confidence_that_is_no_number_is_refused(confidence: object) -> None:
    with pytest.raises(TypeError, match="confidence must be a number"):
        wilson(1, 10, confidence)  # type: ignore[arg-type]


@pytest.mark.parametrize("interval", [wilson, rate])
def test_series_are_never_paired_across_different_indexes(interval: Callable[..., object]) -> None:
    x, n = pd.Series([1, 2]), pd.Series([3, 4], index=[1, 0])
    with pytest.raises(ValueError, match="different indexes"):
        interval(x, n)
    assert interval(x, n.to_numpy()) is not None
    assert wilson(x, pd.Series([4, 4])).estimate.tolist() == [0.25, 0.5]


def test_a_multiplier_must_be_above_zero() -> None:
    with pytest.raises(ValueError, match="multiplier"):
        rate(1, 2, multiplier=0)


@given(part_and_whole(), levels)
def test_a_share_lies_within_its_interval_and_that_within_the_bounds(
    counts: tuple[float, float], confidence: float
) -> None:
    found = wilson(*counts, confidence)
    assert 0 <= found.lower <= found.estimate <= found.upper <= 1


@given(part_and_whole(), levels)
def test_the_interval_of_the_rest_mirrors_that_of_the_part(
    counts: tuple[float, float], confidence: float
) -> None:
    part, whole = counts
    found, mirrored = wilson(part, whole, confidence), wilson(whole - part, whole, confidence)
    assert found.lower == pytest.approx(1 - mirrored.upper, abs=1e-12)


@given(halves, levels)
def test_a_count_lies_within_its_interval(x: float, confidence: float) -> None:
    exact, approximate = poisson_exact(x, confidence), byar(x, confidence)
    assert exact.lower <= x < exact.upper
    assert x < approximate.upper
    assert np.isnan(approximate.lower) or approximate.lower <= x


@given(part_and_whole(), halves)
def test_more_confidence_never_narrows_an_interval(counts: tuple[float, float], x: float) -> None:
    narrow, wide = wilson(*counts, 0.8), wilson(*counts, 0.998)
    assert wide.lower <= narrow.lower
    assert wide.upper >= narrow.upper
    assert poisson_exact(x, 0.998).upper > poisson_exact(x, 0.8).upper
    assert byar(x, 0.998).upper > byar(x, 0.8).upper


@given(st.lists(part_and_whole(), min_size=1, max_size=20))
def test_an_array_gives_what_its_members_give(pairs: list[tuple[float, float]]) -> None:
    parts, wholes = map(list, zip(*pairs, strict=True))
    together = wilson(parts, wholes)
    assert list(together.lower) == [wilson(*pair).lower for pair in pairs]
    assert isinstance(wilson(*pairs[0]).lower, float)
