"""Made-up waits whose true log odds are known, feature by feature."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.breach.roles import roles_of

ROLES = roles_of(
    {
        "id": "case",
        "group": "patient",
        "time": "seen",
        "settled": "known",
        "outcome": "late",
        "site": "trust",
        "landmark": "landmark_day",
        "features": {
            "landmark_day": {"kind": "number", "known_at": "row"},
            "age_at_referral": {"kind": "number", "known_at": "row"},
            "last_milestone": {"kind": "code", "known_at": "row"},
            "clinic": {"kind": "code", "known_at": "row"},
        },
        "protected": ["ethnic_category", "sex", "imd_decile"],
    }
)


def frame(count: int = 4_000, seed: int = 0) -> pd.DataFrame:
    """Waits of two years. Group B is older, and nothing else about it differs."""
    draw = np.random.default_rng(seed)
    seen = np.datetime64("2023-01-01") + np.sort(draw.integers(0, 730, count))
    ethnic = draw.choice(["A", "H", "Z", ""], count, p=[0.6, 0.25, 0.1, 0.05])
    age = draw.normal(60, 8, count) + 8 * (ethnic == "H")
    age[draw.random(count) < 0.05] = np.nan
    clinic = draw.integers(0, 30, count)
    ease = np.random.default_rng(99).normal(0, 0.7, 30)
    step = draw.choice(["clinic", "biopsy", "mdt"], count)
    day = draw.choice([0, 7, 14], count)
    margin = (
        -1 + 0.08 * (np.nan_to_num(age, nan=60) - 60) + ease[clinic] - (step == "mdt") + day / 14
    )
    return pd.DataFrame(
        {
            "case": [f"c{n:05d}" for n in range(count)],
            "patient": [f"p{n:05d}" for n in draw.integers(0, count, count)],
            "seen": seen,
            "known": seen + 20,
            "late": (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int),
            "trust": draw.choice(["AAA", "BBB"], count),
            "landmark_day": day,
            "age_at_referral": age,
            "last_milestone": step,
            "clinic": [f"k{n}" for n in clinic],
            "ethnic_category": ethnic,
            "sex": draw.choice(["1", "2"], count),
            "imd_decile": draw.integers(1, 11, count).astype(str),
        }
    )
