"""A flow chart: how many there were at each step, and how many were left out on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from workbench.charts.canvas import Words, renderer_of, sheet, wrapped
from workbench.charts.chart import Chart, charted
from workbench.charts.notes import with_notes
from workbench.charts.style import BLUE, GREY, MID_GREY, TEXT, WIDTH
from workbench.disclosure import Released

KEPT, LEFT_OUT, OF_THESE, PART = "kept", "left out", "of these", "part"
KINDS = (KEPT, LEFT_OUT, OF_THESE, PART)
MOST_PARTS = 3
"""Side by side on a phone, the words of more would be a syllable a line."""

_EDGE, _INSIDE, _BETWEEN, _APART = 0.12, 0.1, 0.26, 0.15
_MAIN, _SIDE = 3.1, 2.55
"""Inches: widths of the boxes of those who stay, and of those beside them."""
_LINE = TEXT * 1.3 / 72
_FILL = "#E9EFF5"
_PREFIX = {LEFT_OUT: "Left out: ", OF_THESE: "Of these: "}


@dataclass(frozen=True)
class _Plan:
    step: str
    count: str
    kind: str


@dataclass(frozen=True)
class _Box:
    """A box of the chart in inches from the top left, at least `rows` lines of words high."""

    kind: str
    count: str
    lines: tuple[str, ...]
    left: float
    width: float
    top: float = 0.0
    rows: int = 0

    @property
    def height(self) -> float:
        return 2 * _INSIDE + _LINE * (1 + max(len(self.lines), self.rows))

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


def flow(
    released: Released,
    *,
    step: str,
    count: str,
    kind: str,
    title: str,
    subtitle: str,
    alt: str,
    source: str,
) -> Chart:
    """Draw the steps by which a study came to those whom it counts.

    Parameters
    ----------
    released : Released
        One row a box, from top to bottom.
    step : str
        Column of what is counted.
    count : str
        Column of how many.
    kind : str
        Column of what a row is: ``kept`` (a step down), ``left out`` (beside the arrow that
        leads on), ``of these`` (beside it too, but they stay), or ``part`` (at the foot, side
        by side, at most three).
    title, subtitle, alt, source : str
        The words; see `Chart`.

    Raises
    ------
    DisclosureError
        The table was not released.
    ValueError
        The words are unfit, a column is absent, a kind is unknown, the first row is not
        kept, a part is not at the end, or there are over three parts.
    """
    plan = _Plan(step, count, kind)
    chart = charted(
        released, partial(_drawn, released, plan), columns=(step, count, kind),
        words=Words(title, subtitle, source), alt=alt,
    )  # fmt: skip
    faults = _faults(released.frame[kind].astype(str).tolist())
    if faults:
        raise ValueError("The chart cannot be drawn: " + "; ".join(faults))
    return chart


def _faults(kinds: list[str]) -> list[str]:
    faults = [f"'{one}' is no kind of row" for one in dict.fromkeys(kinds) if one not in KINDS]
    if kinds[0] != KEPT:
        faults.append("the first row must be kept")
    parts = kinds.count(PART)
    if kinds[len(kinds) - parts :] != [PART] * parts:
        faults.append("parts must be the last rows")
    if parts > MOST_PARTS:
        faults.append(f"more than {MOST_PARTS} parts")
    return faults


def _drawn(data: Released, plan: _Plan, words: Words) -> Figure:
    boxes = _laid_out(_boxes(data, plan))
    height = max(box.top + box.height for box in boxes) + _EDGE / 4
    figure, (axes,) = sheet(
        with_notes(words, data, plan.count), heights=(height,), left=0, right=0, below=0.1
    )
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    _connect(axes, boxes)
    for box in boxes:
        _draw(axes, box)
    return figure


def _boxes(data: Released, plan: _Plan) -> list[_Box]:
    """Every row as a box with its words wrapped, not yet at its height."""
    frame, withheld = data.frame, data.withheld[plan.count]
    renderer = renderer_of(Figure(figsize=(1, 1)))
    kinds = frame[plan.kind].astype(str).tolist()
    parts = max(kinds.count(PART), 1)
    wide = (WIDTH - 2 * _EDGE - _APART * (parts - 1)) / parts
    made = []
    for kind, label, value, hidden in zip(
        kinds, frame[plan.step].astype(str), frame[plan.count], withheld, strict=True
    ):
        width = {KEPT: _MAIN, PART: wide}.get(kind, _SIDE)
        left = _EDGE if kind in (KEPT, PART) else WIDTH - _EDGE - _SIDE
        text = _PREFIX.get(kind, "") + label
        lines = tuple(wrapped(renderer, text, TEXT, width=width - 2 * _INSIDE))
        made.append(_Box(kind, _number(value, bool(hidden)), lines, left, width))
    longest = max((len(box.lines) for box in made if box.kind == PART), default=0)
    return [replace(box, rows=longest) if box.kind == PART else box for box in made]


def _number(value: Any, hidden: bool) -> str:
    if pd.isna(value):
        return "[c]" if hidden else "[x]"
    return f"{float(value):,.0f}"


def _laid_out(boxes: Iterable[_Box]) -> list[_Box]:
    """Boxes at their heights: those who leave stand beside the arrow, some who stay beside a box.

    Parts share the last row.
    """
    placed: list[_Box] = []
    reached, across = _EDGE / 4, _EDGE
    for box in boxes:
        if box.kind == PART:
            after = placed[-1].kind in (LEFT_OUT, OF_THESE)
            top = placed[-1].top if placed[-1].kind == PART else reached + after * _BETWEEN
            placed.append(replace(box, top=top, left=across))
            across += box.width + _APART
        elif box.kind == OF_THESE and placed and placed[-1].kind == KEPT:
            placed.append(replace(box, top=placed[-1].top))
            reached = max(reached, placed[-1].top + box.height + _BETWEEN)
        else:
            placed.append(replace(box, top=reached))
            reached += box.height + _BETWEEN
    return placed


def _connect(axes: Axes, boxes: list[_Box]) -> None:
    """Draw arrows from each step to the next and to those who leave, under the boxes."""
    down = _EDGE + _MAIN / 2
    for above, below in _pairs(boxes):
        to = below.middle[0] if below.kind == PART else down
        turn = below.top - _BETWEEN / 2
        axes.plot([down, down, to], [above.middle[1], turn, turn], **_line())
        _arrow(axes, (to, turn), (to, below.top))
    for number, box in enumerate(boxes):
        if box.kind not in (LEFT_OUT, OF_THESE):
            continue
        _, at = box.middle
        step = next(one for one in reversed(boxes[:number]) if one.kind == KEPT)
        axes.plot([down, down], [step.middle[1], max(at, step.middle[1])], **_line())
        if box.kind == LEFT_OUT:
            _arrow(axes, (down, at), (box.left, at))
        else:
            axes.plot([down, box.left], [at, at], **{**_line(), "linestyle": (0, (2, 2))})


def _pairs(boxes: list[_Box]) -> list[tuple[_Box, _Box]]:
    """Each step with the next one; the last with every part."""
    steps = [box for box in boxes if box.kind == KEPT]
    pairs = list(pairwise(steps))
    return pairs + [(steps[-1], box) for box in boxes if box.kind == PART]


def _line() -> dict[str, Any]:
    return {"color": MID_GREY, "linewidth": 1.4, "solid_capstyle": "butt", "zorder": 1}


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": MID_GREY, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=style, zorder=1)


def _draw(axes: Axes, box: _Box) -> None:
    stays = box.kind in (KEPT, PART)
    axes.add_patch(
        Rectangle(
            (box.left, box.top), box.width, box.height, zorder=2, linewidth=1.4,
            facecolor=_FILL if stays else "white", edgecolor=BLUE if stays else MID_GREY,
            linestyle=(0, (2, 2)) if box.kind == OF_THESE else "solid",
        )
    )  # fmt: skip
    for row, line in enumerate((box.count, *box.lines)):
        axes.text(
            box.left + _INSIDE, box.top + _INSIDE + _LINE * (row + 0.5), line, color=GREY,
            weight="bold" if row == 0 else "normal", ha="left", va="center", zorder=3,
        )  # fmt: skip
