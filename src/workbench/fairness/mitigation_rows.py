"""Scored waits in one fixed order, and the lists that could be made of them.

A list is a rule that anyone can follow by hand and that gives the same people each time:
by score, equal scores by id. Nothing here draws lots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from workbench.errors import InputError, ParameterError
from workbench.fairness.cases import Columns, read_cases
from workbench.fairness.flags import flags, many
from workbench.fairness.groups import Bools, Ints, grouped
from workbench.statistics.inputs import Floats
from workbench.statistics.regression import logistic

ENOUGH_EVENTS = 200
"""Events, and non-events, from which a group's own recalibration is trusted: with fewer its
slope moves by more than a tenth between samples."""
FOLDS = 5
"""A row's recalibration is learnt from the other four fifths of people."""
_CLOSEST = 1e-6
"""Risks of 0 and 1 have no log odds; they are taken as this close."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Scored cases, by id.

    Attributes
    ----------
    score, outcome : array
    group : array of int
        Place of each row's group among `labels`.
    labels : tuple of str
    known : array of bool, shape (groups,)
        Whether it is known who the people of a group are.
    cluster : array of int
        Who a row is of.
    capacity : float
        Share of cases that can be looked at.
    """

    score: Floats
    outcome: Floats
    group: Ints
    labels: tuple[str, ...]
    known: Bools
    cluster: Ints
    capacity: float

    def __len__(self) -> int:
        return len(self.score)

    def first(self, score: Floats, capacity: float) -> Bools:
        """Flag as many as can be looked at, greatest score first, equal ones by id."""
        return flags(score, np.arange(len(score)), capacity, None)


def read_rows(
    frame: pd.DataFrame, outcome: str, *, score: str, group: str, id: str, cluster: str | None,
    capacity: float,
) -> Rows:  # fmt: skip
    """Check scored cases and put them in order of their id.

    Parameters
    ----------
    frame : DataFrame
        One row a case with a known outcome.
    outcome, score, group, id : str
        Columns. Without an id equal scores cannot be settled, so there is no list.
    cluster : str or None
        Column of patients, where one has several rows.
    capacity : float
        Share of cases, above 0 and below 1.

    Raises
    ------
    ParameterError
        A column is not there, or the capacity is none.
    InputError
        A score or outcome is missing or impossible, an id comes twice, or scores are no
        probabilities.
    """
    read_cases(
        frame, Columns(outcome, score, (group,), cluster, (id,)), capacity=capacity,
        threshold=None, intersections=False,
    )  # fmt: skip
    if frame[id].duplicated().any():
        raise InputError(f"Equal scores cannot be settled: {id} comes more than once.")
    ordered = frame.sort_values(id, kind="stable", ignore_index=True)
    risk = ordered[score].to_numpy(dtype=float)
    if risk.min() < 0 or risk.max() > 1:
        raise InputError("Options are compared on risks from 0 to 1.")
    grouping = grouped(ordered, [group], intersections=False)
    partition = grouping.partitions[1]
    codes = ordered.index if cluster is None else pd.factorize(ordered[cluster], sort=True)[0]
    return Rows(
        score=risk,
        outcome=ordered[outcome].to_numpy(dtype=float),
        group=grouping.place(partition),
        labels=partition.labels,
        known=partition.known,
        cluster=np.asarray(codes, dtype=np.int64),
        capacity=capacity,
    )


def recalibrated(rows: Rows) -> tuple[Floats, tuple[str, ...]]:
    """Correct each group's risks by a slope and a level of its own, where it has enough events.

    Learnt on four fifths of the people and used on the last, in turn, so that no row
    corrects itself.

    Returns
    -------
    risk : array
        Unchanged in groups with too few events, and of whom it is not known.
    changed : tuple of str
        Groups that were recalibrated.
    """
    risk, changed = rows.score.copy(), []
    design = _design(rows.score)
    fold = rows.cluster % FOLDS
    for place, label in enumerate(rows.labels):
        own = rows.group == place
        events = rows.outcome[own].sum()
        if not rows.known[place] or min(events, own.sum() - events) < ENOUGH_EVENTS:
            continue
        changed.append(label)
        for part in range(FOLDS):
            learnt = logistic(design[own & (fold != part)], rows.outcome[own & (fold != part)])
            used = own & (fold == part)
            risk[used] = expit(design[used] @ learnt.coefficients)
    return risk, tuple(changed)


def _design(risk: Floats) -> Floats:
    return np.column_stack([np.ones(len(risk)), logit(np.clip(risk, _CLOSEST, 1 - _CLOSEST))])


def reserved(rows: Rows, place: int, share: float) -> Bools:
    """Keep a share of the places for one group; all others go by risk to anyone.

    The open places are given first. The kept ones go to those of the group with the highest
    risks who are not on the list yet; places that the group cannot fill are open again.

    Raises
    ------
    ParameterError
        The share is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ParameterError("The share of places to keep must be from 0 to 1.")
    places = many(rows.capacity, len(rows))
    order = np.lexsort((np.arange(len(rows)), -rows.score))
    kept = many(share, places)
    open_, rest = order[: places - kept], order[places - kept :]
    of_group = rest[rows.group[rest] == place][:kept]
    others = rest[~np.isin(rest, of_group)][: kept - len(of_group)]
    listed = np.zeros(len(rows), dtype=bool)
    listed[np.concatenate([open_, of_group, others])] = True
    return listed
