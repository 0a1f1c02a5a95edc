"""Pathway identifiers: who issues them, and whether they survive a transfer."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.held import AGAIN, SUBSEQUENT, TREATING, Columns, Held
from workbench.demo.cohort.items import ISSUER, PATHWAY
from workbench.demo.cohort.names import Text

KEPT = 0.6
"""Share of transfers that keep the referring Trust's pathway identifier, as all should."""
BOOKED_NATIONALLY = 0.6
"""Share of urgent referrals that bear a national booking reference, where the system takes it."""


def pathway_numbers(held: Held) -> Columns:
    """Identifier and issuer of each row.

    The first Trust's system numbers every pathway itself; the others keep a national
    booking reference, or the referring Trust's identifier, where they were given one.
    """
    referrals, random = held.referrals, held.random
    count, home, treating = len(referrals), referrals.trust, referrals.treating
    serial = random.permutation(count) + 1_000_000
    booked = (random.random(count) < BOOKED_NATIONALLY) & (home > 0) & (referrals.route == 0)
    reference = np.strings.zfill((random.permutation(count) + 10**9).astype("U12"), 12)
    first = np.where(booked, reference, _own(home, serial))
    first_issuer = np.where(booked, "X09", np.array(TRUSTS)[home])
    kept = (random.random(count) < KEPT) & (treating > 0)
    second = np.where(kept, first, _own(treating, serial + 4_000_000))
    second_issuer = np.where(kept, first_issuer, np.array(TRUSTS)[treating])
    other = _own(home, serial + 8_000_000)
    rows = held.referral
    handed = referrals.shared[rows] & np.isin(held.role, (TREATING, SUBSEQUENT))
    identifier = np.where(handed, second[rows], first[rows])
    issuer = np.where(handed, second_issuer[rows], first_issuer[rows])
    again = held.role == AGAIN
    return {
        PATHWAY: np.where(again, other[rows], identifier),
        ISSUER: np.where(again, np.array(TRUSTS)[home[rows]], issuer),
    }


def _own(trust: Ints, serial: Ints) -> Text:
    marks = np.array(["", "IFX", "P"])[trust]
    return np.strings.add(marks, np.strings.zfill(serial.astype("U8"), 8))
