"""The region as a model: its clocks, its base rates, and each referral's log odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.demo.cohort import effects
from workbench.demo.cohort.areas import Areas, Ints
from workbench.demo.cohort.hazards import Clocks
from workbench.demo.cohort.margins import Floats
from workbench.demo.cohort.referrals import OTHER, UPGRADE, Referrals

_EASE_FDS = {
    "01": 1.0, "16": 1.1, "08": 0.7, "03": 0.3, "06": 0.0, "13": 0.1, "09": -0.4, "07": -0.6,
    "11": -0.6, "04": -0.5, "17": 0.1,
}  # fmt: skip
"""How much easier than usual a suspicion is to rule out, in log odds; round numbers."""


@dataclass(frozen=True)
class Region:
    """What every draw of waits is made with.

    Attributes
    ----------
    areas : Areas
    first, as_at : int
        First day of the region and the day that it is seen from (days since 1970).
    clocks : dict of str to Clocks
        By standard.
    tumour, route : arrays
        Base log odds of 62 days, by tumour group and by route.
    found, ruled_out, first_31d, subsequent_31d : float
        Base log odds of the others.
    """

    areas: Areas
    first: int
    as_at: int
    clocks: dict[str, Clocks]
    tumour: Floats
    route: Floats
    found: float = 0.0
    ruled_out: float = 0.0
    first_31d: float = 0.0
    subsequent_31d: float = 0.0

    def drift(self, standard: str, start: Ints) -> Floats:
        """Log odds gained or lost by a clock's day of start."""
        passed = (start - self.first) / (self.as_at - self.first)
        return np.asarray(effects.DRIFT[standard] * (passed - 0.5))

    def log_odds_62d(self, referrals: Referrals) -> Floats:
        """Log odds of the 62-day clock of cancers, but for the steps of the hazard."""
        route = np.where(referrals.route == OTHER, UPGRADE, referrals.route)
        return np.asarray(
            self.tumour[referrals.tumour]
            + self.route[route]
            + effects.TRUST_LOG_ODDS["62D"][referrals.trust]
            + effects.SHARED_LOG_ODDS * referrals.shared
            + effects.of_people("62D", referrals.people)
            + self.drift("62D", referrals.clock_start)
        )

    def log_odds_fds(self, referrals: Referrals) -> Floats:
        """Log odds of the 28-day clock."""
        codes, place = np.unique(referrals.suspicion, return_inverse=True)
        ease = np.array([_EASE_FDS.get(str(code), 0.0) for code in codes])[place]
        return np.asarray(
            np.where(referrals.cancer, self.found, self.ruled_out + ease)
            + effects.TRUST_LOG_ODDS["FDS"][referrals.trust]
            + effects.of_people("FDS", referrals.people)
            + self.drift("FDS", referrals.received)
        )

    def log_odds_31d(self, referrals: Referrals, base: float) -> Floats:
        """Log odds of the 31-day clock, at the Trust that treats."""
        return np.asarray(
            base
            + effects.TRUST_LOG_ODDS["31D"][referrals.treating]
            + effects.of_people("31D", referrals.people)
            + self.drift("31D", referrals.clock_start)
        )
