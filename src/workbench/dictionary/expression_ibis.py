"""Conditions of the dictionary as boolean expressions for the engine."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.expression import (
    Arithmetic,
    Column,
    Compare,
    Length,
    Literal,
    Logic,
    Missing,
    Node,
    Not,
    StartsWith,
    Within,
)

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge, "+": operator.add, "-": operator.sub,
    "and": operator.and_, "or": operator.or_,
}  # fmt: skip

ENGINE_TYPES = {
    "string": "string",
    "integer": "int64",
    "number": "float64",
    "date": "date",
    "boolean": "boolean",
}
"""Type of the engine that holds each type of the dictionary."""


@dataclass(frozen=True)
class EngineColumns:
    """The columns that conditions are compiled over; a column not in them is all missing.

    Attributes
    ----------
    text : mapping of str to StringValue
        Each column's raw cells, null where blank.
    parsed : mapping of str to Value
        The same, parsed to the column's own type; null where that fails.
    digits : mapping of str to IntegerValue, optional
        Columns with a check digit as ten-digit numbers; null where they are none.
    """

    text: Mapping[str, ir.StringValue]
    parsed: Mapping[str, ir.Value]
    digits: Mapping[str, ir.IntegerValue] = field(default_factory=dict)


def compiled(node: Node, columns: EngineColumns) -> Any:
    """Compile a condition's tree to an Ibis expression.

    Parameters
    ----------
    node : Node
        From `workbench.dictionary.expression.parse`.
    columns : EngineColumns
        What its column names stand for.

    Returns
    -------
    ibis Value
        For a condition, boolean: null where unknown.
    """

    def of(part: Node) -> Any:
        return compiled(part, columns)

    match node:
        case Column(name=name, type=kind):
            return columns.parsed.get(name, ibis.null(ENGINE_TYPES[kind]))
        case Literal(value=value, type=kind):
            return ibis.literal(value, ENGINE_TYPES[kind])
        case Missing(name=name):
            return columns.text[name].isnull() if name in columns.text else ibis.literal(True)
        case Not(part=part):
            return ~of(part)
        case Logic(operator=sign, parts=parts):
            return reduce(OPERATORS[sign], map(of, parts))
        case Arithmetic(left=left, right=right) if left.type == "date":
            return of(left).delta(of(right), unit="day")
        case Compare(left=left, right=right) if _absent(left, columns) or _absent(right, columns):
            # Ibis takes equality with a null constant for IS NULL.
            return ibis.null("boolean")
        case Compare(operator=sign) | Arithmetic(operator=sign):
            return OPERATORS[sign](of(node.left), of(node.right))
        case Within(value=value, among=among):
            return of(value).isin([ibis.literal(one, ENGINE_TYPES[value.type]) for one in among])
        case StartsWith(value=value, prefix=prefix):
            return of(value).startswith(prefix)
        case Length(value=value):
            return of(value).length().cast("int64")


def _absent(node: Node, columns: EngineColumns) -> bool:
    return isinstance(node, Column) and node.name not in columns.parsed
