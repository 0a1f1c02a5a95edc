"""Cells of a frame as days, numbers, texts and outcomes: one reading whatever kind of file.

The same table has to give the same codes as CSV and as Parquet, with blanks in a column or
without: a model would otherwise meet codes that it does not know, and say nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
BLANK = ""
EARLIEST, LATEST = np.datetime64("1900-01-01"), np.datetime64("2199-12-31")
"""Days of rows; what lies outside stands for a missing day, as 9999-12-31 does in many systems."""
_TRUE, _FALSE = ("true", "yes", "1", "1.0"), ("false", "no", "0", "0.0")
_OFFSET = r"(:\d{2}(?:\.\d+)?)\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"


def level_text(value: object) -> str:
    """Text of one level: ``true`` and ``false``, whole numbers without a point, days as ISO.

    Parameters
    ----------
    value : object
        Of any column. A whole column of numbers becomes floats where one cell is missing, so
        that 1.0 and 1 are one level.
    """
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return value.date().isoformat()
    return str(value)


def texts(column: pd.Series[Any]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Distinct levels as text, and the place of each cell's among them; -1 where missing.

    Parameters
    ----------
    column : Series
    """
    held = column.astype("category")
    places = np.asarray(held.cat.codes, dtype=np.int64)
    return [level_text(level) for level in held.cat.categories], places


def among(column: pd.Series[Any], wanted: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each cell is one of some texts; a missing cell is none.

    Parameters
    ----------
    column : Series
    wanted : sequence of str
    """
    levels, places = texts(column)
    found = np.array([level in wanted for level in levels] + [False])
    return np.asarray(found[places])


def days(column: pd.Series[Any], faults: list[str]) -> npt.NDArray[Any]:
    """Days; a time is cut to the day that its own clock shows, whatever its zone.

    Parameters
    ----------
    column : Series
        Dates, times or ISO text.
    faults : list of str
        A fault is added where cells are no date.

    Returns
    -------
    datetime64[D] array
        NaT where missing.
    """
    given = column
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        given = column.dt.tz_localize(None)
    elif column.dtype.kind not in "Miuf":
        text = column.astype("str")
        given = text.str.replace(_OFFSET, r"\1", regex=True).where(column.notna())
    known = pd.to_datetime(
        given, errors="coerce", format=None if given.dtype.kind == "M" else "ISO8601"
    )
    wrong = int((known.isna() & column.notna() & (column.astype("str") != BLANK)).sum())
    if wrong:
        faults.append(f"{column.name}: {wrong} cells are no date")
    return known.to_numpy().astype("datetime64[D]")


def stand_in_days(name: str, held: npt.NDArray[Any]) -> list[str]:
    """A fault for days that no row can have.

    Parameters
    ----------
    name : str
        Of the column.
    held : datetime64[D] array
    """
    outside = int(((held < EARLIEST) | (held > LATEST)).sum())
    if not outside:
        return []
    return [f"{name}: {outside} days lie outside {EARLIEST} to {LATEST}; leave a missing day blank"]


def numbers(column: pd.Series[Any], missing: Sequence[str], faults: list[str]) -> Floats:
    """Finite numbers; NaN where missing.

    Parameters
    ----------
    column : Series
    missing : sequence of str
        Texts that stand for a missing cell.
    faults : list of str
        A fault is added where cells are no number.
    """
    given = column
    if given.dtype.kind not in "biuf" and not pd.api.types.is_numeric_dtype(given):
        text = given.astype("str")
        given = text.where(given.notna() & ~text.isin([*missing, BLANK]))
    found = pd.to_numeric(given, errors="coerce")
    wrong = int((found.isna() & given.notna()).sum())
    values: Floats = found.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong += int(np.isinf(values).sum())
    if wrong:
        faults.append(f"{column.name}: {wrong} cells are no number")
    return values


def outcomes(
    column: pd.Series[Any], event: Sequence[str], missing: Sequence[str], faults: list[str]
) -> Floats:
    """1 where a cell is the event, 0 where it is not, NaN where that is not known.

    Parameters
    ----------
    column : Series
    event : sequence of str
        Values that are the event, every other one is not; empty: true, yes and 1 are, false,
        no and 0 are not, whether in capitals or small.
    missing : sequence of str
        Texts that stand for a missing cell.
    faults : list of str
        A fault is added where a cell is neither.
    """
    levels, places = texts(column)
    values = [_outcome(level, event, missing) for level in levels]
    found = np.array([*(np.nan if value is None else value for value in values), np.nan])
    strange = np.array([*(value is None for value in values), False])
    wrong = int(strange[places].sum())
    if wrong:
        faults.append(
            f"{column.name}: {wrong} cells are neither true nor false; say in the roles which "
            "values are the 'event'"
        )
    if event and not any(value == 1 for value in values):
        faults.append(f"{column.name}: no cell holds a value that the roles call the 'event'")
    return np.asarray(found[places], dtype=np.float64)


def _outcome(level: str, event: Sequence[str], missing: Sequence[str]) -> float | None:
    """Of one level; None where it is neither."""
    if level in missing or level == BLANK:
        return float("nan")
    if event:
        return float(level in event)
    said = level.strip().lower()
    return 1.0 if said in _TRUE else 0.0 if said in _FALSE else None
