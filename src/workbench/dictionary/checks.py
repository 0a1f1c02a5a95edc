"""Checks of a dataset over raw text, before parsing, in one scan on the engine.

Only whether each check holds and hashes of each row leave the engine, in batches: no
cell does, memory hardly grows with the number of columns, and the file is read once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis.expr.types as ir

from workbench.dictionary.conditions import Conditions, columns_in, prepared
from workbench.dictionary.expression_ibis import EngineColumns
from workbench.dictionary.findings import Findings, ItemCount
from workbench.dictionary.keys import duplicates, has_key, hashes_of
from workbench.dictionary.layout import refuse_missing_columns
from workbench.dictionary.model import CodeList, Schema
from workbench.dictionary.rules import CELL_KINDS, KEY_CONFLICT, KEY_REPEAT, rules_of
from workbench.dictionary.scan import Fact, Scanned, scan


def check_table(
    table: ir.Table, schema: Schema, code_lists: Mapping[str, CodeList], *, name: str = "table"
) -> Findings:
    """Hold every row of a table against every check of a dataset.

    Parameters
    ----------
    table : ibis Table
        Raw text, or typed columns; other columns than the schema's are left out, and an
        absent one that is not required counts as all blank. Row 1 is the first data row.
    schema : Schema
    code_lists : mapping of str to CodeList
        By name, at least those that the schema names.
    name : str, optional
        What an error calls the table: its file's name.

    Returns
    -------
    Findings
        Faults by row and check, exact counts by check, and what the quality score needs.

    Raises
    ------
    InputError
        A required column is absent.
    ParameterError
        A rule's condition is not of the dictionary's language.
    """
    refuse_missing_columns(table.columns, schema, name)
    rows = prepared(table, schema)
    columns = columns_in(rows, schema)
    facts = tuple(_facts(schema, columns, Conditions(schema, code_lists, columns)))
    scanned = scan(rows, facts, hashes_of(columns, schema))
    conflicts, repeats = duplicates(scanned)
    keys = {KEY_CONFLICT: conflicts, KEY_REPEAT: repeats} if schema.primary_key else {}
    return Findings.of(
        dataset=schema.name,
        rows=scanned.rows,
        checks=rules_of(schema),
        faults=scanned.holding | keys,
        items=_items(schema, scanned),
    )


def _facts(schema: Schema, columns: EngineColumns, conditions: Conditions) -> Iterator[Fact]:
    for check in rules_of(schema):
        if check.kind == "row":
            yield Fact("fault", check.id, None, conditions.at_fault(check))
        elif check.kind in {*CELL_KINDS, "required"} and check.columns[0] in columns.text:
            yield Fact("fault", check.id, check.columns[0], conditions.at_fault(check))
    for name, text in columns.text.items():
        field = schema.field(name)
        if not field.constraints.required:
            yield Fact("blank", name, name, text.isnull())
        if field.default_codes:
            yield Fact("default", name, None, columns.parsed[name].isin(field.default_codes))
    if schema.primary_key:
        yield Fact("keyed", schema.name, None, has_key(columns, schema))


def _items(schema: Schema, scanned: Scanned) -> dict[str, ItemCount]:
    defaults = {
        fact.name: int(count)
        for fact, count in zip(scanned.facts, scanned.true, strict=True)
        if fact.what == "default"
    }
    return {
        field.name: ItemCount(
            records=scanned.rows,
            valid_and_complete=scanned.rows - scanned.spoilt.get(field.name, scanned.rows),
            defaults=defaults.get(field.name, 0),
            threshold=field.default_threshold,
        )
        for field in schema.fields
    }
