"""A day as people and spreadsheets write it."""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ].*)?")
_BRITISH = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ]([0-9]{4}|[0-9]{2})(?: .*)?")
_WORD = re.compile(r"([0-9]{1,2})[/.\- ]?([A-Za-z]{3,9})[/.\- ,]*([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(?:\.0+)?")
_SERIAL_START = dt.date(1899, 12, 30)
_YEARS = range(2000, 2100)


def day_of(text: str) -> dt.date | None:
    """A day of this century, or None where the text is no such day.

    Understood are 2026-11-22, 22/11/2026, 22.11.26, 22-Nov-2026, 22 November 2026, each also
    with a time, and the serial number that a spreadsheet keeps for a day (46348). Days come
    before months, as in Britain: 11/22/2026 is None and never guessed at.
    """
    text = text.strip()
    if _SERIAL.fullmatch(text):
        return _in_range(_SERIAL_START + dt.timedelta(days=int(float(text))))
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
        return _made(year, int(month), day)
    if found := _BRITISH.fullmatch(text):
        day, month, year = found.groups()
        return _made(year, int(month), day)
    if found := _WORD.fullmatch(text):
        day, word, year = found.groups()
        short = word[:3].casefold()
        return _made(year, _MONTHS.index(short) + 1, day) if short in _MONTHS else None
    return None


def _made(year: str, month: int, day: str) -> dt.date | None:
    try:
        return _in_range(dt.date(int(year) + (2000 if len(year) == 2 else 0), month, int(day)))
    except ValueError:
        return None


def _in_range(day: dt.date) -> dt.date | None:
    return day if day.year in _YEARS else None
