"""What every statistic refuses: values that no count, share or confidence can have."""

from __future__ import annotations

from numbers import Real
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats: TypeAlias = NDArray[np.float64]
Result: TypeAlias = float | Floats


def floats(values: ArrayLike, what: str) -> Floats:
    """Turn numbers into an array of floats; missing values become NaN.

    Parameters
    ----------
    values : array_like
        Scalar, sequence, array or pandas Series.
    what : str
        What the values are, for the message.

    Raises
    ------
    ValueError
        A value is not a number (text such as ``"1"`` is none, nor a lone None), or is
        infinite.
    """
    if values is None or _holds_text(values):
        raise ValueError(f"{what} must be numbers")
    try:
        if hasattr(values, "to_numpy"):  # pandas: its own NA has no float
            array = np.asarray(values.to_numpy(dtype=float, na_value=np.nan))
        else:
            array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers") from None
    if np.isinf(array).any():
        raise ValueError(f"{what} must be finite")
    return array


def _holds_text(values: ArrayLike) -> bool:
    array = np.asarray(values)
    if array.dtype.kind == "O":
        return any(isinstance(each, str | bytes) for each in array.flat)
    return array.dtype.kind not in "biufc"


def pairs(x: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Turn two sets of counts into arrays of one shape, paired by position.

    Raises
    ------
    ValueError
        As `counts`; or both are pandas Series with different indexes, whose positions
        need not mean the same.
    """
    if isinstance(x, pd.Series) and isinstance(n, pd.Series) and not x.index.equals(n.index):
        raise ValueError("x and n are Series with different indexes: align them first")
    broadcast = np.broadcast_arrays(counts(x, "x"), counts(n, "n"))
    return broadcast[0], broadcast[1]


def counts(values: ArrayLike, what: str) -> Floats:
    """Turn counts into an array of floats; halves are counts too (shared patients).

    Raises
    ------
    ValueError
        A count is below 0, infinite or not a number.
    """
    array = floats(values, what)
    if (array < 0).any():
        raise ValueError(f"{what} must not be below 0")
    return array


def shares(values: ArrayLike, what: str) -> Floats:
    """Turn shares into an array of floats from 0 to 1.

    Raises
    ------
    ValueError
        A share lies outside 0 to 1; percentages are the usual cause.
    """
    array = floats(values, what)
    if ((array < 0) | (array > 1)).any():
        raise ValueError(f"{what} must lie from 0 to 1 (a share, not a percentage)")
    return array


def normal_quantile(confidence: float) -> float:
    """Two-sided normal quantile of a confidence level, such as 1.96 for .95.

    Raises
    ------
    TypeError
        `confidence` is not a number.
    ValueError
        It is not between 0 and 1.
    """
    if isinstance(confidence, bool) or not isinstance(confidence, Real):
        raise TypeError("confidence must be a number between 0 and 1, such as .95")
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1, such as .95")
    return float(ndtri((1 + confidence) / 2))


def like_given(array: Floats) -> Result:
    """Give a float back where a scalar came in, else the array."""
    return float(array) if array.ndim == 0 else array
