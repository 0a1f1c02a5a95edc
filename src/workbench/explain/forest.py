"""Trees as plain arrays, with how many rows of a background come through each node.

Read from a model of this workbench (`workbench.breach.trees.Trees`), or from any fitted
`HistGradientBoosting` model of scikit-learn, with codes and missing values as it has them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.breach.trees import Trees
from workbench.errors import InputError
from workbench.explain.kernels import DEEPEST, Tree, add_cover

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Forest:
    """An ensemble of binary trees whose values add up.

    Attributes
    ----------
    baseline : float
        What every row starts with.
    starts : int array, (trees + 1,)
        Where each tree's nodes begin; nodes below are named by their place in the tree.
    nodes : Tree
        Nodes of all trees. A row goes left at a split of numbers if its value is not
        greater than the threshold, at a split of codes if its code's bit is set, and where
        `missing_left` says if its value is missing.
    depth : int
        Most conditions on any path.
    """

    baseline: float
    starts: Whole
    nodes: Tree
    depth: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def tree(self, number: int) -> Tree:
        """One tree."""
        here = slice(self.starts[number], self.starts[number + 1])
        return Tree(*(part if name == "bits" else part[here]
                      for name, part in self.nodes._asdict().items()))  # fmt: skip

    def with_background(self, matrix: Floats) -> Forest:
        """The same trees, with the covers of these rows: features by rows."""
        made = replace(self, nodes=self.nodes._replace(cover=np.zeros(len(self.nodes.cover))))
        for number in range(len(made)):
            add_cover(made.tree(number), matrix)
        return made

    def expected(self) -> float:
        """Mean margin of the background: the baseline, and each leaf by its share of the rows."""
        total = self.baseline
        for number in range(len(self)):
            tree = self.tree(number)
            total += float((_shares(tree) * tree.value)[tree.feature < 0].sum())
        return total


def forest_of(trees: Trees) -> Forest:
    """Trees of a model of this workbench; they hold no covers, so a background is needed."""
    count = int(trees.tree.max(initial=-1)) + 1
    starts = np.searchsorted(trees.tree, np.arange(count + 1)).astype(np.int64)
    nodes = _nodes(
        feature=trees.feature,
        threshold=trees.threshold,
        missing_left=trees.missing_left,
        left=trees.left,
        right=trees.right,
        value=trees.value,
        cover=np.zeros(len(trees.value)),
    )
    return _measured(trees.baseline, starts, nodes)


def forest_of_boosted(model: Any) -> Forest:
    """Trees of a fitted ``HistGradientBoostingClassifier`` or ``Regressor``.

    The covers are those of the rows that it learnt from. Its nodes have no public name;
    every explanation is held against the model's own prediction, so that a change in
    scikit-learn cannot go unnoticed.

    Raises
    ------
    InputError
        It has more than two classes, or is not fitted.
    """
    held = getattr(model, "_predictors", None)
    if not held:
        raise InputError("The model has no trees: it is not fitted.")
    if len(held[0]) != 1:
        raise InputError("Only models of one margin are explained, not of three classes or more.")
    joined = np.concatenate([one[0].nodes for one in held])
    sizes = np.array([0] + [len(one[0].nodes) for one in held], dtype=np.int64)
    bits = [one[0].raw_left_cat_bitsets for one in held]
    before = np.repeat(np.cumsum([0] + [len(one) for one in bits])[:-1], sizes[1:])
    leaf = joined["is_leaf"].astype(bool)
    codes = joined["is_categorical"].astype(bool) & ~leaf
    nodes = _nodes(
        feature=np.where(leaf, -1, joined["feature_idx"]),
        threshold=joined["num_threshold"],
        missing_left=joined["missing_go_to_left"].astype(bool),
        left=joined["left"],
        right=joined["right"],
        value=np.where(leaf, joined["value"], 0.0),
        cover=joined["count"].astype(np.float64),
        split=np.where(codes, before + joined["bitset_idx"], -1),
        bits=np.concatenate(bits),
    )
    return _measured(float(model._baseline_prediction.ravel()[0]), np.cumsum(sizes), nodes)


def _nodes(
    *, feature: Any, threshold: Any, missing_left: Any, left: Any, right: Any, value: Any,
    cover: Any, split: Any = None, bits: Any = None,
) -> Tree:  # fmt: skip
    """One kind of number for each part, so that the loops are compiled once."""
    return Tree(
        np.ascontiguousarray(feature, dtype=np.int64),
        np.ascontiguousarray(threshold, dtype=np.float64),
        np.ascontiguousarray(missing_left, dtype=np.bool_),
        np.full(len(feature), -1) if split is None else split.astype(np.int64),
        np.zeros((0, 8), dtype=np.uint32) if bits is None else bits.astype(np.uint32),
        np.ascontiguousarray(left, dtype=np.int64),
        np.ascontiguousarray(right, dtype=np.int64),
        np.ascontiguousarray(value, dtype=np.float64),
        np.ascontiguousarray(cover, dtype=np.float64),
    )


def _measured(baseline: float, starts: Whole, nodes: Tree) -> Forest:
    made = Forest(baseline, starts, nodes, 0)
    depth = max((int(_depths(made.tree(number)).max()) for number in range(len(made))), default=0)
    if depth > DEEPEST:
        raise InputError(f"Trees of more than {DEEPEST} steps cannot be explained.")
    return replace(made, depth=depth)


def _depths(tree: Tree) -> Whole:
    """Steps from the root to each node."""
    depth = np.zeros(len(tree.feature), dtype=np.int64)
    for inner in _levels(tree):
        depth[tree.left[inner]] = depth[tree.right[inner]] = depth[inner] + 1
    return depth


def _shares(tree: Tree) -> Floats:
    """Share of the background that comes through each node, by the ratio at each split."""
    share = np.ones(len(tree.feature))
    for inner in _levels(tree):
        left, right = tree.left[inner], tree.right[inner]
        both = tree.cover[left] + tree.cover[right]
        part = np.divide(tree.cover[left], both, out=np.full(len(inner), 0.5), where=both > 0)
        share[left], share[right] = share[inner] * part, share[inner] * (1 - part)
    return share


def _levels(tree: Tree) -> Any:
    """Inner nodes, one level of the tree after the other."""
    here = np.zeros(1, dtype=np.int64)
    while len(here := here[tree.feature[here] >= 0]):
        yield here
        here = np.concatenate([tree.left[here], tree.right[here]])
