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
from workbench.breach.measures import measured
from workbench.breach.models import LONGEST
from workbench.breach.redrawn import redrawn
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
    """Every measure of one model's risks; see `measures_of`."""
    return measures_of(
        model.name, risk, test, replicates=replicates, seed=seed,
        ranks_only=model.fitted.ranks_only(),
    )  # fmt: skip


def measures_of(
    name: str, risk: Floats, test: Cases, *, replicates: int, seed: int, ranks_only: bool = False,
    by_landmark: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """Every measure of some risks, at each landmark and at all together.

    Parameters
    ----------
    name : str
        Of what gave the risks.
    risk : array
    test : Cases
    replicates, seed : int
    ranks_only : bool, optional
    by_landmark : bool, optional
        Off: all landmarks together, and no more.

    Returns
    -------
    DataFrame
        As `Evaluation.measures`, without ``split``.
    """
    parts = []
    parts_of = _landmarks(test) if by_landmark else {ALL: np.arange(len(test))}
    for day, rows in parts_of.items():
        outcome, here = test.outcome[rows], risk[rows]
        said = measured(outcome, here, ranks_only=ranks_only)
        ends = redrawn(
            outcome, here, test.group[rows], replicates=replicates, seed=seed,
            ranks_only=ranks_only,
        )  # fmt: skip
        parts.append(
            pd.DataFrame(
                {
                    "model": name,
                    "landmark_day": day,
                    "metric": list(said),
                    "estimate": list(said.values()),
                    "lower": [ends[metric][0] for metric in said],
                    "upper": [ends[metric][1] for metric in said],
                    "n": len(outcome),
                    "patients": len(np.unique(test.group[rows])),
                    "events": int(outcome.sum()),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def ties(cases: Cases) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Place of each case by its id: what settles equal risks, whatever the order of rows."""
    # the first column is the last key of a sort by several
    columns = [pd.factorize(cases.ids[name].astype("str"), sort=True)[0] for name in cases.ids]
    place = np.empty(len(cases), dtype=np.int64)
    place[np.lexsort(columns[::-1])] = np.arange(len(cases))
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
