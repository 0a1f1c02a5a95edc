"""Days waited by group at equal case mix, open pathways included.

References
----------
As of `workbench.statistics.survival`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.equity.comparisons import finished, limits, p_values, ratios
from workbench.equity.figures import quantile
from workbench.equity.layout import Layout, laid_out
from workbench.equity.sufficiency import status_of
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats
from workbench.statistics.regression import least_squares
from workbench.statistics.survival import restricted_mean, restricted_mean_pseudo, time_ratio_fit

UNTIL = (62, 104)
"""The standard's last day, and the day from which a wait is reviewed for harm."""


def restricted_mean_wait(
    people: pd.DataFrame,
    days: str,
    ended: str,
    characteristic: str,
    covariates: Sequence[str] = (),
    *,
    until: Sequence[int] = UNTIL,
    reference: str | None = None,
    cluster: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Mean days waited up to a day, and the difference at equal case mix.

    Each group's mean is the area under its Kaplan-Meier curve; the difference is that of
    least squares on pseudo-observations, so open pathways count in both.

    Parameters
    ----------
    people : DataFrame
        One row a pathway, open ones too.
    days : str
        Column of whole days waited (so far).
    ended : str
        Column of flags: whether the wait is over.
    characteristic, covariates, reference, cluster, confidence
        As `standardised_risk_difference`.
    until : sequence of int, optional
        Days beyond which waiting does not count.

    Returns
    -------
    DataFrame
        One row a day and group: ``until, group, n, open, mean, mean_lower, mean_upper,
        difference, lower, upper, se, p, status``, in days.

    Raises
    ------
    ParameterError, InputError
        As `standardised_risk_difference`; or waits that are no whole days.
    """
    layout = laid_out(
        people, characteristic, covariates, [days, ended], reference=reference, cluster=cluster
    )
    waited, over = layout.columns[days], layout.columns[ended] > 0
    parts = [_restricted(layout, waited, over, day, confidence).assign(until=day) for day in until]
    withheld = ["mean", "mean_lower", "mean_upper", "difference", "lower", "upper", "se", "p"]
    tables = [finished(part, layout, characteristic, withheld, True) for part in parts]
    columns = ["until", "group", "n", "open", *withheld, "status"]
    return pd.concat(tables, ignore_index=True)[columns]


def time_ratio(
    people: pd.DataFrame,
    days: str,
    ended: str,
    characteristic: str,
    covariates: Sequence[str],
    *,
    spread_by: str | None = None,
    reference: str | None = None,
    cluster: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Ratio of days waited against the reference group, all else equal.

    A log-logistic accelerated failure time model with sandwich errors: 1.10 means that it
    takes ten percent longer, at the median as at any other share. Published studies of
    diagnostic intervals report this ratio.

    Parameters
    ----------
    people, days, ended, characteristic, covariates, reference, cluster, confidence
        As `restricted_mean_wait`.
    spread_by : str, optional
        Column whose levels' waits spread differently (tumour group): each gets its scale.

    Returns
    -------
    DataFrame
        ``group, n, open, time_ratio, lower, upper, p, status``.

    Raises
    ------
    ParameterError, InputError
        As `restricted_mean_wait`.
    """
    z = quantile(confidence)
    numbered = _with_scale(people, spread_by)
    scale = [_SCALE] if spread_by else []
    layout = laid_out(
        numbered, characteristic, covariates, [days, ended, *scale],
        reference=reference, cluster=cluster,
    )  # fmt: skip
    over, groups = layout.columns[ended] > 0, len(layout.labels)
    indicators = (layout.place[:, None] == np.arange(1, groups)[None, :]).astype(float)
    design = np.column_stack([np.ones(len(over)), indicators, layout.covariates])
    strata = layout.columns[_SCALE].astype(np.int64) if spread_by else None
    try:
        beta, covariance = time_ratio_fit(
            design, layout.columns[days], over, strata, layout.cluster
        )
    except ValueError as fault:
        raise InputError(f"Waits cannot be compared: {fault}.") from None
    own = np.concatenate([[0.0], beta[1:groups]])
    error = np.concatenate([[0.0], np.sqrt(np.clip(np.diag(covariance)[1:groups], 0, None))])
    table = _waiting(layout, over)
    return ratios(table, layout, characteristic, "time_ratio", own, error, z)


_SCALE = "\0scale"


def _with_scale(people: pd.DataFrame, spread_by: str | None) -> pd.DataFrame:
    if spread_by is None:
        return people
    if spread_by not in people.columns:
        raise ParameterError(f"There is no column {spread_by!r} to spread by.")
    codes = pd.factorize(people[spread_by].astype(str), sort=True)[0]
    return people.assign(**{_SCALE: codes})


def _waiting(layout: Layout, over: NDArray[np.bool_]) -> pd.DataFrame:
    n = layout.sizes()
    still = layout.sizes((~over).astype(float))
    status = status_of(n - still)  # figures of waits rest on those that have ended
    return pd.DataFrame(
        {"group": layout.labels, "n": n.astype(int), "open": still.astype(int), "status": status}
    )


def _restricted(
    layout: Layout, waited: Floats, over: NDArray[np.bool_],
    day: int, confidence: float,
) -> pd.DataFrame:  # fmt: skip
    table = _waiting(layout, over)
    try:
        means = [
            restricted_mean(waited[own], over[own], day, confidence)[0]
            for own in (layout.place == place for place in range(len(layout.labels)))
        ]
        pseudo = restricted_mean_pseudo(waited, over, day)
    except ValueError as fault:
        raise InputError(f"Waits cannot be compared: {fault}.") from None
    if np.isnan(pseudo).any():
        raise InputError(f"Nobody was watched for {day} days: choose an earlier day.")
    groups = len(layout.labels)
    indicators = (layout.place[:, None] == np.arange(1, groups)[None, :]).astype(float)
    design = np.column_stack([np.ones(len(waited)), indicators, layout.covariates])
    fit = least_squares(design, pseudo, cluster=layout.cluster)
    table["mean"] = [float(mean.estimate) for mean in means]
    table["mean_lower"] = [float(mean.lower) for mean in means]
    table["mean_upper"] = [float(mean.upper) for mean in means]
    table["difference"] = np.concatenate([[0.0], fit.coefficients[1:groups]])
    table["se"] = np.concatenate([[0.0], fit.errors[1:groups]])
    z = quantile(confidence)
    table["lower"], table["upper"] = limits(table["difference"], table["se"], z)
    table["p"] = p_values(table["difference"], table["se"])
    return table
