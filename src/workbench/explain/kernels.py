"""The inner loops of Shapley values of trees, compiled.

A leaf says ``value`` to rows that meet all conditions on its path. The conditions on one
feature are one player. Of player ``j``, ``o`` is 1 where the row meets its conditions and
else 0, and ``z`` is the share of the background that does, given the conditions above. The
game of a leaf is a product, so that a player's Shapley value is the integral over ``t`` of

    value * (o_i - z_i) * product over j != i of (t * o_j + (1 - t) * z_j)

(Owen's multilinear extension). That is a polynomial in ``t`` of a degree below the number
of players, which Gauss-Legendre quadrature integrates exactly. All terms have one sign, so
nothing cancels. Since ``o`` is 0 or 1, a leaf has few different answers: they are reckoned
once for each pattern of bits and then looked up, row by row.

References
----------
Lundberg SM et al (2020). Nature Machine Intelligence 2:56-67 (values of trees by their
covers). Owen G (1972). Management Science 18:64-79. Yang J (2021), arXiv:2109.09847 (one
answer for each pattern of bits).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numba
import numpy as np

Compiled = TypeVar("Compiled", bound=Callable[..., Any])

DEEPEST = 62
"""Features that may meet on one path: each is a bit of a whole number."""
_TABLE = 12
"""Features on a path up to which answers are kept for all patterns of bits: 4,096 of them."""


class Tree(NamedTuple):
    """One tree for the loops; see `workbench.explain.forest.Forest`.

    Attributes
    ----------
    feature, split, left, right : int array, (nodes,)
        `split` is the row of `bits` of a split of codes, else -1.
    threshold, value, cover : array, (nodes,)
    missing_left : bool array, (nodes,)
    bits : uint32 array, (splits of codes, words)
    """

    feature: Any
    threshold: Any
    missing_left: Any
    split: Any
    bits: Any
    left: Any
    right: Any
    value: Any
    cover: Any


class Rule(NamedTuple):
    """Quadrature on 0 to 1: row ``n`` is for ``n`` players, in ``(n + 1) // 2`` places."""

    points: Any
    weights: Any


class Paths(NamedTuple):
    """What is known of the path to the node in hand, one row a level of the tree.

    Attributes
    ----------
    patterns, went : array, (levels, rows)
        Bits of conditions met, and whether the row goes left at the level's node.
    names, share : array, (levels, players)
    players, node : int array, (levels,)
    """

    patterns: Any
    went: Any
    names: Any
    share: Any
    players: Any
    node: Any


def compiled(function: Compiled) -> Compiled:
    """Compile when first called, without the interpreter's lock; kept on disk where possible.

    Rows are shared out among threads of Python, so no threading layer is needed, and no
    figure depends on how many there are.
    """
    try:
        made = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no folder can be written to: compile in every process
        made = numba.njit(nogil=True)(function)
    return made  # type: ignore[no-any-return]


@compiled
def is_left(tree: Tree, node: int, value: float) -> bool:  # pragma: no cover
    """Whether a value goes left at a node."""
    if np.isnan(value):
        return tree.missing_left[node]  # type: ignore[no-any-return]
    if tree.split[node] < 0:
        return value <= tree.threshold[node]  # type: ignore[no-any-return]
    code = np.int64(value)
    word = tree.bits[tree.split[node], code >> 5]
    return ((word >> np.uint32(code & 31)) & np.uint32(1)) == 1  # type: ignore[no-any-return]


@compiled
def answers(
    pattern: int, share: Any, points: Any, weights: Any, to: Any
) -> None:  # pragma: no cover
    """Shapley value of each player of a leaf of value 1, for one pattern of bits.

    Parameters
    ----------
    pattern : int
        Bit ``j`` is 1 where the row meets the conditions on player ``j``.
    share : array, (players,)
        Share of the background that meets them.
    points, weights : array
        Of the quadrature.
    to : array, (players,)
        Takes the answers.
    """
    players = len(share)
    after = np.empty(players + 1)
    to[:] = 0.0
    for place in range(len(points)):
        t = points[place]
        after[players] = weights[place]
        for player in range(players - 1, -1, -1):
            met = (pattern >> player) & 1
            after[player] = after[player + 1] * ((1.0 - t) * share[player] + t * met)
        before = 1.0
        for player in range(players):
            met = (pattern >> player) & 1
            to[player] += before * after[player + 1] * (met - share[player])
            before *= (1.0 - t) * share[player] + t * met


@compiled
def add_leaf(
    value: float, paths: Paths, level: int, rule: Rule, phi: Any
) -> None:  # pragma: no cover
    """Add to `phi`, (columns, rows), what the leaf at the end of a path gives to every row."""
    players, patterns = paths.players[level], paths.patterns[level]
    names, share = paths.names[level, :players], paths.share[level, :players]
    places = (players + 1) // 2
    points, weights = rule.points[players, :places], rule.weights[players, :places]
    mask = (np.int64(1) << players) - 1
    answer = np.empty(players)
    if players > _TABLE or mask >= len(patterns):
        for row in range(len(patterns)):
            answers(patterns[row] & mask, share, points, weights, answer)
            for player in range(players):
                phi[names[player], row] += value * answer[player]
        return
    table = np.empty((players, mask + 1))
    for pattern in range(mask + 1):
        answers(pattern, share, points, weights, answer)
        for player in range(players):
            table[player, pattern] = value * answer[player]
    for player in range(players):
        own, kept = phi[names[player]], table[player]
        for row in range(len(patterns)):
            own[row] += kept[patterns[row] & mask]


@compiled
def step_down(
    tree: Tree, node: int, level: int, left: bool, paths: Paths
) -> None:  # pragma: no cover
    """Take the path one level down, to a node that is left or right of the one above."""
    parent, many = paths.node[level - 1], paths.players[level - 1]
    place = many
    for player in range(many):
        paths.names[level, player] = paths.names[level - 1, player]
        paths.share[level, player] = paths.share[level - 1, player]
        if paths.names[level, player] == tree.feature[parent]:
            place = player
    if place == many:
        paths.names[level, place], paths.share[level, place] = tree.feature[parent], 1.0
        many += 1
    both = tree.cover[tree.left[parent]] + tree.cover[tree.right[parent]]
    # where the background never comes, either way is as good as the other
    paths.share[level, place] *= tree.cover[node] / both if both > 0 else 0.5
    paths.players[level] = many
    bit = np.int64(1) << place
    for row in range(paths.patterns.shape[1]):
        missed = np.int64(paths.went[level - 1, row] != left)
        paths.patterns[level, row] = paths.patterns[level - 1, row] & ~(bit * missed)


@compiled
def add_tree(tree: Tree, matrix: Any, depth: int, rule: Rule, phi: Any) -> None:  # pragma: no cover
    """Add a tree's Shapley values to those of every row.

    Parameters
    ----------
    tree : Tree
    matrix : array, (columns, rows)
    depth : int
        Most conditions on a path.
    rule : Rule
    phi : array, (columns, rows)
    """
    rows = matrix.shape[1]
    paths = Paths(
        np.full((depth + 1, rows), -1, dtype=np.int64),
        np.empty((depth + 1, rows), dtype=np.bool_),
        np.empty((depth + 1, depth + 1), dtype=np.int64),
        np.empty((depth + 1, depth + 1)),
        np.zeros(depth + 1, dtype=np.int64),
        np.zeros(depth + 1, dtype=np.int64),
    )
    todo = np.zeros((depth + 2, 3), dtype=np.int64)  # node, its level, 1 if left of its parent
    count = 1
    while count:
        count -= 1
        node, level = todo[count, 0], todo[count, 1]
        if level:
            step_down(tree, node, level, todo[count, 2] == 1, paths)
        if tree.feature[node] < 0:
            add_leaf(tree.value[node], paths, level, rule, phi)
            continue
        column, went = matrix[tree.feature[node]], paths.went[level]
        for row in range(rows):
            went[row] = is_left(tree, node, column[row])
        paths.node[level] = node
        todo[count, 0], todo[count, 1], todo[count, 2] = tree.right[node], level + 1, 0
        todo[count + 1, 0], todo[count + 1, 1] = tree.left[node], level + 1
        todo[count + 1, 2] = 1
        count += 2


@compiled
def add_cover(tree: Tree, matrix: Any) -> None:  # pragma: no cover
    """Count, into the tree's covers, the rows of a matrix that come through each node."""
    for row in range(matrix.shape[1]):
        node = 0
        tree.cover[0] += 1.0
        while tree.feature[node] >= 0:
            to_left = is_left(tree, node, matrix[tree.feature[node], row])
            node = tree.left[node] if to_left else tree.right[node]
            tree.cover[node] += 1.0
