"""What the late share would be, were every doubtful pair of pathways one pathway."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from workbench.linkage.evaluation.frames import fetched
from workbench.linkage.evaluation.late import late_by_group

COUNTS = ("treated", "late", "treated_if_joined", "late_if_joined")
"""Counts of patients: every pair refused, every pair accepted."""

_SIDES = ("pathway_id_left", "pathway_id_right")


def if_all_joined(each: ir.Table, review: ir.Table, months: Sequence[str], by: str) -> pd.DataFrame:
    """Count treated and late patients with every doubtful pair accepted.

    The wait of a joined pathway runs from the first clock start of its halves to the
    first treatment; the days taken off are those of the half that has more.

    Parameters
    ----------
    each : ibis Table
        From `workbench.linkage.evaluation.waits_by_pathway`.
    review : ibis Table
        Doubtful pairs of pathways: ``pathway_id_left``, ``pathway_id_right``; rows
        without a right one are no pairs.
    months : sequence of str
        Those that `each` was counted in.
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a group, sorted: ``group``, ``treated``, ``late`` (every pair
        refused: as linked), ``treated_if_joined``, ``late_if_joined``.
    """
    table = late_by_group(each, by)
    pairs = fetched(review.select(*_SIDES).distinct()).dropna()
    names = sorted({*pairs[_SIDES[0]], *pairs[_SIDES[1]]})
    rows = fetched(each.filter(each.pathway_id.isin(names))) if names else None
    if rows is None or rows.empty:
        return table.assign(treated_if_joined=table["treated"], late_if_joined=table["late"])
    change = _change(rows, pairs, months, by)
    table = table.merge(change, on="group", how="outer")
    table = table.set_index("group").astype(float).fillna(0.0).sort_index().reset_index()
    table["treated_if_joined"] = table["treated"] + table.pop("more_treated")
    table["late_if_joined"] = table["late"] + table.pop("more_late")
    return table


def _change(
    rows: pd.DataFrame, pairs: pd.DataFrame, months: Sequence[str], by: str
) -> pd.DataFrame:
    """By group, what joining adds to the counts, or takes off."""
    rows = rows.sort_values("pathway_id", ignore_index=True)
    rows["whole"] = _wholes(rows["pathway_id"], pairs)
    # the patient stays in the group of the half that counts, as in the table as linked
    rows = rows.sort_values(["counted", "pathway_id"], ascending=[False, True])
    whole = rows.groupby("whole").agg(
        began=("began", "min"), ended=("ended", "min"), days_off=("days_off", "max"),
        allowed=("allowed", "max"), counted=("counted", "sum"), late=("late", "sum"),
        group=(by, "first"),
    )  # fmt: skip
    began, ended = (pd.to_datetime(whole[name]) for name in ("began", "ended"))
    days = (ended - began).dt.days - whole["days_off"]
    counts = ((days >= 0) & ended.dt.strftime("%Y-%m").isin(list(months))).astype(float)
    change = pd.DataFrame(
        {
            "group": whole["group"],
            "more_treated": counts - whole["counted"],
            "more_late": counts * (days > whole["allowed"]) - whole["late"],
        }
    )
    return change.groupby("group").sum().reset_index()


def _wholes(names: pd.Series[str], pairs: pd.DataFrame) -> NDArray[np.int32]:
    """Which pathways would be one, were every pair joined."""
    place = pd.Series(range(len(names)), index=names)
    both = pairs[pairs.isin(list(place.index)).all(axis=1)]
    left, right = (place[both[side]].to_numpy() for side in _SIDES)
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(names), len(names)))
    found: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return found
