"""Pathway records with what is known of the patient beside them, and the groups they fall in."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.expression import Node
from workbench.dictionary.expression_ibis import EngineColumns, compiled
from workbench.dictionary.groups import TITLES, grouped_in_engine, names_of
from workbench.dictionary.load import Dictionary
from workbench.errors import InputError

PATHWAY = (
    "source",
    "patient_pathway_identifier_pseudonym",
    "organisation_identifier_patient_pathway_identifier_issuer",
)
"""What ties a person's details to a pathway record of the same Trust."""

DECLINED = "Z"
"""Asked, and declined: an answer, which no Trust can mend."""

REGION_COLUMN = "region"
REGION = "All Trusts"
"""What that column holds in every row: everyone together."""

GROUPS = {
    "trust": "Trust",
    **{name: TITLES[name] for name in ("ethnicity", "sex", "deprivation")},
}
"""Columns that figures are broken down by, with what a reader calls each."""

_TAKEN = (
    "ethnic_category", "ethnic_category_conflict", "ethnic_category_sent",
    "person_stated_gender_code", "age_at_referral", "age_band_at_referral",
)  # fmt: skip


def cohort_of(
    records: ir.Table,
    demographics: ir.Table,
    dictionary: Dictionary,
    deprivation: ir.Table | None = None,
) -> ir.Table:
    """Put each record's demographics and groups beside it.

    Parameters
    ----------
    records : ibis Table
        ``pathway_records`` of the store: one row a record.
    demographics : ibis Table
        ``demographics`` of the store; joined on `PATHWAY`.
    dictionary : Dictionary
        For the groups of ethnic categories.
    deprivation : ibis Table, optional
        ``lsoa`` and ``imd_decile``, one row an area; without it no one's is known.

    Returns
    -------
    ibis Table
        One row a record of `records`, with the columns of both, ``demographics_id``
        (null where there are none) and the columns of `GROUPS`.

    Raises
    ------
    InputError
        A table lacks a column that ties the two together.
    """
    _refuse_without(records, "pathway_records")
    _refuse_without(demographics, "demographics")
    people = _one_each(demographics)
    held = records.drop(
        *(name for name in people.columns if name in records.columns and name not in PATHWAY)
    )
    joined = held.left_join(people, list(PATHWAY))
    joined = joined.drop(
        *(f"{name}_right" for name in PATHWAY if f"{name}_right" in joined.columns)
    )
    joined = _with_decile(joined, deprivation)
    names = names_of(dictionary)
    return joined.mutate(
        region=ibis.literal(REGION),
        trust=joined["source"],
        ethnicity=grouped_in_engine(joined.ethnic_category, names["ethnicity"]),
        sex=grouped_in_engine(joined.person_stated_gender_code, names["sex"]),
        deprivation=grouped_in_engine(joined.imd_decile, names["deprivation"]),
    )


def holds(node: Node | None, table: ir.Table) -> Any:
    """Where a condition holds over a table's columns; one that is unknown does not."""
    if node is None:
        return ibis.literal(True)
    columns = {name: table[name] for name in table.columns}
    made: Any = compiled(node, EngineColumns(columns, columns))
    return made.fill_null(False)


def column_or_null(table: ir.Table, name: str, kind: str = "string") -> Any:
    """A column, or nulls where no Trust sent it."""
    return table[name] if name in table.columns else ibis.null(kind)


def present(column: Any) -> Any:
    """Where a column is not blank."""
    return column.notnull()


def _refuse_without(table: ir.Table, name: str) -> None:
    missing = [column for column in ("record_id", *PATHWAY) if column not in table.columns]
    if missing:
        raise InputError(
            f"The store's {name} lack columns.",
            [f"'{column}' is missing" for column in missing],
            remedy="workbench ingest",
        )


def _one_each(demographics: ir.Table) -> ir.Table:
    """At most one row a pathway, so that no record is doubled: the first by its name."""
    taken = {name: column_or_null(demographics, name, _kind(name)) for name in _TAKEN}
    first = ibis.window(group_by=list(PATHWAY), order_by="record_id")
    people = demographics.select(
        *PATHWAY, demographics_id="record_id", place=ibis.row_number().over(first), **taken
    )
    return people.filter(people.place == 0).drop("place")


def _kind(name: str) -> str:
    return {"ethnic_category_conflict": "boolean", "age_at_referral": "int64"}.get(name, "string")


def _with_decile(joined: ir.Table, deprivation: ir.Table | None) -> ir.Table:
    lsoa = column_or_null(joined, "lsoa_of_residence")
    joined = joined.mutate(lsoa_of_residence=lsoa)
    if deprivation is None:
        return joined.mutate(imd_decile=ibis.null("int64"))
    index = deprivation.select(
        lsoa_of_residence="lsoa", imd_decile=deprivation.imd_decile.cast("int64")
    )
    both = joined.left_join(index, "lsoa_of_residence")
    return (
        both.drop("lsoa_of_residence_right") if "lsoa_of_residence_right" in both.columns else both
    )
