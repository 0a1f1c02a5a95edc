"""What tests of notebooks do alike: run one, and read what it left."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workbench.cli.main import main


def run_notebook(name: str, root: Path, out: str, *words: str) -> int:
    """Run a notebook of a workspace into a folder of it; the command's exit code."""
    place = ["--out", str(root / out), "--workspace", str(root)]
    return main(["run", name, *words, *place, "--quiet"])


def tables_of(report: Path, name: str) -> dict[str, pd.DataFrame]:
    """Every table of a notebook's report, as text."""
    folder = report / "tables" / name
    return {path.stem: pd.read_csv(path, dtype=str) for path in sorted(folder.glob("*.csv"))}


def step(report: Path) -> dict[str, Any]:
    """What the manifest says of the one notebook of a run."""
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = manifest["steps"][0]
    return found


def rounded_counts(report: Path, name: str, counted: re.Pattern[str]) -> int:
    """Hold every count to be withheld, nought or a rounded 10 and more; how many there are."""
    outputs = {one["name"]: one for one in step(report)["outputs"]}
    seen = 0
    for table, frame in tables_of(report, name).items():
        assert outputs[table]["profile"] == "nhs_round5"
        for column in filter(counted.fullmatch, frame.columns):
            cells = frame[column].mask(frame[column] == "[c]").dropna().astype(float)
            assert ((cells == 0) | (cells >= 10)).all(), (table, column)
            assert np.allclose(cells % 5, 0), (table, column)
            seen += len(cells)
    return seen
