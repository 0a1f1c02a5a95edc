"""Performance by standard and anything that a record says: tumour group, route, Trust, month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench.dictionary.load import Dictionary
from workbench.standards.periods import last_day, quarter, whole_quarters
from workbench.standards.rules import STANDARDS
from workbench.standards.targets import targets_in_force
from workbench.standards.waitlist import Waitlist
from workbench.statistics.intervals import wilson

CODE_LISTS = {
    "tumour_group": "tumour_group",
    "suspected": "referral_type",
    "route": "referral_route",
    "treatment_stage": "treatment_stage",
}
"""Columns of a waitlist whose codes have names, and where."""


def performance_by(
    waitlist: Waitlist, months: Sequence[str], standards: Sequence[str], by: Sequence[str]
) -> pd.DataFrame:
    """Share within each standard, broken down.

    Parameters
    ----------
    waitlist : Waitlist
    months : sequence of str
        Reporting months; added up unless ``month`` is in `by`.
    standards : sequence of {"FDS", "31D", "62D"}
    by : sequence of str
        Any of ``month, provider, tumour_group, suspected, route, treatment_stage``;
        none for the whole. Codes come out as names.

    Returns
    -------
    DataFrame
        ``standard``, the columns of `by`, ``total``, ``within`` (patients, in halves
        where two Trusts share one), ``share`` (0 to 1) with its 95 % Wilson limits
        ``lower, upper``, and ``target`` (0 to 1): the national standard in force at the
        end of the last month, or of the row's own. Sorted by standard and `by`.
    """
    rows = waitlist.counted(months, standards)
    found = labelled(waitlist.fetch(summed(rows, by)), waitlist.dictionary)
    found["month_of_target"] = found["month"] if "month" in by else max(months)
    target = {
        (standard, month): target_on(standard, last_day(month))
        for standard, month in found[["standard", "month_of_target"]].drop_duplicates().to_numpy()
    }
    found["target"] = [
        target[pair] for pair in zip(found["standard"], found.pop("month_of_target"), strict=True)
    ]
    return with_intervals(found, by)


def summed(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """Weighted counts of rows of a waitlist by standard and other columns."""
    rows = rows.mutate(month=rows.reporting_month)
    return rows.group_by("standard", *by).aggregate(
        total=rows.weight.sum(), within=rows.weight_within.sum()
    )


def with_intervals(counts: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Add ``share, lower, upper`` to counts, and put them in order of standard and `by`."""
    limits = wilson(counts["within"], np.where(counts["total"] > 0, counts["total"], np.nan))
    place = counts["standard"].map({name: i for i, name in enumerate(STANDARDS)})
    found = counts.assign(
        share=limits.estimate, lower=limits.lower, upper=limits.upper, place=place
    )
    ordered = found.sort_values(["place", *by], kind="stable", ignore_index=True)
    columns = ["standard", *by, "total", "within", "share", "lower", "upper"]
    return ordered[[*columns, *(["target"] if "target" in ordered else [])]]


def by_quarter(monthly: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add months up to NHS quarters.

    Parameters
    ----------
    monthly : DataFrame
        ``standard, month, total, within`` and the columns of `by`.
    by : sequence of str, optional
        What to keep apart.

    Returns
    -------
    DataFrame
        ``standard``, `by`, ``quarter`` and as `performance_by`, without a target. Only
        quarters of which all three months are there.
    """
    whole = whole_quarters(sorted(monthly["month"].unique()))
    quarters = monthly.assign(quarter=monthly["month"].map(quarter))
    quarters = quarters[quarters["quarter"].isin(whole)]
    keys = ["standard", *by, "quarter"]
    counts = quarters.groupby(keys, sort=True)[["total", "within"]].sum().reset_index()
    return with_intervals(counts, [*by, "quarter"])


def labelled(counts: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """Put names in place of codes, and add up what then has one name.

    Parameters
    ----------
    counts : DataFrame
        Columns of `CODE_LISTS` with codes, other keys, and counts.
    dictionary : Dictionary

    Returns
    -------
    DataFrame
        A blank, and a code that its list lacks, is ``Not recorded``.
    """
    coded = [name for name in CODE_LISTS if name in counts]
    if not coded:
        return counts
    named = counts.copy()
    for column in coded:
        names = {one.code: one.label for one in dictionary.code_list(CODE_LISTS[column]).codes}
        named[column] = named[column].map(names).fillna("Not recorded")
    numbers = list(named.select_dtypes("number"))
    keys = [name for name in named if name not in numbers]
    return named.groupby(keys, sort=True)[numbers].sum().reset_index()


def target_on(standard: str, day: date) -> float | None:
    """Share that the national standard asks for on a day; None if there is none."""
    if standard not in STANDARDS:
        return None
    held = targets_in_force(standard, day, ["constitutional"])
    return float(held["value"].iloc[0]) if len(held) else None


def in_order(table: pd.DataFrame, shown: pd.DataFrame, *, highest: bool = False) -> pd.DataFrame:
    """Put rows in order of the share that may be shown; withheld ones last, as they stand.

    Parameters
    ----------
    table : DataFrame
        Figures not yet released.
    shown : DataFrame
        The same rows once released: an order by exact shares would tell of withheld ones.
    highest : bool, optional
        Begin with the highest share; with the lowest by default.
    """
    shares = shown["share"].astype("Float64").reset_index(drop=True)
    order = shares.sort_values(kind="stable", ascending=not highest)
    return table.iloc[order.index].reset_index(drop=True)
