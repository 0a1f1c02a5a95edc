"""What each Trust's register holds of each referral, as at the day of the extract.

Days are whole numbers (days since 1970, `NEVER` where not known by then); everything else
is text, blank where not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.held import AGAIN, SUBSEQUENT, TREATING, Columns, Held
from workbench.demo.cohort.items import (
    OUTCOME_ITEMS,
    PATHWAY,
    REFERRAL_ITEMS,
    TREATMENT_ITEMS,
    TSD,
)
from workbench.demo.cohort.journeys import NEVER, Journeys, Subsequents
from workbench.demo.cohort.pathway_numbers import pathway_numbers
from workbench.demo.cohort.referral_items import referral_items
from workbench.demo.cohort.referrals import Bools, Referrals
from workbench.demo.cohort.treatment_items import treatment_items

DUPLICATED = 0.006
"""Share of referrals that a Trust registers twice, under two identifiers."""
OUTCOME_NOT_PASSED_ON = 0.3
"""Share of transfers after which the treating Trust does not hold the 28-day outcome."""


@dataclass(frozen=True)
class Records:
    """One row a record of a Trust.

    Attributes
    ----------
    referral, trust, role : arrays of int
        Referral it is of, place in `areas.TRUSTS`, and place in `ROLES`.
    columns : dict of str to array
        By canonical name.
    """

    referral: Ints
    trust: Ints
    role: Ints
    columns: Columns = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.referral)

    def taken(self, rows: Ints) -> Records:
        """These rows, in this order."""
        return Records(
            self.referral[rows],
            self.trust[rows],
            self.role[rows],
            {name: values[rows] for name, values in self.columns.items()},
        )


def draw_records(
    referrals: Referrals,
    journeys: Journeys,
    subsequents: Subsequents,
    as_at: int,
    random: np.random.Generator,
) -> Records:
    """Write down what each Trust knows by `as_at`.

    A shared pathway is held by both Trusts from its transfer on. The referring one then
    knows nothing of the treatment; the treating one may know how the referral began.
    """
    every = np.arange(len(referrals))
    shared = every[journeys.transferred <= as_at]
    again = every[random.random(len(every)) < DUPLICATED]
    after = np.flatnonzero(subsequents.treated <= as_at)
    referral = np.concatenate([every, shared, again, subsequents.referral[after]])
    role = np.repeat(np.arange(4), (len(every), len(shared), len(again), len(after)))
    at_treating = (role == TREATING) | (role == SUBSEQUENT)
    trust = np.where(at_treating, referrals.treating[referral], referrals.trust[referral])
    held = Held(referrals, journeys, referral, role, as_at, random)
    columns = (
        pathway_numbers(held) | referral_items(held) | treatment_items(held, subsequents, after)
    )
    _blank_what_is_not_held(columns, held)
    records = Records(referral, trust, role, columns)
    # by day of referral, as a register lists them; the identifier settles ties
    order = np.lexsort((role, columns[PATHWAY], columns[TSD], referral))
    return records.taken(order)


def _blank_what_is_not_held(columns: Columns, held: Held) -> None:
    later = (held.role == TREATING) | (held.role == SUBSEQUENT)
    handed_over = ~later & (held.journeys.transferred[held.referral] <= held.as_at)
    _blank(columns, TREATMENT_ITEMS, handed_over | (held.role == AGAIN))
    _blank(columns, REFERRAL_ITEMS, held.role == SUBSEQUENT)
    untold = (held.role == TREATING) & (held.chance() < OUTCOME_NOT_PASSED_ON)
    _blank(columns, OUTCOME_ITEMS, untold)


def _blank(columns: Columns, names: tuple[str, ...], rows: Bools) -> None:
    for name in names:
        values = columns[name]
        values[rows] = NEVER if values.dtype.kind == "i" else ""
