"""What a chart says about the figures that it does not show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.charts.canvas import Words
from workbench.charts.scales import decimals_for, written
from workbench.disclosure import Released


def with_notes(words: Words, data: Released, column: str, more: tuple[str, ...] = ()) -> Words:
    """Add the stamp of a release, and how many values of a column are not shown.

    Parameters
    ----------
    words : Words
        The words of the chart.
    data : Released
        The table drawn.
    column : str
        The column drawn.
    more : tuple of str, optional
        Other notes, first.
    """
    missing = data.frame[column].isna()
    withheld = int((data.withheld[column] & missing).sum())
    absent = int(missing.sum()) - withheld
    notes = list(more)
    if withheld:
        notes.append(f"[c] {_values(withheld)} not shown, to protect the people counted.")
    if absent:
        notes.append(f"[x] {_values(absent)} not available.")
    return replace(words, notes=tuple(notes), stamp=data.stamp)


def shown_texts(
    values: NDArray[np.float64],
    withheld: pd.Series[bool],
    unit: str,
    *,
    signed: bool = False,
    decimals: int | None = None,
) -> list[str]:
    """Write drawn values to stand beside their marks: "[c]" if withheld, "[x]" if never there.

    All have as many decimals: those given, or those that they need. With `signed`, more
    than nought has its plus.
    """
    digits = decimals_for(values, unit) if decimals is None else decimals
    return [
        ("+" if signed and round(value, digits) > 0 else "") + written(value + 0.0, unit, digits)
        if not np.isnan(value)
        else ("[c]" if hidden else "[x]")
        for value, hidden in zip(values, withheld, strict=True)
    ]


def _values(count: int) -> str:
    return f"{count} value{'' if count == 1 else 's'}"
