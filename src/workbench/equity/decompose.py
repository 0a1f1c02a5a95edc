"""Why a gap is there: how much of it is mix, how much is left at equal mix.

References
----------
Kitagawa EM (1955). Components of a difference between two rates. JASA 50:1168-1194.
Gelbach JB (2016). When do covariates matter? J Labor Econ 34:509-543.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench.equity.figures import Estimate, from_error
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats, floats
from workbench.statistics.regression import least_squares, summed_by


@dataclass(frozen=True)
class Kitagawa:
    """A gap between two groups' shares, split in two.

    Attributes
    ----------
    gap : Estimate
        Share of the group less that of the reference; `mix` and `rate` add up to it.
    mix : Estimate
        Due to different mix of categories.
    rate : Estimate
        Due to different shares within categories.
    mix_by, rate_by : ndarray, shape (categories,)
        What each category adds to either. A single category's mix part depends on what it
        is measured from; only their sum and the rate parts mean something alone.
    """

    gap: Estimate
    mix: Estimate
    rate: Estimate
    mix_by: Floats
    rate_by: Floats


def kitagawa(
    rate: ArrayLike,
    mix: ArrayLike,
    reference_rate: ArrayLike,
    reference_mix: ArrayLike,
    *,
    counts: bool = False,
    confidence: float = 0.95,
) -> Kitagawa:
    """Split a gap into mix and rate, exactly.

    ``gap = Σ (m_g - m_r)(y_g + y_r)/2  [mix]  +  Σ (y_g - y_r)(m_g + m_r)/2  [rate]``

    Parameters
    ----------
    rate, reference_rate : array_like, shape (categories,)
        Share within each category. Missing where nobody is in it: the other's share then
        stands in, so that a category which one of them lacks is all mix.
    mix, reference_mix : array_like, shape (categories,)
        People in each category, or their shares; brought to sum to 1.
    counts : bool, optional
        The mixes are people and the rates shares of them: adds errors and limits, from two
        multinomial samples by the delta method. Without it there are none (NaN).
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Kitagawa

    Raises
    ------
    InputError
        Shapes differ, a mix is below 0 or all 0, or a rate is missing where people are.
    """
    y, m, n = _population(rate, mix, "rate", "mix")
    y_r, m_r, n_r = _population(reference_rate, reference_mix, "reference_rate", "reference_mix")
    if y.shape != y_r.shape:
        raise InputError("Both groups must have the same categories, in the same order.")
    y, y_r = np.where(np.isnan(y), y_r, y), np.where(np.isnan(y_r), y, y_r)
    y, y_r = np.nan_to_num(y), np.nan_to_num(y_r)  # in neither: weighs nothing
    mix_by = (m - m_r) * (y + y_r) / 2
    rate_by = (y - y_r) * (m + m_r) / 2
    errors = [np.nan] * 3
    if counts:
        own, other = _variances(y, m, y_r, m_r, n), _variances(y_r, m_r, y, m, n_r)
        errors = [float(np.sqrt(a + b)) for a, b in zip(own, other, strict=True)]
    gap, of_mix, of_rate = (
        from_error(float(at), error, confidence)
        for at, error in zip(
            (np.sum(y * m) - np.sum(y_r * m_r), mix_by.sum(), rate_by.sum()), errors, strict=True
        )
    )
    return Kitagawa(gap, of_mix, of_rate, mix_by, rate_by)


def gelbach(
    outcome: ArrayLike,
    group: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Attribute what adjustment changes to each set of covariates, whatever their order.

    Least squares of the outcome on the group alone gives ``b``; with all covariates ``a``.
    ``b - a = Σ_k Γ_k β_k``: the covariate's effect times how much more of it the group has.
    Adding covariates one after the other would give answers that depend on the order.

    Parameters
    ----------
    outcome : array_like, shape (people,)
        0 or 1 (a linear probability model, so that parts add up), or days.
    group : array_like of 0 or 1, shape (people,)
        Whether each is of the group.
    covariates : mapping of str to array_like
        Each set by its name (``tumour``, ``trust``, ...): numbers, or text to be made
        into indicators.
    cluster : array_like, shape (people,), optional
        Who a row is of.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        ``part, estimate, lower, upper, se``: ``crude``, one row a set, ``adjusted``; crude
        is the sum of all others.

    Raises
    ------
    ParameterError
        No covariates are given.
    InputError
        A value is missing, lengths differ, or only one group is there.
    """
    if not covariates:
        raise ParameterError("gelbach needs at least one set of covariates.")
    y, g = _numbers(outcome, "outcome"), _numbers(group, "group")
    if set(np.unique(g)) != {0.0, 1.0}:
        raise InputError("group must hold both 0 and 1, and nothing else.")
    sets = {name: _columns(values, name, len(y)) for name, values in covariates.items()}
    rows, influences = _attributed(y, np.column_stack([np.ones(len(y)), g]), sets)
    columns = 2 + sum(each.shape[1] for each in sets.values())
    errors = _errors(influences, cluster, columns)
    made = [from_error(at, error, confidence)
            for at, error in zip(rows.values(), errors, strict=True)]  # fmt: skip
    return pd.DataFrame(
        {
            "part": list(rows),
            "estimate": [each.estimate for each in made],
            "lower": [each.lower for each in made],
            "upper": [each.upper for each in made],
            "se": [each.se for each in made],
        }
    )


def _attributed(
    y: Floats, base: Floats, sets: Mapping[str, Floats]
) -> tuple[dict[str, float], Floats]:
    """Each part, and the influence of each person on it: crude, the sets, adjusted."""
    full = np.column_stack([base, *sets.values()])
    fit = least_squares(full, y)
    reached = (full * (y - fit.fitted)[:, None]) @ fit.bread
    bread = np.linalg.inv(base.T @ base)
    parts: dict[str, float] = {}
    influences: list[Floats] = []
    first = base.shape[1]
    for name, columns in sets.items():
        own = slice(first, first + columns.shape[1])
        first = own.stop
        gamma = bread @ (base.T @ columns)
        effect = gamma @ fit.coefficients[own]
        astray = columns @ fit.coefficients[own] - base @ effect
        parts[name] = float(effect[1])
        influences.append(reached[:, own] @ gamma[1] + ((base * astray[:, None]) @ bread)[:, 1])
    parts["adjusted"] = float(fit.coefficients[1])
    influences.append(reached[:, 1])
    crude = {"crude": sum(parts.values())}
    return crude | parts, np.column_stack([np.sum(influences, axis=0), *influences])


def _population(
    rate: ArrayLike, mix: ArrayLike, rate_name: str, mix_name: str
) -> tuple[Floats, Floats, float]:
    faults: list[str] = []
    try:
        y, m = floats(rate, rate_name), floats(mix, mix_name)
    except ValueError as error:
        raise InputError("The groups cannot be compared.", [str(error)]) from None
    if y.ndim != 1 or y.shape != m.shape:
        fault = f"{rate_name} and {mix_name} must have one number a category each"
        raise InputError("The groups cannot be compared.", [fault])
    if np.isnan(m).any() or (m < 0).any() or not m.sum() > 0:
        faults.append(f"{mix_name} must be 0 or more, none missing, and not all 0")
    elif (np.isnan(y) & (m > 0)).any():
        faults.append(f"{rate_name} is missing for a category that has people")
    if faults:
        raise InputError("The groups cannot be compared.", faults)
    return y, m / m.sum(), float(m.sum())


def _variances(
    y: Floats, m: Floats, y_r: Floats, m_r: Floats, n: float
) -> tuple[float, float, float]:
    """Variance of gap, mix and rate from one group's sample of people in cells.

    Cells are category by outcome, with chances ``m y`` and ``m (1 - y)``; each measure's
    slope in them gives ``(Σ q D² - (Σ q D)²) / n``.
    """
    inside = m > 0
    y, m, y_r, m_r = y[inside], m[inside], y_r[inside], m_r[inside]
    cells = np.concatenate([m * y, m * (1 - y)])
    mean, pull = (y + y_r) / 2, (m - m_r) / (2 * m)
    mix = np.concatenate([mean + pull * (1 - y), mean - pull * y])
    half, push = (y - y_r) / 2, (m + m_r) / (2 * m)
    rate = np.concatenate([half + push * (1 - y), half - push * y])
    return tuple(
        float(max(cells @ slope**2 - (cells @ slope) ** 2, 0.0) / n)
        for slope in (mix + rate, mix, rate)
    )  # type: ignore[return-value]


def _numbers(values: ArrayLike, what: str) -> Floats:
    try:
        column = floats(values, what)
    except ValueError as error:
        raise InputError(f"{error}.") from None
    if column.ndim != 1 or np.isnan(column).any():
        raise InputError(f"{what} must be one-dimensional, with none missing.")
    return column


def _columns(values: ArrayLike, name: str, rows: int) -> Floats:
    array = np.asarray(values)
    series = pd.Series(array) if array.ndim == 1 else pd.DataFrame(array)
    if len(series) != rows or series.isna().to_numpy().any():
        raise InputError(f"Covariate {name} must have one value a person, none missing.")
    if isinstance(series, pd.Series) and not pd.api.types.is_numeric_dtype(series):
        series = pd.get_dummies(series, drop_first=True)
    made = series.to_numpy(dtype=float)
    return made.reshape(rows, -1)


def _errors(influences: Floats, cluster: ArrayLike | None, columns: int) -> list[float]:
    rows = len(influences)
    sums = influences if cluster is None else summed_by(influences, cluster)
    factor = rows / max(rows - columns, 1)
    return [float(np.sqrt(factor * np.sum(sums[:, j] ** 2))) for j in range(influences.shape[1])]
