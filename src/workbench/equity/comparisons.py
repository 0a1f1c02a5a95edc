"""Tables of groups compared: limits, p values, what is withheld of too few."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from workbench.equity.layout import Layout
from workbench.equity.sufficiency import TOO_FEW
from workbench.statistics.inputs import Floats

REFERENCE = "reference"
"""Status of the group that others are compared with."""


def limits(at: pd.Series, error: pd.Series, z: float) -> tuple[pd.Series, pd.Series]:
    """Normal limits, ``z`` standard errors either way."""
    return at - z * error, at + z * error


def p_values(at: ArrayLike, error: ArrayLike) -> Floats:
    """Two-sided normal p value; NaN where there is no error."""
    size, spread = np.abs(np.asarray(at, dtype=float)), np.asarray(error, dtype=float)
    score = np.divide(size, spread, out=np.full(len(size), np.nan), where=spread > 0)
    return np.asarray(2 * ndtr(-score))


def ratios(
    table: pd.DataFrame, layout: Layout, characteristic: str, name: str,
    log: Floats, error: Floats, z: float,
) -> pd.DataFrame:  # fmt: skip
    """Put ratios against the first group, from their logarithms, into a table."""
    before = [column for column in table.columns if column != "status"]
    table = table.assign(
        **{name: np.exp(log)},
        lower=np.exp(log - z * error),
        upper=np.exp(log + z * error),
        p=p_values(log, error),
    )
    withheld = [name, "lower", "upper", "p"]
    return finished(table, layout, characteristic, withheld, True)[[*before, *withheld, "status"]]


def finished(
    table: pd.DataFrame, layout: Layout, characteristic: str, withheld: list[str], against_one: bool
) -> pd.DataFrame:
    """Order of the characteristic; no figures of too few, no comparison of the reference."""
    few = (table["status"] == TOO_FEW).to_numpy()
    table.loc[few, withheld] = np.nan
    if against_one:
        compared = [
            c for c in withheld if c not in ("standardised", "mean", "mean_lower", "mean_upper")
        ]
        first = np.arange(len(table)) == 0
        table.loc[first, compared] = np.nan
        table.loc[first & ~few, "status"] = REFERENCE
    return table.iloc[layout.in_order(characteristic)].reset_index(drop=True)
