"""Bars of an explanation: what each feature adds, drawn by shap from a released table.

shap knows how explanations are drawn; what it is given here is a table that disclosure
control has passed, one value a feature, and never the rows of patients. The sheet, the
words, the limits and the style are the house's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from workbench.charts.canvas import Words, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.labels import beside
from workbench.charts.notes import shown_texts, with_notes
from workbench.charts.rows import rows_of, write_beside
from workbench.charts.scales import drawn_values, round_ticks
from workbench.charts.style import BLUE, GREY, GRID, MID_GREY, ORANGE
from workbench.disclosure import Released

_ROW = 0.42
_UNSURE = "Hatched: the interval holds nought, so that chance alone may have made it."


@dataclass(frozen=True)
class _Plan:
    feature: str
    value: str
    lower: str | None
    upper: str | None
    unit: str


def attribution(
    released: Released,
    *,
    feature: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    unit: str = "log points",
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw what each feature adds as a bar, top to bottom in the order given.

    Parameters
    ----------
    released : Released
        One row a feature.
    feature, value : str
        Columns of the name and of what it adds: to the right of nought what raises the
        margin, to the left what lowers it.
    lower, upper : str, optional
        Columns of limits, drawn as a line on the bar; bars whose limits hold nought are hatched.
    unit : str, optional
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, or a column is absent.
    """
    plan = _Plan(feature, value, lower, upper, unit)
    return charted(
        released, partial(_drawn, released, plan), columns=(feature, value, lower, upper),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame = data.frame
    values = drawn_values(frame[plan.value], plan.unit)
    limits = _limits(data, plan)
    signed = bool((values < 0).any())
    unsure = (limits[0] <= 0) & (limits[1] >= 0)
    rows = rows_of(frame[plan.feature].astype(str).tolist(), _ROW)
    texts = shown_texts(values, data.withheld[plan.value], plan.unit, signed=signed)
    each = max(_ROW, rows.height / len(values))
    figure, (axes,) = sheet(
        with_notes(words, data, plan.value, (_UNSURE,) if unsure.any() else ()),
        heights=(each * len(values),), left=rows.left, right=beside(texts), below=0.45,
    )  # fmt: skip
    bars = _bars(axes, values, rows.names)
    _house_style(axes, rows.names)
    for bar, number, doubtful in zip(bars, values, unsure, strict=True):
        bar.set(facecolor=ORANGE if number < 0 else BLUE, edgecolor="white", linewidth=0.6)
        bar.set_hatch("////" if doubtful else None)
    places = np.array([bar.get_y() + bar.get_height() / 2 for bar in bars])
    axes.hlines(places, *limits, color=GREY, linewidth=1.6, zorder=4)
    axes.plot(np.stack(limits), np.stack([places, places]), "|", color=GREY, zorder=4)
    write_beside(axes, places, texts)
    _reach(axes, np.concatenate([values, *limits]))
    round_ticks(axes.xaxis, plan.unit, ticks=4)
    return figure


def _reach(axes: Axes, values: NDArray[np.float64]) -> None:
    """Let the axis hold nought, every bar and every limit: shap makes room for its bars alone."""
    low, high = np.nanmin([*values, 0.0]), np.nanmax([*values, 0.0])
    room = 0.04 * (high - low) if high > low else 1.0
    axes.set_xlim(low - room if low < 0 else 0.0, high + room)


def _limits(data: Released, plan: _Plan) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    frame = data.frame
    if plan.lower is None or plan.upper is None:
        nothing = np.full(len(frame), np.nan)
        return nothing, nothing
    return drawn_values(frame[plan.lower], plan.unit), drawn_values(frame[plan.upper], plan.unit)


def _bars(axes: Axes, values: NDArray[np.float64], names: list[str]) -> list[Any]:
    """Let shap draw the bars; one that is withheld has no length."""
    import shap  # seconds to load, and no chart but this needs it

    given = shap.Explanation(values=np.nan_to_num(values), feature_names=names)
    shap.plots.bar(
        given, order=np.arange(len(values)), max_display=len(values), show_data=False,
        ax=axes, show=False,
    )  # fmt: skip
    container: Any = axes.containers[0]
    return list(container.patches)


def _house_style(axes: Axes, names: list[str]) -> None:
    """Take shap's own labels and lines away: they do not fit a phone, nor the house's colours."""
    for drawn in (*axes.texts, *axes.lines):
        drawn.remove()
    axes.set_xlabel("")
    axes.set_yticks(np.arange(len(names), 0, -1), names)
    axes.tick_params(axis="both", labelsize="medium")
    for label in axes.get_yticklabels():
        label.set_color(GREY)
    axes.set_ylim(0.5, len(names) + 0.5)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=GRID, linewidth=0.8)
    axes.axvline(0, color=MID_GREY, linewidth=1.0, zorder=3)
