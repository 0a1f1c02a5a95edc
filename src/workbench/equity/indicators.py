"""A table of indicators by group, one row a figure, for whoever accredits or compares.

Every row says what was counted, over whom, and how: numerator, denominator, value and
limits, the value among like patients, and whether there is enough to say anything. A group
of too few keeps its row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.equity.report_gaps import STATUSES
from workbench.equity.sufficiency import status_of

KEYS = [
    "indicator", "title", "standard", "period_start", "period_end", "place", "characteristic",
    "group", "status", "method",
]  # fmt: skip
COUNTS = ["numerator", "denominator", "remainder"]
ADJUSTED = ["adjusted_value", "adjusted_gap", "adjusted_lower", "adjusted_upper", "q"]

TITLES = {
    "FDS": "Told within 28 days of referral whether it is cancer",
    "31D": "Treated within 31 days of being ready for treatment",
    "62D": "Treated within 62 days of referral",
}
METHOD = {
    "in_time": "Share with 95% Wilson limits; adjusted value and gap to the reference group by "
    "logistic g-computation over case mix; q by Benjamini-Hochberg",
    "heard": "Share of patients with any response, 95% Wilson limits; not adjusted",
    "known": "Share of patients of whom the characteristic is known; not adjusted",
}
"""What each kind of figure is, in the words of a method note."""


def indicators(
    gaps: pd.DataFrame,
    heard: pd.DataFrame,
    availability: pd.DataFrame,
    *,
    standard: str,
    months: Sequence[str],
    place: str,
) -> pd.DataFrame:
    """Put the report's figures by group in one table.

    Parameters
    ----------
    gaps : DataFrame
        From `workbench.equity.report_gaps.with_crude`.
    heard : DataFrame
        From `workbench.equity.report_proms.heard`; may be empty.
    availability : DataFrame
        From `workbench.equity.report_population.availability`.
    standard : {"FDS", "31D", "62D"}
    months : sequence of str
        ``YYYY-MM``, of which the first and the last are the period.
    place : str
        Whose patients: codes, or everyone.

    Returns
    -------
    DataFrame
        `KEYS`, `COUNTS` and `ADJUSTED`. The share and its limits are for disclosure control to
        make, from counts that may be shown. Sorted as the tables came.
    """
    named = {"total": "denominator", "within": "numerator", "after": "remainder",
             "standardised": "adjusted_value", "gap": "adjusted_gap", "lower": "adjusted_lower",
             "upper": "adjusted_upper"}  # fmt: skip
    in_time = gaps.drop(columns=["title", "outcome"], errors="ignore").rename(columns=named)
    parts = [
        in_time.assign(
            indicator=f"CWT-{standard}-IN-TIME", title=TITLES[standard], method=METHOD["in_time"]
        ),
        _kind(
            heard.rename(
                columns={"pathways": "denominator", "heard": "numerator", "silent": "remainder"}
            ),
            "PROM-HEARD", "Answered at least one questionnaire on health or care", "heard",
        ),
        _kind(
            availability.assign(
                numerator=availability["patients"] - availability["unknown"],
                denominator=availability["patients"], remainder=availability["unknown"],
                group="Everyone",
            ),
            "DATA-KNOWN", "Patients of whom the characteristic is known", "known",
        ),
    ]  # fmt: skip
    table = pd.concat([part.reindex(columns=[*KEYS, *COUNTS, *ADJUSTED]) for part in parts if
                       len(part)], ignore_index=True)  # fmt: skip
    table["standard"], table["place"] = standard, place
    table["period_start"], table["period_end"] = min(months), max(months)
    table["status"] = table["status"].map(STATUSES).fillna(_enough(table))
    table[ADJUSTED] = table[ADJUSTED].astype(float)
    return table


def _kind(table: pd.DataFrame, indicator: str, title: str, method: str) -> pd.DataFrame:
    return table.assign(indicator=indicator, title=title, method=METHOD[method])


def _enough(table: pd.DataFrame) -> pd.Series:
    words = {"ok": "Enough to say", "few": "Few, read with care", "too_few": "Too few to say"}
    status = status_of(table["denominator"].to_numpy(dtype=float))
    return pd.Series(np.array([words[str(one)] for one in status]), table.index)
