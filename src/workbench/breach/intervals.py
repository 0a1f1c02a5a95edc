"""Intervals of single risks: what the data leave open, and what the features do not tell.

Two kinds of doubt are added on the log-odds scale. *Refits*: the model is fitted again on
halves of the weeks (`workbench.breach.refits`), and its risks move. *Unexplained*: patients of
one risk differ in ways that the model is not told (protected characteristics first of all), and
so do the weeks in which their clocks start (a holiday, a strike). How much is estimated from how
far groups of patients whom the refits left out come out from their risks, less what chance alone
would do (DerSimonian and Laird 1986) and less what the refits disagree on. It is summed over
characteristics, for their effects add up on this scale, and estimated for each landmark, since
a difference wears off along a clock (Bennett 1983). Coverage of the true risk is measured where
the truth is planted (``benchmarks/breach.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from workbench.breach.calibration import expit, fit_logistic
from workbench.breach.frames import Bools, Cases, Floats, Ints
from workbench.breach.roles import Roles
from workbench.breach.training import Model
from workbench.breach.trend import YEAR

LEVEL = 0.9
REFITS = 20
WEEK = "week"
"""What a week does to all whose clocks start in it: a holiday, a strike, a scanner out of order."""
_SMALLEST = 10.0
"""Expected events and non-events that a group needs to say anything."""


@dataclass(frozen=True)
class Doubt:
    """What intervals are made of, besides the refits.

    Variances may come out below nought: groups differ by less than chance alone would make
    them. They are summed as they are, or chance would add up.

    Attributes
    ----------
    unexplained : mapping of str to mapping of int to float
        By characteristic that is no feature and by landmark, variance between its groups on the
        log-odds scale; and between the weeks in which clocks start, where there are days
        (`WEEK`).
    misfit : mapping of str to float
        By feature, over all landmarks. Features overlap and show one lack of fit several times
        over, so that the greatest stands for all.
    calibration : float
        Variance of the calibration's own level.
    """

    unexplained: Mapping[str, Mapping[int, float]]
    misfit: Mapping[str, float]
    calibration: float

    def variance(self, landmark: Ints) -> Floats:
        """Of everything that no refit shows, for rows of these landmarks.

        Of a landmark on which nothing is known it is that of the landmark in most doubt.
        """
        days = {day for one in self.unexplained.values() for day in one}
        between = {
            day: max(0.0, sum(one[day] for one in self.unexplained.values() if day in one))
            for day in sorted(days)
        }
        made = np.full(len(landmark), max(between.values(), default=0.0))
        for day, found in between.items():
            made[landmark == day] = found
        return made + max([0.0, *self.misfit.values()]) + self.calibration


def doubt(margin: Floats, held: Cases, roles: Roles, apart: Floats | None = None) -> Doubt:
    """Estimate what the model's features do not tell.

    Parameters
    ----------
    margin : array
        Calibrated log odds of rows that they were not learnt from.
    held : Cases
        The rows.
    roles : Roles
        Which of the characteristics are features.
    apart : array, rows by refits, optional
        How far each refit is from `margin`; NaN where it has learnt from the row. What refits
        disagree on between groups is in the intervals already, and is taken off.
    """
    level = _levelled(margin, held)
    places = {name: one.places for name, one in held.codes.items() if len(one.levels) > 1}
    if len(held.site.levels) > 1:
        places["site"] = held.site.places
    if held.origin is not None:
        weeks = held.origin.astype("datetime64[D]").astype(np.int64) // 7
        places[WEEK] = weeks - weeks.min(initial=0)
    features = {one.name for one in roles.features} | {"site"}
    every = np.ones(len(held), dtype=bool)
    days = {int(day): held.landmark == day for day in np.unique(held.landmark)}

    def found(name: str, here: Bools) -> float | None:
        own = None if apart is None else apart[here]
        return _beyond_refits(level[here], held.taken(here), places[name][here], own)

    overall = {name: found(name, every) or 0.0 for name in places}
    unexplained = {
        # where too few say anything of a landmark, what holds over all
        name: {day: _first(found(name, here), overall[name]) for day, here in days.items()}
        for name in places
        if name not in features
    }
    risk = expit(level)
    information = float((risk * (1 - risk)).sum())
    return Doubt(
        unexplained,
        {name: one for name, one in overall.items() if name in features},
        1 / information if information else 0.0,
    )


def _first(found: float | None, otherwise: float) -> float:
    return otherwise if found is None else found


def _beyond_refits(
    margin: Floats, held: Cases, place: npt.NDArray[Any], apart: Floats | None
) -> float | None:
    """Variance between groups, less that of what single refits say of the groups."""
    found = between_groups(margin, held.outcome, place, held.group)
    if found is None or apart is None:
        return found
    risk = expit(margin)
    information = risk * (1 - risk)
    said = np.stack([_means(one, information, place) for one in apart.T])
    return found - float(
        np.average(said.var(axis=0, ddof=1), weights=np.bincount(place, information))
    )


def _means(apart: Floats, information: Floats, place: npt.NDArray[Any]) -> Floats:
    """How far one refit is off in each group, beyond how far it is off over all."""
    told = ~np.isnan(apart)
    weight, of = information[told], place[told]
    off, groups = weight * apart[told], int(place.max()) + 1
    within = np.bincount(of, weight, groups)
    means = np.bincount(of, off, groups) / np.where(within > 0, within, 1.0)
    return np.asarray(means - off.sum() / max(weight.sum(), np.finfo(float).tiny))


def _levelled(margin: Floats, held: Cases) -> Floats:
    """Margins moved to what came out, by landmark and along a line in time.

    A level that is off, or a service that gets quicker, would show as a difference between
    any groups that do not start alike.
    """
    if len(margin) == 0 or held.outcome.min() == held.outcome.max():
        return margin
    columns = [held.landmark == day for day in np.unique(held.landmark)]
    if held.origin is not None:
        days = held.origin.astype("datetime64[D]").astype(np.float64)
        columns.append((days - days.mean()) / YEAR)
    design = np.column_stack(columns).astype(np.float64)
    found = fit_logistic(design, held.outcome, offset=margin)
    moved = np.zeros(len(margin))
    for column, value in zip(design.T, found, strict=True):  # in one order, whatever the threads
        moved += value * column
    return margin + moved


def between_groups(
    margin: Floats, outcome: Floats, place: npt.NDArray[Any], patient: Ints
) -> float | None:
    """Variance between groups of what is added to their log odds.

    Groups count as draws from all that there might be, not by their size: what sets a small
    group apart is to be in the intervals of its patients.

    Parameters
    ----------
    margin : array
        Calibrated log odds.
    outcome : array
    place, patient : int array
        Group and patient of each row. A patient's rows come out alike, so what chance
        alone gives is summed by patient.

    Returns
    -------
    float or None
        Below nought where groups differ by less than chance alone would make them. None where
        fewer than two groups are large enough to say anything.
    """
    risk = expit(margin)
    information = np.bincount(place, risk * (1 - risk))
    enough = np.minimum(np.bincount(place, risk), np.bincount(place, 1 - risk)) >= _SMALLEST
    if enough.sum() < 2:
        return None
    lack = outcome - risk
    _, person = np.unique(patient, return_inverse=True)
    width = int(person.max()) + 1
    pairs, which = np.unique(place.astype(np.int64) * width + person, return_inverse=True)
    chance = np.bincount(pairs // width, np.bincount(which, lack) ** 2, len(information))
    weight = information[enough]
    # one Newton step from no difference: enough for the small differences that are looked for
    moved = np.bincount(place, lack)[enough] / weight
    share = weight / weight.sum()
    spread = float((weight * (moved - float((share * moved).sum())) ** 2).sum())
    expected = float((chance[enough] / weight * (1 - share)).sum())
    return (spread - expected) / float(weight.sum() * (1 - (share**2).sum()))


def method(refits: int) -> str:
    """What the interval is called where it is given."""
    unexplained = "unexplained differences between groups and weeks"
    return f"{refits} refits, and {unexplained}" if refits > 1 else unexplained


def risk_intervals(
    model: Model, refits: Sequence[Model], doubts: Doubt, cases: Cases, level: float = LEVEL
) -> tuple[Floats, Floats, Floats]:
    """Risk of each case with its interval.

    Parameters
    ----------
    model : Model
    refits : sequence of Model
        Fitted on halves; fewer than two: the interval shows unexplained differences only.
    doubts : Doubt
    cases : Cases
    level : float, optional
        Share of patients whose true risk the interval should hold.

    Returns
    -------
    risk, lower, upper : array
    """
    margin = model.margin(cases)
    variance = doubts.variance(cases.landmark)
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
