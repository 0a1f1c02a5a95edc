"""What a list catches and misses, and how that differs from another list, by group.

Intervals are by person, who may have several rows: Wilson's for a share, with as many rows
as single people would tell as much, and the normal one for a difference between two lists
of the same people. They hold the lists as they fell.

References
----------
Wilson EB (1927). J Am Stat Assoc 22:209-212. Liang KY, Zeger SL (1986). Biometrika 73:13-22.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.fairness.arithmetic import ratio, totals
from workbench.fairness.groups import Bools, Ints
from workbench.statistics.inputs import Floats
from workbench.statistics.intervals import wilson

_Z = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Missed:
    """Events that two lists miss, by group.

    Attributes
    ----------
    events, before, after : array, shape (groups,)
        Events, and how many of them either list misses.
    gained, lost : array, shape (groups,)
        Events that only the second list has, and only the first.
    rate_before, rate_after, change : array, shape (groups, 3)
        Share missed, and the difference, with lower and upper 95 % limits.
    """

    events: Floats
    before: Floats
    after: Floats
    gained: Floats
    lost: Floats
    rate_before: Floats
    rate_after: Floats
    change: Floats


def missed(
    outcome: Floats, before: Bools, after: Bools, group: Ints, groups: int, cluster: Ints
) -> Missed:
    """Compare two lists in the share of events that they miss."""
    event = outcome == 1
    place, who = group[event], cluster[event]
    old, new = (~before[event]).astype(float), (~after[event]).astype(float)
    events = totals(place, groups)
    return Missed(
        events=events,
        before=totals(place, groups, old),
        after=totals(place, groups, new),
        gained=totals(place, groups, old * (1 - new)),
        lost=totals(place, groups, new * (1 - old)),
        rate_before=_rate(old, place, who, events),
        rate_after=_rate(new, place, who, events),
        change=_change(new - old, place, who, events),
    )


def _rate(value: Floats, place: Ints, who: Ints, events: Floats) -> Floats:
    """Share and its limits, by Wilson with the events that independent ones would be."""
    x = totals(place, len(events), value)
    share = ratio(x, events)
    by_person = variance(value - share[place], place, who, len(events)) / np.maximum(events, 1) ** 2
    single = share * (1 - share) / np.maximum(events, 1)
    wider = np.ones(len(events))
    np.divide(by_person, single, out=wider, where=single > 0)
    told = events / np.maximum(wider, 1.0)
    found = wilson(np.nan_to_num(share) * told, told)
    return np.column_stack([share, found.lower, found.upper])


def _change(value: Floats, place: Ints, who: Ints, events: Floats) -> Floats:
    mean = ratio(totals(place, len(events), value), events)
    spread = variance(value - mean[place], place, who, len(events))
    half = _Z * ratio(np.sqrt(spread), events)
    return np.column_stack([mean, mean - half, mean + half])


def variance(value: Floats, place: Ints, who: Ints, groups: int) -> Floats:
    """Variance of each group's sum, rows of one person added up first."""
    if not len(value):
        return np.zeros(groups)
    held, at = np.unique(np.column_stack([place, who]), axis=0, return_inverse=True)
    sums = np.bincount(at.ravel(), value, len(held))
    return totals(held[:, 0], groups, np.asarray(sums**2, dtype=np.float64))


def net_benefit(outcome: Floats, listed: Bools, threshold: float) -> float:
    """Events caught for each case, less what looks in vain cost at a threshold.

    ``TP / n - FP / n · t / (1 - t)`` (Vickers AJ, Elkin EB (2006). Med Decis Making
    26:565-574): at ``t`` of 0.2 four looks in vain weigh as much as one event caught.
    """
    caught = float(outcome[listed].sum())
    in_vain = float(listed.sum()) - caught
    return (caught - in_vain * threshold / (1 - threshold)) / len(outcome)
