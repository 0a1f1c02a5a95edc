"""Datasets of the store: the rows that stand, without anything that says who they are of.

Columns are the dictionary's, in its order, but for: ``record_id`` first, made of the
row's key; ``source`` (the Trust) in every dataset; identifiers replaced by
``NAME_pseudonym``; ``nhs_number_usable`` (check digit right and no stand-in); names,
birth date, postcode, the sender's own row names and free text left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.dictionary.cells import INTEGER, NUMBER
from workbench.dictionary.model import CodeList, Field, Schema
from workbench.intake.normalise import mapped
from workbench.intake.pseudonyms import SUFFIX
from workbench.intake.rows import NHS_USABLE, PATHWAY, RECORD
from workbench.intake.standing import CURRENT, LANDING, STATUS, Landed
from workbench.intake.vault import Vault

PSEUDONYMISED = ("nhs_number", "patient_pathway_identifier", "local_patient_identifier")
_LATER = ("pathway_id", "person_id")
"""Filled by linkage; what a sender puts there is not taken."""

_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
}
_POSTCODE = re.compile("[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}", re.IGNORECASE)
_LONG_NUMBER = re.compile("[0-9]{7}")
_LSOA = re.compile("[A-Z][0-9]{8}|X9{7}[89]")


def current(
    vault: Vault, landed: Sequence[Landed], status: pa.Table, columns: Sequence[str]
) -> pa.Table:
    """Some columns of the rows that stand, as text, in the order of landings and rows.

    Parameters
    ----------
    vault : Vault
    landed : sequence of Landed
    status : pyarrow.Table
        From `workbench.intake.standing.standing`.
    columns : sequence of str
        Of the landings; ``extract_date`` is that of the extract where it is said.
    """
    stands = pc.equal(status[STATUS], CURRENT).to_numpy()
    landing = status[LANDING].to_numpy()
    parts = []
    for place, one in enumerate(landed):
        rows = vault.rows(one.name, columns)
        parts.append(rows.filter(pa.array(stands[landing == place])))
    return pa.concat_tables(parts)


def landed_columns(schema: Schema) -> list[str]:
    """Columns of a landing that `stored` needs."""
    names = [RECORD, "source", PATHWAY]
    for field in _stored_fields(schema):
        names.append(field.name + SUFFIX if field.name in PSEUDONYMISED else field.name)
        if field.name == "nhs_number":
            names.append(NHS_USABLE)
    return list(dict.fromkeys(names))


def stored(rows: pa.Table, schema: Schema, code_lists: Mapping[str, CodeList]) -> pa.Table:
    """Rows that stand, as the store holds them.

    Parameters
    ----------
    rows : pyarrow.Table
        From `current`, with `landed_columns`.
    schema : Schema
    code_lists : mapping of str to CodeList

    Returns
    -------
    pyarrow.Table
        Typed, sorted by ``record_id``; without `PATHWAY`, which is for intake alone.
    """
    fields = {field.name: field for field in _stored_fields(schema)}
    order = pc.sort_indices(rows[RECORD])
    columns: dict[str, Any] = {}
    # Column by column, so that no more than one of them is held twice.
    for name in rows.column_names:
        if name == PATHWAY:
            continue
        cells = rows[name].combine_chunks()
        if name == NHS_USABLE:
            cells = pc.equal(cells, "true")
        elif name in fields and name != RECORD:
            cells = typed(cells, fields[name], code_lists)
        columns[name] = cells.take(order)
    return pa.table(columns)


def typed(cells: Any, field: Field, code_lists: Mapping[str, CodeList]) -> pa.Array:
    """A column's cells as values; a cell that may be someone's details is blanked.

    A row is let in with a flag although a code is unknown or a number out of range.
    But where columns have slipped, the cell may be a name or a number of a patient, so
    what does not look like its column at all is not put into the store; the flag stays.
    """
    fits = _fitting(field, code_lists)
    text = mapped(pa.chunked_array([cells]), lambda cell: cell if cell and fits(cell) else None)
    if field.type == "boolean":
        return pc.equal(text, "true")
    return text.cast(_TYPES[field.type])


def _fitting(field: Field, code_lists: Mapping[str, CodeList]) -> Callable[[str], bool]:
    limits = field.constraints
    if field.type == "date":
        return lambda cell: limits.minimum is None or cell >= str(limits.minimum)
    if field.type in {"integer", "number"}:
        return lambda cell: _fits_number(cell, field)
    if field.codes is not None:
        values = {*code_lists[field.codes].values, *field.synonyms}
        width = max(map(len, values))
        return lambda cell: cell in values or (cell.isalnum() and len(cell) <= width)
    if limits.pattern is not None:
        pattern = re.compile(limits.pattern)
        return lambda cell: bool(pattern.fullmatch(cell)) and not _personal(cell)
    longest = limits.max_length or 255
    return lambda cell: len(cell) <= longest and not _personal(cell)


def _fits_number(cell: str, field: Field) -> bool:
    written = re.fullmatch(INTEGER if field.type == "integer" else NUMBER, cell)
    return written is not None and not _LONG_NUMBER.search(cell.partition(".")[0])


def _personal(cell: str) -> bool:
    """Whether a text looks like a postcode or a long number, such as an NHS number."""
    if _LSOA.fullmatch(cell):
        return False
    return bool(_POSTCODE.fullmatch(cell) or _LONG_NUMBER.search(cell))


def _stored_fields(schema: Schema) -> Iterator[Field]:
    for field in schema.fields:
        private = field.role in {"identifier", "free_text"} and field.name not in PSEUDONYMISED
        if not private and field.name not in (*_LATER, RECORD):
            yield field
