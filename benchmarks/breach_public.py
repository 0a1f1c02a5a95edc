"""Readmission in Diabetes-130 (real, public): our learners beside XGBoost and LightGBM.

    python benchmarks/breach_public.py [--data FOLDER] [--peers PYTHON] [--splits 5]

Splits are by patient; each figure is the mean of the splits, all learners on the same rows
and columns. PYTHON is that of an environment with xgboost, lightgbm, pandas and pyarrow;
without it ours run alone. FOLDER holds ``fairness/diabetes130_raw.csv.gz``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.breach.frames import Cases, cases
from workbench.breach.measures import measured
from workbench.breach.roles import Roles, roles_of
from workbench.breach.splits import Split, by_patient
from workbench.breach.training import fit

NUMBERS = (
    "time_in_hospital", "num_lab_procedures", "num_procedures", "num_medications",
    "number_outpatient", "number_emergency", "number_inpatient", "number_diagnoses",
)  # fmt: skip
NO_FEATURES = ("encounter_id", "patient_nbr", "readmitted", "race", "gender")
CANNOT_COME_BACK = ("11", "13", "14", "19", "20", "21")
"""Discharges to death or hospice."""
SHOWN = ("auc", "brier", "observed_expected", "calibration_slope")
BRIER_BAR, AUC_SLACK, SLOPES = 0.0956, 0.002, (0.95, 1.05)


def main() -> None:
    """Run and print a table."""
    arguments = _arguments()
    frame = pd.read_csv(
        arguments.data / "fairness" / "diabetes130_raw.csv.gz", dtype="str", keep_default_na=False
    )
    roles = roles_of(roles_file(list(frame.columns)))
    checked = cases(frame, roles)
    print(f"{len(checked.cases):,} encounters; left out: {checked.left_out}")
    tables = [
        _split(checked.cases, roles, seed, arguments.peers)
        for seed in range(1, arguments.splits + 1)
    ]
    mean = pd.concat(tables).groupby(level=0, sort=False).mean()
    print(mean.round(4).to_string())
    _verdict(mean)


def roles_file(columns: list[str]) -> dict[str, object]:
    """The roles as a user would write them down for ``workbench train --frame``."""
    return {
        "id": "encounter_id",
        "group": "patient_nbr",
        "outcome": "readmitted",
        "event": ["<30"],
        "missing": ["?"],
        "protected": ["race", "gender"],
        "leave_out": {"discharge_disposition_id": list(CANNOT_COME_BACK)},
        "features": {
            name: {"kind": "number" if name in NUMBERS else "code", "known_at": "row"}
            for name in columns
            if name not in NO_FEATURES
        },
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    data = os.environ.get("WORKBENCH_REAL_DATA")
    parser.add_argument("--data", type=Path, default=data, required=data is None)
    parser.add_argument("--peers", type=Path, help="Python of the peers' environment")
    parser.add_argument("--splits", type=int, default=5)
    return parser.parse_args()


def _split(held: Cases, roles: Roles, seed: int, peers: Path | None) -> pd.DataFrame:
    split = by_patient(held, seed)
    test = held.taken(split.test)
    rows = {}
    for name in ("boosting", "logistic"):
        start = time.process_time()
        model = fit(held, roles, split, seed, name)
        spent = time.process_time() - start
        rows[name] = {**measured(test.outcome, model.risk(test)), "fit_s": spent}
    if peers is not None:
        for name, risk in _peers(held, roles, split, peers).items():
            rows[name] = measured(test.outcome, risk)
    made = pd.DataFrame(rows).T
    print(f"split {seed}: {made.loc[:, list(SHOWN)].round(4).to_dict('index')}", flush=True)
    return made


def _peers(held: Cases, roles: Roles, split: Split, python: Path) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, rows in (("train", split.train), ("test", split.test)):
            _plain(held.taken(rows), roles).to_parquet(folder / f"{name}.parquet", index=False)
        script = Path(__file__).with_name("_breach_peers.py")
        subprocess.run([str(python), str(script), str(folder)], check=True)
        made = pd.read_parquet(folder / "peers.parquet")
        return {str(name): made[name].to_numpy() for name in made.columns}


def _plain(held: Cases, roles: Roles) -> pd.DataFrame:
    columns = {
        one.name: held.numbers[one.name]
        if one.kind == "number"
        else pd.Series(held.codes[one.name].text()).replace("", None)
        for one in roles.features
    }
    return pd.DataFrame({**columns, "outcome": held.outcome})


def _verdict(mean: pd.DataFrame) -> None:
    own = mean.loc["boosting"]
    tests = {
        f"Brier at most {BRIER_BAR}": own["brier"] <= BRIER_BAR,
        f"calibration slope {SLOPES[0]} to {SLOPES[1]}": SLOPES[0]
        <= own["calibration_slope"]
        <= SLOPES[1],
    }
    if "xgboost" in mean.index:
        bar = mean.loc["xgboost", "auc"] - AUC_SLACK
        tests[f"AUC at least XGBoost's less {AUC_SLACK}"] = own["auc"] >= bar
    for name, held in tests.items():
        print(f"{name}: {'ok' if held else 'MISSED'}")


if __name__ == "__main__":
    main()
