"""What a chart says about the figures that it does not show."""

from __future__ import annotations

from dataclasses import replace

from workbench.charts.canvas import Words
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


def _values(count: int) -> str:
    return f"{count} value{'' if count == 1 else 's'}"
