"""Why one group's margins are higher than everyone else's, feature by feature.

The mean of a sum is the sum of the means: a group's mean margin less that of the rest is,
exactly, the sum over features of the same difference in Shapley values. The gap in risk
stands beside it, for it is what a reader understands; it has no such decomposition, because
risks do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.errors import CheckError
from workbench.explain.attribution import Attributions
from workbench.explain.importance import long_table
from workbench.explain.resampling import DRAWS, difference_intervals, sums_of

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Disparity:
    """What goes into the gap of each group.

    Attributes
    ----------
    parts : DataFrame
        ``group, feature, people, rows, difference, lower, upper`` (log odds, 95 %). A
        group's differences add up to its gap.
    gaps : DataFrame
        One row a group: ``group, people, rows, margin, margin_lower, margin_upper`` (log odds),
        ``risk, risk_lower, risk_upper`` (from -1 to 1).
    """

    parts: pd.DataFrame
    gaps: pd.DataFrame


def disparity(
    found: Attributions,
    groups: pd.Series[str],
    *,
    patient: npt.ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Disparity:
    """Take each group's gap to everyone else apart.

    Parameters
    ----------
    found : Attributions
        By feature, or folded into parts.
    groups : Series of str
        One a row, none missing: who is not known is a group of its own.
    patient : array, optional
        Whose each row is, for the intervals.
    draws, seed : int, optional
        Of the bootstrap by patient; no draws, no intervals.

    Raises
    ------
    CheckError
        The parts do not add up to the gap.
    """
    features = found.by_feature.columns
    everything = np.column_stack([found.by_feature, found.margin, found.risk])
    sums = sums_of(everything, groups, patient)
    each = difference_intervals(sums, draws, seed)
    estimate, lower, upper = (np.asarray(one) for one in (each.estimate, each.lower, each.upper))
    many = len(features)
    _refuse_unless_whole(estimate[:, :many], estimate[:, many])
    people, rows = sums.people(), sums.counted()
    parts = long_table(
        sums.groups, features, people=np.repeat(people, many), rows=np.repeat(rows, many),
        difference=estimate[:, :many], lower=lower[:, :many], upper=upper[:, :many],
    )  # fmt: skip
    gaps = pd.DataFrame({"group": sums.groups, "people": people, "rows": rows})
    for at, name in ((many, "margin"), (many + 1, "risk")):
        gaps[name] = estimate[:, at]
        gaps[f"{name}_lower"], gaps[f"{name}_upper"] = lower[:, at], upper[:, at]
    return Disparity(parts, gaps)


def _refuse_unless_whole(parts: npt.NDArray[np.float64], gap: npt.NDArray[np.float64]) -> None:
    off = np.abs(parts.sum(axis=1) - gap)
    if (off > _TOLERANCE).any():
        raise CheckError("The parts of a gap do not add up to it, so they are refused.")
