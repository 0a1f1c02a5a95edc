"""Groups over time: shares by month or quarter in control charts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.equity.report_gaps import COUNTS, compared
from workbench.statistics.xmr import TRIAL_BELOW, xmr

MONTH, QUARTER = "month", "quarter"
MONTHLY_FROM = 100
"""Patients a month from which a month's share can be drawn: rounding to five moves it little."""
QUARTERLY_FROM = 60
YEAR = 12
MOST_GROUPS = 4
"""Charts on a page; the file holds every group."""
LIMITS = ["centre", "lower", "upper"]


def followed(gaps: pd.DataFrame, periods: int) -> list[tuple[str, str, str]]:
    """Choose the groups to follow: of deprivation the most deprived, else the largest compared.

    Parameters
    ----------
    gaps : DataFrame
        From `workbench.equity.report_gaps.with_crude`.
    periods : int
        Months looked at.

    Returns
    -------
    list of tuple
        Characteristic, group and ``month`` or ``quarter``; at most four, those with too few
        for a quarter left out.
    """
    chosen = []
    held = compared(gaps)
    for name, rows in held.groupby("characteristic", sort=False):
        if name == "core20" and (held["characteristic"] == "deprivation").any():
            continue
        by_size = rows.sort_values("total", ascending=False, kind="stable")
        one = (rows if name == "deprivation" else by_size).iloc[0]
        each = float(one["total"]) / max(periods, 1)
        if each >= MONTHLY_FROM:
            chosen.append((str(name), str(one["group"]), MONTH))
        elif 3 * each >= QUARTERLY_FROM and periods >= YEAR:
            chosen.append((str(name), str(one["group"]), QUARTER))
    return chosen[:MOST_GROUPS]


def over_time(patients: pd.DataFrame, characteristic: str, months: list[str]) -> pd.DataFrame:
    """Count every group by month.

    Returns
    -------
    DataFrame
        ``characteristic, group, month`` and `COUNTS`; a month without patients has zeros.
    """
    groups = sorted(patients[characteristic].unique())
    index = pd.MultiIndex.from_product([groups, months], names=["group", "month"])
    each = patients.groupby([characteristic, "month"])["within"].agg(["size", "sum"])
    found = each.rename_axis(["group", "month"]).reindex(index, fill_value=0).reset_index()
    return pd.DataFrame(
        {
            "characteristic": characteristic, "group": found["group"], "month": found["month"],
            "total": found["size"].astype(int), "within": found["sum"].astype(int),
            "after": (found["size"] - found["sum"]).astype(int),
        }
    )  # fmt: skip


def series(table: pd.DataFrame, group: str, every: str) -> pd.DataFrame:
    """One group's counts by month, or by whole quarter under its first month.

    Parameters
    ----------
    table : DataFrame
        From `over_time`.
    group : str
    every : {"month", "quarter"}

    Returns
    -------
    DataFrame
        ``month`` and `COUNTS`, in order of time.
    """
    own = table[table["group"] == group].sort_values("month", ignore_index=True)
    if every == MONTH:
        return own[["month", *COUNTS]]
    number = own["month"].str[5:7].astype(int)
    first = own["month"].str[:5] + (3 * ((number - 1) // 3) + 1).map("{:02d}".format)
    summed = own.assign(month=first).groupby("month", sort=True)
    whole = summed["total"].transform("size") == 3
    kept = own.assign(month=first)[whole.to_numpy()]
    return kept.groupby("month", sort=True)[COUNTS].sum().reset_index()


def control(table: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Put limits about a series; no limits where fewer than two neighbours may be shown.

    Parameters
    ----------
    table : DataFrame
        From `series`.
    shown : DataFrame
        The same rows once released, with ``share``: limits are made of these.

    Returns
    -------
    DataFrame
        `table` with ``centre, lower, upper`` (within 0 and 1), ``signal`` (which rule, or
        ``none``) and ``special`` (whether there is one).
    """
    share = shown["share"].astype(float).to_numpy()
    seen = ~np.isnan(share)
    if not (seen[1:] & seen[:-1]).any():
        return table.assign(**dict.fromkeys(LIMITS, np.nan), signal="none", special=False)
    found = xmr(share).frame
    limits = found[LIMITS].clip(0, 1).round(4).reset_index(drop=True)
    signal = found["signal"].reset_index(drop=True).replace("", "none")
    made = table.reset_index(drop=True).join(limits)
    return made.assign(signal=signal, special=(signal != "none"))


def is_trial(shown: pd.DataFrame) -> bool:
    """Whether limits rest on fewer points than they should."""
    return int(shown["share"].notna().sum()) < TRIAL_BELOW
