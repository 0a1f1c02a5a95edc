"""A curve draws released values in order of the setting, and marks the one in use."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from chart_makers import WORDS, curve, dots, drawn, written

from workbench import charts
from workbench.disclosure import Share, release


def test_values_are_drawn_in_order_of_the_setting() -> None:
    lines = [line for line in curve().figure.axes[0].lines if line.get_marker() == "o"]
    assert list(np.asarray(lines[0].get_xdata())) == [0.5, 0.9, 0.95]
    assert list(np.asarray(lines[0].get_ydata())) == [60, 90, 4]


def test_a_withheld_value_breaks_the_line_and_is_noted() -> None:
    figure = curve("nhs_round5").figure
    assert 4 not in drawn(figure)
    assert any("1 value not shown" in text for text in written(figure))


def test_the_setting_in_use_is_named() -> None:
    assert "In use 0.95" in written(curve().figure)


@pytest.mark.parametrize("values", [(0, 0, 0), (4, 5, 6)])
def test_nothing_to_tell_apart_is_drawn_from_nought(values: tuple[float, ...]) -> None:
    low, high = curve("nhs_round5", values).figure.axes[0].get_ylim()
    assert low == 0
    assert high >= 1


def test_a_setting_that_is_no_number_and_too_many_series_are_refused() -> None:
    frame = pd.DataFrame({"at": ["low"], "what": ["x"], "n": [10]})
    data = release(frame, keys=["at", "what"], counts=["n"], profile="already_published")
    given = {"x": "at", "y": "n", "series": "what", "x_label": "At", "unit": "pairs", **WORDS}
    with pytest.raises(ValueError, match="numbers written as text"):
        charts.curve(data, **given)  # type: ignore[arg-type]
    many = pd.DataFrame({"at": ["1"] * 5, "what": list("abcde"), "n": [10] * 5})
    data = release(many, keys=["at", "what"], counts=["n"], profile="already_published")
    with pytest.raises(ValueError, match="more than 4 series"):
        charts.curve(data, **given)  # type: ignore[arg-type]


def test_dots_that_are_all_withheld_have_no_axis_to_misread() -> None:
    frame = pd.DataFrame({"trust": ["A", "B"], "total": [50, 60], "within": [48, 57]})
    data = release(
        frame, keys=["trust"], counts=["total", "within"],
        shares={"share": Share("within", "total")}, profile="nhs_round5",
    )  # fmt: skip
    figure = charts.dots(data, category="trust", value="share", **WORDS).figure
    assert written(figure).count("[c]") == 2
    assert list(figure.axes[0].get_xticks()) == []
    assert len(dots().figure.axes[0].get_xticks()) > 1
