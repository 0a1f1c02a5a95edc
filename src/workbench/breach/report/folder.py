"""A model's folder as a report reads it: facts and tables, if they are as they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.breach.persistence import load_model
from workbench.breach.settings import Settings, load_settings
from workbench.errors import InputError

EVALUATION = "evaluation.json"
NEEDED = {
    "cohort_flow": ("step", "count"),
    "counts": ("step", "count"),
    "measures": (
        "split", "model", "landmark_day", "metric", "estimate", "lower", "upper", "n", "patients",
        "events",
    ),
    "calibration": ("landmark_day", "risk", "observed", "lower", "upper"),
    "capture": ("model", "capacity", "captured", "lower", "upper"),
    "decision_curve": ("threshold", "model", "all", "none", "longest_waiter"),
    "drift": ("month", "n", "observed", "observed_expected", "lower", "upper"),
    "stability": ("part", "n", "risk", "deviation", "apart", "widest"),
    "waiting": ("day", "at_risk", "waiting", "treated", "left"),
}  # fmt: skip
"""Tables that the report cannot do without, and the columns of each that it uses."""
_CODES = ("landmark_day", "month", "site")
"""Columns that may look like numbers and are names."""


@dataclass(frozen=True, eq=False)
class Held:
    """What a model's folder says of it.

    Attributes
    ----------
    facts : mapping
        ``standard, standard_days, target, as_at, synthetic, model, protected, windows``.
    judged : mapping of str to str
        First and last day of the clocks that the judged model learnt from, was calibrated
        on and was judged on.
    expires : date or None
    why : str
        Why it expires then.
    tables : mapping of str to DataFrame
        By name; at least those of `NEEDED`.
    bounds : tuple of float
        Observed over expected outside these means that it must be calibrated again.
    """

    facts: Mapping[str, Any]
    judged: Mapping[str, str]
    expires: date | None
    why: str
    tables: Mapping[str, pd.DataFrame]
    bounds: tuple[float, float]

    @property
    def name(self) -> str:
        """The model that is used: ``boosting``, say."""
        return str(self.facts["model"])

    @property
    def measures(self) -> pd.DataFrame:
        """Measures on the latest clocks, of every model."""
        table = self.tables["measures"]
        latest: pd.DataFrame = table[table["split"] == table["split"].iloc[0]]
        return latest


def read_model(folder: Path, standard: str, settings: Settings | None = None) -> Held:
    """Read what a model's folder says of it.

    Parameters
    ----------
    folder : Path
        Made by ``workbench train --standard``.
    standard : {"FDS", "31D", "62D"}
        That the report is about.
    settings : Settings, optional
        The shipped ones by default.

    Raises
    ------
    InputError
        The folder holds no model, has changed since it was written, is of another standard,
        or lacks tables; all are listed.
    """
    known = settings or load_settings()
    facts = load_model(folder, known).facts
    faults = []
    if facts.get("standard") != standard:
        faults.append(f"it is of {facts.get('standard', 'no standard')}, not of {standard}")
    kinds = dict.fromkeys(_CODES, "str")
    files = sorted((folder / "tables").glob("*.csv"))
    tables: dict[str, pd.DataFrame] = {path.stem: pd.read_csv(path, dtype=kinds) for path in files}
    for name, columns in NEEDED.items():
        lacking = [one for one in columns if name in tables and one not in tables[name]]
        if name not in tables:
            faults.append(f"it has no table '{name}'")
        elif lacking:
            faults.append(f"its table '{name}' has no column {', '.join(lacking)}")
    evaluation = _evaluation(folder)
    if not evaluation:
        faults.append(f"it has no {EVALUATION}")
    if faults:
        raise InputError(
            f"{folder.name}: the report cannot be made of this model.",
            faults,
            remedy=f"workbench train --standard {standard} --out models/{standard}",
        )
    expires = evaluation.get("expires")
    return Held(
        facts,
        evaluation["judged"],
        date.fromisoformat(expires) if expires else None,
        str(evaluation.get("why_expires") or ""),
        tables,
        known.expires_outside,
    )


def _evaluation(folder: Path) -> dict[str, Any]:
    path = folder / EVALUATION
    if not path.is_file():
        return {}
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return held if held.get("judged") else {}
