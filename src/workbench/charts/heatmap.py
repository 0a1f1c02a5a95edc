"""A heat map: one value where two characteristics meet, written in its cell with its doubt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from workbench.charts.canvas import Words, renderer_of, sheet, widest, wrapped
from workbench.charts.chart import Chart, charted
from workbench.charts.notes import shown_texts, with_notes
from workbench.charts.rows import name_rows, rows_of
from workbench.charts.scales import PERCENT, drawn_values, written
from workbench.charts.style import MID_GREY, SMALL, TEXT, WIDTH
from workbench.disclosure import Released

MOST_COLUMNS = 7
"""More cells side by side than this cannot hold their number at phone width."""
_ROW, _WITH_LIMITS = 0.44, 0.6
_RIGHT = 0.15
_PALE, _DARK = "#EAF1F8", "#12436D"
"""Ends of the shades: one hue from pale to dark, so that a copier keeps the order."""
_BLACK = "#0B0C0C"


@dataclass(frozen=True)
class _Plan:
    row: str
    column: str
    value: str
    lower: str | None
    upper: str | None
    reference: float | None
    reference_label: str
    unit: str


@dataclass(frozen=True)
class _Cells:
    """The cells as drawn: names along both sides; values and limits, rows by columns."""

    rows: list[str]
    columns: list[str]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    texts: list[list[str]]


def heatmap(
    released: Released,
    *,
    row: str,
    column: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    reference: float | None = None,
    reference_label: str = "everyone",
    unit: str = PERCENT,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw one value a cell, with its number, and its limits under it.

    Parameters
    ----------
    released : Released
        One row a cell; rows and columns stand in the order in which they first come.
    row, column, value : str
        Columns of the two names and of the value: shares from 0 to 1 where `unit` is
        ``%``, fractions where it begins with "percentage".
    lower, upper : str, optional
        Columns of limits.
    reference : float, optional
        Value of everyone, in the unit of the values: a cell whose limits hold it, or that
        has none, is hatched, since chance could explain how it differs.
    reference_label : str, optional
        Whose value that is.
    unit : str, optional
        ``%`` or what the values are in.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, a column is absent, there are more than seven columns, two
        values for one cell, or a share is not from 0 to 1.
    """
    plan = _Plan(row, column, value, lower, upper, reference, reference_label, unit)
    chart = charted(
        released, partial(_drawn, released, plan), columns=(row, column, value, lower, upper),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip
    frame = released.frame
    if frame[column].nunique() > MOST_COLUMNS:
        raise ValueError(f"The chart cannot be drawn: more than {MOST_COLUMNS} columns")
    if frame.duplicated([row, column]).any():
        raise ValueError("The chart cannot be drawn: two values for one cell")
    return chart


def _cells(data: Released, plan: _Plan) -> _Cells:
    frame = data.frame
    of_rows, of_columns = frame[plan.row].astype(str), frame[plan.column].astype(str)
    rows, columns = list(dict.fromkeys(of_rows)), list(dict.fromkeys(of_columns))
    place = (of_rows.map(rows.index).to_numpy(), of_columns.map(columns.index).to_numpy())
    values = drawn_values(frame[plan.value], plan.unit)
    shape = (len(rows), len(columns))
    texts = np.full(shape, "", dtype=object)  # a cell without a row in the table stays empty
    texts[place] = shown_texts(
        values, data.withheld[plan.value], plan.unit, decimals=0 if plan.unit == PERCENT else None
    )
    low, value, high = (np.full(shape, np.nan) for _ in range(3))
    for name, grid in ((plan.lower, low), (plan.value, value), (plan.upper, high)):
        if name is not None:
            grid[place] = drawn_values(frame[name], plan.unit, bounded=name == plan.value)
    return _Cells(rows, columns, value, low, high, texts.tolist())


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    cells = _cells(data, plan)
    limited = plan.lower is not None and plan.upper is not None
    rows = rows_of(cells.rows, _WITH_LIMITS if limited else _ROW)
    width = (WIDTH - rows.left - _RIGHT) / len(cells.columns)
    names, size = _headings(cells.columns, width)
    above = 0.12 + 0.2 * max(name.count("\n") + 1 for name in names)
    doubtful = _doubtful(cells, plan)
    figure, (axes,) = sheet(
        with_notes(words, data, plan.value, _key(plan, doubtful)),
        heights=(rows.height + above,),
        left=rows.left,
        right=_RIGHT,
        below=0.1,
    )
    name_rows(axes, rows, above)
    axes.set_xlim(0, len(cells.columns))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.grid(visible=False)
    for at, name in enumerate(names):
        axes.text(at + 0.5, -0.06, name, ha="center", va="bottom", weight="bold", size=size)
    edges = np.concatenate([[0.0], _edges(rows.places)])
    for down in range(len(cells.rows)):
        for across in range(len(cells.columns)):
            box = (across, edges[down], edges[down + 1] - edges[down])
            _cell(axes, cells, (down, across), box, plan.unit, bool(doubtful[down, across]))
    return figure


def _headings(names: list[str], width: float) -> tuple[list[str], float]:
    """Wrap the names of columns to their width; smaller where a word alone is too wide."""
    words = [word for name in names for word in name.split()]
    size = TEXT if widest(words, weight="bold") <= width else SMALL
    renderer = renderer_of(Figure(figsize=(1, 1)))
    return ["\n".join(wrapped(renderer, name, size, "bold", width)) for name in names], size


def _key(plan: _Plan, doubtful: NDArray[np.bool_]) -> tuple[str, ...]:
    """Say under the chart what hatching means, where any cell is hatched."""
    if not doubtful.any() or plan.reference is None:
        return ()
    at = float(drawn_values(pd.Series([plan.reference]), plan.unit)[0])
    who = f"{plan.reference_label} ({written(at, plan.unit)})"
    return (f"Hatched: chance could explain how it differs from {who}.",)


def _edges(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lower edge of each row, from the middles of rows of uneven height."""
    edges, reached = [], 0.0
    for middle in places:
        reached = 2 * float(middle) - reached
        edges.append(reached)
    return np.asarray(edges)


def _doubtful(cells: _Cells, plan: _Plan) -> NDArray[np.bool_]:
    """Where chance could explain how a shown value differs from everyone's."""
    if plan.reference is None:
        return np.zeros(cells.value.shape, dtype=bool)
    at = float(drawn_values(pd.Series([plan.reference]), plan.unit)[0])
    clear = (cells.low > at) | (cells.high < at)
    return np.asarray(~clear & ~np.isnan(cells.value))


def _cell(
    axes: Axes, cells: _Cells, at: tuple[int, int], box: tuple[float, float, float], unit: str,
    doubtful: bool,
) -> None:  # fmt: skip
    """Draw one cell: its shade, its number, its limits, hatched where in doubt."""
    left, top, tall = box
    value, low, high = (float(grid[at]) for grid in (cells.value, cells.low, cells.high))
    shade = _shade(cells, value)
    ink = _ink(shade)
    axes.add_patch(Rectangle((left, top), 1, tall, facecolor=shade, edgecolor="white", linewidth=2))
    if doubtful:
        axes.add_patch(
            Rectangle(
                (left + 0.02, top + 0.02), 0.96, tall - 0.04, fill=False, hatch="////",
                edgecolor=MID_GREY if ink == _BLACK else "white", linewidth=0,
            )
        )  # fmt: skip
    backing = {"facecolor": shade, "edgecolor": "none", "pad": 1.5} if doubtful else None
    limits = "" if np.isnan(low) or np.isnan(high) else _limits(low, high, unit)
    middle = top + tall / 2
    axes.text(
        left + 0.5, middle - (0.1 if limits else 0), cells.texts[at[0]][at[1]], ha="center",
        va="center", color=ink, weight="bold", bbox=backing,
    )  # fmt: skip
    if limits:
        axes.text(
            left + 0.5, middle + 0.12, limits, ha="center", va="center", color=ink, size=SMALL,
            bbox=backing,
        )  # fmt: skip


def _limits(low: float, high: float, unit: str) -> str:
    """Write limits short enough for a cell: whole per cent or points, else as they need."""
    digits = 0 if unit == PERCENT or max(abs(low), abs(high)) >= 10 else 1
    joined = " to " if low < 0 else "–"
    return f"{written(low + 0.0, '', digits)}{joined}{written(high + 0.0, '', digits)}"


def _shade(cells: _Cells, value: float) -> tuple[float, float, float]:
    """Shade between the ends of all values and limits shown; white where nothing is.

    With the limits among them, values that differ by less than their doubt look alike.
    """
    if np.isnan(value):
        return (1.0, 1.0, 1.0)
    every = np.stack([cells.low, cells.value, cells.high])
    low, high = float(np.nanmin(every)), float(np.nanmax(every))
    part = 0.0 if high == low else (value - low) / (high - low)
    red, green, blue = np.array(to_rgb(_PALE)) * (1 - part) + np.array(to_rgb(_DARK)) * part
    return (float(red), float(green), float(blue))


def _ink(shade: tuple[float, float, float]) -> str:
    """Black or white, whichever stands out more (WCAG 2.2 relative luminance)."""
    parts = np.array(shade)
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ np.array([0.2126, 0.7152, 0.0722]))
    return _BLACK if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"
