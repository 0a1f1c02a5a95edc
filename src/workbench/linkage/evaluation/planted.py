"""A store held against a planted truth: the tables that every figure about it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from workbench.dictionary.load import Dictionary
from workbench.linkage.evaluation.groups import person_groups
from workbench.linkage.evaluation.truth import (
    overall,
    told_the_truth,
    true_owners,
    with_truth,
)

IDENTIFIER = "patient_pathway_identifier_pseudonym"
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"

PERSONS, PATHWAYS = "Persons", "Pathways"


@dataclass(frozen=True)
class Held:
    """Tables on the engine.

    Attributes
    ----------
    persons, pathways : ibis Table
        `workbench.linkage.evaluation.with_truth` of each: what linkage made of every record
        and what it truly is.
    owners : ibis Table
        ``pathway_id, person_id``: whose each pathway of the store truly is.
    told_records, told_links : ibis Table
        The records with nothing left to guess; see
        `workbench.linkage.evaluation.told_the_truth`.
    groups : ibis Table
        Groups of the true persons.
    """

    persons: ir.Table
    pathways: ir.Table
    owners: ir.Table
    told_records: ir.Table
    told_links: ir.Table
    groups: ir.Table
    _who: ir.Table
    _truth: ir.Table

    def owners_of(self, parts: ir.Table) -> ir.Table:
        """Whose each pathway truly is, of other pathways that the same records were joined to."""
        return true_owners(parts, self._who, self._truth)

    def overall(self) -> pd.DataFrame:
        """Pairs of everyone: ``what`` (`PERSONS`, `PATHWAYS`) and as `overall` counts them."""
        parts = [
            overall(rows).assign(what=what)
            for what, rows in ((PERSONS, self.persons), (PATHWAYS, self.pathways))
        ]
        table = pd.concat(parts, ignore_index=True)
        return table[["what", *[name for name in table if name != "what"]]]


def hold_against(
    con: Any,
    truth: pa.Table,
    persons: pa.Table,
    dictionary: Dictionary,
    *,
    links: ir.Table,
    parts: ir.Table,
    records: ir.Table,
    demographics: ir.Table,
) -> Held:
    """Put a planted truth beside the tables of a store.

    Parameters
    ----------
    con : ibis backend
        Holds the tables of the store; temporary ones are made on it.
    truth : pyarrow.Table
        ``source, pathway_key, pathway_id, person_id``: which registrations, by the
        identifier that the store knows, are of which true pathway and person.
    persons : pyarrow.Table
        The true persons, as `workbench.linkage.evaluation.person_groups` takes them.
    dictionary : Dictionary
    links, parts, records, demographics : ibis Table
        ``links``, ``pathway_parts``, ``pathway_records`` and ``demographics``.
    """

    def kept(name: str, table: Any) -> ir.Table:
        made: ir.Table = con.create_table(ibis.util.gen_name(name), table, temp=True)
        return made

    groups = kept("true_groups", person_groups(kept("true_persons", persons), dictionary))
    planted = kept("truth", truth)
    person = planted.select("source", "pathway_key", "person_id", true=planted.person_id)
    pathway = planted.select("source", "pathway_key", "person_id", true=planted.pathway_id)
    keyed = records.mutate(pathway_key=records[IDENTIFIER])
    described = demographics.select("record_id", "source", pathway_key=demographics[IDENTIFIER])
    who = kept("who", keyed.select("record_id", "source", "pathway_key").union(described))
    found = links.select("record_id", found="person_id")
    placed = parts.select("record_id", found="pathway_id")
    told_records, told_links = told_the_truth(keyed, pathway, IDENTIFIER, ISSUER)
    return Held(
        persons=kept("held_persons", with_truth(found, who, person, groups)),
        pathways=kept("held_pathways", with_truth(placed, who, pathway, groups)),
        owners=kept("owners", true_owners(parts, who, pathway)),
        told_records=kept("told_records", told_records),
        told_links=kept("told_links", told_links),
        groups=groups,
        _who=who,
        _truth=pathway,
    )
