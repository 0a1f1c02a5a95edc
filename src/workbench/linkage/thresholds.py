"""What another threshold would have given: links, doubtful pairs and expected errors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_GRID = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)


def threshold_table(
    probability: Floats, possible: Bools, *, certain: int, review_from: float
) -> pd.DataFrame:
    """Count links and expected errors at a range of thresholds.

    Links are taken from the surest down, so those at a higher threshold are a part of
    those at a lower one.

    Parameters
    ----------
    probability : array of float
        Of every pair that the model weighed, its rivals taken into account.
    possible : array of bool
        Which pairs are links where the threshold lets them: no surer one stands against.
    certain : int
        Links that match keys and decisions made.
    review_from : float
        Pairs from this probability to the threshold are for review.

    Returns
    -------
    DataFrame
        ``threshold, links, review, expected_false_links, expected_missed_links``.
    """
    sums = {}
    for threshold in _GRID:
        linked = possible & (probability >= threshold)
        doubtful = (probability >= review_from) & (probability < threshold)
        sums[threshold] = {
            "links": certain + int(linked.sum()),
            "review": int(doubtful.sum()),
            "expected_false_links": round(float((1 - probability[linked]).sum()), 3),
            "expected_missed_links": round(float(probability[~linked].sum()), 3),
        }
    table = pd.DataFrame.from_dict(sums, orient="index")
    return table.rename_axis("threshold").reset_index()
