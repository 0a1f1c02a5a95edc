"""What stands around a pathway on a day: the Trust's open pathways, and the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from workbench.breach.settings import Settings

_CHRISTMAS = (20, 3)
"""From this day of December to this day of January little is done but what cannot wait."""

_SEASONS = ("winter", "spring", "summer", "autumn")
"""Of three months from December on: a finer calendar would learn the luck of single months."""


def days_of_calendar(first: date, last: date, holidays: Sequence[str]) -> ir.Table:
    """Every day from first to last, with how many working days had passed by its end.

    Parameters
    ----------
    first, last : date
    holidays : sequence of str
        Bank holidays, ``YYYY-MM-DD``.

    Returns
    -------
    Table
        ``day``, ``working_days`` and ``christmas_days`` (since `first`), ``weekday``
        (Monday is 0), ``season``.
    """
    days = np.arange(
        np.datetime64(first, "D"),
        np.datetime64(last + timedelta(days=1), "D"),
        dtype="datetime64[D]",
    )
    working = np.is_busday(days, holidays=np.array(sorted(holidays), dtype="datetime64[D]"))
    weekday = (days.astype("int64") + 3) % 7  # 1 January 1970 was a Thursday
    day = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype("int64") + 1
    month = days.astype("datetime64[M]").astype("int64") % 12 + 1
    christmas = ((month == 12) & (day >= _CHRISTMAS[0])) | ((month == 1) & (day <= _CHRISTMAS[1]))
    columns = {
        "day": pa.array(days),
        "working_days": pa.array(np.cumsum(working).astype("int64")),
        "christmas_days": pa.array(np.cumsum(christmas).astype("int64")),
        "weekday": pa.array(weekday),
        "season": pa.array(np.array(_SEASONS)[month % 12 // 3]),
    }
    return ibis.memtable(pa.table(columns))


def load(clocks: ir.Table, calendar: ir.Table, settings: Settings, by: Sequence[str]) -> ir.Table:
    """Pathways open at the end of each day, by Trust and what else is said.

    A pathway with no dated end counts for some days only. One that is handed over counts
    at the first Trust until then and at the second from then on. For as many days after the
    first clock there is no count: what was open before the data began is not in them.

    Parameters
    ----------
    clocks : Table
        From `clocks.clocks`, with ``ended_dated``.
    calendar : Table
        From `days_of_calendar`.
    settings : Settings
        For how many days.
    by : sequence of str
        Columns of the clocks, beside ``provider``.

    Returns
    -------
    Table
        ``provider``, those of `by`, ``landmark_date, open_pathways``.
    """
    full = calendar.day.min().as_scalar() + ibis.interval(days=settings.load_days)
    latest = clocks.started + ibis.interval(days=settings.load_days)
    ended = ibis.least(ibis.coalesce(clocks.ended_dated, latest), latest)
    moved = ibis.ifelse(clocks.transferred < ended, clocks.transferred, ibis.null("date"))
    # at a Trust: from a day on, until a day
    first = clocks.select(
        *by, provider="provider_first", come=clocks.started, gone=ibis.coalesce(moved, ended)
    )
    second = clocks.filter(moved.notnull()).select(
        *by, provider="provider_after", come=moved, gone=ended
    )
    stays = first.union(second) if "provider_after" in clocks.columns else first
    steps = stays.select(*by, "provider", day="come", step=ibis.literal(1, "int64")).union(
        stays.select(*by, "provider", day="gone", step=ibis.literal(-1, "int64"))
    )
    keys = ["provider", *by]
    daily = steps.group_by([*keys, "day"]).aggregate(step=steps.step.sum())
    places = stays.select(*keys).distinct()
    grid = places.cross_join(calendar.select("day"))
    every = grid.left_join(daily, [*keys, "day"])
    filled = every.select(*(every[name] for name in (*keys, "day")), step=every.step.fill_null(0))
    so_far = ibis.cumulative_window(group_by=keys, order_by="day")
    counted = filled.mutate(open_pathways=filled.step.sum().over(so_far))
    return counted.filter(counted.day >= full).select(*keys, "open_pathways", landmark_date="day")
