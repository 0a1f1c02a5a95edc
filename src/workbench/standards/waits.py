"""Waits: one row per record, standard and Trust that carries weight."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, overload

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.errors import ParameterError
from workbench.standards import allocation, frames, inclusion
from workbench.standards.checks import refuse_unusable
from workbench.standards.clocks import Clock, clock_31d, clock_62d, fds_clock, with_clocks
from workbench.standards.items import matched
from workbench.standards.providers import with_providers
from workbench.standards.records import typed
from workbench.standards.rules import Rules, Standard, load_rules

COLUMNS = (
    "record_id",
    "standard",
    "treatment_stage",
    "clock_start_date",
    "clock_stop_date",
    "adjustment_days",
    "wait_days",
    "standard_days",
    "included",
    "exclusion_reason",
    "within",
    "reporting_month",
    "provider",
    "weight",
    "weight_within",
)
"""Columns of `waits`, in order."""

KEY = ("record_id", "standard", "provider")
"""What the rows of `waits` are sorted and told apart by."""

_BASE = (
    "record_id",
    *("referred", "decided", "treated", "fds_ended", "stopped_fds", "started_62d"),
    *("gross_fds", "gross_31d", "gross_62d"),
    *("off_first_seen", "off_first_seen_62d", "off_treatment"),
    *("first_event", "subsequent_event", "declined", "diagnosed", "off_route", "upgrade"),
    *("fds_end_counted", "fds_end_by_death", "seen_somewhere"),
    *("out_of_scope_fds", "out_of_scope_31d", "out_of_scope_62d"),
    *("fds_provider", "treating_provider", "investigating_provider", "treating_weight"),
)


@overload
def waits(
    table: pd.DataFrame,
    *,
    rules: Rules | Path | str | None = ...,
    as_at: date | str | None = ...,
    sites: pd.DataFrame | None = ...,
) -> pd.DataFrame: ...
@overload
def waits(
    table: ir.Table,
    *,
    rules: Rules | Path | str | None = ...,
    as_at: date | str | None = ...,
    sites: pd.DataFrame | None = ...,
) -> ir.Table: ...
def waits(
    table: pd.DataFrame | ir.Table,
    *,
    rules: Rules | Path | str | None = None,
    as_at: date | str | None = None,
    sites: pd.DataFrame | None = None,
) -> pd.DataFrame | ir.Table:
    """Hold pathway records against the 28, 31 and 62-day standards.

    Parameters
    ----------
    table : DataFrame or Ibis table
        One row a record; NCWTMDS items by canonical name. At least one clock start;
        other items may be absent, which means missing throughout.
    rules : Rules or path, optional
        From `load_rules`, or a file of changes; the shipped CWT-12.1 by default.
    as_at : date or ISO text, optional
        The date that the data are seen from: later dates count as blank. Without it
        none do.
    sites : DataFrame, optional
        Site to Trust: ``site, provider[, valid_from, valid_to]``. Without it, or where
        a site is not in it, a Trust is the first three characters of the site.

    Returns
    -------
    DataFrame or Ibis table
        What was given decides. ``record_id`` (the table's own, or the row number from
        1), ``standard`` (FDS, 31D, 62D), ``treatment_stage`` (31D: first, subsequent),
        ``clock_start_date``, ``clock_stop_date``, ``adjustment_days`` taken off that
        clock, ``wait_days`` (net), ``standard_days``, ``included``,
        ``exclusion_reason``, ``within``, ``reporting_month`` (YYYY-MM), ``provider``
        (Trust), ``weight`` (share of the patient: 0.5 or 1), ``weight_within``
        (weight where within, else 0). A record that is not included has one row a
        standard, with weight 0 and ``within`` blank. The frame is sorted by record,
        standard and provider; the expression has no order.

    Raises
    ------
    InputError
        No clock start, a cell that cannot be parsed, a duplicate ``record_id``: all
        listed by column and row, never by value.
    ParameterError
        `rules` or `as_at` cannot be used.
    """
    in_force = rules if isinstance(rules, Rules) else load_rules(rules)
    seen_from = as_date(as_at)
    if isinstance(table, pd.DataFrame):
        con, loaded = frames.loaded(table, matched(table.columns.tolist(), frames.WHERE))
        columns = {name: name for name in loaded.columns if name != frames.ROW}
        refuse_unusable(con, loaded, columns, frames.WHERE, row=frames.ROW)
        records = with_providers(typed(loaded, columns, seen_from, row=frames.ROW), in_force, sites)
        return frames.collected(con, waits_of(records, in_force).order_by(KEY))
    columns = matched(table.columns, "The table")
    refuse_unusable(table.get_backend(), table, columns, "The table")
    return waits_of(with_providers(typed(table, columns, seen_from), in_force, sites), in_force)


def waits_of(records: ir.Table, rules: Rules) -> ir.Table:
    """Give `waits` of records that are typed and have their providers; a pure expression."""
    # one base of what the standards share, as narrow as can be: each branch reads all of it
    base = prepared(records, rules).select(*_BASE)
    six_two = _sixty_two_days(base, rules)
    treating = six_two.mutate(
        provider="treating_provider",
        share=ibis.ifelse(six_two.included, six_two.treating_weight, 0.0),
    ).filter(lambda t: ~t.included | (t.share > 0))
    investigating = six_two.mutate(
        provider="investigating_provider", share=1.0 - six_two.treating_weight
    ).filter(lambda t: t.included & (t.share > 0))
    parts = (_fds(base, rules), _thirty_one_days(base, rules), treating, investigating)
    return ibis.union(*(_finished(part) for part in parts))


def prepared(records: ir.Table, rules: Rules) -> ir.Table:
    """Add clocks, tests of codes, and shares to records that have their providers."""
    timed = with_clocks(records, rules)
    return allocation.with_shares(inclusion.with_tests(timed, rules), rules)


def as_date(value: date | str | None) -> date | None:
    """Read a date parameter.

    Raises
    ------
    ParameterError
        It is not a real date written YYYY-MM-DD.
    """
    if value is None or (isinstance(value, date) and not hasattr(value, "hour")):
        return value
    try:
        text = str(value)[:10] if hasattr(value, "hour") else str(value)
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ParameterError("as_at is not a date.", remedy="Write it as YYYY-MM-DD.")
    return day


def _fds(records: ir.Table, rules: Rules) -> ir.Table:
    clock = fds_clock(records)
    reason = inclusion.fds_reason(records, clock, rules)
    month = _month(records.fds_ended)
    facts = _facts("FDS", clock, reason, month, rules)
    return _whole(records.select("record_id", provider="fds_provider", **facts))


def _thirty_one_days(records: ir.Table, rules: Rules) -> ir.Table:
    clock = clock_31d(records)
    reason = inclusion.reason_31d(records, clock, rules)
    stage = ibis.cases(
        (records.first_event, "first"),
        (records.subsequent_event, "subsequent"),
        else_=ibis.null("string"),
    )
    facts = _facts("31D", clock, reason, _month(records.treated), rules)
    facts["treatment_stage"] = stage
    return _whole(records.select("record_id", provider="treating_provider", **facts))


def _sixty_two_days(records: ir.Table, rules: Rules) -> ir.Table:
    clock = clock_62d(records)
    reason = inclusion.reason_62d(records, clock, rules)
    return records.select(
        "record_id",
        "treating_provider",
        "investigating_provider",
        "treating_weight",
        **_facts("62D", clock, reason, _month(records.treated), rules),
    )


def _facts(
    standard: Standard, clock: Clock, reason: ir.StringValue, month: ir.StringValue, rules: Rules
) -> dict[str, Any]:
    days = ibis.literal(rules.standard_days(standard), type="int64")
    included = inclusion.is_included(reason)
    return {
        "standard": ibis.literal(standard),
        "treatment_stage": ibis.null("string"),
        "clock_start_date": clock.start,
        "clock_stop_date": clock.stop,
        "adjustment_days": clock.adjustment,
        "wait_days": clock.net,
        "standard_days": days,
        "included": included,
        "exclusion_reason": reason,
        "within": ibis.ifelse(included, clock.net <= days, ibis.null("boolean")),
        "reporting_month": month,
    }


def _whole(part: ir.Table) -> ir.Table:
    return part.mutate(share=part.included.cast("float64"))


def _finished(part: ir.Table) -> ir.Table:
    weighed = part.mutate(
        weight=part.share, weight_within=ibis.ifelse(part.within, part.share, 0.0)
    )
    return weighed.select(*COLUMNS)


def _month(day: ir.DateValue) -> ir.StringValue:
    return day.cast("string").left(len("2025-01"))
