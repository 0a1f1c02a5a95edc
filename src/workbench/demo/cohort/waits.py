"""How long each referral waits: for the outcome, for the decision, for treatment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr, ndtri

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.margins import Floats
from workbench.demo.cohort.referrals import OTHER, UPGRADE, Bools, Referrals
from workbench.demo.cohort.region_model import Region

EARLIEST_DECISION = 7
"""A decision to treat comes no sooner after the clock starts, unless the treatment does."""
_TOGETHER = 0.5
"""Correlation of the wait for the outcome with the wait for treatment, on normal scores."""


@dataclass(frozen=True)
class Waits:
    """Days of each referral, counted from its clock's start; -1 where there is none.

    Attributes
    ----------
    treatment : array of int
        62-day clock to treatment, or to leaving without one.
    decision : array of int
        31-day clock: from the decision to treat to treatment.
    outcome : array of int
        28-day clock: until the patient is told, counted from receipt of the referral.
    frailty, log_odds : dict of str to array
        By standard; 31 days is of first treatments and has no known frailty.
    """

    treatment: Ints
    decision: Ints
    outcome: Ints
    frailty: dict[str, Floats]
    log_odds: dict[str, Floats]


@dataclass(frozen=True)
class Chances:
    """The random numbers of a draw of waits, so that a draw can be made again otherwise.

    Attributes
    ----------
    ratio_62d, frailty_62d : arrays
        A unit exponential over the frailty, itself a unit exponential; and the frailty.
    decision, outcome : arrays
        Uniform.
    frailty_fds : array
    """

    ratio_62d: Floats
    frailty_62d: Floats
    decision: Floats
    frailty_fds: Floats
    outcome: Floats

    @classmethod
    def drawn(cls, count: int, random: np.random.Generator, strata: Ints | None = None) -> Chances:
        """Draw them for so many referrals.

        Parameters
        ----------
        count : int
        random : Generator
        strata : array of int, optional
            Groups within which the chances of the 62-day wait are spread evenly (stratified
            sampling), so that a group's share within 62 days strays less from what is
            expected of it. Each single wait has its distribution all the same.
        """
        uniform = random.random(count)
        if strata is not None:
            uniform = _spread_evenly(uniform, strata, random)
        ratio = uniform / (1 - uniform)
        # of two unit exponentials, the sum says nothing of the ratio
        frailty = random.gamma(2.0, 1.0, count) / (1 + ratio)
        drawn = random.random((2, count))
        return cls(ratio, frailty, drawn[0], random.exponential(size=count), drawn[1])


def _spread_evenly(uniform: Floats, strata: Ints, random: np.random.Generator) -> Floats:
    order = np.lexsort((random.random(len(strata)), strata))
    sizes = np.bincount(strata)
    first = np.cumsum(sizes) - sizes
    rank = np.empty(len(strata))
    rank[order] = np.arange(len(strata)) - first[strata[order]]
    return np.asarray((rank + uniform) / sizes[strata])


def draw_waits(referrals: Referrals, region: Region, chances: Chances) -> Waits:
    """Turn chances into waits.

    Parameters
    ----------
    referrals : Referrals
    region : Region
        Calibrated.
    chances : Chances
        As many as there are referrals.
    """
    count = len(referrals)
    found = np.flatnonzero(referrals.cancer)
    cancers = referrals.taken(found)
    treatment, decision, log_62 = (np.full(count, -1), np.full(count, -1), np.zeros(count))
    log_62[found] = region.log_odds_62d(cancers)
    ratio = chances.ratio_62d
    treatment[found] = np.maximum(treatment_waits(cancers, region, ratio[found]), 1)
    log_31 = np.zeros(count)
    log_31[found] = region.log_odds_31d(cancers, region.first_31d)
    decision[found] = decision_waits(
        cancers, region, treatment[found], chances.decision[found], log_31[found]
    )
    log_28 = region.log_odds_fds(referrals)
    outcome = outcome_waits(referrals, region, treatment - decision, ratio, chances, log_28)
    return Waits(
        treatment,
        decision,
        outcome,
        {"62D": chances.frailty_62d, "FDS": chances.frailty_fds},
        {"62D": log_62, "FDS": log_28, "31D": log_31},
    )


def treatment_waits(cancers: Referrals, region: Region, ratio: Floats) -> Ints:
    """Days of the 62-day clock."""
    log_odds = region.log_odds_62d(cancers)
    return region.clocks["62D"].drawn(cancers.tumour, cancers.clock_start, log_odds, ratio)


def decision_waits(
    cancers: Referrals, region: Region, treatment: Ints, uniform: Floats, log_odds: Floats
) -> Ints:
    """Days from decision to treatment: the 31-day clock, kept inside the 62-day one."""
    none = np.zeros(len(cancers), dtype=int)
    limit = np.maximum(treatment - EARLIEST_DECISION, 1)
    clock = region.clocks["31D"]
    start = none + region.first
    most = clock.within(none, start, limit, log_odds)
    chance = uniform * most
    days = clock.drawn(none, start, log_odds, chance / (1 - chance))
    decided = cancers.clock_start + treatment - days
    # decisions fall on working days: a Saturday's is Friday's, a Sunday's is Monday's
    weekday = (decided + 3) % 7
    days = days + (weekday == 5) - (weekday == 6)
    return np.asarray(np.clip(days, 0, treatment))


def outcome_waits(
    referrals: Referrals,
    region: Region,
    decided: Ints,
    ratio: Floats,
    chances: Chances,
    log_odds: Floats,
) -> Ints:
    """Days of the 28-day clock; a decision to treat ends it, and some routes have none.

    Where no cancer is found the wait has its own frailty. Where one is, it goes with
    the wait for treatment, and the patient knows by the day of the decision.
    """
    cancer = referrals.cancer
    own = -np.log1p(-chances.outcome) / chances.frailty_fds
    scores = np.zeros(len(referrals))
    uniform = np.clip(ratio / (1 + ratio), 1e-9, 1 - 1e-9)
    rest = ndtri(np.clip(chances.outcome, 1e-9, 1 - 1e-9))
    scores = _TOGETHER * ndtri(uniform) + np.sqrt(1 - _TOGETHER**2) * rest
    joint = np.clip(ndtr(scores), 1e-12, 1 - 1e-12)
    chance = np.where(cancer, joint / (1 - joint), own)
    start = referrals.received + referrals.reset
    none = np.zeros(len(referrals), dtype=int)
    days = region.clocks["FDS"].drawn(none, start, log_odds, chance)
    days = np.where(cancer, np.minimum(days, np.maximum(decided, 0)), days)
    return np.where(counted_in_fds(referrals), days, -1)


def counted_in_fds(referrals: Referrals) -> Bools:
    """Whether the 28-day standard holds for the route."""
    return ~np.isin(referrals.route, (UPGRADE, OTHER))


def subsequent_waits(log_odds: Floats, region: Region, ratio: Floats) -> Ints:
    """Days from decision to a subsequent treatment."""
    none = np.zeros(len(log_odds), dtype=int)
    return region.clocks["31D"].drawn(none, none + region.first, log_odds, ratio)


def chance_within(log_odds: Floats) -> Floats:
    """Chance of being within a standard whose clock knows no calendar."""
    return np.asarray(expit(log_odds))
