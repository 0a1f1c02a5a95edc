"""Ties between records, of every origin, and the clusters that they make."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.linkage.one_to_one import components, one_to_one
from workbench.linkage.overrides import Overrides

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ties:
    """Pairs of records, the surest first.

    Attributes
    ----------
    left, right : array of int
        Rows.
    rule : array of int
        Place among the names of rules.
    probability : array of float
    weight : array of float
        Match weight in bits; not a number for what no model weighed.
    """

    left: Ints
    right: Ints
    rule: Ints
    probability: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.left)

    def chosen(self, which: Bools | Ints) -> Ties:
        """Some of them."""
        return Ties(
            self.left[which],
            self.right[which],
            self.rule[which],
            self.probability[which],
            self.weight[which],
        )

    def then(self, other: Ties) -> Ties:
        """These before others."""
        parts = zip(vars(self).values(), vars(other).values(), strict=True)
        return Ties(*(np.concatenate(pair) for pair in parts))


def certain(left: Ints, right: Ints, rule: Ints) -> Ties:
    """Ties that a rule makes, without a model."""
    count = len(left)
    return Ties(left, right, rule, np.ones(count), np.full(count, np.nan))


def surest_first(ties: Ties, places: Ints) -> Ints:
    """Places of some ties by probability, weight and rows: equal ones have an order too."""
    order = np.lexsort(
        (
            ties.right[places],
            ties.left[places],
            -np.round(ties.weight[places], 6),
            -np.round(ties.probability[places], 9),
        )
    )
    return np.asarray(places[order])


def clustered(source: Ints, ties: Ties, decided: Overrides) -> tuple[Ints, Bools]:
    """Clusters that ties make, decisions kept and no two of a source joined but duplicates.

    Parameters
    ----------
    source : array of int
        Of each record.
    ties : Ties
        The surest first.
    decided : Overrides
        What is the same is joined whatever its sources; what is different never is: the
        weakest tie between them gives way.

    Returns
    -------
    label : array of int
        The least row of each record's cluster.
    taken : array of bool
        Ties that joined two clusters.
    """
    begun = components(len(source), decided.same[:, 0], decided.same[:, 1])
    barred = is_among(ties, decided.different)
    while True:
        usable = np.flatnonzero(~barred)
        label, used = one_to_one(begun, source, ties.left[usable], ties.right[usable])
        taken = np.zeros(len(ties), dtype=bool)
        taken[usable[used]] = True
        apart = decided.different
        broken = apart[label[apart[:, 0]] == label[apart[:, 1]]]
        if not len(broken):
            return label, taken
        for one, other in broken:
            weakest = _weakest_between(ties, taken & ~barred, decided.same, int(one), int(other))
            if weakest >= 0:
                barred[weakest] = True


def is_among(ties: Ties, pairs: Ints) -> Bools:
    """Which ties are between two records of a pair; pairs have the lesser row first."""
    if not len(pairs):
        return np.zeros(len(ties), dtype=bool)
    span = int(max(pairs.max(), ties.right.max(initial=0), ties.left.max(initial=0))) + 1
    low, high = np.minimum(ties.left, ties.right), np.maximum(ties.left, ties.right)
    return np.asarray(np.isin(low * span + high, pairs[:, 0] * span + pairs[:, 1]))


def _weakest_between(ties: Ties, taken: Bools, same: Ints, one: int, other: int) -> int:
    """The last tie in the order of sureness on the way between two records; -1: none left."""
    ways: dict[int, list[tuple[int, int]]] = {}
    known = [(int(i), int(ties.left[i]), int(ties.right[i])) for i in np.flatnonzero(taken)]
    known += [(-1, int(left), int(right)) for left, right in same]
    for place, left, right in known:
        ways.setdefault(left, []).append((right, place))
        ways.setdefault(right, []).append((left, place))
    weakest = {one: -1}
    queue = deque([one])
    while queue:
        here = queue.popleft()
        for there, place in ways.get(here, []):
            if there not in weakest:
                weakest[there] = max(weakest[here], place)
                queue.append(there)
    return weakest.get(other, -1)
