"""Whether a file has the columns that a dataset needs, and what it may have meant instead."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from workbench.dictionary.model import Field, Schema
from workbench.errors import InputError

_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


def refuse_missing_columns(names: Sequence[str], schema: Schema, file: str) -> None:
    """Refuse a file without a required column, and say which column may be meant.

    A file with no header line has a patient's details where names should be, so names
    that the file holds are shown only where it has at least one column of the dataset.

    Parameters
    ----------
    names : sequence of str
        The file's columns.
    schema : Schema
    file : str
        The file's name, for the message.

    Raises
    ------
    InputError
        With every missing column.
    """
    if not set(names) & set(schema.field_names):
        raise InputError(
            f"{file}: {_unlike(names)} of dataset '{schema.name}'.",
            [f"column '{field.name}' is missing" for field in schema.fields if _needed(field)],
            remedy="The first line must hold the column names, in lower case with underscores "
            "and separated by commas; 'workbench dictionary' writes the page that lists them.",
        )
    missing = [field for field in schema.fields if _needed(field) and field.name not in names]
    if missing:
        meant = renamed(names, schema)
        raise InputError(
            f"{file}: required columns of dataset '{schema.name}' are missing.",
            [
                f"column '{field.name}' is missing"
                + (f"; is it '{meant[field.name]}'?" if field.name in meant else "")
                for field in missing
            ],
            remedy="Rename the columns, or export the missing ones too.",
        )


def renamed(names: Sequence[str], schema: Schema) -> dict[str, str]:
    """Columns of a dataset that a file lacks, with the unknown column that is nearest to each.

    Returns
    -------
    dict of str to str
        The dataset's name of the column to the file's; one of another spelling that the
        dictionary knows comes first, then the most similar.
    """
    unknown = {_plain(name): name for name in names if name not in schema.field_names}
    meant: dict[str, str] = {}
    for field in schema.fields:
        if field.name in names:
            continue
        known = [_plain(alias) for alias in (field.name, field.title, *field.aliases)]
        exact = [spelling for spelling in known if spelling in unknown]
        near = exact or difflib.get_close_matches(_plain(field.name), unknown, n=1, cutoff=0.75)
        if near:
            meant[field.name] = unknown[near[0]]
    return meant


def _unlike(names: Sequence[str]) -> str:
    if len(names) > 1:
        return f"none of its {len(names)} columns is one"
    marks = [word for mark, word in _OTHER_MARKS.items() if mark in names[0]]
    seen = f"cells seem to be separated by {marks[0]}, not commas; so " if marks else ""
    return f"{seen}it has a single column, which is none"


def _needed(field: Field) -> bool:
    return field.constraints.required


def _plain(name: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())
