"""Referrals: when, of whom, by which route, to which Trust, and whether the care is shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.demo.cohort import calendar
from workbench.demo.cohort.areas import Areas, Ints
from workbench.demo.cohort.margins import ROUTES, TUMOURS, Kinds
from workbench.demo.cohort.population import People, draw_people

Bools = npt.NDArray[np.bool_]

SCREENING, BREAST, UPGRADE, OTHER = (
    ROUTES.index(name)
    for name in ("screening", "breast_symptomatic", "consultant_upgrade", "other")
)
_SHARED = np.array(
    [
        {"upper_gi_hepatobiliary": 0.42, "upper_gi_oesophagus_stomach": 0.38, "lung": 0.26,
         "head_neck": 0.28, "gynaecological": 0.27, "urological_other": 0.20,
         "urological_prostate": 0.19, "other": 0.28, "haematological_lymphoma": 0.12,
         "haematological_other": 0.12, "lower_gi": 0.11, "skin": 0.09}.get(name, 0.07)
        for name in TUMOURS
    ]
)  # fmt: skip
"""Share of each tumour group's patients who are treated at another Trust; round numbers."""


@dataclass(frozen=True)
class Referrals:
    """One row a referral; all arrays are of one length.

    Attributes
    ----------
    received : array of int
        Day on which the referral is received (days since 1970).
    route, tumour : arrays of int
        Places in `ROUTES` and `TUMOURS`; -1 where no cancer is there to be found.
    suspicion : array of str
        Code of the suspected type.
    people : People
    trust, treating : arrays of int
        Trust referred to, and where treated.
    reset : array of int
        Days taken off for a first appointment not attended; 0 for most.
    upgrade_lag : array of int
        Days from referral to consultant upgrade; 0 on other routes.
    """

    received: Ints
    route: Ints
    tumour: Ints
    suspicion: npt.NDArray[np.str_]
    people: People
    trust: Ints
    treating: Ints
    reset: Ints
    upgrade_lag: Ints

    def __len__(self) -> int:
        return len(self.received)

    @property
    def cancer(self) -> Bools:
        """Whether there is a cancer to be found."""
        return self.tumour >= 0

    @property
    def shared(self) -> Bools:
        """Whether the patient is handed over to another Trust for treatment."""
        return np.asarray(self.trust != self.treating)

    @property
    def clock_start(self) -> Ints:
        """Day from which days are counted, once those taken off are passed."""
        return self.received + self.reset + self.upgrade_lag

    def taken(self, rows: Ints) -> Referrals:
        """These rows, in this order."""
        return Referrals(
            self.received[rows], self.route[rows], self.tumour[rows], self.suspicion[rows],
            self.people.taken(rows), self.trust[rows], self.treating[rows], self.reset[rows],
            self.upgrade_lag[rows],
        )  # fmt: skip


def draw_referrals(
    count: int,
    kinds: Kinds,
    areas: Areas,
    first: int,
    last: int,
    random: np.random.Generator,
) -> Referrals:
    """Draw referrals received from one day to another, in order of receipt.

    Parameters
    ----------
    count : int
        How many.
    kinds : Kinds
        What they may be, and how often.
    areas : Areas
    first, last : int
        Days since 1970.
    random : Generator
        Drawn from in a fixed order.
    """
    received = calendar.referral_days(first, last, count, random)
    reached = np.cumsum(kinds.share)
    kind = np.searchsorted(reached / reached[-1], random.random(count))
    people = draw_people(kinds, kind, areas, random)
    trust = _nearby(areas.trust[people.area], random)
    route, tumour = kinds.route[kind], kinds.tumour[kind]
    treating = _treating(tumour, trust, random)
    upgraded = route == UPGRADE
    lag = np.where(upgraded, 1 + random.gamma(1.6, 7.0, count).astype(int), 0)
    reset = _resets(route, people, random)
    return Referrals(
        received, route, tumour, kinds.suspicion[kind], people, trust, treating, reset, lag
    )


def _nearby(home: Ints, random: np.random.Generator) -> Ints:
    elsewhere = random.random(len(home)) < 0.08
    return np.where(elsewhere, (home + random.integers(1, 3, len(home))) % 3, home)


def _treating(tumour: Ints, trust: Ints, random: np.random.Generator) -> Ints:
    """The first Trust is the cancer centre: it sends few away and takes most in."""
    chance = np.where(tumour >= 0, _SHARED[tumour], 0.0) * np.array([0.35, 1.35, 1.35])[trust]
    shared = random.random(len(tumour)) < chance
    to_centre = (trust != 0) & (random.random(len(tumour)) < 0.85)
    neighbour = np.array([1, 2, 1])[trust]
    return np.where(shared, np.where(to_centre, 0, neighbour), trust)


def _resets(route: Ints, people: People, random: np.random.Generator) -> Ints:
    """Days from receipt until a patient who did not attend makes contact again."""
    chance = np.array([0.050, 0.042, 0.036, 0.030, 0.026])[people.quintile - 1]
    missed = (random.random(len(route)) < chance) & ~np.isin(route, (UPGRADE, OTHER))
    return np.where(missed, random.integers(2, 15, len(route)), 0)
