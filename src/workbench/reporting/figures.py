"""A chart as a PNG file, the same bytes each time and small enough for a page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import DisclosureError
from workbench.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.charts import Chart

DOTS_PER_INCH = 144
"""More dots than the page is wide, so that letters stay sharp; 13 figures take some 0.5 MB."""

COLOURS = 64
"""Our charts use a dozen colours; the rest smooth the edges of letters and lines."""

_CLEAR = 0.05
"""Inches: letters may be drawn a little beyond the box that is reckoned for them."""


def drawn(chart: object) -> Chart:
    """The object itself, if it is one of our charts.

    Raises
    ------
    DisclosureError
        It is anything else: a bare matplotlib figure may show what disclosure
        control has never seen.
    """
    from workbench.charts import Chart

    if not isinstance(chart, Chart):
        raise DisclosureError(
            f"A {type(chart).__name__} cannot be shown or saved.",
            remedy="Draw it with workbench.charts from a released table.",
        )
    return chart


@dataclass(frozen=True)
class Picture:
    """A chart as it was drawn.

    Attributes
    ----------
    data : bytes
        PNG, with its words.
    notes : tuple of str
        What stands under the plot, but for the source: stamp, values not shown.
    plot : tuple of int
        First and last row of pixels of the plot, without the words over and under it. A page
        writes those as text, which can be read at any size.
    """

    data: bytes
    notes: tuple[str, ...]
    plot: tuple[int, int]


def png(chart: Chart, path: Path) -> Picture:
    """Draw a chart to a PNG file with a palette of `COLOURS`.

    The palette cuts the size to a third, unseen by the eye. Neither a date nor
    a version is stored in the file.
    """
    from PIL import Image

    full = io.BytesIO()
    figure = chart.figure
    notes, plot = _around(figure)
    figure.savefig(full, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    full.seek(0)
    with Image.open(full) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        packed = io.BytesIO()
        small.save(packed, format="PNG", optimize=True)
    with written_whole(path) as draft:
        draft.write_bytes(packed.getvalue())
    return Picture(packed.getvalue(), notes, plot)


def plot_alone(data: bytes, plot: Sequence[int]) -> bytes:
    """Cut the plot out of a picture; the whole of it where those rows are not in it."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as image:
        top, bottom = plot
        if not 0 <= top < bottom <= image.height:
            return data
        packed = io.BytesIO()
        image.crop((0, top, image.width, bottom)).save(packed, format="PNG", optimize=True)
    return packed.getvalue()


def _around(figure: Figure) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Texts under the plot but for the source, and the rows of pixels between the words."""
    from workbench.charts.canvas import FOOT, HEAD, renderer_of

    renderer = renderer_of(figure)
    high = figure.get_size_inches()[1]
    lowest, highest = high, 0.0
    foot: dict[str, list[str]] = {}
    for text in figure.texts:
        name = text.get_gid() or ""
        box = text.get_window_extent(renderer)
        if name.startswith(HEAD):
            lowest = min(lowest, box.y0 / figure.dpi)
        elif name.startswith(FOOT):
            highest = max(highest, box.y1 / figure.dpi)
            foot.setdefault(name, []).append(text.get_text())
    ends = high - lowest + _CLEAR, high - highest - _CLEAR
    rows = round(ends[0] * DOTS_PER_INCH), round(ends[1] * DOTS_PER_INCH)
    return tuple(" ".join(lines) for lines in foot.values())[:-1], rows
