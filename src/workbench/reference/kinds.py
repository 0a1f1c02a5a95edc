"""Kinds of official files and their layouts, as the data dictionary's ``references.yaml`` says."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError, UsageError
from workbench.shipped import shipped

FILE = "references.yaml"
ASKED = "asked"
LATEST_OF = "latest of "

_TYPES = ("string", "integer", "number", "date")
_STATUSES = ("confirmed", "unconfirmed")


@dataclass(frozen=True)
class Column:
    """A column of ours and what its cells must be; bounds are inclusive."""

    name: str
    type: str
    pattern: str | None
    minimum: float | None
    maximum: float | None
    required: bool


@dataclass(frozen=True)
class Spread:
    """Columns that hold one figure each, to be turned into rows.

    Attributes
    ----------
    headings : str
        Regular expression of the whole heading.
    into : str
        Our column that takes the heading.
    value : str
        Our column that takes the figure.
    """

    headings: str
    into: str
    value: str


@dataclass(frozen=True)
class Layout:
    """One way in which a kind of file is published; ``references.yaml`` describes each key."""

    name: str
    vintage: str
    boundaries: str
    constants: Mapping[str, str]
    english: Mapping[str, int]
    headings: Mapping[str, tuple[str, ...]]
    positions: Mapping[str, int]
    width: int
    spread: Spread | None
    source: str
    licence: str
    status: str


@dataclass(frozen=True)
class Kind:
    """A kind of official file.

    Attributes
    ----------
    name, title, purpose : str
        What to ask for it by, what it is, what it is for.
    key : tuple of str
        Columns in which no two rows are alike.
    columns : tuple of Column
    layouts : tuple of Layout
    """

    name: str
    title: str
    purpose: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    layouts: tuple[Layout, ...]


def load_kinds(dictionary: Path) -> dict[str, Kind]:
    """Read ``references.yaml`` of a data dictionary, or the shipped one where it has none.

    Returns
    -------
    dict of str to Kind
        By name, in the file's order.

    Raises
    ------
    ParameterError
        A key is unknown or absent, or a value of the wrong kind; all are listed.
    """
    own = dictionary / FILE
    path = own if own.is_file() else shipped("data_dictionary") / FILE
    faults: list[str] = []
    entry = Entry(read_yaml(path, faults), FILE, faults)
    kinds = [_kind(child) for child in entry.children("references", "kind")]
    entry.finish()
    if faults:
        raise ParameterError(f"{path} cannot be used.", faults, remedy="Mend the file.")
    return {kind.name: kind for kind in kinds}


def kind_named(kinds: Mapping[str, Kind], name: str) -> Kind:
    """Give one kind; `UsageError` names the nearest if there is none."""
    if name in kinds:
        return kinds[name]
    near = difflib.get_close_matches(name, kinds, n=1)
    raise UsageError(
        f"'{name}' is not a kind of reference data.",
        [f"{kind.name}: {kind.title}" for kind in kinds.values()],
        remedy=f"Did you mean --as {near[0]}?" if near else "Use one of these with --as.",
    )


def _kind(entry: Entry) -> Kind:
    kind = Kind(
        name=entry.take("kind", str),
        title=entry.take("title", str),
        purpose=entry.take("purpose", str),
        key=entry.texts("key"),
        columns=tuple(_column(child) for child in entry.children("columns", "name")),
        layouts=tuple(_layout(child) for child in entry.children("layouts", "name")),
    )
    entry.finish()
    names = {column.name for column in kind.columns}
    for layout in kind.layouts:
        given = {*layout.headings, *layout.positions}
        if layout.spread is not None:
            given |= {layout.spread.into, layout.spread.value}
        needed = {column.name for column in kind.columns if column.required}
        for name in sorted(given - names):
            entry.fault(f"layout '{layout.name}' fills '{name}', which is no column")
        for name in sorted(needed - given):
            entry.fault(f"layout '{layout.name}' does not fill '{name}'")
    return kind


def _column(entry: Entry) -> Column:
    column = Column(
        name=entry.take("name", str),
        type=entry.choice("type", _TYPES),
        pattern=entry.take("pattern", str, None),
        minimum=entry.take("minimum", float, None),
        maximum=entry.take("maximum", float, None),
        required=entry.take("required", bool, False),
    )
    entry.finish()
    return column


def _layout(entry: Entry) -> Layout:
    headings, positions = entry.under("headings", "headings"), entry.under("positions", "positions")
    english = entry.under("english", "english")
    layout = Layout(
        name=entry.take("name", str),
        vintage=entry.take("vintage", str),
        boundaries=entry.take("boundaries", str, ""),
        constants=entry.words("constants"),
        english={name: english.take(name, int) for name in english.names()},
        headings={name: headings.texts(name) for name in headings.names()},
        positions={name: positions.take(name, int) for name in positions.names()},
        width=entry.take("width", int, 0),
        spread=_spread(entry) if "spread" in entry.names() else None,
        source=entry.take("source", str),
        licence=entry.take("licence", str),
        status=entry.choice("status", _STATUSES),
    )
    entry.finish()
    return layout


def _spread(entry: Entry) -> Spread:
    held = entry.under("spread", "spread")
    spread = Spread(held.take("headings", str), held.take("into", str), held.take("value", str))
    held.finish()
    return spread
