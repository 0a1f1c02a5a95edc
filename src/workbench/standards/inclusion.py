"""Who counts under each standard, and the reason why a record does not.

Each function gives, for its standard, the first reason that holds in the rules'
order of precedence; a missing reason means that the record is included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from workbench.standards.clocks import Clock
from workbench.standards.rules import STANDARDS, Rules, Standard


def with_tests(records: ir.Table, rules: Rules) -> ir.Table:
    """Add what the codes of a record say, each as a yes or no.

    Parameters
    ----------
    records : Table
        From `records.typed`.
    rules : Rules
        Which codes mean what.

    Returns
    -------
    Table
        With ``first_event, subsequent_event, declined, diagnosed, off_route``, and
        ``fds_end_counted, fds_end_by_death``, ``seen_somewhere`` and
        ``out_of_scope_fds, _31d, _62d``; a blank code is never a yes.
    """
    routes = _is_one_of(records.source, rules.screening_sources) | _is_one_of(
        records.referral_type, rules.breast_symptomatic_referral_types
    )
    died = _is_one_of(records.fds_exclusion_reason, rules.fds_exclusion_reasons_of_death)
    excluded = _is_one_of(records.fds_end_reason, (rules.fds_end_reason_of_exclusion,))
    scope = {f"out_of_scope_{s.lower()}": _out_of_scope(records, s, rules) for s in STANDARDS}
    return records.mutate(
        first_event=_is_one_of(records.event_type, rules.event_types_first),
        subsequent_event=_is_one_of(records.event_type, rules.event_types_subsequent),
        declined=_is_one_of(records.modality, rules.modalities_declined),
        diagnosed=records.diagnosis.notnull(),
        off_route=_is_one_of(records.priority, rules.non_urgent_priorities) & ~routes,
        fds_end_counted=_is_one_of(records.fds_end_reason, rules.fds_end_reasons_counted),
        fds_end_by_death=excluded & died,
        seen_somewhere=records.first_seen_site.notnull(),
        **scope,
    )


def is_included(reason: ir.StringValue) -> ir.BooleanValue:
    """Whether a record counts: there is no reason against it."""
    return reason.isnull()


def fds_reason(records: ir.Table, clock: Clock, rules: Rules) -> ir.StringValue:
    """Why a record is not counted under faster diagnosis."""
    counted = records.fds_end_counted
    if rules.fds_deaths_counted_after_standard:
        late = (clock.net > rules.standard_days_fds).fill_null(False)
        counted = counted | (records.fds_end_by_death & late)
    return _first(
        {
            # the clock may stop at the decision, but only a recorded end closes the pathway
            "missing_dates": clock.start.isnull() | records.fds_ended.isnull(),
            "fds_excluded": ~counted,
            "route": records.off_route,
            "out_of_scope": records.out_of_scope_fds,
            "missing_provider": records.fds_provider.isnull(),
            **_unreckonable(clock),
        },
        rules,
    )


def reason_31d(records: ir.Table, clock: Clock, rules: Rules) -> ir.StringValue:
    """Why a record is not counted under 31 days."""
    reasons = {
        "missing_dates": clock.start.isnull() | clock.stop.isnull(),
        "event_type": ~(records.first_event | records.subsequent_event),
        "treatment_declined": records.declined,
        "out_of_scope": records.out_of_scope_31d,
        "missing_provider": records.treating_provider.isnull(),
        **_unreckonable(clock),
    }
    if rules.diagnosis_needed_31d:
        reasons["missing_diagnosis"] = ~records.diagnosed
    return _first(reasons, rules)


def reason_62d(records: ir.Table, clock: Clock, rules: Rules) -> ir.StringValue:
    """Why a record is not counted under 62 days."""
    missing_dates = clock.start.isnull() | clock.stop.isnull()
    if rules.decision_needed_62d:
        missing_dates = missing_dates | records.decided.isnull()
    missing_provider = records.treating_provider.isnull()
    if rules.first_seen_provider_needed_62d:
        missing_provider = missing_provider | (~records.upgrade & ~records.seen_somewhere)
    reasons = {
        "missing_dates": missing_dates,
        "event_type": ~records.first_event,
        "treatment_declined": records.declined,
        "route": records.off_route & ~records.upgrade,
        "out_of_scope": records.out_of_scope_62d,
        "missing_provider": missing_provider,
        **_unreckonable(clock),
    }
    if rules.diagnosis_needed_62d:
        reasons["missing_diagnosis"] = ~records.diagnosed
    return _first(reasons, rules)


def scope_marks(records: ir.Table, standard: Standard, rules: Rules) -> dict[str, ir.BooleanValue]:
    """Where each scope switch would take a record out, whether or not it is on.

    Diagnosis says nothing about faster diagnosis, which counts suspicions.
    """
    delays = {
        "FDS": (records.delay_fds,),
        "31D": (records.delay_31d,),
        "62D": (records.delay_62d, records.delay_upgrade),
    }[standard]
    codes = rules.not_commissioned_delay_reasons
    marks = {"exclude_not_commissioned": reduce(or_, (_is_one_of(d, codes) for d in delays))}
    if standard != "FDS":
        marks["exclude_basal_cell"] = _begins_with(records.diagnosis, rules.basal_cell_icd)
        marks["exclude_in_situ"] = _begins_with(records.diagnosis, rules.in_situ_icd)
    return marks


def _out_of_scope(records: ir.Table, standard: Standard, rules: Rules) -> ir.BooleanValue:
    on = [
        mark
        for switch, mark in scope_marks(records, standard, rules).items()
        if getattr(rules, switch)
    ]
    return reduce(or_, on, ibis.literal(False))


def _first(reasons: Mapping[str, ir.BooleanValue], rules: Rules) -> ir.StringValue:
    ordered = [(reasons[name], name) for name in rules.reasons_in_order if name in reasons]
    return ibis.cases(*ordered, else_=ibis.null("string"))


def _unreckonable(clock: Clock) -> dict[str, ir.BooleanValue]:
    below = reduce(or_, (days < 0 for days in clock.adjustments))
    return {
        "negative_wait": clock.gross < 0,
        "invalid_adjustment": below | (clock.adjustment > clock.gross),
    }


def _is_one_of(code: ir.StringValue, codes: Sequence[str]) -> ir.BooleanValue:
    """Membership in which a blank is never a member."""
    return code.isin(codes).fill_null(False)


def _begins_with(code: ir.StringValue, openings: Sequence[str]) -> ir.BooleanValue:
    plain = code.upper().replace(".", "")
    starts: list[ir.BooleanValue] = [plain.startswith(opening) for opening in openings]
    return reduce(or_, starts, ibis.literal(False)).fill_null(False)
