"""Shapley values of trees are those of the definition, add up, and do not depend on threads."""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from workbench.explain.forest import Forest, forest_of_boosted
from workbench.explain.kernels import Tree
from workbench.explain.shapley import shapley_values


def grown(seed: int, features: int, splits: int) -> Forest:
    """One tree, grown at random; some nodes are of features used above, some covers are 0."""
    draw = np.random.default_rng(seed)
    nodes = [{"feature": -1, "left": 0, "right": 0}]
    for _ in range(splits):
        at = draw.choice([n for n, one in enumerate(nodes) if one["feature"] < 0])
        nodes[at] = {
            "feature": int(draw.integers(features)), "left": len(nodes), "right": len(nodes) + 1,
        }  # fmt: skip
        nodes += [{"feature": -1, "left": 0, "right": 0} for _ in range(2)]
    count = len(nodes)
    feature = np.array([one["feature"] for one in nodes])
    cover = np.zeros(count)
    cover[feature < 0] = draw.integers(0, 4, (feature < 0).sum())
    for at in range(count - 1, -1, -1):
        if feature[at] >= 0:
            cover[at] = cover[nodes[at]["left"]] + cover[nodes[at]["right"]]
    tree = Tree(
        feature, draw.normal(size=count), draw.random(count) < 0.5, np.full(count, -1),
        np.zeros((0, 8), np.uint32), np.array([one["left"] for one in nodes]),
        np.array([one["right"] for one in nodes]), draw.normal(size=count) * (feature < 0), cover,
    )  # fmt: skip
    return Forest(0.5, np.array([0, count]), tree, splits)


def coalition(tree: Tree, row: np.ndarray, known: set[int], node: int = 0) -> float:
    """What a tree says where only some features are known: the definition, step by step."""
    feature = int(tree.feature[node])
    if feature < 0:
        return float(tree.value[node])
    left, right = int(tree.left[node]), int(tree.right[node])
    if feature in known:
        value = row[feature]
        to_left = tree.missing_left[node] if np.isnan(value) else value <= tree.threshold[node]
        return coalition(tree, row, known, left if to_left else right)
    both = tree.cover[left] + tree.cover[right]
    share = tree.cover[left] / both if both > 0 else 0.5
    return share * coalition(tree, row, known, left) + (1 - share) * coalition(
        tree, row, known, right
    )


def by_definition(tree: Tree, row: np.ndarray) -> np.ndarray:
    features = range(len(row))
    made = np.zeros(len(row))
    for one in features:
        others = [f for f in features if f != one]
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(len(row) - size - 1) / factorial(len(row))
            for some in combinations(others, size):
                gain = coalition(tree, row, {*some, one}) - coalition(tree, row, {*some})
                made[one] += weight * gain
    return made


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(0, 9))
def test_values_are_those_of_the_definition(seed: int, features: int, splits: int) -> None:
    forest = grown(seed, features, splits)
    rows = np.random.default_rng(seed + 1).normal(size=(4, features))
    rows[0, 0] = np.nan
    values = shapley_values(forest, np.ascontiguousarray(rows.T))
    for row, value in zip(rows, values.T, strict=True):
        assert value == pytest.approx(by_definition(forest.tree(0), row), abs=1e-12)
    nothing = coalition(forest.tree(0), rows[0], set())
    assert forest.expected() == pytest.approx(0.5 + nothing, abs=1e-12)


@pytest.mark.parametrize("depth", [3, 14, 20])
def test_many_features_on_one_path_are_exact_too(depth: int) -> None:
    """Past twelve features answers are no longer looked up: both ways give the same."""
    count = 2 * depth + 1
    feature = np.full(count, -1)
    feature[0 : 2 * depth : 2] = np.arange(depth)
    left, right = np.zeros(count, int), np.zeros(count, int)
    left[0 : 2 * depth : 2] = np.arange(1, count, 2)
    right[0 : 2 * depth : 2] = np.arange(2, count + 1, 2)
    cover = np.array([float(depth - at // 2 + 1) if at % 2 == 0 else 1.0 for at in range(count)])
    value = np.where(feature < 0, np.random.default_rng(1).normal(size=count), 0.0)
    tree = Tree(
        feature, np.zeros(count), np.ones(count, bool), np.full(count, -1),
        np.zeros((0, 8), np.uint32), left, right, value, cover,
    )  # fmt: skip
    forest = Forest(0.0, np.array([0, count]), tree, depth)
    rows = np.random.default_rng(2).normal(size=(depth, 5_000))
    many = shapley_values(forest, rows)
    margin = [coalition(tree, row, set(range(depth))) for row in rows.T[:200]]
    whole = forest.expected() + many.sum(axis=0)[:200]
    assert whole == pytest.approx(np.array(margin), abs=1e-12)
    few = shapley_values(forest, np.ascontiguousarray(rows[:, :3]))  # too few for any table
    assert np.array_equal(few, many[:, :3])


def boosted(codes: bool, count: int = 1_500) -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    draw = np.random.default_rng(3)
    rows = draw.normal(size=(count, 5))
    rows[:, 3:] = draw.integers(0, 12, (count, 2))
    rows[draw.random(rows.shape) < 0.1] = np.nan
    known = np.nan_to_num(rows)
    margin = known[:, 0] * (known[:, 1] > 0) + (known[:, 3] % 3 == 1) - (known[:, 4] % 5 == 2)
    late = (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int)
    model = HistGradientBoostingClassifier(
        max_iter=15, categorical_features=[3, 4] if codes else None, random_state=1
    )
    return model.fit(rows, late), rows


@pytest.mark.parametrize("codes", [False, True])
def test_threads_and_company_change_no_bit(codes: bool) -> None:
    model, rows = boosted(codes)
    forest = forest_of_boosted(model)
    matrix = np.ascontiguousarray(model._preprocess_X(np.tile(rows, (6, 1)), reset=False).T)
    one = shapley_values(forest, matrix, threads=1)
    assert np.array_equal(one, shapley_values(forest, matrix, threads=3))
    assert np.array_equal(one[:, 7_000:7_010], shapley_values(forest, matrix[:, 7_000:7_010]))


def test_a_background_of_ones_own_moves_the_base_and_not_the_sum() -> None:
    model, rows = boosted(codes=True)
    matrix = np.ascontiguousarray(model._preprocess_X(rows, reset=False).T)
    forest = forest_of_boosted(model)
    some = forest.with_background(np.ascontiguousarray(matrix[:, :300]))
    margin = model.decision_function(rows)
    assert some.expected() == pytest.approx(margin[:300].mean(), abs=1e-12)
    whole = some.expected() + shapley_values(some, matrix).sum(axis=0)
    assert whole == pytest.approx(margin, abs=1e-12)
    assert forest.expected() == pytest.approx(margin.mean(), abs=1e-12)  # the rows learnt from
