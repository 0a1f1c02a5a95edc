"""The tables that a linkage gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from workbench.linkage.agreement import names_of, words
from workbench.linkage.identity import Identities
from workbench.linkage.model import Model
from workbench.linkage.overrides import Overrides
from workbench.linkage.records import Loaded
from workbench.linkage.thresholds import threshold_table
from workbench.linkage.ties import Ties, certain

Ints = npt.NDArray[np.int64]

MODEL = "model"
DECISION = "decision"

_SIDES = ("record_id_left", "source_left", "record_id_right", "source_right")


@dataclass(frozen=True, eq=False)
class Outcome:
    """What was decided about rows, before they are named.

    Attributes
    ----------
    label : array of int
        Cluster of each record.
    ties : Ties
        Those accepted.
    review : Ties
        Doubtful pairs; `evidence` has their levels.
    evidence : pyarrow.Table
    weighed : Ties
        All pairs that the model weighed.
    possible : array of bool
        Which of them are links if the threshold lets them.
    decided : Overrides
    names : list of str
        Of the rules.
    model : Model
    threshold, review_from : float
    """

    label: Ints
    ties: Ties
    review: Ties
    evidence: pa.Table
    weighed: Ties
    possible: npt.NDArray[np.bool_]
    decided: Overrides
    names: list[str]
    model: Model
    threshold: float
    review_from: float

    @classmethod
    def empty(cls, names: list[str], model: Model, threshold: float, review_from: float) -> Outcome:
        """Of no records."""
        rows = np.empty(0, dtype=np.int64)
        none = certain(rows, rows, rows)
        return cls(
            rows,
            none,
            none,
            pa.table({}),
            none,
            rows.astype(bool),
            Overrides.none(),
            names,
            model,
            threshold,
            review_from,
        )


@dataclass(frozen=True, eq=False)
class Linked:
    """Who is whom.

    Attributes
    ----------
    clusters : DataFrame
        One row a record: ``record_id, source, person_id, match_rule, match_probability`` (of
        the weakest link that ties the record in; missing where it stands alone).
    pairs : DataFrame
        Accepted links: both records, ``match_rule, match_probability, match_weight``.
    review : DataFrame
        Doubtful pairs, with ``agreement_COLUMN`` (equal, close, different, missing).
    rules : DataFrame
        ``match_rule, pairs``: what each rule linked, in the order they are tried.
    thresholds : DataFrame
        ``threshold, links, review, expected_false_links, expected_missed_links``.
    changes : DataFrame
        ``kind, person_id, into``: persons merged or split since the previous run.
    model : dict
        Of plain lists and numbers, to score other records with.
    """

    clusters: pd.DataFrame
    pairs: pd.DataFrame
    review: pd.DataFrame
    rules: pd.DataFrame
    thresholds: pd.DataFrame
    changes: pd.DataFrame
    model: dict[str, Any]


def linked_tables(data: Loaded, outcome: Outcome, who: Identities) -> Linked:
    """Name the rows of an outcome.

    Parameters
    ----------
    data : Loaded
    outcome : Outcome
    who : Identities
        A person of each record.
    """
    ties = _with_decisions(outcome)
    review = _named(data, outcome.review, outcome.names)
    for column, level in _evidence(data, outcome).items():
        review[f"agreement_{column}"] = level
    certain_links = int((ties.rule != outcome.names.index(MODEL)).sum())
    return Linked(
        clusters=_clusters(data, ties, outcome.names, who.person_id),
        pairs=_named(data, ties, outcome.names).sort_values(list(_SIDES), ignore_index=True),
        review=review.sort_values(list(_SIDES), ignore_index=True),
        rules=_rules(ties, outcome.names),
        thresholds=threshold_table(
            outcome.weighed.probability,
            outcome.possible,
            certain=certain_links,
            review_from=outcome.review_from,
        ),
        changes=who.changes,
        model=outcome.model.as_json(),
    )


def _with_decisions(outcome: Outcome) -> Ties:
    same = outcome.decided.same
    made = certain(same[:, 0], same[:, 1], np.full(len(same), outcome.names.index(DECISION)))
    return made.then(outcome.ties)


def _evidence(data: Loaded, outcome: Outcome) -> dict[str, Any]:
    if not len(outcome.review):
        return {column.name: pd.Series(dtype="str") for column in data.columns}
    held = outcome.evidence
    said = {
        column.name: words(held[column.name].to_numpy(), column.kind) for column in data.columns
    }
    two = names_of(data.columns)
    if two is not None:
        levels = held[two[0]].to_numpy()
        crossed = levels == levels.max(initial=0)
        crossed &= levels > 4
        said[two[1]] = np.where(crossed, "close", said[two[1]])
    return said


def _named(data: Loaded, ties: Ties, names: list[str]) -> pd.DataFrame:
    """Ties with their records' keys; the record that sorts first is on the left."""
    low, high = np.minimum(ties.left, ties.right), np.maximum(ties.left, ties.right)
    sides = {}
    for side, rows in (("left", low), ("right", high)):
        keys = data.keys.take(pa.array(rows))
        sides[f"record_id_{side}"] = keys["record_id"].to_pandas().astype("str")
        sides[f"source_{side}"] = keys["source"].to_pandas().astype("str")
    return pd.DataFrame(
        {
            **sides,
            "match_rule": pd.Series(np.array(names, dtype=object)[ties.rule], dtype="str"),
            "match_probability": np.round(ties.probability, 6),
            "match_weight": np.round(ties.weight, 3),
        }
    )


def _clusters(data: Loaded, ties: Ties, names: list[str], person_id: pd.Series) -> pd.DataFrame:
    """One row a record, with the weakest of the ties that end at it."""
    count = len(data.keys)
    row = np.concatenate([ties.left, ties.right])
    order = np.lexsort((-np.tile(ties.rule, 2), np.tile(ties.probability, 2), row))
    row, first = np.unique(row[order], return_index=True)
    weakest = order[first] % max(len(ties), 1)
    rule = np.full(count, None, dtype=object)
    rule[row] = np.array(names, dtype=object)[ties.rule[weakest]]
    probability = np.full(count, np.nan)
    probability[row] = np.round(ties.probability[weakest], 6)
    frame: pd.DataFrame = data.keys.to_pandas().astype("str")
    return (
        frame.assign(
            person_id=person_id.to_numpy(),
            match_rule=pd.Series(rule, dtype="str"),
            match_probability=probability,
        )
        .astype({"person_id": "str"})
        .sort_values(["record_id", "source"], ignore_index=True)
    )


def _rules(ties: Ties, names: list[str]) -> pd.DataFrame:
    counts = np.bincount(ties.rule, minlength=len(names))
    return pd.DataFrame({"match_rule": names, "pairs": counts})
