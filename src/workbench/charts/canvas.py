"""The sheet that a chart is drawn on: title, subtitle, plot, notes and source, none overlapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from workbench.charts.style import GREY, GRID, SMALL, TEXT, TITLE, WIDTH

HEAD, FOOT = "head", "foot"
"""So begin the names of the texts above and below a picture: a page writes them as words."""

_EDGE = 0.12
_LEADING = 1.32


@dataclass(frozen=True)
class Words:
    """The words on a sheet, besides those in the plot; the stamp of its release in bold."""

    title: str
    subtitle: str
    source: str
    notes: tuple[str, ...] = ()
    stamp: str = ""


def sheet(
    words: Words,
    *,
    heights: tuple[float, ...],
    left: float,
    right: float,
    below: float = 0.5,
    gap: float = 0.5,
) -> tuple[Figure, list[Axes]]:
    """Lay out a figure with one plot above the other.

    The figure grows with its words, so that the plots keep their size.

    Parameters
    ----------
    words : Words
        Title, subtitle, notes and source; wrapped to the width.
    heights : tuple of float
        Height of each plot, inches.
    left, right : float
        Room beside the plots for their labels, inches.
    below : float, optional
        Room under the last plot for its tick labels and axis title, inches.
    gap : float, optional
        Room between plots, inches.

    Returns
    -------
    figure, axes
        Axes from top to bottom, with light horizontal grid lines.
    """
    figure = Figure(figsize=(WIDTH, 1))
    renderer = renderer_of(figure)
    head = [
        *((line, TITLE, "bold", HEAD) for line in wrapped(renderer, words.title, TITLE, "bold")),
        *((line, TEXT, "normal", HEAD) for line in wrapped(renderer, words.subtitle, TEXT)),
    ]
    foot = [
        (line, SMALL, weight, f"{FOOT} {number}")
        for number, (text, weight) in enumerate(
            (
                (words.stamp, "bold"),
                *((text, "normal") for text in (*words.notes, words.source)),
            )
        )
        for line in wrapped(renderer, text, SMALL, weight)
    ]
    top = _EDGE + _height(head) + 0.2
    bottom = _EDGE + _height(foot) + 0.08 + below
    total = top + sum(heights) + gap * (len(heights) - 1) + bottom
    figure.set_size_inches(WIDTH, total)
    _write(figure, head, from_top=_EDGE, total=total)
    _write(figure, foot, from_top=total - _EDGE - _height(foot), total=total)
    axes, reached = [], top
    for height in heights:
        box = (left / WIDTH, 1 - (reached + height) / total, 1 - (left + right) / WIDTH)
        axes.append(figure.add_axes((*box, height / total)))
        axes[-1].grid(axis="y", color=GRID, linewidth=0.8)
        axes[-1].spines["left"].set_visible(False)
        reached += height + gap
    return figure, axes


def renderer_of(figure: Figure) -> RendererAgg:
    """Renderer that measures a figure's text, with no window and no global state."""
    return cast(RendererAgg, cast(Any, FigureCanvasAgg(figure)).get_renderer())


def height_of(axes: Axes) -> float:
    """Height of a plot, inches."""
    return float(axes.get_position().height * cast(Figure, axes.figure).get_size_inches()[1])


def text_width(renderer: RendererAgg, text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text, inches."""
    font = FontProperties(family=["DejaVu Sans"], size=size, weight=weight)
    width, _, _ = cast(Any, renderer).get_text_width_height_descent(text, font, False)
    return float(width / renderer.dpi)


def widest(texts: list[str], size: float = TEXT, weight: str = "normal") -> float:
    """Width of the widest of some lines of text, inches."""
    renderer = renderer_of(Figure(figsize=(1, 1)))
    return max((text_width(renderer, text, size, weight) for text in texts), default=0.0)


def wrapped(
    renderer: RendererAgg,
    text: str,
    size: float,
    weight: str = "normal",
    width: float = WIDTH - 2 * _EDGE,
) -> list[str]:
    """Break a text into lines no wider than `width` inches; a longer word keeps its line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(renderer, longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


_Line = tuple[str, float, str, str]
"""A line of text, its size and weight, and the name of the text that it is part of."""


def _height(lines: list[_Line]) -> float:
    return sum(size * _LEADING / 72 for _, size, _, _ in lines)


def _write(figure: Figure, lines: list[_Line], *, from_top: float, total: float) -> None:
    reached = from_top
    for line, size, weight, name in lines:
        figure.text(
            _EDGE / WIDTH, 1 - reached / total, line,
            size=size, weight=weight, color=GREY, ha="left", va="top", gid=name,
        )  # fmt: skip
        reached += size * _LEADING / 72
