"""Pairs of encoded records that win against their rivals, each with its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from workbench.errors import InputError, ParameterError
from workbench.linkage.encoded_files import faults_of, header, refuse_unlike
from workbench.linkage.encoded_pairs import DIFFERENT, EQUAL, MISSING, Floats, Pairs, compared
from workbench.linkage.encoded_probability import curve, mutual_best

RULES = {
    EQUAL: "encoded: NHS number and likeness",
    MISSING: "encoded: likeness",
    DIFFERENT: "encoded: likeness against NHS number",
}
CONTESTED = 0.03
"""A rival that is as close as this in likeness, with the same evidence of the NHS number, makes
it a guess which of the two is meant."""
LIKE, ALIKE = 0.8, 0.97
"""Likeness that is told as close, and as equal, in the evidence for a reviewer."""
LEAST_LIKENESS, REVIEWED = 0.5, 0.9
"""Below this likeness an equal NHS number alone ties two records, and that is never accepted
but reviewed: their probability is held at the second figure."""

_MOST_WEIGHT = 20.0  # bits: a probability is rounded, and 0 and 1 have no logarithm


@dataclass(frozen=True, eq=False)
class EncodedPairs:
    """What linking encoded sources gives, before it is made into persons.

    Attributes
    ----------
    pairs : DataFrame
        Every pair that won against its rivals: ``record_id_left``, ``source_left``,
        ``record_id_right``, ``source_right``, ``match_rule``, ``match_probability``,
        ``match_weight`` (bits), ``agreement_nhs_number`` and ``agreement_likeness``.
    blocks_passed_over : int
        Blocks too large to tell anybody apart; their pairs were sought in other blocks.
    """

    pairs: pd.DataFrame
    blocks_passed_over: int


def encoded_pairs(tables: Sequence[pa.Table]) -> EncodedPairs:
    """Compare each two encoded sources, and choose one-to-one pairs with a probability.

    Parameters
    ----------
    tables : sequence of pyarrow.Table
        From `encode`, one a source; each holds a person once.

    Raises
    ------
    InputError
        There are fewer than two, one is no encoded source, or they were encoded under
        different secrets or parameters.
    """
    _refuse_unusable(tables)
    most = int(header(tables[0])["most_records_in_a_block"])
    within = [compared(table, table, most=most)[0] for table in tables]
    frames, over = [], 0
    for left, right in combinations(range(len(tables)), 2):
        pairs, passed = compared(tables[left], tables[right], most=most)
        over += passed
        frames.append(
            _told(
                tables[left],
                tables[right],
                *_chosen(
                    pairs,
                    (within[left], within[right]),
                    (tables[left].num_rows, tables[right].num_rows),
                ),
            )
        )
    together = pd.concat(frames, ignore_index=True)
    keys = ["source_left", "record_id_left", "source_right", "record_id_right"]
    return EncodedPairs(together.sort_values(keys, ignore_index=True), over)


def _refuse_unusable(tables: Sequence[pa.Table]) -> None:
    if len(tables) < 2:
        raise ParameterError("Two encoded sources or more are needed to link.")
    faults = [f"table {n}: {f}" for n, table in enumerate(tables, 1) for f in faults_of(table)]
    if faults:
        raise InputError("These are no encoded sources.", faults)
    refuse_unlike(tables)


def _chosen(
    pairs: Pairs, within: tuple[Pairs, Pairs], sizes: tuple[int, int]
) -> tuple[Pairs, Floats]:
    """Pairs that won against their rivals, with the probability that each is one person."""
    winners = pairs.at(mutual_best(pairs, _score(pairs)))
    strangers = tuple(own.at(mutual_best(own, _score(own))) for own in within)
    learnt = curve(winners, (strangers[0], strangers[1]), sizes)
    probability = learnt.of(winners)
    probability[_contested(pairs, winners)] *= 0.5
    alone = (winners.number == EQUAL) & (winners.dice < LEAST_LIKENESS)
    probability[alone] = np.minimum(probability[alone], REVIEWED)
    return winners, np.round(probability, 6)


def _score(pairs: Pairs) -> Floats:
    """Order among rivals: an NHS number that agrees counts as much as a quarter of likeness."""
    number: Floats = np.choose(pairs.number, [0.25, 0.0, -0.1])
    return pairs.dice + number


def _contested(pairs: Pairs, winners: Pairs) -> npt.NDArray[np.bool_]:
    """Whether another pair of one of its records is about as good."""
    score, won = _score(pairs), _score(winners)
    out = np.zeros(len(winners), dtype=bool)
    for rows, own in ((pairs.left, winners.left), (pairs.right, winners.right)):
        order = np.lexsort((-score, rows))
        ordered = rows[order]
        first = np.searchsorted(ordered, own)
        second = np.minimum(first + 1, len(ordered) - 1)
        rival = (ordered[second] == own) & (second > first)
        out |= rival & (score[order][second] > won - CONTESTED)
    return out


def _told(left: pa.Table, right: pa.Table, pairs: Pairs, probability: Floats) -> pd.DataFrame:
    """Pairs as a table, with what speaks for each; no value of anybody."""
    odds = np.clip(probability, 1e-9, 1 - 1e-9)
    weight = np.clip(np.log2(odds / (1 - odds)), -_MOST_WEIGHT, _MOST_WEIGHT)
    close = np.where(pairs.dice >= LIKE, "close", "different")
    return pd.DataFrame(
        {
            "record_id_left": left["record_id"].to_numpy()[pairs.left],
            "source_left": left["source"].to_numpy()[pairs.left],
            "record_id_right": right["record_id"].to_numpy()[pairs.right],
            "source_right": right["source"].to_numpy()[pairs.right],
            "match_rule": np.array([RULES[n] for n in range(3)])[pairs.number],
            "match_probability": probability,
            "match_weight": np.round(weight, 4),
            "agreement_nhs_number": np.array(["equal", "missing", "different"])[pairs.number],
            "agreement_likeness": np.where(pairs.dice >= ALIKE, "equal", close),
            "likeness": pairs.dice,
        }
    )
