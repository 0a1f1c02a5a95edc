"""Calibration: what was observed against what was predicted, a plot a group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.charts.canvas import Words, renderer_of, sheet, wrapped
from workbench.charts.chart import Chart, charted
from workbench.charts.notes import with_notes
from workbench.charts.scales import PERCENT, drawn_values, round_ticks
from workbench.charts.style import BLUE, GRID, MID_GREY, TEXT, WIDTH
from workbench.disclosure import Released

MOST_GROUPS = 12
_LEFT, _BETWEEN, _RIGHT = 0.8, 0.62, 0.34
"""Inches beside and between plots that stand side by side, for their tick labels."""
_ALONE, _TOGETHER = 3.4, 1.75
"""Height of the one plot, and of each of several."""


@dataclass(frozen=True)
class _Plan:
    risk: str
    observed: str
    lower: str
    upper: str
    series: str | None


def calibration(
    released: Released,
    *,
    risk: str,
    observed: str,
    lower: str,
    upper: str,
    series: str | None = None,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw how often something happened against how likely it was called.

    On the dashed diagonal the two are alike; above it, it happens more often than was
    said. Every plot has the same two axes.

    Parameters
    ----------
    released : Released
        One row a range of predicted risk, and group.
    risk, observed, lower, upper : str
        Columns of the mean predicted risk, the share observed and its limits, 0 to 1.
    series : str, optional
        Column of groups, a plot each, two side by side, in the order in which they come.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, a column is absent, a share is not from 0 to 1, or there are
        more than twelve groups.
    """
    plan = _Plan(risk, observed, lower, upper, series)
    chart = charted(
        released, partial(_drawn, released, plan), columns=(risk, observed, lower, upper, series),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip
    if series is not None and released.frame[series].nunique() > MOST_GROUPS:
        raise ValueError(f"The chart cannot be drawn: more than {MOST_GROUPS} groups")
    return chart


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame = data.frame
    names = [""] if plan.series is None else list(dict.fromkeys(frame[plan.series].astype(str)))
    across = min(2, len(names))
    down = -(-len(names) // across)
    wide = (WIDTH - _LEFT - _RIGHT - _BETWEEN * (across - 1)) / across
    headings = [_heading(name, wide) for name in names]
    head = max(0.2 * (heading.count("\n") + 1) + 0.06 if heading else 0.0 for heading in headings)
    tall = _ALONE if across == 1 else _TOGETHER
    figure, rows = sheet(
        with_notes(words, data, plan.observed),
        heights=(head + tall,) * down,
        left=_LEFT,
        right=_RIGHT,
        below=0.62,
        gap=0.42,
    )
    plots = [plot for row in rows for plot in _side_by_side(figure, row, across, tall)]
    most = _reach(frame, plan)
    for number, (plot, heading) in enumerate(zip(plots, headings, strict=False)):
        own = (
            frame if plan.series is None else frame[frame[plan.series].astype(str) == names[number]]
        )
        _plot(plot, own.sort_values(plan.risk, kind="stable"), plan, most)
        plot.set_title(heading, size=TEXT, weight="bold", loc="left", pad=4)
        if number % across == 0:
            plot.set_ylabel("Observed")
        if number + across >= len(names):
            plot.set_xlabel("Predicted")
    for plot in plots[len(names) :]:
        plot.set_visible(False)
    return figure


def _heading(name: str, wide: float) -> str:
    renderer = renderer_of(Figure(figsize=(1, 1)))
    return "\n".join(wrapped(renderer, name, TEXT, "bold", wide))


def _side_by_side(figure: Figure, row: Axes, across: int, tall: float) -> list[Axes]:
    """Part one wide plot into several of a height, each with room for its heading and labels."""
    box = row.get_position()
    row.remove()
    height = tall / figure.get_size_inches()[1]
    wide = (box.width * WIDTH - _BETWEEN * (across - 1)) / across
    step = (wide + _BETWEEN) / WIDTH
    return [
        figure.add_axes((box.x0 + step * place, box.y0, wide / WIDTH, height))
        for place in range(across)
    ]


def _reach(frame: pd.DataFrame, plan: _Plan) -> float:
    """Give the end of both axes: the largest value or limit drawn in any plot, in per cent."""
    drawn = [
        drawn_values(frame.loc[frame[plan.observed].notna(), c], PERCENT)
        for c in (plan.risk, plan.observed, plan.upper)
    ]
    return min(100.0, max(5.0, 1.04 * max(float(np.nanmax(v, initial=0)) for v in drawn)))


def _plot(axes: Axes, own: pd.DataFrame, plan: _Plan, most: float) -> None:
    """Draw one group: the diagonal, its band and its points."""
    risk, observed, low, high = (
        drawn_values(own[c], PERCENT) for c in (plan.risk, plan.observed, plan.lower, plan.upper)
    )
    axes.grid(visible=True, color=GRID, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    axes.plot([0, most], [0, most], color=MID_GREY, linewidth=1.4, linestyle=(0, (4, 2.5)))
    axes.fill_between(risk, low, high, color=BLUE, alpha=0.18, linewidth=0)
    if np.isfinite(observed).sum() == 1:  # of one point there is no band to see
        axes.vlines(risk, low, high, color=BLUE, alpha=0.5, linewidth=1.4)
    axes.plot(risk, observed, color=BLUE, linewidth=1.4, marker="o", markersize=5, clip_on=False)
    axes.set(xlim=(0, most), ylim=(0, most))
    for axis in (axes.xaxis, axes.yaxis):
        round_ticks(axis, PERCENT, ticks=4)
    if np.isnan(observed).all():
        axes.text(
            0.5, 0.5, "not shown", transform=axes.transAxes, ha="center", va="center",
            style="italic", bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
        )  # fmt: skip
