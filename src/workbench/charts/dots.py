"""Dots: one value a category, with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from workbench.charts.canvas import Words, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.labels import beside
from workbench.charts.notes import shown_texts, with_notes
from workbench.charts.rows import name_rows, rows_of, write_beside
from workbench.charts.scales import decimals_for, drawn_values, round_ticks, written
from workbench.charts.style import BLUE, GRID, INK, ORANGE
from workbench.disclosure import Released

_ROW = 0.36


@dataclass(frozen=True)
class _Plan:
    category: str
    value: str
    lower: str | None
    upper: str | None
    reference: float | None
    reference_label: str
    unit: str


def dots(
    released: Released,
    *,
    category: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    reference: float | None = None,
    reference_label: str = "All",
    unit: str = "%",
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw one value a category, top to bottom in the order given.

    Parameters
    ----------
    released : Released
        One row a category.
    category, value : str
        Columns of the name and of the value: shares from 0 to 1 where `unit` is ``%``.
    lower, upper : str, optional
        Columns of limits, drawn as a line through the dot.
    reference : float, optional
        Value to compare with, in the unit of the values: a dashed line.
    reference_label : str, optional
        What the line is.
    unit : str, optional
        ``%`` or what the values count.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, a column is absent, or values drawn as % are not shares.
    """
    plan = _Plan(category, value, lower, upper, reference, reference_label, unit)
    return charted(
        released, partial(_drawn, released, plan), columns=(category, value, lower, upper),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame, withheld = data.frame, data.withheld
    values = drawn_values(frame[plan.value], plan.unit)
    rows = rows_of(frame[plan.category].astype(str).tolist(), _ROW)
    texts = shown_texts(values, withheld[plan.value], plan.unit)
    above = 0.0 if plan.reference is None else 0.3
    figure, (axes,) = sheet(
        with_notes(words, data, plan.value),
        heights=(rows.height + above,),
        left=rows.left,
        right=beside(texts),
        below=0.4,
    )
    name_rows(axes, rows, above)
    write_beside(axes, rows.places, texts)
    _marks(axes, frame, plan, values, rows.places)
    _value_axis(axes, plan.unit, values)
    _reference(axes, plan, above)
    return figure


def _marks(
    axes: Axes,
    frame: pd.DataFrame,
    plan: _Plan,
    values: NDArray[np.float64],
    places: NDArray[np.float64],
) -> None:
    if plan.lower and plan.upper:
        low, high = (drawn_values(frame[c], plan.unit) for c in (plan.lower, plan.upper))
        axes.hlines(places, low, high, color=BLUE, linewidth=2.2, zorder=3)
    axes.plot(
        values, places, linestyle="none", marker="o", markersize=8, color=BLUE,
        markeredgecolor="white", markeredgewidth=0.8, zorder=4,
    )  # fmt: skip


def _value_axis(axes: Axes, unit: str, values: NDArray[np.float64]) -> None:
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=GRID, linewidth=0.8)
    axes.margins(x=0.06)
    if np.isnan(values).all():  # nothing to read off an axis of nothing
        axes.set_xticks([])
        return
    round_ticks(axes.xaxis, unit, ticks=4)


def _reference(axes: Axes, plan: _Plan, above: float) -> None:
    if plan.reference is None:
        return
    at = float(drawn_values(pd.Series([plan.reference]), plan.unit)[0])
    axes.axvline(at, color=ORANGE, linewidth=1.8, linestyle=(0, (4, 2)), zorder=2)
    low, high = axes.get_xlim()
    side = "left" if at < (low + high) / 2 else "right"
    digits = decimals_for(np.array([at]), plan.unit)
    axes.annotate(
        f"{plan.reference_label} {written(at, plan.unit, digits)}", (at, 0.13 - above),
        xytext=(6 if side == "left" else -6, 0), textcoords="offset points",
        ha=side, va="center", color=INK[ORANGE], weight="bold", annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )  # fmt: skip
