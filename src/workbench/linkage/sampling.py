"""Which pairs a person looks at first: a sample by band of probability and by group."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.errors import ParameterError

BAND = "band"
WEIGHT = "sampling_weight"
EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Bands of probability: tenths of the doubtful, and what lies beyond them."""


def with_band(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs with the band that their probability is in, as ``0.50 to 0.60``."""
    names = [f"{low:.2f} to {high:.2f}" for low, high in pairwise(EDGES)]
    probability = pairs["match_probability"].fillna(0.0).to_numpy(dtype=float)
    place = np.clip(np.searchsorted(EDGES, probability, side="right") - 1, 0, len(names) - 1)
    return pairs.assign(**{BAND: np.array(names)[place]})


def stratified(
    pairs: pd.DataFrame, size: int, by: Sequence[str] = (BAND,), *, seed: int = 1
) -> pd.DataFrame:
    """Draw pairs so that each stratum has the same number, as far as it has as many.

    Equal numbers, and not shares, because a small group's links would else hardly be looked
    at; `WEIGHT` makes estimates over all pairs right again.

    Parameters
    ----------
    pairs : DataFrame
        With ``pair_id`` and the columns of `by`; a missing value is a stratum of its own.
    size : int
        How many pairs; all of them if there are no more.
    by : sequence of str, optional
        What the strata are made of.
    seed : int, optional
        The same seed and pairs give the same sample, in whatever order they stand.

    Returns
    -------
    DataFrame
        The sample, and in `WEIGHT` how many pairs of its stratum each stands for.

    Raises
    ------
    ParameterError
        The size is not above 0 or a column is absent; all are told.
    """
    faults = [f"'{name}' is no column of the pairs" for name in by if name not in pairs]
    if size < 1:
        faults.append("the size must be at least 1")
    if faults:
        raise ParameterError("No sample can be drawn.", faults)
    strata = pairs.groupby([pairs[n].astype("str").fillna("") for n in by], sort=True).ngroup()
    counts = np.bincount(strata, minlength=int(strata.max()) + 1 if len(strata) else 0)
    taken = _allocated(counts, size)
    lot = pairs["pair_id"].map(lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest())
    place = lot.groupby(strata).rank(method="first").to_numpy() - 1
    chosen = place < taken[strata.to_numpy()]
    weights = counts[strata.to_numpy()] / np.maximum(taken[strata.to_numpy()], 1)
    return pairs.assign(**{WEIGHT: np.round(weights, 4)})[chosen]


def _allocated(counts: np.ndarray, size: int) -> np.ndarray:
    """How many of each stratum: equal numbers, what small strata lack going to the others."""
    taken = np.zeros_like(counts)
    left = min(size, int(counts.sum()))
    while left:
        open_ = np.flatnonzero(taken < counts)
        each = max(left // len(open_), 1)
        more = np.minimum(counts[open_] - taken[open_], each)
        more[np.cumsum(more) > left] = 0
        taken[open_] += more
        left -= int(more.sum())
    return taken
