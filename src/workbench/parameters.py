"""The types that a notebook's parameters cell may name.

>>> from workbench.parameters import Between, Date, File, Folder, Month

A parameters cell is tagged ``parameters`` and holds lines such as::

    as_at: Date = "2025-03-31"  # the date that the data are seen from
    weeks: Annotated[int, Between(1, 52)] = 12  # how far ahead to look
    workbooks: Folder = ""  # NHS England's workbooks; blank: a synthetic set

It runs by hand as it stands; a run reads it without starting a kernel. This
module imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

__all__ = ["Annotated", "Between", "Date", "File", "Folder", "Literal", "Month"]

Date = str
"""A day, written ``YYYY-MM-DD``; `page.parameters` holds it as a `datetime.date`."""

Month = str
"""A calendar month, written ``YYYY-MM``; stays text."""

Folder = str
"""An existing folder; a relative path starts at the workspace; held as a `pathlib.Path`."""

File = str
"""An existing file; as `Folder`."""


@dataclass(frozen=True)
class Between:
    """Smallest and largest value allowed, both included.

    Attributes
    ----------
    low, high : int or float
        The bounds.
    """

    low: float
    high: float
