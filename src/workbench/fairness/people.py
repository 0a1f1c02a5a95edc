"""How many people stand behind rows, where a person has several.

Forty looks at five patients say as much as five patients do, and may be shown no sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.fairness import rates
from workbench.fairness.arithmetic import totals
from workbench.fairness.cases import Cases
from workbench.fairness.groups import Ints, Partition
from workbench.statistics.inputs import Floats

MOST_ROWS = 50
"""Mean rows of a cluster above which it is a place (a Trust), not a person."""

EVERYBODY, EVENTS = (0, 1, 2, 3), (2, 3)
"""Kinds of rows as `workbench.fairness.rates` numbers them: all, and those with the event."""

_SETS = 16


@dataclass(frozen=True, eq=False)
class People:
    """People of each group, by which of the four kinds of rows they have.

    Attributes
    ----------
    by_set : array, shape (groups, 16)
        Column ``s`` counts those who have kind ``k`` exactly where bit ``k`` of ``s`` is set.
    """

    by_set: Floats

    def among(self, kinds: Sequence[int] = EVERYBODY) -> Floats:
        """People who have a row of any of these kinds, shape (groups,)."""
        wanted = sum(1 << kind for kind in kinds)
        return np.asarray(self.by_set[:, (np.arange(_SETS) & wanted) > 0].sum(axis=1))

    def behind(self, metric: str) -> tuple[Floats, Floats] | None:
        """People in the numerator of a rate and in the rest of its denominator; else None."""
        if metric not in rates.RATES:
            return None
        above, below = rates.made_of(metric)
        return self.among(above), self.among([kind for kind in below if kind not in above])


def are_people(cases: Cases) -> bool:
    """Whether rows are gathered by person."""
    if cases.cluster is None:
        return False
    return len(cases) <= MOST_ROWS * (int(cases.cluster.max()) + 1)


def people(cases: Cases, partition: Partition) -> People:
    """Count the people of each group: rows themselves, unless they are gathered by person."""
    known = cases.people.get(partition.characteristic)
    if isinstance(known, People):
        return known
    place, groups = cases.grouping.place(partition), len(partition)
    bits = 1 << (2 * cases.outcome.astype(np.int64) + cases.flagged)
    if cases.cluster is not None and are_people(cases):
        place, bits = _gathered(cases.cluster, place, bits, groups)
    made = People(totals(place * _SETS + bits, groups * _SETS).reshape(groups, _SETS))
    cases.people[partition.characteristic] = made
    return made


def _gathered(cluster: Ints, place: Ints, bits: Ints, groups: int) -> tuple[Ints, Ints]:
    """One row for each person in a group, with all kinds of rows that the person has there."""
    pair = cluster * groups + place
    order = np.argsort(pair, kind="stable")
    ordered = pair[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    return ordered[starts] % groups, np.bitwise_or.reduceat(bits[order], starts)
