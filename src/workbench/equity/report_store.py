"""What the equity report reads of a store: the columns it needs, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.files import read_table

_NAMED = (
    "patient_pathway_identifier_pseudonym",
    "organisation_identifier_patient_pathway_identifier_issuer",
)
COLUMNS = {
    "pathways": ("pathway_id", "person_id", "lsoa_of_residence"),
    "persons": ("person_id", "ethnic_category", "sex", "imd_decile", "age_band_at_referral"),
    "pathway_parts": ("record_id", "pathway_id"),
    "pathway_records": ("record_id", *_NAMED),
    "proms": (
        *_NAMED, "timepoint", "instrument", "eq5d5l_index", "eq5d5l_value_set",
        "function_score", "experience_rating",
    ),
}  # fmt: skip
"""Columns by dataset; one that a store lacks is known of nobody."""


def read_store(con: Any, files: Mapping[str, Path]) -> dict[str, pd.DataFrame]:
    """Read datasets of a store.

    Parameters
    ----------
    con : ibis backend
    files : mapping
        Path by name of `COLUMNS`.

    Returns
    -------
    dict of str to DataFrame
        Those of its `COLUMNS` that each has.
    """
    held = {}
    for name, path in files.items():
        table = read_table(con, path)
        chosen = table.select(*(column for column in COLUMNS[name] if column in table.columns))
        held[name] = con.to_pyarrow(chosen).to_pandas()
    return held


def read_census(con: Any, path: Path) -> pd.DataFrame:
    """Read people by small area, from CSV or Parquet; what is in it is checked by `area_mix`."""
    frame: pd.DataFrame = con.to_pyarrow(read_table(con, path)).to_pandas()
    numbers = [
        name for name in frame.columns if name in ("n", "population") or name.startswith("share_")
    ]
    frame[numbers] = frame[numbers].apply(pd.to_numeric, errors="coerce")
    return frame
