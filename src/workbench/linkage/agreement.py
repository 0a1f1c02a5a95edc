"""How well two cells agree: levels of each kind of column, best first.

Written in functions that every engine has (equality, beginnings, Levenshtein's
distance), so that a level is the same wherever it is found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage.columns import Column

MISSING = -1
"""Level where either cell is missing."""

Condition = Callable[[Any, Any], Any]


def _near(distance: int, length: int) -> Condition:
    return lambda a, b: (
        (a.length() >= length) & (b.length() >= length) & (a.levenshtein(b) <= distance)
    )


def _equal(a: Any, b: Any) -> Any:
    return a == b


def _close_name(a: Any, b: Any) -> Any:
    return _near(1, 4)(a, b) | _near(2, 6)(a, b)


def _contained(a: Any, b: Any) -> Any:
    """One is how the other begins or ends, as initials and double names are."""
    return a.startswith(b) | b.startswith(a) | a.endswith(b) | b.endswith(a)


def _begins_alike(letters: int) -> Condition:
    return lambda a, b: a.left(letters) == b.left(letters)


def _close_date(a: Any, b: Any) -> Any:
    swapped = (
        (a.left(4) == b.left(4))
        & (a.substr(4, 2) == b.substr(6, 2))
        & (a.substr(6, 2) == b.substr(4, 2))
    )
    return swapped | (a.levenshtein(b) <= 1)


def _near_date(a: Any, b: Any) -> Any:
    """Two of year, month and day agree, or two digits at most differ."""
    return (
        (a.left(6) == b.left(6))
        | (a.right(4) == b.right(4))
        | ((a.left(4) == b.left(4)) & (a.right(2) == b.right(2)))
        | (a.levenshtein(b) <= 2)
    )


def _same_postcode(a: Any, b: Any) -> Any:
    return (a == b) & (a.length() >= 5)


def _same_district(a: Any, b: Any) -> Any:
    outward = ibis.ifelse(a.length() >= 5, a.left(a.length() - 3), a)
    other = ibis.ifelse(b.length() >= 5, b.left(b.length() - 3), b)
    return outward == other


def _close_text(a: Any, b: Any) -> Any:
    return _near(2, 5)(a, b) | _contained(a, b)


def _like_text(a: Any, b: Any) -> Any:
    return (a.left(5) == b.left(5)) | _near(4, 10)(a, b)


_CONDITIONS: dict[str, tuple[Condition, ...]] = {
    "number": (_equal, _near(2, 6)),
    "name": (_equal, _close_name, _contained, _begins_alike(2)),
    "date": (_equal, _close_date, _near_date),
    "postcode": (_same_postcode, _near(1, 5), _same_district, _begins_alike(2)),
    "sex": (_equal,),
    "code": (_equal,),
    "text": (_equal, _close_text, _like_text),
}


SWAPPED, SWAPPED_FIRST, SWAPPED_LAST = (len(_CONDITIONS["name"]) + 1 + place for place in range(3))
"""Levels of a given name in the family name's place: both exactly, the one alone, the other."""


def family_of(kind: str) -> str:
    """Kind whose levels a kind shares: an NHS number is compared as any number."""
    return "number" if kind == "nhs_number" else kind


def conditions(kind: str) -> tuple[Condition, ...]:
    """Conditions on two cells of a kind for every level but the last, best first."""
    return _CONDITIONS[family_of(kind)]


def level(left: ir.Value, right: ir.Value, kind: str) -> Any:
    """Level at which two cells agree: 0 is equal, the last different, `MISSING` either null."""
    steps = [(one(left, right), place) for place, one in enumerate(conditions(kind))]
    missing = (left.isnull() | right.isnull(), MISSING)
    return ibis.cases(missing, *steps, else_=len(steps)).cast("int8")


def swapped(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Whether two records have given and family name in each other's place.

    One name must be the other's exactly; the other may have a slip, be shortened, or be
    another form that begins alike.
    """
    first, second = left[0] == right[1], left[1] == right[0]
    crossed = ibis.ifelse(
        first,
        _alike(left[1], right[0]),
        ibis.ifelse(second, _alike(left[0], right[1]), False),
    )
    return (crossed & (left[0] != right[0]) & (left[1] != right[1])).fill_null(False)


def _alike(a: Any, b: Any) -> Any:
    return (a == b) | _close_name(a, b) | _contained(a, b) | _begins_alike(3)(a, b)


def swapped_level(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """Level of the given name where names are `swapped`: which of the two are so exactly."""
    first, second = left[0] == right[1], left[1] == right[0]
    return ibis.cases((first & second, SWAPPED), (first, SWAPPED_FIRST), else_=SWAPPED_LAST).cast(
        "int8"
    )


def names_of(columns: Sequence[Column]) -> tuple[str, str] | None:
    """The two columns of names that may be in each other's place."""
    names = [column.name for column in columns if column.kind == "name"]
    return (names[0], names[1]) if len(names) == 2 else None


def words(levels: Any, kind: str) -> Any:
    """Levels in words that hold no value: equal, close, different, missing.

    Parameters
    ----------
    levels : array of int
    kind : str
        Of the column.

    Returns
    -------
    array of str
    """
    import numpy as np

    last = len(conditions(kind))
    said = np.array(["missing", "equal", *["close"] * (last - 1), "different", *["close"] * 3])
    return said[np.asarray(levels, dtype=int) + 1]
