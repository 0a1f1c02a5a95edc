"""Linked persons' records become one pathway per cancer.

>>> from workbench.linkage.pathways import join_pathways
>>> joined = join_pathways(con, records, links, demographics=people, dictionary=dictionary)
>>> joined.pathways, joined.treatments, joined.parts, joined.review

Records under one identifier of one issuer are one pathway; so are a referral and its
duplicate at one Trust, and the two sides of a transfer between Trusts. Other cancers of
the person, and referrals at other times, stay apart. What is not clear is in the review
and is not joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError
from workbench.linkage import pathway_assembly as assembly
from workbench.linkage import pathway_items as items
from workbench.linkage import pathway_parts as parts
from workbench.linkage.pathway_candidates import COMPARED, candidate_pairs
from workbench.linkage.pathway_join import Joined, firmest_rule, join_parts
from workbench.linkage.pathway_review import reviewed
from workbench.linkage.pathway_rules import PathwayRules, load_pathway_rules

ALONE = "alone"
"""Rule of a part that is joined to no other."""

PATHWAY_COLUMNS = (
    items.PATHWAY, items.RECORD, items.PERSON, items.SOURCE, "tumour_group", *items.ITEMS,
    "provider_first_seen", "provider_consultant_upgrade", "provider_faster_diagnosis_end",
    "provider_treating", "accountable_provider_source", "transfer_date_source", "transfers",
    "trusts", "parts", "records", "people", "referral_dates", "link_probability",
    "age_at_referral", "as_at",
)  # fmt: skip
PART_COLUMNS = (
    items.RECORD, items.SOURCE, parts.PART, items.PATHWAY, items.PERSON, "rule", "role",
)  # fmt: skip


@dataclass(frozen=True)
class Pathways:
    """Pathways, and how they came about; every table sorted by its key.

    Attributes
    ----------
    pathways : pyarrow.Table
        One row a pathway: the dictionary's dataset ``pathways``.
    treatments : pyarrow.Table
        One row a later treatment: ``pathway_treatments``.
    parts : pyarrow.Table
        One row a record: ``pathway_parts``.
    review : pyarrow.Table
        What is not clear: ``pathway_review``.
    """

    pathways: pa.Table
    treatments: pa.Table
    parts: pa.Table
    review: pa.Table


def join_pathways(
    con: Any,
    records: ir.Table,
    links: ir.Table,
    *,
    dictionary: Dictionary,
    demographics: ir.Table | None = None,
    rules: PathwayRules | None = None,
) -> Pathways:
    """Join the records of linked persons into pathways.

    Parameters
    ----------
    con : ibis backend
        Holds the tables; temporary ones are made on it.
    records : Table
        The store's ``pathway_records``.
    links : Table
        ``record_id, person_id, match_probability``: of which person each person record is.
    dictionary : Dictionary
        For the tumour group of a diagnosis.
    demographics : Table, optional
        The store's; tells by the pathway identifier which pathway a person record is of.
    rules : PathwayRules, optional
        Those of the dictionary's folder by default.

    Returns
    -------
    Pathways

    Raises
    ------
    InputError
        A column is missing, or records are of no linked person.
    """
    in_force = rules or load_pathway_rules(dictionary.path)
    prepared = prepare(
        con, records, links, dictionary=dictionary, demographics=demographics, rules=in_force
    )
    pairs = _kept(con, "pairs", candidate_pairs(prepared.parts, in_force))
    joined = join_parts(con, prepared.parts, pairs)
    return finish(con, prepared, joined, rules=in_force)


@dataclass(frozen=True)
class Prepared:
    """Records and parts on the engine, before anything is joined.

    Attributes
    ----------
    records : Table
        From `pathway_parts.typed_records`, with tumour groups.
    parts : Table
        From `pathway_parts.parts_of`.
    """

    records: ir.Table
    parts: ir.Table


def prepare(
    con: Any,
    records: ir.Table,
    links: ir.Table,
    *,
    dictionary: Dictionary,
    demographics: ir.Table | None,
    rules: PathwayRules,
) -> Prepared:
    """Type the records, and sum up what each Trust holds of each pathway.

    Parameters and errors as `join_pathways`.
    """
    known = parts.with_tumour_group(parts.typed_records(records), dictionary)
    typed = _kept(con, "records", known)
    people = _kept(con, "people", parts.whose_parts(typed, demographics, links))
    _refuse_unlinked(con, typed, people)
    return Prepared(typed, _kept(con, "parts", parts.parts_of(typed, people, rules)))


def finish(con: Any, prepared: Prepared, joined: Joined, *, rules: PathwayRules) -> Pathways:
    """Make the tables of pathways, whoever has joined their parts.

    Parameters
    ----------
    con : ibis backend
    prepared : Prepared
    joined : Joined
        From `join_parts`, or from a truth that is known.
    rules : PathwayRules
    """
    members = _kept(con, "members", _members(prepared.parts, joined))
    placed = assembly.placed(prepared.records.inner_join(members, parts.PART), rules)
    placed = assembly.Placed(_kept(con, "several", placed.many), placed.alone)
    ranked = placed.every
    made = assembly.with_providers(assembly.assembled(placed), rules)
    made = made.mutate(record_id=made[items.PATHWAY])
    return Pathways(
        pathways=con.to_pyarrow(made.select(*PATHWAY_COLUMNS).order_by(items.PATHWAY)),
        treatments=con.to_pyarrow(assembly.later_treatments(ranked).order_by(items.RECORD)),
        parts=con.to_pyarrow(_of_records(placed).order_by(items.RECORD)),
        review=con.to_pyarrow(reviewed(joined.review, ranked, rules, COMPARED)),
    )


def _kept(con: Any, name: str, table: ir.Table) -> ir.Table:
    made: ir.Table = con.create_table(ibis.util.gen_name(name), table, temp=True)
    return made


def _members(held: ir.Table, joined: Joined) -> ir.Table:
    """Each part with its pathway, the firmest rule that ties it in, and its role."""
    grouped = held.left_join(joined.parts, parts.PART).select(*held.columns, "group")
    tied = grouped.left_join(firmest_rule(joined.links), parts.PART)
    tied = tied.select(*grouped.columns, rule=tied.rule.fill_null(ALONE))
    tied = tied.mutate(group=ibis.coalesce(tied.group, tied[parts.PART]))
    came_from_elsewhere = (tied.receiving == tied[items.SOURCE]).fill_null(False)
    order = [came_from_elsewhere, tied.started.isnull(), tied.started, tied[parts.PART]]
    of_pathway = ibis.window(group_by="group", order_by=order)
    at_trust = ibis.window(group_by=["group", items.SOURCE], order_by=order)
    # the pathway is named after the part that it began with, which later parts seldom change
    ordered = tied.mutate(
        by_part=ibis.row_number().over(of_pathway),
        by_part_of_trust=ibis.row_number().over(at_trust),
        pathway_id=tied[parts.PART].first().over(of_pathway),
        times=tied.held.sum().over(ibis.window(group_by="group")),
    )
    role = ibis.cases(
        (ordered.by_part == 0, "first"),
        (ordered.by_part_of_trust > 0, "duplicate"),
        else_="receiving",
    )
    return ordered.select(
        parts.PART,
        items.PATHWAY,
        items.PERSON,
        "match_probability",
        "age_at_referral",
        "rule",
        "by_part",
        "times",
        role=role,
    )


def _of_records(placed: assembly.Placed) -> ir.Table:
    several = placed.many
    day = ibis.ifelse(several.later, ibis.null("date"), several[items.TREATED])
    chosen = day.first().over(ibis.window(group_by=items.PATHWAY, order_by="by_treatment"))
    another = several.mutate(another=(day != chosen).fill_null(False))
    parts_of_several = another.mutate(
        role=ibis.ifelse(another.another, "another_first_treatment", another.role)
    )
    rows = [
        table.mutate(role=ibis.ifelse(table.later, "subsequent", table.role)).select(*PART_COLUMNS)
        for table in (parts_of_several, placed.alone)
    ]
    return ibis.union(*rows)


def _refuse_unlinked(con: Any, records: ir.Table, people: ir.Table) -> None:
    left = records.anti_join(people, parts.PART)
    count = con.to_pyarrow(left.count()).as_py()
    if count:
        raise InputError(
            f"{count:,} pathway records are of no linked person.",
            remedy="Link persons from the same store: workbench link",
        )
