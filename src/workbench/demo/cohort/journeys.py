"""What happens to each referral, and on which day: the facts before anybody records them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.diagnoses import Diagnoses, draw_diagnoses
from workbench.demo.cohort.hazards import LONGEST
from workbench.demo.cohort.margins import Floats
from workbench.demo.cohort.referrals import UPGRADE, Bools, Referrals
from workbench.demo.cohort.region_model import Region
from workbench.demo.cohort.waits import Waits, counted_in_fds, subsequent_waits

NEVER = np.iinfo(np.int32).max
"""Day of what never happens."""

_HANDOVER_MEDIAN, _HANDOVER_SPREAD = 40.0, 0.35
"""Days to a transfer, log-normal before it is cut off at the decision; most are near 38."""
_ADJUSTED = 0.04
"""Share of admitted treatments that a patient puts off."""


@dataclass(frozen=True)
class Journeys:
    """Days of one row a referral (days since 1970, `NEVER` where it does not happen).

    Attributes
    ----------
    seen, informed, upgraded, transferred, decided, treated, left : arrays of int
        `left` is the day of leaving without NHS treatment, all treatment declined included.
    declined, excluded, interval : arrays of bool
        All treatment declined; left the 28-day pathway; called back for a later scan.
    exclusion : array of str
        Code of why the 28-day pathway was left.
    adjustment : array of int
        Days that the patient put an admission off.
    diagnoses : Diagnoses
        Of those with cancer.
    """

    seen: Ints
    informed: Ints
    upgraded: Ints
    transferred: Ints
    decided: Ints
    treated: Ints
    left: Ints
    declined: Bools
    excluded: Bools
    interval: Bools
    exclusion: np.ndarray[tuple[int], np.dtype[np.str_]]
    adjustment: Ints
    diagnoses: Diagnoses


@dataclass(frozen=True)
class Subsequents:
    """Subsequent treatments: one row each, with the referral that it follows."""

    referral: Ints
    decided: Ints
    treated: Ints
    wait: Ints
    frailty: Floats
    log_odds: Floats
    modality: np.ndarray[tuple[int], np.dtype[np.str_]]


def draw_journeys(referrals: Referrals, waits: Waits, random: np.random.Generator) -> Journeys:
    """Put every event on its day."""
    count = len(referrals)
    opened = referrals.received + referrals.reset
    told = counted_in_fds(referrals) & (waits.outcome >= 0)
    followed = waits.outcome <= LONGEST["FDS"]
    informed = np.where(told & followed, opened + waits.outcome, NEVER)
    ends = referrals.cancer & (waits.treatment <= LONGEST["62D"])
    decided = np.where(ends, referrals.clock_start + waits.treatment - waits.decision, NEVER)
    diagnoses = draw_diagnoses(referrals, random)
    leaves = ends & (random.random(count) < 0.035 + 0.05 * (referrals.people.age >= 80))
    declined = leaves & (random.random(count) < 0.4)
    put_off = (
        ends & ~leaves & np.isin(diagnoses.setting, ("01", "02"))
        & (random.random(count) < _ADJUSTED)
    )  # fmt: skip
    adjustment = np.where(put_off, random.integers(4, 22, count), 0)
    ended = referrals.clock_start + waits.treatment + adjustment
    excluded, interval, exclusion = _other_outcomes(referrals, random)
    return Journeys(
        _seen(referrals, informed, decided, random),
        informed,
        np.where(referrals.route == UPGRADE, referrals.received + referrals.upgrade_lag, NEVER),
        _transferred(referrals, decided, random),
        np.where(leaves & ~declined, NEVER, decided),
        np.where(ends & ~leaves, ended, NEVER),
        np.where(leaves, ended, NEVER),
        declined,
        excluded,
        interval,
        exclusion,
        adjustment,
        diagnoses,
    )


def _seen(referrals: Referrals, informed: Ints, decided: Ints, random: np.random.Generator) -> Ints:
    opened = referrals.received + referrals.reset
    slow = np.array([1.0, 1.15, 0.95])[referrals.trust]
    days = np.exp(random.normal(np.log(9.5), 0.45, len(referrals))) * slow
    latest = np.minimum(informed, decided)
    seen = opened + np.maximum(days.astype(int), 1)
    # clinics are on working days
    seen = seen - np.clip((seen + 3) % 7 - 4, 0, 2)
    return np.asarray(np.maximum(np.minimum(seen, latest), opened))


def _transferred(referrals: Referrals, decided: Ints, random: np.random.Generator) -> Ints:
    """Draw the handover of shared care, no later than the decision to treat."""
    score, hurried = random.normal(size=len(referrals)), random.random(len(referrals))
    days = np.exp(np.log(_HANDOVER_MEDIAN) + _HANDOVER_SPREAD * score).astype(int)
    room = np.where(decided < NEVER, decided - referrals.clock_start, LONGEST["62D"])
    days = np.where(days <= room, days, (room * (0.7 + 0.3 * hurried)).astype(int))
    return np.where(referrals.shared, referrals.clock_start + np.maximum(days, 0), NEVER)


def _other_outcomes(
    referrals: Referrals, random: np.random.Generator
) -> tuple[Bools, Bools, np.ndarray[tuple[int], np.dtype[np.str_]]]:
    drawn = random.random(len(referrals))
    none = ~referrals.cancer & counted_in_fds(referrals)
    excluded = none & (drawn < 0.03)
    interval = none & (drawn >= 0.03) & (drawn < 0.042)
    codes = np.array(["01", "02", "03", "04", "05", "06"])
    weight = np.cumsum([0.08, 0.27, 0.25, 0.10, 0.28, 0.02])
    which = np.searchsorted(weight / weight[-1], random.random(len(referrals)))
    return excluded, interval, np.where(excluded, codes[which], "")


def draw_subsequents(
    referrals: Referrals, journeys: Journeys, region: Region, random: np.random.Generator
) -> Subsequents:
    """Draw the treatments that follow the first one."""
    mean = np.where(journeys.treated < NEVER, 1.05, 0.0)
    times = np.minimum(random.poisson(mean), 4)
    referral = np.repeat(np.arange(len(referrals)), times)
    nth = np.arange(len(referral)) - np.repeat(np.cumsum(times) - times, times)
    gap = 14 + random.gamma(2.0, 25.0, len(referral)).astype(int) + 80 * nth
    decided = journeys.treated[referral] + gap
    decided = decided - np.clip((decided + 3) % 7 - 4, 0, 2)
    log_odds = region.log_odds_31d(referrals.taken(referral), region.subsequent_31d)
    frailty, exponential = random.exponential(size=(2, len(referral)))
    wait = subsequent_waits(log_odds, region, exponential / frailty)
    codes = np.array(["02", "14", "15", "05", "03", "23"])
    weight = np.cumsum([0.32, 0.16, 0.14, 0.20, 0.06, 0.12])
    which = np.searchsorted(weight, random.random(len(referral)))
    return Subsequents(
        referral, decided, decided + wait, wait, frailty, log_odds, codes[np.minimum(which, 5)]
    )
