from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from workbench.charts.canvas import renderer_of, text_width, wrapped
from workbench.charts.labels import spread
from workbench.charts.scales import (
    dates,
    decimals_for,
    drawn_values,
    is_monthly,
    round_ticks,
    time_axis,
    value_axis,
    written,
)


def ticks(values: list[str]) -> list[str]:
    axes = Figure().add_axes((0, 0, 1, 1))
    time_axis(axes, pd.Series(values))
    return [label.get_text() for label in axes.get_xticklabels()]


def months(first: str, count: int) -> list[str]:
    return [str(month) for month in pd.period_range(first, periods=count, freq="M")]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (["2024-03"], ["Mar\n2024"]),
        (["2024-03-09"], ["9 Mar\n2024"]),
        (months("2024-11", 3), ["Nov\n2024", "Dec\n2024", "Jan\n2025"]),
        (months("2023-10", 18), ["Mar\n2024", "Sep\n2024", "Mar\n2025"]),
        (["2024-01-15", "2024-02-20"], ["15 Jan\n2024", "20 Feb\n2024"]),
        (["2024-01-15", "2024-03-20"], ["Feb\n2024", "Mar\n2024"]),
    ],
)
def test_times_are_written_in_english_whatever_the_locale(
    values: list[str], labels: list[str]
) -> None:
    assert ticks(values) == labels


@settings(max_examples=40)
@given(st.integers(2, 500))
def test_at_most_five_times_are_written_and_the_last_month_is_one(count: int) -> None:
    shown = ticks(months("1990-01", count))
    assert 2 <= len(shown) <= 5
    assert shown[-1].endswith(months("1990-01", count)[-1][:4])


def test_months_and_days_are_told_apart() -> None:
    assert is_monthly(pd.Series(["2024-01", "2024-12"]))
    assert not is_monthly(pd.Series(["2024-01", "2024-13"]))
    assert not is_monthly(pd.Series(["2024-01-01"]))
    assert dates(pd.Series(["1970-01", "1970-02"])).tolist() == [0, 31]
    assert dates(pd.Series(pd.to_datetime(["1970-01-03"]))).tolist() == [2]


def test_only_shares_are_drawn_as_per_cent() -> None:
    assert drawn_values(pd.Series([0.5, None]), "%")[0] == 50
    assert drawn_values(pd.Series([3.0]), "people").tolist() == [3]
    assert drawn_values(pd.Series([1.2]), "%", bounded=False)[0] == pytest.approx(120)
    with pytest.raises(ValueError, match="from 0 to 1"):
        drawn_values(pd.Series([71.4]), "%")


@settings(max_examples=60)
@given(st.floats(0, 1e5), st.floats(1e-3, 1e4), st.sampled_from(["%", "points"]))
def test_no_two_ticks_of_an_axis_read_alike(low: float, wide: float, unit: str) -> None:
    axes = Figure().add_axes((0, 0, 1, 1))
    axes.set_ylim(low, low + wide)
    value_axis(axes, unit)
    axes.set_xlim(low, low + wide)
    round_ticks(axes.xaxis, unit, 4)
    for axis in (axes.xaxis, axes.yaxis):
        told = axis.get_major_formatter().format_ticks(axis.get_majorticklocs())
        assert len(told) == len(set(told)) > 1


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ((98.2, 98.9), ["98.2%", "98.4%", "98.6%", "98.8%"]),
        ((0, 100), ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ((99.90, 99.99), ["99.90%", "99.92%", "99.94%", "99.96%", "99.98%"]),
    ],
)
def test_ticks_have_the_decimals_that_their_distance_asks(
    limits: tuple[float, float], told: list[str]
) -> None:
    axes = Figure().add_axes((0, 0, 1, 1))
    axes.set_ylim(*limits)
    value_axis(axes, "%")
    ticks = [at for at in axes.yaxis.get_majorticklocs() if limits[0] - 1e-9 <= at <= limits[1]]
    assert axes.yaxis.get_major_formatter().format_ticks(ticks) == told


def test_counts_are_written_whole_and_shares_with_one_decimal() -> None:
    assert decimals_for(np.array([3, np.nan, 12.0]), "people") == 0
    assert decimals_for(np.array([3, 12.5]), "people") == 1
    assert decimals_for(np.array([50.0, 60.0]), "%") == 1


def test_numbers_are_written_with_separators_and_units() -> None:
    assert written(71.44, "%") == "71.4%"
    assert written(27537.5, "people", 0) == "27,538"


@given(st.lists(st.tuples(st.floats(0, 100), st.just("a label"), st.just("#000000")), max_size=6))
def test_labels_at_the_edge_never_overlap(labels: list[tuple[float, str, str]]) -> None:
    figure = Figure(figsize=(6, 5))
    axes = figure.add_axes((0.1, 0.2, 0.6, 0.6))
    axes.set_ylim(0, 100)
    spread(axes, labels)
    renderer = renderer_of(figure)
    boxes = sorted((t.get_window_extent(renderer) for t in axes.texts), key=lambda box: box.y0)
    assert len(boxes) == len(labels)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(boxes))


@given(st.lists(st.text("abcdefgh$%", min_size=1, max_size=12), max_size=40))
def test_wrapped_lines_fit_and_lose_no_word(words: list[str]) -> None:
    renderer = renderer_of(Figure())
    lines = wrapped(renderer, " ".join(words), 12, width=2.0)
    assert " ".join(lines).split() == words
    assert all(" " not in line or text_width(renderer, line, 12) <= 2 for line in lines)
    assert not np.any([line == "" for line in lines])
