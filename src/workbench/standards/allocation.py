"""How a 62-day patient is shared between the Trust that investigated and the one that treated.

Handover by day 38, treatment 24 days later (National cancer breach allocation
guidance). Six scenarios, of which the two that arithmetic forbids need no row.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from workbench.standards.clocks import Clock, clock_62d, days_between
from workbench.standards.rules import Rules


def with_shares(records: ir.Table, rules: Rules) -> ir.Table:
    """Add who investigated and both Trusts' weights.

    Parameters
    ----------
    records : Table
        With providers and clocks added.
    rules : Rules
        Handover and treating days.

    Returns
    -------
    Table
        With ``investigating_provider`` and ``treating_weight``, of which the former's
        is what is missing to 1.
    """
    clock = clock_62d(records)
    investigating = investigating_provider(records)
    alone = investigating.isnull() | (investigating == records.treating_provider)
    handed_over_late = (
        days_between(clock.start, records.transferred) - clock.adjustments[0] > rules.handover_days
    )
    treated_late = (
        days_between(records.transferred, clock.stop) - clock.adjustments[1] > rules.treating_days
    )
    breached = clock.net > rules.standard_days_62d
    treating = ibis.cases(
        (alone, 1.0),
        (records.accountable_provider.isnull() | records.transferred.isnull(), 0.5),
        (handed_over_late & treated_late, 0.5),
        (handed_over_late, ibis.ifelse(breached, 0.0, 1.0)),
        (breached, 1.0),
        else_=0.5,
    )
    return records.mutate(
        investigating_provider=investigating,
        treating_weight=treating,
    )


def investigating_provider(records: ir.Table) -> ir.StringValue:
    """Trust that investigated: the accountable one, else of a valid upgrade, else first seen."""
    upgrading = ibis.ifelse(records.upgrade, records.upgrade_provider, ibis.null("string"))
    return ibis.coalesce(records.accountable_provider, upgrading, records.first_seen_provider)


def transfer_before_start(records: ir.Table, clock: Clock) -> ir.BooleanValue:
    """Where a transfer that the scenarios use is dated before the clock started."""
    used = records.accountable_provider.notnull() & (
        records.accountable_provider != records.treating_provider
    )
    return (used & (records.transferred < clock.start)).fill_null(False)
