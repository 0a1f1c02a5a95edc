"""The page writes the words of a chart as text, and shows the plot alone."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "charts"))

import chart_makers
from chart_makers import EVERY

from workbench.reporting.figures import plot_alone, png

WHITE = 250


def ink(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows of a picture hold anything but white."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("L")).min(axis=1) < WHITE


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_words_around_the_plot_are_cut_off_whole_and_nothing_of_the_plot(
    kind: str, tmp_path: Path
) -> None:
    picture = png(EVERY[kind](), tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes() == picture.data
    top, bottom = picture.plot
    rows = ink(picture.data)
    assert 0 < top < bottom < len(rows)
    for cut in (top, bottom):
        assert not rows[cut - 2 : cut + 2].any()  # between lines, through none of them
    shown = ink(plot_alone(picture.data, picture.plot))
    assert len(shown) == bottom - top
    assert shown.sum() > 0.3 * len(shown)


def test_notes_are_given_as_words_and_the_source_is_not_among_them(tmp_path: Path) -> None:
    notes = png(chart_makers.trend(chart_makers.monthly("nhs_round5")), tmp_path / "a.png").notes
    assert notes == ("[c] 1 value not shown, to protect the people counted.",)
    stamped = png(chart_makers.trend(chart_makers.monthly("none")), tmp_path / "b.png").notes
    assert len(stamped) == 1
    assert "source" not in stamped[0].lower()
    assert png(chart_makers.trend(chart_makers.monthly()), tmp_path / "c.png").notes == ()


def test_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (png(chart_makers.dots(), tmp_path / f"{name}.png") for name in "ab")
    assert plot_alone(one.data, one.plot) == plot_alone(two.data, two.plot)


def test_rows_that_are_not_in_the_picture_leave_it_whole(tmp_path: Path) -> None:
    data = png(chart_makers.dots(), tmp_path / "a.png").data
    for rows in ((5, 5), (-1, 9), (0, 10**6)):
        assert plot_alone(data, rows) == data
