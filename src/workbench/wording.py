"""What every room's report says alike: the words of a chart, shares, months, made-up data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

MADE_UP = "Source: made-up records in the layout of real ones."

DAYS = {"FDS": "28-day", "31D": "31-day", "62D": "62-day"}
"""What the waits of each standard are called, to stand before the word."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
"""Named here, since a computer's own names of months depend on its locale."""


class Caption(TypedDict):
    """The words of a chart."""

    title: str
    subtitle: str
    alt: str
    source: str


def percent(share: float) -> str:
    """Write 0.7143 as ``71.4%``."""
    return f"{100 * share:.1f}%"


def in_words(month: str) -> str:
    """Write ``2025-03`` as ``March 2025``."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def day_in_words(day: date) -> str:
    """Write a day as ``31 March 2025``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span(months: Iterable[str]) -> str:
    """Write months as ``April 2024 to March 2025``."""
    held = list(months)
    first, last = in_words(min(held)), in_words(max(held))
    return first if first == last else f"{first} to {last}"
