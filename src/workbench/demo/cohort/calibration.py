"""Base rates found so that the published margins come out, two at once.

All is reckoned on a large reference draw of the same population, integrated over frailty,
and never on the region's own draws: a region differs from the margins by chance alone.
Only what has ended by `as_at` is seen, which leaves long waits out of the last months; the
base rates allow for it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from workbench.demo.cohort.areas import Areas, Ints
from workbench.demo.cohort.hazards import SHAPE_31D, SHAPE_FDS, Clocks, shapes_62d
from workbench.demo.cohort.margins import (
    FDS_CANCER_FOUND,
    PUBLISHED_31D,
    PUBLISHED_FDS,
    ROUTES,
    TUMOURS,
    Floats,
    kinds,
    published_targets,
)
from workbench.demo.cohort.referrals import OTHER, Referrals, draw_referrals
from workbench.demo.cohort.region_model import Region
from workbench.demo.cohort.waits import (
    EARLIEST_DECISION,
    Chances,
    counted_in_fds,
    decision_waits,
    outcome_waits,
    treatment_waits,
)

REFERENCE_CANCERS = 60_000
REFERENCE_RULED_OUT = 60_000
_START_MARGIN = 150
"""Clocks may start this long after `as_at`: upgrades of the last referrals."""


def calibrated(areas: Areas, first: int, as_at: int, random: np.random.Generator) -> Region:
    """Make the region's model and find its base rates.

    Parameters
    ----------
    areas : Areas
    first, as_at : int
        Days since 1970.
    random : Generator
        Draws the reference population.
    """
    clocks = {
        "62D": Clocks.built("62D", shapes_62d(), first, as_at + _START_MARGIN),
        "FDS": Clocks.built("FDS", [SHAPE_FDS], first, as_at + _START_MARGIN),
        "31D": Clocks.built("31D", [SHAPE_31D], first, first),
    }
    region = Region(areas, first, as_at, clocks, np.zeros(len(TUMOURS)), np.zeros(len(ROUTES) - 1))
    every = kinds()
    cancers = draw_referrals(
        REFERENCE_CANCERS, every.only(every.tumour >= 0), areas, first, as_at, random
    )
    ruled_out = draw_referrals(
        REFERENCE_RULED_OUT, every.only(every.tumour < 0), areas, first, as_at, random
    )
    chances = Chances.drawn(len(cancers), random)
    region = _fit_62d(region, cancers)
    treatment = treatment_waits(cancers, region, chances.ratio_62d)
    region = _fit_31d(region, cancers, treatment)
    found = every.share[(every.tumour >= 0) & (every.route < 3)].sum()
    share = found / every.share[every.route < 3].sum()
    region = _fit_ruled_out(region, ruled_out, float(share))
    return _fit_found(region, cancers, treatment, chances)


def _fit_62d(region: Region, cancers: Referrals) -> Region:
    """Fit tumour groups and routes in turn, until both margins stand."""
    clocks = region.clocks["62D"]
    counted = cancers.taken(np.flatnonzero(_seen(cancers, region)))
    last = np.minimum(region.as_at - counted.clock_start, clocks.cumulative.shape[2] - 1)
    by_day_62 = np.minimum(last, 62)
    tumour, route = published_targets()
    for turn in range(40):
        log_odds = region.log_odds_62d(counted)
        within = clocks.within(counted.tumour, counted.clock_start, by_day_62, log_odds)
        treated = clocks.within(counted.tumour, counted.clock_start, last, log_odds)
        if turn % 2:
            region = replace(
                region, route=region.route + _short_of(route, counted.route, within, treated)
            )
        else:
            region = replace(
                region, tumour=region.tumour + _short_of(tumour, counted.tumour, within, treated)
            )
    return region


def _seen(cancers: Referrals, region: Region) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.asarray((cancers.route != OTHER) & (cancers.clock_start < region.as_at))


def _short_of(target: Floats, place: Ints, within: Floats, treated: Floats) -> Floats:
    """By how much, in log odds, each group falls short of its target."""
    share = np.bincount(place, within, len(target)) / np.bincount(place, treated, len(target))
    return np.asarray(_logit(target) - _logit(share))


def _logit(share: Floats) -> Floats:
    return np.asarray(np.log(share / (1 - share)))


def _fit_31d(region: Region, cancers: Referrals, treatment: Ints) -> Region:
    ended = np.flatnonzero(cancers.clock_start + treatment <= region.as_at)
    treated = cancers.taken(ended)
    none = np.zeros(len(ended), dtype=int)
    limit = np.maximum(treatment[ended] - EARLIEST_DECISION, 1)
    clock, start = region.clocks["31D"], none + region.first
    found: dict[str, float] = {}
    for stage in ("first", "subsequent"):
        base = 0.0
        # a first treatment's clock lies inside its 62-day one; a subsequent one's does not
        bound = limit if stage == "first" else none + clock.cumulative.shape[2]
        for _ in range(40):
            log_odds = region.log_odds_31d(treated, base)
            within = clock.within(none, start, np.minimum(bound, 31), log_odds)
            most = clock.within(none, start, bound, log_odds)
            share = float(np.mean(within / most))
            target = PUBLISHED_31D[stage]
            base += float(np.log(target / (1 - target)) - np.log(share / (1 - share)))
        found[stage] = base
    return replace(region, first_31d=found["first"], subsequent_31d=found["subsequent"])


def _fit_ruled_out(region: Region, ruled_out: Referrals, found: float) -> Region:
    counted = ruled_out.taken(np.flatnonzero(counted_in_fds(ruled_out)))
    start = counted.received + counted.reset
    inside = start < region.as_at
    counted, start = counted.taken(np.flatnonzero(inside)), start[inside]
    clock, none = region.clocks["FDS"], np.zeros(len(start), dtype=int)
    last = region.as_at - start
    target = (PUBLISHED_FDS - found * FDS_CANCER_FOUND) / (1 - found)
    for _ in range(30):
        log_odds = region.log_odds_fds(counted)
        within = clock.within(none, start, np.minimum(last, 28), log_odds).sum()
        told = clock.within(none, start, last, log_odds).sum()
        share = within / told
        more = np.log(target / (1 - target)) - np.log(share / (1 - share))
        region = replace(region, ruled_out=region.ruled_out + float(more))
    return region


def _fit_found(region: Region, cancers: Referrals, treatment: Ints, chances: Chances) -> Region:
    """Bisect: who is told a cancer late is known only once the decision to treat is drawn."""
    log_31 = region.log_odds_31d(cancers, region.first_31d)
    decided = treatment - decision_waits(cancers, region, treatment, chances.decision, log_31)
    ratio = chances.ratio_62d
    low, high = -4.0, 4.0
    for _ in range(18):
        tried = replace(region, found=(low + high) / 2)
        days = outcome_waits(cancers, tried, decided, ratio, chances, tried.log_odds_fds(cancers))
        told = (days >= 0) & (cancers.received + cancers.reset + days <= region.as_at)
        late = float(np.mean(days[told] <= 28)) < FDS_CANCER_FOUND
        low, high = (tried.found, high) if late else (low, tried.found)
    return replace(region, found=(low + high) / 2)
