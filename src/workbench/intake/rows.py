"""Rows of a file held against the dictionary, and given the names by which they are known."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from workbench.dictionary.checks import check_table
from workbench.dictionary.findings import Findings
from workbench.dictionary.load import Dictionary
from workbench.dictionary.model import Schema
from workbench.intake.engine import answered, shown
from workbench.intake.layouts import FILLED
from workbench.intake.pseudonyms import SUFFIX

ROW, SOUND, DIGEST, RECORD, PATHWAY = "row", "sound", "digest", "record_id", "pathway_key"
NHS_USABLE = "nhs_number_usable"
SENT_RECORD = "sent_record_id"
"""The sender's own name of a row, where it has one; ours is made of the row's key."""

_NAME_DIGITS = 32
"""Half of a SHA-256: two of a thousand million rows meet with probability 1e-21."""

_BETWEEN = "\x1f"
_ORDER = "row__order"
_TABLE = "rows_of_one_file"


def marked(
    con: Any,
    schema: Schema,
    dictionary: Dictionary,
    columns: dict[str, pa.Array],
    absent: Sequence[str],
) -> tuple[Findings, pa.Table]:
    """Check a file's rows, and mark each with a digest and the names of its record and pathway.

    Parameters
    ----------
    con : ibis backend
    schema : Schema
    dictionary : Dictionary
    columns : dict of str to pyarrow.Array
        The dataset's columns as text, and pseudonyms.
    absent : sequence of str
        Required columns that the file lacks; they count as blank.

    Returns
    -------
    findings : Findings
    rows : pyarrow.Table
        The columns, and `DIGEST` of the whole row, `RECORD` (null without a key) and
        `PATHWAY`, made of pseudonyms too.
    """
    count = len(next(iter(columns.values())))
    held = columns | {name: pa.nulls(count, pa.string()) for name in absent}
    numbered = pa.table(held | {_ORDER: pa.array(np.arange(count))})
    # one name for every file, one after another, so that its checks compile once
    with shown(con, _TABLE, numbered) as table:
        findings = check_table(table, schema, dictionary.code_lists)
    names = _answered(con, numbered, schema)
    kept = {(SENT_RECORD if n == RECORD else n): column for n, column in columns.items()}
    made = {n: names.column(n).combine_chunks() for n in names.column_names if n != _ORDER}
    return findings, pa.table(kept | made)


def named_anew(con: Any, schema: Schema, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Names of records and pathways, made again of pseudonyms that have changed.

    Parameters
    ----------
    con : ibis backend
    schema : Schema
    columns : dict of str to pyarrow.Array
        All that landed, the pseudonyms new already.

    Returns
    -------
    dict of str to pyarrow.Array
        `RECORD`, and `PATHWAY` where the dataset has one.
    """
    count = len(next(iter(columns.values())))
    held = {name: column for name, column in columns.items() if name not in (RECORD, PATHWAY)}
    if SENT_RECORD in held:
        held[RECORD] = held[SENT_RECORD]
    numbered = pa.table(held | {_ORDER: pa.array(np.arange(count))})
    names = _answered(con, numbered, schema)
    return {n: names[n].combine_chunks() for n in names.column_names if n not in (_ORDER, DIGEST)}


def _answered(con: Any, numbered: pa.Table, schema: Schema) -> pa.Table:
    """Digest and names of each row, in the order of the rows."""
    needed = tuple(field.name for field in schema.fields if field.constraints.required)
    what = ("names", row_key(schema), needed, tuple(schema.field_names))
    made = answered(
        con,
        {"rows_to_name": numbered},
        what,
        lambda table: table.select(_ORDER, **_names(table, schema)),
    )
    return _in_order(made)


def _in_order(table: pa.Table) -> pa.Table:
    """Rows as they stood: an engine seldom changes their order, so that sorting is seldom due."""
    places = table.column(_ORDER).to_numpy()
    if np.all(places[1:] > places[:-1]):
        return table
    return table.take(np.argsort(places))


def row_key(schema: Schema) -> tuple[str, ...]:
    """Columns that name a record of a dataset, whichever extract it comes in."""
    parts = [name for name in schema.primary_key if name not in FILLED]
    return ("source", *parts)


def _names(table: Any, schema: Schema) -> dict[str, Any]:
    digested = [n for n in schema.field_names if n in table.columns and n not in FILLED]
    # Only rows of one record are ever compared by it, so that 64 bits are plenty.
    names = {DIGEST: _text([table[n] for n in digested]).hash().cast("int64")}
    key = row_key(schema)
    needed = [n for n in key if n in schema.field_names and schema.field(n).constraints.required]
    keyed = reduce(lambda a, b: a & b, (table[n].notnull() for n in needed), ibis.literal(True))
    none = ibis.null("string")
    names[RECORD] = ibis.ifelse(keyed, _digest([_part(table, n) for n in key]), none)
    pathway = ("patient_pathway_identifier", _ISSUER)
    if set(pathway) <= set(table.columns):
        identifier, issuer = (_part(table, n) for n in pathway)
        names[PATHWAY] = identifier.substr(0, _NAME_DIGITS) + _BETWEEN + issuer
    return names


_ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"


def _part(table: Any, name: str) -> Any:
    """A part of a key: a pseudonym where there is one, so that no name is made of an identifier."""
    held = name + SUFFIX if name + SUFFIX in table.columns else name
    return table[held] if held in table.columns else ibis.null("string")


def _digest(cells: Sequence[Any]) -> Any:
    return _text(cells).hexdigest("sha256").substr(0, _NAME_DIGITS)


def _text(cells: Sequence[Any]) -> Any:
    """Cells in one text; rows with a control character in a cell are kept out, so none is alike."""
    first, *others = (cell.fill_null("") for cell in cells)
    # one call for all: a chain of additions copies the text anew for each column
    return first.concat(*(part for other in others for part in (_BETWEEN, other)))
