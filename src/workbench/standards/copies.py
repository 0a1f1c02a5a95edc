"""One patient, two records: what is counted once while records are not linked yet.

A patient whom two Trusts share has a record at each. Until linkage says which
records are one pathway, two are taken for one where they name the same pathway of
the same issuer, and the same event. The record of the Trust that treated the
patient (for faster diagnosis: that told the patient) is the one that counts.
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
        event a row of another record stands for. A pathway has one faster diagnosis;
        its treatments differ by event type or day. Of equals the first Trust's by code
        counts, then the first record's.
    """
    who = records.select(
        "record_id", "sender", "pathway", "event_type", "fds_provider", "treating_provider"
    )
    rows = waits.left_join(who, "record_id").drop("record_id_right")
    diagnosis = rows.standard == "FDS"
    owner = ibis.ifelse(diagnosis, rows.fds_provider, rows.treating_provider)
    rows = rows.mutate(
        event_type=ibis.ifelse(diagnosis, ibis.null("string"), rows.event_type),
        stopped=ibis.ifelse(diagnosis, ibis.null("date"), rows.clock_stop_date),
        sent_by_another=(owner != rows.sender).fill_null(True),
    )
    same_event = ibis.window(
        group_by=[*_EVENT, "included"],
        order_by=["sent_by_another", "sender", "record_id"],
    )
    # a patient whom two Trusts share has two rows of one record: they tie, and both stay
    ranked = rows.mutate(copy=rows.included & (ibis.rank().over(same_event) > 0))
    return ranked.select(*waits.columns, "sender", "pathway", "copy")


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
