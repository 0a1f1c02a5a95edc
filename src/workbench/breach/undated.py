"""Pathways that are closed by a status alone: when that is likely to have been.

A status has no day. That a closed pathway had left by the standard's day cannot be read
from it, and to take one day for all would bend the outcome: a Trust that tidies its list
only months on closes nothing before, and its older clocks would seem to end sooner than
its newer ones. But the data are seen on one day, and clocks of every age stand in them: the
age from which on a share of them is closed is the age at which they are closed (current
status data, with one step). Where too few are closed to tell, the day of the settings holds.

References
----------
Sun J (2006). The Statistical Analysis of Interval-censored Failure Time Data, chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.breach.settings import Settings

ENOUGH = 30
"""Clocks closed without a day that a route needs before their ages say anything."""
SURE = 10.8
"""Chi-squared with one degree of freedom that chance exceeds once in a thousand."""


def with_undated_exits(clocks: ir.Table, con: Any, as_at: date, settings: Settings) -> ir.Table:
    """Give clocks that are closed without a day the day on which their route closes such.

    Parameters
    ----------
    clocks : Table
        From `workbench.breach.clocks.clocks`, with ``route, started, ended, closed_undated``.
    con : ibis backend
    as_at : date
        By then they were closed, whatever the day.
    settings : Settings
        The day where the data do not tell.

    Returns
    -------
    Table
        The same, with ``ended``.
    """
    cut = ibis.literal(as_at, type="date")
    aged = clocks.mutate(age=cut.delta(clocks.started, unit="day"))
    counted = aged.group_by(["route", "age"]).aggregate(
        clocks=aged.count(), closed=aged.closed_undated.sum().fill_null(0)
    )
    days = exit_days(con.to_pyarrow(counted).to_pandas(), settings.undated_exit_day)
    table = ibis.memtable(
        pa.table(
            {
                "route": pa.array(list(days), pa.string()),
                "exit_day": pa.array(list(days.values()), pa.int64()),
            }
        )
    )
    joined = clocks.left_join(table, "route").select(*clocks.columns, "exit_day")
    usual = joined.started + joined.exit_day.fill_null(settings.undated_exit_day).as_interval("D")
    return joined.mutate(
        ended=ibis.ifelse(joined.closed_undated, ibis.least(usual, cut), joined.ended)
    ).drop("exit_day", "closed_undated")


def exit_days(counted: pd.DataFrame, otherwise: int) -> Mapping[str, int]:
    """Age at which each route's clocks are closed without a day.

    Parameters
    ----------
    counted : DataFrame
        ``route, age, clocks, closed``: one row a route and age in days.
    otherwise : int
        Day of a route of which the data do not tell.

    Returns
    -------
    dict of str to int
        By route.
    """
    return {
        str(route): _step(
            rows["age"].to_numpy(), rows["clocks"].to_numpy(float), rows["closed"].to_numpy(float)
        )
        or otherwise
        for route, rows in counted.dropna(subset="route").sort_values("age").groupby("route")
    }


def _step(age: Any, clocks: Any, closed: Any) -> int | None:
    """Age at which the share that is closed steps up; None if that could be chance."""
    if closed.sum() < ENOUGH or len(age) < 2:
        return None
    before, gone = np.cumsum(clocks)[:-1], np.cumsum(closed)[:-1]
    after, left = clocks.sum() - before, closed.sum() - gone
    share = closed.sum() / clocks.sum()
    apart = left / after - gone / before
    # between-group sum of squares over the variance of one clock: chi-squared of a 2 by 2 table
    found = apart**2 * before * after / clocks.sum() / (share * (1 - share) or 1.0)
    found = np.where(apart > 0, found, 0.0)
    best = int(np.argmax(found))
    return int(age[best + 1]) if found[best] >= SURE else None
