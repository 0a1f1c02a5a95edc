from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.statistics.xmr import xmr

PUBLISHED = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
SAW = [0, 1] * 10
"""Mean .5, moving ranges of 1: limits -2.16 and 3.16, near limits -1.27 and 2.27."""


def signals(values: list[float]) -> list[str]:
    return xmr(values).frame["signal"].tolist()


def test_screened_limits_are_the_published_ones() -> None:
    found = xmr(PUBLISHED)
    assert found.centre == pytest.approx(1.944444, abs=5e-7)
    assert found.lower == pytest.approx(-0.715556, abs=5e-7)
    assert found.upper == pytest.approx(4.604444, abs=5e-7)
    assert found.screened == 2


def test_unscreened_limits_are_the_published_ones() -> None:
    found = xmr(PUBLISHED, screen_outliers=False)
    assert found.lower == pytest.approx(-3.062614, abs=5e-7)
    assert found.upper == pytest.approx(6.951503, abs=5e-7)
    assert found.screened == 0


def test_a_point_outside_the_limits_is_special() -> None:
    assert signals(PUBLISHED) == [""] * 4 + ["outside"] + [""] * 13


def test_seven_points_on_one_side_are_a_run_and_six_are_none() -> None:
    seven = [*SAW, 1, 1, 1, 1, 1, 1, *SAW]  # with the last of SAW before: seven in all
    assert signals(seven)[19:26] == ["run"] * 7
    assert sum(signal != "" for signal in signals(seven)) == 7
    six = [*SAW, 1, 1, 1, 1, 1, *SAW]
    assert set(signals(six)) == {""}


def test_seven_points_that_rise_are_a_trend_and_six_are_none() -> None:
    steps = [0, 0.2, 0.4, 0.6, 0.8, 1, 1.2]
    found = signals([*SAW, *steps, *SAW])
    assert [i for i, signal in enumerate(found) if signal == "trend"] == list(range(20, 27))
    assert "trend" not in signals([*SAW, *steps[:-1], *SAW])
    falling = signals([*SAW, *(1.2 - step for step in steps), *SAW])
    assert falling.count("trend") >= 7


def test_two_of_three_near_a_limit_on_one_side_are_special() -> None:
    near = 2.6
    found = signals([*SAW, *SAW, near, 1, near, *SAW])
    assert [i for i, signal in enumerate(found) if signal] == [40, 42]
    assert set(found) == {"", "two_in_three"}


def test_two_of_three_need_the_third_on_the_same_side() -> None:
    assert set(signals([*SAW, *SAW, 1, 2.6, 0, 2.6, 0, *SAW[1:]])) == {""}


def test_a_point_outside_is_called_so_though_it_is_in_a_trend() -> None:
    found = signals([*SAW, 0, 0.5, 1, 1.5, 2, 2.5, 9, *SAW])
    assert found[26] == "outside"
    assert found[20:26] == ["trend"] * 6


def test_a_trend_comes_before_a_run() -> None:
    found = signals([*SAW, 0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.0, *SAW])
    assert found[20:27] == ["trend"] * 7
    assert found[27] == "run"


def test_a_flat_series_has_no_special_cause() -> None:
    found = xmr([0.1] * 30)
    assert set(found.frame["signal"]) == {""}
    assert found.lower == found.upper == pytest.approx(0.1)


def test_a_missing_value_has_no_range_and_ends_a_run() -> None:
    values = [*SAW, 1, 1, np.nan, 1, 1, 1, *SAW]
    found = xmr(values)
    assert set(found.frame["signal"]) == {""}
    assert found.frame["moving_range"].isna().tolist()[21:24] == [False, True, True]


@pytest.mark.parametrize(
    ("target", "better", "assurance"),
    [
        (None, True, None),
        (0.9, True, "fail"),
        (0.9, False, "pass"),
        (0.1, True, "pass"),
        (0.1, False, "fail"),
        (0.5, True, "inconsistent"),
    ],
)
def test_assurance_compares_the_limits_with_the_target(
    target: float | None, better: bool, assurance: str | None
) -> None:
    found = xmr([0.5, 0.52] * 8, target=target, higher_is_better=better)
    assert found.assurance == assurance


def test_limits_from_fewer_than_twelve_points_are_trial_limits() -> None:
    assert xmr(SAW[:11]).trial_limits
    assert not xmr(SAW[:12]).trial_limits


def test_the_index_of_a_series_is_kept() -> None:
    months = pd.Index(["2024-01", "2024-02", "2024-03"])
    assert xmr(pd.Series([1.0, 2, 3], index=months)).frame.index.equals(months)


@pytest.mark.parametrize("values", [[1], [], [1, np.nan, 2], [1, np.inf], [[1, 2], [3, 4]]])
def test_what_is_no_series_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"values|finite"):
        xmr(values)


series = st.lists(st.integers(-1000, 1000), min_size=2, max_size=60)


@given(series)
def test_limits_are_symmetric_and_screening_never_widens_them(values: list[int]) -> None:
    screened, plain = xmr(values), xmr(values, screen_outliers=False)
    assert screened.upper - screened.centre == pytest.approx(screened.centre - screened.lower)
    assert screened.mean_moving_range <= plain.mean_moving_range
    assert screened.centre == plain.centre


@given(series, st.integers(-5, 5), st.sampled_from([-2, -1, 1, 2]))
def test_special_causes_do_not_depend_on_the_unit(
    values: list[int], shift: int, scale: int
) -> None:
    given_, moved = xmr(values), xmr([scale * value + shift for value in values])
    # Numbers of this size are exact, so no point can cross a limit by rounding alone, except
    # where it lies on the limit itself.
    edges = given_.frame[["lower", "upper", "near_lower", "near_upper", "centre"]]
    away = edges.sub(given_.frame["value"], axis=0).abs().to_numpy()
    if (away > 1e-6).all():
        assert given_.frame["signal"].tolist() == moved.frame["signal"].tolist()
