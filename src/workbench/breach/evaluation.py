"""Evaluate models on rows that they have not seen, by standard and landmark, with intervals.

Everything comes as tables, so that a card or a report holds no figure that is not in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.breach.curves import calibration_curve, capture, decision_curve
from workbench.breach.frames import Cases, Floats
from workbench.breach.measures import MEASURES, RANKING, measured
from workbench.breach.models import LONGEST
from workbench.breach.resampling import intervals
from workbench.breach.training import Model

ALL = "all"
"""Stands for every landmark together."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Tables of one evaluation.

    Attributes
    ----------
    measures : DataFrame
        ``split, model, landmark_day, metric, estimate, lower, upper, n, patients, events``.
    calibration : DataFrame
        ``landmark_day, risk, observed, lower, upper`` of the first model.
    decisions : DataFrame
        As `curves.decision_curve`, of the first model.
    captured : DataFrame
        As `curves.capture`.
    """

    measures: pd.DataFrame
    calibration: pd.DataFrame
    decisions: pd.DataFrame
    captured: pd.DataFrame


def evaluate(
    models: Sequence[Model],
    test: Cases,
    *,
    replicates: int = 200,
    seed: int = 1,
    split: str = "time",
) -> Evaluation:
    """Evaluate models on the same rows.

    Parameters
    ----------
    models : sequence of Model
        The one of interest first.
    test : Cases
        Every outcome known.
    replicates : int, optional
        Of the bootstrap by patient; 200 give 95 % limits to about a tenth of their width.
        0 gives none.
    seed : int, optional
    split : str, optional
        Name of the split, for the table.
    """
    risks = {model.name: model.risk(test) for model in models}
    tables = [
        measured_table(model, risks[model.name], test, replicates=replicates, seed=seed)
        for model in models
    ]
    first = models[0]
    tie = ties(test)
    return Evaluation(
        pd.concat(tables, ignore_index=True).assign(split=split)[["split", *tables[0].columns]],
        _calibration(risks[first.name], test, replicates, seed),
        decision_curve(test.outcome, risks[first.name], _waited(risks, test), tie),
        capture(test.outcome, risks, test.group, tie, replicates=replicates, seed=seed),
    )


def measured_table(
    model: Model, risk: Floats, test: Cases, *, replicates: int, seed: int
) -> pd.DataFrame:
    """Every measure of one model's risks, at each landmark and at all together.

    Returns
    -------
    DataFrame
        As `Evaluation.measures`, without ``split``.
    """
    parts = []
    for name, rows in _landmarks(test).items():
        outcome, here = test.outcome[rows], risk[rows]
        ranks = model.fitted.ranks_only()
        names = RANKING if ranks else tuple(MEASURES)

        def reckon(
            weight: Floats, outcome: Floats = outcome, here: Floats = here, ranks: bool = ranks
        ) -> Floats:
            return np.array(list(measured(outcome, here, weight, ranks_only=ranks).values()))

        lower, upper = intervals(reckon, test.group[rows], replicates, seed)
        parts.append(
            pd.DataFrame(
                {
                    "model": model.name,
                    "landmark_day": name,
                    "metric": names,
                    "estimate": reckon(np.ones(len(outcome))),
                    "lower": lower,
                    "upper": upper,
                    "n": len(outcome),
                    "patients": len(np.unique(test.group[rows])),
                    "events": int(outcome.sum()),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def ties(cases: Cases) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Place of each case by its id: what settles equal risks, whatever the order of rows."""
    ordered = cases.ids.astype("str").agg("\x00".join, axis=1).to_numpy(dtype=object)
    place = np.empty(len(cases), dtype=np.int64)
    place[np.argsort(ordered, kind="stable")] = np.arange(len(cases))
    return place


def _landmarks(test: Cases) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    every = {ALL: np.arange(len(test))}
    days = np.unique(test.landmark)
    if len(days) < 2:
        return every
    return every | {str(int(day)): np.flatnonzero(test.landmark == day) for day in days}


def _waited(risks: Mapping[str, Floats], test: Cases) -> Floats:
    return risks.get(LONGEST, test.landmark.astype(np.float64))


def _calibration(risk: Floats, test: Cases, replicates: int, seed: int) -> pd.DataFrame:
    parts = []
    for name, rows in _landmarks(test).items():
        curve = calibration_curve(
            test.outcome[rows], risk[rows], test.group[rows], replicates=replicates, seed=seed
        )
        parts.append(curve.assign(landmark_day=name)[["landmark_day", *curve.columns]])
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
