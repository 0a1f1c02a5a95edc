"""Parts of the report's tables: chosen rows and columns, no new figure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from workbench.errors import InputError
from workbench.quality.cohort import GROUPS
from workbench.quality.plan import DEMOGRAPHICS, RECORDS, Plan
from workbench.quality.timeliness import months_sent, timeliness

FACTS = "ingest.json"
"""What intake says of the files that it took in."""

DATASETS = (RECORDS, DEMOGRAPHICS)
"""Datasets whose rules the report tells."""

OF_PATIENTS = {name: title for name, title in GROUPS.items() if name != "trust"}
"""Characteristics of patients that figures are broken down by."""


def read_facts(workspace: Path) -> dict[str, Any]:
    """Read ``ingest.json`` of a workspace.

    Raises
    ------
    InputError
        It is absent or unreadable.
    """
    path = workspace / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        facts = None
    if not isinstance(facts, dict) or not {"files", "conflicts"} <= set(facts):
        raise InputError(f"{FACTS} is absent or cannot be read.", remedy="workbench ingest")
    return facts


def of_standard(table: pd.DataFrame, standard: str) -> pd.DataFrame:
    """Rows of one standard."""
    return table[table["standard"] == standard].reset_index(drop=True)


def lowest_items(items: pd.DataFrame, each: int) -> pd.DataFrame:
    """Items that are least often of use, so many for each Trust, lowest first.

    Parameters
    ----------
    items : DataFrame
        From `completeness` by Trust.
    each : int
        Rows a Trust.
    """
    held = items[items["records"] > 0]
    held = held.assign(part=held["useful"] / held["records"])
    ordered = held.sort_values(["trust", "part", "item"], kind="stable")
    return ordered.groupby("trust").head(each).drop(columns="part").reset_index(drop=True)


def lateness(cohort: ir.Table, plan: Plan) -> pd.DataFrame:
    """Age of the newest extract and event, and months sent, by Trust.

    Returns
    -------
    DataFrame
        ``trust``, ``records``, ``extract_days``, ``event_days``, ``months``,
        ``months_expected``.
    """
    sent = months_sent(cohort).rename(columns={"months_sent": "months"}).drop(columns="records")
    table = timeliness(cohort, plan).drop(columns=["extract", "event"])
    return table.merge(sent, on="trust", how="left")
