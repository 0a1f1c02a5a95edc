"""Which rows are learnt from, which calibrate and which judge: never a patient on two sides.

The headline split is by time: the latest clocks judge, and what is learnt from was known
before the first of them started, so that the model could have been there. Splits go by
the day on which a clock started: all landmarks of a pathway stand on one side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.breach.encoding import folds
from workbench.breach.frames import Bools, Cases
from workbench.breach.settings import Settings
from workbench.errors import InputError

Places = npt.NDArray[np.int64]
_SHORT = 5
"""Data of less than so many windows are cut into so many parts instead."""


@dataclass(frozen=True, eq=False)
class Split:
    """Places of rows.

    Attributes
    ----------
    train, calibrate, test : int arrays
        `calibrate` is empty where calibration is by cross-fitting.
    windows : dict of str to str
        First and last day of each part's clocks, where there are days.
    """

    train: Places
    calibrate: Places
    test: Places
    windows: dict[str, str]


def known(cases: Cases) -> Bools:
    """Rows whose outcome is known, and their day where the others have one."""
    there = ~np.isnan(cases.outcome)
    return there if cases.origin is None else there & ~np.isnat(cases.origin)


def latest_window(cases: Cases, settings: Settings) -> Split:
    """For a model to be used: learn from all, but for the latest clocks, which calibrate.

    Without days the calibration is by cross-fitting.
    """
    rows = np.flatnonzero(known(cases))
    nothing = rows[:0]
    if cases.origin is None or len(rows) == 0:
        return Split(rows, nothing, nothing, {})
    origin = cases.origin[rows]
    first = origin.max() - _window(origin, settings.calibration_days) + 1
    calibrate = rows[origin >= first]
    train = _without(cases, rows[origin < first], calibrate)
    return Split(train, calibrate, nothing, _windows(cases, train=train, calibrate=calibrate))


def by_time(cases: Cases, settings: Settings) -> Split:
    """The headline: the latest clocks judge, and those known before them are learnt from.

    Raises
    ------
    InputError
        There are no days, or too few rows were known before the last clocks started.
    """
    rows = np.flatnonzero(known(cases))
    if cases.origin is None or cases.settled is None:
        raise InputError(
            "There is no split by time.", ["no row has a day"], remedy="Give the role 'time'."
        )
    if len(rows) == 0:
        raise InputError(
            "Nothing can be learnt from these rows.", ["none has both a day and a known outcome"]
        )
    origin = cases.origin[rows]
    start = origin.max() - _window(origin, settings.test_days) + 1
    test = rows[origin >= start]
    before = rows[(cases.settled[rows] < start) & (origin < start)]
    if len(before) == 0:
        raise InputError(
            "There is no split by time.",
            ["no outcome was known before the latest clocks started"],
            remedy="Give data of a longer time.",
        )
    earlier = cases.origin[before]
    first = earlier.max() - _window(earlier, settings.calibration_days) + 1
    calibrate = _without(cases, before[earlier >= first], test)
    train = _without(cases, before[earlier < first], np.r_[calibrate, test])
    return Split(
        train, calibrate, test, _windows(cases, train=train, calibrate=calibrate, test=test)
    )


def by_patient(cases: Cases, seed: int, share: float = 0.3) -> Split:
    """Some patients judge, the others are learnt from: for frames without days."""
    rows = np.flatnonzero(known(cases))
    # of fewer patients than parts, all would be dealt into the first ones
    parts = min(100, len(np.unique(cases.group[rows])))
    dealt = folds(cases.group[rows], parts, seed)
    test = dealt < share * parts
    return Split(rows[~test], rows[:0], rows[test], {})


def leave_one_site_out(cases: Cases, split: Split) -> Iterator[tuple[str, Split]]:
    """Each site judges a model that has not seen it; the days are those of a split by time.

    Parameters
    ----------
    cases : Cases
    split : Split
        From `by_time` or `by_patient`.

    Yields
    ------
    str, Split
    """
    for place, level in enumerate(cases.site.levels):
        here = cases.site.places == place
        test = split.test[here[split.test]]
        if level and len(test):
            yield (
                level,
                Split(
                    _without(cases, split.train[~here[split.train]], test),
                    _without(cases, split.calibrate[~here[split.calibrate]], test),
                    test,
                    {},
                ),
            )


def _window(origin: npt.NDArray[Any], days: int) -> np.timedelta64:
    span = int((origin.max() - origin.min()).astype(int)) + 1
    return np.timedelta64(min(days, max(1, span // _SHORT)), "D")


def _without(cases: Cases, rows: Places, others: Places) -> Places:
    """Rows of patients who are not among others."""
    return rows[~np.isin(cases.group[rows], cases.group[others])]


def _windows(cases: Cases, **parts: Places) -> dict[str, str]:
    windows = {}
    for name, rows in parts.items():
        if cases.origin is not None and len(rows):
            days = cases.origin[rows]
            windows[f"{name}_from"], windows[f"{name}_to"] = str(days.min()), str(days.max())
    return windows
