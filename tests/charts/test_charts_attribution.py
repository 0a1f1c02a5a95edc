"""Bars of an explanation: shap draws them from a released table alone, in the house's style."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from chart_makers import WORDS, written

from workbench import charts
from workbench.charts import Chart
from workbench.disclosure import Released, release
from workbench.errors import DisclosureError


def table(profile: str = "already_published", people: int = 500) -> Released:
    frame = pd.DataFrame(
        {
            "part": ["Time", "Steps", "A part with quite a long name of its own", "Age"],
            "people": [500, 500, people, 500],
            "adds": [12.5, -7.25, 3.125, 0.5],
            "lower": [11.5, -8.5, 2.5, -1.5],
            "upper": [18.5, -6.5, 3.5, 2.5],
        }
    )
    return release(
        frame, keys=["part"], counts=["people"], not_people=["adds", "lower", "upper"],
        profile=profile,
    )  # fmt: skip


def bars(data: Released) -> Chart:
    return charts.attribution(
        data, feature="part", value="adds", lower="lower", upper="upper", **WORDS
    )


def test_bars_are_the_released_values_in_their_order() -> None:
    axes = bars(table()).figure.axes[0]
    assert [bar.get_width() for bar in axes.containers[0]] == [12.5, -7.25, 3.125, 0.5]
    heights = [bar.get_y() for bar in axes.containers[0]]
    assert heights == sorted(heights, reverse=True)


def test_every_value_is_written_with_its_sign_and_nothing_of_shap_is_left() -> None:
    said = written(bars(table()).figure)
    assert {"+12.5", "-7.2", "+3.1", "+0.5"} <= set(said)
    assert not any("SHAP" in text for text in said)


def test_doubt_is_told_by_hatching_and_in_words() -> None:
    figure = bars(table()).figure
    hatched = [bar.get_hatch() for bar in figure.axes[0].containers[0]]
    assert hatched == [None, None, None, "////"]
    assert any(text.startswith("Hatched:") for text in written(figure))


def test_the_axis_holds_every_limit_and_nought() -> None:
    low, high = bars(table()).figure.axes[0].get_xlim()
    assert low < -8.5
    assert high > 18.5


def test_a_withheld_bar_has_no_length_and_says_so() -> None:
    figure = bars(table("nhs_round5", people=4)).figure
    assert figure.axes[0].containers[0][2].get_width() == 0
    said = written(figure)
    assert "[c]" in said
    assert "[c] 1 value not shown, to protect the people counted." in said
    assert not any("3.1" in text for text in said)


def test_same_table_same_bytes() -> None:
    first, again = BytesIO(), BytesIO()
    bars(table()).write_png(first)
    np.random.default_rng().random()
    bars(table()).write_png(again)
    assert first.getvalue() == again.getvalue()


def test_only_released_tables_and_their_columns_are_drawn() -> None:
    with pytest.raises(DisclosureError):
        bars(table().frame)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no column 'much'"):
        charts.attribution(table(), feature="part", value="much", **WORDS)


def test_sizes_without_limits_start_at_nought_and_carry_no_sign() -> None:
    frame = pd.DataFrame({"part": ["Time", "Age"], "people": [50, 50], "size": [4.5, 2.25]})
    data = release(frame, keys=["part"], counts=["people"], not_people=["size"], profile="none")
    figure = charts.attribution(data, feature="part", value="size", **WORDS).figure
    assert figure.axes[0].get_xlim()[0] == 0
    assert {"4.5", "2.2"} <= set(written(figure))
