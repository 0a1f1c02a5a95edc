"""How far linkage error could move the gaps between groups, where nobody knows the truth.

Two kinds of doubt are left when records have been linked:

- a record says that the patient was shared with a Trust that sends records too, and no
  partner was found there. The patient's wait is then counted from half of what is known,
  or not at all;
- a pair of pathways may be one pathway or two.

In the best case every patient in doubt was treated in time, in the worst none. The bounds
hold whatever the truth is about these patients. They say nothing of links that look sound
and are false, nor of records that name no partner.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.linkage.evaluation.frames import fetched, numbers
from workbench.linkage.evaluation.late import in_months, late_by_group
from workbench.linkage.evaluation.records import MET

COUNTS = ("treated", "late", "in_doubt", "late_in_doubt", "left_out")
"""Counts of patients in the table of cases."""


def cases(
    each: ir.Table, shared: ir.Table, review: ir.Table, months: Sequence[str], by: str
) -> pd.DataFrame:
    """Count, by group, the patients of whom linkage is not sure.

    Parameters
    ----------
    each : ibis Table
        From `workbench.linkage.evaluation.waits_by_pathway`.
    shared : ibis Table
        From `workbench.linkage.evaluation.shared_records`.
    review : ibis Table
        Doubtful pairs of pathways: ``pathway_id_left``, ``pathway_id_right``; the right one
        is null where a pathway is doubtful by itself.
    months : sequence of str
        Those that `each` was counted in.
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a group, sorted: ``group``, ``treated`` and ``late`` as linked;
        ``in_doubt`` and ``late_in_doubt``, those of them that are in doubt; ``left_out``,
        those in doubt that are not counted though their clock began in these months. A
        patient who was split has two halves: one that is counted answers for one that is
        not, so that ``left_out`` is what then remains.
    """
    unmet = shared.filter(shared.outcome != MET).select("pathway_id")
    sides = (review.select(pathway_id=review[f"pathway_id_{side}"]) for side in ("left", "right"))
    doubtful = ibis.union(unmet, *sides).distinct()
    rows = each.semi_join(doubtful, "pathway_id")
    began = in_months(rows.began, months).fill_null(True)
    counted = rows.group_by(group=rows[by]).agg(
        in_doubt=rows.counted.sum(),
        late_in_doubt=rows.late.sum(),
        not_counted=rows.count(where=(rows.counted == 0) & began),
    )
    table = late_by_group(each, by).merge(fetched(counted), on="group", how="outer")
    table = table.set_index("group").astype(float).fillna(0.0).sort_index().reset_index()
    table["left_out"] = (table.pop("not_counted") - table["in_doubt"]).clip(lower=0)
    return table


def bounds(table: pd.DataFrame, shown: pd.DataFrame, most_withheld: float = 0) -> pd.DataFrame:
    """Best and worst share treated late, by group.

    Bounds of exact counts would tell of those that are withheld. So they are made of
    counts as shown; a withheld count is taken to be as large as it can be where that makes
    the range wider, and 0 where that does.

    Parameters
    ----------
    table : DataFrame
        From `cases`.
    shown : DataFrame
        The same rows once released: counts rounded, small ones missing.
    most_withheld : float, optional
        The most that a withheld count can be.

    Returns
    -------
    DataFrame
        The group, ``treated`` and ``late`` as in `table`, ``late_share``, ``lowest`` and
        ``highest`` (shares of those treated, 0 to 1). Where ``treated`` or ``late`` may
        not be shown these are exact, and so for the gate to withhold with them.
    """
    treated, late = (made_of(table, shown, name) for name in ("treated", "late"))
    in_doubt, late_in_doubt, left_out = (numbers(shown[name]) for name in COUNTS[2:])
    could_be_in_time = np.minimum(_filled(late_in_doubt, most_withheld), late)
    could_be_late = _filled(in_doubt, most_withheld) - _filled(late_in_doubt, 0)
    could_be_late = np.clip(could_be_late, 0, np.clip(treated - late, 0, None))
    left_out = _filled(left_out, most_withheld)
    kept = table.drop(columns=list(COUNTS[2:]))
    return kept.assign(
        late_share=_share(late, treated),
        lowest=_share(late - could_be_in_time, treated + left_out),
        highest=_share(late + could_be_late + left_out, treated + left_out),
    )


def made_of(table: pd.DataFrame, shown: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """A count as shown; where it is withheld the exact one, which the gate then withholds too."""
    rounded = numbers(shown[name])
    return np.where(np.isnan(rounded), numbers(table[name]), rounded)


def _filled(values: NDArray[np.float64], otherwise: float) -> NDArray[np.float64]:
    return np.where(np.isnan(values), otherwise, values)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip(part / np.where(whole > 0, whole, np.nan), 0, 1)
