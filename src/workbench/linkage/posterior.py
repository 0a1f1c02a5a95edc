"""How sure a link is: one person, one household, or chance.

Columns that agree are no independent evidence where two people live together: twins
share birth date, family name and postcode, and parents and children a name and an
address. So a pair is weighed against three explanations besides being one person:
chance, twins, and relatives at one address. How common each is, is learnt from all
pairs kept, apart for pairs within a source and across.

Method: Fellegi and Sunter's weights with the mixture's shares found by expectation
maximisation, all chances fixed; the likelihood has one maximum, so that no start matters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.linkage.agreement import SWAPPED, SWAPPED_FIRST
from workbench.linkage.columns import Column
from workbench.linkage.compare import by_rarity
from workbench.linkage.model import Model

Floats = npt.NDArray[np.float64]

SAME_PERSON, TWINS, RELATIVES = range(3)

_ROUNDS = 60
_UNSEEN_PAIRS = 10_000.0
"""Pairs of strangers added to those there are, so that few pairs prove nothing by themselves."""
_TWINS_NAMESAKES = 0.002
_RELATIVES_NAMESAKES = 0.03
_NUMBER_SHARED = 5e-4
_TWINS_NUMBERS_CLOSE = 0.05


@dataclass(frozen=True, eq=False)
class Weighed:
    """Pairs with the weight of each explanation.

    Attributes
    ----------
    bits : array of float, pairs by 3
        log2 of how much likelier than chance: one person, twins, relatives.
    """

    bits: Floats

    @property
    def weight(self) -> Floats:
        """Match weight in bits, as Fellegi and Sunter have it."""
        return self.bits[:, SAME_PERSON]

    def chosen(self, which: npt.NDArray[np.bool_]) -> Weighed:
        """Some of the pairs."""
        return Weighed(self.bits[which])


def weighed(pairs: pa.Table, columns: Sequence[Column], model: Model) -> Weighed:
    """Weigh pairs column by column.

    Parameters
    ----------
    pairs : pyarrow.Table
        From `compared`.
    columns : sequence of Column
    model : Model
    """
    bits = np.zeros((len(pairs), 3))
    names = [column.name for column in columns if column.kind == "name"]
    rare = set(by_rarity(columns))
    for column in columns:
        level = pairs[column.name].to_numpy().astype(int)
        rarity = pairs[f"{column.name}__rarity"].to_numpy() if column.name in rare else None
        own = _bits(level, rarity, model, column)
        given = column.name in names[:-1]
        if given and (level >= SWAPPED).any():
            own = np.where(level >= SWAPPED, _bits_swapped(level, pairs, names, model), own)
        bits[:, SAME_PERSON] += own
        bits[:, TWINS] += _shared(column, own, level, rarity, given, model, TWINS)
        bits[:, RELATIVES] += _shared(column, own, level, rarity, given, model, RELATIVES)
    return Weighed(np.round(bits, 6))


def _bits(
    level: npt.NDArray[np.int_], rarity: Floats | None, model: Model, column: Column
) -> Floats:
    chances = model.chances[column.name]
    table = np.array([*chances.bits(), 0.0, 0.0, 0.0, 0.0])  # then swapped, then missing (-1)
    bits = table[level]
    if rarity is not None:
        equal = math.log2(chances.same[0]) - np.nan_to_num(rarity)
        bits = np.where(level == 0, equal, bits)
    return np.asarray(bits)


def _bits_swapped(
    level: npt.NDArray[np.int_], pairs: pa.Table, names: Sequence[str], model: Model
) -> Floats:
    """Weight of swapped names: as rare as they are where exact, as telling as likeness is."""
    exact = [-np.nan_to_num(pairs[f"{name}__rarity"].to_numpy()) for name in names[:2]]
    alike = []
    for name in names[:2]:
        same, apart = model.chances[name].same[1:-1], model.chances[name].apart[1:-1]
        alike.append(max(math.log2(sum(same) / sum(apart)), 0.0))
    both = [exact[0] + exact[1], exact[0] + alike[1], exact[1] + alike[0]]
    found = np.select([level == SWAPPED, level == SWAPPED_FIRST], both[:2], both[2])
    return np.asarray(math.log2(model.swapped) + found)


def _shared(
    column: Column,
    own: Floats,
    level: npt.NDArray[np.int_],
    rarity: Floats | None,
    given: bool,
    model: Model,
    who: int,
) -> Floats:
    """Weight of a column for two people of one household, against chance."""
    nothing = np.zeros(len(level))
    common = np.zeros(len(level)) if rarity is None else np.nan_to_num(rarity)
    match column.kind:
        case "postcode" | "text":
            return own
        case "code":
            return own
        case "date":
            return own if who == TWINS else nothing
        case "name" if given:
            share = _TWINS_NAMESAKES if who == TWINS else _RELATIVES_NAMESAKES
            likelier = math.log2(share) - common
            if who == RELATIVES:
                likelier = np.maximum(likelier, 0.0)
            return np.where(level == 0, likelier, nothing)
        case "name":
            return own
        case "nhs_number" | "number":
            apart = model.chances[column.name].apart
            near = math.log2(_TWINS_NUMBERS_CLOSE / apart[1]) if who == TWINS else 0.0
            near = min(near, math.log2(model.chances[column.name].same[1] / apart[1]))
            return np.select(
                [level == 0, level == 1],
                [math.log2(_NUMBER_SHARED) - common, np.full(len(level), near)],
                nothing,
            )
        case _:
            return nothing


def odds_of_one_person(weighed_pairs: Weighed, pairs_in_all: float, certain: int) -> Floats:
    """Odds that each pair is one person, after learning how common the explanations are.

    Parameters
    ----------
    weighed_pairs : Weighed
        All pairs of one stratum that were kept.
    pairs_in_all : float
        Pairs there are in it, kept or not.
    certain : int
        Links of the stratum that match keys have made already. They are one person's pairs
        too: without them, those that no key links would look rarer than they are, since a
        pair's chances are over all levels, the ones that keys take included.

    Returns
    -------
    array of float
    """
    likelier = np.exp2(np.minimum(weighed_pairs.bits, 200.0))
    whole = pairs_in_all + _UNSEEN_PAIRS
    share = np.array([(certain + 1.0) / whole, 1e-7, 1e-6])
    for _ in range(_ROUNDS):
        chance = max(1.0 - share.sum(), 1e-6)
        parts = likelier * share
        total = parts.sum(axis=1) + chance
        found = (parts / total[:, None]).sum(axis=0)
        share = (found + np.array([certain + 0.5, 0.05, 0.05])) / whole
        share = np.array([float(f"{one:.9g}") for one in share])
    parts = likelier * share
    chance = max(1.0 - share.sum(), 1e-6)
    return np.asarray(parts[:, SAME_PERSON] / (parts[:, TWINS] + parts[:, RELATIVES] + chance))


def among_rivals(
    odds: Floats,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    source_left: npt.NDArray[np.int64],
    source_right: npt.NDArray[np.int64],
) -> Floats:
    """Probability of each link, given that a record has one like in another source at most.

    Every other candidate of either record in that source is a rival: their odds are added
    to the odds of no link.

    Parameters
    ----------
    odds : array of float
        Of each pair by itself.
    left, right, source_left, source_right : array of int
        The two records and their sources; the left source is the lesser.
    """
    if not len(odds):
        return odds
    sources = int(max(source_left.max(), source_right.max())) + 1
    from_left = np.unique(left * sources + source_right, return_inverse=True)[1]
    from_right = np.unique(right * sources + source_left, return_inverse=True)[1]
    capped = np.minimum(odds, 1e15)
    rivals = (
        np.bincount(from_left, capped)[from_left]
        + np.bincount(from_right, capped)[from_right]
        - 2 * capped
    )
    return np.asarray(capped / (1.0 + capped + np.maximum(rivals, 0.0)))
