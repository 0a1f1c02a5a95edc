"""How late extracts come, which months are missing, and what became of the rows sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench.quality.cohort import column_or_null, present
from workbench.quality.frames import fetched
from workbench.quality.plan import RECORDS, Plan

REFERRED = "cancer_referral_to_treatment_period_start_date"
LEAST = 0.1
"""Share of a usual month below which a month counts as not sent: a few stray or mistyped
dates are no submission, and the first and last month may be part months."""


def months_sent(cohort: ir.Table) -> pd.DataFrame:
    """Months in which each Trust sent referrals, of those that were expected.

    A month is expected where all Trusts together have at least `LEAST` of their usual
    month; a Trust sent it where it has at least `LEAST` of its own. A usual month is the
    one in which the median record lies when months are put in order of size.

    Returns
    -------
    DataFrame
        One row a Trust: ``trust``, ``records``, ``months_sent``, ``months_expected``.
    """
    day = column_or_null(cohort, REFERRED, "date")
    rows = cohort.select("trust", month=day.cast("string").left(7))
    rows = rows.filter(present(rows.month))
    counted = rows.group_by("trust", "month").agg(records=rows.count())
    held = fetched(counted.order_by(["trust", "month"]))
    region = held.groupby("month")["records"].sum()
    expected = set(region.index[region >= LEAST * _usual(region)])
    parts = []
    for trust, own in held.groupby("trust", sort=True):
        sent = own.loc[own["records"] >= LEAST * _usual(own["records"]), "month"]
        parts.append((trust, int(own["records"].sum()), len(expected & set(sent)), len(expected)))
    return pd.DataFrame(parts, columns=["trust", "records", "months_sent", "months_expected"])


def _usual(counts: pd.Series[int]) -> float:
    ordered = np.sort(counts.to_numpy())
    reached = np.cumsum(ordered)
    return float(ordered[np.searchsorted(reached, reached[-1] / 2)])


def timeliness(cohort: ir.Table, plan: Plan, as_at: date | None = None) -> pd.DataFrame:
    """How old each Trust's newest extract is, and the newest event in it.

    Parameters
    ----------
    cohort : ibis Table
    plan : Plan
    as_at : date, optional
        The day that the data are seen from; that of the newest extract of all otherwise.

    Returns
    -------
    DataFrame
        One row a Trust: ``trust``, ``records``, ``extract`` and ``event`` (newest days,
        blank where unknown), ``extract_days`` (from the extract to `as_at`) and
        ``event_days`` (from the newest event to the extract). Events dated after their own
        extract are left out.
    """
    extract = column_or_null(cohort, "extract_date", "date")
    newest = {}
    for place, column in enumerate(plan.dates.values()):
        day = column_or_null(cohort, column, "date")
        newest[f"event_{place}"] = (day <= extract).ifelse(day, None).max()
    counted = cohort.group_by("trust").agg(records=cohort.count(), extract=extract.max(), **newest)
    table = fetched(counted.order_by("trust"))
    table["event"] = table[list(newest)].max(axis=1)
    seen_from = pd.Timestamp(as_at) if as_at is not None else table["extract"].max()
    table["extract_days"] = (seen_from - table["extract"]).dt.days
    table["event_days"] = (table["extract"] - table["event"]).dt.days
    return table[["trust", "records", "extract", "event", "extract_days", "event_days"]]


def taken_in(facts: Mapping[str, Any]) -> pd.DataFrame:
    """What became of the rows that each Trust sent, from ``ingest.json``.

    Parameters
    ----------
    facts : mapping
        What the file holds.

    Returns
    -------
    DataFrame
        One row a Trust: ``trust``, ``files``, ``refused`` (files), ``rows_read``,
        ``accepted``, ``quarantined``, ``repeated``, ``superseded``; pathway records and
        refused files alone.
    """
    counts = ["rows_read", "accepted", "quarantined", "repeated", "superseded"]
    rows = [
        {"trust": file["trust"] or "not said", "files": 1, "refused": int("refused" in file)}
        | {name: file[name] for name in counts}
        for file in facts["files"]
        if file["dataset"] in (RECORDS, None)
    ]
    table = pd.DataFrame(rows, columns=["trust", "files", "refused", *counts])
    return table.groupby("trust", sort=True, as_index=False).sum()
