"""Reads the parameters that a notebook declares, without starting a kernel."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import Any

from workbench.errors import ParameterError

KINDS = ("int", "float", "bool", "str", "Date", "Month", "Folder", "File")
_MODULES = ("workbench.parameters", "typing", "__future__")


@dataclass(frozen=True)
class Parameter:
    """One parameter as its notebook declares it.

    Attributes
    ----------
    name : str
        As typed after ``-p``.
    kind : str
        One of `KINDS`; of each member, if `many`.
    many : bool
        Whether the value is a list.
    choices : tuple
        The only values allowed; empty if any will do.
    low, high : float or None
        Bounds, both included.
    default : object
        The literal of the cell.
    help : str
        The comment at the end of the line.
    annotation : str
        The type as the cell writes it, for a reader.
    """

    name: str
    kind: str
    many: bool
    choices: tuple[Any, ...]
    low: float | None
    high: float | None
    default: Any
    help: str
    annotation: str

    @property
    def words(self) -> str:
        """The type in a reader's words, such as ``int, 1 to 52`` or ``FDS | 62D``."""
        kind = " | ".join(str(choice) for choice in self.choices) or self.kind
        bounds = f", {self.low:g} to {self.high:g}" if self.low is not None else ""
        return f"{'list of ' if self.many else ''}{kind}{bounds}"

    @property
    def may_be_blank(self) -> bool:
        """Whether leaving it blank is allowed: it is where the default is blank."""
        return self.default is None or self.default == ""


def declared(source: str, notebook: str) -> tuple[Parameter, ...]:
    """Parameters of a parameters cell, in the cell's order.

    Parameters
    ----------
    source : str
        The cell's code: imports of types and lines ``name: Type = literal  # help``.
    notebook : str
        Named in errors.

    Raises
    ------
    ParameterError
        A line is anything else; all such lines are listed.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ParameterError(
            f"{notebook}: the parameters cell is not valid Python.", [f"line {error.lineno}"]
        ) from None
    comments = _comments(source)
    found: list[Parameter] = []
    faults: list[str] = []
    for statement in tree.body:
        if _is_import_of_types(statement):
            continue
        try:
            found.append(_parameter(statement, comments))
        except ValueError as error:
            faults.append(f"line {statement.lineno}: {error}")
    names = [parameter.name for parameter in found]
    faults += [
        f"'{name}' is declared twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    if faults:
        raise ParameterError(
            f"{notebook}: the parameters cell cannot be read.",
            faults,
            "Write each parameter as: name: Type = literal  # what it means",
        )
    return tuple(found)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _is_import_of_types(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module in _MODULES


def _parameter(statement: ast.stmt, comments: dict[int, str]) -> Parameter:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        raise ValueError("is not a typed parameter")
    if statement.value is None:
        raise ValueError("has no default")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise ValueError("the default is not a plain value") from None
    kind, many, choices, low, high = _type(statement.annotation)
    return Parameter(
        name=statement.target.id,
        kind=kind,
        many=many,
        choices=choices,
        low=low,
        high=high,
        default=default,
        help=comments.get(statement.end_lineno or statement.lineno, ""),
        annotation=ast.unparse(statement.annotation),
    )


_Type = tuple[str, bool, tuple[Any, ...], float | None, float | None]


def _type(node: ast.expr) -> _Type:
    """Kind, many, choices, low and high of an annotation."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _type(node.left)
    if isinstance(node, ast.Name) and node.id in KINDS:
        return node.id, False, (), None, None
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        if node.value.id == "Literal":
            return _literal(node.slice)
        if node.value.id == "list":
            kind, _, choices, low, high = _type(node.slice)
            return kind, True, choices, low, high
        if node.value.id == "Annotated" and isinstance(node.slice, ast.Tuple):
            return _annotated(node.slice)
    raise ValueError(f"'{ast.unparse(node)}' is not a type that a parameter can have")


def _literal(node: ast.expr) -> _Type:
    value = ast.literal_eval(node)
    choices = value if isinstance(value, tuple) else (value,)
    kinds = {type(choice).__name__ for choice in choices}
    if len(kinds) != 1 or not kinds <= {"int", "float", "str"}:
        raise ValueError("the choices are not all of one type")
    return kinds.pop(), False, choices, None, None


def _annotated(node: ast.Tuple) -> _Type:
    kind, many, choices, _, _ = _type(node.elts[0])
    between = node.elts[1]
    named = isinstance(between, ast.Call) and isinstance(between.func, ast.Name)
    if not named or ast.unparse(between).split("(")[0] != "Between":
        raise ValueError("only Between(low, high) may follow in Annotated")
    assert isinstance(between, ast.Call)
    bounds = [ast.literal_eval(argument) for argument in between.args]
    bounds += [ast.literal_eval(keyword.value) for keyword in between.keywords]
    if len(bounds) != 2:
        raise ValueError("Between needs a low and a high")
    return kind, many, choices, float(bounds[0]), float(bounds[1])
