from __future__ import annotations

import matplotlib as mpl
import pytest
from chart_makers import EVERY, WORDS, drawn, written
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

every = pytest.mark.parametrize("kind", EVERY)


@every
def test_the_same_table_makes_the_same_bytes(kind: str, tmp_path) -> None:
    EVERY[kind]().write_png(tmp_path / "a.png")
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "lines.linewidth": 9}):
        EVERY[kind]().write_png(tmp_path / "b.png")
    first = (tmp_path / "a.png").read_bytes()
    assert first.startswith(b"\x89PNG")
    assert first == (tmp_path / "b.png").read_bytes()


@every
def test_a_figure_saved_in_another_style_is_the_same_picture(kind: str, tmp_path) -> None:
    chart = EVERY[kind]()
    chart.write_png(tmp_path / "a.png", dpi=100)
    figure = chart.figure
    with mpl.rc_context({"font.size": 30, "ytick.labelsize": 30, "xtick.major.size": 20}):
        figure.savefig(tmp_path / "b.png", dpi=100, metadata={"Software": None})
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@every
def test_drawing_leaves_the_callers_style_and_figures_alone(kind: str, tmp_path) -> None:
    import matplotlib.pyplot as plt

    before, open_ = dict(mpl.rcParams), plt.get_fignums()
    chart = EVERY[kind]()
    assert isinstance(chart.figure, Figure)
    chart.write_png(tmp_path / "a.png")
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == open_


@every
def test_what_is_added_to_a_figure_is_not_in_the_next(kind: str) -> None:
    chart = EVERY[kind]()
    before = drawn(chart.figure)
    chart.figure.axes[0].plot([0], [0.123], marker="o")
    assert drawn(chart.figure) == before


@every
def test_no_text_is_clipped_by_the_edge_of_the_sheet(kind: str) -> None:
    figure = EVERY[kind]().figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # legends find their place when drawn
    width, height = figure.bbox.size
    texts = [*figure.texts]
    for axes in figure.axes:
        texts += [*axes.texts, axes.xaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            labels = [(tick.get_loc(), tick.label1) for tick in axis.get_major_ticks()]
            texts += [t for at, t in labels if low <= at <= high and t.get_visible()]
        if axes.get_legend():
            texts += axes.get_legend().get_texts()
    boxes = [t.get_window_extent(canvas.get_renderer()) for t in texts if t.get_text()]
    assert len(boxes) > 8
    assert all(box.x0 >= 0 and box.x1 <= width for box in boxes)
    assert all(box.y0 >= 0 and box.y1 <= height for box in boxes)


@every
def test_letters_stay_legible_on_a_phone(kind: str) -> None:
    figure = EVERY[kind]().figure
    smallest = min(
        text.get_fontsize() for text in [*figure.texts, *(t for a in figure.axes for t in a.texts)]
    )
    assert smallest / 72 * 320 / figure.get_size_inches()[0] >= 7


@every
def test_title_subtitle_and_source_are_on_the_sheet(kind: str) -> None:
    sheet = " ".join(written(EVERY[kind]().figure))
    for word in ("title", "subtitle", "source"):
        assert WORDS[word] in sheet
