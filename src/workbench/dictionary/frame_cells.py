"""The grammar of cells over a pandas frame of text, with no engine in between.

Says what `workbench.dictionary.cells` says, written a second time from its
description and not from its code, so that each holds the other to account.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from workbench.dictionary.cells import INTEGER, NUMBER, WHITE_SPACE
from workbench.dictionary.expression_pandas import FRAME_TYPES, FrameColumns, days
from workbench.dictionary.model import Schema

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def frame_columns(frame: pd.DataFrame, schema: Schema) -> FrameColumns:
    """The dataset's columns in a frame, as text and as values.

    Parameters
    ----------
    frame : pandas.DataFrame
        Cells of text, as ``read_csv(dtype=str)`` gives them.
    schema : Schema
    """
    held = [field for field in schema.fields if field.name in frame.columns]
    text = {field.name: as_text(frame[field.name]) for field in held}
    parsed = {field.name: parsed_cells(text[field.name], field.type) for field in held}
    for field in held:
        if field.type == "string" and field.synonyms:
            parsed[field.name] = _meant(text[field.name], field.synonyms)
    return FrameColumns(frame.index, text, parsed)


def as_text(cells: pd.Series) -> pd.Series:
    """Cells as nullable text, missing where blank."""
    text = cells.astype(FRAME_TYPES["string"])
    return each(text, lambda cell: cell if cell.strip(WHITE_SPACE) else pd.NA, "string")


def parsed_cells(text: pd.Series, kind: str) -> pd.Series:
    """Cells as values of the dictionary's type `kind`; missing where blank or unparseable."""
    if kind == "string":
        return text
    return each(text, _READERS[kind], kind)


def each(text: pd.Series, read: Callable[[str], Any], kind: str) -> pd.Series:
    """Apply a reader of one cell to each distinct text; blanks stay missing."""
    read_once = {cell: read(cell) for cell in text.dropna().unique()}
    values = [pd.NA if pd.isna(cell) else read_once[cell] for cell in text]
    return pd.Series(values, index=text.index, dtype=FRAME_TYPES[kind])


def _meant(text: pd.Series, synonyms: Mapping[str, str]) -> pd.Series:
    """Cells with each other spelling of a code replaced by the code."""
    return each(text, lambda cell: synonyms.get(cell, cell), "string")


def check_digit_holds(cell: str) -> bool:
    """Whether ten digits end in the modulus 11 check digit of the nine before it."""
    *nine, last = map(int, cell)
    digit = 11 - sum(weight * one for weight, one in zip(range(10, 1, -1), nine, strict=True)) % 11
    return last == (0 if digit == 11 else digit)


def _integer(cell: str) -> Any:
    return int(cell) if re.fullmatch(INTEGER, cell) else pd.NA


def _number(cell: str) -> Any:
    return float(cell) if re.fullmatch(NUMBER, cell) else pd.NA


def _boolean(cell: str) -> Any:
    return {"true": True, "false": False}.get(cell, pd.NA)


def _date(cell: str) -> Any:
    if not _DAY.fullmatch(cell):
        return pd.NA
    try:
        return days(dt.date.fromisoformat(cell))
    except ValueError:
        return pd.NA


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
}
