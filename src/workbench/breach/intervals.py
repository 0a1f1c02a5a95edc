"""Intervals of single risks: what the data leave open, and what the features do not tell.

Two kinds of doubt are added on the log-odds scale. *Refits*: the model is fitted again on
samples of the patients, and its risks move. *Unexplained*: patients of one risk differ in
ways that the model is not told (protected characteristics first of all), and so do the weeks
in which their clocks start (a holiday, a strike); how much is estimated from how far groups
of patients come out from their risks, less what chance alone would do (DerSimonian and Laird
1986), summed over characteristics, for their effects add up on this scale. The method's name is
`METHOD`; its coverage of the true risk is measured where the truth is planted
(``benchmarks/breach.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from workbench.breach.calibration import expit
from workbench.breach.frames import Cases, Floats, Ints
from workbench.breach.roles import Roles
from workbench.breach.training import Model

METHOD = (
    "refits on samples of patients, and unexplained differences between groups of patients "
    "and between weeks"
)
LEVEL = 0.9
REFITS = 10
WEEK = "week"
"""What a week does to all whose clocks start in it: a holiday, a strike, a scanner out of order."""
_SMALLEST = 10.0
"""Expected events and non-events that a group needs to say anything."""


@dataclass(frozen=True)
class Doubt:
    """What intervals are made of, besides the refits.

    Attributes
    ----------
    unexplained : mapping of str to float
        By characteristic that is no feature, variance between its groups on the log-odds scale;
        and between the weeks in which clocks start, where there are days (`WEEK`).
    misfit : mapping of str to float
        The same by feature. Features overlap and show one lack of fit several times over, so
        that the greatest stands for all.
    calibration : float
        Variance of the calibration's own level.
    """

    unexplained: Mapping[str, float]
    misfit: Mapping[str, float]
    calibration: float

    @property
    def variance(self) -> float:
        """Of everything that no refit shows."""
        misfit = max(self.misfit.values(), default=0.0)
        return float(sum(self.unexplained.values())) + misfit + self.calibration


def doubt(model: Model, held: Cases, roles: Roles) -> Doubt:
    """Estimate what the model's features do not tell.

    Parameters
    ----------
    model : Model
    held : Cases
        Rows that the model was calibrated on, or any that it has not learnt from.
    roles : Roles
        Which of the characteristics are features.
    """
    margin = model.margin(held)
    found = {
        name: between_groups(margin, held.outcome, coded.places, held.group)
        for name, coded in held.codes.items()
        if len(coded.levels) > 1
    }
    if len(held.site.levels) > 1:
        found["site"] = between_groups(margin, held.outcome, held.site.places, held.group)
    risk = expit(margin)
    information = float((risk * (1 - risk)).sum())
    if held.origin is not None:
        weeks = held.origin.astype("datetime64[D]").astype(np.int64) // 7
        found[WEEK] = between_groups(margin, held.outcome, weeks - weeks.min(), held.group)
    features = {one.name for one in roles.features} | {"site"}
    return Doubt(
        {name: one for name, one in found.items() if name not in features},
        {name: one for name, one in found.items() if name in features},
        1 / information if information else 0.0,
    )


def between_groups(
    margin: Floats, outcome: Floats, place: npt.NDArray[Any], patient: Ints
) -> float:
    """Variance between groups of what is added to their log odds.

    Parameters
    ----------
    margin : array
        Calibrated log odds.
    outcome : array
    place, patient : int array
        Group and patient of each row. A patient's rows come out alike, so what chance
        alone gives is summed by patient.
    """
    risk = expit(margin)
    information = np.bincount(place, risk * (1 - risk))
    enough = np.minimum(np.bincount(place, risk), np.bincount(place, 1 - risk)) >= _SMALLEST
    if enough.sum() < 2:
        return 0.0
    lack = outcome - risk
    pairs, which = np.unique(np.column_stack([place, patient]), axis=0, return_inverse=True)
    chance = np.bincount(pairs[:, 0], np.bincount(which.ravel(), lack) ** 2, len(information))
    weight = information[enough]
    # one Newton step from no difference: enough for the small differences that are looked for
    moved = np.bincount(place, lack)[enough] / weight
    share = weight / weight.sum()
    spread = float((weight * (moved - float((share * moved).sum())) ** 2).sum())
    expected = float((chance[enough] / weight * (1 - share)).sum())
    room = float(weight.sum() * (1 - (share**2).sum()))
    return max(0.0, (spread - expected) / room) if room > 0 else 0.0


def risk_intervals(
    model: Model, refits: Sequence[Model], doubts: Doubt, cases: Cases, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """Risk of each case with its interval.

    Parameters
    ----------
    model : Model
    refits : sequence of Model
        Fitted on samples of patients; none: the interval shows unexplained differences only.
    doubts : Doubt
    cases : Cases
    level : float, optional
        Share of patients whose true risk the interval should hold.

    Returns
    -------
    risk, lower, upper : array
    """
    margin = model.margin(cases)
    variance = np.full(len(cases), doubts.variance)
    if len(refits) > 1:
        total, squares = np.zeros(len(cases)), np.zeros(len(cases))
        for one in refits:
            moved = one.margin(cases) - margin
            total += moved
            squares += moved**2
        mean = total / len(refits)
        variance += (squares - len(refits) * mean**2) / (len(refits) - 1)
    wide = float(ndtri((1 + level) / 2)) * np.sqrt(np.maximum(variance, 0.0))
    return expit(margin), expit(margin - wide), expit(margin + wide)
