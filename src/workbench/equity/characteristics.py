"""The characteristics of people: whose groups have an order, and what is not known of whom.

A gradient (slope or concentration index) means something only along an order that is
there beforehand, such as deprivation. Ethnic groups have none, and putting them in order
of their figures makes a gradient out of chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats

AGES = frozenset({"age", "age_band", "age_band_at_referral"})
"""In order, but neither end is the advantaged one."""

_DEPRIVATION = frozenset({"deprivation", "imd_decile", "imd_quintile"})

ORDERED = AGES | _DEPRIVATION
"""Their groups start with a number and are in its order: decile or fifth 1 is the most deprived."""

UNORDERED = frozenset(
    {
        "ethnicity", "ethnic_group", "ethnic_category", "sex", "gender",
        "person_stated_gender_code", "rurality", "learning_disability",
        "serious_mental_illness", "interpreter_needed", "trust", "provider", "core20",
        "tumour_group", "route", "referral_route",
    }
)  # fmt: skip

UNKNOWN = frozenset({"", NOT_KNOWN, NOT_STATED, "Unknown"})
"""Groups that hold whoever is in no other: shown in every table, ranked in none."""

_CODES_NOT_KNOWN = {
    "ethnic_category": frozenset({"Z", "99"}),
    "sex": frozenset({"X"}),
    "gender": frozenset({"X"}),
    "person_stated_gender_code": frozenset({"X"}),
}

INSTEAD = "between_group_variance, index_of_disparity, theil or mean_log_deviation"
"""What measures unordered groups."""

MOST_DEPRIVED_FIFTH = 2
"""Core20 is deciles 1 and 2: the most deprived fifth of areas."""


def is_ordered(characteristic: str, ordered: bool | None = None) -> bool:
    """Whether the groups of a characteristic have an order.

    Parameters
    ----------
    characteristic : str
        A column's name.
    ordered : bool, optional
        Says so for a characteristic that is not known here.

    Raises
    ------
    ParameterError
        It is not known and `ordered` does not say, or an unordered one is called ordered.
    """
    if characteristic in UNORDERED:
        if ordered:
            raise ParameterError(
                f"The groups of {characteristic} have no order.",
                remedy=f"Leave `ordered` out; unordered groups are measured by {INSTEAD}.",
            )
        return False
    if characteristic in ORDERED:
        return ordered is not False
    if ordered is None:
        raise ParameterError(
            f"It is not known whether the groups of {characteristic!r} have an order.",
            remedy="Say ordered=True (lowest first) or ordered=False.",
        )
    return ordered


def known(
    characteristic: str, groups: Sequence[object]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark the groups that are known: neither missing, nor a code or name for "not known"."""
    missing = pd.isna(pd.Series(list(groups), dtype=object)).to_numpy(dtype=bool)
    unknown = UNKNOWN | _CODES_NOT_KNOWN.get(characteristic, frozenset())
    return np.array([str(group) not in unknown for group in groups], dtype=bool) & ~missing


def in_order(characteristic: str, groups: Sequence[object]) -> list[int]:
    """Places of groups in the order of the characteristic.

    Ordered groups go by the number that they start with; those that start with none, and
    all groups of unordered characteristics, by name.

    Returns
    -------
    list of int
        Such that ``[groups[i] for i in it]`` is in order; not-known groups last.
    """
    numbered = characteristic not in UNORDERED
    is_known = known(characteristic, groups)

    def key(place: int) -> tuple[bool, float, str]:
        text = str(groups[place])
        number = leading_number(text) if numbered else None
        return (not is_known[place], np.inf if number is None else number, text)

    return sorted(range(len(groups)), key=key)


def usual_reference(characteristic: str, groups: Sequence[str], sizes: Floats) -> str:
    """The group that others are compared with, unless one is named.

    Returns
    -------
    str
        Of deprivation the least deprived; else the largest group that is known.
    """
    is_known = known(characteristic, groups)
    if characteristic in _DEPRIVATION and is_known.any():
        return groups[[i for i in in_order(characteristic, groups) if is_known[i]][-1]]
    return groups[int(np.argmax(np.where(is_known, sizes, -1.0)))]


def leading_number(text: str) -> float | None:
    """The number that a group's name starts with, if any: 80 of ``80+``."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text)
    return float(found.group(1)) if found else None


def require_order(measure: str, *columns: object, groups: Sequence[object] | None = None) -> None:
    """Refuse groups that are known to have no order, or are not in it.

    Parameters
    ----------
    measure : str
        What was asked for, for the message.
    *columns : array_like
        Arrays are taken to be in order, which nothing in them can show. A Series is asked:
        an ordered categorical index, or names that start with rising numbers, will do.
    groups : sequence, optional
        Names of the groups, held to the same.

    Raises
    ------
    ParameterError
        The groups are of a characteristic without an order, or their names show none; the
        message names the measures to use instead.
    InputError
        They have an order but are not in it.
    """
    for column in columns:
        if isinstance(column, pd.Series):
            _require_index(measure, column.index)
    if groups is not None:
        _require_index(measure, pd.Index(groups))


def _require_index(measure: str, index: pd.Index) -> None:
    name = str(index.name) if index.name is not None else ""
    if name in UNORDERED:
        raise _no_order(measure, f"The groups of {name}")
    if isinstance(index, pd.RangeIndex):
        return
    if isinstance(index, pd.CategoricalIndex):
        if not index.ordered:
            raise _no_order(measure, "These categories")
        places: list[float] = [float(code) for code in index.codes]
    else:
        numbers = [leading_number(str(group)) for group in index]
        if any(number is None for number in numbers):
            raise _no_order(measure, "Groups with these names")
        places = [number for number in numbers if number is not None]
    if any(later <= earlier for earlier, later in pairwise(places)):
        raise InputError(
            f"{measure} needs groups in order, each once, the most disadvantaged first.",
            remedy="Sort by group before calling, and add up rows of one group.",
        )


def _no_order(measure: str, whose: str) -> ParameterError:
    return ParameterError(
        f"{whose} have no order, and {measure} measures a gradient along one.",
        remedy=f"Use {INSTEAD}; or give an ordered categorical index if there is an order.",
    )


def core20(decile: pd.Series) -> pd.Series:
    """Whether each area is among the most deprived fifth (Core20).

    Parameters
    ----------
    decile : Series of number
        Deprivation decile, 1 the most deprived.

    Returns
    -------
    Series of str
        ``Core20``, ``Rest`` or ``Not known``; the name is ``core20``.

    Raises
    ------
    InputError
        A decile is not 1 to 10.
    """
    number: Floats = decile.to_numpy(dtype=float, na_value=np.nan)
    if (~np.isnan(number) & ~np.isin(number, np.arange(1, 11))).any():
        raise InputError("Deprivation deciles must be 1 to 10, 1 the most deprived.")
    named = np.where(number <= MOST_DEPRIVED_FIFTH, "Core20", "Rest")
    return pd.Series(np.where(np.isnan(number), NOT_KNOWN, named), decile.index, name="core20")
