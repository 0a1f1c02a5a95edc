"""Which weighed pairs become links: duplicates first, then one to one among rivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from workbench.linkage.linked import Outcome
from workbench.linkage.match_keys import MatchKey
from workbench.linkage.model import Model
from workbench.linkage.overrides import Overrides
from workbench.linkage.posterior import among_rivals, odds_of_one_person, weighed
from workbench.linkage.records import Loaded
from workbench.linkage.ties import Ties, clustered, is_among, surest_first

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Task:
    """What every step needs to know."""

    con: Any
    data: Loaded
    keys: tuple[MatchKey, ...]
    decided: Overrides
    threshold: float
    review_from: float
    seed: int

    @property
    def records(self) -> int:
        """How many there are."""
        return len(self.data.keys)

    @property
    def model_rule(self) -> int:
        """Place of the model among the names of rules."""
        return len(self.keys)


def still_open(task: Task, label: Ints) -> npt.NDArray[np.bool_]:
    """Records whose person has not been found in every source yet."""
    source = task.data.source
    sources = len(task.data.sources)
    seen = np.unique(label * sources + source) // sources
    held = np.bincount(seen, minlength=task.records)[label]
    return np.asarray((held < sources) | (sources == 1))


def duplicates_first(ties: Ties, source: Ints) -> Ties:
    """Ties within a source before those across, each by the order of keys."""
    return ties.chosen(np.argsort(source[ties.left] != source[ties.right], kind="stable"))


def resolved(
    task: Task, by_key: Ties, label: Ints, pairs: pa.Table, model: Model, names: list[str]
) -> Outcome:
    """Turn weighed pairs into links, and what is doubtful into a list for review.

    Parameters
    ----------
    task : Task
    by_key : Ties
        What match keys linked.
    label : array of int
        Clusters that these make.
    pairs : pyarrow.Table
        From `compared`.
    model : Model
    names : list of str
        Of the rules.
    """
    source = task.data.source
    weights = weighed(pairs, task.data.columns, model)
    left, right = (pairs[name].to_numpy().astype(np.int64) for name in ("row_l", "row_r"))
    one_source = source[left] == source[right]
    within, across = _pair_counts(source, still_open(task, label), len(task.data.sources))
    odds = np.zeros(len(left))
    across_by_key = source[by_key.left] != source[by_key.right]
    for stratum, count, known in (
        (one_source, within, ~across_by_key),
        (~one_source, across, across_by_key),
    ):
        odds[stratum] = odds_of_one_person(weights.chosen(stratum), count, certain=int(known.sum()))
    rule = np.full(len(left), task.model_rule)
    scored = Ties(left, right, rule, odds / (1 + odds), weights.weight)
    sure = duplicates_first(by_key, source)
    likely = one_source & (scored.probability >= task.threshold)
    doubles = surest_first(scored, np.flatnonzero(likely))
    label, _ = clustered(source, sure.then(scored.chosen(doubles)), task.decided)
    probability = _with_rivals(label, source, left, right, odds, scored.probability)
    scored = Ties(left, right, rule, probability, weights.weight)
    across_likely = ~one_source & (probability >= task.threshold)
    order = np.concatenate([doubles, surest_first(scored, np.flatnonzero(across_likely))])
    return _accepted(task, sure, scored, order, pairs, model, names)


def _pair_counts(source: Ints, still: npt.NDArray[np.bool_], sources: int) -> tuple[float, float]:
    """Pairs that may be one person: within a source, and across two."""
    whole = np.bincount(source, minlength=sources).astype(float)
    held = np.bincount(source[still], minlength=sources).astype(float)
    across = (held.sum() ** 2 - (held**2).sum()) / 2
    return float((held * (whole - held / 2)).sum()), float(across)


def _with_rivals(
    label: Ints, source: Ints, left: Ints, right: Ints, odds: Any, probability: Any
) -> Any:
    """Probabilities across sources among rivals; each pair of groups by its best records."""
    across = np.flatnonzero((source[left] != source[right]) & (label[left] != label[right]))
    a, b = label[left[across]], label[right[across]]
    s, t = source[left[across]], source[right[across]]
    order = np.lexsort((right[across], left[across], -odds[across], t, s, b, a))
    groups = np.stack([a, b, s, t])[:, order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (groups[:, 1:] != groups[:, :-1]).any(axis=0)
    best = order[first]
    found = probability.copy()
    found[across] = 0.0  # a worse pair of two groups whose best pair stands for them
    found[across[best]] = among_rivals(odds[across[best]], a[best], b[best], s[best], t[best])
    return found


def _accepted(
    task: Task,
    sure: Ties,
    scored: Ties,
    order: Ints,
    pairs: pa.Table,
    model: Model,
    names: list[str],
) -> Outcome:
    """Links of keys and, in this order, of the model; and what might have been."""
    source = task.data.source
    ties = sure.then(scored.chosen(order))
    label, taken = clustered(source, ties, task.decided)
    apart = label[scored.left] != label[scored.right]
    apart &= ~is_among(scored, task.decided.different)
    doubtful = np.flatnonzero((scored.probability >= task.review_from) & apart)
    doubtful = surest_first(scored, doubtful)
    would = ties.chosen(taken).then(scored.chosen(doubtful))
    _, possible = clustered(source, would, task.decided)
    linkable = np.zeros(len(scored), dtype=bool)
    linkable[order[taken[len(sure) :]]] = True
    linkable[doubtful[possible[int(taken.sum()) :]]] = True
    return Outcome(
        label=label,
        ties=ties.chosen(taken),
        review=scored.chosen(doubtful),
        evidence=pairs.take(pa.array(doubtful)),
        # a pair whose records are joined by surer ones is neither a link of its own nor missed
        weighed=scored.chosen(apart | linkable),
        possible=linkable[apart | linkable],
        decided=task.decided,
        names=names,
        model=model,
        threshold=task.threshold,
        review_from=task.review_from,
    )
