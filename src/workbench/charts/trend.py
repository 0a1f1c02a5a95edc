"""A trend: one or several measures over time, with the targets in force."""

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
from workbench.charts.scales import dates, drawn_values, is_monthly, time_axis, value_axis
from workbench.charts.style import GREY, INK, MARKERS, MAX_SERIES, PALETTE, SMALL
from workbench.disclosure import Released

TARGET_COLUMNS = ("valid_from", "valid_to", "value", "label")


@dataclass(frozen=True)
class _Plan:
    """Which column is what, and in which unit."""

    x: str
    y: str
    series: str | None
    lower: str | None
    upper: str | None
    unit: str
    panels: bool


def trend(
    released: Released,
    *,
    x: str,
    y: str,
    series: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
    targets: pd.DataFrame | None = None,
    unit: str = "%",
    panels: bool = False,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw measures over time.

    Parameters
    ----------
    released : Released
        One row a time and series.
    x : str
        Column of months (``YYYY-MM``) or dates.
    y : str
        Column of values: shares from 0 to 1 where `unit` is ``%``.
    series : str, optional
        Column that names the measure; at most four, in order of appearance.
    lower, upper : str, optional
        Columns of limits, drawn as a band.
    targets : DataFrame, optional
        ``valid_from, valid_to, value, label`` and, for one series only, ``series``.
        A blank ``valid_to`` is still in force.
    unit : str, optional
        ``%`` or what the values count.
    panels : bool, optional
        One plot a series, each with its own scale.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        Unfit words, an absent column, over four series, or % that are no shares.
    """
    plan = _Plan(x, y, series, lower, upper, unit, panels)
    chart = charted(
        released, partial(_drawn, released, plan, _checked_targets(targets)),
        columns=(x, y, series, lower, upper), words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip
    if series and released.frame[series].nunique() > MAX_SERIES:
        raise ValueError(f"The chart cannot be drawn: more than {MAX_SERIES} series")
    return chart


def _checked_targets(targets: pd.DataFrame | None) -> pd.DataFrame:
    if targets is None:
        return pd.DataFrame(columns=[*TARGET_COLUMNS, "series"])
    absent = [name for name in TARGET_COLUMNS if name not in targets]
    if absent:
        raise ValueError(f"The chart cannot be drawn: targets lack {', '.join(absent)}")
    return targets.copy() if "series" in targets else targets.assign(series=None)


def _drawn(data: Released, plan: _Plan, targets: pd.DataFrame, words: Words) -> Figure:
    frame = data.frame
    names = [""] if plan.series is None else list(dict.fromkeys(frame[plan.series].astype(str)))
    paneled = plan.panels and len(names) > 1
    right = beside([*names, *targets["label"].astype(str)])
    figure, axes = sheet(
        with_notes(words, data, plan.y),
        heights=(1.35,) * len(names) if paneled else (3.0,),
        left=0.62,
        right=right,
        below=0.55,
        gap=0.22,
    )
    where = axes if paneled else axes * len(names)
    ends: dict[Axes, list[tuple[float, str, str]]] = {place: [] for place in axes}
    empty: dict[Axes, list[tuple[str, str]]] = {place: [] for place in axes}
    for number, (name, place) in enumerate(zip(names, where, strict=True)):
        part = frame if plan.series is None else frame[frame[plan.series].astype(str) == name]
        end = _line(place, part, plan, number)
        if name and end is not None:
            ends[place].append((end, name, PALETTE[number]))
        elif name:
            empty[place].append((f"{name}\n(not shown)", PALETTE[number]))
    span = _span(frame[plan.x])
    for place in axes:
        own = [n for n, p in zip(names, where, strict=True) if p is place]
        ends[place] += _targets(place, targets, own, names, span, plan.unit)
        place.set_xlim(*span)
        value_axis(place, plan.unit, ticks=3 if paneled else 5)
        time_axis(place, frame[plan.x])
        place.tick_params(labelbottom=place is axes[-1])
        middle = sum(place.get_ylim()) / 2
        spread(place, [*ends[place], *((middle, *label) for label in empty[place])])
    return figure


def _span(moments: pd.Series[str]) -> tuple[float, float]:
    """First and last day drawn, with room for the points at both ends."""
    when = dates(moments)
    room = max(2.0, 0.025 * float(when.max() - when.min()))
    return float(when.min()) - room, float(when.max()) + room


def _line(axes: Axes, part: pd.DataFrame, plan: _Plan, number: int) -> float | None:
    """Draw one series, broken where a value is missing; give its last value."""
    part = _every_month(part, plan.x) if is_monthly(part[plan.x]) else part.sort_values(plan.x)
    when, values = dates(part[plan.x]), drawn_values(part[plan.y], plan.unit)
    colour = PALETTE[number]
    axes.plot(
        when, values, color=colour, marker=MARKERS[number], markersize=4.5, solid_capstyle="round",
    )  # fmt: skip
    if plan.lower and plan.upper:
        low, high = (drawn_values(part[c], plan.unit) for c in (plan.lower, plan.upper))
        axes.fill_between(when, low, high, color=colour, alpha=0.18, linewidth=0)
    shown = values[~np.isnan(values)]
    return float(shown[-1]) if shown.size else None


def _day(moment: object) -> float:
    return float(dates(pd.Series([str(moment)]))[0])


def _every_month(part: pd.DataFrame, x: str) -> pd.DataFrame:
    """Add the months that have no row, so that the line breaks there."""
    months = pd.period_range(part[x].min(), part[x].max(), freq="M").astype(str)
    return part.set_index(x).reindex(pd.Index(months, name=x)).reset_index()


def _targets(
    axes: Axes,
    targets: pd.DataFrame,
    own: list[str],
    names: list[str],
    span: tuple[float, float],
    unit: str,
) -> list[tuple[float, str, str]]:
    """Draw the targets in force within the span, stepped; give the labels of those at its end."""
    at_end: list[tuple[float, str, str]] = []
    for row in targets.sort_values(["valid_from", "value"]).to_dict("records"):
        belongs = None if pd.isna(row["series"]) else str(row["series"])
        starts = _day(row["valid_from"])
        ends = np.inf if pd.isna(row["valid_to"]) else _day(row["valid_to"])
        if (belongs is not None and belongs not in own) or ends < span[0] or starts > span[1]:
            continue
        value = float(drawn_values(pd.Series([row["value"]], dtype=float), unit)[0])
        colour = GREY if belongs is None else PALETTE[names.index(belongs)]
        from_, to = max(starts, span[0]), min(ends, span[1])
        axes.plot(
            [from_, to], [value, value], color=colour, linestyle=(0, (4, 2.5)), linewidth=1.4,
        )  # fmt: skip
        if ends >= span[1]:
            at_end.append((value, str(row["label"]), colour))
        else:  # no longer in force: named where it was
            axes.annotate(
                str(row["label"]), (from_, value), xytext=(0, 3), textcoords="offset points",
                color=INK.get(colour, colour), size=SMALL,
            )  # fmt: skip
    return at_end
