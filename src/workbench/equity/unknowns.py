"""Those of whom a characteristic is not known: how many, and what they could hide.

References
----------
Manski CF (2003). Partial Identification of Probability Distributions. Springer.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.equity.characteristics import in_order, known
from workbench.equity.layout import levels
from workbench.equity.sufficiency import status_of
from workbench.errors import InputError, ParameterError
from workbench.statistics.intervals import wilson


def missingness(
    people: pd.DataFrame, characteristic: str, by: str, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Of how many a characteristic is not known, by another one.

    Parameters
    ----------
    people : DataFrame
        One row a person or pathway.
    characteristic, by : str
        Columns.
    confidence : float, optional
        Two-sided level.

    Returns
    -------
    DataFrame
        ``group`` (of `by`), ``n, unknown, share, lower, upper`` (Wilson), ``status``.

    Raises
    ------
    ParameterError
        A column is not there.
    """
    absent = [name for name in (characteristic, by) if name not in people.columns]
    if absent:
        raise ParameterError("Columns are not there.", [f"no column {name!r}" for name in absent])
    codes, names = levels(people[characteristic])
    unknown = ~known(characteristic, names)[codes]
    groups, labels = levels(people[by])
    n = np.bincount(groups, minlength=len(labels)).astype(float)
    x = np.asarray(np.bincount(groups, unknown.astype(float), len(labels)), dtype=float)
    found = wilson(x, n, confidence)
    table = pd.DataFrame(
        {
            "group": labels, "n": n.astype(int), "unknown": x.astype(int),
            "share": found.estimate, "lower": found.lower, "upper": found.upper,
            "status": status_of(n),
        }
    )  # fmt: skip
    return table.iloc[in_order(by, labels)].reset_index(drop=True)


def gap_bounds(
    groups: pd.DataFrame, characteristic: str, *, within: str = "within", total: str = "total"
) -> pd.DataFrame:
    """How far each group's share and gap could be off, whoever the not known are.

    At worst all of them who were not within are of the group, and all who were of the
    others; at best the other way about. No assumption is made, so the bounds hold; whether
    they are wide says what knowing would be worth.

    Parameters
    ----------
    groups : DataFrame
        One row a group, those not known included, with counts.
    characteristic : str
        Column of groups.
    within, total : str, optional
        Columns of counts.

    Returns
    -------
    DataFrame
        One row a known group: ``group, share, share_least, share_most, gap, gap_least,
        gap_most`` (to everyone else), ``unknown`` (how many).

    Raises
    ------
    InputError
        Fewer than two groups are known, or a count is impossible.
    """
    codes, names = levels(groups[characteristic])
    x = np.asarray(np.bincount(codes, groups[within].to_numpy(float), len(names)))
    n = np.asarray(np.bincount(codes, groups[total].to_numpy(float), len(names)))
    here = known(characteristic, names) & (n > 0)
    if here.sum() < 2 or (x > n).any() or (x < 0).any() or np.isnan(x + n).any():
        raise InputError(
            "Bounds need counts of two known groups or more, within no more than total."
        )
    hit, missed = float(x[~here].sum()), float((n - x)[~here].sum())
    own_x, own_n = x[here], n[here]
    rest_x, rest_n = own_x.sum() - own_x, own_n.sum() - own_n
    worst, best = own_x / (own_n + missed), (own_x + hit) / (own_n + hit)
    table = pd.DataFrame(
        {
            "group": [name for name, used in zip(names, here, strict=True) if used],
            "share": own_x / own_n, "share_least": worst, "share_most": best,
            "gap": own_x / own_n - rest_x / rest_n,
            "gap_least": worst - (rest_x + hit) / (rest_n + hit),
            "gap_most": best - rest_x / (rest_n + missed),
            "unknown": hit + missed,
        }
    )  # fmt: skip
    return table.iloc[in_order(characteristic, list(table["group"]))].reset_index(drop=True)
