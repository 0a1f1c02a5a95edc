"""Numbers and dates as a reader meets them: per cent, thousands, months; never the locale's."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, MaxNLocator
from numpy.typing import NDArray

PERCENT = "%"
POINTS = "percentage points"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def drawn_values(
    values: pd.Series[float], unit: str, *, bounded: bool = True
) -> NDArray[np.float64]:
    """Give numbers as they are drawn: shares as per cent, gaps of shares as points.

    Gaps are fractions where the unit begins with "percentage"; all else is unchanged.
    Process limits of a share may lie beyond 0 and 1: they are not `bounded`.

    Raises
    ------
    ValueError
        The unit is per cent and a value lies outside 0 to 1.
    """
    numbers = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    if is_points(unit):
        return np.asarray(numbers * 100)
    if unit != PERCENT:
        return np.asarray(numbers)
    if bounded and (np.nanmax(numbers, initial=0) > 1 or np.nanmin(numbers, initial=0) < 0):
        raise ValueError("values drawn as % must be shares from 0 to 1")
    return np.asarray(numbers * 100)


def is_points(unit: str) -> bool:
    """Whether values are gaps of shares, given as fractions and drawn as points of 100."""
    return unit.lower().startswith("percentage")


def written(value: float, unit: str, decimals: int = 1) -> str:
    """Write a drawn value with its unit: ``71.4%``, ``27,537``."""
    return f"{value:,.{decimals}f}{PERCENT if unit == PERCENT else ''}"


def dates(values: pd.Series[str]) -> NDArray[np.float64]:
    """Give months (``YYYY-MM``) or dates as days, the first of the month for a month."""
    return days(pd.to_datetime(values.astype(str)))


def days(moments: pd.Series[pd.Timestamp] | pd.DatetimeIndex) -> NDArray[np.float64]:
    """Give moments as matplotlib's days since 1970."""
    whole = moments.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.asarray(whole, dtype=np.float64)


def is_monthly(values: pd.Series[str]) -> bool:
    """Whether every value is a month, ``YYYY-MM``."""
    return bool(values.astype(str).map(lambda text: bool(_MONTH.fullmatch(text))).all())


def round_ticks(axis: Axis, unit: str, ticks: int) -> None:
    """Write an axis in the unit, at few round values, as exactly as their distance asks.

    All ticks of an axis have as many decimals as tell them apart, so that no two read
    alike however narrow the range.
    """
    axis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(_RoundValues(unit))


def value_axis(axes: Axes, unit: str, ticks: int = 5) -> None:
    """Write the vertical axis in the unit, at few round values."""
    round_ticks(axes.yaxis, unit, ticks)


def decimals_for(values: NDArray[np.float64], unit: str) -> int:
    """Give the decimals to write values with: none for whole numbers of a unit, else one."""
    given = values[~np.isnan(values)]
    whole = unit != PERCENT and not is_points(unit)
    return 0 if whole and bool((given % 1 == 0).all()) else 1


def time_axis(axes: Axes, values: pd.Series[str], most: int = 5) -> None:
    """Write months under the horizontal axis: at most `most`, evenly apart, the last one too.

    Where fewer than two months begin within the time drawn, its first and last
    day are written instead.
    """
    moments = pd.to_datetime(values.astype(str))
    first, last = moments.min(), moments.max()
    months = pd.period_range(first, last, freq="M")
    months = months[months.to_timestamp() >= first]
    if len(months) < 2 and not is_monthly(values):
        ends = pd.DatetimeIndex([first, last]).unique()
        labels = [f"{day.day} {MONTHS[day.month - 1]}\n{day.year}" for day in ends]
    else:
        step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 600) if len(months) / s <= most)
        chosen = months[::-1][::step][::-1]  # the last month is the one that readers look for
        ends = chosen.to_timestamp()
        labels = [f"{MONTHS[month.month - 1]}\n{month.year}" for month in chosen]
    axes.set_xticks(days(ends), labels)


class _RoundValues(Formatter):
    """Tick labels with the decimals that the ticks of their axis need."""

    def __init__(self, unit: str) -> None:
        self._unit = unit

    def __call__(self, value: float, _: int | None = None) -> str:
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Iterable[float]) -> list[str]:
        """Write all ticks of an axis alike."""
        ticks = np.asarray(list(values), dtype=float)
        return [written(value + 0.0, self._unit, _decimals(ticks)) for value in ticks]


def _decimals(ticks: NDArray[np.float64], most: int = 6) -> int:
    """Fewest decimals with which every tick is written as it stands."""
    steps = np.diff(ticks)
    slack = 1e-3 * float(np.abs(steps).min()) if len(steps) else 1e-9
    exact = (n for n in range(most) if (np.abs(np.round(ticks, n) - ticks) <= slack).all())
    return next(exact, most)
