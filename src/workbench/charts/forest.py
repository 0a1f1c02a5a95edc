"""A forest: gaps of groups with their intervals, against the line of no gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from workbench.charts.canvas import Words, height_of, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.labels import beside
from workbench.charts.notes import shown_texts, with_notes
from workbench.charts.rows import Rows, name_rows, rows_of, write_beside
from workbench.charts.scales import POINTS, drawn_values, round_ticks
from workbench.charts.style import BLUE, GREY, GRID, MID_GREY, ORANGE, SMALL, WIDTH
from workbench.disclosure import Released

SURE_BELOW = 0.05
"""A corrected p value under this is called more than chance, as everywhere in the workbench."""
_ROW, _DOUBLE = 0.36, 0.5
_APART = 0.11
"""Inches between the middle of a row and each of its two marks."""
_SURE, _UNSURE = "more than chance explains", "chance could explain it"


@dataclass(frozen=True)
class _Series:
    """One estimate a row: where it stands, what it is called, how it is drawn."""

    value: str
    lower: str
    upper: str
    label: str
    colour: str
    markers: tuple[str, str]
    line: object


@dataclass(frozen=True)
class _Plan:
    category: str
    panel: str | None
    series: tuple[_Series, ...]
    q: str | None
    reference: float
    reference_label: str
    unit: str
    sides: tuple[str, str] | None


def forest(
    released: Released,
    *,
    category: str,
    value: str,
    lower: str,
    upper: str,
    panel: str | None = None,
    q: str | None = None,
    reference: float = 0.0,
    reference_label: str = "No gap",
    unit: str = POINTS,
    sides: tuple[str, str] | None = None,
    label: str = "Estimate",
    second: tuple[str, str, str, str] | None = None,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw one gap a category, top to bottom in the order given, with its interval.

    A gap that chance could explain is a hollow circle, any other a filled diamond, so
    that shape tells it as well as colour.

    Parameters
    ----------
    released : Released
        One row a category; a category may come again in another panel.
    category, value, lower, upper : str
        Columns of the name, the gap and its limits: fractions where `unit` begins with
        "percentage", drawn a hundred times as large.
    panel : str, optional
        Column of headings, each written once over the rows that follow it.
    q : str, optional
        Column of p values corrected for all that was compared: a gap is more than
        chance below 0.05. Without it, where its interval leaves out the reference.
    reference : float, optional
        Where there is no gap, in the unit of the values: 0, or 1 for ratios.
    reference_label : str, optional
        What that line is.
    unit : str, optional
        What the values are in, written under the axis.
    sides : tuple of str, optional
        What lies to the left and to the right of the line, such as "fewer missed".
    label : str, optional
        What the values are, where there is a second one to tell from.
    second : tuple of str, optional
        Columns of another gap and its limits, drawn below the first, and what it is:
        the crude beside the adjusted.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, or a column is absent.
    """
    own = _Series(value, lower, upper, label, BLUE, ("D", "o"), "-")
    other = () if second is None else (_Series(*second, ORANGE, ("s", "s"), (0, (3, 1.5))),)
    plan = _Plan(category, panel, (own, *other), q, reference, reference_label, unit, sides)
    columns = [c for series in plan.series for c in (series.value, series.lower, series.upper)]
    return charted(
        released, partial(_drawn, released, plan), columns=(category, panel, q, *columns),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame, withheld = data.frame, data.withheld
    rows, headings = _rows(frame, plan)
    places = np.delete(rows.places, list(headings))
    double = len(plan.series) > 1
    texts = [
        shown_texts(drawn_values(frame[s.value], plan.unit), withheld[s.value], plan.unit,
                    signed=plan.reference == 0)
        for s in plan.series
    ]  # fmt: skip
    key = _key(frame, plan)
    above = 0.3
    figure, (axes,) = sheet(
        with_notes(words, data, plan.series[0].value),
        heights=(rows.height + above,),
        left=rows.left,
        right=beside([text for written in texts for text in written]),
        below=0.66 + 0.24 * (plan.sides is not None) + 0.24 * len(key),
    )
    name_rows(axes, replace(rows, names=_blanked(rows.names, headings)), above)
    for position, heading in headings.items():
        axes.annotate(
            heading, (0.12 / WIDTH, rows.places[position] + 0.06), ha="left", va="center",
            xycoords=("figure fraction", "data"), weight="bold", annotation_clip=False,
        )  # fmt: skip
    for number, series in enumerate(plan.series):
        shift = (2 * number - 1) * _APART if double else 0.0
        _marks(axes, frame, plan, series, places + shift)
        write_beside(axes, places + shift, texts[number], SMALL if double else None)
    _finish(axes, plan, above, key)
    return figure


def _rows(frame: pd.DataFrame, plan: _Plan) -> tuple[Rows, dict[int, str]]:
    """Lay out the rows with a heading before the first of each panel; give where they are."""
    names = frame[plan.category].astype(str).tolist()
    panels = [""] * len(names) if plan.panel is None else frame[plan.panel].astype(str).tolist()
    lines: list[str] = []
    headings: dict[int, str] = {}
    before = ""
    for name, panel in zip(names, panels, strict=True):
        if panel != before:
            headings[len(lines)] = panel
            lines.append(panel)
            before = panel
        lines.append(name)
    return rows_of(lines, _DOUBLE if len(plan.series) > 1 else _ROW), headings


def _blanked(names: Sequence[str], headings: dict[int, str]) -> list[str]:
    return ["" if position in headings else name for position, name in enumerate(names)]


def _sure(frame: pd.DataFrame, plan: _Plan, series: _Series) -> NDArray[np.bool_]:
    """Where chance alone does not explain a gap; never where its limits are not shown."""
    low, high = (frame[c].to_numpy(float, na_value=np.nan) for c in (series.lower, series.upper))
    if plan.q is not None and series is plan.series[0]:
        corrected = frame[plan.q].to_numpy(float, na_value=np.nan)
        return np.asarray(corrected < SURE_BELOW)
    return np.asarray((low > plan.reference) | (high < plan.reference))


def _marks(
    axes: Axes, frame: pd.DataFrame, plan: _Plan, series: _Series, places: NDArray[np.float64]
) -> None:
    value, low, high = (
        drawn_values(frame[c], plan.unit) for c in (series.value, series.lower, series.upper)
    )
    axes.hlines(places, low, high, color=series.colour, linewidth=2, linestyle=series.line)
    sure = _sure(frame, plan, series)
    for chosen, is_sure in ((sure, True), (~sure & ~np.isnan(value), False)):
        if chosen.any():
            axes.plot(value[chosen], places[chosen], **_look(series, is_sure))


def _look(series: _Series, sure: bool) -> dict[str, Any]:
    return {
        "linestyle": "none", "marker": series.markers[0 if sure else 1], "zorder": 4,
        "markersize": 8, "markeredgewidth": 1.8, "markeredgecolor": series.colour,
        "markerfacecolor": series.colour if sure else "white",
    }  # fmt: skip


def _key(frame: pd.DataFrame, plan: _Plan) -> list[Line2D]:
    """Name the kinds of mark that were drawn, one a line."""
    handles = []
    for series in plan.series:
        sure = _sure(frame, plan, series)[frame[series.value].notna().to_numpy()]
        name = f"{series.label}: " if len(plan.series) > 1 else ""
        for is_sure, words in ((True, _SURE), (False, _UNSURE)):
            if (sure == is_sure).any():
                text = f"{name}{words}"
                look = _look(series, is_sure)
                handles.append(Line2D([], [], label=text[0].upper() + text[1:], **look))
    return handles


def _finish(axes: Axes, plan: _Plan, above: float, key: list[Line2D]) -> None:
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=GRID, linewidth=0.8)
    axes.margins(x=0.06)
    axes.set_xlabel(plan.unit[:1].upper() + plan.unit[1:])
    at = float(drawn_values(pd.Series([plan.reference]), plan.unit)[0])
    axes.axvline(at, color=MID_GREY, linewidth=1.6, linestyle=(0, (4, 2)), zorder=2)
    axes.annotate(
        plan.reference_label, (at, 0.13 - above), ha="center", va="center", color=GREY,
        weight="bold", annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )  # fmt: skip
    round_ticks(axes.xaxis, "", ticks=4)
    tall = height_of(axes)
    for side, (across, words) in enumerate(zip((0, 1), plan.sides or (), strict=False)):
        axes.annotate(
            ("← " if side == 0 else "") + words + (" →" if side else ""), (across, -0.68 / tall),
            xycoords="axes fraction", ha="right" if side else "left", va="center", size=SMALL,
            color=GREY, annotation_clip=False,
        )  # fmt: skip
    if key:
        under = 0.56 + 0.24 * (plan.sides is not None)
        axes.legend(
            handles=key, loc="upper left", bbox_to_anchor=(0, -under / tall), frameon=False,
            fontsize=SMALL, borderaxespad=0, handletextpad=0.3, labelspacing=0.45,
        )  # fmt: skip
