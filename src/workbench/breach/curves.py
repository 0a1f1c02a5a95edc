"""Curves: calibration, net benefit, and breaches caught at what can be reviewed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.breach.calibration import expit, logit
from workbench.breach.frames import Floats, Ints
from workbench.breach.resampling import intervals

BINS = 200
POINTS = 40
WIDTH = 0.35
"""Width of the smoother, in standard deviations of the log odds."""
THRESHOLDS = tuple(np.round(np.arange(0.05, 0.95, 0.05), 2))
CAPACITIES = (0.05, 0.1, 0.2, 0.3)


def calibration_curve(
    outcome: Floats, risk: Floats, group: Ints, *, replicates: int, seed: int
) -> pd.DataFrame:
    """Share of events as a smooth function of risk, with a band.

    A local straight line on the log odds of the risk (Copas 1983), on `BINS` bins of equal
    size, so that resampling by patient costs one sum a replicate.

    Returns
    -------
    DataFrame
        ``risk, observed, lower, upper``; empty if there are too few rows.
    """
    columns = ["risk", "observed", "lower", "upper"]
    if len(outcome) < 2 * POINTS or risk.min() == risk.max():
        return pd.DataFrame(columns=columns, dtype=float)
    margin = logit(risk)
    cuts = np.unique(np.quantile(margin, np.linspace(0, 1, BINS + 1)[1:-1]))
    place = np.searchsorted(cuts, margin)
    at = np.quantile(margin, np.linspace(0.01, 0.99, POINTS))
    middle = np.bincount(place, margin, len(cuts) + 1) / np.maximum(
        np.bincount(place, minlength=len(cuts) + 1), 1
    )
    kernel = np.exp(-0.5 * ((middle[None] - at[:, None]) / (WIDTH * margin.std())) ** 2)

    def smooth(weight: Floats) -> Floats:
        count = np.bincount(place, weight, len(cuts) + 1).astype(np.float64)
        events = np.bincount(place, weight * outcome, len(cuts) + 1).astype(np.float64)
        return _local_line(kernel, middle, at, count, events)

    lower, upper = intervals(smooth, group, replicates, seed)
    observed = smooth(np.ones(len(outcome)))
    return pd.DataFrame(
        {"risk": expit(at), "observed": observed, "lower": lower, "upper": upper}
    ).drop_duplicates("risk")


def _local_line(
    kernel: Floats, middle: Floats, at: Floats, count: Floats, events: Floats
) -> Floats:
    away = middle[None] - at[:, None]
    weight = kernel * count
    s0, s1, s2 = (weight * away**power for power in (0, 1, 2))
    a0, a1, a2 = s0.sum(axis=1), s1.sum(axis=1), s2.sum(axis=1)
    share = np.divide(events, count, out=np.zeros_like(events), where=count > 0)
    b0, b1 = (s0 * share).sum(axis=1), (s1 * share).sum(axis=1)
    base = a0 * a2 - a1**2
    line = np.divide(a2 * b0 - a1 * b1, base, out=b0 / np.maximum(a0, 1e-12), where=base > 1e-9)
    return np.asarray(np.clip(line, 0, 1))


def decision_curve(outcome: Floats, risk: Floats, longest: Floats, tie: Ints) -> pd.DataFrame:
    """Net benefit of reviewing those above a risk, against all, none and the longest waiters.

    Parameters
    ----------
    outcome, risk : array
    longest : array
        Days waited so far.
    tie : int array
        Settles equal ranks: place of the case by its id.

    Returns
    -------
    DataFrame
        ``threshold, flagged, model, all, none, longest_waiter``; the last reviews as many
        as the model does (Vickers and Elkin 2006).
    """
    count = max(len(outcome), 1)
    ranked = outcome[np.lexsort((tie, -longest))]
    caught = np.r_[0.0, np.cumsum(ranked)]
    rows = []
    for threshold in THRESHOLDS:
        flagged = risk >= threshold
        price = threshold / (1 - threshold)
        many = int(flagged.sum())

        def benefit(found: float, seen: float, price: float = price) -> float:
            return (found - (seen - found) * price) / count

        rows.append(
            (threshold, many / count, benefit(float(outcome[flagged].sum()), many),
             benefit(float(outcome.sum()), len(outcome)), 0.0, benefit(float(caught[many]), many))
        )  # fmt: skip
    names = ["threshold", "flagged", "model", "all", "none", "longest_waiter"]
    return pd.DataFrame(rows, columns=names)


def capture(
    outcome: Floats, ranks: dict[str, Floats], group: Ints, tie: Ints, *, replicates: int, seed: int
) -> pd.DataFrame:
    """Share of events among as many cases as can be reviewed.

    Parameters
    ----------
    outcome : array
    ranks : dict of str to array
        By model, what cases are put in order by, greatest first.
    group, tie : int arrays

    Returns
    -------
    DataFrame
        ``model, capacity, captured, lower, upper``; capacity is a share of the cases.
    """
    rows = []
    for name, rank in ranks.items():
        order = np.lexsort((tie, -rank))
        sorted_outcome = outcome[order]

        def caught(weight: Floats, order: Ints = order, events: Floats = sorted_outcome) -> Floats:
            sorted_weight = weight[order]
            reached = np.cumsum(sorted_weight)
            found = np.cumsum(sorted_weight * events)
            if not len(found) or not found[-1]:
                return np.full(len(CAPACITIES), np.nan)
            at = np.searchsorted(reached, np.array(CAPACITIES) * reached[-1], side="right")
            return np.asarray(np.r_[0.0, found][at] / found[-1])

        lower, upper = intervals(caught, group, replicates, seed)
        estimate = caught(np.ones(len(outcome)))
        rows += list(zip([name] * len(CAPACITIES), CAPACITIES, estimate, lower, upper, strict=True))
    return pd.DataFrame(rows, columns=["model", "capacity", "captured", "lower", "upper"])
