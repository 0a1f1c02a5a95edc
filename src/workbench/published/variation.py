"""England's months in a control chart, and the targets that were in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import pandas as pd

from workbench.published.layout import STANDARDS
from workbench.published.period import months_between
from workbench.statistics.xmr import Xmr, xmr


class Target(Protocol):
    """A share that a standard asks for over a span of dates, both ends included."""

    @property
    def standard(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> float: ...  # noqa: D102
    @property
    def valid_from(self) -> dt.date: ...  # noqa: D102
    @property
    def valid_to(self) -> dt.date | None: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102


RULES = {
    "": "none",
    "outside": "outside the limits",
    "trend": "seven months all rising or all falling",
    "two_in_three": "two of three months close to a limit",
    "run": "seven months on one side of the average",
}
"""What each rule of the chart means; see `workbench.statistics.xmr`."""


@dataclass(frozen=True)
class ControlChart:
    """One standard's months with their process limits.

    Attributes
    ----------
    standard : str
    table : DataFrame
        One row a month, a month without figures included as missing: ``month,
        total, within, share, centre, lower, upper``, ``special_cause`` (bool) and
        ``rule``, in words; limits are held within 0 and 1.
    result : Xmr
        As computed, unclipped.
    target : float or None
        Share that the standard asks for.
    """

    standard: str
    table: pd.DataFrame
    result: Xmr
    target: float | None


def control_charts(england: pd.DataFrame, targets: Iterable[Target]) -> list[ControlChart]:
    """Put each standard's months into an XmR chart, against the standard in force at the end.

    Parameters
    ----------
    england : DataFrame
        From `england_by_month`.
    targets : iterable of Target
        From the data dictionary.

    Returns
    -------
    list of ControlChart
        In the order FDS, 31D, 62D; a standard without two months in a row is left
        out, since nothing can be said of its swings.
    """
    last, targets = england["month"].max(), list(targets)
    charts = []
    for standard in STANDARDS:
        months = set(england.loc[england["standard"] == standard, "month"])
        if any({one, other} <= months for one, other in pairwise(_span(months))):
            charts.append(control_chart(england, standard, standard_in(targets, standard, last)))
    return charts


def _span(months: set[str]) -> list[str]:
    return months_between(min(months), max(months)) if months else []


def control_chart(
    england: pd.DataFrame, standard: str, target: float | None = None
) -> ControlChart:
    """Put one standard's months into an XmR chart.

    Parameters
    ----------
    england : DataFrame
        From `england_by_month`, with two months in a row or more.
    standard : {"FDS", "31D", "62D"}
    target : float, optional
        Share asked for, to judge whether it will be met.
    """
    rows = england[england["standard"] == standard].set_index("month")
    every = months_between(rows.index.min(), rows.index.max())
    table = rows[["total", "within", "share"]].reindex(every).rename_axis("month").reset_index()
    result = xmr(table["share"], target=target)
    limits = result.frame[["centre", "lower", "upper"]].clip(0, 1)
    signal = result.frame["signal"]
    table = table.join(limits).assign(special_cause=signal != "", rule=signal.map(RULES))
    return ControlChart(standard, table, result, target)


def targets_over(
    targets: Iterable[Target], first_month: str, last_month: str, names: dict[str, str]
) -> pd.DataFrame:
    """List the targets in force at some time in a span of months, for a trend chart.

    Parameters
    ----------
    targets : iterable of Target
        From the data dictionary.
    first_month, last_month : str
        ``YYYY-MM``, both included.
    names : dict
        What the chart calls each standard.

    Returns
    -------
    DataFrame
        ``series, valid_from, valid_to, value, label``; dates as timestamps.
    """
    first = pd.Timestamp(f"{first_month}-01")
    last = pd.Timestamp(f"{last_month}-01") + pd.offsets.MonthEnd()
    records = [
        {
            "series": names[target.standard],
            "valid_from": pd.Timestamp(target.valid_from),
            "valid_to": pd.Timestamp(target.valid_to) if target.valid_to else pd.NaT,
            "value": target.value,
            "label": _label(target),
        }
        for target in targets
        if target.standard in names
        and pd.Timestamp(target.valid_from) <= last
        and (target.valid_to is None or pd.Timestamp(target.valid_to) >= first)
    ]
    columns = ["series", "valid_from", "valid_to", "value", "label"]
    return pd.DataFrame(records, columns=columns)


def _label(target: Target) -> str:
    kind = "standard" if target.kind == "constitutional" else "interim goal"
    doubt = " (unconfirmed)" if target.status != "confirmed" else ""
    return f"{kind.capitalize()} {100 * target.value:g}%{doubt}"


def standard_in(targets: Iterable[Target], standard: str, month: str) -> float | None:
    """Share that the national standard asks for on a month's first day; None if there is none."""
    day = pd.Timestamp(f"{month}-01")
    found = [
        target.value
        for target in targets
        if target.standard == standard
        and target.kind == "constitutional"
        and pd.Timestamp(target.valid_from) <= day
        and (target.valid_to is None or day <= pd.Timestamp(target.valid_to))
    ]
    return found[0] if found else None
