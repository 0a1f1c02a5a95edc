"""Cross-check: the chance to stay open, stretch by stretch, from all follow-up there is.

A model of a target that is known only after 62 days learns nothing from the last two
months. A discrete-time hazard does: each landmark is followed through the stretches to the
next landmarks, for as long as it has been seen, and the chance of staying open through each
is learnt. Multiplied up to the standard's day they give the same risk by another way. Where
the two differ much, look why before using either.

References
----------
Tutz G, Schmid M (2016). Modeling discrete time-to-event data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.breach.calibration import expit
from workbench.breach.frames import Cases, Floats, cases
from workbench.breach.models import BOOSTING, learn
from workbench.breach.roles import ROW, Feature, Roles

FROM, TO = "stretch_from", "stretch_to"
ENDED, STARTED, DAY = "ended_day", "clock_start_date", "landmark_day"


def hazard_risks(
    frame: pd.DataFrame,
    roles: Roles,
    days: Sequence[int],
    standard_days: int,
    *,
    as_of: date,
    seed: int = 1,
    name: str = BOOSTING,
) -> Floats:
    """Risk of being open past the standard's day, for every row of a frame of landmarks.

    Parameters
    ----------
    frame : DataFrame
        From `workbench.breach.landmarks`.
    roles : Roles
        Of landmarks.
    days : sequence of int
        Landmark days of the standard.
    standard_days : int
    as_of : date
        Learn from landmarks up to this day, followed up to it; later ones are only scored.
    seed : int, optional
    name : str, optional
        Learner.

    Returns
    -------
    array
        Row by row.
    """
    plain = replace(roles, outcome="stayed", settled=None, leave_out={})
    stretched = replace(
        plain,
        features=(*roles.features, Feature(FROM, "number", ROW), Feature(TO, "number", ROW)),
        id=(*roles.id, TO),
    )
    bounds = [*days, standard_days]
    learnt = _followed(frame, bounds, as_of)
    model = learn(name, cases(learnt, stretched).cases, stretched, seed)
    held = cases(frame, plain, outcome_needed=False).cases
    stays = np.ones(len(frame))
    for first, last in pairwise(bounds):
        ahead = np.flatnonzero(held.landmark <= first)
        if len(ahead):
            some = _at(held.taken(ahead), first, last)
            stays[ahead] *= expit(model.margin(some))
    return stays


def _at(held: Cases, first: int, last: int) -> Cases:
    """The same cases, asked about one stretch."""
    stretch = {FROM: np.full(len(held), float(first)), TO: np.full(len(held), float(last))}
    return replace(held, numbers={**held.numbers, **stretch})


def _followed(frame: pd.DataFrame, bounds: Sequence[int], as_of: date) -> pd.DataFrame:
    """One row a landmark and stretch that it was seen to the end of, or ended in."""
    seen = frame[frame["landmark_date"] <= pd.Timestamp(as_of)]
    followed = (pd.Timestamp(as_of) - seen[STARTED]).dt.days - seen["days_taken_off"]
    ended = seen[ENDED].where(seen[ENDED] <= followed)  # what came later was not known then
    parts = []
    for first, last in pairwise(bounds):
        there = (seen[DAY] <= first) & ~(ended <= first)
        told = there & ((followed >= last) | ended.notna())
        part = seen[told].drop(columns="outcome")
        stayed = ~(ended[told] <= last)
        parts.append(part.assign(**{FROM: first, TO: last, "stayed": stayed.astype("int64")}))
    learnt: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return learnt
