"""How deprived the area of each integrated care board is, by the index and the lookup added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.published.case_mix import case_mix
from workbench.published.publication import Publication
from workbench.reference import held
from workbench.reference.areas import deprivation, table
from workbench.reference.areas import files as added

BOUNDARIES = "2021"
"""Of the lookup from small areas to boards; the 2025 index is on the same."""


def boards(con: Any, workspace: Path) -> pd.DataFrame | None:
    """Deprivation of each board's small areas, or None where a file was not added.

    Parameters
    ----------
    con : ibis backend
    workspace : Path
        Its folder; `workbench reference add` with kinds ``imd`` and ``lsoa_icb``.

    Returns
    -------
    DataFrame or None
        ``board`` (ODS code), ``board_name, areas, imd_rank`` (mean rank of the small
        areas, 1 the most deprived; each has about as many people), ``core20`` (share of
        small areas among England's fifth most deprived). Sorted by board.
    """
    lookups = [one.vintage for one in held(workspace) if one.kind == "lsoa_icb"]
    index = deprivation(con, workspace, BOUNDARIES)
    if index is None or not lookups:
        return None
    lookup = table(con, workspace, "lsoa_icb", max(lookups))
    if not {"icb_ods_code", "icb_name"} <= set(lookup.columns) or "imd_rank" not in index.columns:
        return None
    joined = lookup.inner_join(index.select("lsoa", "imd_rank", "imd_decile"), "lsoa")
    by = joined.group_by(board=joined.icb_ods_code, board_name=joined.icb_name).agg(
        areas=joined.count(),
        imd_rank=joined.imd_rank.mean(),
        core20=(joined.imd_decile <= 2).mean(),
    )
    found: pd.DataFrame = con.to_pyarrow(by.order_by("board")).to_pandas()
    return found


def boards_cells(
    publication: Publication, standard: str, months: Sequence[str], known: pd.DataFrame | None
) -> pd.DataFrame:
    """Cells of case mix of the boards whose deprivation is known.

    Parameters
    ----------
    publication, standard, months
        As `case_mix`.
    known : DataFrame or None
        From `boards`.

    Returns
    -------
    DataFrame
        As `case_mix`, with `boards`' columns. Empty without commissioner files or without
        the reference files; commissioners that are no board are left out.
    """
    rows = publication.rows
    if known is None or not (rows["basis"] == "commissioner").any():
        return pd.DataFrame(columns=["organisation", "board", "total", "within"])
    cells = case_mix(publication, standard, months, "commissioner")
    return cells.merge(known, left_on="organisation", right_on="board", validate="many_to_one")


def boards_files(workspace: Path) -> list[Path]:
    """Reference files that `boards` reads: what a report pins."""
    return [*added(workspace, "imd"), *added(workspace, "lsoa_icb")]
