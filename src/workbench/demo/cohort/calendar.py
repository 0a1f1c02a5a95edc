"""Days: how many are referred on each, and how fast the service works on each.

Days are whole numbers from 1 January 1970.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.margins import Floats

MONTHS = 24

_REFERRALS_BY_MONTH = np.array(
    [1.00, 0.97, 1.02, 1.00, 1.02, 1.02, 1.08, 0.98, 1.02, 1.06, 1.03, 0.88]
)
"""January to December; about as the published outcomes go."""

_REFERRALS_BY_WEEKDAY = np.array([1.10, 1.08, 1.03, 1.00, 0.95, 0.04, 0.02])
_PACE_BY_WEEKDAY = np.array([1.28, 1.34, 1.34, 1.30, 1.14, 0.40, 0.20])
"""Pace of events, Monday to Sunday; the mean is 1."""


def day_number(day: date) -> int:
    """Days from 1 January 1970."""
    return (day - date(1970, 1, 1)).days


def first_day(as_at: date) -> date:
    """First day of the region's 24 months: they end at `as_at`."""
    after = as_at + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - MONTHS, 12)
    return date(year, month + 1, min(after.day, 28))


def referral_days(first: int, last: int, count: int, random: np.random.Generator) -> Ints:
    """Draw the days on which referrals are received, sorted."""
    days = np.arange(first, last + 1)
    weight = (
        _REFERRALS_BY_MONTH[_month(days)]
        * _REFERRALS_BY_WEEKDAY[_weekday(days)]
        * (1 + 0.06 * (days - first) / len(days))
        * np.where(_is_holiday(days), 0.02, 1.0)
    )
    reached = np.cumsum(weight)
    return np.asarray(days[np.searchsorted(reached, np.sort(random.random(count)) * reached[-1])])


def pace(first: int, last: int) -> Floats:
    """How fast events come on each day from first to last, where 1 is usual.

    Slower over Christmas and in early January, so that January's patients have
    waited longer; a little faster after, when what was put off is done.
    """
    days = np.arange(first, last + 1)
    season = np.ones(len(days))
    place = _day_of_year(days)
    season[(place >= 355) | (place <= 2)] = 0.40
    season[(place > 2) & (place <= 16)] = 0.85
    season[(place > 24) & (place <= 59)] = 1.10
    season[(place >= 320) & (place < 352)] = 1.12
    return _PACE_BY_WEEKDAY[_weekday(days)] * season * np.where(_is_holiday(days), 0.1, 1.0)


def _month(days: Ints) -> Ints:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(int)
    return np.asarray(months % 12)


def _weekday(days: Ints) -> Ints:
    # 1 January 1970 was a Thursday
    return (days + 3) % 7


def _day_of_year(days: Ints) -> Ints:
    calendar = days.astype("datetime64[D]")
    return np.asarray((calendar - calendar.astype("datetime64[Y]")).astype(int) + 1)


def _is_holiday(days: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Christmas Day, Boxing Day and New Year's Day; the movable ones are let be."""
    month, day = _month(days), _day_of_year(days)
    december = (month == 11) & np.isin(_day_of_month(days), [25, 26])
    return np.asarray(december | (day == 1))


def _day_of_month(days: Ints) -> Ints:
    calendar = days.astype("datetime64[D]")
    return np.asarray((calendar - calendar.astype("datetime64[M]")).astype(int) + 1)
