"""What the writing down of records shares: which rows there are, and what is known by when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.journeys import NEVER, Journeys
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.referrals import Referrals

Columns = dict[str, npt.NDArray[Any]]
"""Columns by canonical name: days as whole numbers, everything else as text."""

REFERRING, TREATING, AGAIN, SUBSEQUENT = range(4)
ROLES = ("referring", "treating", "duplicate", "subsequent")


@dataclass(frozen=True)
class Held:
    """Rows to be filled.

    Attributes
    ----------
    referrals, journeys
        What happened.
    referral, role : arrays of int
        Referral of each row, and its place in `ROLES`.
    as_at : int
        Nothing later is known.
    random : Generator
        Drawn from in a fixed order.
    """

    referrals: Referrals
    journeys: Journeys
    referral: Ints
    role: Ints
    as_at: int
    random: np.random.Generator

    def __len__(self) -> int:
        return len(self.referral)

    def known(self, days: Ints) -> Ints:
        """Days of each referral, row by row; `NEVER` where they are not yet."""
        here = days[self.referral]
        return np.where(here <= self.as_at, here, NEVER)

    def chance(self) -> npt.NDArray[np.float64]:
        """A uniform number for each row."""
        return self.random.random(len(self))

    def site(self, trust: Ints, days: Ints) -> Text:
        """A site of a Trust, where there is a day."""
        suffix = np.array(["01", "02", "03"])[self.random.integers(0, 3, len(self))]
        return np.where(days < NEVER, np.strings.add(np.array(TRUSTS)[trust], suffix), "")
