"""Drawn patients for the equity report, with a gap and a case mix that are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

EASY, HARD = 0.85, 0.45
"""Share in time of the two kinds of cancer."""


def draw(
    n: int = 6_000, *, gap: float = 0.0, hard: tuple[float, float] = (0.3, 0.6), seed: int = 1
) -> pd.DataFrame:
    """Patients of whom Asian ones have more of the hard cancer, and a gap of their own.

    Parameters
    ----------
    gap : float
        Points of share that Asian patients lose at equal case mix.
    hard : tuple of float
        Part of the hard cancer among White and among Asian patients.
    """
    random = np.random.default_rng(seed)
    asian = random.random(n) < 0.25
    tough = random.random(n) < np.where(asian, hard[1], hard[0])
    fifth = random.integers(1, 6, n)
    within = random.random(n) < np.where(tough, HARD, EASY) + gap * asian
    month = random.integers(0, 12, n)
    names = np.array(["1 (most deprived fifth)", "2", "3", "4", "5 (least deprived fifth)"])
    return pd.DataFrame(
        {
            "pathway_id": [f"W{i:05}" for i in range(n)],
            "person_id": [f"P{i:05}" for i in range(n)],
            "area": [f"A{i % 7}" for i in range(n)],
            "within": within.astype(float),
            "days": np.where(within, 40, 80) + random.integers(0, 20, n).astype(float),
            "month": [f"2024-{m + 1:02}" for m in month],
            "ended": pd.Timestamp("2024-06-30"),
            "cancer": np.where(tough, "Lung", "Skin"),
            "route": "Urgent suspected cancer",
            "stage": "any",
            "trust": np.where(random.random(n) < 0.5, "ZZ1", "ZZ2"),
            "shared": "No",
            "quarter": [f"2024-{m // 3 + 1}" for m in month],
            "ethnicity": np.where(asian, "Asian or Asian British", "White"),
            "ethnic_category": np.where(asian, "Indian", "British"),
            "census_group": np.where(asian, "Asian", "White"),
            "deprivation": names[fifth - 1],
            "core20": np.where(fifth == 1, "Core20", "Rest"),
            "sex": np.where(random.random(n) < 0.5, "Female", "Male"),
            "age_band": np.where(random.random(n) < 0.5, "60-69", "70-79"),
        }
    )
