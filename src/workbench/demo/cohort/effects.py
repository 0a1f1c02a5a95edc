"""The planted effects: who waits longer, by how much, as log odds of being within a standard.

Sizes are those that the literature leads one to expect: odds ratios of 0.8 to 0.9 and
5 to 10 percent more days for the worst served, against differences of 20 to 50 points
between Trusts, routes and tumours. Some are nought on purpose: what finds an effect there
is wrong. Directions are made up and are evidence of nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from workbench.demo.cohort.margins import Floats
from workbench.demo.cohort.population import AGE_BANDS, ETHNIC_GROUPS, People

STANDARDS: Final = ("FDS", "31D", "62D")

REFERENCE: Final = {
    "ethnic_group": "White",
    "imd_quintile": "5",
    "sex": "1",
    "age_band": "60-69",
}
"""The group that each characteristic is compared with."""

_RATIOS: Final[dict[str, dict[str, dict[str, float]]]] = {
    "62D": {
        "ethnic_group": {
            "White": 1.0, "Mixed": 0.92, "Asian": 0.85, "Black": 0.82, "Other": 0.90,
        },
        "imd_quintile": {"1": 0.82, "2": 0.86, "3": 0.91, "4": 0.95, "5": 1.0},
        "sex": {"1": 1.0, "2": 1.0},
        "age_band": {
            "0-15": 1.0, "16-24": 1.0, "25-49": 1.05, "50-59": 1.0, "60-69": 1.0,
            "70-79": 0.95, "80+": 0.85,
        },
    },
    "FDS": {
        "ethnic_group": {
            "White": 1.0, "Mixed": 0.95, "Asian": 0.88, "Black": 0.85, "Other": 0.92,
        },
        "imd_quintile": {"1": 0.88, "2": 0.91, "3": 0.94, "4": 0.97, "5": 1.0},
        "sex": {"1": 1.0, "2": 0.95},
        "age_band": {
            "0-15": 1.0, "16-24": 0.95, "25-49": 0.95, "50-59": 1.0, "60-69": 1.0,
            "70-79": 1.0, "80+": 1.15,
        },
    },
    "31D": {
        "ethnic_group": {
            "White": 1.0, "Mixed": 1.0, "Asian": 1.0, "Black": 1.0, "Other": 1.0,
        },
        "imd_quintile": {"1": 0.85, "2": 0.89, "3": 0.93, "4": 0.97, "5": 1.0},
        "sex": {"1": 1.0, "2": 1.0},
        "age_band": {
            "0-15": 1.0, "16-24": 1.0, "25-49": 1.0, "50-59": 1.0, "60-69": 1.0,
            "70-79": 0.95, "80+": 0.85,
        },
    },
}  # fmt: skip

TRUST_LOG_ODDS: Final = {
    "FDS": np.array([0.15, -0.35, 0.20]),
    "31D": np.array([0.20, -0.30, 0.10]),
    "62D": np.array([0.25, -0.40, 0.10]),
}
"""How the three Trusts differ: Trust of the referral, or of the treatment for 31 days."""

DRIFT: Final = {"FDS": 0.40, "31D": 0.05, "62D": 0.35}
"""Log odds gained over the 24 months, as the published months show."""

SHARED_LOG_ODDS: Final = -0.70
"""What a transfer between Trusts costs, on the 62-day clock."""

_LABELS: Final = {
    "ethnic_group": ETHNIC_GROUPS,
    "imd_quintile": ("1", "2", "3", "4", "5"),
    "sex": ("1", "2"),
    "age_band": AGE_BANDS,
}


def groups() -> dict[str, tuple[str, ...]]:
    """The characteristics and their groups."""
    return dict(_LABELS)


def coefficient(standard: str, characteristic: str, group: str) -> float:
    """Log odds ratio of one group against the reference group."""
    return float(np.log(_RATIOS[standard][characteristic][group]))


def of_people(standard: str, people: People) -> Floats:
    """Sum of the planted effects for each person."""
    total = np.zeros(len(people))
    for characteristic, labels in _LABELS.items():
        sizes = np.array([coefficient(standard, characteristic, label) for label in labels])
        total += sizes[people.group(characteristic)]
    return total
