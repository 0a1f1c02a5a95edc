"""A chart: a picture of a released table, with the words that go with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import InitVar, dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from matplotlib.figure import Figure

from workbench.charts.canvas import Words
from workbench.charts.style import DPI, styled
from workbench.disclosure import Released
from workbench.errors import DisclosureError

ALT_LENGTH = (20, 250)
"""Characters: shorter says nothing, longer is a text that belongs on the page."""

_FILLER = re.compile(
    r"^(an? |the )?(image|picture|photo|figure|graphic|chart|graph|plot)( \d+)?( of| showing)?\b"
    r"|no description|to ?do\b|tbc\b|lorem|placeholder|alt text|\.png$",
    re.IGNORECASE,
)
_TOKEN = object()


@dataclass(frozen=True, eq=False)
class Chart:
    """A picture with its words; only the functions of `workbench.charts` make one.

    Attributes
    ----------
    title : str
        What the chart shows: the finding, as a sentence.
    subtitle : str
        What was measured, and its unit.
    alt : str
        The message in one sentence, for who cannot see the picture.
    data : Released
        The table drawn.
    source : str
        The line under the picture.
    figure : Figure
        The picture, drawn anew from `data` each time it is asked for: what is
        added to one by hand is never in the next.
    """

    title: str
    subtitle: str
    alt: str
    data: Released
    source: str
    _draw: Callable[[], Figure] = field(repr=False)
    _token: InitVar[object]

    def __post_init__(self, _token: object) -> None:
        if _token is not _TOKEN:
            raise DisclosureError(
                "A chart cannot be made by hand.",
                remedy="Draw a released table with a function of workbench.charts.",
            )

    @property
    def figure(self) -> Figure:
        """The picture, drawn anew."""
        with styled():
            figure = self._draw()
            figure.draw_without_rendering()  # ticks are made when drawn: make them in our style
            return figure

    def write_png(self, to: Path | BinaryIO, dpi: int = DPI) -> None:
        """Write the picture as PNG: same table, same bytes, whatever style the caller has set.

        Parameters
        ----------
        to : Path or binary stream
            Where to.
        dpi : int, optional
            Dots an inch; twice a screen's by default.
        """
        with styled():
            self._draw().savefig(to, format="png", dpi=dpi, metadata={"Software": None})


def charted(
    data: Released,
    draw: Callable[[Words], Figure],
    *,
    columns: Iterable[str | None],
    words: Words,
    alt: str,
) -> Chart:
    """Make a chart, once its words and columns have been found fit.

    Parameters
    ----------
    data : Released
        The table drawn.
    draw : callable
        Draws `data` with the words that it is given; called for every picture.
    columns : iterable of str or None
        Columns that the drawing needs; None stands for one not asked for.
    words : Words
        Title, subtitle and source; see `Chart`.
    alt : str
        The message in one sentence; see `Chart`.

    Raises
    ------
    DisclosureError
        `data` was not released.
    ValueError
        A word is missing, the alternative text is too short, too long, the
        title again or filler, or a column is not in the table.
    """
    if not isinstance(data, Released):
        raise DisclosureError(
            "A chart is drawn from a released table only.",
            remedy="Pass the table through workbench.disclosure.release() first.",
        )
    held = data.frame.columns
    faults = [] if len(data.frame) else ["the table has no rows"]
    faults += [f"there is no column '{c}'" for c in columns if c is not None and c not in held]
    needed = {"title": words.title, "subtitle": words.subtitle, "source": words.source}
    faults += [f"{name} is empty" for name, text in needed.items() if not text.strip()]
    faults += _alt_faults(alt, words.title)
    if faults:
        raise ValueError("The chart cannot be drawn: " + "; ".join(faults))
    return Chart(words.title, words.subtitle, alt, data, words.source, partial(draw, words), _TOKEN)


def _alt_faults(alt: str, title: str) -> list[str]:
    text = " ".join(alt.split())
    shortest, longest = ALT_LENGTH
    faults = []
    if not shortest <= len(text) <= longest:
        faults.append(f"alt must have {shortest} to {longest} characters, not {len(text)}")
    if text.casefold().rstrip(". ") == " ".join(title.split()).casefold().rstrip(". "):
        faults.append("alt repeats the title: say what the picture adds")
    if _FILLER.search(text):
        faults.append("alt is filler: say the message, not that there is a picture")
    return faults
