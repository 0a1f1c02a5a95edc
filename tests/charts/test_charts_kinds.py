from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from chart_makers import (
    MONTHS,
    SHARE,
    WORDS,
    bands,
    dots,
    drawn,
    funnel,
    monthly,
    trend,
    trusts,
    written,
    xmr,
)
from matplotlib.backends.backend_agg import FigureCanvasAgg

from workbench import charts
from workbench.disclosure import Share, release


def test_a_trend_draws_the_released_values_and_no_other() -> None:
    data = monthly()
    expected = (data.frame["share"] * 100).tolist()
    assert sorted(drawn(trend(data).figure)) == pytest.approx(sorted(expected))


def test_a_withheld_value_is_a_gap_in_the_line_and_said() -> None:
    chart = trend(monthly("nhs_round5"))
    line = chart.figure.axes[0].lines[0]
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).tolist() == [
        month == "2024-05" for month in MONTHS
    ]
    assert "[c] 1 value not shown, to protect the people counted." in written(chart.figure)


def test_a_value_that_was_never_there_is_told_apart_from_a_withheld_one() -> None:
    frame = pd.DataFrame({"month": MONTHS, "n": [1.0, np.nan, *range(10)]})
    data = release(frame, keys=["month"], counts=["n"], profile="already_published")
    figure = charts.trend(data, x="month", y="n", unit="people", **WORDS).figure
    assert "[x] 1 value not available." in written(figure)


@pytest.mark.parametrize("panels", [False, True])
def test_a_series_with_nothing_to_show_is_still_named(panels: bool) -> None:
    frame = monthly().frame[["month", "trust", "total", "within"]]
    frame.loc[frame["trust"] == "Trust B", "within"] = 3
    data = release(
        frame,
        keys=["month", "trust"], counts=["total", "within"], shares=SHARE, profile="nhs_round5",
    )  # fmt: skip
    assert "Trust B\n(not shown)" in written(trend(data, panels=panels).figure)


def test_a_month_without_a_row_is_a_gap_too() -> None:
    frame = pd.DataFrame({"month": ["2024-01", "2024-02", "2024-04"], "n": [1.0, 2, 3]})
    data = release(frame, keys=["month"], counts=["n"], profile="already_published")
    line = charts.trend(data, x="month", y="n", unit="people", **WORDS).figure.axes[0].lines[0]
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).tolist() == [
        False, False, True, False,
    ]  # fmt: skip


def test_the_order_of_rows_changes_no_line() -> None:
    frame = pd.DataFrame({"month": MONTHS, "n": range(12)})
    turned = frame[::-1].reset_index(drop=True)
    lines = [
        charts.trend(
            release(rows, keys=["month"], counts=["n"], profile="already_published"),
            x="month", y="n", unit="people", **WORDS,
        ).figure.axes[0].lines[0].get_ydata()
        for rows in (frame, turned)
    ]  # fmt: skip
    assert list(lines[0]) == list(lines[1]) == list(range(12))


def test_targets_are_drawn_while_in_force_and_named() -> None:
    targets = pd.DataFrame(
        {
            "valid_from": ["2023-10-01", "2024-07-01", "2026-01-01"],
            "valid_to": ["2024-06-30", None, None],
            "value": [0.7, 0.75, 0.8],
            "label": ["Target 70%", "Target 75%", "Target 80%"],
        }
    )
    figure = trend(monthly(), targets=targets).figure
    axes = figure.axes[0]
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert [line.get_ydata()[0] for line in dashed] == [70, 75]
    first, second = (np.asarray(line.get_xdata(), dtype=float) for line in dashed)
    assert (second[0] - first[1]) == 1
    assert first[0] == axes.get_xlim()[0]
    assert second[1] == axes.get_xlim()[1]
    assert {"Target 70%", "Target 75%"} <= set(written(figure))
    assert "Target 80%" not in written(figure)


def test_a_target_of_one_series_is_on_its_own_panel_only() -> None:
    targets = pd.DataFrame(
        {"valid_from": ["2023-10-01"], "valid_to": [None], "value": [0.7], "label": ["70%"],
         "series": ["Trust B"]}
    )  # fmt: skip
    top, bottom = trend(monthly(), targets=targets, panels=True).figure.axes
    assert len(top.lines) == 1
    assert len(bottom.lines) == 2


def test_series_are_told_apart_by_more_than_colour() -> None:
    lines = trend(monthly(series=4)).figure.axes[0].lines
    assert len({line.get_marker() for line in lines}) == 4
    assert len({line.get_color() for line in lines}) == 4


def test_an_xmr_chart_marks_special_causes_by_shape() -> None:
    axes = xmr().figure.axes[0]
    markers = {line.get_marker(): list(line.get_ydata()) for line in axes.lines}
    assert markers["^"] == pytest.approx([70])
    assert markers["v"] == pytest.approx([60])
    assert len(markers["o"]) == 10
    assert {"Mean 65.0%", "Lower 61.0%", "Upper 102.0%", "Target 85%"} <= set(written(axes.figure))


def test_an_xmr_chart_takes_flags_and_dates_and_needs_no_target() -> None:
    frame = pd.DataFrame(
        {
            "week": pd.date_range("2024-01-01", periods=8, freq="7D"), "n": [1.0] * 7 + [9],
            "centre": 2.0, "lower": 0.0, "upper": 4.0, "special": [False] * 7 + [True],
        }
    )  # fmt: skip
    limits = ["centre", "lower", "upper", "special"]
    data = release(
        frame, keys=["week"], counts=["n"], statistics=limits, profile="already_published"
    )
    roles = {"x": "week", "y": "n", "centre": "centre", "lower": "lower", "upper": "upper"}
    axes = charts.xmr(data, **roles, signal="special", unit="people", **WORDS).figure.axes[0]
    assert [list(line.get_ydata()) for line in axes.lines if line.get_marker() == "^"] == [[9]]
    assert not any("Target" in text for text in written(axes.figure))


def test_an_xmr_chart_without_special_causes_needs_no_key() -> None:
    frame = pd.DataFrame(
        {"month": MONTHS, "n": [1.0, 2] * 6, "c": 1.5, "l": -1.0, "u": 4.0, "signal": ""}
    )
    data = release(
        frame,
        keys=["month"], counts=["n"], statistics=["c", "l", "u", "signal"],
        profile="already_published",
    )  # fmt: skip
    chart = charts.xmr(
        data, x="month", y="n", centre="c", lower="l", upper="u", signal="signal", unit="people",
        **WORDS,
    )  # fmt: skip
    assert chart.figure.axes[0].get_legend() is None


def test_dots_of_a_narrow_range_and_of_counts_read_apart() -> None:
    frame = pd.DataFrame({"trust": ["A", "B"], "score": [98.2, 98.4], "people": [1200, 1500]})
    data = release(
        frame, keys=["trust"], counts=["people"], statistics=["score"], profile="nhs_round5"
    )
    axes = charts.dots(data, category="trust", value="score", unit="points", **WORDS).figure.axes[0]
    told = [label.get_text() for label in axes.get_xticklabels()]
    assert len(told) == len(set(told)) > 1
    people = charts.dots(data, category="trust", value="people", unit="people", **WORDS).figure
    assert {"1,200", "1,500"} <= set(written(people))


def test_an_xmr_point_withheld_is_not_drawn() -> None:
    figure = xmr("nhs_round5").figure
    assert len(drawn(figure)) == 11
    assert 60 not in [round(value) for value in drawn(figure)]


def test_a_funnel_names_those_outside_the_wider_limits_only() -> None:
    figure = funnel().figure
    names = [text for text in written(figure) if text.startswith("Trust ")]
    assert names == ["Trust 00", "Trust 29"]
    assert len(drawn(figure)) == 30


def test_a_crowded_funnel_names_the_farthest_and_says_so() -> None:
    figure = funnel(middle=0.8, width=0.01).figure
    names = [text for text in written(figure) if text.startswith("Trust ")]
    assert len(names) == 12
    assert any("the 12 farthest are named" in text for text in written(figure))


def test_names_in_a_funnel_do_not_overlap() -> None:
    figure = funnel().figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [t for t in figure.axes[0].texts if t.get_text()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not any(a.overlaps(b) for a, b in pairs)


def test_a_withheld_trust_is_not_in_the_funnel() -> None:
    frame = trusts(6).frame[["trust", "total", "within"]]
    frame.loc[0, ["total", "within"]] = [5, 3]
    frame.loc[1, "within"] = 3
    data = release(
        frame, keys=["trust"], counts=["total", "within"], shares=SHARE, profile="nhs_round5"
    )
    figure = funnel(data).figure
    assert sorted(drawn(figure)) == pytest.approx(sorted(data.frame["share"].dropna() * 100))
    assert len(drawn(figure)) == 4
    assert "[c] 2 values not shown, to protect the people counted." in written(figure)


def test_dots_keep_the_order_given_and_write_each_value() -> None:
    figure = dots().figure
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == [f"Trust {i:02d}" for i in range(6)]
    low, high = figure.axes[0].get_ylim()
    assert low > high  # the first is on top
    assert "10.0%" in written(figure)
    assert "All 70.0%" in written(figure)


def test_a_withheld_dot_is_marked_c() -> None:
    frame = pd.DataFrame({"trust": ["A", "B"], "total": [50, 5], "within": [25, 2]})
    data = release(
        frame,
        keys=["trust"], counts=["total", "within"], shares=SHARE, profile="nhs_round5",
    )  # fmt: skip
    figure = charts.dots(data, category="trust", value="share", **WORDS).figure
    assert "[c]" in written(figure)
    (line,) = figure.axes[0].lines
    assert np.isnan(np.asarray(line.get_xdata(), dtype=float)).tolist() == [False, True]


def test_bands_add_up_to_a_whole_bar() -> None:
    axes = bands().figure.axes[0]
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert ends[-2:] == pytest.approx([100, 100])


def test_rounded_parts_that_exceed_the_whole_are_not_cut_off() -> None:
    figure = bands("nhs_round5", small=23).figure  # 50 + 20 + 25 of 95
    axes = figure.axes[0]
    ends = [bar.get_x() + bar.get_width() for bar in axes.patches]
    assert max(ends) <= axes.get_xlim()[1]
    frame = pd.DataFrame({"site": "Lung", "wait": ["a", "b"], "n": [13, 13], "of": [26, 26]})
    data = release(
        frame, keys=["site", "wait"], counts=["n", "of"], shares={"share": Share("n", "of")},
        profile="nhs_round5",
    )  # fmt: skip
    axes = charts.bands(data, category="site", band="wait", share="share", **WORDS).figure.axes[0]
    assert axes.get_xlim()[1] == pytest.approx(120)


def test_a_bar_with_a_withheld_part_is_not_drawn() -> None:
    figure = bands("nhs_round5", small=3).figure
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths[::2] == [0, 0, 0]
    assert all(width > 0 for width in widths[1::2])
    assert "not shown" in written(figure)


def test_the_stamp_of_an_uncontrolled_table_is_on_the_sheet() -> None:
    data = monthly("none")
    assert data.stamp
    assert data.stamp in written(trend(data).figure)
