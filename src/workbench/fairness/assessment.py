"""Assess anyone's scores: whether they serve each group of patients alike, and how sure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from workbench.errors import ParameterError
from workbench.fairness.cases import Cases, Columns, as_frame, read_cases
from workbench.fairness.groups import ALL
from workbench.fairness.observed import observed_table
from workbench.fairness.rate_figures import rate_figures
from workbench.fairness.rates import RATES
from workbench.fairness.redraws import streams
from workbench.fairness.scored import SCORED
from workbench.fairness.scored_figures import scored_figures
from workbench.fairness.spreads import spread_rows
from workbench.fairness.tables import (
    bounds_table,
    calibration_table,
    cells_table,
    gaps_table,
    metrics_table,
    unknown_table,
)

METRICS = (
    "fnr", "selection_rate", "precision", "fpr", "auc", "observed_expected",
    "calibration_slope", "brier",
)  # fmt: skip
"""What is reported unless told otherwise; missed events first."""

REPLICATES = 1_000


@dataclass(frozen=True, eq=False)
class Assessment:
    """What was found; one table a question. Rates and differences are shares (0.05 is 5 points).

    Attributes
    ----------
    metrics : DataFrame
        ``characteristic, group, metric, n, events, estimate, lower, upper, status`` of
        everyone (``All``), every group, and where characteristics meet (``a x b``); then
        ``raw`` (before small groups are drawn to the mean), the counts behind a rate, and of
        how many people they are where rows are gathered by person (``people...``): whoever
        publishes must judge these too.
    gaps : DataFrame
        ``characteristic, group, metric, difference, lower, upper, p, q, status``: each
        group against everyone else. ``q`` is adjusted over the whole table.
    spread : DataFrame
        ``characteristic, metric, groups, max_min, null_median, null_95, p, sd_between``.
    bounds : DataFrame
        Gaps if all of whom it is not known were the best or the worst served.
    unknown : DataFrame
        Of how many a characteristic is not known, and how they fare.
    smallest : DataFrame
        ``characteristic, group, metric, smallest, status``: smallest gap that would have
        been seen four times out of five.
    calibration : DataFrame
        ``characteristic, group, bin, n, events, risk, observed, lower, upper``.
    cells : DataFrame
        Every cell where characteristics meet, its rates drawn towards the mean.
    observed : DataFrame
        The gap in the outcome itself, crude and standardised; no model is in it.
    facts : dict
        Counts and settings: cases, events, flagged, clusters, smallest score flagged,
        tests, replicates, seed.
    """

    metrics: pd.DataFrame
    gaps: pd.DataFrame
    spread: pd.DataFrame
    bounds: pd.DataFrame
    unknown: pd.DataFrame
    smallest: pd.DataFrame
    calibration: pd.DataFrame
    cells: pd.DataFrame
    observed: pd.DataFrame
    facts: Mapping[str, Any]


def assess(
    scores: pd.DataFrame | ArrayLike,
    outcome: str | ArrayLike,
    *,
    score: str = "risk",
    groups: Sequence[str] | pd.DataFrame,
    capacity: float | None = 0.2,
    threshold: float | None = None,
    cluster: str | ArrayLike | None = None,
    site: str | None = None,
    id: str | Sequence[str] | None = None,
    adjust_for: Sequence[str] = (),
    metrics: Sequence[str] = METRICS,
    replicates: int = REPLICATES,
    seed: int = 1,
    intersections: bool = True,
) -> Assessment:
    """Assess scores by group.

    Parameters
    ----------
    scores : DataFrame or array_like
        One row a case whose outcome is known; or the scores alone.
    outcome : str or array_like
        Column of 0 and 1 (1: what the score warns of), or the outcomes.
    score : str, optional
        Column of scores, higher for more likely events. Level, slope and error are
        reckoned only of scores that are probabilities.
    groups : sequence of str, or DataFrame
        Columns of characteristics. Missing and blank values are a group, never left out.
    capacity : float, optional
        Share of cases that can be looked at: the highest scores are flagged.
    threshold : float, optional
        Flag scores from here on instead.
    cluster : str or array_like, optional
        Whom several rows are of: patients, or Trusts for gaps between them.
    site : str, optional
        Column of the Trust; the service's own gap is standardised for it too.
    id : str or sequence of str, optional
        Settles equal scores at the end of the list. Left out, they are settled by a lot
        that depends on what rows hold, not on their order.
    adjust_for : sequence of str, optional
        Columns of case mix for the service's own gap: tumour group, route, month.
    metrics : sequence of str, optional
        Of `METRICS`, or ``tpr`` and ``tnr``.
    replicates : int, optional
        Samples behind the intervals. 1,000 settle a limit to a twentieth of the width.
    seed : int, optional
    intersections : bool, optional
        Whether characteristics are crossed, by two and by three.

    Returns
    -------
    Assessment

    Raises
    ------
    ParameterError
        A column or metric is not there, a group is an identifier, or the list has no end.
    InputError
        A score or outcome is missing or impossible. Nothing is dropped in silence.

    Notes
    -----
    Intervals hold the flags as they fell: they say how the figures of this list would move
    with other patients, not how the list would.
    """
    frame, outcome_name, score_name, names = as_frame(scores, outcome, score, groups)
    if cluster is not None and not isinstance(cluster, str):
        frame, cluster = frame.assign(_cluster=pd.Series(cluster).array), "_cluster"
    adjusting = tuple(dict.fromkeys([*adjust_for, *([site] if site else [])]))
    columns = Columns(
        outcome_name, score_name, names, cluster,
        (id,) if isinstance(id, str) else tuple(id or ()), adjusting,
    )  # fmt: skip
    _refuse(metrics, replicates, seed)
    cases = read_cases(
        frame, columns, capacity=capacity, threshold=threshold, intersections=intersections
    )
    asked = {"capacity": None if threshold is not None else capacity, "threshold": threshold}
    return _assessed(cases, tuple(metrics), adjusting, replicates, seed, asked)


def _assessed(
    cases: Cases, metrics: tuple[str, ...], adjust_for: tuple[str, ...], replicates: int,
    seed: int, asked: dict[str, Any],
) -> Assessment:  # fmt: skip
    random = streams(seed, ("rates", "scores", "spread"))
    chosen = [name for name in metrics if name in RATES]
    figures = rate_figures(cases, chosen, replicates=replicates, random=random["rates"])
    chosen = [name for name in metrics if name in SCORED]
    figures += scored_figures(cases, chosen, replicates=replicates, random=random["scores"])
    place = {one.characteristic: at for at, one in enumerate(cases.grouping.partitions)}
    figures.sort(key=lambda one: (place[one.partition.characteristic], metrics.index(one.metric)))
    gaps, smallest = gaps_table(cases, figures)
    return Assessment(
        metrics=metrics_table(cases, figures),
        gaps=gaps,
        spread=spread_rows(cases, figures, replicates, random["spread"]),
        bounds=bounds_table(cases, figures),
        unknown=unknown_table(cases),
        smallest=smallest,
        calibration=calibration_table(cases),
        cells=cells_table(cases, figures),
        observed=observed_table(cases, adjust_for),
        facts=_facts(cases, gaps) | asked | {"replicates": replicates, "seed": seed},
    )


def _facts(cases: Cases, gaps: pd.DataFrame) -> dict[str, Any]:
    flagged = cases.score[cases.flagged]
    return {
        "cases": len(cases),
        "events": int(cases.outcome.sum()),
        "flagged": int(cases.flagged.sum()),
        "lowest_flagged": float(flagged.min()) if len(flagged) else None,
        "clusters": None if cases.cluster is None else int(cases.cluster.max()) + 1,
        "groups": sum(len(one) for one in cases.grouping.partitions if one.characteristic != ALL),
        "tests": int(gaps["p"].notna().sum()),
        "risks": cases.is_risk,
    }


def _refuse(metrics: Sequence[str], replicates: int, seed: int) -> None:
    known = (*METRICS, *(name for name in RATES if name not in METRICS))
    faults = [f"'{name}' is no metric; known are {', '.join(known)}"
              for name in metrics if name not in known]  # fmt: skip
    if not metrics or len(set(metrics)) < len(metrics):
        faults.append("metrics must be named, each once")
    if replicates < 0 or seed < 0:
        faults.append("replicates and seed must be 0 or more")
    if faults:
        raise ParameterError("The assessment cannot be made.", faults)
