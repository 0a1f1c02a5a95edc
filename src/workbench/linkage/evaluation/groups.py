"""The groups that linkage is judged by, and which persons are in them."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.load import Dictionary

NOT_KNOWN = "Not known"
NOT_STATED = "Not stated"

REGION = "All Trusts"
"""What the column ``region`` holds in every row: everyone together."""

GROUPS = {
    "trust": "Trust",
    "ethnicity": "Ethnic group",
    "sex": "Gender",
    "deprivation": "Deprivation of area",
}
"""Columns that figures are broken down by, with what a reader calls each."""

OF_PERSONS = {name: title for name, title in GROUPS.items() if name != "trust"}
"""Characteristics of the person, not of the record."""

FIFTHS = ("1 (most deprived fifth)", "2", "3", "4", "5 (least deprived fifth)")


def person_groups(persons: ir.Table, dictionary: Dictionary) -> ir.Table:
    """Put each person into one group of each characteristic.

    Parameters
    ----------
    persons : ibis Table
        ``person_id``; ``ethnic_category``, ``sex`` (codes) and ``imd_decile`` where known.
    dictionary : Dictionary
        For the groups of ethnic categories and the names of codes.

    Returns
    -------
    ibis Table
        ``person_id`` and the columns of `OF_PERSONS`. What is not known is a group of its
        own, and so is what the person would not say: nobody is left out.
    """
    ethnic = dictionary.code_list("ethnic_category").groups()
    sexes = {code.code: code.label for code in dictionary.code_list("person_stated_gender").codes}
    return persons.select(
        "person_id",
        ethnicity=_labelled(column_or_null(persons, "ethnic_category"), ethnic),
        sex=_labelled(column_or_null(persons, "sex"), sexes),
        deprivation=_fifth(column_or_null(persons, "imd_decile", "int64")),
    )


def in_groups(rows: ir.Table, groups: ir.Table) -> ir.Table:
    """Put the groups of its person beside each row; a row of no known person is not known.

    Parameters
    ----------
    rows : ibis Table
        With ``person_id``, which may be null.
    groups : ibis Table
        From `person_groups`.
    """
    joined = rows.left_join(groups, "person_id").drop("person_id_right")
    return joined.mutate(**{name: joined[name].fill_null(NOT_KNOWN) for name in OF_PERSONS})


def column_or_null(table: ir.Table, name: str, kind: str = "string") -> Any:
    """A column, or nulls where the table lacks it."""
    return table[name].cast(kind) if name in table.columns else ibis.null(kind)


def _labelled(codes: Any, labels: dict[str, str]) -> Any:
    # a column that is not there is a null of its own, which == does not take
    named = ((codes.identical_to(code), label) for code, label in labels.items())
    return ibis.cases(*named, else_=NOT_KNOWN)


def _fifth(decile: Any) -> Any:
    fifth = ((decile + 1) / 2).floor().cast("int64")
    return ibis.cases(
        *((fifth == place, label) for place, label in enumerate(FIFTHS, start=1)), else_=NOT_KNOWN
    )
