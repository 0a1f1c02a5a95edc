"""The small language in which the dictionary says when a row is at fault.

A condition such as ``date_first_seen < referral_date`` is written in Python's
syntax over column names and read here, once, into a typed tree; one compiler
turns the tree into an expression for the engine, another into pandas. Nothing
is ever evaluated as Python.

What there is: ``and or not``, ``== != < <= > >=`` (also chained), ``in`` and
``not in`` a list of constants, ``+`` and ``-`` of numbers, ``date - date`` in
whole days, ``missing(column)``, ``present(column)``, ``length(column)``,
``starts_with(column, "C61")``, ``date("2020-10-01")``, and constants.

A comparison with a missing value is unknown, logic over unknowns is Kleene's,
and a row whose condition is unknown is not at fault. A cell that is there but
cannot be parsed is unknown in a comparison, yet not ``missing``.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from workbench.errors import ParameterError

NUMERIC = ("integer", "number")
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_FUNCTIONS = ("missing", "present", "length", "starts_with", "date")

Constant = str | int | float | bool | dt.date


@dataclass(frozen=True)
class Column:
    """The parsed value of a column."""

    name: str
    type: str


@dataclass(frozen=True)
class Literal:
    """A constant."""

    value: Constant
    type: str


@dataclass(frozen=True)
class Compare:
    """Two values of kindred type compared."""

    operator: str
    left: Node
    right: Node
    type: str = "boolean"


@dataclass(frozen=True)
class Within:
    """Whether a value is one of some constants."""

    value: Node
    among: tuple[Constant, ...]
    type: str = "boolean"


@dataclass(frozen=True)
class Logic:
    """``and`` or ``or`` over two conditions or more."""

    operator: str
    parts: tuple[Node, ...]
    type: str = "boolean"


@dataclass(frozen=True)
class Not:
    """The opposite of a condition; unknown stays unknown."""

    part: Node
    type: str = "boolean"


@dataclass(frozen=True)
class Arithmetic:
    """A sum or difference of numbers, or whole days from the right date to the left."""

    operator: str
    left: Node
    right: Node
    type: str


@dataclass(frozen=True)
class Missing:
    """Whether a column's cell is blank; never unknown."""

    name: str
    type: str = "boolean"


@dataclass(frozen=True)
class StartsWith:
    """Whether a text begins with a constant."""

    value: Node
    prefix: str
    type: str = "boolean"


@dataclass(frozen=True)
class Length:
    """How many characters a text has."""

    value: Node
    type: str = "integer"


Node = (
    Column | Literal | Compare | Within | Logic | Not | Arithmetic | Missing | StartsWith | Length
)


def parse(text: str, types: Mapping[str, str], where: str = "condition") -> Node:
    """Read a condition into a typed tree.

    Parameters
    ----------
    text : str
        The condition, such as ``"present(a) and a > b"``.
    types : mapping of str to str
        Each column's name and its type: string, integer, number, date or boolean.
    where : str, optional
        What the condition belongs to; leads each error.

    Raises
    ------
    ParameterError
        The text is not of this language, names an unknown column, or mixes types.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise ParameterError(
            f"{where}: '{text}' is not a condition.", remedy="Mend the syntax of fault_when."
        ) from None
    node = _Reader(types, where).read(tree)
    if node.type != "boolean":
        raise ParameterError(f"{where}: '{text}' gives a {node.type}, not true or false.")
    return node


def columns_of(node: Node) -> tuple[str, ...]:
    """Names of the columns that a condition reads, sorted."""
    match node:
        case Column(name=name) | Missing(name=name):
            found: set[str] = {name}
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            found = {*columns_of(left), *columns_of(right)}
        case Logic(parts=parts):
            found = {name for part in parts for name in columns_of(part)}
        case Not(part=part):
            found = set(columns_of(part))
        case Within(value=value) | StartsWith(value=value) | Length(value=value):
            found = set(columns_of(value))
        case Literal():
            found = set()
    return tuple(sorted(found))


class _Reader:
    """Reads Python's syntax tree; refuses whatever is not of the language."""

    def __init__(self, types: Mapping[str, str], where: str) -> None:
        self.types = types
        self.where = where

    def read(self, node: ast.expr) -> Node:
        match node:
            case ast.BoolOp(op=op, values=values):
                operator = "and" if isinstance(op, ast.And) else "or"
                return Logic(operator, tuple(self.condition(value) for value in values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.condition(operand))
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return self.literal(node, -value)
            case ast.BinOp(op=ast.Add() | ast.Sub() as op, left=left, right=right):
                return self.arithmetic(node, "+" if isinstance(op, ast.Add) else "-", left, right)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self.comparison(left, ops, comparators)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.call(node, name, args)
            case ast.Name(id=name):
                return Column(name, self.type_of(node, name))
            case ast.Constant(value=value):
                return self.literal(node, value)
        self.refuse(node, f"'{ast.unparse(node)}' is not of the language of conditions")

    def refuse(self, node: ast.expr, why: str) -> NoReturn:
        raise ParameterError(
            f"{self.where}, character {node.col_offset + 1}: {why}.",
            remedy="Use comparisons, and/or/not, in [...], + and -, and the functions "
            f"{', '.join(_FUNCTIONS)}.",
        )

    def condition(self, node: ast.expr) -> Node:
        read = self.read(node)
        if read.type != "boolean":
            self.refuse(node, f"'{ast.unparse(node)}' is a {read.type}, not true or false")
        return read

    def literal(self, node: ast.expr, value: object) -> Literal:
        for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
            if isinstance(value, kind):
                return Literal(value, name)
        self.refuse(node, f"'{ast.unparse(node)}' is no constant of a column's type")

    def type_of(self, node: ast.expr, name: str) -> str:
        if name not in self.types:
            self.refuse(node, f"there is no column '{name}'")
        return self.types[name]

    def arithmetic(
        self, node: ast.expr, operator: str, left: ast.expr, right: ast.expr
    ) -> Arithmetic:
        one, other = self.read(left), self.read(right)
        if operator == "-" and one.type == other.type == "date":
            return Arithmetic(operator, one, other, "integer")
        if one.type in NUMERIC and other.type in NUMERIC:
            both = "integer" if one.type == other.type == "integer" else "number"
            return Arithmetic(operator, one, other, both)
        self.refuse(node, f"'{operator}' is not for a {one.type} and a {other.type}")

    def comparison(self, left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr]) -> Node:
        lefts = [left, *comparators[:-1]]
        parts = tuple(
            self.compared(one, op, other)
            for one, op, other in zip(lefts, ops, comparators, strict=True)
        )
        return parts[0] if len(parts) == 1 else Logic("and", parts)

    def compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(op, ast.In | ast.NotIn):
            within = self.within(left, right)
            return within if isinstance(op, ast.In) else Not(within)
        operator = _COMPARISONS.get(type(op))
        if operator is None:
            self.refuse(left, "'is' is not of the language of conditions; use missing(column)")
        one, other = self.read(left), self.read(right)
        if not _kindred(one, other):
            self.refuse(left, f"a {one.type} is compared with a {other.type}")
        return Compare(operator, one, other)

    def within(self, left: ast.expr, right: ast.expr) -> Within:
        value = self.read(left)
        if not isinstance(right, ast.List | ast.Tuple) or not right.elts:
            self.refuse(right, "'in' needs a list of constants")
        among: list[Constant] = []
        for element in right.elts:
            constant = self.read(element)
            if not isinstance(constant, Literal) or not _kindred(value, constant):
                self.refuse(element, f"'in' needs constants, each a {value.type}")
            among.append(constant.value)
        return Within(value, tuple(among))

    def call(self, node: ast.expr, name: str, args: list[ast.expr]) -> Node:
        match name, args:
            case (("missing" | "present"), [ast.Name(id=column)]):
                self.type_of(args[0], column)
                return Missing(column) if name == "missing" else Not(Missing(column))
            case "length", [argument]:
                return Length(self.text(argument))
            case "starts_with", [argument, ast.Constant(value=str() as prefix)]:
                return StartsWith(self.text(argument), prefix)
            case "date", [ast.Constant(value=str() as day)]:
                try:
                    return Literal(dt.date.fromisoformat(day), "date")
                except ValueError:
                    self.refuse(node, "date() needs a day that exists, as CCYY-MM-DD")
        self.refuse(node, f"'{ast.unparse(node)}' is no function of the language of conditions")

    def text(self, node: ast.expr) -> Node:
        read = self.read(node)
        if read.type != "string":
            self.refuse(node, f"a text is needed here, not a {read.type}")
        return read


def _kindred(one: Node, other: Node) -> bool:
    return one.type == other.type or (one.type in NUMERIC and other.type in NUMERIC)
