"""The region's index of deprivation, held as `workbench reference add` holds an official one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.files import sha256, written_whole
from workbench.reference.catalogue import FOLDER, Held, note

SMALL_AREAS = "small_areas.csv"
_COLUMNS = ("lsoa", "imd_decile", "imd_version", "lsoa_vintage")
_INVENTED = "invented"
_BOUNDARIES = "2021"
"""Invented areas stand on no real boundaries; reports look for those of 2021 unless told."""


def hold_deprivation(workspace: Path) -> None:
    """Put the deciles of the region's small areas among the workspace's reference data.

    Parameters
    ----------
    workspace : Path
        Holds ``reference/small_areas.csv``, as `write_region` writes it.
    """
    file = workspace / FOLDER / SMALL_AREAS
    text = pd.read_csv(file, dtype=str, usecols=list(_COLUMNS))
    index = text[list(_COLUMNS)].assign(
        imd_decile=text["imd_decile"].astype("int64"),
        lsoa_vintage=text["lsoa_vintage"].replace(_INVENTED, _BOUNDARIES),
    )
    version = str(index["imd_version"].iloc[0])
    stored = Path("imd") / f"{version}.parquet"
    with written_whole(workspace / FOLDER / stored) as draft:
        index.to_parquet(draft, index=False)
    note(
        workspace,
        Held(
            kind="imd",
            vintage=version,
            boundaries=str(index["lsoa_vintage"].iloc[0]),
            purpose="Deprivation of the made-up areas where the made-up patients live.",
            file=SMALL_AREAS,
            sha256=sha256(file),
            rows=len(index),
            whole=False,
            layout="small areas of the synthetic region",
            status="confirmed",
            source="workbench demo",
            licence="none needed: synthetic",
            stored=stored.as_posix(),
        ),
    )
