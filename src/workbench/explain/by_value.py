"""How the value of a feature goes with what it adds: means in bins of enough people."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.breach import Cases
from workbench.errors import ParameterError
from workbench.explain.attribution import Attributions
from workbench.explain.forest import Floats, Whole
from workbench.explain.resampling import DRAWS, mean_intervals, sums_of

BINS = 8
LEAST = 50
"""Rows that a bin of numbers should hold, so that neither its ends nor its mean tell of a few."""
MISSING = "Not recorded"


def dependence(
    found: Attributions,
    held: Cases,
    feature: str,
    *,
    bins: int = BINS,
    draws: int = DRAWS,
    seed: int = 1,
) -> pd.DataFrame:
    """Mean of what a feature adds, by its own value.

    Parameters
    ----------
    found : Attributions
    held : Cases
        The rows explained.
    feature : str
        Numbers are cut into bins of about as many rows each; codes stand as they are.
    bins : int, optional
        Most bins.
    draws, seed : int, optional
        Of the bootstrap by patient; no draws, no intervals.

    Returns
    -------
    DataFrame
        ``feature, value, people, rows, effect, lower, upper`` (log odds, 95 %), in the
        order of the numbers or, of codes, of their names; what is missing last.

    Raises
    ------
    ParameterError
        No such feature was explained.
    """
    if feature not in found.by_feature or (
        feature not in held.numbers and feature not in held.codes
    ):
        raise ParameterError("There is no such feature to show.")
    if feature in held.numbers:
        place, names = _binned(held.numbers[feature], bins)
    else:
        coded = held.codes[feature]
        place, names = coded.places.astype(np.int64), [name or MISSING for name in coded.levels]
    labels = pd.Series([f"{at:04d}" for at in place])
    sums = sums_of(found.by_feature[[feature]].to_numpy(), labels, held.group)
    each = mean_intervals(sums, draws, seed)
    return pd.DataFrame(
        {
            "feature": feature,
            "value": [names[int(label)] for label in sums.groups],
            "people": sums.people(),
            "rows": sums.counted(),
            "effect": np.ravel(np.asarray(each.estimate)),
            "lower": np.ravel(np.asarray(each.lower)),
            "upper": np.ravel(np.asarray(each.upper)),
        }
    )


def _binned(column: Floats, bins: int) -> tuple[Whole, list[str]]:
    """Bin of each number and the bins' names; missing is the last."""
    missing = np.isnan(column)
    known = column[~missing]
    most = max(1, min(bins, len(known) // LEAST))
    cuts: npt.NDArray[np.float64] = np.empty(0)
    if len(known):
        cuts = np.unique(np.quantile(known, np.arange(1, most) / most, method="higher"))
        cuts = cuts[cuts > known.min()]
    place = np.searchsorted(cuts, np.where(missing, 0.0, column), side="right")
    names = _names(cuts, bool((known % 1 == 0).all()))
    if len(cuts) and (known[known < cuts[0]] == known.min()).all():
        names[0] = _written(known.min())  # a bin of one value is named by it
    return np.where(missing, len(names), place).astype(np.int64), [*names, MISSING]


def _names(cuts: Floats, whole: bool) -> list[str]:
    """What each bin holds; the outer ones are open, so that they tell no one's extreme."""
    if not len(cuts):
        return ["Any"]
    low = [_written(cut) for cut in cuts]
    high = [_written(cut - 1) if whole else f"under {_written(cut)}" for cut in cuts[1:]]
    first = f"Up to {_written(cuts[0] - 1)}" if whole else f"Under {low[0]}"
    inner = [
        (start if start == end else f"{start} to {end}")
        for start, end in zip(low[:-1], high, strict=True)
    ]
    return [first, *inner, f"{low[-1]} or more"]


def _written(number: float) -> str:
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:.3g}"
