"""How sure a link between encoded records is, told without any labels.

Records of one source that holds each person once are different people, so that the pairs
*within* a source show how alike two strangers, twins or relatives can look. As many such
pairs are to be expected *between* sources among the records that have no match there. The
share of pairs beyond that number, by likeness and by what the NHS numbers say, is the
probability that a pair is one person: a local false discovery rate (Efron 2010) with an
empirical null.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from workbench.linkage.encoded_pairs import KINDS, Floats, Ints, Pairs

BIN = 0.01
"""Width of a class of likeness: fine enough to follow the curve, wide enough to count in."""
SURE = 0.95
"""Pairs at least as probable count as matched when the unmatched are counted."""
DOUBT = 0.5
"""Of a false pair more than was seen within the sources, in each class: none seen among few
pairs is no proof of none."""

_BINS = round(1 / BIN) + 1


@dataclass(frozen=True, eq=False)
class Curve:
    """Probability of a match by kind of evidence and by likeness.

    Attributes
    ----------
    probability : array of float, `KINDS` by number of classes
    """

    probability: Floats

    def of(self, pairs: Pairs) -> Floats:
        """Probability of each pair."""
        return np.asarray(self.probability[pairs.kind, _class(pairs)])


def _class(pairs: Pairs) -> Ints:
    return np.floor(pairs.dice / BIN + 1e-9).astype(np.int64)


def _counted(pairs: Pairs) -> Floats:
    """Pairs by kind of evidence and class of likeness."""
    place = pairs.kind * _BINS + _class(pairs)
    return np.bincount(place, minlength=KINDS * _BINS).reshape(KINDS, _BINS).astype(np.float64)


def curve(between: Pairs, within: tuple[Pairs, Pairs], sizes: tuple[int, int]) -> Curve:
    """Learn the probability of a match from pairs that won against their rivals.

    Parameters
    ----------
    between : Pairs
        Of two sources; no record in two of them.
    within : pair of Pairs
        Of each source with itself, each in both directions, chosen in the same way.
    sizes : pair of int
        Records of each source.
    """
    seen = _counted(between)
    left, right = sizes
    expected = np.zeros_like(seen)
    for pairs, size in zip(within, sizes, strict=True):
        expected += _counted(pairs) * (left * right) / max(size * (size - 1), 1) / 2
    first = _monotone(seen, expected, 1.0)
    sure = float((seen * (first >= SURE)).sum())
    unmatched = (1 - sure / max(left, 1)) * (1 - sure / max(right, 1))
    return Curve(_monotone(seen, expected, max(unmatched, 0.0)))


def _monotone(seen: Floats, expected: Floats, share: float) -> Floats:
    """Share of pairs beyond those expected, never lower where records are more alike."""
    out = np.zeros_like(seen)
    for kind in range(KINDS):
        counts, false = seen[kind], expected[kind] * share
        filled = counts > 0
        if not filled.any():
            continue
        beyond = 1 - np.minimum(false[filled] / counts[filled], 1)
        fit = isotonic_regression(beyond, weights=counts[filled])
        blocks = np.diff(np.r_[fit.blocks])
        pooled = np.add.reduceat(counts[filled], fit.blocks[:-1])
        doubt = np.repeat(DOUBT * share / pooled, blocks)
        told = np.maximum.accumulate(np.clip(fit.x - doubt, 0, 1))
        out[kind] = np.interp(np.arange(_BINS), np.flatnonzero(filled), told)
    return out


def mutual_best(pairs: Pairs, score: Floats) -> npt.NDArray[np.bool_]:
    """Choose pairs so that no record is in two, the best first.

    Each round takes the pairs that are the best of both their records and strikes out
    their rivals: what is chosen equals a pass over the pairs in order of score.

    Parameters
    ----------
    pairs : Pairs
    score : array of float
        Ties go to the lower rows, so that the order of pairs changes nothing.
    """
    order = np.lexsort((pairs.right, pairs.left, -score))
    left, right = pairs.left[order], pairs.right[order]
    chosen = np.zeros(len(order), dtype=bool)
    open_ = np.arange(len(order))
    while len(open_):
        best_left = np.zeros(len(open_), dtype=bool)
        best_left[np.unique(left[open_], return_index=True)[1]] = True
        best_right = np.zeros(len(open_), dtype=bool)
        best_right[np.unique(right[open_], return_index=True)[1]] = True
        taken = open_[best_left & best_right]
        chosen[taken] = True
        gone = np.isin(left[open_], left[taken]) | np.isin(right[open_], right[taken])
        open_ = open_[~gone]
    out = np.zeros(len(order), dtype=bool)
    out[order] = chosen
    return out
