"""What every statistic refuses: values that no count, share or confidence can have."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
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
        A value is not a number, or is infinite.
    """
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
    ValueError
        `confidence` is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1, such as .95")
    return float(ndtri((1 + confidence) / 2))


def like_given(array: Floats) -> Result:
    """Give a float back where a scalar came in, else the array."""
    return float(array) if array.ndim == 0 else array
