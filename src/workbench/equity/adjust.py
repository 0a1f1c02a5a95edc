"""Gaps between groups at equal case mix, on the scales that readers and studies use.

Points of the share within a standard (`standardised_risk_difference`), odds ratios
(`adjusted_odds_ratio`), mean days up to a day (`restricted_mean_wait`) and ratios of days
(`time_ratio`). The last two use open pathways for what they are: waits that last longer
than so many days. For the first two take who can be known: `outcome_by_day`.

References
----------
As of `workbench.statistics.gcomputation` and `workbench.statistics.survival`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench.equity.comparisons import finished, limits, p_values, ratios
from workbench.equity.delays import UNTIL, restricted_mean_wait, time_ratio
from workbench.equity.figures import quantile
from workbench.equity.layout import Layout, as_cells, laid_out
from workbench.equity.sufficiency import status_of
from workbench.errors import InputError, ParameterError
from workbench.statistics.gcomputation import Standardised, standardised_risks
from workbench.statistics.inputs import Floats, floats

Against = Literal["reference", "others", "everyone"]

__all__ = [
    "UNTIL",
    "adjusted_odds_ratio",
    "outcome_by_day",
    "restricted_mean_wait",
    "standardised_risk_difference",
    "time_ratio",
]


def outcome_by_day(days: ArrayLike, ended: ArrayLike, day: int) -> Floats:
    """Whether each pathway ended within so many days, where that can be known.

    Parameters
    ----------
    days : array_like
        Days waited, so far for open pathways.
    ended : array_like of bool
    day : int
        Such as 62.

    Returns
    -------
    ndarray
        1 within, 0 not (open ones past the day too), NaN for open pathways that have not
        reached the day or have no days. Dropping those would favour whoever is treated fast: choose
        instead pathways that started at least `day` days before the extract, of whom none
        is NaN.
    """
    waited, over = floats(days, "days"), np.asarray(ended, dtype=bool)
    known = ~np.isnan(waited) & (over | (waited >= day))
    return np.where(known, (over & (waited <= day)).astype(float), np.nan)


def standardised_risk_difference(
    people: pd.DataFrame,
    outcome: str,
    characteristic: str,
    covariates: Sequence[str],
    *,
    reference: str | None = None,
    against: Against = "reference",
    cluster: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Difference in the share with an outcome, had all groups the case mix of everyone.

    Parameters
    ----------
    people : DataFrame
        One row a pathway.
    outcome : str
        Column of 0 and 1, none missing.
    characteristic : str
        Column of groups; those of whom it is not known are a group too.
    covariates : sequence of str
        Case mix to adjust for, such as tumour group, route, Trust and month as text. Not
        what is a result of the characteristic (a delay, say).
    reference : str, optional
        Group to compare with; by default the least deprived, or the largest known one.
    against : {"reference", "others", "everyone"}, optional
        The reference, all other groups as they are mixed, or the whole population.
    cluster : str, optional
        Column of people, where they have several pathways.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        One row a group in the characteristic's order: ``group, n, events, crude,
        standardised`` (shares), ``difference, lower, upper, se, p, status``; differences
        are in shares (0.05 is 5 points). The reference has none against itself; a group of
        too few has no figures.

    Raises
    ------
    ParameterError, InputError
        As `workbench.equity.layout.laid_out`; or the outcome is not 0 and 1.
    """
    layout, found = _standardised(people, outcome, characteristic, covariates, reference, cluster)
    z = quantile(confidence)
    table = _described(layout, outcome)
    table["standardised"] = found.risks
    contrasts = [found.contrast(weights) for weights in _contrasts(layout.sizes(), against)]
    table["difference"] = [at for at, _ in contrasts]
    table["se"] = [error for _, error in contrasts]
    table["lower"], table["upper"] = limits(table["difference"], table["se"], z)
    table["p"] = p_values(table["difference"], table["se"])
    withheld = ["standardised", "difference", "lower", "upper", "se", "p"]
    columns = ["group", "n", "events", "crude", *withheld, "status"]
    return finished(table, layout, characteristic, withheld, against == "reference")[columns]


def adjusted_odds_ratio(
    people: pd.DataFrame,
    outcome: str,
    characteristic: str,
    covariates: Sequence[str],
    *,
    reference: str | None = None,
    cluster: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Odds ratio of an outcome against the reference group, all else equal.

    For comparison with the literature: an odds ratio is further from 1 than a ratio of
    shares is, and changes with what it is adjusted for even where nothing is confounded.

    Parameters
    ----------
    people, outcome, characteristic, covariates, reference, cluster, confidence
        As `standardised_risk_difference`.

    Returns
    -------
    DataFrame
        ``group, n, events, crude, odds_ratio, lower, upper, p, status``; limits are those
        of the logarithm, with sandwich errors.

    Raises
    ------
    ParameterError, InputError
        As `standardised_risk_difference`.
    """
    layout, found = _standardised(people, outcome, characteristic, covariates, reference, cluster)
    z = quantile(confidence)
    table = _described(layout, outcome)
    error = np.sqrt(np.diag(found.log_odds_covariance))
    return ratios(table, layout, characteristic, "odds_ratio", found.log_odds, error, z)


def _standardised(
    people: pd.DataFrame, outcome: str, characteristic: str, covariates: Sequence[str],
    reference: str | None, cluster: str | None,
) -> tuple[Layout, Standardised]:  # fmt: skip
    layout = laid_out(
        people, characteristic, covariates, [outcome], reference=reference, cluster=cluster
    )
    y = layout.columns[outcome]
    if not np.isin(y, (0.0, 1.0)).all():
        raise InputError(f"{outcome} must hold 0 and 1, and nothing else.")
    if y.min() == y.max():
        raise InputError(f"{outcome} is the same for everyone: there is no gap to measure.")
    groups = len(layout.labels)
    if layout.cluster is not None:
        found = standardised_risks(
            layout.place, groups, layout.covariates, y, cluster=layout.cluster
        )
    else:
        place, mix, successes, trials = as_cells(layout, outcome)
        found = standardised_risks(place, groups, mix, successes, trials)
    if not found.fit.settled:
        raise InputError("The model did not settle.", remedy="Adjust for fewer or coarser columns.")
    return layout, found


def _contrasts(sizes: Floats, against: str) -> list[Floats]:
    """Weights of all groups' risks in each group's difference."""
    share, unit = sizes / sizes.sum(), np.eye(len(sizes))
    if against == "reference":
        return [row - unit[0] for row in unit]
    if against == "everyone":
        return [row - share for row in unit]
    if against == "others":
        return [row - np.where(row > 0, 0, share) / (1 - share[i]) for i, row in enumerate(unit)]
    raise ParameterError("against must be 'reference', 'others' or 'everyone'.")


def _described(layout: Layout, outcome: str) -> pd.DataFrame:
    n, events = layout.sizes(), layout.sizes(layout.columns[outcome])
    return pd.DataFrame(
        {
            "group": layout.labels,
            "n": n.astype(int),
            "events": events.astype(int),
            "crude": events / n,
            "status": status_of(n, events),
        }
    )
