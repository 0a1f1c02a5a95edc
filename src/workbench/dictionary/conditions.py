"""Each check of a schema as an Ibis expression that is true where a row is at fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.cells import (
    TEN_DIGITS,
    as_text,
    fails_modulus_11,
    parsed,
    ten_digits,
    whole,
)
from workbench.dictionary.expression import parse
from workbench.dictionary.expression_ibis import EngineColumns, compiled
from workbench.dictionary.model import PROVIDER_LENGTH, Code, CodeList, Field, Schema
from workbench.dictionary.rules import Check

# Two underscores in a row are in no column of the dictionary.
ROW = "row__number"
_PARSED = "__parsed"
_DIGITS = "__digits"
_DAY = "__day"


def prepared(table: ir.Table, schema: Schema) -> ir.Table:
    """Rows numbered from 1, with the dataset's columns as text and as values.

    Parameters
    ----------
    table : ibis Table
        Any columns; those of the schema that it has are taken, the rest left out.
    schema : Schema

    Returns
    -------
    ibis Table
        Column `ROW`, and what `columns_in` finds again: each column's text (null where
        blank), for other types than text its value (null where unparseable), and for a
        column that accepts other spellings of its codes the code that is meant.
    """
    held = [name for name in schema.field_names if name in table.columns]
    rows = table.select((ibis.row_number() + 1).name(ROW), *held)
    text = rows.select(ROW, **{name: as_text(rows[name]) for name in rows.columns[1:]})
    fields = [schema.field(name) for name in rows.columns[1:]]
    days = [field.name for field in fields if field.type == "date"]
    text = text.mutate(**{f"{name}{_DAY}": text[name].try_cast("date") for name in days})
    return text.mutate(
        **{
            f"{field.name}{_PARSED}": parsed(
                text[field.name],
                field.type,
                text[f"{field.name}{_DAY}"] if field.type == "date" else None,
            )
            for field in fields
            if field.type != "string"
        },
        **{
            f"{field.name}{_PARSED}": text[field.name].substitute(dict(field.synonyms))
            for field in fields
            if _respelt(field)
        },
        **{
            f"{field.name}{_DIGITS}": ten_digits(text[field.name])
            for field in fields
            if field.check == "modulus_11"
        },
    )


def columns_in(rows: ir.Table, schema: Schema) -> EngineColumns:
    """The columns of `prepared` rows, as conditions name them."""
    held = [field for field in schema.fields if field.name in rows.columns]
    return EngineColumns(
        text={field.name: rows[field.name] for field in held},
        parsed={
            field.name: rows[field.name + _PARSED]
            if field.type != "string" or _respelt(field)
            else rows[field.name]
            for field in held
        },
        digits={
            field.name: rows[field.name + _DIGITS] for field in held if field.check == "modulus_11"
        },
    )


def _respelt(field: Field) -> bool:
    return field.type == "string" and bool(field.synonyms)


@dataclass(frozen=True)
class Conditions:
    """Compiles the checks of one schema over some columns."""

    schema: Schema
    code_lists: Mapping[str, CodeList]
    columns: EngineColumns

    def at_fault(self, check: Check) -> ir.BooleanValue:
        """Where a row fails a check of its cells or across its columns; null is no fault.

        Parameters
        ----------
        check : Check
            From `workbench.dictionary.rules.rules_of`, not of a key, and reading a
            column that there is.
        """
        if check.kind == "row":
            return self._across(check.id)
        field = self.schema.field(check.columns[0])
        text, value = self.columns.text[field.name], self.columns.parsed[field.name]
        limits = field.constraints
        match check.kind:
            case "required":
                return text.isnull()
            case "type":
                return text.notnull() & value.isnull()
            case "pattern":
                if limits.pattern == TEN_DIGITS and field.name in self.columns.digits:
                    return text.notnull() & self.columns.digits[field.name].isnull()
                return ~text.re_search(whole(str(limits.pattern)))
            case "minimum":
                return value < limits.minimum
            case "maximum":
                return value > limits.maximum
            case "min_length":
                return text.length() < limits.min_length
            case "max_length":
                return text.length() > limits.max_length
            case "code":
                return text.notin([*self._codes(field).values, *field.synonyms])
            case "code_in_force":
                return self._out_of_force(field, value)
            case "modulus_11":
                return self._wrong_digit(field, text)
            case "provider":
                opening = text.substr(0, PROVIDER_LENGTH)
                return opening.notin(field.parents) & text.notin(field.default_codes)
        raise AssertionError(f"no condition for a check of kind {check.kind}")

    def _codes(self, field: Field) -> CodeList:
        return self.code_lists[str(field.codes)]

    def _across(self, rule_id: str) -> Any:
        rule = next(rule for rule in self.schema.rules if rule.id == rule_id)
        types = {field.name: field.type for field in self.schema.fields}
        return compiled(parse(rule.fault_when, types, f"rule {rule.id}"), self.columns)

    def _out_of_force(self, field: Field, meant: Any) -> Any:
        day = self.columns.parsed.get(str(field.retired_on_date_of), ibis.null("date"))
        spells = [
            (meant == code.code) & outside
            for code in self._codes(field).codes
            for outside in _outside(code, day)
        ]
        return reduce(lambda one, other: one | other, spells, ibis.literal(False))

    def _wrong_digit(self, field: Field, text: ir.StringValue) -> Any:
        wrong = fails_modulus_11(self.columns.digits[field.name])
        if field.constraints.pattern is not None:
            return wrong
        return wrong | ~text.re_search(whole(TEN_DIGITS))


def _outside(code: Code, day: Any) -> list[Any]:
    before = [day < code.valid_from] if code.valid_from else []
    after = [day > code.valid_to] if code.valid_to else []
    return before + after
