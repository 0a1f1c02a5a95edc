"""Conditions of the dictionary over a pandas frame, with no engine in between."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd

from workbench.dictionary.expression import (
    Arithmetic,
    Column,
    Compare,
    Constant,
    Length,
    Literal,
    Logic,
    Missing,
    Node,
    Not,
    StartsWith,
    Within,
)

_EPOCH = dt.date(1970, 1, 1).toordinal()
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge, "+": operator.add, "-": operator.sub,
    "and": operator.and_, "or": operator.or_,
}  # fmt: skip

FRAME_TYPES = {
    "string": pd.StringDtype("pyarrow", na_value=pd.NA),
    "integer": pd.Int64Dtype(),
    "number": pd.Float64Dtype(),
    "date": pd.Int64Dtype(),
    "boolean": pd.BooleanDtype(),
}
"""Nullable dtype that holds each type. A date is its days since 1970-01-01, because only the
nullable dtypes keep a comparison with a missing value unknown."""


@dataclass(frozen=True)
class FrameColumns:
    """The columns that conditions are evaluated over; a column not in them is all missing.

    Attributes
    ----------
    index : pandas.Index
        The frame's.
    text, parsed : mapping of str to pandas.Series
        Raw cells, missing where blank; and parsed, missing where that fails, of `FRAME_TYPES`.
    """

    index: pd.Index
    text: Mapping[str, pd.Series]
    parsed: Mapping[str, pd.Series]

    def constant(self, value: Any, kind: str) -> pd.Series:
        """Give a series that holds one value in every row."""
        return pd.Series(value, index=self.index, dtype=FRAME_TYPES[kind])


def days(day: dt.date) -> int:
    """Days from 1970-01-01 to a day."""
    return day.toordinal() - _EPOCH


def evaluated(node: Node, columns: FrameColumns) -> pd.Series:
    """Evaluate a condition's tree over a frame.

    Parameters
    ----------
    node : Node
        From `workbench.dictionary.expression.parse`.
    columns : FrameColumns
        What its column names stand for.

    Returns
    -------
    pandas.Series
        For a condition, of dtype ``boolean``: NA where unknown.
    """

    def of(part: Node) -> pd.Series:
        return evaluated(part, columns)

    def known(sign: str, left: Node, right: Node) -> pd.Series:
        result: pd.Series = _OPERATORS[sign](of(left), of(right))
        return result

    match node:
        case Column(name=name, type=kind):
            return columns.parsed.get(name, columns.constant(pd.NA, kind))
        case Literal(value=value, type=kind):
            return columns.constant(_plain(value), kind)
        case Missing(name=name):
            if name not in columns.text:
                return columns.constant(True, "boolean")
            return columns.text[name].isna().astype("boolean")
        case Not(part=part):
            return ~of(part)
        case Logic(operator=sign, parts=parts):
            return reduce(_OPERATORS[sign], map(of, parts))
        case Compare(operator=sign, left=left, right=right):
            return known(sign, left, right).astype("boolean")
        case Arithmetic(operator=sign, left=left, right=right, type=kind):
            return known(sign, left, right).astype(FRAME_TYPES[kind])
        case Within(value=value, among=among):
            cells = of(value)
            return known_where(cells.isin([_plain(one) for one in among]), cells)
        case StartsWith(value=value, prefix=prefix):
            cells = of(value)
            return known_where(cells.str.startswith(prefix).fillna(False), cells)
        case Length(value=value):
            return of(value).str.len().astype(FRAME_TYPES["integer"])


def known_where(fact: pd.Series, cells: pd.Series) -> pd.Series:
    """Make a fact about cells unknown where the cell is missing."""
    return fact.astype("boolean").mask(cells.isna(), pd.NA)


def _plain(value: Constant) -> Constant:
    return days(value) if isinstance(value, dt.date) else value
