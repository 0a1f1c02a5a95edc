"""Checks of a dataset over raw text, before parsing, in one scan on the engine.

Only whether each check holds and hashes of each row leave the engine, in batches: no
cell does, memory hardly grows with the number of columns, and the file is read once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis.expr.types as ir
from ibis.expr.operations import DatabaseTable

from workbench import engine
from workbench.dictionary.conditions import Conditions, columns_in, prepared
from workbench.dictionary.expression_ibis import EngineColumns
from workbench.dictionary.findings import Findings, ItemCount
from workbench.dictionary.keys import duplicates, has_key, hashes_of
from workbench.dictionary.layout import refuse_missing_columns
from workbench.dictionary.model import CodeList, Schema
from workbench.dictionary.rules import CELL_KINDS, KEY_CONFLICT, KEY_REPEAT, rules_of
from workbench.dictionary.scan import BATCH_ROWS, Fact, Plan, Scanned, planned, scan


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
    scanned = _scanned(table, schema, code_lists)
    conflicts, repeats = duplicates(scanned)
    keys = {KEY_CONFLICT: conflicts, KEY_REPEAT: repeats} if schema.primary_key else {}
    return Findings.of(
        dataset=schema.name,
        rows=scanned.rows,
        checks=rules_of(schema),
        faults=scanned.holding | keys,
        items=_items(schema, scanned),
    )


@dataclass(frozen=True)
class _Compiled:
    """A plan as text for one kind of engine, with what it was made of."""

    schema: Schema
    code_lists: Mapping[str, CodeList]
    query: str
    facts: tuple[Fact, ...]
    hashes: tuple[str, ...]


_COMPILED: dict[Hashable, _Compiled] = {}
_COMPILED_AT_MOST = 64
"""More than the datasets of one dictionary in the layouts of a region's Trusts."""


def _scanned(table: ir.Table, schema: Schema, code_lists: Mapping[str, CodeList]) -> Scanned:
    """Scan a table; for one that stands in an engine by name, with a plan compiled only once.

    A plan depends on the table's name and columns, on the schema and the lists, and on
    nothing in the table. Files of one layout, each in a connection of its own, share one.
    """
    held = table.op()
    if not isinstance(held, DatabaseTable):
        plan = _plan(table, schema, code_lists)
        batches = plan.query.to_pyarrow_batches(chunk_size=BATCH_ROWS)
        return scan(batches, plan.facts, plan.hashes)
    con = held.source
    # A dictionary does not change once loaded: which one it is tells as much as what is in it.
    key = (con.name, held.name, held.namespace, held.schema, id(schema), id(code_lists))
    compiled = _COMPILED.get(key)
    if compiled is None:
        compiled = _compile(con, _plan(table, schema, code_lists), schema, code_lists)
        if len(_COMPILED) >= _COMPILED_AT_MOST:
            _COMPILED.clear()
        _COMPILED[key] = compiled
    ran = engine.batches(con, compiled.query, rows=BATCH_ROWS)
    return scan(ran, compiled.facts, compiled.hashes)


def _plan(table: ir.Table, schema: Schema, code_lists: Mapping[str, CodeList]) -> Plan:
    rows = prepared(table, schema)
    columns = columns_in(rows, schema)
    facts = tuple(_facts(schema, columns, Conditions(schema, code_lists, columns)))
    return planned(rows, facts, hashes_of(columns, schema))


def _compile(con: Any, plan: Plan, schema: Schema, code_lists: Mapping[str, CodeList]) -> _Compiled:
    # Conditions are left behind: they would keep the connection and all that it holds.
    facts = tuple(replace(fact, condition=None) for fact in plan.facts)
    # The dictionary is kept, so that no other object can come to have its identity.
    return _Compiled(schema, code_lists, con.compile(plan.query), facts, plan.hashes)


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
