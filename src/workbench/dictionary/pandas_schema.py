"""The dictionary as a pandera schema, for a pandas frame of text in a notebook.

>>> import workbench as wb
>>> schema = wb.dictionary.frame_schema("pathway_records")
>>> faults = wb.dictionary.frame_faults(frame, "pathway_records")

Independent of the engine: it shares with `workbench.dictionary.checks` only the
list of rules, and the two find the same rows at fault.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.dictionary.expression import parse
from workbench.dictionary.expression_pandas import FrameColumns, days, evaluated
from workbench.dictionary.findings import FAULT_COLUMNS
from workbench.dictionary.frame_cells import check_digit_holds, each, frame_columns
from workbench.dictionary.layout import refuse_missing_columns
from workbench.dictionary.load import Dictionary, load
from workbench.dictionary.model import CodeList, Field, Schema
from workbench.dictionary.rules import Check, rules_of

if TYPE_CHECKING:
    import pandera.pandas as pa

Judge = Callable[[pd.DataFrame], pd.Series]
OverColumns = Callable[[FrameColumns], pd.Series]


def frame_schema(dataset: str | Schema, dictionary: Dictionary | None = None) -> pa.DataFrameSchema:
    """Compile a dataset's schema to a pandera schema.

    Parameters
    ----------
    dataset : str or Schema
        Its name in the dictionary, or the schema itself.
    dictionary : Dictionary, optional
        Where names are looked up; the one that comes with the package by default.

    Returns
    -------
    pandera.DataFrameSchema
        One dataframe-wide check a rule, named by the rule's id. Validate with
        ``lazy=True`` to have them all; pandera's own error shows cells, so that for
        patients' data `frame_faults` is the one to use.
    """
    import pandera.pandas as pa

    source = dictionary or load()
    schema = source.schema(dataset) if isinstance(dataset, str) else dataset
    return pa.DataFrameSchema(
        columns={
            field.name: pa.Column(None, nullable=True, required=field.constraints.required)
            for field in schema.fields
        },
        checks=[
            pa.Check(_passes(judge), name=check.id, description=check.title, ignore_na=False)
            for check, judge in _judges(schema, source.code_lists)
        ],
        name=schema.name,
        title=schema.title,
        strict=False,
    )


def frame_faults(
    frame: pd.DataFrame, dataset: str | Schema, dictionary: Dictionary | None = None
) -> pd.DataFrame:
    """Rows of a frame at fault, by rule, without any cell of them.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of text, as ``read_csv(dtype=str)`` gives them; rows are numbered from 1 in
        their order, whatever their index.
    dataset, dictionary
        As for `frame_schema`.

    Returns
    -------
    pandas.DataFrame
        Columns ``file`` (empty), ``row``, ``column``, ``rule``, ``severity`` and
        ``reason``, sorted by row, column and rule.

    Raises
    ------
    InputError
        A required column is absent.
    """
    source = dictionary or load()
    schema = source.schema(dataset) if isinstance(dataset, str) else dataset
    refuse_missing_columns([str(name) for name in frame.columns], schema, "frame")
    numbered = frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis="index")
    parts = [pd.DataFrame(columns=list(FAULT_COLUMNS))]
    for check, at_fault in _judges(schema, source.code_lists):
        rows = numbered.index[at_fault(numbered)]
        told = ("", rows, check.column, check.id, check.severity, check.title)
        parts.append(pd.DataFrame(dict(zip(FAULT_COLUMNS, told, strict=True))))
    faults = pd.concat(parts[1:] or parts, ignore_index=True)
    return faults.sort_values(["row", "column", "rule"], ignore_index=True)


def _judges(schema: Schema, code_lists: Mapping[str, CodeList]) -> Iterator[tuple[Check, Judge]]:
    """Each check of a schema with the function that says where rows of a frame fail it."""
    for check in rules_of(schema):
        if check.kind in ("key_conflict", "key_repeat"):
            yield check, _judge(schema, schema.field_names, _of_key(schema, check.kind))
        elif check.kind == "row":
            yield check, _judge(schema, check.columns, _of_row(schema, check.id))
        else:
            field = schema.field(check.columns[0])
            names = [field.name, str(field.retired_on_date_of)]
            yield check, _judge(schema, names, _of_cell(field, check.kind, code_lists))


def _judge(schema: Schema, names: Sequence[str], over: OverColumns) -> Judge:
    """Turn a function over parsed columns into one over a frame that parses only what it reads."""

    def at_fault(frame: pd.DataFrame) -> pd.Series:
        columns = frame_columns(frame[[name for name in names if name in frame.columns]], schema)
        return over(columns).astype("boolean").fillna(False).astype(bool)

    return at_fault


def _passes(judge: Judge) -> Judge:
    return lambda frame: ~judge(frame)


def _of_row(schema: Schema, rule_id: str) -> OverColumns:
    rule = next(rule for rule in schema.rules if rule.id == rule_id)
    types = {field.name: field.type for field in schema.fields}
    condition = parse(rule.fault_when, types, f"rule {rule.id}")
    return lambda columns: evaluated(condition, columns)


def _of_cell(field: Field, kind: str, code_lists: Mapping[str, CodeList]) -> OverColumns:
    def judge(columns: FrameColumns) -> pd.Series:
        if field.name not in columns.text:
            return columns.constant(False, "boolean")
        text, value = columns.text[field.name], columns.parsed[field.name]
        if kind == "required":
            return text.isna()
        if kind == "type":
            return text.notna() & value.isna()
        if kind == "code_in_force":
            return _out_of_force(field, value, columns, code_lists[str(field.codes)])
        if kind in ("minimum", "maximum"):
            return _beyond(field, kind, value)
        wrong = _wrong_text(field, kind, code_lists)
        return each(text, wrong, "boolean")

    return judge


def _beyond(field: Field, kind: str, value: pd.Series) -> pd.Series:
    limit: Any = getattr(field.constraints, kind)
    limit = days(limit) if isinstance(limit, dt.date) else limit
    return value.lt(limit) if kind == "minimum" else value.gt(limit)


def _wrong_text(
    field: Field, kind: str, code_lists: Mapping[str, CodeList]
) -> Callable[[str], bool]:
    """Say whether one text that is not blank fails a check."""
    limits = field.constraints
    match kind:
        case "pattern":
            shape = re.compile(str(limits.pattern), re.ASCII | re.DOTALL)
            return lambda cell: shape.fullmatch(cell) is None
        case "min_length":
            return lambda cell: len(cell) < (limits.min_length or 0)
        case "max_length":
            return lambda cell: limits.max_length is not None and len(cell) > limits.max_length
        case "code":
            known = {*(one.code for one in code_lists[str(field.codes)].codes), *field.synonyms}
            return lambda cell: cell not in known
        case "modulus_11":
            shaped = limits.pattern is not None
            return lambda cell: _wrong_digit(cell, shape_told_elsewhere=shaped)
        case "provider":
            return lambda cell: (
                cell not in field.default_codes and not cell.startswith(field.parents)
            )
    raise AssertionError(f"no judge for a check of kind {kind}")


def _wrong_digit(cell: str, *, shape_told_elsewhere: bool) -> bool:
    if re.fullmatch("[0-9]{10}", cell):
        return not check_digit_holds(cell)
    return not shape_told_elsewhere


def _out_of_force(
    field: Field, meant: pd.Series, columns: FrameColumns, codes: CodeList
) -> pd.Series:
    day = columns.parsed.get(str(field.retired_on_date_of), columns.constant(pd.NA, "date"))
    ends = {code.code: days(code.valid_to) for code in codes.codes if code.valid_to}
    begins = {code.code: days(code.valid_from) for code in codes.codes if code.valid_from}
    first = meant.map(begins).astype("Int64")
    last = meant.map(ends).astype("Int64")
    return (day < first).fillna(False) | (day > last).fillna(False)


def _of_key(schema: Schema, kind: str) -> OverColumns:
    def judge(columns: FrameColumns) -> pd.Series:
        cells = pd.DataFrame(dict(columns.text), index=columns.index)
        key = [name for name in schema.primary_key if name in cells]
        if not key:
            return columns.constant(False, "boolean")
        required = [name for name in key if schema.field(name).constraints.required]
        # No text that is not blank is empty, so that empty can stand for blank.
        keyed = cells[cells[required].notna().all(axis="columns")].fillna("")
        group = keyed.groupby(key, sort=False).ngroup()
        kinds = keyed.drop_duplicates()
        torn = group[kinds.index[kinds.duplicated(key, keep=False)]]
        conflict = group.isin(torn)
        found = conflict if kind == "key_conflict" else keyed.duplicated() & ~conflict
        return found.reindex(columns.index, fill_value=False)

    return judge
