"""Methods that force rates of groups together, for comparison in research only.

Both draw lots: who is flagged changes with the seed, so that two auditors would not find
the same list. They are fitted on one half of the people and judged on the other, and leave
here as `Research`, which holds totals over people and seeds and no row of anyone.

References
----------
Hardt M, Price E, Srebro N (2016). Equality of opportunity in supervised learning. NeurIPS.
Agarwal A et al. (2018). A reductions approach to fair classification. ICML.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit

from workbench.errors import ParameterError
from workbench.fairness.groups import Bools
from workbench.fairness.mitigation_rows import Rows, read_rows
from workbench.statistics.inputs import Floats

OPTIMISER, GRADIENT, PLAIN = "threshold_optimiser", "exponentiated_gradient", "by_risk"
SEEDS = (1, 2, 3)
TABLE = ("method", "judged", "events", "listed", "caught", "caught_by_risk", "changed",
         "changed_listed")  # fmt: skip
BY_GROUP = ("method", "group", "events", "missed")
_MOST = 20_000
"""Rows to learn from: the reduction refits a model tens of times."""

Flag = Callable[[int], Bools]


@dataclass(frozen=True, eq=False)
class Research:
    """Totals of methods that draw lots; there is no list in it to look anyone up in.

    Attributes
    ----------
    table : DataFrame
        One row a method: ``method, judged, events, listed, caught`` (means over seeds),
        ``caught_by_risk`` (by a plain list as long), ``changed`` (share of those judged
        whose flag differs between two seeds), ``changed_listed`` (of those flagged).
    by_group : DataFrame
        ``method, group, events, missed`` (mean over seeds).
    """

    table: pd.DataFrame
    by_group: pd.DataFrame


def research(
    frame: pd.DataFrame,
    outcome: str,
    *,
    group: str,
    id: str,
    score: str = "risk",
    cluster: str | None = None,
    capacity: float = 0.2,
    seeds: Sequence[int] = SEEDS,
) -> Research:
    """Judge fairlearn's ThresholdOptimizer and ExponentiatedGradient beside a plain list.

    Parameters
    ----------
    frame, outcome, group, id, score, cluster, capacity
        As of `workbench.fairness.mitigation.options`.
    seeds : sequence of int, optional
        At least two: how far they disagree is a result.

    Returns
    -------
    Research
        Without rows where the half to learn from came out alike.

    Raises
    ------
    ParameterError
        There are fewer than two seeds, or as of `options`.
    InputError
        As of `options`.
    """
    if len(set(seeds)) < 2:
        raise ParameterError("At least two seeds are needed to show what the lots change.")
    rows = read_rows(
        frame, outcome, score=score, group=group, id=id, cluster=cluster, capacity=capacity
    )
    learn, judge = rows.cluster % 2 == 0, rows.cluster % 2 == 1
    if len(np.unique(rows.outcome[_some(learn)])) < 2:
        return Research(pd.DataFrame(columns=list(TABLE)), pd.DataFrame(columns=list(BY_GROUP)))
    methods = {
        OPTIMISER: _optimiser(rows, learn, judge),
        GRADIENT: _gradient(rows, learn, judge),
    }
    found = [_judged(rows, judge, name, flag, tuple(seeds)) for name, flag in methods.items()]
    table = pd.DataFrame([row for row, _ in found])
    return Research(table, pd.concat([groups for _, groups in found], ignore_index=True))


def _features(rows: Rows, chosen: NDArray[Any]) -> Floats:
    """Log odds of the risk; both methods are told the group besides."""
    return np.asarray(logit(np.clip(rows.score[chosen], 1e-6, 1 - 1e-6))).reshape(-1, 1)


def _optimiser(rows: Rows, learn: Bools, judge: Bools) -> Flag:
    """Thresholds of its own for each group, that miss the same share of events in each."""
    from fairlearn.postprocessing import ThresholdOptimizer
    from sklearn.linear_model import LogisticRegression

    at = _some(learn)
    plain = LogisticRegression(C=1e6).fit(_features(rows, at), rows.outcome[at])
    made = ThresholdOptimizer(
        estimator=plain, constraints="false_negative_rate_parity", prefit=True,
        objective="balanced_accuracy_score", predict_method="predict_proba",
    )  # fmt: skip
    group = _learnable(rows, at)
    made.fit(_features(rows, at), rows.outcome[at], sensitive_features=group[at])
    return lambda seed: np.asarray(
        made.predict(_features(rows, judge), sensitive_features=group[judge], random_state=seed)
        == 1
    )


def _gradient(rows: Rows, learn: Bools, judge: Bools) -> Flag:
    """A lot among models, weighted until groups are missed alike."""
    from fairlearn.reductions import ExponentiatedGradient, TruePositiveRateParity
    from sklearn.linear_model import LogisticRegression

    at = _some(learn)
    made = ExponentiatedGradient(
        LogisticRegression(C=1e6), TruePositiveRateParity(difference_bound=0.02), max_iter=20
    )
    with warnings.catch_warnings():  # fairlearn sets values in a way that pandas will refuse
        warnings.simplefilter("ignore", DeprecationWarning)
        made.fit(
            _with_group(rows, at), rows.outcome[at], sensitive_features=_learnable(rows, at)[at]
        )
    return lambda seed: np.asarray(made.predict(_with_group(rows, judge), random_state=seed) == 1)


def _learnable(rows: Rows, at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Group of every row; one that came out alike throughout counts with the largest.

    Of a group without both outcomes among the rows to learn from there is no rate to force.
    """
    size = len(rows.labels)
    count = np.bincount(rows.group[at], minlength=size)
    events = np.bincount(rows.group[at], rows.outcome[at], size)
    both = (events > 0) & (events < count)
    return np.where(both[rows.group], rows.group, int(np.argmax(np.where(both, count, -1))))


def _some(learn: Bools) -> NDArray[np.int64]:
    """At most `_MOST` rows to learn from, spread evenly over them."""
    at = np.flatnonzero(learn)
    return at if len(at) <= _MOST else at[:: -(-len(at) // _MOST)]


def _with_group(rows: Rows, chosen: NDArray[Any]) -> Floats:
    each = (rows.group[chosen][:, None] == np.arange(len(rows.labels))).astype(float)
    return np.hstack([_features(rows, chosen), each[:, 1:]])


def _judged(
    rows: Rows, judge: Bools, method: str, flag: Flag, seeds: tuple[int, ...]
) -> tuple[dict[str, object], pd.DataFrame]:
    drawn = np.array([flag(seed) for seed in seeds])
    outcome, group = rows.outcome[judge], rows.group[judge]
    listed = float(drawn.sum(axis=1).mean())
    order = np.lexsort((np.arange(len(outcome)), -rows.score[judge]))
    differs = [np.mean(one != other) for one, other in combinations(drawn, 2)]
    event = outcome == 1
    missed = np.array([
        np.bincount(group[event], ~one[event], len(rows.labels)) for one in drawn
    ]).mean(axis=0)  # fmt: skip
    row = {
        "method": method, "judged": int(judge.sum()), "events": int(outcome.sum()),
        "listed": listed, "caught": float((drawn * outcome).sum(axis=1).mean()),
        "caught_by_risk": float(outcome[order[: round(listed)]].sum()),
        "changed": float(np.mean(differs)),
        "changed_listed": float(np.mean(differs) * len(outcome) / listed) if listed else np.nan,
    }  # fmt: skip
    groups = pd.DataFrame(
        {
            "method": method, "group": list(rows.labels),
            "events": np.bincount(group[event], minlength=len(rows.labels)), "missed": missed,
        }
    )  # fmt: skip
    return row, groups
