"""The judged risks beside those of a discrete-time hazard, row by row and in measures.

Two ways to one risk: where they differ much, look why before using either. The hazard
learns from what was seen before the judging clocks started, as the judged model did, and
from the stretches of those that were still waiting then.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from workbench.breach.evaluation import ALL, measures_of
from workbench.breach.frames import Cases, Floats
from workbench.breach.hazard import hazard_risks
from workbench.breach.plan import Plan
from workbench.breach.roles import Roles
from workbench.breach.settings import Settings

HAZARD = "discrete-time hazard"
COLUMNS = ("model", "landmark_day", "metric", "estimate", "lower", "upper", "n", "events")
NEEDED = ("ended_day", "clock_start_date", "landmark_day", "landmark_date", "days_taken_off")
LEARNT_FROM = 15_000
"""Landmark rows that the hazard learns from: each is followed through every stretch ahead, so
that it costs as much as several times as many. A check needs no more."""


def cross_check(
    frame: pd.DataFrame, roles: Roles, settings: Settings, plan: Plan,
    *, test: Cases, judged: Floats, name: str, starts: date, standard: str, standard_days: int,
) -> pd.DataFrame:  # fmt: skip
    """Reckon the judging rows' risks by a discrete-time hazard, and hold both together.

    Parameters
    ----------
    frame : DataFrame
        Landmarks, all of them.
    roles : Roles
    settings : Settings
        Landmark days.
    plan : Plan
    test : Cases
        Rows to judge on, from `frame`.
    judged : array
        Their risks by the judged model.
    name : str
        Of the judged model.
    starts : date
        First day of the judging clocks: what came later is not learnt from.
    standard : str
    standard_days : int

    Returns
    -------
    DataFrame
        `COLUMNS`: measures of both models by landmark; of `HAZARD` also ``apart`` (mean
        absolute difference of the two risks) and ``agreement`` (rank correlation).
    """
    days = settings.landmark_days[standard]
    judging = _places(frame, roles, test)
    earlier = _some(frame, roles, starts, plan.seed)
    rows = pd.concat([frame.iloc[judging], earlier], ignore_index=True)
    risk = hazard_risks(
        rows, roles, days, standard_days, as_of=starts - timedelta(days=1), seed=plan.seed
    )[: len(judging)]
    tables = [
        measures_of(label, one, test, replicates=plan.replicates, seed=plan.seed)
        for label, one in ((name, judged), (HAZARD, risk))
    ]
    made = pd.concat([*tables, _apart(judged, risk, test)], ignore_index=True)
    return made[list(COLUMNS)]


def _places(frame: pd.DataFrame, roles: Roles, test: Cases) -> list[int]:
    """Rows of the frame that the judging rows are, in their order."""
    keys = pd.MultiIndex.from_frame(frame[list(roles.id)].astype("str"))
    wanted = pd.MultiIndex.from_frame(test.ids.astype("str"))
    return [int(place) for place in keys.get_indexer(wanted)]


def _some(frame: pd.DataFrame, roles: Roles, starts: date, seed: int) -> pd.DataFrame:
    """Landmarks before the judging clocks: of as many patients as `LEARNT_FROM` allows."""
    before = frame[frame["landmark_date"] < pd.Timestamp(starts)]
    if len(before) <= LEARNT_FROM or roles.group is None:
        return before
    whose, patients = pd.factorize(before[roles.group], sort=True)
    order = np.random.default_rng(seed).permutation(len(patients))
    return before[order[whose] < len(patients) * LEARNT_FROM / len(before)]


def _apart(judged: Floats, risk: Floats, test: Cases) -> pd.DataFrame:
    """How far the two risks lie from each other, and how alike they rank."""
    days = {ALL: np.ones(len(test), dtype=bool)}
    days |= {str(day): test.landmark == day for day in np.unique(test.landmark)}
    rows = []
    for day, here in days.items():
        one, other = pd.Series(judged[here]), pd.Series(risk[here])
        count = {"landmark_day": day, "n": len(one), "events": int(test.outcome[here].sum())}
        rows.append({**count, "metric": "apart", "estimate": float((one - other).abs().mean())})
        ranks = one.rank().corr(other.rank()) if one.nunique() > 1 < other.nunique() else np.nan
        rows.append({**count, "metric": "agreement", "estimate": float(ranks)})
    return pd.DataFrame(rows).assign(model=HAZARD, lower=np.nan, upper=np.nan)
