"""From the most to the least deprived: the gradient, as counted and among like patients."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.dictionary.groups import FIFTHS
from workbench.equity.characteristics import in_order, known
from workbench.equity.figures import Estimate, from_error
from workbench.equity.groups import measures
from workbench.equity.layout import laid_out
from workbench.equity.report_gaps import COUNTS
from workbench.equity.report_mix import held_equal
from workbench.equity.slopes import FEWEST_GROUPS
from workbench.equity.sufficiency import NO_RATE_BELOW
from workbench.errors import InputError
from workbench.statistics.regression import logistic

BY = "deprivation"
STATISTICS = ["estimate", "lower", "upper"]
TITLES = {
    "adjusted_slope": "Most against least deprived end, among like patients (points)",
    "slope_index": "Most against least deprived end, as counted (slope index, points)",
    "relative_index": "Least over most deprived end, as counted (relative index)",
    "concentration_erreygers": "Concentration index (Erreygers); above 0 favours the less deprived",
    "par": "What everyone would gain at the level of the least deprived (points)",
}
"""Measures of a gradient that the report tells of, in order."""

_IN_POINTS = frozenset({"adjusted_slope", "slope_index", "par"})
_AWAY = frozenset({"adjusted_slope", "slope_index"})


def fifths(patients: pd.DataFrame) -> pd.DataFrame:
    """Count each fifth, most deprived first, and those of whom it is not known.

    Returns
    -------
    DataFrame
        ``group`` and the counts `COUNTS`.
    """
    each = patients.groupby(BY, sort=True)["within"].agg(["size", "sum"])
    table = pd.DataFrame(
        {"group": each.index.astype(str), "total": each["size"].to_numpy(),
         "within": each["sum"].to_numpy().astype(int)}
    )  # fmt: skip
    table["after"] = table["total"] - table["within"]
    return table.iloc[in_order(BY, list(table["group"]))].reset_index(drop=True)[["group", *COUNTS]]


def gradient(patients: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Measures of the gradient, with their limits.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    shown : DataFrame
        `fifths` once released: measures of what was counted are made of these.

    Returns
    -------
    DataFrame
        One row a measure of `TITLES`: ``measure, title, people, estimate, lower, upper``.
        A slope is the most deprived end less the least deprived one, so that below 0 is
        fewer in time among the deprived; slopes and gains in percentage points. No rows where
        fewer than three fifths may be shown.
    """
    seen = shown[shown["total"].notna() & shown["within"].notna()]
    seen = seen[known(BY, list(seen["group"])) & (seen["total"] >= NO_RATE_BELOW)]
    if len(seen) < FEWEST_GROUPS:
        return pd.DataFrame(columns=["measure", "title", "people", *STATISTICS])
    whole = seen["total"].astype(float)
    counts = pd.DataFrame(
        {BY: seen["group"], "total": whole, "within": np.minimum(seen["within"], whole)}
    )
    found = measures(counts, BY, total="total").summary
    rows = found[found["measure"].isin(TITLES)][["measure", *STATISTICS]]
    own = adjusted_slope(patients)
    first = pd.DataFrame(
        {"measure": ["adjusted_slope"], "estimate": [own.estimate], "lower": [own.lower],
         "upper": [own.upper]}
    )  # fmt: skip
    both = pd.concat([first, rows], ignore_index=True)
    return _as_told(both).assign(people=float(whole.sum()))[
        ["measure", "title", "people", *STATISTICS]
    ]


def in_points(table: pd.DataFrame) -> pd.DataFrame:
    """Measures of a gradient that are percentage points, without ratios and indices."""
    return table[table["measure"].isin(_IN_POINTS)].reset_index(drop=True)


def adjusted_slope(patients: pd.DataFrame) -> Estimate:
    """Slope index among like patients: logistic regression on rank and case mix.

    ``logit P = α + βR + cγ`` with ``R`` the middle of a fifth's place among all, most deprived
    first; the slope is the mean of ``P`` at rank 1 less that at rank 0 over everyone's case
    mix, with limits by the delta method from the sandwich covariance by person.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`; those of whom the deprivation is not
        known are left out.

    Raises
    ------
    InputError
        Fewer than three fifths are there.
    """
    held = patients[patients[BY].isin(FIFTHS)]
    here = [fifth for fifth in FIFTHS if (held[BY] == fifth).any()]
    if len(here) < FEWEST_GROUPS:
        raise InputError("A gradient needs at least three fifths of deprivation.")
    pooled, mix = held_equal(held, BY)
    layout = laid_out(pooled, BY, mix, ["within"], reference=here[0], cluster="person_id")
    share = layout.sizes() / len(layout.place)
    at = {label: i for i, label in enumerate(layout.labels)}
    ordered = np.array([share[at[fifth]] for fifth in here])
    middle = dict(zip(here, np.cumsum(ordered) - ordered / 2, strict=True))
    rank = np.array([middle[label] for label in layout.labels])[layout.place]
    design = np.column_stack([np.ones(len(rank)), rank, layout.covariates])
    fit = logistic(design, layout.columns["within"], cluster=layout.cluster)
    ends = [np.column_stack([design[:, :1], np.full(len(rank), end), design[:, 2:]])
            for end in (0.0, 1.0)]  # fmt: skip
    low, high = (expit(end @ fit.coefficients) for end in ends)
    slope = ((high * (1 - high)) @ ends[1] - (low * (1 - low)) @ ends[0]) / len(rank)
    error = float(np.sqrt(max(float(slope @ fit.covariance @ slope), 0.0)))
    return from_error(float(np.mean(high - low)), error, 0.95)


def _as_told(table: pd.DataFrame) -> pd.DataFrame:
    """Turn slopes to the most less the least deprived, and shares into points."""
    away = table["measure"].isin(_AWAY).to_numpy()
    told = table.copy()
    told["estimate"] = np.where(away, -table["estimate"], table["estimate"])
    told["lower"] = np.where(away, -table["upper"], table["lower"])
    told["upper"] = np.where(away, -table["lower"], table["upper"])
    points = table["measure"].isin(_IN_POINTS).to_numpy()
    for name in STATISTICS:
        told[name] = np.where(points, (100 * told[name]).round(1), told[name].round(3))
    return told.assign(title=told["measure"].map(TITLES))
