"""The rows that a model was judged on, with the risks it gave them: for audit and explanation."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.breach.frames import Cases
from workbench.breach.intervals import LEVEL, Doubt, risk_intervals
from workbench.breach.roles import Roles
from workbench.breach.training import Model

ADDED = ("outcome", "risk", "lower", "upper", "month")
DIGITS = 6
"""As of scores: more would say nothing of a risk."""


def judged_rows(
    frame: pd.DataFrame,
    roles: Roles,
    test: Cases,
    model: Model,
    refits: Sequence[Model],
    doubts: Doubt,
) -> pd.DataFrame:
    """Put risks beside the rows that were judged.

    Parameters
    ----------
    frame : DataFrame
        That the rows are of; all its columns are kept. One that has a name of `ADDED` and is
        not the outcome gets the ending ``_given``.
    roles : Roles
    test : Cases
        Every outcome known.
    model : Model
        The judged one, without protected characteristics among its features.
    refits : sequence of Model
        For the spread of single risks; they have not learnt from these rows.
    doubts : Doubt
        Of the judged model, from rows that are not among these where there are such.

    Returns
    -------
    DataFrame
        The frame's columns and `ADDED`: outcome 0 or 1, calibrated risk with the ends of its
        90 % interval, month (YYYY-MM) of the clock's start where there are days. By id.
    """
    risk, lower, upper = risk_intervals(model, refits, doubts, test, LEVEL)
    keys = list(roles.id)
    renamed = {name: f"{name}_given" for name in ADDED if name in frame and name != roles.outcome}
    given = frame.drop(columns=[roles.outcome] if roles.outcome in ADDED else [])
    given = given.rename(columns={old: new for old, new in renamed.items() if old not in keys})
    made = test.ids.merge(given, on=keys, how="left", validate="one_to_one")
    ends = {"risk": risk, "lower": lower, "upper": upper}
    made = made.assign(outcome=test.outcome.astype("int64"))
    made = made.assign(**{name: values.round(DIGITS) for name, values in ends.items()})
    if test.origin is not None:
        made["month"] = test.origin.astype("datetime64[M]").astype("str")
    return made.sort_values(keys, kind="stable", ignore_index=True)
