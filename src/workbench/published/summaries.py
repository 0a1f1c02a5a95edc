"""The tables that readers ask for: England and Trusts by month, groups, routes, change.

Every table is on the provider basis unless it says otherwise, since England's
totals are published on it; the parts of a table (routes, cancer types) are never
added to its whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.errors import InputError
from workbench.published.layout import (
    ALL_CANCERS,
    ALL_MODALITIES,
    ALL_ROUTES,
    ALL_STAGES,
    BANDS,
    DAY_62,
    ITEM_BANDS,
    NATIONAL,
    NOT_APPLICABLE,
    ORGANISATION,
    PROVIDER,
    STANDARDS,
)
from workbench.published.publication import Publication
from workbench.statistics.intervals import wilson

_FOUR_WAITS = {
    "within_31_days": "31 days or less",
    **dict.fromkeys(BANDS[6:9], "32 to 62 days"),
    **dict.fromkeys(BANDS[9:12], "63 to 104 days"),
    "after_104_days": "more than 104 days",
}


def headline_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of the three standards over all cancers, routes and modalities."""
    whole = (
        rows["standard"].isin(STANDARDS)
        & (rows["cancer_type"] == ALL_CANCERS)
        & rows["route_or_stage"].isin([ALL_ROUTES, ALL_STAGES])
        & rows["modality"].isin([ALL_MODALITIES, NOT_APPLICABLE])
    )
    return rows[whole]


def england_by_month(publication: Publication) -> pd.DataFrame:
    """England's three standards by month: all routes, provider basis.

    Returns
    -------
    DataFrame
        ``month`` (YYYY-MM), ``standard`` (FDS, 31D, 62D), ``total``, ``within``
        (patients, in halves), ``share`` (within / total, 0 to 1); sorted.

    Raises
    ------
    InputError
        No provider file was read, so that England's totals are not known.
    """
    england = _provider_rows(publication, NATIONAL)
    columns = ["month", "standard", "total", "within"]
    return _with_share(_plain(headline_rows(england), columns))


def provider_by_month(publication: Publication) -> pd.DataFrame:
    """Each provider's three standards by month: all routes, organisations only.

    Returns
    -------
    DataFrame
        ``month``, ``provider`` (ODS code), ``standard``, ``total``, ``within``,
        ``share``; sorted. Without the England row, so that it can be summed.
    """
    rows = headline_rows(_provider_rows(publication, ORGANISATION))
    rows = rows.rename(columns={"organisation": "provider"})
    return _with_share(_plain(rows, ["month", "provider", "standard", "total", "within"]))


def provider_names(publication: Publication) -> pd.DataFrame:
    """Code and most recent name of each provider: ``provider, provider_name``."""
    rows = _provider_rows(publication, ORGANISATION)[["month", "organisation", "organisation_name"]]
    latest = rows.astype("str").sort_values("month").drop_duplicates("organisation", keep="last")
    named = latest.rename(
        columns={"organisation": "provider", "organisation_name": "provider_name"}
    )
    return named.sort_values("provider", ignore_index=True)[["provider", "provider_name"]]


def by_cancer_type(publication: Publication, standard: str, months: Sequence[str]) -> pd.DataFrame:
    """England's share within the standard for each cancer type over some months.

    Parameters
    ----------
    publication : Publication
    standard : {"31D", "62D"}
        FDS is not published by cancer type over all routes.
    months : sequence of str
        Added together.

    Returns
    -------
    DataFrame
        ``cancer_type, total, within, share, lower, upper`` and, for 62D,
        ``after_104_days``; 95% Wilson limits; lowest share first.
    """
    rows = _england(publication, standard, months)
    rows = rows[rows["route_or_stage"].isin([ALL_ROUTES, ALL_STAGES])]
    rows = rows[(rows["modality"] == ALL_MODALITIES) & (rows["cancer_type"] != ALL_CANCERS)]
    return _added(rows, "cancer_type", standard)


def by_route(publication: Publication, standard: str, months: Sequence[str]) -> pd.DataFrame:
    """England's share within the standard for each route (31D: stage) over some months.

    Returns
    -------
    DataFrame
        As `by_cancer_type`, with ``route_or_stage`` in its place.
    """
    rows = _england(publication, standard, months)
    rows = rows[~rows["route_or_stage"].isin([ALL_ROUTES, ALL_STAGES])]
    if standard != "FDS":  # FDS routes are published by cancer type alone, and add up
        rows = rows[(rows["modality"] == ALL_MODALITIES) & (rows["cancer_type"] == ALL_CANCERS)]
    return _added(rows, "route_or_stage", standard)


def bands(publication: Publication, standard: str) -> pd.DataFrame:
    """How long England's patients waited, by month and band: all cancers and routes.

    Returns
    -------
    DataFrame
        ``month, band, patients, total``; bands from short to long.
    """
    rows = headline_rows(_england(publication, standard, publication.months))
    names = list(ITEM_BANDS[standard])
    plain = _plain(rows, ["month", "total", *names])
    long = plain.melt(["month", "total"], names, var_name="band", value_name="patients")
    order = long["band"].map({name: place for place, name in enumerate(names)})
    long = long.assign(order=order).sort_values(["month", "order"], ignore_index=True)
    return long[["month", "band", "patients", "total"]]


def waits_in_four(publication: Publication, months: Sequence[str]) -> pd.DataFrame:
    """How long 62-day patients waited in each month, in four spans of days.

    Returns
    -------
    DataFrame
        ``month, wait, patients, total, part``; part of all, 0 to 1.
    """
    long = bands(publication, DAY_62)
    long = long[long["month"].isin(list(months))]
    long = long.assign(wait=long["band"].map(_FOUR_WAITS))
    groups = long.groupby(["month", "wait"], sort=False)  # bands come from short to long
    table = groups.agg(patients=("patients", "sum"), total=("total", "first")).reset_index()
    return table.assign(part=table["patients"] / table["total"])


def latest_change(publication: Publication) -> pd.DataFrame:
    """Each standard in the last month against the month before.

    Returns
    -------
    DataFrame
        ``standard, month, total, within, share, lower, upper`` of the last month,
        ``month_before, total_before, within_before, share_before``, and ``points``,
        the change in percentage points. A standard published in one month only
        has missing values before.
    """
    england = england_by_month(publication)
    last = england["month"].max()
    earlier = england.loc[england["month"] < last, "month"]
    before = earlier.max() if len(earlier) else ""
    now = england[england["month"] == last]
    then = england[england["month"] == before]
    joined: pd.DataFrame = now.merge(then, on="standard", how="left", suffixes=("", "_before"))
    limits = wilson(joined["within"], joined["total"])
    joined["month_before"] = joined["month_before"].fillna("none")
    joined["points"] = 100 * (joined["share"] - joined["share_before"])
    return joined.assign(lower=limits.lower, upper=limits.upper)


def change_by_cancer_type(publication: Publication, standard: str) -> pd.DataFrame:
    """Each cancer type in the last month against the month before.

    Returns
    -------
    DataFrame
        ``cancer_type, total, within, share, total_before, within_before,
        share_before, points``; the largest fall first. Empty where there is one
        month only.
    """
    last_two = last_months(publication, 2)
    if len(last_two) < 2:
        last_two = [*last_two, *last_two]
    now, then = (by_cancer_type(publication, standard, [month]) for month in last_two[::-1])
    columns = ["cancer_type", "total", "within", "share"]
    joined = now[columns].merge(then[columns], on="cancer_type", suffixes=("", "_before"))
    joined = joined.assign(points=100 * (joined["share"] - joined["share_before"]))
    if last_two[0] == last_two[1]:
        joined = joined.head(0)
    return joined.sort_values(["points", "cancer_type"], ignore_index=True)


def last_months(publication: Publication, number: int) -> list[str]:
    """Give the last `number` months that England's 62-day figures are published for.

    Fewer where the folder holds fewer, so that one month's files make a report too.

    Raises
    ------
    InputError
        No provider file holds 62-day figures.
    """
    england = england_by_month(publication)
    months = sorted(england.loc[england["standard"] == DAY_62, "month"].unique().tolist())
    if not months:
        raise InputError(
            "No provider file holds 62-day figures, which this report is about.",
            remedy="Add provider workbooks, or a combined CSV with all its rows.",
        )
    return months[-number:]


def _provider_rows(publication: Publication, level: str) -> pd.DataFrame:
    rows = publication.rows
    chosen = rows[(rows["basis"] == PROVIDER) & (rows["level"] == level)]
    if chosen.empty:
        raise InputError(
            "No provider file gives England's totals.",
            remedy="Add the provider workbooks of the same months to the folder.",
        )
    return chosen


def _england(publication: Publication, standard: str, months: Sequence[str]) -> pd.DataFrame:
    rows = _provider_rows(publication, NATIONAL)
    return rows[(rows["standard"] == standard) & rows["month"].isin(list(months))]


def _plain(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Some columns with text in place of categories, sorted by the text ones."""
    texts = [name for name in columns if isinstance(rows[name].dtype, pd.CategoricalDtype)]
    plain = rows[columns].astype(dict.fromkeys(texts, "str"))
    return plain.sort_values(texts, ignore_index=True)


def _with_share(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(share=frame["within"] / frame["total"].where(frame["total"] > 0))


def _added(rows: pd.DataFrame, by: str, standard: str) -> pd.DataFrame:
    counts = ["total", "within", *(["after_104_days"] if standard == "62D" else [])]
    summed = rows.groupby(by, observed=True)[counts].sum(min_count=1).reset_index()
    summed = summed.astype({by: "str"})
    limits = wilson(summed["within"], np.where(summed["total"] > 0, summed["total"], np.nan))
    table = _with_share(summed).assign(lower=limits.lower, upper=limits.upper)
    return table.sort_values(["share", by], ignore_index=True)
