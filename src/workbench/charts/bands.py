"""Bands: how each category divides, as one bar of parts that add up to all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

from workbench.charts.canvas import Words, height_of, sheet
from workbench.charts.chart import Chart, charted
from workbench.charts.notes import with_notes
from workbench.charts.rows import name_rows, rows_of
from workbench.charts.scales import PERCENT, drawn_values, written
from workbench.charts.style import EARLY, INK_ON, LATE, SMALL
from workbench.disclosure import Released

_ROW = 0.46
_NARROWEST = 12.0
"""Per cent: in a narrower part its figure would touch the edges, so it is left to the table."""


@dataclass(frozen=True)
class _Plan:
    category: str
    band: str
    share: str
    late: int


def bands(
    released: Released,
    *,
    category: str,
    band: str,
    share: str,
    late: int = 0,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw how each category divides into ordered bands, such as waits.

    A category with a part that is not shown has no bar.

    Parameters
    ----------
    released : Released
        One row a category and band, both in the order to be drawn.
    category, band, share : str
        Columns of the names and of the part, from 0 to 1.
    late : int, optional
        How many of the last bands lie after the standard; they have colours of
        their own.
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, a column is absent, there are more than five
        bands (three within the standard and two after it), or a share is not
        from 0 to 1.
    """
    plan = _Plan(category, band, share, late)
    chart = charted(
        released, partial(_drawn, released, plan), columns=(category, band, share),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip
    if not _fits(released.frame[band].nunique(), late):
        raise ValueError(
            f"The chart cannot be drawn: at most {len(EARLY)} bands within the standard "
            f"and {len(LATE)} after it"
        )
    return chart


def _fits(parts: int, late: int) -> bool:
    return 0 <= late <= len(LATE) and 0 <= parts - late <= len(EARLY)


def _colours(parts: int, late: int) -> tuple[str, ...]:
    return (*EARLY[: parts - late], *LATE[len(LATE) - late :])


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    frame = data.frame
    categories = list(dict.fromkeys(frame[plan.category].astype(str)))
    parts = list(dict.fromkeys(frame[plan.band].astype(str)))
    colours = _colours(len(parts), plan.late)
    rows = rows_of(categories, _ROW)
    figure, (axes,) = sheet(
        with_notes(words, data, plan.share),
        heights=(rows.height,),
        left=rows.left,
        right=0.4,
        below=0.45 + 0.22 * _key_lines(len(parts)),
    )
    name_rows(axes, rows)
    _mark_gaps(axes, frame, plan, categories, rows.places)
    whole = [c for c in categories if not _has_gap(frame, plan, c)]
    reached = np.zeros(len(categories))
    for colour, part in zip(colours, parts, strict=True):
        own = frame[frame[plan.band].astype(str) == part]
        share = own.set_index(own[plan.category].astype(str))[plan.share]
        share = share.reindex(whole).reindex(categories)
        width = np.nan_to_num(drawn_values(share, PERCENT))
        axes.barh(
            rows.places, width, left=reached, height=0.3, color=colour, edgecolor="white",
            linewidth=1.5,
        )  # fmt: skip
        for place, start, size in zip(rows.places, reached, width, strict=True):
            if size >= _NARROWEST:
                axes.text(
                    start + size / 2, place, written(size, PERCENT, 0), ha="center", va="center",
                    color=INK_ON.get(colour, "white"), size=11,
                )  # fmt: skip
        reached = reached + width
    # Parts that were rounded each on its own may add up to a little more than all.
    axes.set_xlim(0, max(100.0, float(reached.max())))
    _finish(axes, dict(zip(parts, colours, strict=True)))
    return figure


def _has_gap(frame: pd.DataFrame, plan: _Plan, category: str) -> bool:
    return bool(frame.loc[frame[plan.category].astype(str) == category, plan.share].isna().any())


def _mark_gaps(
    axes: Axes,
    frame: pd.DataFrame,
    plan: _Plan,
    categories: list[str],
    places: NDArray[np.float64],
) -> None:
    """Say where a bar is missing: without one part, the others would lie in the wrong place."""
    for category, place in zip(categories, places, strict=True):
        if _has_gap(frame, plan, category):
            axes.text(1, place, "not shown", ha="left", va="center", style="italic")


def _key_lines(parts: int) -> int:
    return -(-parts // 2)


def _finish(axes: Axes, key: dict[str, str]) -> None:
    axes.grid(visible=False)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: written(value, PERCENT, 0)))
    axes.legend(
        handles=[Patch(facecolor=colour, label=part) for part, colour in key.items()],
        loc="upper left", bbox_to_anchor=(-0.02, -0.36 / height_of(axes)), ncols=2, frameon=False,
        fontsize=SMALL, borderaxespad=0, handlelength=1.2, columnspacing=1.2,
    )  # fmt: skip
