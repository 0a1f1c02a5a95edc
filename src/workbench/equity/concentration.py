"""Whether an outcome gathers at one end of an order: concentration indices.

References
----------
Kakwani N, Wagstaff A, van Doorslaer E (1997). J Econometrics 77:87-103 (the convenient
regression). Wagstaff A (2005). Health Econ 14:429-432. Erreygers G (2009). J Health Econ
28:504-515.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.equity.characteristics import require_order
from workbench.equity.figures import Estimate, Figures, estimate, figures, from_error
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats

FEWEST_GROUPS = 3
"""The convenient regression has two coefficients: it needs one group more for an error."""


@dataclass(frozen=True)
class Concentration:
    """Concentration indices; above 0 where the outcome gathers at the advantaged end.

    Attributes
    ----------
    relative : Estimate
        RCI, the classical concentration index, from -1 to 1.
    absolute : Estimate
        ACI = µ RCI, in the unit of the figures.
    erreygers, wagstaff : Estimate or None
        For outcomes that have both bounds; None without bounds.
    """

    relative: Estimate
    absolute: Estimate
    erreygers: Estimate | None
    wagstaff: Estimate | None


def concentration_index(
    value: ArrayLike,
    population: ArrayLike,
    se: ArrayLike | None = None,
    bounds: tuple[float, float] | None = None,
    confidence: float = 0.95,
    *,
    groups: Sequence[object] | None = None,
) -> Concentration:
    """Concentration indices of groups in order.

    ``ACI = Σ p (2R - 1) y`` with ``R`` the mid-rank; ``RCI = ACI / µ``;
    ``Erreygers = 4 ACI / (b - a)``; ``Wagstaff = ACI (b - a) / ((b - µ)(µ - a))``. It is the
    slope of ``2 σ²_R y/µ`` on ``R``, weighted by ``p``.

    Parameters
    ----------
    value : array_like, shape (groups,)
        Figures in order, the most disadvantaged group first.
    population : array_like, shape (groups,)
    se : array_like, shape (groups,), optional
        Standard errors of the figures, carried over by the delta method. Without them the
        error is that of the convenient regression, which treats what strays from the line
        as chance.
    bounds : (float, float), optional
        Least and most that the figures can be, ``(0, 1)`` for shares: asked for, not
        guessed. A share of a standard is bounded, so report Erreygers.
    confidence : float, optional
        Two-sided level.
    groups : sequence, optional
        Names of the groups, to be held to their order.

    Raises
    ------
    ParameterError
        The groups have no order, or the bounds are not two rising numbers.
    InputError
        Fewer than three groups, out of order, figures outside the bounds, a mean of 0.
    """
    require_order("concentration_index", value, population, se, groups=groups)
    given = figures(value, population, se, fewest=FEWEST_GROUPS)
    mean = given.mean
    if mean == 0:
        raise InputError("The mean is 0: there is nothing to be concentrated.")
    weight = given.share * (2 * given.rank - 1)
    absolute = float(weight @ given.value)
    slopes = {"absolute": weight, "relative": weight / mean - absolute * given.share / mean**2}
    found = {"absolute": absolute, "relative": absolute / mean}
    if bounds is not None:
        _bounded(given, bounds, absolute, weight, found, slopes)
    made = {
        name: estimate(at, slopes[name], given, confidence)
        if se is not None
        else _regressed(at, given, absolute, confidence)
        for name, at in found.items()
    }
    return Concentration(
        made["relative"], made["absolute"], made.get("erreygers"), made.get("wagstaff")
    )


def _bounded(
    given: Figures,
    bounds: tuple[float, float],
    absolute: float,
    weight: Floats,
    found: dict[str, float],
    slopes: dict[str, Floats],
) -> None:
    """Add the forms for bounded outcomes, on the scale of the figures as they are."""
    low, high = (float(bound) for bound in bounds)
    mean, width = given.mean, high - low
    if not width > 0:
        raise ParameterError("bounds must be the least and the most that a figure can be.")
    if (given.value < low).any() or (given.value > high).any():
        raise InputError(
            "Some figures lie outside the bounds.",
            remedy="Give the bounds on the scale of the figures: (0, 100) for percentages.",
        )
    found["erreygers"] = 4 * absolute / width
    slopes["erreygers"] = 4 * weight / width
    room = (high - mean) * (mean - low)
    if room > 0:
        found["wagstaff"] = absolute * width / room
        turn = (high + low - 2 * mean) * given.share / room
        slopes["wagstaff"] = width / room * (weight - absolute * turn)


def _regressed(at: float, given: Figures, absolute: float, confidence: float) -> Estimate:
    """Error of the convenient regression, in the proportion of the index to the absolute one."""
    rank, share = given.rank, given.share
    spread = float(share @ (rank - 0.5) ** 2)
    left = 2 * spread * given.value
    residual = left - share @ left - absolute * (rank - 0.5)
    variance = float(share @ residual**2) / (len(rank) - 2) / spread
    scale = at / absolute if absolute else 0.0
    return from_error(at, float(np.sqrt(variance)) * abs(scale), confidence)
