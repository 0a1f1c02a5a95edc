"""Learning curve: what more patients to learn from would still bring.

References
----------
Christodoulou E et al (2021). Diagnostic and Prognostic Research 5:19 (adaptive sample size).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.breach.evaluation import measures_of
from workbench.breach.frames import Cases, Ints
from workbench.breach.plan import Plan
from workbench.breach.roles import Roles
from workbench.breach.splits import Split
from workbench.breach.training import Model, fit

SHARES = (0.05, 0.1, 0.2, 0.4)
"""Of the patients learnt from, each twice the one before; all of them come last. To double
what there is costs as much again as the whole curve, so that it is not extrapolated."""
COLUMNS = (
    "share", "patients_learnt_from", "rows_learnt_from", "metric", "estimate", "lower", "upper"
)  # fmt: skip
_FEWEST = 100
"""Patients that a point of the curve needs."""


def learning_curve(
    held: Cases, roles: Roles, split: Split, plan: Plan, judged: Model
) -> pd.DataFrame:
    """Judge models that have learnt from fewer patients, all on the same rows.

    Parameters
    ----------
    held : Cases
    roles : Roles
        Of the judged model.
    split : Split
    plan : Plan
    judged : Model
        Has learnt from all of them.

    Returns
    -------
    DataFrame
        `COLUMNS`. The patients of each share are among those of the next; the rows that
        calibrate are the same share of patients, for they are learnt from too.
    """
    test = held.taken(split.test)
    rank = _rank(held.group, np.r_[split.train, split.calibrate], plan.seed)
    models: dict[float, tuple[Model, Split]] = {}
    for share in SHARES:
        one = _part(split, rank, share)
        outcome = held.outcome[one.train]
        enough = len(np.unique(held.group[one.train])) >= _FEWEST
        if enough and outcome.min() < outcome.max():
            models[share] = fit(held, roles, one, plan.seed, plan.model, **plan.options), one
    models[1.0] = judged, split
    parts = []
    for share, (model, one) in models.items():
        table = measures_of(
            model.name, model.risk(test), test, replicates=plan.replicates, seed=plan.seed,
            by_landmark=False,
        )  # fmt: skip
        parts.append(
            table.assign(
                share=share,
                patients_learnt_from=len(np.unique(held.group[one.train])),
                rows_learnt_from=len(one.train),
            )
        )
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _rank(group: Ints, rows: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.float64]:
    """A place between 0 and 1 for every row's patient, the same for all of a patient's rows."""
    patients = np.unique(group[rows])
    drawn = np.random.default_rng(seed).permutation(len(patients)) / max(len(patients), 1)
    place = np.searchsorted(patients, group)
    there = place < len(patients)
    return np.where(there, drawn[np.minimum(place, len(patients) - 1)], 1.0)


def _part(split: Split, rank: npt.NDArray[np.float64], share: float) -> Split:
    train, calibrate = (rows[rank[rows] < share] for rows in (split.train, split.calibrate))
    return replace(split, train=train, calibrate=calibrate)
