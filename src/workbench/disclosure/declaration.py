"""Whether a table is what its declaration says: each column one role, each value fit for it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandas.api import types

from workbench.disclosure.profiles import Profile
from workbench.disclosure.released import Share

MAX_LABEL = 200
"""Characters; a longer key is prose or a record, not the name of a group."""

_TEN_DIGITS = r"(?:\d[ -]?){9}\d"
_POSTCODE = r"[A-Za-z]{1,2}\d[A-Za-z\d]? \d[A-Za-z]{2}"


def declaration_faults(
    frame: pd.DataFrame,
    keys: Sequence[str],
    counts: Sequence[str],
    shares: Mapping[str, Share],
    statistics: Sequence[str],
) -> list[str]:
    """List every fault of the roles themselves; no value is looked at."""
    if isinstance(keys, str) or isinstance(counts, str):
        return ["keys and counts must be lists of column names"]
    unlike = [name for name, share in shares.items() if not isinstance(share, Share)]
    if unlike:
        return [f"share '{name}' must be given as Share(numerator, denominator)" for name in unlike]
    made = [part for name, share in shares.items() for part in (name, *share.limits())]
    declared = [*keys, *counts, *statistics, *made]
    needed = [*keys, *counts, *statistics]
    faults = [] if keys else ["at least one column must be a key"]
    if not frame.columns.is_unique or not all(isinstance(name, str) for name in frame.columns):
        faults.append("column names must be text, each used once")
    faults += [f"column '{c}' has no declared role" for c in frame.columns if c not in declared]
    faults += [f"column '{c}' is declared but not in the table" for c in needed if c not in frame]
    faults += [f"column '{c}' has {n} roles" for c, n in Counter(declared).items() if n > 1]
    for name, share in shares.items():
        faults += [
            f"share '{name}' is made of '{part}', which is not declared as a count"
            for part in (share.numerator, share.denominator)
            if part not in counts
        ]
    return faults


def value_faults(
    frame: pd.DataFrame,
    keys: Sequence[str],
    counts: Sequence[str],
    shares: Mapping[str, Share],
    statistics: Sequence[str],
    profile: Profile,
) -> list[str]:
    """List every value that its role cannot hold, by column and number of rows."""
    faults = [fault for name in keys for fault in _key_faults(frame[name])]
    if not faults and frame.duplicated(subset=list(keys)).any():
        faults.append("two or more rows have the same keys: a row must be one cell of a table")
    counted = [_count_fault(frame[name]) for name in counts]
    faults += [fault for fault in counted if fault]
    if not any(counted):
        faults += [fault for name, share in shares.items() if (fault := _over(frame, name, share))]
    if profile.masks and statistics and not counts:
        faults.append(
            f"profile '{profile.name}' cannot judge statistics without a count: "
            "declare the number of people behind each row"
        )
    return faults


def whole_number_faults(
    frame: pd.DataFrame, statistics: Sequence[str], profile: Profile
) -> list[str]:
    """List the statistics that look like counts of people, where counts are masked."""
    if not profile.masks:
        return []
    return [
        f"statistic '{name}' holds whole numbers alone, as a count does: declare it as a count, "
        "or as not_people if it counts no people (days, months, ranks)"
        for name in statistics
        if _counts_like(frame[name])
    ]


def _counts_like(column: pd.Series[float]) -> bool:
    """Whether every value is a whole number, written as a number or as text, and not all are 0."""
    if types.is_bool_dtype(column) or not (
        types.is_numeric_dtype(column)
        or types.is_object_dtype(column)
        or types.is_string_dtype(column)
    ):
        return False
    given = column.dropna()
    if types.is_object_dtype(given) and given.map(lambda value: isinstance(value, bool)).any():
        return False
    values = pd.to_numeric(given, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return bool(
        len(values) and np.isfinite(values).all() and (values % 1 == 0).all() and any(values)
    )


def _key_faults(column: pd.Series[str]) -> list[str]:
    name = column.name
    missing = int(column.isna().sum())
    faults = [f"key '{name}' is missing in {missing} rows: name the group"] if missing else []
    if types.is_datetime64_any_dtype(column) or types.is_bool_dtype(column):
        return faults
    rows = column.value_counts()  # each label is looked at once, however many rows have it
    rows = rows[rows > 0]
    if not all(_is_label(value) for value in rows.index):
        return [*faults, f"key '{name}' must hold text or dates (turn numbers into labels)"]
    text = pd.Series(rows.index.astype(str), dtype="str")
    counts = rows.to_numpy()
    for what, pattern in (("an NHS number", _TEN_DIGITS), ("a postcode", _POSTCODE)):
        found = int(counts[text.str.strip().str.fullmatch(pattern).to_numpy(dtype=bool)].sum())
        if found:
            faults.append(f"key '{name}' looks like {what} in {found} rows")
    plain = (
        text.map(str.isprintable).to_numpy(dtype=bool) & (text.str.len() <= MAX_LABEL).to_numpy()
    )
    unplain = int(counts[~plain].sum())
    if unplain:
        faults.append(f"key '{name}' is no plain label in {unplain} rows")
    return faults


def _is_label(value: object) -> bool:
    return isinstance(value, str | dt.date | pd.Period | bool | np.bool_)


def _count_fault(column: pd.Series[float]) -> str:
    if types.is_bool_dtype(column) or not types.is_numeric_dtype(column):
        return f"count '{column.name}' must hold numbers"
    values = column.to_numpy(dtype=float, na_value=np.nan)
    wrong = int(((values < 0) | np.isinf(values)).sum())
    return f"count '{column.name}' is below 0 or infinite in {wrong} rows" if wrong else ""


def _over(frame: pd.DataFrame, name: str, share: Share) -> str:
    part = frame[share.numerator].to_numpy(dtype=float, na_value=np.nan)
    whole = frame[share.denominator].to_numpy(dtype=float, na_value=np.nan)
    wrong = int((part > whole).sum())
    return f"share '{name}' has a numerator above its denominator in {wrong} rows" if wrong else ""
