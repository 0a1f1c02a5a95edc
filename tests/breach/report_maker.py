"""What a model's folder says of it, made up, so that the report can be told from any figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach.report import Held

DAYS = ("all", "0", "28", "56")
MODELS = {
    "boosting": 0.80, "logistic": 0.78, "longest_waiter": 0.72,
    "boosting, with protected characteristics": 0.80,
}  # fmt: skip
LOOKS = {"all": 6000, "0": 3000, "28": 2000, "56": 1000}


def measures(ratio: float = 1.0, wide: float = 0.05) -> pd.DataFrame:
    """Measures of every model on every day, and of one at two sites that it has not seen."""
    rows = []
    for split, names, days in (
        ("time", MODELS, DAYS),
        ("site left out: ZZ1", {"boosting": 0.8}, DAYS[:1]),
        ("site left out: ZZ2", {"boosting": 0.8}, DAYS[:1]),
    ):
        here = ratio if split == "time" else (1.3 if split.endswith("1") else 0.99)
        for name, rank in names.items():
            said = {"auc": rank}
            if name != "longest_waiter":
                said |= {"observed_expected": here, "brier": 0.12, "calibration_slope": 0.97}
            for day in days:
                rows += [
                    (split, name, day, metric, value, value - wide, value + wide, LOOKS[day],
                     LOOKS[day] // 2, LOOKS[day] // 10)
                    for metric, value in said.items()
                ]  # fmt: skip
    names = ["split", "model", "landmark_day", "metric", "estimate", "lower", "upper", "n",
             "patients", "events"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def tables() -> dict[str, pd.DataFrame]:
    """Every table of a model's folder."""
    day = np.arange(200)
    waiting = np.exp(-day / 30)
    share = np.array([0.05, 0.1, 0.2, 0.3])
    found = {"boosting": 2.5, "longest_waiter": 2.0, "logistic": 2.4, "rates": 2.1}
    return {
        "cohort_flow": pd.DataFrame(
            {"step": ["records", "pathways", "clocks of 62D", "clocks closed without a date",
                      "rows", "rows whose outcome is not known yet", "rows to learn from",
                      "rows open past the standard"],
             "count": [9000, 8000, 7500, 300, 30_000, 2000, 28_000, 2800]}
        ),
        "counts": pd.DataFrame(
            {"step": ["rows", "rows judged: learnt from", "rows judged: calibrating",
                      "rows judged: judging"], "count": [30_000, 15_000, 4000, 6000]}
        ),
        "measures": measures(),
        "calibration": pd.DataFrame(
            {"landmark_day": "all", "risk": [0.05, 0.2, 0.6], "observed": [0.05, 0.21, 0.59],
             "lower": [0.04, 0.19, 0.55], "upper": [0.06, 0.23, 0.63]}
        ),
        "capture": pd.DataFrame(
            [(name, at, many * at, many * at - 0.01, many * at + 0.01)
             for name, many in found.items() for at in share],
            columns=["model", "capacity", "captured", "lower", "upper"],
        ),
        "decision_curve": pd.DataFrame(
            {"threshold": [0.1, 0.2, 0.6], "flagged": 0.3, "model": [0.08, 0.05, 0.02],
             "all": [0.04, -0.1, -2.0], "none": 0.0, "longest_waiter": [0.05, 0.02, 0.0]}
        ),
        "drift": pd.DataFrame(
            {"month": ["2024-11", "2024-12"], "n": [4000, 2000], "observed": [400.0, 200.0],
             "expected": [400.0, 210.0], "observed_expected": [1.0, 0.95], "lower": [0.9, 0.8],
             "upper": [1.1, 1.1]}
        ),
        "stability": pd.DataFrame(
            {"part": [1, 2], "n": [3000, 3000], "risk": [0.02, 0.3], "deviation": [0.01, 0.02],
             "apart": [0.01, 0.02], "widest": [0.04, 0.1]}
        ),
        "waiting": pd.DataFrame(
            {"day": day, "at_risk": 7500, "ended": 0, "waiting": waiting,
             "treated": 0.2 * (1 - waiting), "left": 0.8 * (1 - waiting)}
        ),
        "learning": pd.DataFrame(
            [(part, int(3000 * part), int(15_000 * part), metric, value, value - 0.01, value + 0.01)
             for part, rank in ((0.2, 0.77), (0.4, 0.79), (1.0, 0.8))
             for metric, value in (("auc", rank), ("observed_expected", 1.0))],
            columns=["share", "patients_learnt_from", "rows_learnt_from", "metric", "estimate",
                     "lower", "upper"],
        ),
        "hazard": pd.DataFrame(
            [(name, day, metric, value, LOOKS[day], LOOKS[day] // 10)
             for day in DAYS
             for name, metric, value in (
                 ("boosting", "observed_expected", 1.0), ("hazard", "observed_expected", 1.1),
                 ("hazard", "apart", 0.03), ("hazard", "agreement", 0.9))],
            columns=["model", "landmark_day", "metric", "estimate", "n", "events"],
        ),
    }  # fmt: skip


def held(more: dict[str, pd.DataFrame] | None = None, **facts: Any) -> Held:
    """A model's folder with some tables or facts of one's own."""
    expires = facts.pop("expires", date(2025, 9, 30))
    known = {
        "standard": "62D", "standard_days": 62, "target": "open", "as_at": "2025-03-31",
        "model": "boosting", "synthetic": True,
        "windows": {"train_from": "2023-04-01", "train_to": "2024-10-29"},
    } | facts  # fmt: skip
    judged = {
        "train_from": "2023-04-01", "train_to": "2024-05-29", "calibrate_from": "2024-05-30",
        "calibrate_to": "2024-08-28", "test_from": "2024-11-01", "test_to": "2024-12-31",
    }  # fmt: skip
    return Held(known, judged, expires, "a year has passed", tables() | (more or {}), (0.9, 1.1))
