"""The planted effects on every scale that a report uses, from the model and not from a draw.

Each is reckoned on a large draw of the same population, every patient's chance integrated
over frailty, so that no luck of a region's own waits is in it. What is left of chance is
which patients the draw holds: `mc_se`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.demo.cohort import effects
from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.hazards import LONGEST, STANDARD_DAYS, Clocks
from workbench.demo.cohort.margins import Floats, kinds
from workbench.demo.cohort.population import People
from workbench.demo.cohort.referrals import OTHER, draw_referrals
from workbench.demo.cohort.region_model import Region
from workbench.demo.cohort.waits import counted_in_fds

DRAWN = 120_000
_TIMED = 1_500
"""Patients over whom the time ratio is reckoned: each difference is within a patient."""

POPULATIONS = {
    "62D": "cancers on a route that 62 days counts",
    "31D": "subsequent treatments",
    "FDS": "referrals in which cancer is ruled out",
}


@dataclass(frozen=True)
class _Population:
    standard: str
    clock: Clocks
    shape: Ints
    start: Ints
    log_odds: Floats
    people: People


def planted_effects(region: Region, random: np.random.Generator) -> pd.DataFrame:
    """Every planted effect.

    Parameters
    ----------
    region : Region
        Calibrated.
    random : Generator
        Draws the population.

    Returns
    -------
    DataFrame
        ``characteristic, group, reference, standard, population, scale, value, mc_se``.
        Scales: ``odds_ratio`` of being within the standard, all else equal; ``time_ratio``
        of geometric mean days, all else equal; ``risk_difference_standardised`` in the share
        within, were everybody of the group against were everybody of the reference;
        ``risk_difference_crude`` between those who are.
    """
    rows = [
        row
        for population in _populations(region, random)
        for characteristic in effects.groups()
        for row in _effects(population, characteristic)
    ]
    columns = ["characteristic", "group", "reference", "standard", "population", "scale"]
    return pd.DataFrame(rows, columns=[*columns, "value", "mc_se"])


def _populations(region: Region, random: np.random.Generator) -> list[_Population]:
    every = kinds()
    cancers = draw_referrals(
        DRAWN, every.only(every.tumour >= 0), region.areas, region.first, region.as_at, random
    )
    ruled_out = draw_referrals(
        DRAWN, every.only(every.tumour < 0), region.areas, region.first, region.as_at, random
    )
    counted = cancers.taken(np.flatnonzero(cancers.route != OTHER))
    told = ruled_out.taken(np.flatnonzero(counted_in_fds(ruled_out)))
    none = np.zeros(len(cancers), dtype=int)
    return [
        _Population(
            "62D", region.clocks["62D"], counted.tumour, counted.clock_start,
            region.log_odds_62d(counted), counted.people,
        ),
        _Population(
            "31D", region.clocks["31D"], none, none + region.first,
            region.log_odds_31d(cancers, region.subsequent_31d), cancers.people,
        ),
        _Population(
            "FDS", region.clocks["FDS"], np.zeros(len(told), dtype=int),
            told.received + told.reset, region.log_odds_fds(told), told.people,
        ),
    ]  # fmt: skip


Row = tuple[str, str, str, str, str, str, float, float]


def _effects(population: _Population, characteristic: str) -> list[Row]:
    """Every group of one characteristic against its reference."""
    standard, reference = population.standard, effects.REFERENCE[characteristic]
    labels = effects.groups()[characteristic]
    size = {label: effects.coefficient(standard, characteristic, label) for label in labels}
    own = population.people.group(characteristic)
    bare = population.log_odds - np.array([size[label] for label in labels])[own]
    limit = np.full(len(bare), STANDARD_DAYS[standard])
    odds = population.clock.odds(population.shape, population.start, limit)
    as_is = _share(odds, population.log_odds)
    as_reference = _share(odds, bare + size[reference])
    shortest = _log_days(population, bare, size[reference])
    there = as_is[own == labels.index(reference)]
    rows: list[Row] = []
    for place, group in enumerate(labels):
        if group == reference:
            continue
        difference = _share(odds, bare + size[group]) - as_reference
        here = as_is[own == place]
        crude = float(here.mean() - there.mean()) if len(here) else float("nan")
        values = {
            "odds_ratio": (float(np.exp(size[group] - size[reference])), 0.0),
            "time_ratio": _ratio(_log_days(population, bare, size[group]) - shortest),
            "risk_difference_standardised": (float(difference.mean()), _error(difference)),
            "risk_difference_crude": (crude, float(np.hypot(_error(here), _error(there)))),
        }
        named = (characteristic, group, reference, standard, POPULATIONS[standard])
        rows += [(*named, scale, value, error) for scale, (value, error) in values.items()]
    return rows


def _share(odds: Floats, log_odds: Floats) -> Floats:
    within = odds * np.exp(log_odds)
    return np.asarray(within / (1 + within))


def _error(values: Floats) -> float:
    return float(values.std() / np.sqrt(len(values))) if len(values) else float("nan")


def _ratio(longer: Floats) -> tuple[float, float]:
    ratio = float(np.exp(longer.mean()))
    return ratio, ratio * _error(longer)


def _log_days(population: _Population, bare: Floats, size: float) -> Floats:
    """Mean of the logarithm of days, patient by patient, had each this effect."""
    rows = np.arange(min(_TIMED, len(bare)))
    shape, start = population.shape[rows], population.start[rows] - population.clock.first
    odds = population.clock.cumulative[shape, start] * np.exp(bare[rows] + size)[:, None]
    reached = odds / (1 + odds)
    # the chance of day d is gained between d - 1 and d; who never ends counts one day more
    days = np.log(np.arange(1, LONGEST[population.standard] + 2))
    gained = np.diff(reached, axis=1, append=1.0)
    return np.asarray(gained @ days)
