"""Real data of other people: readmission in Diabetes-130, by the command, with roles alone."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from workbench.cli.main import main

NUMBERS = (
    "time_in_hospital", "num_lab_procedures", "num_procedures", "num_medications",
    "number_outpatient", "number_emergency", "number_inpatient", "number_diagnoses",
)  # fmt: skip
NO_FEATURES = ("encounter_id", "patient_nbr", "readmitted", "race", "gender")


@pytest.mark.real_data
def test_readmissions_are_learnt_from_roles_alone(real_data: Path, tmp_path: Path):
    frame = pd.read_csv(
        real_data / "fairness" / "diabetes130_raw.csv.gz", dtype="str", keep_default_na=False
    )
    some = frame.iloc[::10]
    some.to_csv(tmp_path / "rows.csv", index=False)
    roles = {
        "id": "encounter_id",
        "group": "patient_nbr",
        "outcome": "readmitted",
        "event": ["<30"],
        "missing": ["?"],
        "protected": ["race", "gender"],
        "leave_out": {"discharge_disposition_id": ["11", "13", "14", "19", "20", "21"]},
        "features": {
            name: {"kind": "number" if name in NUMBERS else "code", "known_at": "row"}
            for name in frame.columns
            if name not in NO_FEATURES
        },
    }
    (tmp_path / "roles.yaml").write_text(yaml.safe_dump(roles, sort_keys=False))
    words = ["train", "--frame", str(tmp_path / "rows.csv"), "--out", str(tmp_path / "m")]
    words += ["--roles", str(tmp_path / "roles.yaml"), "--quiet"]
    assert main([*words, "-p", "replicates=0", "-p", "refits=0", "-p", "model=logistic"]) == 0
    held = json.loads((tmp_path / "m" / "evaluation.json").read_text())
    counts = {row["step"]: row["count"] for row in held["tables"]["counts"]}
    gone = some["discharge_disposition_id"].isin(["11", "13", "14", "19", "20", "21"]).sum()
    assert counts["rows not of the population, by discharge_disposition_id"] == gone
    assert counts["rows"] == len(some) - gone
    said = {(row["model"], row["metric"]): row["estimate"] for row in held["tables"]["measures"]}
    assert said["boosting", "auc"] > 0.6
    assert said["logistic", "auc"] > 0.6
    assert 0.8 < said["boosting", "observed_expected"] < 1.25
