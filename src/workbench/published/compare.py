"""Two tables of the same months side by side: one's own figures and the published ones."""

from __future__ import annotations

import pandas as pd

from workbench.published.layout import PROVIDER
from workbench.published.publication import Publication

KEYS = ("month", "provider", "standard")

CLOSE_POINTS = 0.5
"""Percentage points below which two shares read as the same once each is rounded."""

_ALL = (98, 102)
"""Per cent of the published patients: within these the same patients may well be counted."""


def compare(own: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Put one's own counts beside the published ones.

    Parameters
    ----------
    own : DataFrame
        ``month, provider, standard, total, within``, and any further columns that
        tell rows apart, such as the way of counting.
    published : DataFrame
        From `provider_by_month`.

    Returns
    -------
    DataFrame
        The keys of `own`, ``total, within, total_published, within_published``: a row
        for each month, provider and standard that both tables have; sorted.
    """
    more = [str(name) for name in own if name not in (*KEYS, "total", "within", "share")]
    left = own[[*KEYS, *more, "total", "within"]]
    right = published[[*KEYS, "total", "within"]]
    joined = left.merge(right, on=list(KEYS), suffixes=("", "_published"), validate="many_to_one")
    return joined.sort_values([*KEYS, *more], kind="stable", ignore_index=True)


def over_months(compared: pd.DataFrame) -> pd.DataFrame:
    """Add the months up: per provider, standard and what else tells rows apart.

    Returns
    -------
    DataFrame
        As `compare` without ``month``, with ``months``: how many, as text.
    """
    counts = ["total", "within", "total_published", "within_published"]
    keys = [name for name in compared if name not in (*counts, "month")]
    groups = compared.groupby(keys, sort=True)
    summed = groups[counts].sum().join(groups["month"].nunique().astype("str").rename("months"))
    return summed.reset_index()[[*keys, "months", *counts]]


def public_as_text(compared: pd.DataFrame) -> pd.DataFrame:
    """Write the published side as text: it is public as it stands, and is not rounded again.

    Returns
    -------
    DataFrame
        `compared` with ``published_patients`` and ``published_share`` in place of the
        two published counts.
    """
    total, within = compared["total_published"], compared["within_published"]
    share = (within / total.where(total > 0)).map(
        lambda one: "none" if pd.isna(one) else f"{100 * one:.1f}%"
    )
    texts = compared.assign(published_patients=total.map("{:,g}".format), published_share=share)
    return texts.drop(columns=["total_published", "within_published"])


def provisional_months(publication: Publication, months: list[str]) -> int:
    """Count the months whose provider figures are still provisional."""
    files = publication.vintages
    used = files[files["used"] & (files["basis"] == PROVIDER) & files["month"].isin(months)]
    return int(used.loc[used["status"] == "provisional", "month"].nunique())


def with_readings(
    compared: pd.DataFrame, shown: pd.DataFrame, provisional: int = 0
) -> pd.DataFrame:
    """Say in words how each row's own share stands to the published one.

    Parameters
    ----------
    compared : DataFrame
        From `over_months`; a group of a provider and standard may have several rows,
        one for each way to count shared patients.
    shown : DataFrame
        The same rows as they may be shown: ``total, share``; a withheld one is missing,
        and nothing is said of it.
    provisional : int, optional
        Months whose published figures may still change.

    Returns
    -------
    DataFrame
        `public_as_text` with ``reading``: how far apart, how many of the published
        patients are held (scope), whether the published figures are final (vintage);
        and ``nearest``: ``Yes`` for the way of counting that comes nearest (allocation).
    """
    there = compared["within_published"] / compared["total_published"].where(
        compared["total_published"] > 0
    )
    own = shown["share"].astype("Float64").astype(float).to_numpy()
    total = shown["total"].astype("Float64").astype(float).to_numpy()
    points = pd.Series(100 * (own - there.to_numpy()), index=compared.index)
    held = pd.Series(100 * total / compared["total_published"], index=compared.index)
    vintage = f" {provisional} months are provisional." if provisional else ""
    told = [_reading(*pair) + vintage for pair in zip(points, held, strict=True)]
    return public_as_text(compared).assign(reading=told, nearest=_nearest(compared, points))


def _reading(points: float, held: float) -> str:
    if pd.isna(points):
        return "Too few patients to compare."
    apart = f"{abs(points):.1f} points {'above' if points > 0 else 'below'}."
    if abs(points) < CLOSE_POINTS:
        apart = "Much the same share."
    known = f"{held:,.0f}%" if held >= 1 else "under 1%"
    scope = "" if _ALL[0] <= held <= _ALL[1] else f" We hold {known} as many patients."
    return apart + scope


def _nearest(compared: pd.DataFrame, points: pd.Series[float]) -> pd.Series[str]:
    gap = points.abs().round(6)
    groups = gap.groupby([compared["provider"], compared["standard"]])
    best = (gap == groups.transform("min")) & (groups.transform("size") > 1)
    return best.map({True: "Yes", False: "No"}).where(groups.transform("size") > 1, "Only way")
