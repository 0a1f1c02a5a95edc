"""Which source system a file comes from, and which of its columns becomes which of ours.

A layout is known by the names in a file's header. Names are compared without regard to
capitals, blanks and punctuation. The dictionary's own names are a layout too, called
``canonical``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.dictionary.layout import renamed
from workbench.dictionary.load import Dictionary
from workbench.dictionary.model import DatasetMapping, Schema, SourceMapping
from workbench.errors import InputError

CANONICAL = "canonical"
FILLED = ("source", "extract_date", "source_system")
"""Columns that intake fills itself: a sender does not say who the sender is."""

KNOWN_SHARE = 0.4
"""A header of which less is known is not taken for a layout: it may be a row of patients."""


@dataclass(frozen=True)
class Layout:
    """How one file is read.

    Attributes
    ----------
    mapping : SourceMapping
    dataset : str
    places : mapping of str to tuple of int
        Our column to the file's columns that fill it, by position from 0.
    names : mapping of str to str
        Our column to what the file calls it.
    dropped : tuple of str
        Names of the file's columns that are known and never read in.
    unknown : tuple of str
        The file's other columns, as `named_safely` shows them.
    meant : mapping of str to str
        Our columns that no column of the file fills, with the unknown one that is nearest.
    """

    mapping: SourceMapping
    dataset: str
    places: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]
    dropped: tuple[str, ...]
    unknown: tuple[str, ...]
    meant: Mapping[str, str]

    @property
    def values(self) -> Mapping[str, Mapping[str, str]]:
        """The source's cells to ours, by our column."""
        held = self.mapping.datasets.get(self.dataset)
        return held.values if held else {}

    def from_sender(self, schema: Schema) -> tuple[str, ...]:
        """Our columns that hold the code of the Trust that sent the file."""
        held = self.mapping.datasets.get(self.dataset)
        named = set(held.from_sender) if held else set()
        return tuple(n for n in schema.field_names if n == "source" or n in named)


def layout_of(
    header: Sequence[str],
    name: str,
    dictionary: Dictionary,
    mappings: Sequence[SourceMapping],
    dataset: str | None,
) -> Layout:
    """Recognise a file's layout by its header.

    Parameters
    ----------
    header : sequence of str
    name : str
        What an error calls the file.
    dictionary : Dictionary
    mappings : sequence of SourceMapping
        The layouts that it may have, `canonical_mapping` among them.
    dataset : str or None
        What its name says that it holds; None to tell that by the header too.

    Raises
    ------
    InputError
        No layout fits, or two fit equally well.
    """
    wanted = [dataset] if dataset else [*_landable(dictionary)]
    scored = sorted(
        (
            (_score(header, columns), mapping.name, one, mapping, columns)
            for mapping in mappings
            for one in wanted
            if (columns := _columns(mapping, one, dictionary)) is not None
        ),
        key=lambda candidate: candidate[:3],
        reverse=True,
    )
    best = scored[0]
    if best[0] < KNOWN_SHARE:
        raise InputError(
            f"{name}: none of the layouts in use has these {len(header)} columns.",
            [
                f"'{one[1]}' for {one[2]}: {one[0]:.0%} of the columns are known"
                for one in scored[:3]
            ],
            remedy="The first line must hold the column names. For a system that is not known "
            "yet, write a mapping (docs: bring your own) and name it with --mapping.",
        )
    ties = [one for one in scored[1:] if one[0] == best[0] and one[4] != best[4]]
    if ties:
        raise InputError(
            f"{name}: two layouts fit equally well: '{best[1]}' for {best[2]} and "
            f"'{ties[0][1]}' for {ties[0][2]}.",
            remedy="Name the layout with --mapping, or the dataset in the file's name.",
        )
    return _layout(header, best[3], best[2], best[4], dictionary)


def canonical_mapping(dictionary: Dictionary) -> SourceMapping:
    """The layout of files that have the dictionary's own names already."""
    return SourceMapping(
        name=CANONICAL,
        title="The data dictionary's own names",
        note="",
        encodings=("utf-8-sig", "cp1252"),
        delimiter=",",
        date_formats=("%Y-%m-%d", "%d/%m/%Y"),
        missing_values=("",),
        datasets={name: _own_names(dictionary.schema(name)) for name in _landable(dictionary)},
        status="confirmed",
        source="house layout",
    )


def _own_names(schema: Schema) -> DatasetMapping:
    names = {
        spelling: field.name
        for field in schema.fields
        if field.role != "free_text"
        for spelling in (field.name, *field.aliases)
    }
    free_text = tuple(field.name for field in schema.fields if field.role == "free_text")
    return DatasetMapping(columns=names, values={}, drop=free_text, from_sender=("source",))


def _landable(dictionary: Dictionary) -> Iterator[str]:
    for name in ("pathway_records", "demographics", "milestones", "proms", "capacity", "opt_outs"):
        if name in dictionary.schemas:
            yield name


def _columns(
    mapping: SourceMapping, dataset: str, dictionary: Dictionary
) -> dict[str, str | None] | None:
    """Plain names of a layout's columns to ours; None for what is dropped."""
    held = mapping.datasets.get(dataset)
    if held is None:
        return None
    schema = dictionary.schema(dataset)
    free = set(schema.named_by_role("free_text"))
    taken = {plain(theirs): None if ours in free else ours for theirs, ours in held.columns.items()}
    return {**taken, **{plain(theirs): None for theirs in held.drop}}


def _score(header: Sequence[str], columns: Mapping[str, str | None]) -> float:
    """Share of the header that is known; a layout of fewer unused columns wins a tie."""
    known = sum(1 for name in header if plain(name) in columns)
    return round(known / len(header) + 1e-3 * known / max(1, len(columns)), 6)


def _layout(
    header: Sequence[str],
    mapping: SourceMapping,
    dataset: str,
    columns: Mapping[str, str | None],
    dictionary: Dictionary,
) -> Layout:
    places: dict[str, list[int]] = {}
    dropped, unknown = [], []
    for place, theirs in enumerate(header):
        ours = columns.get(plain(theirs), "")
        if ours:
            places.setdefault(ours, []).append(place)
        elif ours is None:
            dropped.append(theirs)
        else:
            unknown.append(place)
    words = _vocabulary(dictionary, mapping) if unknown else frozenset()
    shown = {place: named_safely(header[place], place, words) for place in unknown}
    schema = dictionary.schema(dataset)
    near = renamed([*places, *(header[place] for place in unknown)], schema)
    safe = {header[place]: shown[place] for place in unknown}
    return Layout(
        mapping=mapping,
        dataset=dataset,
        places={ours: tuple(held) for ours, held in places.items()},
        names={ours: " / ".join(header[one] for one in held) for ours, held in places.items()},
        dropped=tuple(dropped),
        unknown=tuple(shown.values()),
        meant={ours: safe[theirs] for ours, theirs in near.items() if theirs in safe},
    )


def named_safely(name: str, place: int, words: frozenset[str]) -> str:
    """A column that no layout knows, for a message: its name only if that is surely no data.

    In a damaged file a patient's details may stand where a name should; a name of which
    no word is in any layout is told by its position alone.
    """
    said = plain(name).split("_")
    shown = len(name) <= 80 and any(word in words for word in said if len(word) > 2)
    return f"column {place + 1} ('{name}')" if shown else f"column {place + 1}"


def _vocabulary(dictionary: Dictionary, mapping: SourceMapping) -> frozenset[str]:
    names: list[str] = []
    for one in (mapping, *dictionary.mappings.values()):
        for held in one.datasets.values():
            names += [*held.columns, *held.columns.values(), *held.drop]
    return frozenset(word for name in names for word in plain(name).split("_") if word.isalpha())


def plain(name: str) -> str:
    """A column's name without capitals, blanks and punctuation."""
    return "_".join(re.findall(r"[^\W_]+", name.casefold()))
