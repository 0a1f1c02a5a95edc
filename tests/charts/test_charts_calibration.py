"""A calibration plot sets what was seen against what was said, alike for every group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from chart_makers import WORDS, calibration, written
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from workbench import charts
from workbench.disclosure import release


def shown(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def points(axes: Axes) -> list[tuple[float, float]]:
    lines = [line for line in axes.lines if line.get_marker() == "o"]
    return [
        (float(x), float(y))
        for line in lines
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        if not np.isnan(float(y))
    ]


def test_each_group_has_a_plot_of_its_own_with_its_name() -> None:
    plots = shown(calibration().figure)
    assert len(plots) == 3
    names = [" ".join(axes.get_title(loc="left").split()) for axes in plots]
    assert names == [f"Group {name} of patients, as recorded" for name in "ABC"]


def test_points_are_the_released_shares_in_order_of_risk() -> None:
    first = points(shown(calibration().figure)[0])
    assert [x for x, _ in first] == pytest.approx([10, 20, 30, 40, 50])
    assert [y for _, y in first] == pytest.approx([12, 24, 36, 48, 60])


def test_every_plot_has_the_same_square_axes_and_the_diagonal() -> None:
    plots = shown(calibration().figure)
    reaches = {(*axes.get_xlim(), *axes.get_ylim()) for axes in plots}
    assert len(reaches) == 1
    reach = reaches.pop()
    assert reach[:2] == reach[2:]
    assert reach[1] >= 75
    for axes in plots:
        dashed = next(line for line in axes.lines if line.get_linestyle() == "--")
        assert list(dashed.get_xdata()) == list(dashed.get_ydata())


def test_a_group_that_is_withheld_keeps_its_plot_and_says_so() -> None:
    figure = calibration("nhs_round5").figure
    last = shown(figure)[2]
    assert points(last) == []
    assert "not shown" in [text.get_text() for text in last.texts]
    assert any("5 values not shown" in text for text in written(figure))


def test_all_together_is_one_plot() -> None:
    figure = calibration(groups=1).figure
    assert len(shown(figure)) == 1
    assert len(points(figure.axes[0])) == 5


def test_too_many_groups_and_values_that_are_no_shares_are_refused() -> None:
    names = [f"{at:02d}" for at in range(13)]
    frame = pd.DataFrame({"g": names, "r": 0.1, "o": 0.1, "l": 0.0, "u": 0.2})
    data = release(frame, keys=["g"], statistics=["r", "o", "l", "u"], profile="already_published")
    roles = {"risk": "r", "observed": "o", "lower": "l", "upper": "u"}
    with pytest.raises(ValueError, match="more than 12 groups"):
        charts.calibration(data, **roles, series="g", **WORDS)  # type: ignore[arg-type]
    frame = frame.assign(r=10.0)
    data = release(frame, keys=["g"], not_people=["r", "o", "l", "u"], profile="already_published")
    with pytest.raises(ValueError, match="shares from 0 to 1"):
        _ = charts.calibration(data, **roles, **WORDS).figure  # type: ignore[arg-type]


@pytest.mark.parametrize("groups", ["A", "AB"])
def test_a_tick_at_the_end_of_an_axis_is_on_the_sheet(groups: str) -> None:
    rows = [(name, 0.25 * part, 0.25 * part, 0.2 * part, 1.0) for name in groups
            for part in range(1, 5)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["g", "r", "o", "l", "u"])
    data = release(
        frame.assign(part=[*"1234"] * len(groups)), keys=["g", "part"],
        not_people=["r", "o", "l", "u"], profile="already_published",
    )  # fmt: skip
    figure = charts.calibration(
        data, risk="r", observed="o", lower="l", upper="u",
        series="g" if len(groups) > 1 else None, **WORDS,
    ).figure  # type: ignore[arg-type]  # fmt: skip
    figure.canvas.draw()
    axes = shown(figure)[-1]
    last = [one for one in axes.get_xticklabels() if one.get_text() == "100%"]
    assert last
    assert all(one.get_window_extent().x1 <= figure.bbox.width - 2 for one in last)


def test_a_single_point_has_its_interval_drawn() -> None:
    frame = pd.DataFrame(
        {"g": ["A", "B", "B"], "part": ["1", "1", "2"], "r": [0.2, 0.2, 0.4], "o": [0.3, 0.2, 0.4],
         "l": [0.1, 0.1, 0.3], "u": [0.6, 0.3, 0.5]}
    )  # fmt: skip
    data = release(
        frame, keys=["g", "part"], not_people=["r", "o", "l", "u"], profile="already_published"
    )
    figure = charts.calibration(
        data, risk="r", observed="o", lower="l", upper="u", series="g", **WORDS
    ).figure  # type: ignore[arg-type]
    lines = [
        [path.vertices for one in axes.collections if isinstance(one, LineCollection)
         for path in one.get_paths()]
        for axes in shown(figure)
    ]  # fmt: skip
    assert [len(one) for one in lines] == [1, 0]
    assert lines[0][0][:, 1].tolist() == pytest.approx([10, 60])
