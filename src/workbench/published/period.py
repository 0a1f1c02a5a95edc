"""Months as NHS England writes them, in file names, on sheets and in the CSV."""

from __future__ import annotations

import datetime as dt
import re

from workbench.wording import MONTHS

_NAMES = tuple(name.lower() for name in MONTHS)
_NUMBER = {name[:3]: number for number, name in enumerate(_NAMES, start=1)}
_WORDS = "|".join(sorted({*_NAMES, *_NUMBER, "sept"}, key=len, reverse=True))
_IN_WORDS = re.compile(rf"(?<![a-z])({_WORDS})[\s_\-]*((?:20)?\d\d)(?!\d)", re.IGNORECASE)
_ISO = re.compile(r"(20\d\d)-(\d\d)(?:-\d\d)?(?:[T ][\d:.]+Z?)?")
_UK = re.compile(r"\d{1,2}/(\d{1,2})/(20\d\d)(?: [\d:.]+)?")


def month_in(text: str) -> str | None:
    """Find a month written in words, such as ``MARCH-2025`` or ``Mar-25``.

    Returns
    -------
    str or None
        ``YYYY-MM``; None where there is none, or more than one.
    """
    found = {
        f"{int(year) % 100 + 2000}-{_NUMBER[word[:3].lower()]:02}"
        for word, year in _IN_WORDS.findall(text)
    }
    return found.pop() if len(found) == 1 else None


def month_of(value: object) -> str | None:
    """Read a period cell: a date, an ISO or UK date as text, or a month in words.

    UK dates are day first: ``01/04/2025`` is April. None where it is none of these.
    """
    if isinstance(value, dt.date):
        return f"{value.year}-{value.month:02}"
    text = str(value).strip()
    if iso := _ISO.fullmatch(text):
        return _checked(iso[1], iso[2])
    if uk := _UK.fullmatch(text):
        return _checked(uk[2], uk[1])
    return month_in(text)


def _checked(year: str, month: str) -> str | None:
    return f"{year}-{int(month):02}" if 1 <= int(month) <= 12 else None


def months_between(first: str, last: str) -> list[str]:
    """Every month from `first` to `last`, both included, as ``YYYY-MM``."""
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(start, end + 1)]
