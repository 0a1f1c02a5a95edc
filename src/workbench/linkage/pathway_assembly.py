"""One row a pathway, in NCWTMDS items, made of what every Trust's records say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_parts import PART
from workbench.linkage.pathway_rules import PathwayRules

_OWN = {
    "saw": items.SITE_SEEN,
    "told": items.SITE_FDS,
    "treats": items.SITE_TREATED,
    "receives": items.RECEIVING,
}
"""What the Trust that sent a record did itself, by the item that names who did."""

_RANKS = ("by_referral", "by_outcome", "by_treatment")
_RANK_OF_GROUP = ("by_referral", "by_outcome", "by_treatment", "by_referral", "by_treatment")


@dataclass(frozen=True)
class Placed:
    """Records of pathways, ranked by whose word is taken on what.

    Nearly every pathway has one record: to rank those would cost the most and say nothing.

    Attributes
    ----------
    many : Table
        Records of pathways that have several, with the ranks of `_RANKS`.
    alone : Table
        Records of pathways that have one; their ranks are 0.
    """

    many: ir.Table
    alone: ir.Table

    @property
    def every(self) -> ir.Table:
        """Both, below each other."""
        return self.many.union(self.alone.select(*self.many.columns))


def placed(records: ir.Table, rules: PathwayRules) -> Placed:
    """Rank the records of each pathway by whose word is taken on what.

    Parameters
    ----------
    records : Table
        Typed records with ``pathway_id`` and ``times``, how many records the pathway has.
    rules : PathwayRules

    Returns
    -------
    Placed
        With ``later`` (a treatment that follows the first) and one rank a group of items:
        ``by_referral`` (earliest referral first), ``by_outcome`` and ``by_treatment`` (the
        Trust that did it first); each ends with the record's name, so that no order of
        rows decides.
    """
    later = (
        records[items.TREATED].notnull()
        & records[items.EVENT].notnull()
        & records[items.EVENT].notin(rules.first_treatment_event_types)
    )
    own = {
        name: records[site].left(rules.provider_code_length) == records[items.SOURCE]
        for name, site in _OWN.items()
    }
    known = records.mutate(
        later=later.fill_null(False), **{name: test.fill_null(False) for name, test in own.items()}
    )
    nought = ibis.literal(0, type="int64")
    alone = known.filter(known.times == 1).mutate(**dict.fromkeys(_RANKS, nought))
    return Placed(_ranked(known.filter(known.times > 1)), alone)


def _ranked(records: ir.Table) -> ir.Table:
    first_treatment = records[items.TREATED].notnull() & ~records.later
    begun = (records[items.REFERRED].isnull(), records[items.REFERRED], ~records.saw)
    orders = {
        "by_referral": (records.later, *begun),
        "by_outcome": (~records.told, records[items.FDS_END].isnull(), records[items.FDS_END]),
        "by_treatment": (~first_treatment, ~records.treats, records[items.TREATED]),
    }
    ties = (records[items.SOURCE], records[items.RECORD])
    ranks = {
        name: ibis.row_number().over(ibis.window(group_by=items.PATHWAY, order_by=[*order, *ties]))
        for name, order in orders.items()
    }
    return records.mutate(**ranks)


def assembled(records: Placed) -> ir.Table:
    """Make one row of each pathway's records.

    Parameters
    ----------
    records : Placed
        With ``person_id``, ``match_probability``, ``by_part`` and
        the name of the part.

    Returns
    -------
    Table
        ``pathway_id``, ``person_id``, ``tumour_group``, every item of
        `pathway_items.ITEMS`, and
        ``first_trust``, ``trusts``, ``parts``, ``people``, ``records``, ``referral_dates``
        (days that different records give for the receipt of the referral),
        ``received_here``, ``link_probability``, ``age_at_referral``, ``as_at``. An
        item is that of the record whose word is taken, else of the next that has it. Those
        of the treatment are never taken from two treatments.
    """
    together = _together(records.many)
    return together.union(_by_itself(records.alone).select(*together.columns))


def _together(records: ir.Table) -> ir.Table:
    known = _with_chosen_treatment(records)
    taken: dict[str, Any] = {}
    for group, rank in zip(items.GROUPS, _RANK_OF_GROUP, strict=True):
        for name in group:
            usable = known[name].notnull()
            if group is items.TREATMENT_GROUP:
                usable = usable & known.of_treatment
            taken[name] = known[name].argmin(known[rank], where=usable)
    return known.group_by(items.PATHWAY).aggregate(
        person_id=known[items.PERSON].argmin(known.by_referral),
        **taken,
        tumour_group=known.tumour_group.argmin(
            known.by_treatment, where=known[items.DIAGNOSIS].notnull()
        ),
        first_trust=known[items.SOURCE].argmin(known.by_part),
        trusts=known[items.SOURCE].nunique(),
        parts=known[PART].nunique(),
        people=known[items.PERSON].nunique(),
        records=known.count(),
        referral_dates=known[items.REFERRED].nunique(),
        received_here=known.receives.any(),
        link_probability=known.match_probability.min(),
        age_at_referral=known.age_at_referral.argmin(
            known.by_referral, where=known.age_at_referral.notnull()
        ),
        as_at=known[items.EXTRACTED].max(),
    )


def _with_chosen_treatment(records: ir.Table) -> ir.Table:
    """Mark the records that tell of the first treatment, or of the decision where none began."""
    first = ibis.window(group_by=items.PATHWAY, order_by="by_treatment")
    day = ibis.ifelse(records.later, ibis.null("date"), records[items.TREATED])
    known = records.mutate(chosen=day.first().over(first))
    told = ibis.ifelse(
        known.chosen.isnull(),
        known[items.TREATED].isnull(),
        (known[items.TREATED] == known.chosen).fill_null(False),
    )
    return known.mutate(of_treatment=told & ~known.later)


def _by_itself(records: ir.Table) -> ir.Table:
    one = ibis.literal(1, type="int64")
    treatment = {
        name: ibis.ifelse(records.later, ibis.null(items.kind(name)), records[name])
        for name in items.TREATMENT_GROUP
    }
    plain = [name for group in items.GROUPS[:-1] for name in group]
    return records.select(
        items.PATHWAY, items.PERSON, *plain, **treatment, tumour_group="tumour_group",
        first_trust=records[items.SOURCE], trusts=one, parts=one, people=one, records=one,
        referral_dates=records[items.REFERRED].notnull().cast("int64"),
        received_here=records.receives,
        link_probability=records.match_probability,
        age_at_referral=records.age_at_referral,
        as_at=records[items.EXTRACTED],
    )  # fmt: skip


def with_providers(pathways: ir.Table, rules: PathwayRules) -> ir.Table:
    """Add whose the pathway is: who is accountable, when it was handed over, who holds it.

    Parameters
    ----------
    pathways : Table
        From `assembled`.
    rules : PathwayRules

    Returns
    -------
    Table
        With ``provider_first_seen, provider_consultant_upgrade,
        provider_faster_diagnosis_end, provider_treating``; ``accountable_investigating_provider``
        and ``transfer_to_treatment_date`` completed, and ``accountable_provider_source``,
        ``transfer_date_source`` saying how (``recorded`` or ``derived``); ``source``, the
        Trust that holds the patient now; ``transfers``.
    """
    length = rules.provider_code_length
    treating = pathways[items.SITE_TREATED].left(length)
    receiving = ibis.ifelse(pathways.received_here, pathways[items.RECEIVING].left(length), None)
    holder = ibis.coalesce(treating, receiving, pathways.first_trust)
    sender = ibis.coalesce(
        pathways[items.REFERRING].left(length),
        ibis.ifelse(pathways.trusts > 1, pathways.first_trust, None),
    )
    recorded = pathways[items.ACCOUNTABLE]
    derived = ibis.ifelse((sender != holder).fill_null(False), sender, None)
    accountable = (
        ibis.coalesce(recorded, derived) if rules.derive_accountable_provider else recorded
    )
    handed_over = (accountable != holder).fill_null(False)
    own_date, *others = (pathways[name] for name in rules.transfer_dates_in_order)
    other_date = ibis.coalesce(*others) if others else ibis.null("date")
    transferred = ibis.coalesce(own_date, ibis.ifelse(handed_over, other_date, None))
    return pathways.mutate(
        **{items.ACCOUNTABLE: accountable, items.TRANSFERRED: transferred, items.SOURCE: holder},
        accountable_provider_source=_how(recorded, accountable),
        transfer_date_source=_how(own_date, transferred),
        provider_first_seen=pathways[items.SITE_SEEN].left(length),
        provider_consultant_upgrade=pathways[items.SITE_UPGRADED].left(length),
        provider_faster_diagnosis_end=pathways[items.SITE_FDS].left(length),
        provider_treating=treating,
        transfers=ibis.greatest(pathways.trusts - 1, handed_over.cast("int64")),
    )


def _how(recorded: Any, made: Any) -> Any:
    return ibis.cases(
        (recorded.notnull(), "recorded"), (made.notnull(), "derived"), else_=ibis.null("string")
    )


def later_treatments(records: ir.Table) -> ir.Table:
    """Treatments that follow the first one, each once whoever recorded it.

    Parameters
    ----------
    records : Table
        Every record of `Placed`.

    Returns
    -------
    Table
        One row a pathway, event type and day: the record of the Trust that treated, else
        the first by name.
    """
    later = records.filter(records.later)
    same = ibis.window(
        group_by=[items.PATHWAY, items.EVENT, items.TREATED],
        order_by=[~later.treats, later[items.SOURCE], later[items.RECORD]],
    )
    placed = later.mutate(place=ibis.row_number().over(same))
    once = placed.filter(placed.place == 0)
    return once.select(
        items.PATHWAY, items.PERSON, items.RECORD, items.SOURCE, items.EXTRACTED,
        *items.DIAGNOSIS_GROUP, *items.TREATMENT_GROUP,
    )  # fmt: skip
