"""The gap in the service itself: who has the outcome more often, before any score is looked at.

Kept apart from the errors of a model, for a model without fault would still foretell an
unfair service.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.equity.adjust import standardised_risk_difference
from workbench.equity.groups import pooled_p
from workbench.errors import InputError
from workbench.fairness.arithmetic import ratio, totals
from workbench.fairness.cases import Cases
from workbench.fairness.estimates import OK, status_of
from workbench.fairness.groups import Partition
from workbench.fairness.people import EVENTS, people
from workbench.statistics.differences import newcombe
from workbench.statistics.multiplicity import benjamini_hochberg

_OUTCOME, _GROUP, _CLUSTER = "observed outcome", "group of people", "who rows are of"

COLUMNS = (
    "characteristic", "group", "n", "events", "rate", "rest_rate", "crude", "crude_lower",
    "crude_upper", "crude_p", "crude_q", "standardised", "lower", "upper", "p", "q", "status",
    "people", "people_events",
)  # fmt: skip


def observed_table(cases: Cases, adjust_for: Sequence[str]) -> pd.DataFrame:
    """Gap of each group to everyone else in the outcome itself.

    Parameters
    ----------
    cases : Cases
    adjust_for : sequence of str
        Columns of the case mix: tumour group, route, Trust, month. None: no standardised gap.

    Returns
    -------
    DataFrame
        `COLUMNS`. ``crude`` is the difference of rates (Newcombe's limits), ``standardised``
        that of the rates that all would have with the case mix of everyone (g-computation);
        both by cluster where there is one; each with its p value, and with q, adjusted over
        the table (Benjamini-Hochberg). Rows of single characteristics; groups with fewer
        than 30 events are not tested.
    """
    made = []
    for partition in cases.grouping.partitions:
        if len(partition.parts) != 1:
            continue
        rows = _crude(cases, partition)
        if cases.cluster is not None:
            rows = _by_cluster(cases, partition, rows)
        adjusting = [name for name in adjust_for if name not in partition.parts]
        if adjusting:
            rows = rows.merge(_standardised(cases, partition, adjusting), on="group", how="left")
        made.append(rows)
    table = pd.concat(made, ignore_index=True).reindex(columns=list(COLUMNS))
    for p, q in (("crude_p", "crude_q"), ("p", "q")):
        table[p] = table[p].astype(float).where(table["status"] == OK)
        table[q] = benjamini_hochberg(table[p])
    return table


def _crude(cases: Cases, partition: Partition) -> pd.DataFrame:
    place, groups = cases.grouping.place(partition), len(partition)
    n = totals(place, groups)
    x = totals(place, groups, cases.outcome)
    rest_x, rest_n = x.sum() - x, n.sum() - n
    held = people(cases, partition)
    events = held.among(EVENTS)
    gap = newcombe(x, n, rest_x, rest_n)
    with np.errstate(invalid="ignore", divide="ignore"):  # one group: there is nobody else
        p = pooled_p(x, n, rest_x, rest_n)
    return pd.DataFrame(
        {
            "characteristic": partition.characteristic, "group": partition.labels,
            "n": n.astype(np.int64), "events": x.astype(np.int64),
            "rate": x / n, "rest_rate": ratio(rest_x, rest_n), "crude": gap.estimate,
            "crude_lower": gap.lower, "crude_upper": gap.upper,
            "crude_p": p,
            "status": status_of(
                np.minimum(events, events.sum() - events), np.asarray(gap.estimate)
            ),
            "people": held.among(), "people_events": events,
        }
    )  # fmt: skip


def _by_cluster(cases: Cases, partition: Partition, rows: pd.DataFrame) -> pd.DataFrame:
    """The crude gap with the limits that rows of one person, or place, leave."""
    found = _standardised(cases, partition, []).rename(
        columns={"lower": "crude_lower", "upper": "crude_upper", "p": "crude_p"}
    )
    limits = [name for name in ("crude_lower", "crude_upper", "crude_p") if name in found]
    return rows.drop(columns=["crude_lower", "crude_upper", "crude_p"]).merge(
        found[["group", *limits]], on="group", how="left"
    )


def _standardised(cases: Cases, partition: Partition, adjust_for: list[str]) -> pd.DataFrame:
    frame = cases.frame[adjust_for].assign(
        **{
            _OUTCOME: cases.outcome,
            _GROUP: np.array(partition.labels, dtype=object)[cases.grouping.place(partition)],
        }
    )
    cluster = None
    if cases.cluster is not None:
        frame[_CLUSTER], cluster = cases.cluster, _CLUSTER
    try:
        found = standardised_risk_difference(
            frame, _OUTCOME, _GROUP, adjust_for, against="others", cluster=cluster
        )
    except InputError:  # one group, or a model that does not settle: the crude gap stands alone
        return pd.DataFrame({"group": list(partition.labels), "standardised": np.nan})
    kept = found[["group", "difference", "lower", "upper", "p"]]
    return kept.rename(columns={"difference": "standardised"})
