"""A flow chart writes every released number in a box of its own, and none that was withheld."""

from __future__ import annotations

import pandas as pd
import pytest
from chart_makers import WORDS, written
from matplotlib.backends.backend_agg import FigureCanvasAgg

from workbench import charts
from workbench.charts import Chart
from workbench.disclosure import release

ROWS = [
    ("Records that the Trusts sent", "kept", 64_061),
    ("no wait under this standard", "left out", 788),
    ("Waits", "kept", 57_371),
    ("closed without a date, so that a day is assumed", "of these", 1_195),
    ("too recent to know how they end", "left out", 5),
    ("Waits with a known end", "kept", 57_366),
    ("to learn from", "part", 30_000),
    ("to set the level", "part", 15_000),
    ("to judge", "part", 12_366),
]


def flow(rows: list[tuple[str, str, float]], profile: str = "nhs_round5") -> Chart:
    frame = pd.DataFrame(rows, columns=["step", "kind", "n"])
    data = release(frame, keys=["step", "kind"], counts=["n"], profile=profile)
    return charts.flow(data, step="step", count="n", kind="kind", **WORDS)


def test_every_step_is_written_with_its_released_number() -> None:
    told = written(flow(ROWS).figure)
    assert {"64,060", "790", "57,370", "1,195", "57,365", "30,000", "15,000", "12,365"} <= set(told)
    assert "64,061" not in told
    words = " ".join(told)
    assert "Left out: no wait under this standard" in words
    assert "Of these: closed without a date" in words


def test_a_small_number_left_out_is_withheld_and_said_to_be() -> None:
    told = written(flow(ROWS).figure)
    assert told.count("[c]") == 1
    assert "[c] 1 value not shown, to protect the people counted." in told
    assert "5" not in told


def test_no_box_lies_over_another_and_no_word_leaves_its_box() -> None:
    figure = flow(ROWS).figure
    (axes,) = figure.axes
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [patch.get_window_extent(renderer) for patch in axes.patches if patch.get_width() > 0.5]
    boxes = boxes[: len(ROWS)]
    pairs = [(one, two) for i, one in enumerate(boxes) for two in boxes[i + 1 :]]
    assert not any(one.overlaps(two) for one, two in pairs)
    for text in (text for text in axes.texts if text.get_text()):
        words = text.get_window_extent(renderer)
        assert any(
            box.x0 <= words.x0 and words.x1 <= box.x1 and box.y0 <= words.y0 and words.y1 <= box.y1
            for box in boxes
        ), text.get_text()


def test_those_who_leave_are_told_apart_by_more_than_colour() -> None:
    (axes,) = flow(ROWS).figure.axes
    styles = {patch.get_linestyle() for patch in axes.patches[: len(ROWS)]}
    assert len(styles) == 2
    assert {box.get_facecolor() for box in axes.patches[: len(ROWS)]} != {(1, 1, 1, 1)}


def test_a_chart_of_one_step_and_one_that_ends_with_who_leaves_can_be_drawn() -> None:
    assert "40" in written(flow([("Records", "kept", 40)]).figure)
    ended = flow([("Records", "kept", 400), ("too recent", "left out", 100)])
    assert {"400", "100"} <= set(written(ended.figure))


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([("a", "gone", 40)], "'gone' is no kind of row"),
        ([("a", "left out", 40), ("b", "kept", 40)], "first row must be kept"),
        ([("a", "kept", 40), ("b", "part", 40), ("c", "kept", 40)], "parts must be the last"),
        ([("a", "kept", 40), *((name, "part", 10) for name in "bcde")], "more than 3 parts"),
    ],
)
def test_rows_that_make_no_flow_are_refused(rows: list[tuple[str, str, float]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        flow(rows)
