"""Linkage of encoded sources: one person a cluster, and no identifier seen by anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from workbench.errors import ParameterError
from workbench.linkage.encoded_files import header
from workbench.linkage.encoded_pairs import Bools, Floats, Ints
from workbench.linkage.encoded_weighing import RULES, encoded_pairs
from workbench.linkage.identity import identities, names_before, persons_before
from workbench.linkage.linked import Linked
from workbench.linkage.overrides import overrides
from workbench.linkage.sealed import LEFT, PAIR, RIGHT
from workbench.linkage.thresholds import threshold_table
from workbench.linkage.ties import Ties, certain, clustered

DECISION = "decision"

_RULES = (*RULES.values(), DECISION)
_TIED = (*PAIR, "match_rule", "match_probability", "match_weight")


def link_encoded(
    encoded: Sequence[pa.Table],
    *,
    threshold: float = 0.95,
    review_from: float = 0.5,
    previous: pd.DataFrame | None = None,
    decisions: pd.DataFrame | None = None,
) -> Linked:
    """Find the records of one person across sources that were encoded at their sites.

    Parameters
    ----------
    encoded : sequence of pyarrow.Table
        From `encode` or `read_encoded`, one a source, each person once in it.
    threshold : float, optional
        Accept a link from this probability.
    review_from : float, optional
        Pairs from this probability to the threshold are doubtful.
    previous : DataFrame, optional
        Clusters of an earlier run, whose ``person_id`` are kept.
    decisions : DataFrame, optional
        Pairs that people have decided; they win.

    Returns
    -------
    Linked
        As `link`; the evidence for a doubtful pair is ``agreement_nhs_number`` and
        ``agreement_likeness``, and ``model`` says how the sources were encoded.

    Raises
    ------
    InputError
        The sources were encoded under different secrets or parameters, or are none.
    ParameterError
        A threshold is no probability, or there are fewer than two sources.
    """
    if not 0 < review_from <= threshold <= 1:
        raise ParameterError(
            "The thresholds cannot be used.",
            ["0 < review_from <= threshold <= 1 does not hold"],
        )
    weighed = encoded_pairs(encoded)
    keys = _keys(encoded)
    decided = overrides(keys, decisions)
    ties, frame = _ties(keys, weighed.pairs)
    source = pd.factorize(keys["source"].to_pandas(), sort=True)[0].astype(np.int64)
    sure = ties.probability >= threshold
    label, used = clustered(source, ties.chosen(sure), decided)
    taken = np.zeros(len(ties), dtype=bool)
    taken[np.flatnonzero(sure)[used]] = True
    apart = label[ties.left] != label[ties.right]
    doubtful = (ties.probability >= review_from) & apart & ~_settled(ties, decided.different)
    _, possible = clustered(source, ties, decided)
    before = persons_before(keys, previous)
    who = identities(keys, label, before, names_before(previous))
    pairs = pd.concat([frame.loc[taken, [*_TIED]], _decided(keys, decided.same)])
    return Linked(
        clusters=_clusters(keys, who.person_id, pairs),
        pairs=pairs.sort_values([*PAIR], ignore_index=True),
        review=frame.loc[doubtful].sort_values([*PAIR], ignore_index=True),
        rules=_counted(pairs),
        thresholds=threshold_table(
            ties.probability, possible, certain=len(decided.same), review_from=review_from
        ),
        changes=who.changes,
        model={**header(encoded[0]), "blocks_passed_over": weighed.blocks_passed_over},
    )


def _keys(encoded: Sequence[pa.Table]) -> pa.Table:
    """Every record once, sorted by source and record: its place is its row from here on."""
    plain = [
        table.select(["record_id", "source"]).replace_schema_metadata(None) for table in encoded
    ]
    order = [("source", "ascending"), ("record_id", "ascending")]
    return pa.concat_tables(plain).sort_by(order).combine_chunks()


def _ties(keys: pa.Table, pairs: pd.DataFrame) -> tuple[Ties, pd.DataFrame]:
    """Pairs by row, the surest first, and their table in the same order."""
    row = pd.Series(
        np.arange(len(keys)), index=pd.MultiIndex.from_frame(keys.to_pandas()), dtype="int64"
    )
    left, right = (
        row.reindex(pd.MultiIndex.from_frame(pairs[[*side]])).to_numpy(dtype=np.int64)
        for side in (LEFT, RIGHT)
    )
    probability: Floats = pairs["match_probability"].to_numpy(dtype=np.float64)
    order = np.lexsort((right, left, -pairs["likeness"].to_numpy(), -probability))
    rule = pairs["match_rule"].map(_RULES.index).to_numpy(dtype=np.int64)
    weight: Floats = pairs["match_weight"].to_numpy(dtype=np.float64)
    ties = Ties(left, right, rule, probability, weight).chosen(order)
    return ties, pairs.iloc[order].drop(columns="likeness").reset_index(drop=True)


def _settled(ties: Ties, different: Ints) -> Bools:
    """Pairs that a person has decided to be different: there is no doubt left."""
    span = int(max(ties.left.max(initial=0), ties.right.max(initial=0), different.max(initial=0)))
    said = different.min(axis=1) * (span + 1) + different.max(axis=1)
    low, high = np.minimum(ties.left, ties.right), np.maximum(ties.left, ties.right)
    return np.asarray(np.isin(low * (span + 1) + high, said))


def _decided(keys: pa.Table, same: Ints) -> pd.DataFrame:
    """Links that people made."""
    made = certain(same[:, 0], same[:, 1], np.zeros(len(same), dtype=np.int64))
    named: dict[str, Any] = {}
    for side, rows in ((LEFT, made.left), (RIGHT, made.right)):
        held = keys.take(pa.array(rows)).to_pandas()
        named |= {side[0]: held["record_id"], side[1]: held["source"]}
    frame = pd.DataFrame({**named, "match_rule": DECISION})
    return frame.assign(match_probability=made.probability, match_weight=made.weight)


def _clusters(keys: pa.Table, person_id: pd.Series, pairs: pd.DataFrame) -> pd.DataFrame:
    """One row a record, with the weakest of the links that tie it in."""
    said = ["match_rule", "match_probability"]
    ends = pd.concat(
        [
            pairs[[*side, *said]].set_axis(["record_id", "source", *said], axis=1)
            for side in (LEFT, RIGHT)
        ]
    )
    ends = ends.sort_values(["record_id", "source", "match_probability", "match_rule"])
    weakest = ends.drop_duplicates(["record_id", "source"])
    frame = keys.to_pandas().assign(person_id=person_id.to_numpy())
    met = frame.merge(weakest, on=["record_id", "source"], how="left", validate="one_to_one")
    columns = ["record_id", "source", "person_id", *said]
    out: pd.DataFrame = met[columns].sort_values(["record_id", "source"], ignore_index=True)
    return out


def _counted(pairs: pd.DataFrame) -> pd.DataFrame:
    counts = pairs["match_rule"].value_counts()
    return pd.DataFrame(
        {"match_rule": _RULES, "pairs": [int(counts.get(rule, 0)) for rule in _RULES]}
    )
