"""Whether the equity report's tables agree with each other and with what was counted."""

from __future__ import annotations

import pandas as pd

from workbench.equity.report_gaps import compared
from workbench.equity.report_reasons import worst_split

EXACT = 1e-12


def checks(
    patients: pd.DataFrame,
    gaps: pd.DataFrame,
    indicators: pd.DataFrame,
    weight: float | None,
) -> pd.DataFrame:
    """Hold the tables against each other.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    gaps : DataFrame
        From `workbench.equity.report_gaps.with_crude`.
    indicators : DataFrame
        From `workbench.equity.indicators.indicators`.
    weight : float, optional
        Patients by the waiting-times rules, shared ones in parts; None where only some
        Trusts were chosen.

    Returns
    -------
    DataFrame
        ``check, passed, detail``; no count of patients is told.
    """
    names = list(dict.fromkeys(gaps["characteristic"]))
    whole = gaps.groupby("characteristic")[["total", "within", "after"]].sum()
    sums = (whole["total"] == len(patients)) & (whole["within"] == patients["within"].sum())
    held, seen = compared(gaps), indicators[indicators["indicator"].str.startswith("CWT")]
    error = worst_split(patients, gaps)
    rows = [
        (
            "Each patient is in one group of every characteristic",
            bool(sums.all()),
            f"{int(sums.sum())} of {len(names)} characteristics add up",
        ),
        (
            "Parts of every gap add up to it (Kitagawa)",
            error <= EXACT,
            f"largest difference {error:.0e}",
        ),
        (
            "Every gap comes with the smallest that could have been seen",
            bool(held["detectable"].notna().all()),
            f"{len(held)} gaps",
        ),
        (
            "Every group has its row among the indicators",
            len(seen) == len(gaps),
            f"{len(seen)} rows of {len(gaps)} groups",
        ),
    ]
    if weight is not None:
        same = abs(weight - len(patients)) < 0.5
        text = "the same number of patients" if same else "not the same number of patients"
        rows.append(("Patients are those that the waiting times count", same, text))
    return pd.DataFrame(rows, columns=["check", "passed", "detail"])
