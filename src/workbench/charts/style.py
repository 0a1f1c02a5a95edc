"""How every chart looks: sizes that survive a phone, colours that survive a copier.

The palette is the UK Government Analysis Function's for charts (its order is
chosen for contrast between neighbours, WCAG 2.2 success criterion 1.4.11).
The typeface is the one that comes with matplotlib, so that the same figures
make the same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import matplotlib as mpl

BLUE, TURQUOISE, PINK, ORANGE, GREY, PURPLE = PALETTE = (
    "#12436D",
    "#28A197",
    "#801650",
    "#F46A25",
    "#3D3D3D",
    "#A285D1",
)
MID_GREY = "#6F6F6F"
"""For lines that stand back; 5:1 against white."""
GRID = "#E3E3E3"
INK = {TURQUOISE: "#176B64", ORANGE: "#A8400D", PURPLE: "#6A4CA3"}
"""Darker shades for words in colours that are too light to read: 4.5:1 against white."""
EARLY = ("#12436D", "#2073BC", "#5694CA")
LATE = ("#F46A25", "#801650")
"""Parts of a bar within a standard, and after it; each 3:1 against the white between parts."""
INK_ON = {"#5694CA": "#0B0C0C", "#F46A25": "#0B0C0C"}
"""Words on a part are white, on these two black: 4.5:1 at least."""

MARKERS = ("o", "s", "^", "D")
MAX_SERIES = 4
"""More lines than this cannot be told apart, by the Analysis Function's guidance."""

WIDTH = 6.4
"""Inches. At 320 px wide a 12-point letter is still 8 px tall."""
TEXT, TITLE, SMALL = 12.0, 15.0, 10.5
DPI = 192
"""Twice the screen's, so that a chart stays sharp when zoomed."""

_RC: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.color": GREY,
    "axes.edgecolor": MID_GREY,
    "axes.facecolor": "white",
    "axes.labelcolor": GREY,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.unicode_minus": True,
    "axes.formatter.use_locale": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "xtick.major.size": 4,
    "ytick.major.size": 0,
    "lines.linewidth": 2.2,
    "lines.markersize": 6,
    "figure.facecolor": "white",
    "figure.dpi": DPI,
    "savefig.dpi": DPI,
    "text.usetex": False,
    "text.parse_math": False,  # a dollar sign is a dollar sign
    "path.simplify": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Draw in our style alone, whatever the caller has set; nothing is left behind."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, _RC))
        yield
