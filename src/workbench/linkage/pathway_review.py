"""What a person should look at: pairs of parts that no rule joins, and transfers half seen."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_parts import PART
from workbench.linkage.pathway_rules import PathwayRules

NO_COUNTERPART = "transfer_without_counterpart"
TWO_TREATMENTS = "two_first_treatments"
TWO_PEOPLE = "joined_two_people"


def reviewed(
    pairs: ir.Table, records: ir.Table, rules: PathwayRules, compared: Sequence[str]
) -> ir.Table:
    """List what is not clear, without a value of any record.

    Parameters
    ----------
    pairs : Table
        Pairs that were not joined, with ``reason`` and ``agreement_NAME``.
    records : Table
        Ranked records of all pathways.
    rules : PathwayRules
    compared : sequence of str
        Names of what was compared.

    Returns
    -------
    Table
        ``review_id``, ``reason``, ``record_id_left``, ``source_left``, ``pathway_id_left``
        and the same of the right (null where a pathway is looked at by itself),
        ``agreeing``, ``agreement_NAME``; sorted.
    """
    firsts = records.group_by(PART).aggregate(
        record_id=records[items.RECORD].min(),
        source=records[items.SOURCE].min(),
        pathway_id=records[items.PATHWAY].min(),
    )
    rows = pairs
    for side in ("left", "right"):
        own = firsts.select(**{f"{name}_{side}": firsts[name] for name in firsts.columns})
        rows = rows.drop(f"source_{side}").inner_join(own, f"{PART}_{side}")
    sides = [f"{n}_{s}" for s in ("left", "right") for n in ("record_id", "source", "pathway_id")]
    evidence = [f"agreement_{name}" for name in compared]
    two = rows.select("reason", *sides, "agreeing", *evidence)
    alone = ibis.union(*_alone(records, rules))
    nothing = ibis.null("string")
    one = alone.mutate(
        record_id_right=nothing, source_right=nothing, pathway_id_right=nothing,
        agreeing=ibis.null("int64"), **dict.fromkeys(evidence, nothing),
    ).select(*two.columns)  # fmt: skip
    found = two.union(one)
    name = found.reason.concat(
        ":", found.record_id_left, ":", found.record_id_right.fill_null("")
    ).hexdigest("sha256")
    return (
        found.mutate(review_id=name.substr(0, 32))
        .select("review_id", *found.columns)
        .order_by("review_id")
    )


def _alone(records: ir.Table, rules: PathwayRules) -> list[ir.Table]:
    pathways = records.group_by(items.PATHWAY).aggregate(
        record_id_left=records[items.RECORD].argmin(records.by_referral),
        source_left=records[items.SOURCE].argmin(records.by_referral),
        receiver=records[items.RECEIVING].left(rules.provider_code_length).min(),
        at_receiver=(
            records[items.RECEIVING].left(rules.provider_code_length) == records[items.SOURCE]
        ).any(),
        treatments=ibis.ifelse(records.later, None, records[items.TREATED]).nunique(),
        people=records[items.PERSON].nunique(),
    )
    senders = records.select(receiver=items.SOURCE).distinct().mutate(sends=True)
    known = pathways.left_join(senders, "receiver").select(*pathways.columns, "sends")
    tests = {
        NO_COUNTERPART: known.sends.fill_null(False) & ~known.at_receiver.fill_null(False),
        TWO_TREATMENTS: known.treatments > 1,
        TWO_PEOPLE: known.people > 1,
    }
    return [
        known.filter(test).select(
            "record_id_left",
            "source_left",
            pathway_id_left=items.PATHWAY,
            reason=ibis.literal(reason),
        )
        for reason, test in tests.items()
    ]
