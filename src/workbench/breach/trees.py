"""Boosted trees as plain arrays: read out of the fitted model, written as a table, scored.

No code is stored, so none can be run by loading a model. Trees of at most 16 leaves are
scored by bits (Lucchese et al 2015, QuickScorer): a leaf is a bit, every split that a row
does not take to the left clears the bits of its left leaves, and the lowest bit left is
the row's leaf. Whole columns are compared at once, so that numpy alone is fast enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.breach.frames import Floats
from workbench.errors import InputError

MOST_LEAVES = 16
_ROWS = 32_768
"""Rows at a time: columns of so many lie in the processor's cache."""
_MISSING = 255


@dataclass(frozen=True, eq=False)
class Trees:
    """An ensemble of binary trees over a matrix of numbers.

    Attributes
    ----------
    baseline : float
        What every row starts with.
    tree, feature, left, right : int arrays, one a node
        Tree that the node is of; column that it splits; nodes below, by place in the tree.
        Leaves have feature -1.
    threshold : float array
        A row goes left if its value is not greater.
    missing_left : bool array
        Where a missing value goes.
    value : float array
        Of leaves: what the row gains.
    """

    baseline: float
    tree: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int32]
    threshold: Floats
    missing_left: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Floats

    def table(self) -> pa.Table:
        """One row a node."""
        return pa.table(
            {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "baseline"}
        )

    @classmethod
    def from_table(cls, table: pa.Table, baseline: float) -> Trees:
        """Back from a table.

        Raises
        ------
        InputError
            The table is not one of trees.
        """
        names = [name for name in cls.__dataclass_fields__ if name != "baseline"]
        if any(name not in table.column_names for name in names):
            raise InputError("The model's trees cannot be read: a column is missing.")
        held = {name: table[name].combine_chunks().to_numpy(zero_copy_only=False) for name in names}
        return cls(baseline, **held)

    def margin(self, matrix: Floats) -> Floats:
        """Log odds for each row of a matrix."""
        return self._scorer.margin(matrix)

    @cached_property
    def _scorer(self) -> _Scorer:
        return _Scorer(self)


def trees_of(model: Any) -> Trees:
    """Read the trees out of a fitted `HistGradientBoostingClassifier` without categories.

    Its nodes have no public name; `tests/breach` holds the margins to the model's own.
    """
    nodes = [one[0].nodes for one in model._predictors]
    joined = np.concatenate(nodes)
    leaf = joined["is_leaf"].astype(bool)
    return Trees(
        float(model._baseline_prediction.ravel()[0]),
        np.repeat(np.arange(len(nodes)), [len(one) for one in nodes]).astype(np.int32),
        np.where(leaf, -1, joined["feature_idx"]).astype(np.int32),
        np.where(leaf, 0.0, joined["num_threshold"]),
        joined["missing_go_to_left"].astype(bool) & ~leaf,
        np.where(leaf, 0, joined["left"]).astype(np.int32),
        np.where(leaf, 0, joined["right"]).astype(np.int32),
        np.where(leaf, joined["value"], 0.0),
    )


@dataclass(frozen=True, eq=False)
class _Split:
    """One split of one tree: which column, up to which bin it goes left, whose bits it clears."""

    feature: int
    bin: int
    missing_left: bool
    clears: int


class _Scorer:
    """Trees made ready: thresholds as small whole numbers, leaves as bits."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        inner = trees.feature >= 0
        used = np.unique(trees.feature[inner])
        self._cuts = {
            int(f): np.unique(trees.threshold[inner & (trees.feature == f)]) for f in used
        }
        ends = np.searchsorted(trees.tree, np.arange(trees.tree.max(initial=-1) + 2))
        self._plans = [self._plan(int(first)) for first in ends[:-1]]

    def _plan(self, first: int) -> tuple[list[_Split], Floats]:
        """Splits of one tree, and the gain of its leaves from left to right."""
        trees = self._trees
        splits: list[_Split] = []
        gains: list[float] = []

        def walk(node: int) -> int:
            place = first + node
            if trees.feature[place] < 0:
                gains.append(float(trees.value[place]))
                return 1 << (len(gains) - 1)
            left = walk(int(trees.left[place]))
            feature = int(trees.feature[place])
            cut = int(np.searchsorted(self._cuts[feature], trees.threshold[place]))
            splits.append(_Split(feature, cut, bool(trees.missing_left[place]), left))
            return left | walk(int(trees.right[place]))

        walk(0)
        if len(gains) > MOST_LEAVES or any(len(cut) >= _MISSING for cut in self._cuts.values()):
            raise InputError("The model's trees are larger than can be scored.")
        return splits, np.array(gains)

    def margin(self, matrix: Floats) -> Floats:
        """Log odds, some rows at a time."""
        made = np.full(len(matrix), self._trees.baseline)
        for start in range(0, len(matrix), _ROWS):
            rows = slice(start, start + _ROWS)
            made[rows] = self._some(matrix[rows])
        return made

    def _some(self, matrix: Floats) -> Floats:
        high, low = self._binned(matrix)
        made = np.full(len(matrix), self._trees.baseline)
        right = np.empty(len(matrix), dtype=bool)
        cleared = np.empty(len(matrix), dtype=np.uint16)
        for splits, gains in self._plans:
            left_out = np.zeros(len(matrix), dtype=np.uint16)
            for one in splits:
                if one.missing_left:
                    np.greater(low[one.feature], one.bin + 1, out=right)
                else:
                    np.greater(high[one.feature], one.bin, out=right)
                np.multiply(right, np.uint16(one.clears), out=cleared)
                np.bitwise_or(left_out, cleared, out=left_out)
            made += gains[_lowest_free(left_out)]
        return made

    def _binned(self, matrix: Floats) -> tuple[dict[int, Any], dict[int, Any]]:
        """Each column as places among its cuts; missing highest in one, lowest in the other."""
        high, low = {}, {}
        for feature, cuts in self._cuts.items():
            column = matrix[:, feature]
            places = np.searchsorted(cuts, column, side="left").astype(np.uint8)
            missing = np.isnan(column)
            high[feature] = np.where(missing, np.uint8(_MISSING), places)
            low[feature] = np.where(missing, np.uint8(0), places + np.uint8(1))
        return high, low


@lru_cache(maxsize=1)
def _lowest() -> npt.NDArray[np.uint8]:
    """For every pattern of 16 bits, the lowest that is not set."""
    free = ~np.arange(1 << MOST_LEAVES, dtype=np.uint32)
    return np.log2((free & -free).astype(np.float64)).astype(np.uint8)


def _lowest_free(taken: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    return np.asarray(_lowest()[taken])
