"""Months and quarters of a report: whole ones, up to the day that the data are seen from."""

from __future__ import annotations

import datetime as dt

_MONTHS = 12
_FIRST_MONTH_OF_YEAR = 4
"""The NHS's year begins in April."""


def months_up_to(as_at: dt.date, number: int) -> list[str]:
    """Give the last whole months before a day is over.

    Parameters
    ----------
    as_at : date
        Its own month is among them only if this is its last day.
    number : int
        How many.

    Returns
    -------
    list of str
        ``YYYY-MM``, earliest first.
    """
    after = as_at + dt.timedelta(days=1)
    last = after.year * _MONTHS + after.month - 2
    return [f"{n // _MONTHS}-{n % _MONTHS + 1:02}" for n in range(last - number + 1, last + 1)]


def quarter(month: str) -> str:
    """Name the NHS quarter of a month: ``2025-01`` is in ``2024/25 Q4``."""
    year, number = int(month[:4]), int(month[5:7])
    begun = year if number >= _FIRST_MONTH_OF_YEAR else year - 1
    place = (number - _FIRST_MONTH_OF_YEAR) % _MONTHS // 3 + 1
    return f"{begun}/{(begun + 1) % 100:02} Q{place}"


def whole_quarters(months: list[str]) -> list[str]:
    """Quarters of which all three months are there, earliest first."""
    named = [quarter(month) for month in months]
    return [name for name in dict.fromkeys(named) if named.count(name) == 3]


def last_day(month: str) -> dt.date:
    """Last day of a month."""
    year, number = int(month[:4]), int(month[5:7])
    following = dt.date(year + number // _MONTHS, number % _MONTHS + 1, 1)
    return following - dt.timedelta(days=1)
