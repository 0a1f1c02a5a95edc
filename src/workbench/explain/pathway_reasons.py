"""What raises each pathway's risk most: what a service can act on apart from what it cannot.

A reason is a feature that adds to the margin, against the background. It is an
association, not a cause: nothing here says that the risk would fall if the feature changed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.breach import Cases
from workbench.errors import InputError, ParameterError
from workbench.explain.attribution import Attributions
from workbench.explain.forest import Whole
from workbench.explain.kinds import Kinds

ACT, FIXED = "can be acted on", "cannot be acted on"
CAUTION = "Association, not cause."
LEAST = 0.05
"""Log odds that a reason adds at least: a twentieth of the odds. Less is not worth a look."""


def reasons(
    found: Attributions, held: Cases, kinds: Kinds, *, top: int = 3, least: float = LEAST
) -> pd.DataFrame:
    """Largest reasons of each row: of patients, so never for a report.

    Parameters
    ----------
    found : Attributions
        Against the background of a whole list.
    held : Cases
        The rows explained, in the same order.
    kinds : Kinds
    top : int, optional
        Most of each kind.
    least : float, optional
        Log odds that a feature has to add to be a reason.

    Returns
    -------
    DataFrame
        The ids of the row, ``kind`` (`ACT` or `FIXED`), ``place`` (1: largest), ``feature,
        reason`` (its label), ``adds`` (log odds), by row, kind and place.

    Raises
    ------
    InputError
        The rows are others than those explained.
    ParameterError
        `top` is below 1.
    """
    if len(found) != len(held):
        raise InputError("These are not the rows that were explained: their number differs.")
    if top < 1:
        raise ParameterError("At least one reason has to be asked for.")
    names = list(found.by_feature.columns)
    acted = np.array([kinds.of(name).can_be_acted_on for name in names])
    parts = [
        _largest(found, np.flatnonzero(chosen), top, least).assign(kind=kind)
        for kind, chosen in ((ACT, acted), (FIXED, ~acted))
    ]
    long = pd.concat(parts, ignore_index=True)
    long = long.sort_values(["row", "kind", "place"], ignore_index=True)
    ids = held.ids.iloc[long["row"]].reset_index(drop=True)
    long["feature"] = np.array(names, dtype=object)[long["column"]]
    long["reason"] = long["feature"].map({name: kinds.label(name) for name in names})
    return pd.concat([ids, long[["kind", "place", "feature", "reason", "adds"]]], axis=1)


def reason_counts(
    found: Attributions, held: Cases, kinds: Kinds, *, top: int = 3, least: float = LEAST
) -> pd.DataFrame:
    """How many people each feature is among the largest reasons of, on their latest landmark.

    Returns
    -------
    DataFrame
        ``kind, reason, people, everyone``: people with the reason, and all people. Most
        often first; a feature that is a reason of nobody is there, with nought.
    """
    latest = pd.Series(held.landmark).groupby(held.group).transform("max").to_numpy()
    rows = np.flatnonzero(held.landmark == latest)
    each = reasons(found, held, kinds, top=top, least=least)
    keys = list(held.ids.columns)
    whose = held.ids.iloc[rows].assign(person=held.group[rows])
    counted = each.merge(whose, on=keys).groupby(["kind", "reason"])["person"].nunique()
    features = [kinds.of(name) for name in found.by_feature.columns]
    every = pd.MultiIndex.from_tuples(
        sorted({(ACT if one.can_be_acted_on else FIXED, one.label) for one in features}),
        names=["kind", "reason"],
    )
    made = counted.reindex(every, fill_value=0).rename("people").reset_index()
    made["everyone"] = len(np.unique(held.group))
    by = ["kind", "people", "reason"]
    return made.sort_values(by, ascending=[True, False, True], ignore_index=True)


def _largest(found: Attributions, columns: Whole, top: int, least: float) -> pd.DataFrame:
    """Columns that add most to each row, those that add too little left out."""
    values = found.by_feature.to_numpy()[:, columns]
    order = np.argsort(-values, axis=1, kind="stable")[:, :top]
    adds = np.take_along_axis(values, order, axis=1)
    row, place = np.nonzero(adds >= least)
    return pd.DataFrame(
        {
            "row": row,
            "place": place + 1,
            "column": columns[order[row, place]],
            "adds": adds[row, place],
        }
    )
