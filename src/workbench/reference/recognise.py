"""Which layout a file has, by its headings, and where each of our columns stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.reference.kinds import ASKED, LATEST_OF, Kind, Layout

_YEAR = "{yy}"


@dataclass(frozen=True)
class Recognised:
    """A layout found in a file.

    Attributes
    ----------
    layout : Layout
    places : mapping of str to int
        Our columns, to their place in the file from 0.
    vintage : str
        The issue, or "" where the headings do not say.
    """

    layout: Layout
    places: Mapping[str, int]
    vintage: str


def recognised(kind: Kind, header: Sequence[str]) -> Recognised | None:
    """The first layout of a kind whose columns a header line holds, or None.

    Capitals and blanks at the ends do not count. A column that is not required may be
    absent; of a heading with a year in it, the latest year is taken.
    """
    for layout in kind.layouts:
        if layout.headings and (found := _found(kind, layout, header)):
            return found
    return None


def by_position(kind: Kind, row: Sequence[str]) -> Recognised | None:
    """The layout of a file without a header line, judged by its first row, or None."""
    patterns = {column.name: column.pattern for column in kind.columns}
    for layout in kind.layouts:
        if not layout.positions or len(row) != layout.width:
            continue
        places = {name: place - 1 for name, place in layout.positions.items()}
        pattern = patterns[kind.key[0]] or ".+"
        if re.fullmatch(pattern, row[places[kind.key[0]]].strip()):
            return Recognised(layout, places, _vintage(layout, ""))
    return None


def _found(kind: Kind, layout: Layout, header: Sequence[str]) -> Recognised | None:
    places: dict[str, int] = {}
    years: set[str] = set()
    for name, headings in layout.headings.items():
        matches = [
            (match.groupdict().get("yy") or "", -place, place)
            for heading in headings
            for place, cell in enumerate(header)
            if (match := re.fullmatch(_pattern(heading), cell.strip(), re.IGNORECASE))
        ]
        if matches:
            year, _, places[name] = max(matches)
            years |= {year} - {""}
    spread = layout.spread
    given = {*places, *((spread.into, spread.value) if spread and _spreads(spread, header) else ())}
    if not {column.name for column in kind.columns if column.required} <= given:
        return None
    return Recognised(layout, places, _vintage(layout, max(years, default="")))


def _spreads(spread: object, header: Sequence[str]) -> bool:
    pattern = str(getattr(spread, "headings", ""))
    return any(re.fullmatch(pattern, cell.strip()) for cell in header)


def _pattern(heading: str) -> str:
    return re.escape(heading).replace(re.escape(_YEAR), "(?P<yy>[0-9]{2})")


def _vintage(layout: Layout, year: str) -> str:
    if layout.vintage == ASKED or layout.vintage.startswith(LATEST_OF):
        return ""
    return layout.vintage.replace(_YEAR, year)
