"""A chart as a PNG file, the same bytes each time and small enough for a page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import DisclosureError
from workbench.files import written_whole

if TYPE_CHECKING:
    from workbench.charts import Chart

DOTS_PER_INCH = 144
"""More dots than the page is wide, so that letters stay sharp; 13 figures take some 0.5 MB."""

COLOURS = 64
"""Our charts use a dozen colours; the rest smooth the edges of letters and lines."""


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


def png(chart: Chart, path: Path) -> bytes:
    """Draw a chart to a PNG file with a palette of `COLOURS`.

    The palette cuts the size to a third, unseen by the eye. Neither a date nor
    a version is stored in the file.

    Returns
    -------
    bytes
        What was written.
    """
    from PIL import Image

    full = io.BytesIO()
    chart.figure.savefig(full, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    full.seek(0)
    with Image.open(full) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        packed = io.BytesIO()
        small.save(packed, format="PNG", optimize=True)
    with written_whole(path) as draft:
        draft.write_bytes(packed.getvalue())
    return packed.getvalue()
