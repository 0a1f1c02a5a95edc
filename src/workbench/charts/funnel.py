"""A funnel: shares of organisations against their size, with the limits of chance."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from workbench.charts.canvas import Words, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.labels import beside, place_labels, spread
from workbench.charts.notes import with_notes
from workbench.charts.scales import PERCENT, drawn_values, value_axis, written
from workbench.charts.style import BLUE, GREY, MID_GREY, ORANGE, SMALL
from workbench.disclosure import Released

CURVE = ("denominator", "lower", "upper")
MAX_LABELS = 12
"""Names beside points; with more, only the farthest outside are named."""


@dataclass(frozen=True)
class _Plan:
    denominator: str
    share: str
    label: str
    centre: float


def funnel(
    released: Released,
    *,
    denominator: str,
    share: str,
    label: str,
    naive: pd.DataFrame,
    overdispersed: pd.DataFrame,
    centre: float,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw organisations in a funnel; those outside the overdispersed limits are named.

    Parameters
    ----------
    released : Released
        One row an organisation.
    denominator, share, label : str
        Columns of its size, its share from 0 to 1, and its name.
    naive, overdispersed : DataFrame
        Limits as curves: ``denominator, lower, upper``, shares from 0 to 1.
        Naive limits stand back in grey.
    centre : float
        Share of all together, 0 to 1.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, a column is absent, or a share is not from 0 to 1.
    """
    plan = _Plan(denominator, share, label, centre)
    curves = (_curve(naive, "naive"), _curve(overdispersed, "overdispersed"))
    return charted(
        released, partial(_drawn, released, plan, curves), columns=(denominator, share, label),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip


def _curve(curve: pd.DataFrame, name: str) -> pd.DataFrame:
    absent = [column for column in CURVE if column not in curve]
    if absent:
        raise ValueError(f"The chart cannot be drawn: {name} limits lack {', '.join(absent)}")
    return curve[list(CURVE)].sort_values("denominator", ignore_index=True)


def _drawn(
    data: Released, plan: _Plan, curves: tuple[pd.DataFrame, pd.DataFrame], words: Words
) -> Figure:
    naive, overdispersed = curves
    frame = data.frame.sort_values([plan.denominator, plan.label], ignore_index=True)
    size = drawn_values(frame[plan.denominator], "")
    share = drawn_values(frame[plan.share], PERCENT)
    middle = float(drawn_values(pd.Series([plan.centre]), PERCENT)[0])
    far = _beyond(size, share, overdispersed)
    outside = np.flatnonzero(far > 0)
    named = outside[np.argsort(-far[outside], kind="stable")][:MAX_LABELS]
    notes: tuple[str, ...] = ()
    if outside.size > named.size:
        notes = (f"{outside.size} lie outside; the {named.size} farthest are named.",)
    lines = [f"All {written(middle, PERCENT)}", "Chance and\nusual spread", "Chance alone"]
    figure, (axes,) = sheet(
        with_notes(words, data, plan.share, notes),
        heights=(3.6,),
        left=0.62,
        right=beside(lines),
        below=0.62,
    )
    _limits(axes, naive, MID_GREY, (0, (4, 2.5)), 1.1)
    _limits(axes, overdispersed, BLUE, "-", 2.0)
    axes.axhline(middle, color=GREY, linewidth=1.2)
    for chosen, marker, colour, points in (
        (far <= 0, "o", MID_GREY, 4.5),
        (far > 0, "D", ORANGE, 8),
    ):
        axes.plot(
            size[chosen], share[chosen], linestyle="none", marker=marker, markersize=points,
            color=colour, markeredgecolor="white", markeredgewidth=0.5, zorder=3,
        )  # fmt: skip
    _axes(axes, size, share)
    spread(axes, _ends(middle, naive, overdispersed, axes.get_xlim()[1], lines))
    names = {int(i): str(frame[plan.label].iloc[i]) for i in named}
    place_labels(axes, size, share, names, SMALL, _along(overdispersed, axes.get_xlim()[1]))
    return figure


def _beyond(
    size: NDArray[np.float64], share: NDArray[np.float64], curve: pd.DataFrame
) -> NDArray[np.float64]:
    """How far outside the limits each share lies, in points; 0 or less is inside.

    Limits are near straight lines in ``1 / √n``: there they are interpolated.
    """
    place = 1 / np.sqrt(curve["denominator"].to_numpy(dtype=float))[::-1]
    at = 1 / np.sqrt(np.where(size > 0, size, np.nan))
    lower, upper = (
        np.interp(at, place, drawn_values(curve[side], PERCENT)[::-1]) for side in CURVE[1:]
    )
    return np.asarray(np.nan_to_num(np.maximum(share - upper, lower - share), nan=-1.0))


def _limits(axes: Axes, curve: pd.DataFrame, colour: str, line: object, width: float) -> None:
    for side in CURVE[1:]:
        axes.plot(
            curve["denominator"], drawn_values(curve[side], PERCENT),
            color=colour, linestyle=line, linewidth=width,
        )  # fmt: skip


def _along(curve: pd.DataFrame, right: float) -> NDArray[np.float64]:
    """Places along both limits, close enough together that no label fits between."""
    at = np.linspace(0, right, 200)
    sides = (
        np.interp(at, curve["denominator"], drawn_values(curve[s], PERCENT)) for s in CURVE[1:]
    )
    return np.vstack([np.column_stack([at, side]) for side in sides])


def _axes(axes: Axes, size: NDArray[np.float64], share: NDArray[np.float64]) -> None:
    axes.set_xlim(0, float(np.nanmax(size, initial=1)) * 1.04)
    spread_of = float(np.nanmax(share, initial=0)) - float(np.nanmin(share, initial=100))
    margin = max(5.0, 0.12 * spread_of)
    axes.set_ylim(
        max(0.0, float(np.nanmin(share, initial=100)) - margin),
        min(100.0, float(np.nanmax(share, initial=0)) + margin),
    )
    value_axis(axes, PERCENT)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_xlabel("Number of patients")


def _ends(
    middle: float,
    naive: pd.DataFrame,
    overdispersed: pd.DataFrame,
    right: float,
    lines: list[str],
) -> list[tuple[float, str, str]]:
    """Labels of the centre and of both upper limits, where they meet the right edge."""
    heights = [
        float(np.interp(right, curve["denominator"], drawn_values(curve["upper"], PERCENT)))
        for curve in (overdispersed, naive)
    ]
    return [
        (middle, lines[0], GREY),
        (heights[0], lines[1], BLUE),
        (heights[1], lines[2], MID_GREY),
    ]
