"""Three ways in which such models are often trained, and what comes of them.

A: on completed pathways only. B: on treated patients only. C: with open pathways counted as
no breach. Each learns from what was there on a day and is judged on what was open then.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from _breach_regions import AS_AT, Region
from _breach_truth import STANDARD_DAYS
from workbench.breach.calibration import expit
from workbench.breach.frames import cases
from workbench.breach.measures import auc
from workbench.breach.roles import Roles
from workbench.breach.splits import Split
from workbench.breach.training import fit


def naive(own: Region, standard: str, rows: pd.DataFrame, roles: Roles) -> None:
    """Train in each way as of a day, and print how what was open then came out."""
    cut = AS_AT - timedelta(days=STANDARD_DAYS[standard] + 14)
    held = cases(rows, roles).cases
    day = np.datetime64(cut)
    open_then = (held.time <= day) & (held.time > day - np.timedelta64(14, "D"))
    judge = held.taken(np.flatnonzero(open_then & ~np.isnan(held.outcome)))
    print(f"  open on {cut} or up to a fortnight before: {len(judge):,} landmarks")
    for name, frame in _ways(own, standard, cut).items():
        learnt = cases(frame.astype({"outcome": "boolean"}), roles).cases
        latest = learnt.origin > learnt.origin.max() - np.timedelta64(91, "D")
        split = Split(np.flatnonzero(~latest), np.flatnonzero(latest), np.array([], int), {})
        risk = expit(fit(learnt, roles, split, 1).margin(judge))
        share = judge.outcome.sum() / risk.sum()
        found = auc(judge.outcome, risk, np.ones(len(judge)))
        said = "ok" if 0.9 <= share <= 1.1 else "FAILS"
        print(f"    {name:30} observed/expected {share:.2f}, AUC {found:.3f}  {said}")


def _ways(own: Region, standard: str, cut: object) -> dict[str, pd.DataFrame]:
    seen = own.landmarks(standard, cut).frame  # type: ignore[arg-type]
    still = set(own.landmarks(standard, cut, on_the_day=True).frame["pathway_id"])  # type: ignore[arg-type]
    treated = seen["pathway_id"].isin(own.treated_by(cut))  # type: ignore[arg-type]
    done = ~seen["pathway_id"].isin(still)
    guessed = seen["outcome"].fillna(False)
    return {
        "landmarks, mature rows": seen[seen["outcome"].notna()],
        "A completed pathways only": seen[done].assign(outcome=guessed[done]),
        "B treated patients only": seen[treated].assign(outcome=guessed[treated]),
        "C open counted as no breach": seen.assign(outcome=guessed),
    }
