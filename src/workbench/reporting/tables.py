"""A released table as a reader sees it, and as a CSV or Parquet file."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import DisclosureError, UsageError
from workbench.files import written_whole
from workbench.wording import day_in_words, in_words

if TYPE_CHECKING:
    from workbench.disclosure import Released

WITHHELD = "[c]"
ABSENT = "[x]"
_POINTS = "% points"
_FORMULA = ("=", "+", "-", "@")
MAX_ROWS_SHOWN = 300
"""More rows than this are for the CSV file: nobody reads them and the page must stay small."""


@dataclass(frozen=True)
class Column:
    """How one column is shown.

    Attributes
    ----------
    header : str
        With its unit, such as ``"Seen in time (%)"``; ``% points`` is written there alone.
    decimals : int, optional
        Decimal places; chosen from the values otherwise.
    percent : bool, optional
        Whether 0.714 is shown as 71.4%; shares are in any case.
    chance : bool, optional
        Whether it is a probability of chance, such as p or q: never nought, however small.
    """

    header: str
    decimals: int | None = None
    percent: bool | None = None
    chance: bool = False


def passed(released: object) -> Released:
    """The object itself, if disclosure control has passed it.

    Raises
    ------
    DisclosureError
        It is anything else, such as a bare frame.
    """
    from workbench.disclosure import Released

    if not isinstance(released, Released):
        raise DisclosureError(
            f"A {type(released).__name__} cannot be shown or saved.",
            remedy="Pass it through workbench.disclosure.release first.",
        )
    return released


def shown(
    released: Released,
    columns: Mapping[str, str | Column] | None = None,
    max_rows: int = MAX_ROWS_SHOWN,
) -> dict[str, Any]:
    """A table as text cells with headers, ready for a page.

    Parameters
    ----------
    released : Released
        What may be shown.
    columns : mapping, optional
        Columns to show, in order, with their headers; all by default.
    max_rows : int, optional
        Rows shown; the file beside it holds all.

    Returns
    -------
    dict
        ``columns`` (header, numeric, row_header, masked), ``rows`` (lists of text),
        ``total_rows``, ``withheld`` and ``absent`` (whether such cells are there).

    Raises
    ------
    UsageError
        A column named is not in the table.
    """
    frame, withheld = released.frame, released.withheld
    masked = masked_counts(released)
    chosen = {
        name: _column(name, wish)
        for name, wish in (columns or dict.fromkeys(map(str, frame))).items()
    }
    stray = [name for name in chosen if name not in frame]
    if stray:
        raise UsageError("Columns to show are not in the table.", stray)
    percents = set(released.shares) | {
        bound for share in released.shares.values() for bound in (share.lower, share.upper) if bound
    }
    cells = {
        name: _cells(
            frame[name].head(max_rows), withheld[name].head(max_rows), look, name in percents
        )
        for name, look in chosen.items()
    }
    return {
        "columns": [
            {
                "header": look.header,
                "numeric": pd.api.types.is_numeric_dtype(frame[name]) and name not in released.keys,
                "row_header": place == 0,
                "masked": name in masked,
            }
            for place, (name, look) in enumerate(chosen.items())
        ],
        "rows": [list(row) for row in zip(*cells.values(), strict=True)],
        "total_rows": len(frame),
        "withheld": any(WITHHELD in column for column in cells.values()),
        "absent": any(ABSENT in column for column in cells.values()),
    }


def masked_counts(released: Released) -> list[str]:
    """Columns that count people and whose small counts its profile withholds."""
    from workbench.disclosure import load_profiles

    rule = load_profiles()[released.profile]
    return list(released.counts) if rule.masks else []


def _column(name: str, wish: str | Column | None) -> Column:
    if isinstance(wish, Column):
        return wish
    return Column(wish or name.replace("_", " ").capitalize())


def _cells(
    values: pd.Series[Any], withheld: pd.Series[Any], look: Column, share: bool
) -> list[str]:
    percent = share if look.percent is None else look.percent
    decimals = look.decimals if look.decimals is not None else _decimals(values, percent)
    # 12.0% of a gap would be read as an eighth of it
    sign = "%" if percent and _POINTS not in look.header else ""
    return [
        WITHHELD if hidden else _of_chance(_text(value, decimals, percent, sign), decimals, look)
        for value, hidden in zip(values, withheld, strict=True)
    ]


def _decimals(values: pd.Series[Any], percent: bool) -> int:
    """Decimal places that suit a column: whole numbers none, percentages one."""
    if percent:
        return 1
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return 0
    numbers = values.dropna().astype(float)
    if (numbers == numbers.round()).all():
        return 0
    return 1 if numbers.abs().max() >= 10 else 3


def _text(value: Any, decimals: int, percent: bool, sign: str) -> str:
    if value is None or value is pd.NA or value != value:
        return ABSENT
    if isinstance(value, bool | np.bool_):
        return "Yes" if value else "No"
    if isinstance(value, datetime.date):
        return day_in_words(value)
    if isinstance(value, str):
        return _month(value) if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value) else value
    try:
        number = float(value) * (100 if percent else 1)
    except (TypeError, ValueError):
        return str(value)
    rounded = round(number, decimals) + 0.0  # no "-0.0"
    return f"{rounded:,.{decimals}f}{sign}"


def _of_chance(text: str, decimals: int, look: Column) -> str:
    """Say of a probability that rounds to nought what it is less than."""
    least = f"{0:.{decimals}f}"
    return f"<{least[:-1]}1" if look.chance and decimals and text == least else text


def _month(text: str) -> str:
    return in_words(text)


def write(
    released: Released, path: Path, *, sort: bool = False, columns: Sequence[str] | None = None
) -> None:
    """Write a released table to CSV or Parquet by the path's ending, the same bytes each time.

    Parameters
    ----------
    released : Released
        What may leave.
    path : Path
        CSV: withheld values as ``[c]``, missing ones blank, ``true`` and ``false``; an
        apostrophe before text that a spreadsheet would take for a formula (see
        `as_plain_text`). Parquet: withheld and missing both missing, text as it is.
    sort : bool, optional
        Sort rows by their keys, text by code point; otherwise as released.
    columns : sequence of str, optional
        Columns written, in order; all by default. The rest were judged with them all the same.
    """
    frame = released.frame
    if sort and released.keys:
        frame = frame.sort_values(list(released.keys), kind="stable", key=_by_code_point)
    withheld = released.withheld.loc[frame.index]
    if columns is not None:
        frame, withheld = frame[list(columns)], withheld[list(columns)]
    with written_whole(path) as draft:
        if path.suffix == ".parquet":
            frame.reset_index(drop=True).to_parquet(draft, index=False)
            return
        text = frame.astype(object)
        for name in frame.select_dtypes(["bool", "boolean"]):
            text[name] = frame[name].map({True: "true", False: "false"})
        for name in frame:
            if not pd.api.types.is_numeric_dtype(frame[name]):
                text[name] = text[name].map(as_plain_text)
        text = text.rename(columns=as_plain_text)
        text = text.mask(withheld.to_numpy(), WITHHELD)
        text.to_csv(draft, index=False, lineterminator="\n", encoding="utf-8")


def as_plain_text(value: object) -> object:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe.

    A CSV file cannot say that a cell is text, so Excel would carry out ``=HYPERLINK(...)``
    in a group's name. Numbers are left as they are, minus sign and all.
    """
    begins = isinstance(value, str) and value.lstrip().startswith(_FORMULA)
    return f"'{value}" if begins else value


def _by_code_point(values: pd.Series[Any]) -> pd.Series[Any]:
    return values.astype(object) if pd.api.types.is_string_dtype(values) else values
