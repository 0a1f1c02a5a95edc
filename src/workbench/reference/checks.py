"""Whether the cells of an official file are what its kind says, all faults at once."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from workbench.reference.kinds import Column, Kind, Layout

ENGLISH = "E01"
"""How the code of a small area in England begins."""


def shaped(frame: pd.DataFrame, layout: Layout, places: dict[str, int]) -> pd.DataFrame:
    """The file's columns under our names, one row a figure.

    Parameters
    ----------
    frame : DataFrame
        As the file has it.
    layout : Layout
    places : dict of str to int
        Our columns, to their place in `frame`.
    """
    ours = pd.DataFrame({name: frame.iloc[:, place] for name, place in places.items()})
    spread = layout.spread
    if spread is None:
        return ours.reset_index(drop=True)
    wide = {
        str(name).rstrip("+"): frame[name]
        for name in frame.columns
        if re.fullmatch(spread.headings, str(name))
    }
    ours = pd.concat([ours, pd.DataFrame(wide)], axis=1)
    return ours.melt(id_vars=list(places), var_name=spread.into, value_name=spread.value)


def typed(frame: pd.DataFrame, kind: Kind, faults: list[str]) -> pd.DataFrame:
    """Columns as values; what is wrong with their cells is added to `faults`, by count."""
    typed: dict[str, pd.Series[Any]] = {}
    for column in kind.columns:
        if column.name in frame:
            typed[column.name] = _typed(frame[column.name], column, faults)
    table = pd.DataFrame(typed)
    repeated = int(table.duplicated(list(kind.key)).sum())
    if repeated:
        faults.append(f"{repeated:,} rows repeat the {' and '.join(kind.key)} of another")
    if table.empty:
        faults.append("there is no row")
    return table


def english_faults(table: pd.DataFrame, layout: Layout) -> list[str]:
    """Where a file has more or fewer areas of England than a whole one of its boundaries."""
    faults = []
    for name, expected in layout.english.items():
        codes = table[name].dropna()
        held = int(codes[codes.str.startswith(ENGLISH)].nunique())
        if held != expected:
            faults.append(
                f"'{name}' has {held:,} different areas of England; a whole file on these "
                f"boundaries has {expected:,}"
            )
    return faults


def _typed(cells: pd.Series[Any], column: Column, faults: list[str]) -> pd.Series[Any]:
    values: pd.Series[Any]
    blank = cells.isna() if column.type != "string" else cells.isna() | (cells == "")
    match column.type:
        case "string":
            values = cells.astype("string").str.strip().mask(blank)
            blank = values.isna() | (values == "")
            wrong = _unlike(values, column.pattern) & ~blank
        case "date":
            values, blank = _days(cells)
            wrong = values.isna() & ~blank
        case _:
            values, blank = _numbers(cells)
            whole = values.isna() | (np.floor(values) == values) | (column.type == "number")
            wrong = (values.isna() & ~blank) | ~whole
            if not wrong.any() and column.type == "integer":
                values = values.astype("Int64")
            wrong |= _outside(values, column).to_numpy(dtype=bool)
    if wrong.any():
        faults.append(f"'{column.name}' is {_said(column)} in {int(wrong.sum()):,} rows")
    if column.required and blank.any():
        faults.append(f"'{column.name}' is blank in {int(blank.sum()):,} rows")
    return values


def _said(column: Column) -> str:
    if column.type == "string":
        return "not of the form of its codes"
    if column.type == "date":
        return "not a day"
    within = [
        f"{word} {bound:g}"
        for word, bound in (("below", column.minimum), ("above", column.maximum))
        if bound is not None
    ]
    kind = "not a whole number" if column.type == "integer" else "not a number"
    return " or ".join([kind, *within])


def _unlike(values: pd.Series[Any], pattern: str | None) -> pd.Series[Any]:
    if pattern is None:
        return pd.Series(False, index=values.index)
    return ~values.fillna("").str.fullmatch(pattern).astype(bool)


def _numbers(cells: pd.Series) -> tuple[pd.Series[Any], pd.Series[Any]]:
    if pd.api.types.is_numeric_dtype(cells):
        return cells.astype("Float64"), cells.isna()
    # Published tables write thousands with commas.
    text = cells.astype("string").str.strip().str.replace(",", "", regex=False)
    return pd.to_numeric(text, errors="coerce").astype("Float64"), text.isna() | (text == "")


def _days(cells: pd.Series) -> tuple[pd.Series[Any], pd.Series[Any]]:
    text = cells.astype("string").str.strip().str.replace("-", "", regex=False).str[:8]
    days = pd.to_datetime(
        text.where(text.str.fullmatch("[0-9]{8}")), format="%Y%m%d", errors="coerce"
    )
    return days.dt.date, text.isna() | (text == "")


def _outside(values: pd.Series[Any], column: Column) -> pd.Series[Any]:
    outside = pd.Series(False, index=values.index)
    if column.minimum is not None:
        outside |= (values < column.minimum).fillna(False)
    if column.maximum is not None:
        outside |= (values > column.maximum).fillna(False)
    return outside
