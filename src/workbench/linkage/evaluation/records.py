"""Records with what linkage made of them: which were linked, where to, and which should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import InputError
from workbench.linkage.evaluation.groups import REGION, column_or_null, in_groups

NOT_LINKED = "Not linked"
"""In place of the rule of a record that stands alone."""

PARTNERS = (
    "organisation_identifier_receiving",
    "organisation_identifier_referring",
    "accountable_investigating_provider",
    "organisation_site_identifier_of_provider_cancer_treatment_start_date",
    "organisation_site_identifier_of_provider_first_seen",
)
"""Items of a record that may name a second Trust, the surest first."""

TRUST_CODE = 3
"""Characters of a site's code that are its Trust's."""

MET, PERSON_ONLY, MISSED = "met", "person_only", "missed"
"""A shared record: its other half is in the same pathway; only the person is there; neither."""


def linked_records(links: ir.Table, groups: ir.Table) -> ir.Table:
    """Each person record, with whether and where it was linked.

    Parameters
    ----------
    links : ibis Table
        ``record_id, source, person_id, match_rule, match_probability``: one row a record;
        ``review_pairs``, in how many doubtful pairs it stands, where known.
    groups : ibis Table
        From `workbench.linkage.evaluation.person_groups`.

    Returns
    -------
    ibis Table
        One row a record: ``record_id, region``, the columns of `GROUPS`, ``match_rule``
        (`NOT_LINKED` where there is none), ``match_probability``, ``linked`` (with any
        other record), ``across`` (with one of another Trust), ``in_review``.

    Raises
    ------
    InputError
        A column is missing.
    """
    refuse_without(
        links, "links", ("record_id", "source", "person_id", "match_rule", "match_probability")
    )
    persons = links.group_by("person_id").agg(held=links.count(), trusts=links.source.nunique())
    rows = links.left_join(persons, "person_id").drop("person_id_right")
    rows = rows.mutate(
        region=ibis.literal(REGION),
        trust=rows.source,
        match_rule=rows.match_rule.fill_null(NOT_LINKED),
        linked=(rows.held > 1).fill_null(False),
        across=(rows.trusts > 1).fill_null(False),
        in_review=(column_or_null(rows, "review_pairs", "int64") > 0).fill_null(False),
    )
    return in_groups(rows, groups).drop("held", "trusts")


def shared_records(
    records: ir.Table, parts: ir.Table, pathways: ir.Table, groups: ir.Table
) -> ir.Table:
    """Records that name another Trust which sends records too: each should have a partner.

    A record of a patient handed on says so itself. Whether the other half was found can
    thus be counted on real data, where nobody knows the truth.

    Parameters
    ----------
    records : ibis Table
        ``pathway_records``: ``record_id``, ``source`` and any of `PARTNERS`.
    parts : ibis Table
        ``record_id``, ``pathway_id``: which records are of which pathway.
    pathways : ibis Table
        ``pathway_id``, ``person_id``.
    groups : ibis Table
        From `workbench.linkage.evaluation.person_groups`.

    Returns
    -------
    ibis Table
        One row a shared record: ``record_id, region``, the columns of `GROUPS`,
        ``partner`` (the other Trust), ``pathway_id``, ``person_id``, ``outcome`` (`MET`,
        `PERSON_ONLY` or `MISSED`), and yes or no to what might explain a miss:
        ``nhs_number``, ``diagnosis``, ``area``, ``treated``.

    Raises
    ------
    InputError
        A column is missing.
    """
    refuse_without(records, "pathway_records", ("record_id", "source"))
    refuse_without(parts, "pathway_parts", ("record_id", "pathway_id"))
    refuse_without(pathways, "pathways", ("pathway_id", "person_id"))
    placed = _placed(records, parts, pathways)
    senders = records.select(partner="source").distinct()
    shared = placed.semi_join(senders, "partner")
    shared = _with_met(shared, placed, "pathway_id", "in_pathway")
    shared = _with_met(shared, placed, "person_id", "in_person")
    outcome = ibis.cases((shared.in_pathway, MET), (shared.in_person, PERSON_ONLY), else_=MISSED)
    shared = shared.mutate(outcome=outcome, region=ibis.literal(REGION), trust=shared.source)
    return in_groups(shared, groups).drop("in_pathway", "in_person")


def refuse_without(table: ir.Table, name: str, columns: Sequence[str]) -> None:
    """Refuse a table of the store that lacks columns; all are listed."""
    missing = [f"'{column}' is missing" for column in columns if column not in table.columns]
    if missing:
        raise InputError(f"The store's {name} lack columns.", missing, remedy="workbench link")


def _placed(records: ir.Table, parts: ir.Table, pathways: ir.Table) -> ir.Table:
    """Each record with its pathway, its person and the other Trust that it names, if any."""
    place = parts.select("record_id", "pathway_id").distinct()
    owner = pathways.select("pathway_id", "person_id")
    facts = records.select("record_id", "source", partner=_partner(records), **_facts(records))
    rows = facts.left_join(place, "record_id").drop("record_id_right")
    return rows.left_join(owner, "pathway_id").drop("pathway_id_right")


def _partner(records: ir.Table) -> Any:
    """The first Trust that a record names besides the one that sent it."""
    named = [column_or_null(records, name).left(TRUST_CODE) for name in PARTNERS]
    return ibis.coalesce(*(trust.nullif(records.source) for trust in named))


def _facts(records: ir.Table) -> dict[str, Any]:
    usable = column_or_null(records, "nhs_number_usable", "boolean").fill_null(False)
    given = {
        "diagnosis": "primary_diagnosis_icd",
        "area": "lsoa_of_residence",
        "treated": "treatment_start_date_cancer",
    }
    known = {name: column_or_null(records, item).notnull() for name, item in given.items()}
    return {"nhs_number": usable, **known}


def _with_met(shared: ir.Table, placed: ir.Table, key: str, name: str) -> ir.Table:
    """Mark the rows whose partner holds a record of the same pathway, or person."""
    held = placed.filter(placed[key].notnull()).select(key, partner="source").distinct()
    held = held.mutate(**{name: ibis.literal(True)})
    joined = shared.left_join(held, [key, "partner"])
    joined = joined.select(*shared.columns, name)
    return joined.mutate(**{name: joined[name].fill_null(False)})
