"""The 31-day clocks: from each decision to treat, with what the pathway has come through before."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from workbench.standards.cancers import NOT_RECORDED


def of_decisions(records: ir.Table) -> ir.Table:
    """One row a decision to treat; the nth of a pathway has its number behind the pathway's.

    Parameters
    ----------
    records : Table
        From `workbench.breach.clocks.read_records`.

    Returns
    -------
    Table
        As `workbench.breach.clocks.clocks`.
    """
    dated = records.filter(records.decided.notnull())
    grouped = dated.group_by(["pathway", "decided"]).aggregate(
        person=dated.person.min(),
        record_id=dated.record_id.min(),
        referred=dated.referred.min(),
        off_end=dated.off_treatment.max(),
        treated=dated.treated.min(),
        provider_first=dated.sender.min(),
        suspected=dated.suspected.min(),
        route=dated.route.min(),
        tumour_group=dated.tumour_group.min(where=dated.tumour_group != NOT_RECORDED),
        of_later=~dated.first_part.any(),
    )
    nth = ibis.row_number().over(ibis.window(group_by="pathway", order_by="decided"))
    numbered = grouped.mutate(nth=nth)
    decisions = numbered.mutate(
        clock=ibis.ifelse(
            numbered.nth == 0,
            numbered.pathway,
            numbered.pathway + "/" + (numbered.nth + 1).cast("string"),
        ),
        started=numbered.decided,
        off=ibis.literal(0, "int64"),
        off_known=numbered.decided,
        ended=numbered.treated,
        ended_dated=numbered.treated,
        closed_undated=ibis.literal(False),
        again=numbered.nth > 0,
        later=(numbered.nth > 0) | numbered.of_later,
        diagnosed=numbered.decided,
        # decided where the patient is treated: a transfer of before moves nobody now
        provider_after=numbered.provider_first,
    ).drop("nth", "of_later")
    way = _way_so_far(records)
    joined = decisions.left_join(way, "pathway")
    return joined.select(*decisions.columns, *(n for n in way.columns if n != "pathway"))


def _way_so_far(records: ir.Table) -> ir.Table:
    """Of each pathway, over all Trusts, what a decision to treat comes out of."""
    return records.group_by("pathway").aggregate(
        transferred=records.transferred.min(where=records.receiver.notnull()),
        started_62d=records.started_62d.min(),
        off_62d=records.off_first_seen_62d.max().cast("int64"),
        first_seen=records.first_seen.min(),
        first_treated=records.treated.min(),
    )
