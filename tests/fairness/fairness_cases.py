"""Scored cases of known making, for the tests of fairness."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

ETHNIC = np.array(["Asian", "Black", "White"])


def scored(rows: int = 3_000, seed: int = 1, black: float = 0.0) -> pd.DataFrame:
    """Risks that are right for all, but for one group whose odds are higher by `black`."""
    random = np.random.default_rng(seed)
    group = ETHNIC[random.choice(3, rows, p=[0.2, 0.2, 0.6])]
    margin = random.normal(-1.0, 1.0, rows)
    happened = random.random(rows) < expit(margin + black * (group == "Black"))
    return pd.DataFrame(
        {
            "risk": expit(margin),
            "outcome": happened.astype(int),
            "ethnicity": group,
            "sex": np.array(["1", "2"])[random.integers(0, 2, rows)],
            "imd_quintile": random.integers(1, 6, rows),
            "provider": np.array(["RA1", "RB2", "RC3"])[random.integers(0, 3, rows)],
            "person": np.arange(rows) // 3,
            "record_id": [f"r{number:06d}" for number in range(rows)],
        }
    )


def rate(table: pd.DataFrame, group: str, metric: str, column: str = "estimate") -> float:
    """One figure of one group."""
    row = table[(table["group"] == group) & (table["metric"] == metric)]
    assert len(row) == 1
    return float(row[column].iloc[0])
