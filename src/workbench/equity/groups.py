"""The right measures for a characteristic, without choosing.

Along an order (deprivation, age): slope and relative index, Erreygers' concentration
index, and of deprivation what all would gain at the least deprived. Without one (ethnic
group, sex): each group against everyone else, between-group variance, index of disparity.
Those of whom it is not known stand in the table of groups and are ranked nowhere.

References
----------
As of `workbench.equity.inequality` and `workbench.statistics.differences`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr

from workbench.equity.characteristics import AGES, in_order, is_ordered, known
from workbench.equity.figures import Estimate
from workbench.equity.inequality import (
    between_group_variance,
    concentration_index,
    index_of_disparity,
    par,
    slope_index,
)
from workbench.equity.layout import levels
from workbench.equity.slopes import FEWEST_GROUPS
from workbench.equity.sufficiency import TOO_FEW, detectable_gap, status_of
from workbench.errors import InputError, ParameterError
from workbench.statistics.differences import newcombe
from workbench.statistics.inputs import Floats, counts
from workbench.statistics.intervals import wilson

TITLES = {
    "slope_index": "Gap between the ends of the order, last less first (slope index)",
    "relative_index": "The same as a ratio (relative index)",
    "concentration_erreygers": "Concentration index (Erreygers)",
    "par": "What everyone would gain at the level of the most advantaged group",
    "between_group_variance": "Variance between groups",
    "index_of_disparity": "Mean distance of groups from the mean, in percent of it",
    "heterogeneity": "Do groups differ by more than chance? (chi-squared)",
}


@dataclass(frozen=True)
class Measures:
    """What was found for one characteristic.

    Attributes
    ----------
    characteristic : str
    ordered : bool
    groups : DataFrame
        One row a group, those not known included: ``group, total, within, share, lower,
        upper`` (Wilson), ``gap, gap_lower, gap_upper, gap_p`` against everyone else who is
        known, ``detectable`` (the smallest gap that would have been seen), ``status``.
    summary : DataFrame
        One row a measure: ``measure, title, estimate, lower, upper, p, by_chance`` (what
        the measure would be on average, were there no gap at all), ``people``.
    """

    characteristic: str
    ordered: bool
    groups: pd.DataFrame
    summary: pd.DataFrame


def measures(
    table: pd.DataFrame,
    characteristic: str,
    *,
    within: str = "within",
    total: str | None = None,
    ordered: bool | None = None,
    higher_is_better: bool = True,
    confidence: float = 0.95,
) -> Measures:
    """Measure how far groups differ in a share, by what suits the characteristic.

    Parameters
    ----------
    table : DataFrame
        Pathways, or counts of them.
    characteristic : str
        Column of groups, such as ``ethnicity`` or ``imd_decile``. Numbered groups go by
        their number, the most disadvantaged (decile 1, or youngest) first.
    within : str, optional
        Column with the outcome: a flag a pathway, or a count a row if `total` is given.
    total : str, optional
        Column of counts; left out, each row is one pathway.
    ordered : bool, optional
        Whether the groups have an order, for a characteristic that is not known here.
    higher_is_better : bool, optional
        Off for outcomes to be avoided.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Measures

    Raises
    ------
    ParameterError
        A column is not there, or it is not known whether the groups have an order.
    InputError
        A value is missing or impossible, or fewer than two groups are known.
    """
    in_line = is_ordered(characteristic, ordered)
    names, x, n = _counted(table, characteristic, within, total)
    place = in_order(characteristic, names)
    names, x, n = [names[i] for i in place], x[place], n[place]
    here = known(characteristic, names) & (n > 0)
    if here.sum() < 2:
        raise InputError(f"Fewer than two groups of {characteristic} are known.")
    groups = _groups(names, x, n, here, confidence)
    labels = [name for name, used in zip(names, here, strict=True) if used]
    if in_line and here.sum() >= FEWEST_GROUPS:
        rows = _along(x[here], n[here], labels, confidence)
        if characteristic not in AGES:
            rows.append(_gain(x[here], n[here], labels, higher_is_better, confidence))
    else:
        rows = _across(x[here], n[here], confidence)
    rows.append(_heterogeneity(x[here], n[here]))
    summary = pd.DataFrame(rows)
    summary.insert(1, "title", summary["measure"].map(TITLES))
    summary["people"] = float(n[here].sum())
    return Measures(characteristic, in_line, groups, summary)


def binomial_errors(within: Floats, total: Floats) -> Floats:
    """Standard errors of shares that are not 0 where everyone or no one is within.

    ``√(p̃ (1 - p̃) / ñ)`` with two more within and two more not (Agresti and Coull 1998)
    where the plain formula gives 0; the plain one elsewhere.
    """
    share = within / total
    plain = np.sqrt(share * (1 - share) / total)
    middle = (within + 2) / (total + 4)
    return np.where(plain > 0, plain, np.sqrt(middle * (1 - middle) / (total + 4)))


def pooled_p(x: Floats, n: Floats, x_other: Floats, n_other: Floats) -> Floats:
    """Two-sided p value of a difference of shares, by the pooled normal test.

    ``z = (p - p') / √(s (1 - s) (1/n + 1/n'))`` with ``s`` the share of both together; 1
    where everyone or no one is within. NaN without people on either side.
    """
    share = (x + x_other) / (n + n_other)
    spread = np.sqrt(share * (1 - share) * (1 / n + 1 / n_other))
    at = np.abs(x / n - x_other / n_other)
    score = np.divide(at, spread, out=np.zeros_like(at), where=spread > 0)
    return np.asarray(np.where(np.isnan(at), np.nan, 2 * ndtr(-score)))


def _counted(
    table: pd.DataFrame, characteristic: str, within: str, total: str | None
) -> tuple[list[str], Floats, Floats]:
    wanted = [characteristic, within, *([total] if total else [])]
    absent = [name for name in wanted if name not in table.columns]
    if absent:
        raise ParameterError("Columns are not there.", [f"no column {name!r}" for name in absent])
    faults: list[str] = []
    of_rows = [_numbers(table[name], name, faults) for name in wanted[1:]]
    if table.empty or faults:
        raise InputError("The groups cannot be compared.", faults or ["there are no rows"])
    codes, names = levels(table[characteristic])
    x = np.asarray(np.bincount(codes, of_rows[0], len(names)), dtype=float)
    many = of_rows[1] if total else None
    n = np.asarray(np.bincount(codes, many, len(names)), dtype=float)
    if (x > n * (1 + 1e-12)).any():
        raise InputError("Counts within must lie from 0 to the total of their group.")
    return names, np.minimum(x, n), n


def _numbers(column: pd.Series, name: str, faults: list[str]) -> Floats:
    try:
        numbers = counts(column, name)
    except ValueError as error:
        faults.append(str(error))
        return np.zeros(len(column))
    if np.isnan(numbers).any():
        faults.append(f"{name} is missing in some rows")
    return numbers


def _groups(
    names: Sequence[str], x: Floats, n: Floats, here: np.ndarray[tuple[int], np.dtype[np.bool_]],
    confidence: float,
) -> pd.DataFrame:  # fmt: skip
    own = wilson(x, n, confidence)
    rest_x, rest_n = x[here].sum() - x * here, n[here].sum() - n * here
    gap = newcombe(x, n, rest_x, rest_n, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = pooled_p(x, n, rest_x, rest_n)
    share = float(x[here].sum() / n[here].sum())
    groups = pd.DataFrame(
        {
            "group": list(names), "total": n, "within": x, "share": own.estimate,
            "lower": own.lower, "upper": own.upper, "gap": gap.estimate,
            "gap_lower": gap.lower, "gap_upper": gap.upper, "gap_p": p,
            "detectable": detectable_gap(share, n, rest_n, confidence),
            "status": status_of(n),
        }
    )  # fmt: skip
    few = (groups["status"] == TOO_FEW).to_numpy()
    compared = ["gap", "gap_lower", "gap_upper", "gap_p"]
    groups.loc[few, ["share", "lower", "upper", *compared]] = np.nan
    groups.loc[~here, [*compared, "detectable"]] = np.nan
    return groups


def _along(
    x: Floats, n: Floats, labels: Sequence[str], confidence: float
) -> list[dict[str, object]]:
    share, se = x / n, binomial_errors(x, n)
    slope = slope_index(share, se, n, None, confidence, groups=labels)
    rows = [_row("slope_index", slope.sii, 0.0), _row("relative_index", slope.rii, 1.0)]
    if share.max() > 0:
        index = concentration_index(share, n, se, (0.0, 1.0), confidence, groups=labels)
        if index.erreygers is not None:
            rows.append(_row("concentration_erreygers", index.erreygers, 0.0))
    return rows


def _gain(
    x: Floats, n: Floats, labels: Sequence[str], higher_is_better: bool, confidence: float
) -> dict[str, object]:
    gain = par(
        x / n, n, binomial_errors(x, n), confidence,
        groups=labels, higher_is_better=higher_is_better,
    )  # fmt: skip
    return _row("par", gain, np.nan)


def _across(x: Floats, n: Floats, confidence: float) -> list[dict[str, object]]:
    share, se, part = x / n, binomial_errors(x, n), n / n.sum()
    mean = float(x.sum() / n.sum())
    variance = between_group_variance(share, n, se, confidence)
    noise = mean * (1 - mean) / n
    rows = [_row("between_group_variance", variance, float(np.sum(part * (1 - part) * noise)))]
    if mean > 0:
        # mean size of a normal of that variance: σ √(2/π)
        size = np.sqrt(2 / np.pi * noise * (1 - part))
        chance = 100 * float(np.sum(part * size)) / mean
        rows.append(
            _row("index_of_disparity", index_of_disparity(share, n, se, confidence), chance)
        )
    return rows


def _heterogeneity(x: Floats, n: Floats) -> dict[str, object]:
    share = float(x.sum() / n.sum())
    freedom = len(n) - 1
    if not 0 < share < 1:
        return {"measure": "heterogeneity", "estimate": 0.0, "p": 1.0, "by_chance": freedom}
    score = float(np.sum((x - n * share) ** 2 / (n * share * (1 - share))))
    p = float(chdtrc(freedom, score))
    return {"measure": "heterogeneity", "estimate": score, "p": p, "by_chance": float(freedom)}


def _row(measure: str, found: Estimate, by_chance: float) -> dict[str, object]:
    return {
        "measure": measure, "estimate": found.estimate, "lower": found.lower,
        "upper": found.upper, "p": np.nan, "by_chance": by_chance,
    }  # fmt: skip
