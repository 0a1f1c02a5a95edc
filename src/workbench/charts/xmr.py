"""An XmR chart: a series, its process limits, and the points that chance does not explain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from pandas.api import types

from workbench.charts.canvas import Words, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.labels import beside, spread
from workbench.charts.notes import with_notes
from workbench.charts.scales import dates, drawn_values, time_axis, value_axis, written
from workbench.charts.style import BLUE, GREY, MID_GREY, ORANGE, PALETTE, SMALL
from workbench.disclosure import Released


@dataclass(frozen=True)
class _Plan:
    x: str
    y: str
    centre: str
    lower: str
    upper: str
    signal: str
    target: float | None
    unit: str


def xmr(
    released: Released,
    *,
    x: str,
    y: str,
    centre: str,
    lower: str,
    upper: str,
    signal: str,
    target: float | None = None,
    unit: str = "%",
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw a series with its process limits.

    Parameters
    ----------
    released : Released
        One row a time.
    x : str
        Column of months (``YYYY-MM``) or dates.
    y, centre, lower, upper : str
        Columns of values, mean and limits: shares from 0 to 1 where `unit` is ``%``.
    signal : str
        Column that names a special cause, blank or missing where there is none;
        or a true or false flag.
    target : float, optional
        In the unit of the values.
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
    plan = _Plan(x, y, centre, lower, upper, signal, target, unit)
    return charted(
        released, partial(_drawn, released, plan), columns=(x, y, centre, lower, upper, signal),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame = data.frame.sort_values(plan.x, ignore_index=True)
    when, values = dates(frame[plan.x]), drawn_values(frame[plan.y], plan.unit)
    limits = {
        name: drawn_values(frame[column], plan.unit, bounded=False)
        for name, column in (("Mean", plan.centre), ("Lower", plan.lower), ("Upper", plan.upper))
    }
    labels = [
        (float(level[-1]), f"{name} {written(level[-1], plan.unit)}", GREY)
        for name, level in limits.items()
    ]
    signalled = _is_signal(frame[plan.signal])
    goal = [] if plan.target is None else [plan.target]
    for value in drawn_values(pd.Series(goal, dtype=float), plan.unit):
        labels.append((float(value), f"Target {written(value, plan.unit, 0)}", PALETTE[2]))
    figure, (axes,) = sheet(
        with_notes(words, data, plan.y),
        heights=(3.0,),
        left=0.62,
        right=beside([text for _, text, _ in labels]),
        below=0.95 if signalled.any() else 0.55,
    )
    axes.plot(when, limits["Mean"], color=GREY, linewidth=1.4)
    for name in ("Lower", "Upper"):
        axes.plot(when, limits[name], color=MID_GREY, linewidth=1.4, linestyle=(0, (5, 3)))
    for value, text, colour in labels:
        if text.startswith("Target"):
            axes.axhline(value, color=colour, linewidth=1.6, linestyle=(0, (1.5, 1.2)))
    axes.plot(when, values, color=MID_GREY, linewidth=1.2)
    _points(axes, when, values, signalled, limits["Mean"])
    value_axis(axes, plan.unit)
    time_axis(axes, frame[plan.x])
    spread(axes, labels)
    return figure


def _is_signal(signal: pd.Series[str]) -> NDArray[np.bool_]:
    """Where a special cause is named, or a flag is true."""
    if types.is_bool_dtype(signal):
        return np.asarray(signal.fillna(False), dtype=bool)
    return np.asarray(signal.fillna("").astype(str).str.len().to_numpy() > 0)


def _points(
    axes: Axes,
    when: NDArray[np.float64],
    values: NDArray[np.float64],
    signalled: NDArray[np.bool_],
    centre: NDArray[np.float64],
) -> None:
    """Draw the points, special causes by side with a shape of their own, and the key."""
    kinds = (
        ("Usual variation", ~signalled, "o", MID_GREY, 5),
        ("Special cause, high", signalled & (values > centre), "^", BLUE, 9),
        ("Special cause, low", signalled & (values <= centre), "v", ORANGE, 9),
    )
    key = []
    for label, chosen, marker, colour, size in kinds:
        if not chosen.any():
            continue
        axes.plot(
            when[chosen], values[chosen], linestyle="none", marker=marker, markersize=size,
            color=colour, markeredgecolor="white", markeredgewidth=0.6, clip_on=False, zorder=4,
        )  # fmt: skip
        key.append(
            Line2D([], [], linestyle="none", marker=marker, markersize=size, color=colour,
                   label=label)
        )  # fmt: skip
    if not signalled.any():
        return
    axes.legend(
        handles=key, loc="upper left", bbox_to_anchor=(-0.12, -0.2), ncols=3, frameon=False,
        fontsize=SMALL, handletextpad=0.1, columnspacing=1.0, borderaxespad=0,
    )  # fmt: skip
