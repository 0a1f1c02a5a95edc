"""One row a clock: which pathway, when it started, when and how it ended, who held it.

Records are read as the standards read them. Where linkage has said which records are one
pathway, its parts are joined; else records of one pathway identifier and issuer are one,
and a pathway handed over to a Trust whose own records are here is left to that Trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.breach.decisions import of_decisions
from workbench.dictionary.load import Dictionary
from workbench.errors import InputError
from workbench.standards.cancers import NOT_RECORDED, with_route, with_suspicion, with_tumour_group
from workbench.standards.checks import refuse_unusable
from workbench.standards.clocks import with_clocks
from workbench.standards.items import RECORD_ID, matched
from workbench.standards.open_pathways import OpenRules, open_rules
from workbench.standards.providers import with_providers
from workbench.standards.records import text, typed
from workbench.standards.rules import Rules

ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
PATHWAY = ("patient_pathway_identifier_pseudonym", "patient_pathway_identifier")
_PERSON = ("nhs_number_pseudonym", "nhs_number")
_STATUS = "cancer_or_symptomatic_breast_referral_patient_status"
_RECEIVER = "organisation_identifier_receiving"
_REFERRING = "organisation_identifier_referring"


def read_records(
    con: Any,
    table: ir.Table,
    *,
    as_at: date,
    rules: Rules,
    dictionary: Dictionary,
    parts: ir.Table | None = None,
) -> ir.Table:
    """Read pathway records, one row a record, with clocks and with whose they are.

    Parameters
    ----------
    con : ibis backend
    table : Table
        ``pathway_records`` of the store.
    as_at : date
        Later dates count as blank.
    rules : Rules
        Of the standards.
    dictionary : Dictionary
        For sites and ICD-10 groups.
    parts : Table, optional
        From linkage: ``record_id, pathway_id`` and, if it is there, ``person_id``.

    Returns
    -------
    Table
        The standards' items and clocks, ``pathway``, ``person``, ``sender``, ``receiver``,
        ``referrer``, ``status``, ``own_key`` (issuer and identifier), ``first_part`` (no record
        of a later treatment), ``goes_on`` (something is dated after the day).

    Raises
    ------
    InputError
        A column that says whose a record is, is missing, or a cell cannot be used.
    """
    where = "pathway_records"
    columns = matched(table.columns, where)
    _refuse_columns(table, where)
    refuse_unusable(con, table, columns, where)
    known = with_providers(typed(table, columns, as_at), rules, dictionary.lookup("site_to_trust"))
    known = known.inner_join(_whose(table, parts, rules), RECORD_ID)
    known = known.inner_join(_goes_on(table, columns, as_at), RECORD_ID)
    timed = with_tumour_group(
        with_route(with_suspicion(with_clocks(known, rules)), rules), dictionary
    )
    later = timed.event_type.isin(rules.event_types_subsequent).fill_null(False)
    kept = timed.mutate(first_part=~later)
    return con.create_table(ibis.util.gen_name("breach_records"), kept, temp=True)


def _goes_on(table: ir.Table, columns: Mapping[str, str], as_at: date) -> ir.Table:
    """Which records something happens to after the day: their status is not yet that day's."""
    whole = typed(table, columns)
    latest = ibis.greatest(
        whole.first_seen, whole.fds_ended, whole.decided, whole.transferred, whole.treated
    )
    return whole.select(RECORD_ID, goes_on=(latest > as_at).fill_null(False))


def _refuse_columns(table: ir.Table, where: str) -> None:
    missing = [
        f"missing column: {n}" for n in (RECORD_ID, "source", ISSUER) if n not in table.columns
    ]
    if not any(name in table.columns for name in PATHWAY):
        missing.append(f"missing column: {PATHWAY[0]}")
    if missing:
        raise InputError(f"{where}: it cannot be told whose the records are.", missing)


def pathway_key(table: ir.Table) -> ir.StringValue:
    """Issuer and identifier of a pathway; missing where either is."""
    own = next(name for name in PATHWAY if name in table.columns)
    return text(table[ISSUER]) + "|" + text(table[own])


def _whose(table: ir.Table, parts: ir.Table | None, rules: Rules) -> ir.Table:
    none = ibis.null("string")
    record = text(table[RECORD_ID])
    person = next((table[name] for name in _PERSON if name in table.columns), none)
    if "nhs_number_usable" in table.columns:
        person = ibis.ifelse(table.nhs_number_usable, person, none)

    def held(name: str) -> ir.Value:
        return table[name] if name in table.columns else none

    length = rules.provider_code_length
    key = ibis.coalesce(pathway_key(table), record)
    whose = table.select(
        record_id=record,
        sender=text(table["source"]),
        pathway=key,
        own_key=key,
        person=ibis.coalesce(text(person), key),
        receiver=text(held(_RECEIVER)).left(length),
        referrer=text(held(_REFERRING)).left(length),
        status=text(held(_STATUS), 2),
    )
    if parts is None:
        return whose
    linked = parts.select(
        record_id=parts.record_id.cast("string"),
        linked=parts.pathway_id.cast("string"),
        linked_person=(parts.person_id if "person_id" in parts.columns else none).cast("string"),
    )
    joined = whose.left_join(linked, RECORD_ID)
    return joined.select(
        *(joined[name] for name in whose.columns if name not in {"pathway", "person"}),
        pathway=ibis.coalesce(joined.linked, joined.pathway),
        person=ibis.coalesce(joined.linked_person, joined.person),
    )


def clocks(records: ir.Table, standard: str, dictionary: Dictionary) -> ir.Table:
    """One row a clock of one standard.

    Parameters
    ----------
    records : Table
        From `read_records`.
    standard : {"FDS", "31D", "62D"}
    dictionary : Dictionary
        For what closes a pathway without treatment.

    Returns
    -------
    Table
        ``clock`` (the pathway; of a later treatment, with a number), ``pathway``, ``person``,
        ``record_id``, ``started``, ``off`` (days off the clock, known once ``off_known``),
        ``off_end`` (days off at its end), ``ended``, ``ended_dated``, ``closed_undated`` (by its
        status alone), ``again`` (not the pathway's first decision), ``later`` (of a later
        treatment, as its record may say only in the end), ``treated`` (null: not yet),
        ``referred``, ``decided``, ``transferred``, ``provider_first``, ``provider_after``,
        ``suspected``, ``route``, ``tumour_group``, ``diagnosed``; and of a decision's pathway
        ``started_62d``, ``off_62d`` (known once ``first_seen``) and ``first_treated``.
    """
    if standard == "31D":
        return of_decisions(records)
    closing = open_rules(dictionary.path)
    return _of_referrals(records, standard, closing)


def _of_referrals(records: ir.Table, standard: str, closing: OpenRules) -> ir.Table:
    six_two = standard == "62D"
    route = records.route if six_two else records.route_fds
    marked = records.filter(records.first_part).mutate(
        start=records.started_62d if six_two else records.referred,
        off_own=records.off_first_seen_62d if six_two else records.off_first_seen,
        way=route,
        counts=(route != NOT_RECORDED) | records.priority.isnull(),
        receives=(records.sender == records.receiver).fill_null(False),
        ruled_out=records.fds_end_reason.isin(closing.closing_fds_end_reasons).fill_null(False),
        closed=records.status.isin(closing.closing_patient_statuses).fill_null(False),
    )
    pathways = _collapsed(marked.filter(marked.start.notnull()))
    pathways = pathways.filter(pathways.counts)
    pathways = _left_to_receivers(pathways, records)
    dated = ibis.least(pathways.treated, pathways.ruled_out_on) if six_two else _ended_fds(pathways)
    # who has not been told waits on by the 28-day clock, whatever the status says
    undated = (pathways.closed & dated.isnull()) if six_two else ibis.literal(False)
    return pathways.mutate(
        clock=pathways.pathway,
        ended=dated,
        ended_dated=dated,
        closed_undated=undated,
        again=ibis.literal(False),
        later=ibis.literal(False),
        # the 62-day clock is this one, or starts with it
        started_62d=ibis.null("date"),
        off_62d=ibis.null("int64"),
        first_seen=ibis.null("date"),
        first_treated=ibis.null("date"),
    ).drop("counts", "ruled_out_on", "closed", "held_by_receiver", "told")


def _collapsed(marked: ir.Table) -> ir.Table:
    """One row a pathway; of several records the first day of each event counts."""
    own = ~marked.receives
    first_trust = ibis.coalesce(
        marked.sender.min(where=own),
        marked.referrer.min(where=marked.transferred.notnull()),
        marked.sender.min(),
    )
    known = marked.fds_ended.notnull() & ~marked.ruled_out
    return marked.group_by("pathway").aggregate(
        person=marked.person.min(),
        record_id=ibis.coalesce(marked.record_id.min(where=own), marked.record_id.min()),
        started=marked.start.min(),
        referred=marked.referred.min(),
        off=marked.off_own.max(),
        off_known=marked.first_seen.min(),
        off_end=marked.off_treatment.max(),
        treated=marked.treated.min(),
        decided=marked.decided.min(),
        transferred=marked.transferred.min(where=marked.receiver.notnull()),
        provider_first=first_trust,
        provider_after=marked.receiver.min(),
        suspected=ibis.coalesce(
            marked.suspected.min(where=marked.suspected != NOT_RECORDED), marked.suspected.min()
        ),
        route=ibis.coalesce(marked.way.min(where=marked.way != NOT_RECORDED), marked.way.min()),
        tumour_group=marked.tumour_group.min(where=marked.tumour_group != NOT_RECORDED),
        diagnosed=ibis.least(
            marked.fds_ended.min(where=known & (marked.fds_end_reason == "01")),
            marked.decided.min(),
        ),
        told=marked.stopped_fds.min(),
        ruled_out_on=marked.fds_ended.min(where=marked.ruled_out),
        closed=marked.closed.any() & ~marked.goes_on.any(),
        counts=marked.counts.any(),
        held_by_receiver=marked.receives.any(),
    )


def _left_to_receivers(pathways: ir.Table, records: ir.Table) -> ir.Table:
    """Leave out what was handed over to a Trust that sends records, but under another number."""
    senders = records.select(provider_after="sender").distinct().mutate(sends=True)
    joined = pathways.left_join(senders, "provider_after")
    told = joined.select(*(joined[name] for name in pathways.columns), "sends")
    gone = told.transferred.notnull() & told.sends.fill_null(False) & ~told.held_by_receiver
    return told.filter(~(gone & told.treated.isnull())).drop("sends")


def _ended_fds(pathways: ir.Table) -> ir.DateValue:
    return ibis.least(pathways.told, pathways.decided, pathways.treated)
