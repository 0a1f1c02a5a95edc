"""Which features move the margin: mean size of their Shapley values, and its stability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from workbench.explain.attribution import Attributions
from workbench.explain.resampling import DRAWS, mean_intervals, sums_of


def global_importance(
    found: Attributions,
    *,
    groups: pd.Series[str] | None = None,
    patient: npt.ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> pd.DataFrame:
    """Mean size of each feature's value, overall or in each group.

    Parameters
    ----------
    found : Attributions
    groups : Series of str, optional
        One a row; everyone together without it.
    patient : array, optional
        Whose each row is, for the intervals.
    draws, seed : int, optional
        Of the bootstrap by patient; no draws, no intervals.

    Returns
    -------
    DataFrame
        ``group, feature, people, rows, importance`` (mean ``|value|``, log odds), ``lower,
        upper`` (95 %), ``share`` (of all features' in the group). Largest first.
    """
    sums = sums_of(np.abs(found.by_feature.to_numpy()), groups, patient)
    each = mean_intervals(sums, draws, seed)
    made = long_table(sums.groups, found.by_feature.columns, importance=each.estimate,
                      lower=each.lower, upper=each.upper)  # fmt: skip
    made.insert(2, "people", np.repeat(sums.people(), found.by_feature.shape[1]))
    made.insert(3, "rows", np.repeat(sums.counted(), found.by_feature.shape[1]))
    made["share"] = made["importance"] / made.groupby("group")["importance"].transform("sum")
    by = ["group", "importance", "feature"]
    return made.sort_values(by, ascending=[True, False, True], ignore_index=True)


def stability(found: Attributions, refits: Sequence[Attributions]) -> pd.DataFrame:
    """How far the importance of features moves when the model is fitted again.

    Parameters
    ----------
    found : Attributions
        Of the model that is used.
    refits : sequence of Attributions
        Of the same rows, by models fitted on samples of the patients.

    Returns
    -------
    DataFrame
        ``feature, importance, least, greatest`` (over refits), ``rank`` (1: largest),
        ``best_rank, worst_rank, refits, agreement`` (mean correlation, over rows, of the
        feature's values with those of the refits). Largest first.
    """
    names = list(found.by_feature.columns)
    again = [one.by_feature.reindex(columns=names, fill_value=0.0) for one in refits]
    sizes = pd.DataFrame([one.abs().mean() for one in again], columns=names)
    made = pd.DataFrame({"feature": names, "importance": found.by_feature.abs().mean().to_numpy()})
    made["least"] = sizes.min().to_numpy(dtype=float)
    made["greatest"] = sizes.max().to_numpy(dtype=float)
    made["rank"] = _ranks(made["importance"].to_frame().T).iloc[0].to_numpy()
    ranks = _ranks(sizes)
    made["best_rank"], made["worst_rank"] = ranks.min().to_numpy(), ranks.max().to_numpy()
    made["refits"] = len(again)
    made["agreement"] = [_agreement(found.by_feature[n], [one[n] for one in again]) for n in names]
    return made.sort_values(["rank", "feature"], ignore_index=True)


def long_table(
    groups: Sequence[str], features: pd.Index[str], **columns: npt.ArrayLike
) -> pd.DataFrame:
    """Arrays of groups by features as one row a pair."""
    made = {
        "group": np.repeat(list(groups), len(features)),
        "feature": list(features) * len(groups),
    }
    return pd.DataFrame({**made, **{name: np.ravel(np.asarray(v)) for name, v in columns.items()}})


def _ranks(sizes: pd.DataFrame) -> pd.DataFrame:
    return sizes.rank(axis=1, ascending=False, method="min")


def _agreement(own: pd.Series[float], again: Sequence[pd.Series[float]]) -> float:
    """Mean correlation; NaN where a feature moves nothing."""
    if own.std() == 0:
        return float("nan")
    known = [own.corr(one) for one in again if one.std() > 0]
    return float(np.mean(known)) if known else float("nan")
