"""When each clock starts and stops, and which days come off it.

Calendar days, plain difference: the day of referral is day 0. Formulae and
readings: rules file; sources named there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from workbench.standards.rules import Rules


@dataclass(frozen=True)
class Clock:
    """One standard's clock over a table of records, as columns of it.

    Attributes
    ----------
    start, stop : date
        Missing where the record has none.
    gross : integer
        Days from start to stop before anything comes off.
    adjustments : tuple of integers
        Days that come off, each kind apart; an adjustment that does not apply is 0.
    """

    start: ir.DateValue
    stop: ir.DateValue
    gross: ir.IntegerValue
    adjustments: tuple[ir.IntegerValue, ...]

    @property
    def adjustment(self) -> ir.IntegerValue:
        """Days taken off this clock."""
        return reduce(add, self.adjustments)

    @property
    def net(self) -> ir.IntegerValue:
        """Days waited, that the standard is held against."""
        return self.gross - self.adjustment


def with_clocks(records: ir.Table, rules: Rules) -> ir.Table:
    """Add what the three clocks need, so that each standard reads it as a column.

    Parameters
    ----------
    records : Table
        From `records.typed`.
    rules : Rules
        Which adjustments apply, and what ends a clock.

    Returns
    -------
    Table
        With ``upgrade`` (a valid one), ``stopped_fds``, ``started_62d``, ``gross_fds``,
        ``gross_31d``, ``gross_62d`` and the days that come off: ``off_first_seen``,
        ``off_first_seen_62d``, ``off_treatment``.
    """
    upgrade = _is_upgrade(records, rules)
    stopped_fds = _fds_stop(records, rules)
    started_62d = ibis.ifelse(upgrade, records.upgraded, records.referred)
    return records.mutate(
        upgrade=upgrade,
        stopped_fds=stopped_fds,
        started_62d=started_62d,
        gross_fds=days_between(records.referred, stopped_fds),
        gross_31d=days_between(records.decided, records.treated),
        gross_62d=days_between(started_62d, records.treated),
        off_first_seen=records.adjusted_first_seen.fill_null(0),
        off_first_seen_62d=_first_seen_days_62d(records, upgrade, rules),
        off_treatment=_treatment_days(records, rules),
    )


def fds_clock(records: ir.Table) -> Clock:
    """Referral to the patient being told, or to an earlier decision to treat."""
    return Clock(
        records.referred, records.stopped_fds, records.gross_fds, (records.off_first_seen,)
    )


def clock_31d(records: ir.Table) -> Clock:
    """Decision to treat (or earliest clinically appropriate date) to treatment."""
    return Clock(records.decided, records.treated, records.gross_31d, (records.off_treatment,))


def clock_62d(records: ir.Table) -> Clock:
    """Referral, or a valid consultant upgrade, to treatment."""
    off = (records.off_first_seen_62d, records.off_treatment)
    return Clock(records.started_62d, records.treated, records.gross_62d, off)


def days_between(start: ir.DateValue, stop: ir.DateValue) -> ir.IntegerValue:
    """Whole calendar days from start to stop."""
    return stop.delta(start, unit="day")


def _is_upgrade(records: ir.Table, rules: Rules) -> ir.BooleanValue:
    """Dated, and the source is not screening, for which an upgrade is not allowed."""
    screening = records.source.isin(rules.screening_sources).fill_null(False)
    return records.upgraded.notnull() & ~screening


def _fds_stop(records: ir.Table, rules: Rules) -> ir.DateValue:
    if not rules.fds_decision_to_treat_ends_clock:
        return records.fds_ended
    ends = (records.referred <= records.decided) & (records.decided < records.fds_ended)
    return ibis.ifelse(ends, records.decided, records.fds_ended)


def _first_seen_days_62d(
    records: ir.Table, upgrade: ir.BooleanValue, rules: Rules
) -> ir.IntegerValue:
    days = records.adjusted_first_seen.fill_null(0)
    if rules.first_seen_adjustment_after_upgrade:
        return days
    # a patient seen before the upgrade had that adjustment on a clock that is over
    still_counts = ~upgrade | (records.upgraded <= records.first_seen).fill_null(False)
    return ibis.ifelse(still_counts, days, 0)


def _treatment_days(records: ir.Table, rules: Rules) -> ir.IntegerValue:
    days = records.adjusted_treatment.fill_null(0)
    if not rules.treatment_adjustment_by_setting:
        return days
    return ibis.ifelse(records.setting.isin(rules.treatment_adjustment_settings), days, 0)
