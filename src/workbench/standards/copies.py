"""One patient, two records: what is counted once while records are not linked yet.

A patient whom two Trusts share has a record at each. Until linkage says which
records are one pathway, two provisional rules keep the patient from counting twice:

- two records that name the same pathway of the same issuer, and the same event,
  are one; that of the Trust that treated (for faster diagnosis: that told the
  patient) counts;
- a record of an event at another Trust, whose own records are in the store too, is
  left to that Trust: it will have the patient, under whatever pathway number.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

_EVENT = ("pathway", "standard", "event_type", "stopped")


def with_copies(waits: ir.Table, records: ir.Table) -> ir.Table:
    """Mark the rows of waits whose patient another record counts already.

    Parameters
    ----------
    waits : Table
        From `waits.waits_of`.
    records : Table
        Its records, with ``sender`` (the Trust that sent the record), ``pathway``
        (the same for records that name the same pathway), ``event_type``,
        ``fds_provider`` and ``treating_provider``.

    Returns
    -------
    Table
        Waits with ``sender``, ``pathway`` and ``copy``: true for an included row whose
        event another record stands for. A pathway has one faster diagnosis;
        its treatments differ by event type or day. Of equals the first Trust's by code
        counts, then the first record's.
    """
    who = records.select(
        "record_id", "sender", "pathway", "event_type", "fds_provider", "treating_provider"
    )
    rows = waits.left_join(who, "record_id").drop("record_id_right")
    diagnosis = rows.standard == "FDS"
    rows = rows.mutate(
        owner=ibis.ifelse(diagnosis, rows.fds_provider, rows.treating_provider),
        event_type=ibis.ifelse(diagnosis, ibis.null("string"), rows.event_type),
        stopped=ibis.ifelse(diagnosis, ibis.null("date"), rows.clock_stop_date),
    )
    rows = _with_owners_records(rows, records).mutate(
        sent_by_another=lambda t: (t.owner != t.sender).fill_null(True)
    )
    same_event = ibis.window(
        group_by=[*_EVENT, "included"],
        order_by=["sent_by_another", "sender", "record_id"],
    )
    # a patient whom two Trusts share has two rows of one record: they tie, and both stay
    again = ibis.rank().over(same_event) > 0
    left_to_owner = rows.sent_by_another & rows.owner_sends & ~rows.owner_has_pathway
    ranked = rows.mutate(copy=rows.included & (again | left_to_owner))
    return ranked.select(*waits.columns, "sender", "pathway", "copy")


def without_copies(waits: ir.Table, records: ir.Table) -> ir.Table:
    """As `with_copies`, for linked pathways: linkage has made one of every copy already."""
    who = records.select("record_id", "sender", "pathway")
    rows = waits.left_join(who, "record_id").select(*waits.columns, "sender", "pathway")
    return rows.mutate(copy=ibis.literal(False))


def _with_owners_records(rows: ir.Table, records: ir.Table) -> ir.Table:
    """Add whether the owner of each row's event sends records, and one of this pathway."""
    senders = records.select(owner="sender").distinct().mutate(sends=True)
    held = records.select("pathway", owner="sender").distinct().mutate(holds=True)
    rows_sent = rows.left_join(senders, "owner").select(*rows.columns, "sends")
    both = rows_sent.left_join(held, ["pathway", "owner"]).select(*rows_sent.columns, "holds")
    return both.mutate(
        owner_sends=both.sends.fill_null(False), owner_has_pathway=both.holds.fill_null(False)
    ).drop("sends", "holds")


def copies(rows: ir.Table) -> ir.Table:
    """Patients and standards that a second record did not count again: one row, ``copies``."""
    copied = rows.filter(rows.copy).select("record_id", "standard").distinct()
    return copied.aggregate(copies=copied.count())


def split_pathways(rows: ir.Table) -> ir.Table:
    """Pathways that only linkage can count: each Trust's record lacks what the other's has.

    Parameters
    ----------
    rows : Table
        From `with_copies`.

    Returns
    -------
    Table
        One row, ``split``: pathways with records from two Trusts or more, none of
        them counted under 62 days although one names a treatment.
    """
    six_two = rows.filter(rows.standard == "62D")
    pathways = six_two.group_by("pathway").aggregate(
        trusts=six_two.sender.nunique(),
        counted=six_two.included.any(),
        treated=six_two.clock_stop_date.notnull().any(),
        lacking=six_two.exclusion_reason.isin(["missing_dates", "missing_provider"]).any(),
    )
    split = pathways.filter(
        (pathways.trusts > 1) & ~pathways.counted & pathways.treated & pathways.lacking
    )
    return split.aggregate(split=split.count())
