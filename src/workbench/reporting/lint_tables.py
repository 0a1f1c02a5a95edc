"""Tables as they stand on a page and in a file: no small count, no row that is a person."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

from workbench.reporting.lint_words import identifiers_of

PERSONAL = frozenset(
    {
        "nhs_number", "nhs_number_hash", "person_id", "pathway_id", "patient_id", "record_id",
        "local_patient_identifier", "hospital_number", "given_name", "family_name", "surname",
        "birth_date", "date_of_birth", "person_birth_date", "dob", "postcode",
        "postcode_of_residence",
    }
)  # fmt: skip
"""Columns of a table that has one row a person."""

COUNTED = frozenset({"n", "count", "counts", "people", "patients", "persons", "number of patients"})
"""Headers of columns that count people, in tables that no page made."""

SMALL = 8


@dataclass
class Grid:
    """A table read from a page."""

    caption: str = ""
    headers: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects every table of a page, and every word beside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grids: list[Grid] = []
        self.words: list[str] = []
        self.checked: list[str] = []
        self.images: list[str] = []
        self._within: list[str] = []
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of what a tag begins, and of the words in it."""
        named = dict(attrs)
        self.words += [
            named[name] or "" for name in ("alt", "title", "aria-label") if name in named
        ]
        if tag == "img":
            self.images.append(named.get("src") or "")
            return
        if tag == "table":
            self.grids.append(Grid())
        elif tag == "tr" and self._in_grid() and "tbody" in self._within:
            self.grids[-1].rows.append([])
        if tag == "table" and named.get("class") == "checks":
            self._within.append("checks")
            return
        if tag in {"table", "thead", "tbody", "caption", "style"}:
            self._within.append(tag)
        if tag in {"td", "th", "caption"}:
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        """Put a finished cell, caption or table where it belongs."""
        text = " ".join("".join(self._text).split())
        if tag == "caption" and self._in_grid():
            self.grids[-1].caption = text
        elif tag in {"td", "th"} and self._in_grid():
            grid = self.grids[-1]
            if "tbody" in self._within and grid.rows:
                grid.rows[-1].append(text)
            else:
                grid.headers.append(text)
        if self._within and self._within[-1] in {tag, "checks" if tag == "table" else tag}:
            self._within.pop()

    def _in_grid(self) -> bool:
        return bool(self.grids) and "checks" not in self._within

    def handle_data(self, data: str) -> None:
        self._text.append(data)
        if "style" not in self._within:
            (self.checked if "checks" in self._within else self.words).append(data)


@dataclass(frozen=True)
class Read:
    """What a page holds: tables, words (labels and alternative texts too), words of checks, images.

    A check may tell in how many records something was found; its table may hold no identifier.
    """

    grids: list[Grid]
    words: list[str]
    checked: list[str]
    images: list[str]


def read_page(page: str) -> Read:
    """Take a page apart."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Read(reader.grids, reader.words, reader.checked, reader.images)


def grid_faults(where: str, grid: Grid, counts: Collection[str]) -> list[str]:
    """Faults of a table.

    Parameters
    ----------
    where : str
        What to call it.
    grid : Grid
    counts : collection of str
        Headers of columns whose counts are withheld where small; of none by default but
        those that a header tells.
    """
    masked = {header.casefold() for header in counts}
    faults = []
    for place, header in enumerate(grid.headers):
        cells = [row[place] for row in grid.rows if place < len(row)]
        if header.casefold() in masked and (few := sum(map(is_small, cells))):
            faults.append(f"{where}: {few} small counts in column '{header}'")
        if header.strip().replace(" ", "_").casefold() in PERSONAL and len(cells) > 1:
            faults.append(f"{where}: column '{header}' is of one row a person")
    return faults


def is_small(text: str) -> bool:
    """Whether a cell shows a count above 0 and below 8."""
    try:
        return 0 < float(text.replace(",", "").strip()) < SMALL
    except ValueError:
        return False


def file_faults(path: Path, counts: Collection[str], *, public: bool) -> list[str]:
    """Faults of a CSV or Parquet file: small counts, columns of persons, identifiers."""
    grid = _read(path)
    faults = grid_faults(path.name, grid, counts)
    if not public:
        faults += named_faults(path.name, (cell for row in grid.rows for cell in row))
    return faults


def _read(path: Path) -> Grid:
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        rows = frame.astype(object).astype(str).to_numpy().tolist()
        return Grid(headers=[str(name) for name in frame], rows=rows)
    with path.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.reader(stream))
    return Grid(headers=lines[0], rows=lines[1:]) if lines else Grid()


def named_faults(where: str, cells: Iterable[str]) -> list[str]:
    """Kinds of identifiers among cells."""
    kinds = sorted({what for cell in set(cells) for what in identifiers_of(cell)})
    return [f"{where}: what looks like {what}" for what in kinds]


def headers_of(columns: Sequence[dict[str, object]]) -> list[str]:
    """Headers of a block's columns whose small counts are withheld."""
    return [str(column["header"]) for column in columns if column.get("masked")]
