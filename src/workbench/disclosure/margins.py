"""A table of counts with its margins, and the wide categories that it names beside narrow ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from workbench.disclosure.axes import ALL, Axis, Nesting, axis_of
from workbench.errors import InputError


def axes_of(
    frame: pd.DataFrame, by: Sequence[str], nesting: Mapping[str, Nesting]
) -> tuple[Axis, ...]:
    """Find the axes of a table of counts.

    Parameters
    ----------
    frame : DataFrame
        One row a cell.
    by : sequence of str
        Columns that tell people apart, as text.
    nesting : mapping of str to mapping
        By column, what is part of what.

    Raises
    ------
    InputError
        A category is called as a margin is.
    """
    taken = [name for name in by if (frame[name] == ALL).any()]
    if taken:
        raise InputError(
            f"Column {', '.join(taken)} has the category '{ALL}', the name of a margin.",
            remedy="Leave margins out: they are worked out here.",
        )
    return tuple(axis_of(name, frame[name].unique(), nesting.get(name, {})) for name in by)


def with_margins(
    frame: pd.DataFrame, by: Sequence[str], count: str, axes: Sequence[Axis]
) -> pd.DataFrame:
    """Add the rows of all margins.

    Returns
    -------
    DataFrame
        Columns `by` and `count`, sorted by `by`; a margin sums the finest categories,
        so that nobody is in it twice.

    Raises
    ------
    InputError
        A wide category's count is not the sum of the narrow ones that it is made of.
    """
    finest = frame.loc[_finest(frame, axes), [*by, count]]
    made: list[pd.DataFrame] = [finest]
    for kept in product((True, False), repeat=len(by)):
        if all(kept):
            continue
        names = [name for name, keep in zip(by, kept, strict=True) if keep]
        sums = (
            finest.groupby(names, as_index=False, sort=True)[count].sum()
            if names
            else pd.DataFrame({count: [finest[count].sum()]})
        )
        for name in set(by) - set(names):
            sums[name] = ALL
        made.append(pd.DataFrame(sums[[*by, count]]))
    summed = pd.concat([*made, *_wide(frame, made, by, count, axes)], ignore_index=True)
    return summed.sort_values(list(by), ignore_index=True, key=lambda column: column.astype(str))


def _finest(frame: pd.DataFrame, axes: Sequence[Axis]) -> np.ndarray:
    held = np.ones(len(frame), dtype=bool)
    for axis in axes:
        held &= frame[axis.name].isin(axis.leaves).to_numpy()
    return held


def _wide(
    frame: pd.DataFrame,
    finest: Sequence[pd.DataFrame],
    by: Sequence[str],
    count: str,
    axes: Sequence[Axis],
) -> list[pd.DataFrame]:
    """Rows of wide categories, with margins over the other columns; they must add up."""
    given = frame.loc[~_finest(frame, axes), [*by, count]]
    if given.empty:
        return []
    every = pd.concat(finest, ignore_index=True)
    for axis in axes:
        wide = [one for one in axis.parts if one != ALL and one not in axis.leaves]
        more = [_summed(every, axis, one, by, count) for one in wide]
        every = pd.concat([every, *more], ignore_index=True)
    sums = every.merge(given, on=list(by), how="right", suffixes=("", "_given"))
    wrong = int((sums[count].fillna(0) != sums[f"{count}_given"]).sum())
    if wrong:
        raise InputError(
            f"{wrong} rows of wider categories are not the sum of the narrower ones beside them.",
            remedy="Give all of the narrower categories (a rest too), or the wider ones alone.",
        )
    known = pd.concat(finest, ignore_index=True)
    keys = pd.MultiIndex.from_frame(known[list(by)])
    fresh = ~pd.MultiIndex.from_frame(every[list(by)]).isin(keys)
    return [every.loc[fresh]]


def _summed(
    every: pd.DataFrame, axis: Axis, category: str, by: Sequence[str], count: str
) -> pd.DataFrame:
    parts = [axis.leaves[place] for place in axis.parts[category]]
    named = every[every[axis.name].isin(parts)].assign(**{axis.name: category})
    return pd.DataFrame(named.groupby(list(by), as_index=False)[count].sum())
