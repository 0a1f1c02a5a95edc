"""A heat map writes every released value in its cell, with its limits and its doubt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from chart_makers import CELLS, WORDS, heatmap, written
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workbench import charts
from workbench.charts import Chart
from workbench.disclosure import release


def boxes(figure: Figure, hatched: bool) -> list[Rectangle]:
    found = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [patch for patch in found if bool(patch.get_hatch()) == hatched]


def luminance(colour: object) -> float:
    parts = np.array(to_rgb(colour))  # type: ignore[arg-type]
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def drawn(frame: pd.DataFrame) -> Chart:
    data = release(frame, keys=["a", "b"], statistics=["v"], profile="already_published")
    return charts.heatmap(data, row="a", column="b", value="v", **WORDS)


def test_every_cell_has_its_number_and_its_limits() -> None:
    texts = written(heatmap().figure)
    assert {"60%", "41%", "40%", "20%", "50–70", "38–44", "18–22"} <= set(texts)


def test_a_cell_that_chance_could_explain_is_hatched_and_the_hatching_is_explained() -> None:
    figure = heatmap().figure
    assert len(boxes(figure, hatched=True)) == 3
    assert len(boxes(figure, hatched=False)) == 6
    assert any("Hatched" in text and "(42.0%)" in text for text in written(figure))


def test_without_a_reference_nothing_is_hatched() -> None:
    figure = heatmap(reference=None).figure
    assert boxes(figure, hatched=True) == []
    assert not any("Hatched" in text for text in written(figure))


def test_a_withheld_cell_says_so_and_has_no_shade_and_no_limits() -> None:
    figure = heatmap("nhs_round5").figure
    texts = written(figure)
    assert "[c]" in texts
    assert not any("10–90" in text or "70%" in text for text in texts)
    white = [box for box in boxes(figure, hatched=False) if box.get_facecolor()[:3] == (1, 1, 1)]
    assert len(white) == 2  # the withheld one, and the one without a row


def test_more_is_darker() -> None:
    frame = pd.DataFrame({"a": ["x"] * 3, "b": ["1", "2", "3"], "v": [0.1, 0.3, 0.2]})
    shades = [
        luminance(box.get_facecolor()[:3]) for box in boxes(drawn(frame).figure, hatched=False)
    ]
    assert shades[0] > shades[2] > shades[1]


@pytest.mark.parametrize("steps", [2, 9, 40])
def test_words_on_every_shade_can_be_read(steps: int) -> None:
    rows = [f"{at:02d}" for at in range(steps)]
    frame = pd.DataFrame({"a": rows, "b": "only", "v": np.linspace(0, 1, steps)})
    figure = drawn(frame).figure
    inks = [text.get_color() for text in figure.axes[0].texts if text.get_text().endswith("%")]
    for box, ink in zip(boxes(figure, hatched=False), inks, strict=True):
        light, dark = sorted((luminance(box.get_facecolor()[:3]), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_gaps_below_nought_are_written_without_a_dash_between() -> None:
    frame = CELLS.assign(missed=-0.1, lower=-0.2, upper=0.05)
    data = release(
        frame, keys=["ethnicity", "sex"], counts=["n"], statistics=["missed", "lower", "upper"],
        profile="already_published",
    )  # fmt: skip
    chart = charts.heatmap(
        data, row="ethnicity", column="sex", value="missed", lower="lower", upper="upper",
        unit="percentage points", **WORDS,
    )  # fmt: skip
    assert {"-10.0", "-20 to 5"} <= set(written(chart.figure))


def test_too_many_columns_and_two_values_for_a_cell_are_refused() -> None:
    wide = pd.DataFrame({"a": "x", "b": [str(at) for at in range(8)], "v": 0.5})
    with pytest.raises(ValueError, match="more than 7 columns"):
        drawn(wide)
    data = release(
        pd.DataFrame({"a": ["x", "x"], "b": ["1", "1"], "c": ["p", "q"], "v": [0.1, 0.2]}),
        keys=["a", "b", "c"], statistics=["v"], profile="already_published",
    )  # fmt: skip
    with pytest.raises(ValueError, match="two values for one cell"):
        charts.heatmap(data, row="a", column="b", value="v", **WORDS)


def test_values_that_differ_by_less_than_their_doubt_look_alike() -> None:
    frame = pd.DataFrame(
        {"a": ["x", "x"], "b": ["1", "2"], "v": [0.47, 0.48], "l": [0.4, 0.41], "u": [0.54, 0.55]}
    )
    data = release(frame, keys=["a", "b"], statistics=["v", "l", "u"], profile="already_published")
    chart = charts.heatmap(data, row="a", column="b", value="v", lower="l", upper="u", **WORDS)
    shades = [luminance(box.get_facecolor()[:3]) for box in boxes(chart.figure, hatched=False)]
    assert abs(shades[0] - shades[1]) < 0.1


def test_hatching_can_be_seen_on_dark_cells_and_on_pale_ones() -> None:
    frame = pd.DataFrame(
        {"a": ["x", "x"], "b": ["1", "2"], "v": [0.1, 0.9], "l": [0.05, 0.3], "u": [0.7, 0.95]}
    )
    data = release(frame, keys=["a", "b"], statistics=["v", "l", "u"], profile="already_published")
    figure = charts.heatmap(
        data, row="a", column="b", value="v", lower="l", upper="u", reference=0.5, **WORDS
    ).figure
    shades = [box.get_facecolor() for box in boxes(figure, hatched=False)]
    for shade, box in zip(shades, boxes(figure, hatched=True), strict=True):
        light, dark = sorted((luminance(shade[:3]), luminance(box.get_edgecolor()[:3])))[::-1]
        assert (light + 0.05) / (dark + 0.05) >= 3
