"""Labels beside what they name, moved apart where they would overlap."""

from __future__ import annotations

from typing import TypeAlias, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from workbench.charts.canvas import height_of, renderer_of, widest
from workbench.charts.style import GREY, INK, TEXT

_APART, _EDGE = 0.1, 0.12
_Place: TypeAlias = tuple[float, float, str, str]
_PLACES: tuple[_Place, ...] = (
    (8, 0, "left", "center"),
    (-8, 0, "right", "center"),
    (0, 8, "center", "bottom"),
    (0, -8, "center", "top"),
    (7, 7, "left", "bottom"),
    (-7, 7, "right", "bottom"),
    (7, -7, "left", "top"),
    (-7, -7, "right", "top"),
)
"""Offsets in points and alignments, the preferred first."""


def beside(texts: list[str]) -> float:
    """Room at the right of a plot for labels that `spread` writes there, inches."""
    lines = [line for text in texts for line in text.split("\n")]
    return _APART + _EDGE + widest(lines, weight="bold")


def spread(axes: Axes, labels: list[tuple[float, str, str]], size: float = TEXT) -> None:
    """Write labels at the right edge of a plot, near their heights, none over another.

    Parameters
    ----------
    axes : Axes
        The plot, with its vertical limits final.
    labels : list of (height, text, colour)
        Height in data units.
    """
    if not labels:
        return
    low, high = axes.get_ylim()
    line = size * 1.2 / 72 / height_of(axes)
    ordered = sorted(labels, key=lambda label: label[0])
    heights = [(value - low) / (high - low) for value, _, _ in ordered]
    rooms = [line * (text.count("\n") + 1) for _, text, _ in ordered]
    for index in range(1, len(heights)):
        least = heights[index - 1] + (rooms[index - 1] + rooms[index]) / 2
        heights[index] = max(heights[index], least)
    heights[-1] = min(heights[-1], 1.0)
    for index in range(len(heights) - 2, -1, -1):
        most = heights[index + 1] - (rooms[index + 1] + rooms[index]) / 2
        heights[index] = min(heights[index], most)
    for height, (_, text, colour) in zip(heights, ordered, strict=True):
        axes.annotate(
            text, (1, height), xycoords="axes fraction", xytext=(_APART * 72, 0),
            textcoords="offset points", color=INK.get(colour, colour), size=size, weight="bold",
            ha="left", va="center", annotation_clip=False,
        )  # fmt: skip


def place_labels(
    axes: Axes,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    names: dict[int, str],
    size: float,
    keep_clear: NDArray[np.float64],
) -> None:
    """Name some points of a plot, each label where it covers no point and no other label.

    Parameters
    ----------
    axes : Axes
        The plot, with its limits final.
    x, y : ndarray, shape (points,)
        All points, in data units; missing ones are not drawn.
    names : dict of int to str
        Names by position in `x`, the most important first.
    keep_clear : ndarray, shape (places, 2)
        Other places that no label should cover, such as points along a line.
    """
    renderer = renderer_of(cast(Figure, axes.figure))
    points = axes.transData.transform(np.vstack([np.column_stack([x, y]), keep_clear]))
    points = points[~np.isnan(points).any(axis=1)]
    frame = axes.get_window_extent(renderer)
    taken: list[Bbox] = []
    for index, name in names.items():
        text = axes.annotate(
            name, (x[index], y[index]), xytext=(0, 0), textcoords="offset points",
            size=size, weight="bold", color=GREY, zorder=5,
        )  # fmt: skip
        costs = [_cost(_moved(text, place, renderer), frame, taken, points) for place in _PLACES]
        taken.append(_moved(text, _PLACES[int(np.argmin(costs))], renderer))


def _moved(text: Annotation, place: _Place, renderer: RendererAgg) -> Bbox:
    """Put a label at a place beside its point; give the box that it fills there."""
    across, up, ha, va = place
    text.xyann = (across, up)
    text.set(ha=ha, va=va)
    return text.get_window_extent(renderer).padded(2)


def _cost(box: Bbox, frame: Bbox, taken: list[Bbox], points: NDArray[np.float64]) -> float:
    """How bad a place is: outside the plot, over a label, over points."""
    inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
    covered = (
        (points[:, 0] > box.x0) & (points[:, 0] < box.x1)
        & (points[:, 1] > box.y0) & (points[:, 1] < box.y1)
    )  # fmt: skip
    overlapped = sum(box.overlaps(other) for other in taken)
    return 1000.0 * (not inside) + 100.0 * overlapped + float(covered.sum())
