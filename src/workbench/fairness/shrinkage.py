"""Small groups drawn towards the rest: what a rate of few people is most likely to be.

Rates of groups are taken to scatter about their common mean as a beta distribution does.
How far they scatter is not fixed at one guess: every strength of the drawing is weighed by
how well it fits all groups together, so that limits do not collapse where groups happen to
look alike.

References
----------
Efron B, Morris C (1975). J Am Stat Assoc 70:311-319. Carlin BP, Louis TA (2008). Bayesian
Methods for Data Analysis, 3rd ed., chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, betaln

from workbench.fairness.estimates import TAILS
from workbench.statistics.inputs import Floats

_PULLS = np.linspace(0.02, 0.98, 33)
"""Share of the way that a group of usual size is drawn to the mean. A strong pull is believed
the less, the stronger: it would hide a group that is apart."""


@dataclass(frozen=True, eq=False)
class Shrunken:
    """Rates drawn towards their mean, with 95 % limits; shape (groups,)."""

    estimate: Floats
    lower: Floats
    upper: Floats


def shrunken(x: Floats, n: Floats, design: float = 1.0) -> Shrunken:
    """Draw rates of groups towards their common mean.

    Parameters
    ----------
    x, n : array, shape (groups,)
        Numerators and denominators; a group of nobody gets the mean.
    design : float, optional
        How many times clusters widen variances; people count for so much less.

    Returns
    -------
    Shrunken
        NaN where no group has anybody.
    """
    a, b = x / design, (n - x) / design
    total = float((a + b).sum())
    if total <= 0:
        nothing = np.full(len(x), np.nan)
        return Shrunken(nothing, nothing, nothing)
    held = a + b
    strength = float(np.median(held[n > 0])) * _PULLS[:, None] / (1 - _PULLS[:, None])
    mean, doubt = _means(a, held, strength)
    above, below = mean * strength, (1 - mean) * strength
    fit = (betaln(a + above, b + below) - betaln(above, below)).sum(axis=1)
    weight = (np.exp(fit - fit.max()) / _PULLS)[:, None]
    weight = weight / weight.sum()
    of_each = (a + above) / (held + strength)
    centre = (weight * of_each).sum(axis=0)
    within = of_each * (1 - of_each) / (held + strength + 1)
    within = within + (strength / (held + strength)) ** 2 * doubt
    variance = (weight * (within + (of_each - centre) ** 2)).sum(axis=0)
    size = np.maximum(centre * (1 - centre) / variance - 1, 1e-6)
    low, high = (betaincinv(centre * size, (1 - centre) * size, tail) for tail in TAILS)
    return Shrunken(centre, low, high)


def _means(x: Floats, n: Floats, strength: Floats) -> tuple[Floats, Floats]:
    """Common mean and its variance, for each strength of the drawing.

    Groups weigh by how well their rate is known about the mean: the more groups scatter, the
    more equally, so that a large group is not taken for everyone.
    """
    weight = n * strength / (n + strength)
    share = np.divide(x, n, out=np.zeros_like(x), where=n > 0)
    total = weight.sum(axis=1, keepdims=True)
    mean = ((weight * share).sum(axis=1, keepdims=True) + 0.5) / (total + 1)
    return mean, mean * (1 - mean) / (total + 1)
