"""The gradient of areas along their deprivation: about places, never about the people in them.

References
----------
Robinson WS (1950). Am Sociol Rev 15:351-357 (the ecological fallacy). Mackenbach JP,
Kunst AE (1997). Soc Sci Med 44:757-771.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from workbench.equity.figures import Estimate
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats
from workbench.statistics.regression import least_squares

FEWEST_AREAS = 10
"""A line through fewer areas would say more of single ones than of a gradient."""
FIFTHS = 5


@dataclass(frozen=True)
class Gradient:
    """A gradient of areas.

    Attributes
    ----------
    sii : Estimate
        Slope index of inequality: fitted share of the least deprived end less that of the
        most deprived.
    at_most_deprived, at_least_deprived : float
        Fitted shares at the two ends.
    fifths : DataFrame
        ``fifth`` (1 the most deprived), ``areas, people, share, lower, upper``: areas in
        order of deprivation, cut into five of about as many people.
    areas : int
    """

    sii: Estimate
    at_most_deprived: float
    at_least_deprived: float
    fifths: pd.DataFrame
    areas: int


def ecological_gradient(
    areas: pd.DataFrame, share: str, people: str, rank: str, confidence: float = 0.95
) -> Gradient:
    """Regress areas' shares on their place in the order of deprivation.

    Weighted least squares on mid-rank with a sandwich covariance and Student's quantile of
    ``areas - 2``: limits rest on how areas differ from the line, not on how many patients
    each has, since areas differ for more reasons than chance.

    Parameters
    ----------
    areas : DataFrame
        One row an area.
    share, people, rank : str
        Columns of the share (at equal case mix), of patients, and of the mean rank of
        deprivation, low where deprived.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Gradient

    Raises
    ------
    ParameterError
        A column is absent.
    InputError
        Fewer than ten areas, or a figure is missing or out of range.
    """
    absent = [name for name in (share, people, rank) if name not in areas]
    if absent:
        raise ParameterError(f"The areas have no column {', '.join(absent)}.")
    values = areas[[share, people, rank]].to_numpy(dtype=float)
    if len(values) < FEWEST_AREAS:
        raise InputError(f"{len(values)} areas show no gradient: {FEWEST_AREAS} are needed.")
    y, n, deprived = values.T
    if np.isnan(values).any() or (n <= 0).any() or ((y < 0) | (y > 1)).any():
        raise InputError("An area's share, people or rank is missing or out of range.")
    order = np.lexsort((y, deprived))
    y, n = y[order], n[order]
    place = (np.cumsum(n) - n / 2) / n.sum()
    fit = least_squares(np.column_stack([np.ones(len(y)), place]), y, n)
    slope, error = float(fit.coefficients[1]), float(fit.errors[1])
    t = float(stdtrit(len(y) - 2, (1 + confidence) / 2))
    low = float(fit.coefficients[0])
    return Gradient(
        Estimate(slope, slope - t * error, slope + t * error, error),
        low,
        low + slope,
        _fifths(y, n, place, confidence),
        len(y),
    )


def _fifths(y: Floats, n: Floats, place: Floats, confidence: float) -> pd.DataFrame:
    fifth = np.minimum((place * FIFTHS).astype(int), FIFTHS - 1)
    rows = []
    for number in range(FIFTHS):
        own, weight = y[fifth == number], n[fifth == number]
        if not len(own):
            continue
        mean = float((own * weight).sum() / weight.sum())
        # areas are the sample: a fifth of one area alone has no interval
        half = np.nan
        if len(own) > 1:
            spread = float((weight**2 * (own - mean) ** 2).sum()) / weight.sum() ** 2
            t = float(stdtrit(len(own) - 1, (1 + confidence) / 2))
            half = t * np.sqrt(spread * len(own) / (len(own) - 1))
        rows.append(
            (str(number + 1), len(own), float(weight.sum()), mean, mean - half, mean + half)
        )
    columns = ["fifth", "areas", "people", "share", "lower", "upper"]
    return pd.DataFrame(rows, columns=columns)
