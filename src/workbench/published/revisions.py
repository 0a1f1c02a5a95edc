"""How much a final file changed what the provisional one had said."""

from __future__ import annotations

import pandas as pd

from workbench.published.layout import KEY, NATIONAL, STANDARDS
from workbench.published.publication import Publication
from workbench.published.summaries import headline_rows

REVISION_COLUMNS = (
    *("month", "basis", "standard", "from_file", "to_file"),
    *("total_before", "within_before", "total_after", "within_after"),
    *("share_before", "share_after", "points", "cells_compared", "cells_changed"),
)


def revisions(publication: Publication) -> pd.DataFrame:
    """Compare each superseded file with the one used in its place.

    Parameters
    ----------
    publication : Publication

    Returns
    -------
    DataFrame
        `REVISION_COLUMNS`: one row per superseded file, month, basis and standard.
        ``share`` is England's, all routes, 0 to 1; ``points`` its change in
        percentage points; ``cells`` are totals and within of every organisation
        and breakdown that both files hold. Empty where no month has two files.
    """
    before = publication.superseded
    if before.empty:
        return pd.DataFrame(columns=list(REVISION_COLUMNS))
    cells = _changed_cells(before, publication.rows)
    headline = _headline_change(before, publication.rows)
    keys = ["month", "basis", "standard", "from_file", "to_file"]
    joined = headline.merge(cells, on=keys, how="left", validate="one_to_one")
    return joined[list(REVISION_COLUMNS)].sort_values(keys, ignore_index=True)


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Keys as text, so that two files' categories can be joined."""
    kept = rows[[*KEY, "file", "total", "within"]]
    return kept.astype(dict.fromkeys((*KEY, "file"), "str"))


def _both(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    pairs = _plain(before).merge(_plain(after), on=list(KEY), suffixes=("_before", "_after"))
    pairs = pairs.rename(columns={"file_before": "from_file", "file_after": "to_file"})
    return pairs[pairs["standard"].isin(STANDARDS)]


def _changed_cells(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    pairs = _both(before, after)
    changed = sum(
        (pairs[f"{measure}_before"] != pairs[f"{measure}_after"]).astype(int)
        for measure in ("total", "within")
    )
    keys = ["month", "basis", "standard", "from_file", "to_file"]
    counted = pairs.assign(cells_changed=changed, cells_compared=2).groupby(keys)
    return counted[["cells_compared", "cells_changed"]].sum().reset_index()


def _headline_change(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    england = [headline_rows(rows[rows["level"] == NATIONAL]) for rows in (before, after)]
    pairs = _both(*england).drop(columns=["organisation", "cancer_type", "route_or_stage"])
    shares = {
        when: pairs[f"within_{when}"] / pairs[f"total_{when}"] for when in ("before", "after")
    }
    return pairs.assign(
        share_before=shares["before"],
        share_after=shares["after"],
        points=100 * (shares["after"] - shares["before"]),
    )
