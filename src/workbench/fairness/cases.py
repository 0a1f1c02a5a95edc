"""Scored cases as every figure takes them: checked, flagged, in an order of their own.

Sums of the same numbers in another order differ in their last bit, and equal scores at the
end of a list have to be settled; so rows are put in an order that depends on what they
hold alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench.errors import InputError, ParameterError
from workbench.fairness.flags import flags
from workbench.fairness.groups import ALL, MEETS, Bools, Grouping, Ints, grouped
from workbench.statistics.inputs import Floats, floats

_SETTLES = 20_260_401
"""Seed of the order of equal scores that no id settles; any fixed number will do."""


@dataclass(frozen=True, eq=False)
class Cases:
    """Scored cases.

    Attributes
    ----------
    score, outcome : array
        Outcome is 0 or 1.
    flagged : array of bool
    grouping : Grouping
    cluster : array of int or None
        Who, or where, rows are of.
    is_risk : bool
        Whether scores are probabilities, so that they can be held against outcomes.
    frame : DataFrame
        The rows as given, in this order.
    people : dict
        By characteristic, people counted once for all tables; see `workbench.fairness.people`.
    """

    score: Floats
    outcome: Floats
    flagged: Bools
    grouping: Grouping
    cluster: Ints | None
    is_risk: bool
    frame: pd.DataFrame
    people: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True)
class Columns:
    """Which column is what.

    Attributes
    ----------
    outcome, score : str
    groups : tuple of str
    cluster : str or None
    id : tuple of str
        Columns that settle equal scores, in order.
    others : tuple of str
        Further columns that must be there.
    """

    outcome: str
    score: str
    groups: tuple[str, ...]
    cluster: str | None = None
    id: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def all(self) -> list[str]:
        """Every column that is needed, once."""
        named = [self.outcome, self.score, *self.groups, *self.id, *self.others]
        return list(dict.fromkeys([*named, *([self.cluster] if self.cluster else [])]))


def read_cases(
    frame: pd.DataFrame,
    columns: Columns,
    *,
    capacity: float | None,
    threshold: float | None,
    intersections: bool,
) -> Cases:
    """Check scored cases, flag them and tell their groups apart.

    Raises
    ------
    ParameterError
        A column is not there, no group is named, or the list has no end.
    InputError
        A score or outcome is missing or impossible; all faults are listed, with counts.
    """
    _refuse_columns(frame, columns)
    score, outcome = _judged(frame, columns)
    grouping = grouped(frame, columns.groups, intersections=intersections)
    cluster = _numbered(frame[columns.cluster]) if columns.cluster else None
    ids = [_numbered(frame[name]) for name in columns.id]
    keys = [*ids[::-1], *([] if cluster is None else [cluster]), grouping.cell, outcome, -score]
    order = np.lexsort(keys)
    tie = _ties(order, ids)
    flagged = flags(score, tie, capacity, threshold)
    return Cases(
        score=score[order],
        outcome=outcome[order],
        flagged=flagged[order],
        grouping=grouping.taken(order),
        cluster=None if cluster is None else cluster[order],
        is_risk=bool(((score >= 0) & (score <= 1)).all()),
        frame=frame.iloc[order].reset_index(drop=True),
    )


def _ties(order: Ints, ids: Sequence[Ints]) -> Ints:
    """A number a row by which equal scores are settled.

    By id where there is one. Else by lot, drawn over rows in the order of what they hold:
    the same whatever order they come in, and with no leaning to a group or an outcome.
    """
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    if not ids:
        return np.random.default_rng(_SETTLES).permutation(len(order))[place]
    ranked = np.lexsort([place, *ids[::-1]])
    tie = np.empty(len(order), dtype=np.int64)
    tie[ranked] = np.arange(len(order))
    return tie


def _refuse_columns(frame: pd.DataFrame, columns: Columns) -> None:
    faults = [f"no column '{name}'" for name in columns.all() if name not in frame.columns]
    if not columns.groups:
        faults.append("no groups are named")
    twice = {name for name in columns.groups if columns.groups.count(name) > 1}
    faults += [f"group '{name}' is named twice" for name in sorted(twice)]
    faults += [
        f"'{name}' cannot be a group: it is the outcome or the score"
        for name in columns.groups
        if name in (columns.outcome, columns.score)
    ]
    faults += [f"group '{name}' holds '{MEETS}', which joins the names of two"
               for name in columns.groups if MEETS in name]  # fmt: skip
    faults += [f"group '{ALL}' has the name that stands for everyone"
               for name in columns.groups if name == ALL]  # fmt: skip
    if faults:
        held = ", ".join(map(str, frame.columns[:40]))
        raise ParameterError(
            "The scores cannot be assessed.", faults, remedy=f"Columns are: {held}."
        )


def _judged(frame: pd.DataFrame, columns: Columns) -> tuple[Floats, Floats]:
    faults: list[str] = []
    score = _floats(frame[columns.score], columns.score, faults)
    outcome = _floats(frame[columns.outcome], columns.outcome, faults)
    if not faults:
        for name, values in ((columns.score, score), (columns.outcome, outcome)):
            if missing := int(np.isnan(values).sum()):
                faults.append(f"{name} is missing in {missing:,} rows")
        wrong = int((~np.isnan(outcome) & ~np.isin(outcome, (0.0, 1.0))).sum())
        if wrong:
            faults.append(f"{columns.outcome} is neither 0 nor 1 in {wrong:,} rows")
    if not faults and len(outcome) and outcome.min() == outcome.max():
        faults.append(f"{columns.outcome} is the same in every row: nothing can be judged")
    if not len(frame):
        faults.append("there are no rows")
    if columns.cluster and (blank := int(frame[columns.cluster].isna().sum())):
        faults.append(
            f"{columns.cluster} is missing in {blank:,} rows: whose they are is not known"
        )
    if faults:
        raise InputError(
            "The scores cannot be assessed.",
            faults,
            remedy="Judge cases whose outcome is known, each with a score; say how many were not.",
        )
    return score, outcome


def _floats(column: pd.Series, name: str, faults: list[str]) -> Floats:
    try:
        return floats(column, name)
    except ValueError as error:
        faults.append(str(error))
        return np.zeros(len(column))


def _numbered(column: pd.Series) -> Ints:
    """Number values in their own order; of mixed kinds, as text."""
    try:
        codes, _ = pd.factorize(column, sort=True)
    except TypeError:
        codes, _ = pd.factorize(column.astype(str), sort=True)
    return np.asarray(codes, dtype=np.int64)


def as_frame(
    scores: pd.DataFrame | ArrayLike,
    outcome: str | ArrayLike,
    score: str,
    groups: Sequence[str] | pd.DataFrame,
) -> tuple[pd.DataFrame, str, str, tuple[str, ...]]:
    """Bring either way of calling to one: a frame, and the names of its columns.

    Returns
    -------
    frame, outcome, score, groups

    Raises
    ------
    ParameterError
        It is neither a frame with names nor arrays with a frame of groups.
    InputError
        Lengths or indexes differ: rows would be paired wrongly.
    """
    if isinstance(scores, pd.DataFrame):
        if not isinstance(outcome, str) or isinstance(groups, str | pd.DataFrame):
            raise ParameterError(
                "With a frame of scores, outcome is a column's name and groups a list of names."
            )
        return scores, outcome, score, tuple(groups)
    if not isinstance(groups, pd.DataFrame) or isinstance(outcome, str):
        raise ParameterError("With arrays of scores and outcomes, groups must be a DataFrame.")
    given: dict[str, Any] = {"outcome": outcome, score: scores}
    faults = [
        f"{name} has {len(values):,} rows and the groups {len(groups):,}"
        for name, values in given.items()
        if len(values) != len(groups)
    ]
    faults += [
        f"{name} and the groups have different indexes: align them first"
        for name, values in given.items()
        if isinstance(values, pd.Series) and not values.index.equals(groups.index)
    ]
    faults += [f"the groups have a column '{name}'" for name in given if name in groups.columns]
    if faults:
        raise InputError("Scores, outcomes and groups do not go together.", faults)
    plain = {
        name: values.array if isinstance(values, pd.Series) else np.asarray(values)
        for name, values in given.items()
    }
    names = tuple(map(str, groups.columns))
    frame = groups.set_axis(names, axis=1).assign(**plain)
    return frame, "outcome", score, names
