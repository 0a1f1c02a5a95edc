"""Breach risk on regions with planted truth: calibration, discrimination, intervals, speed.

    python benchmarks/breach.py [--referrals 20000] [--reference 40000] [--seeds 1] [--keep DIR]

Judged are the latest unseen clocks, at every landmark. Beside the model stand three ways
in which such models are often trained: on completed pathways only, on treated patients
only, and with open pathways counted as no breach. Two yardsticks of discrimination: one who
knows each patient's planted odds and who has cancer (nobody could), and a reference model
that has learnt from another draw of the same region, with protected characteristics. The
reference's risks also stand for the truth that intervals should cover.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from _breach_regions import AS_AT, Region, region
from workbench.breach.calibration import expit
from workbench.breach.evaluation import measured_table
from workbench.breach.frames import Cases, cases
from workbench.breach.intervals import doubt, risk_intervals
from workbench.breach.measures import auc
from workbench.breach.roles import landmark_roles
from workbench.breach.settings import load_settings
from workbench.breach.splits import Split, by_time
from workbench.breach.studies import sampled
from workbench.breach.training import Model, fit
from workbench.demo.cohort.hazards import still_waiting

SETTINGS = load_settings()
ROLES = landmark_roles(SETTINGS)
STANDARD_DAYS = {"FDS": 28, "62D": 62}


def main() -> None:
    """Run and print tables."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as place:
        root = arguments.keep or Path(place)
        other = None
        if arguments.reference:
            place_of_other = root / f"reference_{arguments.reference}"
            other = region(place_of_other, arguments.reference, 10_001)
        for seed in range(1, arguments.seeds + 1):
            own = region(root / f"region_{arguments.referrals}_{seed}", arguments.referrals, seed)
            for standard in STANDARD_DAYS:
                print(f"\n{standard}, {arguments.referrals:,} referrals, seed {seed}")
                _judged(own, other, standard, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=20_000)
    parser.add_argument("--reference", type=int, default=40_000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--refits", type=int, default=10)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--keep", type=Path, help="folder where the regions stay for another run")
    return parser.parse_args()


def _judged(
    own: Region, other: Region | None, standard: str, arguments: argparse.Namespace
) -> None:
    rows = own.landmarks(standard, AS_AT).frame
    held = cases(rows, ROLES).cases
    split = by_time(held, SETTINGS)
    test = held.taken(split.test)
    start = time.process_time()
    model = fit(held, ROLES, split, 1)
    spent = time.process_time() - start
    print(f"fit and calibration of {len(split.train):,} rows: {spent:.1f} s CPU")
    _calibrated(model, test, arguments)
    _speed(model, held)
    _naive(own, standard, rows)
    risks = {"model": model.risk(test)}
    if other is not None:
        risks["reference"] = _reference(other, standard, test)
    _discriminates(own, standard, rows.iloc[split.test], test, risks)
    if other is not None:
        _covers(held, split, test, model, risks["reference"], arguments.refits)


def _calibrated(model: Model, test: Cases, arguments: argparse.Namespace) -> None:
    table = measured_table(model, model.risk(test), test, replicates=arguments.replicates, seed=1)
    shown = table[table["metric"] == "observed_expected"]
    for row in shown.itertuples():
        held = 0.9 <= row.estimate <= 1.1 or row.lower <= 1 <= row.upper
        print(
            f"  landmark {row.landmark_day:>3}: {row.events:5} of {row.n:6}  observed/expected "
            f"{row.estimate:.3f} ({row.lower:.3f} to {row.upper:.3f}) {'ok' if held else 'MISSED'}"
        )
    said = table[table["landmark_day"] == "all"].set_index("metric")["estimate"].round(4)
    print(f"  {said.to_dict()}")


def _speed(model: Model, held: Cases) -> None:
    many = held.taken(np.resize(np.arange(len(held)), 200_000))
    start = time.process_time()
    model.risk(many)
    spent = time.process_time() - start
    print(f"  risk alone of 200,000 rows: {spent:.1f} s CPU, so {5 * spent:.0f} s a million")


def _reference(other: Region, standard: str, test: Cases) -> np.ndarray:
    """Risks by a model that has learnt from another draw of the region up to the same day."""
    roles = ROLES.with_protected()
    frame = other.landmarks(standard, AS_AT).frame
    held = cases(frame, roles).cases
    rows = np.flatnonzero(~np.isnan(held.outcome))
    draw = np.random.default_rng(1).random(held.group.max() + 1)
    calibrate = draw[held.group[rows]] < 0.2
    made = Split(rows[~calibrate], rows[calibrate], rows[:0], {})
    model = fit(held, roles, made, 1, max_iter=500)
    return model.risk(test)


def _discriminates(
    own: Region, standard: str, rows: pd.DataFrame, test: Cases, risks: dict[str, np.ndarray]
) -> None:
    """How much of each yardstick's discrimination above chance the model has."""
    knows = _all_knowing(own, standard, rows)
    planted = ~np.isnan(knows)
    every = np.ones(len(test), dtype=bool)
    for words, chosen, held in (
        ("all rows", every, risks),
        ("rows with planted odds", planted, {**risks, "knows who has cancer": knows}),
    ):
        ones = np.ones(int(chosen.sum()))
        found = {name: auc(test.outcome[chosen], one[chosen], ones) for name, one in held.items()}
        told = ", ".join(
            f"{name} {value:.4f} ({(found['model'] - 0.5) / (value - 0.5):.1%})"
            for name, value in found.items()
        )
        print(f"  AUC, {words} ({len(ones):,}), and the model's share above 0.5: {told}")


def _all_knowing(own: Region, standard: str, rows: pd.DataFrame) -> np.ndarray:
    """Chance of passing the day by planted odds; NaN where there are none of closed form."""
    hazards = own.truth("hazards")
    hazards = hazards[hazards["log_odds"].notna()]
    found = np.full(len(rows), np.nan)
    for clock, cancer in (("62D", True), ("FDS", False)):
        if standard == "FDS" and clock == "62D":
            continue
        planted = hazards[
            (hazards["standard"] == clock) & (hazards["cancer_found"] == cancer)
        ].drop_duplicates("pathway_id")
        joined = rows[["pathway_id", "landmark_day"]].merge(planted, on="pathway_id", how="left")
        for day in joined["landmark_day"].unique():
            here = ((joined["landmark_day"] == day) & joined["log_odds"].notna()).to_numpy()
            if here.any():
                chance = still_waiting(joined[here], STANDARD_DAYS[standard], int(day))
                found[here] = chance
    return found


def _covers(
    held: Cases, split: Split, test: Cases, model: Model, reference: np.ndarray, refits: int
) -> None:
    others = [fit(held, ROLES, sampled(held, split, 100 + n), 1) for n in range(refits)]
    doubts = doubt(model, held.taken(split.calibrate), ROLES)
    for name, used in (("as given", doubts), ("refits alone", replace(
        doubts, unexplained={}, misfit={}, calibration=0.0))):  # fmt: skip
        _, lower, upper = risk_intervals(model, others, used, test)
        inside = (lower <= reference) & (reference <= upper)
        print(
            f"  90 % intervals, {name}: cover {inside.mean():.1%} of the reference's risks; "
            f"mean width {np.mean(upper - lower):.3f}"
        )
    told = {
        name: round(value, 4) for name, value in {**doubts.unexplained, **doubts.misfit}.items()
    }
    print(f"  unexplained, by characteristic: {told}")


def _naive(own: Region, standard: str, rows: pd.DataFrame) -> None:
    """Train as of a day in three wrong ways and in the right one, and judge what was open then."""
    cut = AS_AT - timedelta(days=STANDARD_DAYS[standard] + 14)
    seen = own.landmarks(standard, cut).frame
    still = set(own.landmarks(standard, cut, on_the_day=True).frame["pathway_id"])
    treated = own.treated_by(cut)
    done = ~seen["pathway_id"].isin(still)
    guessed = seen["outcome"].fillna(False)
    ways = {
        "landmarks, mature rows": seen[seen["outcome"].notna()],
        "A completed pathways only": seen[done].assign(outcome=guessed[done]),
        "B treated patients only": seen[seen["pathway_id"].isin(treated)].assign(
            outcome=guessed[seen["pathway_id"].isin(treated)]
        ),
        "C open counted as no breach": seen.assign(outcome=guessed),
    }
    held = cases(rows, ROLES).cases
    day = np.datetime64(cut)
    open_then = (held.time <= day) & (held.time > day - np.timedelta64(14, "D"))
    judge = held.taken(np.flatnonzero(open_then & ~np.isnan(held.outcome)))
    print(f"  open on {cut} or up to a fortnight before: {len(judge):,} rows")
    for name, frame in ways.items():
        learnt = cases(frame.astype({"outcome": "boolean"}), ROLES).cases
        latest = learnt.origin > learnt.origin.max() - np.timedelta64(91, "D")
        split = Split(np.flatnonzero(~latest), np.flatnonzero(latest), np.array([], int), {})
        model = fit(learnt, ROLES, split, 1)
        risk = expit(model.margin(judge))
        print(
            f"    {name}: observed/expected {judge.outcome.sum() / risk.sum():.2f}, AUC "
            f"{auc(judge.outcome, risk, np.ones(len(judge))):.3f}"
        )


if __name__ == "__main__":
    main()
