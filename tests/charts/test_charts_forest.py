"""A forest draws released gaps, and tells by shape which of them chance could explain."""

from __future__ import annotations

import numpy as np
import pytest
from chart_makers import GAPS, forest, written
from matplotlib.figure import Figure

from workbench.charts import Chart


def marks(figure: Figure) -> dict[str, list[float]]:
    """Gaps drawn, by marker and whether it is filled."""
    return {
        f"{line.get_marker()} {'hollow' if line.get_markerfacecolor() == 'white' else 'filled'}": [
            float(x) for x in np.asarray(line.get_xdata(), dtype=float)
        ]
        for line in figure.axes[0].lines
        if line.get_marker() not in ("None", "", None)
    }


def labels(chart: Chart) -> list[str]:
    legend = chart.figure.axes[0].get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def test_fractions_are_drawn_as_points_of_a_hundred_with_their_sign() -> None:
    figure = forest().figure
    drawn = sorted(x for places in marks(figure).values() for x in places)
    assert drawn == pytest.approx(sorted(GAPS["gap"] * 100))
    assert {"-3.0", "+9.0", "+20.0", "+1.0"} <= set(written(figure))
    assert figure.axes[0].get_xlabel() == "Percentage points"


def test_a_gap_whose_interval_holds_no_gap_is_hollow_and_round() -> None:
    found = marks(forest().figure)
    assert found["o hollow"] == pytest.approx([1])
    assert found["D filled"] == pytest.approx([-3, 9, 20])


def test_a_corrected_p_value_says_it_where_one_is_given() -> None:
    found = marks(forest(q="q").figure)
    assert found["D filled"] == pytest.approx([-3])
    assert found["o hollow"] == pytest.approx([9, 20, 1])


def test_the_key_names_only_the_marks_that_are_drawn() -> None:
    assert labels(forest()) == ["More than chance explains", "Chance could explain it"]
    second = ("crude", "low", "high", "Crude")
    named = labels(forest(label="After case mix", second=second))
    assert named[0] == "After case mix: more than chance explains"
    assert len([text for text in named if text.startswith("Crude: ")]) == 2


def test_a_second_estimate_has_marks_and_texts_of_its_own() -> None:
    chart = forest(second=("crude", "low", "high", "Crude"))
    found = marks(chart.figure)
    squares = found["s filled"] + found["s hollow"]
    assert sorted(squares) == pytest.approx(sorted(GAPS["crude"] * 100))
    assert "+18.0" in written(chart.figure)


def test_a_withheld_gap_keeps_its_row_and_is_drawn_nowhere() -> None:
    chart = forest("nhs_round5")
    figure = chart.figure
    assert "[c]" in written(figure)
    assert 20 not in [round(x) for places in marks(figure).values() for x in places]
    assert "Not known" in [text.get_text() for text in figure.axes[0].get_yticklabels()]


def test_headings_stand_over_their_rows_in_order() -> None:
    axes = forest().figure.axes[0]
    high = {text.get_text(): text.xy[1] for text in axes.texts if hasattr(text, "xy")}
    rows = {
        t.get_text(): at for t, at in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True)
    }
    assert high["Ethnicity"] < rows["White"] < rows["Not known"] < high["Sex"] < rows["Female"]


def test_a_ratio_has_its_line_at_one_and_no_sign() -> None:
    figure = forest(reference=1.0, unit="times as often", reference_label="Alike").figure
    assert "Alike" in written(figure)
    assert not any(text.startswith("+") for text in written(figure))
    upright = [line for line in figure.axes[0].lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in upright] == [1.0]


def test_what_lies_on_either_side_is_said() -> None:
    figure = forest(sides=("fewer missed", "more missed")).figure
    assert {"← fewer missed", "more missed →"} <= set(written(figure))


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="no column 'r'"):
        forest(q="r")
