"""The groups that linkage is judged by, and which persons are in them."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.groups import NOT_KNOWN, TITLES, grouped_in_engine, names_of
from workbench.dictionary.load import Dictionary

REGION = "All Trusts"
"""What the column ``region`` holds in every row: everyone together."""

OF_PERSONS = {name: TITLES[name] for name in ("ethnicity", "sex", "deprivation")}
"""Characteristics of the person, not of the record, with what a reader calls each."""

GROUPS = {"trust": "Trust", **OF_PERSONS}
"""Columns that figures are broken down by."""


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
    names = names_of(dictionary)
    codes = {
        "ethnicity": column_or_null(persons, "ethnic_category"),
        "sex": column_or_null(persons, "sex"),
        "deprivation": column_or_null(persons, "imd_decile", "int64"),
    }
    told = {name: grouped_in_engine(column, names[name]) for name, column in codes.items()}
    return persons.select("person_id", **told)


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
