"""What a file's name says of an extract: dataset, day, full or increment, period.

======================================================== ===========================
``pathways_2025-04-10.csv``                              increment of that day
``pathways_full_2025-04-10.csv``                         all that the Trust has
``pathways_full_2025-01-01_to_2025-03-31_2025-04-10.csv`` all of a period, extracted later
``pathways_full_2025-03_2025-04-10.csv``                 all of a month, extracted later
``pathways_2025-03.csv``                                 of a month, extracted on its last day
======================================================== ===========================

Days are ``CCYY-MM-DD`` or ``CCYYMMDD``. A name without a day is the oldest there is.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from workbench.errors import InputError
from workbench.intake.settings import Settings

UNDATED = dt.date(1, 1, 1)
"""Day of an extract that says none: every dated extract is later."""

_DATE = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})(?:-([0-9]{2})(?:-([0-9]{2}))?|([0-9]{2})([0-9]{2}))"
    r"(?![0-9]|-[0-9])"
)


@dataclass(frozen=True)
class Extract:
    """Which extract a file is, or is a part of.

    Attributes
    ----------
    day : date
        Day of the extract; `UNDATED` if it is not said.
    full : bool
        Whether it is whole for its period, so that older rows of it are replaced.
    start, end : date or None
        Its period, both days included; None if not said, and for a full one: everything.
    """

    day: dt.date = UNDATED
    full: bool = False
    start: dt.date | None = None
    end: dt.date | None = None

    @property
    def dated(self) -> bool:
        """Whether a day is said."""
        return self.day != UNDATED

    def facts(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "extract_date": self.day.isoformat() if self.dated else None,
            "extent": "full" if self.full else "increment",
            "period_start": self.start.isoformat() if self.start else None,
            "period_end": self.end.isoformat() if self.end else None,
        }


def extract_of(facts: dict[str, Any]) -> Extract:
    """Give back what `Extract.facts` wrote."""

    def day(key: str) -> dt.date | None:
        return dt.date.fromisoformat(facts[key]) if facts[key] else None

    full = facts["extent"] == "full"
    return Extract(day("extract_date") or UNDATED, full, day("period_start"), day("period_end"))


def dataset_named(stem: str, settings: Settings) -> str | None:
    """Dataset that a file's name says, or None: the longest of the known words wins."""
    plain = "_" + _plain(stem) + "_"
    said = [
        (len(word), dataset)
        for dataset, words in settings.file_names.items()
        for word in words
        if f"_{_plain(word)}_" in plain
    ]
    return max(said)[1] if said else None


def extract_named(stem: str, settings: Settings, file: str) -> Extract:
    """Which extract a file's name says that it is.

    Parameters
    ----------
    stem : str
        The name without its endings.
    settings : Settings
    file : str
        What an error calls the file.

    Raises
    ------
    InputError
        The name has a day that does not exist, or more days than can be told apart.
    """
    spans = [_span(match, file) for match in _DATE.finditer(stem)]
    words = set(_plain(_DATE.sub("_", stem)).split("_"))
    full = any(word in words for word in settings.extents["full"])
    days = [start for start, end in spans if start == end]
    months = [span for span in spans if span[0] != span[1]]
    match len(months), len(days):
        case 0, 0:
            extract = Extract(full=full)
        case 0, 1:
            extract = Extract(days[0], full)
        case 0, 2:
            extract = Extract(days[1], full, days[0], days[1])
        case 0, 3:
            extract = Extract(days[2], full, days[0], days[1])
        case 1 | 2, 0 | 1:
            start, end = months[0][0], months[-1][1]
            extract = Extract(days[0] if days else end, full, start, end)
        case _:
            raise InputError(f"{file}: its name has more dates than can be told apart.", (), _NAME)
    if extract.start and extract.end and extract.start > extract.end:
        raise InputError(f"{file}: the period in its name ends before it starts.", (), _NAME)
    return extract


_NAME = (
    "Name it like pathways_2025-04-10.csv, or with its period like "
    "pathways_full_2025-01-01_to_2025-03-31_2025-04-10.csv."
)


def _span(match: re.Match[str], file: str) -> tuple[dt.date, dt.date]:
    year, month, day, short_month, short_day = match.groups()
    try:
        if day or short_day:
            one = dt.date(int(year), int(month or short_month), int(day or short_day))
            return one, one
        last = calendar.monthrange(int(year), int(month))[1]
        return dt.date(int(year), int(month), 1), dt.date(int(year), int(month), last)
    except ValueError:
        raise InputError(f"{file}: its name has a date that does not exist.", (), _NAME) from None


def _plain(text: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", text.casefold()))
