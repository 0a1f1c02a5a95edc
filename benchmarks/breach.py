"""Breach risk on regions with planted truth: calibration, discrimination, intervals, speed.

    python benchmarks/breach.py [--referrals 20000] [--seeds 1,2] [--unseen 0] [--keep DIR]

Judged are the latest unseen clocks, at every landmark of every standard. Observed over expected
is to lie within 0.9 to 1.1, or its 95 % interval to hold 1; discrimination above chance is to be
98 % of that of a model learnt from other draws of the region (`_breach_truth`); 90 % intervals
are to hold the true risk of 85 to 95 % of the rows that have one of closed form. With --unseen
so many referrals, two more regions are judged whose drift and frailty are others. Beside the
model stand three naive ways of training. With --keep the regions stay, and a run that was
stopped goes on from what there is.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import sklearn

from _breach_naive import naive
from _breach_oracle import planted_first
from _breach_regions import AS_SHIPPED, RECOVERING, SLIPPING, Planted, Region, region
from _breach_truth import closed_form, learnt_from
from workbench.breach.evaluation import evaluate
from workbench.breach.frames import Cases, cases
from workbench.breach.intervals import REFITS, Doubt, doubt, risk_intervals
from workbench.breach.measures import auc
from workbench.breach.models import Fitted
from workbench.breach.plan import Plan
from workbench.breach.refits import refit
from workbench.breach.roles import landmark_roles
from workbench.breach.settings import load_settings
from workbench.breach.splits import Split, by_time
from workbench.breach.training import Model, fit

SETTINGS = load_settings()
ROLES = landmark_roles(SETTINGS)
MANY = 1_000_000
Made = TypeVar("Made")


def main() -> None:
    """Run and print tables."""
    arguments = _arguments()
    print(f"Python {platform.python_version()}, scikit-learn {sklearn.__version__}; CPU seconds")
    with tempfile.TemporaryDirectory() as place:
        root = arguments.keep or Path(place)
        for number, (name, own, others) in enumerate(_regions(root, arguments)):
            for standard in arguments.standards.split(","):
                print(f"\n{standard}, {name}", flush=True)
                _judged(own, others, standard, arguments, number == 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--referrals", type=int, default=20_000)
    parser.add_argument("--seeds", default="1", help="such as 1,2,3")
    parser.add_argument("--unseen", type=int, default=0)
    parser.add_argument("--standards", default="FDS,31D,62D")
    parser.add_argument("--draws", type=int, default=2, help="other draws that a yardstick learns")
    parser.add_argument("--parts", default="discrimination,planted,intervals,late,speed,naive")
    parser.add_argument("--refits", type=int, default=REFITS)
    parser.add_argument("--share", type=float, default=1.0, help="of patients, for intervals")
    parser.add_argument("--keep", type=Path, help="folder where the regions stay for another run")
    return parser.parse_args()


def _regions(
    root: Path, arguments: argparse.Namespace
) -> list[tuple[str, Region, list[tuple[int, int]]]]:
    """Name, region, and sizes and seeds of the other draws that its yardstick learns from."""
    size, seeds = arguments.referrals, [int(one) for one in arguments.seeds.split(",")]
    made: list[tuple[str, Region, list[tuple[int, int]]]] = []
    for seed in seeds:
        others = [(size, one) for one in seeds if one != seed] or [(2 * size, 10_001)]
        # the same few draws serve as many regions as they can: the last ones, or the first
        early = seeds.index(seed) < len(seeds) / 2
        chosen = others[-arguments.draws :] if early else others[: arguments.draws]
        made.append((f"{size:,} referrals, seed {seed}", _region(root, size, seed), chosen))
    if arguments.unseen:
        for number, (name, one) in enumerate(
            {"slipping": SLIPPING, "recovering": RECOVERING}.items()
        ):
            own = _region(root, arguments.unseen, 11 + number, one, name)
            made.append((f"{arguments.unseen:,} referrals, another region ({name})", own, []))
    return made


def _region(root: Path, size: int, seed: int, one: Planted = AS_SHIPPED, name: str = "") -> Region:
    return region(root / f"region_{size}_{seed}{'_' if name else ''}{name}", size, seed, one)


def _judged(
    own: Region, others: list[tuple[int, int]], standard: str, arguments: argparse.Namespace,
    first: bool,
) -> None:  # fmt: skip
    rows = own.rows(standard)
    parts = arguments.parts.split(",")
    if parts != ["intervals"]:
        _judged_whole(own, others, standard, rows, parts, first)
    if "intervals" in parts:
        _covers(own, standard, rows, arguments)


def _judged_whole(
    own: Region, others: list[tuple[int, int]], standard: str, rows: pd.DataFrame,
    parts: list[str], first: bool,
) -> None:  # fmt: skip
    held = cases(rows, ROLES).cases
    split = by_time(held, SETTINGS)
    test = held.taken(split.test)
    model, spent = _timed(lambda: fit(held, ROLES, split, 1))
    risk = model.risk(test)
    print(f"  {len(split.train):,} rows learnt from, {len(test):,} judged; fitted in {spent:.0f} s")
    _calibrated(risk, test)
    if "discrimination" in parts:
        _discriminates(own, others, standard, test, risk)
    if "planted" in parts and standard == "31D":
        _against_planted(own, rows.iloc[split.test], test, risk)
    if "late" in parts and standard == "62D":
        _late(rows)
    if first and "speed" in parts:
        _speed(held, split)
    if first and "naive" in parts:
        naive(own, standard, rows, ROLES)


def _timed(work: Callable[[], Made]) -> tuple[Made, float]:
    start = time.process_time()
    return work(), time.process_time() - start


def _calibrated(risk: np.ndarray, test: Cases) -> None:
    """Observed over expected at every landmark; a patient's rows count together."""
    for day in np.unique(test.landmark):
        here = test.landmark == day
        observed, expected = test.outcome[here].sum(), risk[here].sum()
        _, patient = np.unique(test.group[here], return_inverse=True)
        spread = (np.bincount(patient, test.outcome[here] - risk[here]) ** 2).sum() ** 0.5
        low, found, high = ((observed + z * spread) / expected for z in (-1.96, 0, 1.96))
        said = "ok" if 0.9 <= found <= 1.1 or low <= 1 <= high else "MISSED"
        print(
            f"  day {day:2}: {int(observed):6,} of {here.sum():7,}  observed/expected "
            f"{found:.3f} ({low:.3f} to {high:.3f})  {said}"
        )


_LEARNT: dict[tuple[str, tuple[tuple[int, int], ...]], Fitted] = {}


def _discriminates(
    own: Region, others: list[tuple[int, int]], standard: str, test: Cases, risk: np.ndarray
) -> None:
    """How much of the yardstick's discrimination above chance the model has."""
    if not others:
        return
    key = (standard, tuple(others))
    if key not in _LEARNT:
        frames = [_region(own.root.parent, *one).rows(standard) for one in others]
        _LEARNT[key] = learnt_from(frames, ROLES)
    best = _LEARNT[key].margin(test)
    for name, here in {
        "all days": np.ones(len(test), dtype=bool),
        **{f"day {day}": test.landmark == day for day in np.unique(test.landmark)},
    }.items():
        ones = np.ones(int(here.sum()))
        found, most = (auc(test.outcome[here], one[here], ones) for one in (risk, best))
        share = (found - 0.5) / (most - 0.5)
        print(f"  AUC, {name}: {found:.4f}; learnt from other draws {most:.4f}; share {share:.1%}")


def _against_planted(own: Region, rows: pd.DataFrame, test: Cases, risk: np.ndarray) -> None:
    """How much of the discrimination above chance of one who knows all that is planted."""
    best = planted_first(own.truth("hazards"), rows)
    here = ~np.isnan(best)
    ones = np.ones(int(here.sum()))
    found, most = (auc(test.outcome[here], one[here], ones) for one in (risk, best))
    share = (found - 0.5) / (most - 0.5)
    print(f"  AUC, all days: {found:.4f}; who knows what is planted {most:.4f}; share {share:.1%}")


def _covers(own: Region, standard: str, rows: pd.DataFrame, arguments: argparse.Namespace) -> None:
    """Share of rows of the latest clocks whose true risk lies in the interval."""
    if arguments.share < 1:
        _, patient = np.unique(rows["person_id"].astype("str"), return_inverse=True)
        drawn = np.random.default_rng(1).random(patient.max() + 1) < arguments.share
        rows = rows[drawn[patient]].reset_index(drop=True)
    true = closed_form(own.truth("hazards"), rows, standard, own.made_with)
    held = cases(rows, ROLES).cases
    split = by_time(held, SETTINGS)
    latest = held.taken(split.test).origin
    if held.origin is None or latest is None:
        return
    judged = np.flatnonzero((held.origin >= latest.min()) & ~np.isnan(true))
    if not len(judged):
        return
    model = fit(held, ROLES, split, 1)
    again = refit(held, ROLES, split, Plan(refits=arguments.refits))
    doubts = doubt(again.margin, held.taken(again.rows), ROLES, again.apart)
    for words, used in (("", doubts), (" of refits alone", Doubt({}, {}, 0.0))):
        _, low, high = risk_intervals(model, again.models, used, held.taken(judged))
        inside = ((low <= true[judged]) & (true[judged] <= high)).mean()
        said = "ok" if 0.85 <= inside <= 0.95 else "MISSED"
        print(
            f"  90 % intervals{words}: hold the true risk of {inside:.1%} of {len(judged):,} rows; "
            f"mean width {np.mean(high - low):.3f}  {'' if words else said}"
        )


def _late(rows: pd.DataFrame) -> None:
    """The other target, treated late, over all landmarks."""
    roles = landmark_roles(SETTINGS, "late")
    held = cases(rows, roles).cases
    split = by_time(held, SETTINGS)
    test = held.taken(split.test)
    risk = fit(held, roles, split, 1).risk(test)
    days = np.unique(test.landmark)
    told = [
        f"day {day} {test.outcome[h].sum() / risk[h].sum():.3f}"
        for day in days
        if (h := test.landmark == day).any()
    ]
    print(f"  target 'late', observed/expected: {', '.join(told)}")


def _speed(held: Cases, split: Split) -> None:
    """CPU seconds for 100,000 rows from fit to evaluation, and for a million rows scored."""
    latest = np.sort(np.r_[split.train, split.calibrate, split.test])[-100_000:]
    some = held.taken(latest)
    cut = by_time(some, SETTINGS)

    def whole() -> Model:
        model = fit(some, ROLES, cut, 1)
        evaluate([model], some.taken(cut.test), replicates=0)
        return model

    model, spent = _timed(whole)
    print(f"  {len(some):,} rows: fitted, calibrated and evaluated in {spent:.1f} s")
    many = held.taken(np.resize(np.arange(len(held)), MANY))
    _, spent = _timed(lambda: model.risk(many))
    print(f"  {MANY:,} rows scored in {spent:.1f} s; with intervals, as often again as refits")


if __name__ == "__main__":
    main()
