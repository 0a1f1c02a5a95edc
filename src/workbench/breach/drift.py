"""How calibration moves month by month, and the day on which a model expires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from workbench.breach.frames import Cases, Floats
from workbench.breach.settings import Settings

LONGEST_LIFE = 365
"""Days after which a model expires although nothing has moved: a service changes in a year."""


@dataclass(frozen=True, eq=False)
class Drift:
    """Calibration by month.

    Attributes
    ----------
    months : DataFrame
        ``month, n, observed, expected, observed_expected, lower, upper``; by the month
        in which the clock started. The limits are 95 % for all months together.
    expires : date
    why : str
    """

    months: pd.DataFrame
    expires: date
    why: str


def drift(risk: Floats, test: Cases, settings: Settings, calibrated_to: date) -> Drift:
    """Observed over expected by month, and when it leaves the bounds.

    Parameters
    ----------
    risk : array
    test : Cases
        With days; every outcome known.
    settings : Settings
        The bounds.
    calibrated_to : date
        Last day of the clocks that the model was calibrated on.
    """
    if test.origin is None:
        raise ValueError("drift needs days")
    month = test.origin.astype("datetime64[M]")
    every = np.unique(month)
    share = 0.025 / len(every)  # all months together are right 19 times in 20
    together = _together(test.outcome, test.group)
    rows = []
    for one in every:
        here = month == one
        observed, expected = float(test.outcome[here].sum()), float(risk[here].sum())
        own = _together(test.outcome[here], test.group[here]) if observed else together
        rows.append((str(one), int(here.sum()), observed, expected,
                     *_ratio(observed, expected, own, share)))  # fmt: skip
    names = ["month", "n", "observed", "expected", "observed_expected", "lower", "upper"]
    months = pd.DataFrame(rows, columns=names)
    expires, why = _expiry(months, settings, calibrated_to)
    return Drift(months, expires, why)


def _together(outcome: Floats, group: Any) -> float:
    """Rows with the event that come together, as the rows of a patient do; 1 if each alone."""
    _, patient = np.unique(group, return_inverse=True)
    events = np.bincount(patient, outcome)
    return float((events**2).sum() / events.sum()) if events.any() else 1.0


def _ratio(
    observed: float, expected: float, together: float, share: float
) -> tuple[float, float, float]:
    """Observed over expected with limits, each of which is passed with chance `share`.

    Without an event the upper limit is the Poisson one: the most events, of which there would
    be none by a chance of `share`.
    """
    if expected <= 0:
        return (float("nan"),) * 3
    if observed == 0:
        return 0.0, 0.0, -float(np.log(share)) * together / expected
    ratio = observed / expected
    far = float(np.exp(ndtri(1 - share) * np.sqrt(together / observed)))
    return ratio, ratio / far, ratio * far


def _expiry(months: pd.DataFrame, settings: Settings, calibrated_to: date) -> tuple[date, str]:
    low, high = settings.expires_outside
    outside = months[(months["upper"] < low) | (months["lower"] > high)]
    if len(outside):
        month = str(outside.iloc[0]["month"])
        return _first_day(month), f"the clocks of {month} came out outside {low} to {high}"
    latest = calibrated_to + timedelta(days=LONGEST_LIFE)
    crossing = _crossing(months, low, high)
    if crossing is not None and crossing < latest:
        return crossing, f"by the trend of its months it leaves {low} to {high}"
    return latest, f"a year after its calibration; no trend leads out of {low} to {high} sooner"


def _crossing(months: pd.DataFrame, low: float, high: float) -> date | None:
    """Day on which the trend of log observed over expected leaves the bounds, if it is a trend."""
    usable = months[(months["observed"] > 0) & (months["expected"] > 0)]
    if len(usable) < 3:
        return None
    at = np.array([_first_day(str(m)).toordinal() + 14 for m in usable["month"]], dtype=float)
    moved = np.log(usable["observed_expected"].to_numpy())
    weight = usable["observed"].to_numpy(dtype=float)
    middle = np.average(at, weights=weight)
    spread = float((weight * (at - middle) ** 2).sum())
    trend = float((weight * (at - middle) * moved).sum()) / spread
    if abs(trend) < 2 / np.sqrt(spread):  # less than two standard errors of a Poisson trend
        return None
    level = float(np.average(moved, weights=weight))
    bound = np.log(high if trend > 0 else low)
    return date.fromordinal(int(max(middle + (bound - level) / trend, at.max())))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
