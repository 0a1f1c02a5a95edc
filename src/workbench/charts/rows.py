"""Rows of a horizontal chart: category names wrapped, each row as high as its name needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from workbench.charts.canvas import renderer_of, widest, wrapped
from workbench.charts.style import TEXT

_LINE = 0.19
_NAMES = 2.0
"""Inches: wider names are wrapped, so that the plot keeps most of the width."""


@dataclass(frozen=True)
class Rows:
    """Where the rows of a chart lie, in inches from the top of the plot.

    Attributes
    ----------
    names : list of str
        Category names with their line breaks.
    places : ndarray
        Middle of each row.
    height, left : float
        Height of all rows, and the room that the names need.
    """

    names: list[str]
    places: NDArray[np.float64]
    height: float
    left: float


def rows_of(categories: list[str], least: float) -> Rows:
    """Lay out one row a category, at least `least` inches high."""
    renderer = renderer_of(Figure(figsize=(1, 1)))
    names = ["\n".join(wrapped(renderer, name, TEXT, width=_NAMES)) for name in categories]
    heights = np.array([max(least, _LINE * (name.count("\n") + 1) + 0.12) for name in names])
    lines = [line for name in names for line in name.split("\n")]
    return Rows(
        names=names,
        places=np.asarray(np.cumsum(heights) - heights / 2, dtype=np.float64),
        height=float(heights.sum()),
        left=0.3 + widest(lines),
    )


def name_rows(axes: Axes, rows: Rows, above: float = 0.0) -> None:
    """Set the vertical axis of a plot to its rows, with `above` inches free over the first."""
    axes.set_ylim(rows.height, -above)
    axes.set_yticks(rows.places, rows.names)


def write_beside(
    axes: Axes, places: NDArray[np.float64], texts: list[str], size: float | None = None
) -> None:
    """Write the value of each row at the right of the plot."""
    for place, text in zip(places, texts, strict=True):
        axes.annotate(
            text, (1, place), xycoords=("axes fraction", "data"), xytext=(7, 0),
            textcoords="offset points", ha="left", va="center", weight="bold", size=size,
            annotation_clip=False,
        )  # fmt: skip
