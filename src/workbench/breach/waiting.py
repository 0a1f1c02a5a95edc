"""How long waits last: Kaplan-Meier and Aalen-Johansen, in whole days.

Kaplan-Meier treats leaving without treatment as if the patient would still be treated;
Aalen-Johansen gives the share who have been treated, and who have left, by each day.

References
----------
Kaplan EL, Meier P (1958). J Am Stat Assoc 53:457-481. Aalen OO, Johansen S (1978). Scand J
Stat 5:141-150. Variance: Greenwood; log-log limits.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.breach.frames import Floats

Z = 1.959963984540054


def kaplan_meier(days: npt.ArrayLike, ended: npt.ArrayLike) -> pd.DataFrame:
    """Share still waiting at the end of each day.

    Parameters
    ----------
    days : array of int
        Days until the end, or until the wait was last seen to go on.
    ended : array of bool
        Whether it ended.

    Returns
    -------
    DataFrame
        ``day, at_risk, ended, waiting, lower, upper`` for every day from 0 to the last.
    """
    day, at_risk, events = _counts(days, np.asarray(ended, dtype=int))
    hazard = np.divide(events[1], at_risk, out=np.zeros(len(day)), where=at_risk > 0)
    waiting = np.cumprod(1 - hazard)
    room = at_risk * (at_risk - events[1])
    terms = np.divide(events[1], room, out=np.zeros(len(day)), where=room > 0)
    lower, upper = _log_log(waiting, np.cumsum(terms))
    return pd.DataFrame(
        {"day": day.astype(int), "at_risk": at_risk.astype(int), "ended": events[1].astype(int),
         "waiting": waiting, "lower": lower, "upper": upper}
    )  # fmt: skip


def aalen_johansen(days: npt.ArrayLike, cause: npt.ArrayLike) -> pd.DataFrame:
    """Share whose wait has ended by each day, by how it ended.

    Parameters
    ----------
    days : array of int
    cause : array of int
        0: still going on when last seen; 1, 2, ...: how it ended.

    Returns
    -------
    DataFrame
        ``day, waiting`` and ``ended_1, ended_2, ...``; they sum to 1 on every day.
    """
    day, at_risk, events = _counts(days, np.asarray(cause, dtype=int))
    safe = np.where(at_risk > 0, at_risk, 1.0)
    hazards = events[1:] / safe
    waiting = np.cumprod(1 - hazards.sum(axis=0))
    before = np.r_[1.0, waiting[:-1]]
    shares = np.cumsum(hazards * before, axis=1)
    causes = {f"ended_{number}": share for number, share in enumerate(shares, start=1)}
    return pd.DataFrame({"day": day.astype(int), "waiting": waiting, **causes})


def waits_of(frame: pd.DataFrame, as_at: date) -> pd.DataFrame:
    """Both curves of the clocks of a frame of landmarks.

    Parameters
    ----------
    frame : DataFrame
        From `workbench.breach.landmarks`; its rows of the first landmark are used.
    as_at : date
        Open clocks have been followed up to this day.

    Returns
    -------
    DataFrame
        As `kaplan_meier`, with ``treated`` and ``left``: shares by Aalen-Johansen.
    """
    first = frame[frame["landmark_day"] == frame["landmark_day"].min()]
    followed = (pd.Timestamp(as_at) - first["clock_start_date"]).dt.days - first["days_taken_off"]
    days = first["ended_day"].fillna(followed).clip(lower=0).astype(int).to_numpy()
    how = first["ended_how"].map({"treated": 1, "left": 2}).fillna(0).astype(int).to_numpy()
    ends = aalen_johansen(days, how).reindex(columns=["ended_1", "ended_2"], fill_value=0.0)
    made = kaplan_meier(days, how > 0)
    return made.assign(treated=ends["ended_1"].to_numpy(), left=ends["ended_2"].to_numpy())


def _counts(days: npt.ArrayLike, cause: npt.NDArray[np.int_]) -> tuple[Floats, Floats, Floats]:
    """Days from 0 on, how many waited at the start of each, and ends by cause and day."""
    spent = np.asarray(days, dtype=int)
    last = int(spent.max(initial=0))
    causes = max(int(cause.max(initial=0)), 1)
    left = np.bincount(spent, minlength=last + 1)
    at_risk = (left.sum() - np.cumsum(left) + left).astype(np.float64)
    events = np.zeros((causes + 1, last + 1))
    for number in range(causes + 1):
        events[number] = np.bincount(spent[cause == number], minlength=last + 1)
    return np.arange(last + 1, dtype=np.float64), at_risk, events


def _log_log(waiting: Floats, terms: Floats) -> tuple[Floats, Floats]:
    inside = (waiting > 0) & (waiting < 1)
    log = np.log(np.where(inside, waiting, 0.5))
    wide = Z * np.sqrt(terms) / np.abs(log)
    lower = np.where(inside, np.exp(log * np.exp(wide)), waiting)
    upper = np.where(inside, np.exp(log * np.exp(-wide)), waiting)
    return np.asarray(lower), np.asarray(upper)
