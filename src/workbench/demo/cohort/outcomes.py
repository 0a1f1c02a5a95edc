"""Status, delay reasons and how the outcome was told: codes that follow from what happened."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.journeys import NEVER, Journeys
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.referrals import BREAST, Bools, Referrals
from workbench.demo.cohort.waits import counted_in_fds

_DELAYS = {
    "first_seen": ("02 17 01 03 97", (0.50, 0.30, 0.06, 0.10, 0.04)),
    "outcome": (
        "02 07 18 19 17 20 24 03 11 97",
        (0.28, 0.20, 0.14, 0.08, 0.08, 0.05, 0.05, 0.05, 0.05, 0.02),
    ),
    "treatment": (
        "05 07 02 18 16 10 19 03 24 13 97",
        (0.24, 0.20, 0.14, 0.10, 0.08, 0.08, 0.05, 0.04, 0.03, 0.02, 0.02),
    ),
}
_RULED_OUT_BY, _TIDIED_BY = 42, 126
"""Days by which an upgrade without cancer is closed, and by which Trusts tidy their lists: no
clock records either day, and without them such pathways would wait for ever."""

_UNTIDIED = 6
"""One in so many is overlooked when the list is tidied."""

_UNSAID = 0.08
"""Share of breaches with no reason given."""


def delay_reasons(clock: str, count: int, random: np.random.Generator) -> Text:
    """Draw reasons for delay, some left blank."""
    codes, weights = _DELAYS[clock]
    reached = np.cumsum(weights)
    which = np.searchsorted(reached / reached[-1], random.random(count))
    return np.where(random.random(count) < _UNSAID, "", np.array(codes.split(" "))[which])


def told_by(count: int, random: np.random.Generator) -> tuple[Text, Text]:
    """Draw who tells the outcome and how."""
    drawn = random.random((2, count))
    by = np.where(drawn[0] < 0.62, "060", np.where(drawn[0] < 0.94, "180", "XXX"))
    how = np.array(["01", "02", "03", "04", "98"])
    return by, how[np.searchsorted([0.35, 0.75, 0.77, 0.98], drawn[1])]


def patient_status(referrals: Referrals, journeys: Journeys, referral: Ints, as_at: int) -> Text:
    """Patient status on the referral as at a day."""
    cancer = referrals.cancer[referral]
    informed = journeys.informed[referral] <= as_at
    decided = journeys.decided[referral] <= as_at
    treated = (journeys.treated[referral] <= as_at) & (journeys.treated[referral] < NEVER)
    left = journeys.left[referral] <= as_at
    status = np.where(referrals.route[referral] == BREAST, "09", "14")
    closed = informed | _closed_without_a_day(referrals, referral, as_at)
    status = np.where(closed & ~cancer & (status == "14"), "03", status)
    known = cancer & (informed | decided)
    status = np.where(known, np.where(decided, "11", "10"), status)
    status = np.where(cancer & left, "07", status)
    return np.where(cancer & treated, "08", status)


def _closed_without_a_day(referrals: Referrals, referral: Ints, as_at: int) -> Bools:
    age = as_at - referrals.clock_start[referral]
    no_clock = ~counted_in_fds(referrals)[referral]
    tidied = (age > _TIDIED_BY) & (referral % _UNTIDIED != 0)
    return np.asarray((no_clock & (age > _RULED_OUT_BY)) | tidied)
