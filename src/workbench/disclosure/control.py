"""The arithmetic of a profile: what is withheld, what is rounded, what a share becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.disclosure.profiles import Profile
from workbench.disclosure.released import Share
from workbench.statistics.intervals import wilson


def is_withheld(count: NDArray[np.float64], profile: Profile) -> NDArray[np.bool_]:
    """Say which counts a profile withholds; a missing count is missing, not withheld."""
    if profile.withhold_below is None:
        return np.zeros(count.shape, dtype=bool)
    return (count > (profile.withhold_above or 0)) & (count < profile.withhold_below)


def rounded(count: NDArray[np.float64], multiple: float) -> NDArray[np.float64]:
    """Round counts to the nearest multiple, ties up."""
    return np.floor(count / multiple + 0.5) * multiple


def published(
    count: NDArray[np.float64], profile: Profile, noise: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Numbers that a profile shows in place of counts that it does not withhold.

    Parameters
    ----------
    count : array
    profile : Profile
    noise : array, optional
        What each count is moved by, from `cellkey.noise_of`; for a profile with noise.
        Nobody stays nobody, and no count is moved into the small ones, which would
        be taken for a count of that size.
    """
    shown = count
    if noise is not None:
        moved = np.maximum(count + noise, profile.withhold_below or 0)
        shown = np.where(count == 0, 0.0, moved)
    return shown if profile.round_to is None else rounded(shown, profile.round_to)


def controlled(
    frame: pd.DataFrame,
    counts: Sequence[str],
    shares: Mapping[str, Share],
    statistics: Sequence[str],
    profile: Profile,
    numbers: Mapping[str, NDArray[np.float64]],
    hidden: Mapping[str, NDArray[np.bool_]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Apply a profile to a table whose declaration was found right.

    Parameters
    ----------
    frame, counts, shares, statistics, profile
        As in `release`.
    numbers : mapping of str to array
        What stands for each count.
    hidden : mapping of str to array
        Which counts are withheld.

    Returns
    -------
    shown, withheld : DataFrame
        Figures with the withheld ones missing, and where they were. Columns keep
        their order; shares and limits that the frame lacks come last.
    """
    columns = [*frame.columns]
    for name, share in shares.items():
        columns += [new for new in (name, *share.limits()) if new not in columns]
    shown = frame.reindex(columns=columns).reset_index(drop=True)
    withheld = pd.DataFrame(False, index=shown.index, columns=columns)
    exact = {name: _numbers(frame[name]) for name in counts}
    for name in counts:
        withheld[name] = hidden[name]
        if profile.masks:
            shown[name] = _whole(np.where(hidden[name], np.nan, numbers[name]))
    row_withheld = withheld.to_numpy().any(axis=1)
    for name in statistics:
        withheld[name] = row_withheld & shown[name].notna().to_numpy()
        shown[name] = shown[name].mask(withheld[name])
    for name, share in shares.items():
        _share(shown, withheld, name, share, exact, profile)
    return shown, withheld


def _share(
    shown: pd.DataFrame,
    withheld: pd.DataFrame,
    name: str,
    share: Share,
    exact: Mapping[str, NDArray[np.float64]],
    profile: Profile,
) -> None:
    """Write one share and its limits, from disclosed counts, into the tables given."""
    rest = exact[share.denominator] - exact[share.numerator]
    hidden = (
        withheld[share.numerator] | withheld[share.denominator] | is_withheld(rest, profile)
    ).to_numpy()
    part, whole = _numbers(shown[share.numerator]), _numbers(shown[share.denominator])
    interval = wilson(np.where(hidden, np.nan, part), np.where(hidden, np.nan, whole))
    for column, values in (
        (name, interval.estimate),
        (share.lower, interval.lower),
        (share.upper, interval.upper),
    ):
        if column is not None:
            shown[column] = values
            withheld[column] = hidden


def _numbers(column: pd.Series[float]) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)


def _whole(values: NDArray[np.float64]) -> pd.Series[int] | pd.Series[float]:
    """Counts as whole numbers where all are, so that no table shows ``10.0``."""
    column = pd.Series(values, dtype="Float64")
    whole = bool((np.nan_to_num(values) % 1 == 0).all())
    return column.astype("Int64") if whole else column
