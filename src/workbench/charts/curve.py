"""A curve: one or several measures against a setting that someone has to choose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from workbench.charts.canvas import Words, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.labels import beside, spread
from workbench.charts.notes import with_notes
from workbench.charts.scales import drawn_values, round_ticks, value_axis
from workbench.charts.style import GREY, MARKERS, MAX_SERIES, MID_GREY, PALETTE, SMALL
from workbench.disclosure import Released

_ROOM = 0.03
"""Of the width, free beside the first and last point."""


@dataclass(frozen=True)
class _Plan:
    x: str
    y: str
    series: str
    x_label: str
    chosen: float | None
    chosen_label: str
    unit: str


def curve(
    released: Released,
    *,
    x: str,
    y: str,
    series: str,
    x_label: str,
    chosen: float | None = None,
    chosen_label: str = "In use",
    unit: str = "%",
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw measures against a number, with the value in use marked.

    Parameters
    ----------
    released : Released
        One row a number and series.
    x : str
        Column of numbers, written as text since a key is a label: ``0.95``.
    y : str
        Column of values: shares from 0 to 1 where `unit` is ``%``. A line is broken
        where one is missing.
    series : str
        Column that names the measure; at most four, in order of appearance.
    x_label : str
        What the numbers are, under the axis.
    chosen : float, optional
        The number in use: a dashed upright line.
    chosen_label : str, optional
        What that line is.
    unit : str, optional
        ``%`` or what the values count.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        Unfit words, an absent column, over four series, a place along the axis that is
        no number, or % that are no shares.
    """
    plan = _Plan(x, y, series, x_label, chosen, chosen_label, unit)
    chart = charted(
        released, partial(_drawn, released, plan), columns=(x, y, series),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip
    if released.frame[series].nunique() > MAX_SERIES:
        raise ValueError(f"The chart cannot be drawn: more than {MAX_SERIES} series")
    if pd.to_numeric(released.frame[x], errors="coerce").isna().any():
        raise ValueError(f"The chart cannot be drawn: '{x}' must hold numbers written as text")
    return chart


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame = data.frame
    names = list(dict.fromkeys(frame[plan.series].astype(str)))
    figure, (axes,) = sheet(
        with_notes(words, data, plan.y), heights=(3.0,), left=0.75, right=beside(names), below=0.72
    )
    ends: list[tuple[float, str, str]] = []
    for number, name in enumerate(names):
        own = frame[frame[plan.series].astype(str) == name]
        places = drawn_values(pd.to_numeric(own[plan.x]), "")
        values = drawn_values(own[plan.y], plan.unit)
        order = np.argsort(places, kind="stable")
        axes.plot(
            places[order], values[order], color=PALETTE[number], marker=MARKERS[number],
            markersize=4.5, solid_capstyle="round",
        )  # fmt: skip
        shown = values[order][~np.isnan(values[order])]
        if shown.size:
            ends.append((float(shown[-1]), name, PALETTE[number]))
    axes.margins(x=_ROOM, y=0.1)
    every = drawn_values(frame[plan.y], plan.unit)
    if np.unique(every[~np.isnan(every)]).size < 2:  # no range to draw: from nought, then
        axes.set_ylim(0, max(1.0, 2 * float(np.nanmax(every, initial=0))))
    value_axis(axes, plan.unit)
    round_ticks(axes.xaxis, "", ticks=5)
    axes.set_xlabel(plan.x_label)
    _mark(axes, plan)
    spread(axes, ends)
    return figure


def _mark(axes: Axes, plan: _Plan) -> None:
    """Draw the number in use as an upright line, named over the plot."""
    if plan.chosen is None:
        return
    axes.axvline(plan.chosen, color=MID_GREY, linewidth=1.4, linestyle=(0, (4, 2.5)), zorder=1)
    axes.annotate(
        f"{plan.chosen_label} {plan.chosen:g}", (plan.chosen, 1), color=GREY, size=SMALL,
        xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
        ha="center", va="bottom", annotation_clip=False,
    )  # fmt: skip
