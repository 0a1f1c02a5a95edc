"""Made-up cases with a known true risk."""

from __future__ import annotations

import numpy as np
import pandas as pd

ROLES = {
    "id": "case",
    "group": "patient",
    "time": "seen",
    "settled": "known",
    "outcome": "late",
    "site": "trust",
    "landmark": "day",
    "features": {
        "load": {"kind": "number", "known_at": "row"},
        "days_so_far": {"kind": "number", "known_at": "row"},
        "tumour": {"kind": "code", "known_at": "row"},
        "clinic": {"kind": "code", "known_at": "row"},
        "scan": {"kind": "number", "known_at": "scan_date"},
    },
    "protected": ["sex"],
}


def frame(count: int = 4_000, seed: int = 0) -> pd.DataFrame:
    """Cases over two years at three Trusts; column ``truth`` is each one's true risk."""
    draw = np.random.default_rng(seed)
    seen = np.datetime64("2023-01-01") + np.sort(draw.integers(0, 730, count))
    load, scan = draw.normal(size=count), draw.normal(size=count)
    clinic = draw.integers(0, 40, count)
    ease = np.random.default_rng(99).normal(0, 0.7, 40)
    tumour = draw.choice(["lung", "skin", "breast"], count)
    day = draw.choice([0, 7, 14], count)
    margin = (
        -0.8 + 0.8 * load + 0.6 * np.abs(scan) + ease[clinic] + 0.5 * (tumour == "lung") + day / 14
    )
    truth = 1 / (1 + np.exp(-margin))
    made = pd.DataFrame(
        {
            "case": [f"c{n:05d}" for n in range(count)],
            "patient": [f"p{n:05d}" for n in draw.integers(0, count, count)],
            "seen": seen,
            "known": seen + 20,
            "late": (draw.random(count) < truth).astype(int),
            "trust": draw.choice(["AAA", "BBB", "CCC"], count),
            "day": day,
            "load": load,
            "days_so_far": day,
            "tumour": tumour,
            "clinic": [f"k{n}" for n in clinic],
            "scan": scan,
            "scan_date": seen - 1,
            "sex": draw.choice(["1", "2"], count),
            "truth": truth,
        }
    )
    return made
