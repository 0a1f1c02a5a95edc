"""Readmission in Diabetes-130 (real, public), by the command, beside XGBoost and LightGBM.

    python benchmarks/breach_public.py [--data FOLDER] [--splits 5] [--peers PYTHON]

``workbench train --frame`` runs once a split; splits are by patient, and the peers learn from
the same rows and columns and judge the same rows. Each figure is the mean of the splits. The
peers run in an environment of their own, made for the run and thrown away after it; PYTHON
is that of one that is there already. FOLDER holds ``fairness/diabetes130_raw.csv.gz``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import pandas as pd
import yaml

from workbench.breach.measures import measured

PEERS = ("lightgbm==4.6.0", "xgboost-cpu==3.0.5", "scikit-learn==1.7.2", "pandas==2.3.3")
NUMBERS = (
    "time_in_hospital", "num_lab_procedures", "num_procedures", "num_medications",
    "number_outpatient", "number_emergency", "number_inpatient", "number_diagnoses",
)  # fmt: skip
NO_FEATURES = ("encounter_id", "patient_nbr", "readmitted", "race", "gender")
CANNOT_COME_BACK = ("11", "13", "14", "19", "20", "21")
"""Discharges to death or hospice."""
OUTCOME, EVENT, MISSING = "readmitted", "<30", "?"
SHOWN = ("auc", "brier", "observed_expected", "calibration_slope")
BRIER_BAR, AUC_SLACK, SLOPES = 0.0956, 0.002, (0.95, 1.05)


def main() -> None:
    """Run and print a table."""
    arguments = _arguments()
    frame = pd.read_csv(
        arguments.data / "fairness" / "diabetes130_raw.csv.gz", dtype="str", keep_default_na=False
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        frame.to_csv(folder / "rows.csv", index=False)
        roles = roles_file(list(frame.columns))
        (folder / "roles.yaml").write_text(yaml.safe_dump(roles, sort_keys=False))
        python = arguments.peers or _environment(folder / "peers")
        seeds = range(arguments.first, arguments.splits + 1)
        splits = [_split(folder, frame, seed, python) for seed in seeds]
    mean = pd.concat(splits).groupby(level=0, sort=False).mean()
    print(f"mean of splits {arguments.first} to {arguments.splits}")
    print(mean.round(4).to_string())
    _verdict(mean)


def roles_file(columns: list[str]) -> dict[str, object]:
    """The roles as a user would write them down for ``workbench train --frame``."""
    return {
        "id": "encounter_id",
        "group": "patient_nbr",
        "outcome": OUTCOME,
        "event": [EVENT],
        "missing": [MISSING],
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
    parser.add_argument("--splits", type=int, default=5, help="number of the last split")
    parser.add_argument("--first", type=int, default=1, help="number of the first split")
    return parser.parse_args()


def _environment(folder: Path) -> Path:
    """Make the peers' environment; they are no part of the workbench's."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    words = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([str(python), *words, "pyarrow", *PEERS], check=True)
    return python


def _split(folder: Path, frame: pd.DataFrame, seed: int, python: Path) -> pd.DataFrame:
    start = time.perf_counter()
    rows = _trained(folder, seed)
    spent = time.perf_counter() - start
    own = json.loads((folder / f"model{seed}" / "evaluation.json").read_text())["tables"]
    table = pd.DataFrame(own["measures"])
    ours = table[table["model"].isin(["boosting", "logistic"])]
    made = ours.pivot_table(index="model", columns="metric", values="estimate")
    made.index = [f"workbench {name}" for name in made.index]
    outcome = rows.set_index("encounter_id")["outcome"].astype(float)
    for name, risk in _peers(folder, frame, outcome, python).items():
        made.loc[name] = measured(outcome.to_numpy(), risk.loc[outcome.index].to_numpy())
    made = made[list(SHOWN)]
    print(f"split {seed}: {len(outcome):,} rows judged, {spent:.0f} s in all")
    print(made.round(4).to_string(), flush=True)
    return made


def _trained(folder: Path, seed: int) -> pd.DataFrame:
    """Run the command; give the rows that it judged."""
    judged = folder / f"judged{seed}.parquet"
    words = ["train", "--frame", "rows.csv", "--roles", "roles.yaml", "--out", f"model{seed}"]
    words += ["--judged", judged.name, "--quiet"]
    given = {"seed": seed, "refits": 0, "replicates": 0, "learning": "false"}
    words += [word for name, value in given.items() for word in ("-p", f"{name}={value}")]
    command = "import sys; from workbench.cli.main import main; sys.exit(main())"
    subprocess.run([sys.executable, "-c", command, *words], cwd=folder, check=True)
    return pd.read_parquet(judged)


def _peers(
    folder: Path, frame: pd.DataFrame, outcome: pd.Series, python: Path
) -> dict[str, pd.Series]:
    """Risks of each peer on the rows that were judged, learnt from all other patients' rows."""
    there = frame[~frame["discharge_disposition_id"].isin(CANNOT_COME_BACK)]
    judged = there["encounter_id"].isin(outcome.index)
    for name, rows in (("train", there[~judged]), ("test", there[judged])):
        _plain(rows).to_parquet(folder / f"{name}.parquet", index=False)
    script = Path(__file__).with_name("_breach_peers.py")
    subprocess.run([str(python), str(script), str(folder)], check=True)
    made = pd.read_parquet(folder / "peers.parquet")
    made.index = pd.Index(there.loc[judged, "encounter_id"].astype(outcome.index.dtype))
    return {str(name): made[name] for name in made.columns}


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    features = rows.drop(columns=list(NO_FEATURES)).replace({MISSING: None, "": None})
    features = features.astype(dict.fromkeys(NUMBERS, "float64"))
    return features.assign(outcome=(rows[OUTCOME] == EVENT).astype(float))


def _verdict(mean: pd.DataFrame) -> None:
    own = mean.loc["workbench boosting"]
    tests = {
        f"Brier at most {BRIER_BAR}": own["brier"] <= BRIER_BAR,
        f"calibration slope {SLOPES[0]} to {SLOPES[1]}": SLOPES[0]
        <= own["calibration_slope"]
        <= SLOPES[1],
        f"AUC at least XGBoost's less {AUC_SLACK}": own["auc"]
        >= mean.loc["xgboost", "auc"] - AUC_SLACK,
    }
    for name, held in tests.items():
        print(f"{name}: {'ok' if held else 'MISSED'}")


if __name__ == "__main__":
    main()
