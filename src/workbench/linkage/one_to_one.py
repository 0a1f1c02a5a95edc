"""Clusters that hold one de-duplicated record of each source at most.

Links are taken from the best down; a link that would put two of one source into one
cluster is not taken. All that are each other's best are taken at a time, which gives
the same clusters as one at a time and needs a few passes over arrays.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def components(count: int, left: Ints, right: Ints) -> Ints:
    """Label of each node's connected component: the least node in it."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    least = np.full(count, count, dtype=np.int64)
    np.minimum.at(least, label, np.arange(count))
    return np.asarray(least[label])


def one_to_one(label: Ints, source: Ints, left: Ints, right: Ints) -> tuple[Ints, Bools]:
    """Join clusters along links, the best first, never two of one source into one.

    A link of two records of one source says that they are duplicates: it may join two
    clusters that share that source, and no other.

    Parameters
    ----------
    label : array of int
        Cluster of each record to begin with: the least record in it.
    source : array of int
        Of each record.
    left, right : array of int
        Records that each link ties, the best link first.

    Returns
    -------
    label : array of int
        Cluster of each record at the end.
    taken : array of bool
        Which links joined two clusters.
    """
    label = label.copy()
    words = int(source.max(initial=0)) // 64 + 1
    held = _sources_held(label, source, words)
    duplicates = np.where(source[left] == source[right], source[left], -1)
    may_share = _sources_held(np.arange(len(left)), duplicates, words)
    taken = np.zeros(len(left), dtype=bool)
    live = np.arange(len(left))
    while len(live):
        a, b = label[left[live]], label[right[live]]
        possible = (a != b) & ~(held[a] & held[b] & ~may_share[live]).any(axis=1)
        live, a, b = live[possible], a[possible], b[possible]
        mutual = _each_others_best(a, b, len(label))
        taken[live[mutual]] = True
        low, high = np.minimum(a, b)[mutual], np.maximum(a, b)[mutual]
        held[low] |= held[high]
        moved = np.arange(len(label))
        moved[high] = low
        label = moved[label]
        live = live[~mutual]
    return label, taken


def _sources_held(label: Ints, source: Ints, words: int) -> npt.NDArray[np.uint64]:
    """Set of sources under each label, a bit each, in so many words; -1 is none."""
    held = np.zeros((len(label), words), dtype=np.uint64)
    some = source >= 0
    label, source = label[some], source[some]
    bit = np.left_shift(np.uint64(1), (source % 64).astype(np.uint64))
    np.bitwise_or.at(held, (label, source // 64), bit)
    return held


def _each_others_best(a: Ints, b: Ints, count: int) -> Bools:
    place = np.arange(len(a))
    best = np.full(count, len(a))
    np.minimum.at(best, a, place)
    np.minimum.at(best, b, place)
    return np.asarray((best[a] == place) & (best[b] == place))
