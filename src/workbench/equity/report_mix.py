"""The case mix that can be held equal with so many patients, and no more."""

from __future__ import annotations

import pandas as pd

from workbench.equity.report_patients import CASE_MIX, CHARACTERISTICS, case_mix
from workbench.equity.sufficiency import RARER_BELOW

POOLED = "Rare, put together"
PER_COLUMN = 5
"""Patients in time, and late, for each column of a model: with fewer, a model follows chance
(Vittinghoff E, McCulloch CE 2007, Am J Epidemiol 165:710-718, for five rather than ten)."""

GIVEN_UP = (
    "quarter", "shared", "ethnicity", "deprivation", "stage", "sex", "trust", "age_band",
    "route", "cancer",
)  # fmt: skip
"""What is let go first where there are too few patients to hold all equal."""


def held_equal(
    patients: pd.DataFrame, characteristic: str, leave_out: tuple[str, ...] = ()
) -> tuple[pd.DataFrame, list[str]]:
    """Pool rare kinds of patients, and choose the case mix that a model can bear.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    characteristic : str
        What is compared; its groups use up columns too.
    leave_out : tuple of str, optional
        Further columns that are not to be held equal.

    Returns
    -------
    DataFrame
        `patients`, with levels of fewer than five in time or late put together.
    list of str
        Columns to adjust for.
    """
    mix = [name for name in case_mix(characteristic) if name not in (characteristic, *leave_out)]
    pooled = patients.assign(**{name: _pooled(patients, name) for name in mix})
    late = float((1 - patients["within"]).sum())
    most = min(late, len(patients) - late) / PER_COLUMN
    columns = {name: max(len(pooled[name].unique()) - 1, 0) for name in mix}
    groups = len(patients[characteristic].unique()) - 1
    for name in GIVEN_UP:
        if sum(columns.values()) + groups <= most:
            break
        columns.pop(name, None)
    return pooled, [name for name, number in columns.items() if number]


def in_words(mix: list[str]) -> str:
    """Name what was held equal."""
    titles = CASE_MIX | CHARACTERISTICS
    return ", ".join(titles[name] for name in mix) or "Nothing: too few patients"


def _pooled(patients: pd.DataFrame, name: str) -> pd.Series:
    each = patients.groupby(name)["within"].agg(["sum", "size"])
    rarer = each["sum"].combine(each["size"] - each["sum"], min)
    rare = rarer.index[rarer < RARER_BELOW]
    return patients[name].where(~patients[name].isin(rare), POOLED)
