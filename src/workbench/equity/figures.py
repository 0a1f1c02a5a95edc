"""Groups' figures as every measure takes them: checked, all faults told at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats, floats, normal_quantile


@dataclass(frozen=True)
class Estimate:
    """A measure with its confidence limits and standard error.

    Attributes
    ----------
    estimate, lower, upper, se : float
        Limits and error are NaN where nothing is known of the figures' own error.
    """

    estimate: float
    lower: float
    upper: float
    se: float


@dataclass(frozen=True)
class Figures:
    """Figures of groups.

    Attributes
    ----------
    value : ndarray, shape (groups,)
    se : ndarray, shape (groups,)
        NaN throughout where none were given.
    share : ndarray, shape (groups,)
        Each group's part of the population; sums to 1.
    """

    value: Floats
    se: Floats
    share: Floats

    @property
    def mean(self) -> float:
        """Of the population: ``µ = Σ p y``."""
        return float(np.sum(self.share * self.value))

    @property
    def rank(self) -> Floats:
        """Middle of each group's place in the population, from 0 to 1."""
        return np.asarray(np.cumsum(self.share) - self.share / 2)


def figures(
    value: ArrayLike, population: ArrayLike, se: ArrayLike | None = None, *, fewest: int = 2
) -> Figures:
    """Check figures of groups.

    Parameters
    ----------
    value : array_like, shape (groups,)
    population : array_like, shape (groups,)
        People of each group, above 0.
    se : array_like, shape (groups,), optional
        Standard error of each figure, 0 or more.
    fewest : int, optional
        Groups that the measure needs.

    Raises
    ------
    InputError
        What is wrong with any of them.
    """
    faults: list[str] = []
    y = _column(value, "value", faults)
    n = _column(population, "population", faults)
    e = None if se is None else _column(se, "se", faults)
    if y is not None and len(y) < fewest:
        faults.append(f"{len(y)} groups are too few: at least {fewest} are needed")
    if y is not None and (
        (n is not None and len(n) != len(y)) or (e is not None and len(e) != len(y))
    ):
        faults.append("value, se and population must have one number a group each")
    if n is not None and not (n > 0).all():
        faults.append("every population must be above 0: leave groups without people out")
    if e is not None and not (e >= 0).all():
        faults.append("every standard error must be 0 or more")
    if faults or y is None or n is None:
        raise InputError("The groups' figures cannot be used.", faults)
    errors = np.full(len(y), np.nan) if e is None else e
    return Figures(y, errors, n / n.sum())


def estimate(
    at: float,
    gradient: Floats,
    of: Figures,
    confidence: float,
    *,
    lowest: float = -np.inf,
) -> Estimate:
    """Delta method: ``Var = Σ (∂/∂yᵢ)² seᵢ²``, populations taken as known.

    Parameters
    ----------
    at : float
        The measure.
    gradient : ndarray, shape (groups,)
        Its slope in each group's figure.
    of : Figures
    confidence : float
    lowest : float, optional
        What the measure cannot be below; limits are held at it.
    """
    error = float(np.sqrt(np.sum((gradient * of.se) ** 2)))
    return from_error(at, error, confidence, lowest=lowest)


def from_error(at: float, error: float, confidence: float, *, lowest: float = -np.inf) -> Estimate:
    """Put normal limits about an estimate."""
    z = quantile(confidence)
    return Estimate(
        at, float(np.maximum(at - z * error, lowest)), float(np.maximum(at + z * error, lowest)),
        error,
    )  # fmt: skip


def quantile(confidence: float) -> float:
    """Two-sided normal quantile.

    Raises
    ------
    ParameterError
        `confidence` is no level.
    """
    try:
        return normal_quantile(confidence)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{error}.") from None


def _column(values: ArrayLike, what: str, faults: list[str]) -> Floats | None:
    try:
        column = floats(values, what)
    except ValueError as error:
        faults.append(str(error))
        return None
    if column.ndim != 1:
        faults.append(f"{what} must be one-dimensional")
        return None
    if np.isnan(column).any():
        faults.append(f"{what} is missing for some group: leave the group out, and say so")
        return None
    return column
