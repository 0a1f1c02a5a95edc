"""How a card writes figures: as text, always in the same way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workbench.wording import day_in_words

WITHHELD, NOTHING = "[c]", "–"
"""What stands where disclosure control withholds a figure, and where there is none."""


def written(value: Any, kind: str) -> str:
    """Write a cell.

    Parameters
    ----------
    value : object
        A number or text, `WITHHELD`, or nothing (NaN, None, blank).
    kind : str
        Of `FORMATS`.

    Returns
    -------
    str
        `WITHHELD` and nothing whatever the kind.
    """
    if value is None or value != value or value == "":
        return NOTHING
    if value == WITHHELD:
        return WITHHELD
    return FORMATS[kind](value)


def _auto(value: Any) -> str:
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return f"{number:,.0f}" if number.is_integer() else f"{number:.3f}"


def _unsigned(value: Any, places: int) -> float:
    """Rounded, and without the sign that rounding may leave before a nought."""
    return round(float(value), places) + 0.0


def _chance(value: Any) -> str:
    """A probability of chance, which is never nought however small."""
    return f"{float(value):.3f}" if float(value) >= 0.0005 else "<0.001"


FORMATS: Mapping[str, Callable[[Any], str]] = {
    "text": str,
    "name": lambda value: str(value).replace("_", " "),
    "code": str,
    "count": lambda value: f"{float(value):,.0f}",
    "two": lambda value: f"{_unsigned(value, 2):.2f}",
    "three": lambda value: f"{_unsigned(value, 3):.3f}",
    "chance": _chance,
    "four": lambda value: f"{float(value):.4f}",
    "figures": lambda value: f"{float(value):.4g}",
    "percent": lambda value: f"{100 * float(value):.1f}%",
    "points": lambda value: f"{100 * float(value):.1f} points",
    "gap": lambda value: f"{_unsigned(100 * float(value), 1):+.1f}",
    "day": lambda value: day_in_words(date.fromisoformat(str(value))),
    "auto": _auto,
}
