"""Standardised rates: what a rate would be, were groups made up alike.

References
----------
Public Health England (2018). Technical guide: confidence intervals. Dobson AJ,
Kuulasmaa K, Eberle E, Scherer J (1991). Confidence intervals for weighted sums of
Poisson parameters. Stat Med 10:457-462.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbench.statistics.inputs import Floats, counts, floats, normal_quantile
from workbench.statistics.intervals import EXACT_BELOW, Interval, byar, poisson_exact

FEWEST_EVENTS = 10
"""A directly standardised rate of fewer events is not given: its weights would rest on a few."""


def directly_standardised(
    x: ArrayLike,
    n: ArrayLike,
    weights: ArrayLike,
    multiplier: float = 100_000,
    confidence: float = 0.95,
    events_per_person: ArrayLike | None = None,
) -> Interval:
    """Directly standardised rate with Dobson's limits.

    ``v = Σ wᵢ xᵢ/nᵢ / Σ w``, ``Var = Σ wᵢ² xᵢ/nᵢ² / (Σ w)²``,
    ``limits = v + √(Var/O) (B(O) - O)`` with ``O = Σ x`` and ``B`` Byar's limits.

    Parameters
    ----------
    x, n : array_like, shape (strata,)
        Events and population of each stratum (an age band, say).
    weights : array_like, shape (strata,)
        The standard population.
    multiplier : float, optional
        The rate is per this many.
    confidence : float, optional
        Two-sided level.
    events_per_person : array_like, shape (strata, most), optional
        Column ``f - 1`` holds the people with ``f`` events. Where people have several,
        events are not independent, and the variance is ``Σ f²`` that of those people:
        ``xᵢ`` is replaced by ``Σ f² peopleᵢ(f)`` in it.

    Returns
    -------
    Interval
        Per `multiplier`; all NaN where there are fewer than 10 events, as Public Health
        England has it.

    Raises
    ------
    ValueError
        Shapes differ, a count is below 0 or missing, a population or the standard's sum is
        not above 0, or events per person do not add up to `x`.
    """
    normal_quantile(confidence)
    events, people, standard = _strata(x, n, weights)
    if not multiplier > 0:
        raise ValueError("multiplier must be above 0")
    spread = events if events_per_person is None else _clustered(events, events_per_person)
    share, total = standard / standard.sum(), float(events.sum())
    if total < FEWEST_EVENTS:
        return Interval(np.nan, np.nan, np.nan)
    rate = float(np.sum(share * events / people))
    scale = float(np.sqrt(np.sum(share**2 * spread / people**2) / total))
    limits = byar(total, confidence)
    lower, upper = float(limits.lower) - total, float(limits.upper) - total
    return Interval(
        rate * multiplier, (rate + scale * lower) * multiplier, (rate + scale * upper) * multiplier
    )


def expected(n: ArrayLike, reference_x: ArrayLike, reference_n: ArrayLike) -> float:
    """Events that the reference's rates would give: ``Σ nᵢ Xᵢ/Nᵢ``.

    Parameters
    ----------
    n : array_like, shape (strata,)
        Population of the group.
    reference_x, reference_n : array_like, shape (strata,)
        Events and population of the reference.

    Raises
    ------
    ValueError
        Shapes differ, or the reference has nobody in a stratum where the group has someone.
    """
    own, events, people = (
        counts(values, what)
        for values, what in ((n, "n"), (reference_x, "reference_x"), (reference_n, "reference_n"))
    )
    if not own.shape == events.shape == people.shape or own.ndim != 1:
        raise ValueError("n, reference_x and reference_n must be one-dimensional, of one length")
    if ((people == 0) & (own > 0)).any():
        raise ValueError("the reference has nobody in a stratum where the group has someone")
    return float(np.sum(own * events / np.where(people == 0, 1, people)))


def indirectly_standardised_ratio(
    observed: ArrayLike, expected: ArrayLike, multiplier: float = 1, confidence: float = 0.95
) -> Interval:
    """Observed over expected: exact limits below 10 observed, Byar from 10 on.

    Parameters
    ----------
    observed : array_like
        Events of each group.
    expected : array_like
        From `expected`; above 0.
    multiplier : float, optional
        100 gives the classical standardised ratio.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    Interval
        The expected number is taken as known. NaN where either is missing or the expected
        is 0.

    Raises
    ------
    ValueError
        A count is below 0, or `multiplier` is not above 0.
    """
    if not multiplier > 0:
        raise ValueError("multiplier must be above 0")
    x, e = np.broadcast_arrays(counts(observed, "observed"), counts(expected, "expected"))
    per = multiplier / np.where(e == 0, np.nan, e)
    exact, approximate = poisson_exact(x, confidence), byar(x, confidence)
    lower = np.where(x < EXACT_BELOW, exact.lower, approximate.lower) * per
    upper = np.where(x < EXACT_BELOW, exact.upper, approximate.upper) * per
    if x.ndim == 0:
        return Interval(float(x * per), float(lower), float(upper))
    return Interval(x * per, lower, upper)


def indirectly_standardised_rate(
    observed: ArrayLike,
    expected: ArrayLike,
    reference_rate: float,
    confidence: float = 0.95,
) -> Interval:
    """The reference's crude rate times observed over expected.

    Parameters
    ----------
    observed, expected
        As `indirectly_standardised_ratio`.
    reference_rate : float
        Per whatever the answer shall be per.
    confidence : float, optional
        Two-sided level.
    """
    return indirectly_standardised_ratio(observed, expected, reference_rate, confidence)


def _strata(x: ArrayLike, n: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats, Floats]:
    events, people, standard = counts(x, "x"), counts(n, "n"), counts(weights, "weights")
    if not events.shape == people.shape == standard.shape or events.ndim != 1:
        raise ValueError("x, n and weights must be one-dimensional, of one length")
    if np.isnan(events).any() or np.isnan(standard).any() or not (people > 0).all():
        raise ValueError("every stratum needs events, a weight, and a population above 0")
    if not standard.sum() > 0:
        raise ValueError("weights must not all be 0")
    return events, people, standard


def _clustered(events: Floats, events_per_person: ArrayLike) -> Floats:
    people = floats(events_per_person, "events_per_person")
    if people.ndim != 2 or people.shape[0] != len(events):
        raise ValueError("events_per_person must have one row a stratum")
    many = np.arange(1, people.shape[1] + 1)
    if not np.allclose(people @ many, events):
        raise ValueError("events_per_person does not add up to x")
    return np.asarray(people @ many**2)
