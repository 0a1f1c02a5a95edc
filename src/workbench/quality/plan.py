"""What is looked at: items, standards and dates, as ``quality.yaml`` of the dictionary says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workbench.dictionary.expression import Node, parse
from workbench.dictionary.load import Dictionary
from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError
from workbench.shipped import shipped

FILE = "quality.yaml"
RECORDS, DEMOGRAPHICS = "pathway_records", "demographics"

DERIVED = {
    "nhs_number_pseudonym": "string",
    "nhs_number_usable": "boolean",
    "age_at_referral": "integer",
    "age_band_at_referral": "string",
}
"""Columns that the store has beside those of the dictionary, with their types."""


@dataclass(frozen=True)
class Item:
    """Something that a record should hold where it applies.

    Attributes
    ----------
    name : str
        In plain words.
    column, dataset : str
    applies, valid : Node or None
        Conditions; None holds for every record.
    defaults : tuple of str
        Codes that stand for "not known".
    threshold : float
        Share of the records up to which they are no fault.
    """

    name: str
    column: str
    dataset: str
    applies: Node | None
    valid: Node | None
    defaults: tuple[str, ...]
    threshold: float


@dataclass(frozen=True)
class Need:
    """What a standard asks for, and when it is missing."""

    name: str
    missing: Node


@dataclass(frozen=True)
class Standard:
    """When a wait belongs under a standard, and what it needs to be measured."""

    standard: str
    title: str
    belongs: Node
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Plan:
    """All that is looked at.

    Attributes
    ----------
    items : tuple of Item
    standards : tuple of Standard
    dates : mapping of str to str
        Name of a day to its column.
    """

    items: tuple[Item, ...]
    standards: tuple[Standard, ...]
    dates: Mapping[str, str]

    def title(self, standard: str) -> str:
        """What a reader calls a standard."""
        return next(one.title for one in self.standards if one.standard == standard)


def load_plan(dictionary: Dictionary) -> Plan:
    """Read ``quality.yaml`` of a dictionary, or the shipped one where it has none.

    Raises
    ------
    ParameterError
        A key is unknown or absent, or a condition is not of the dictionary's language.
    """
    own = dictionary.path / FILE
    path = own if own.is_file() else shipped("data_dictionary") / FILE
    faults: list[str] = []
    entry = Entry(read_yaml(path, faults), FILE, faults)
    types = dict(_types(dictionary))
    plan = Plan(
        items=tuple(_item(e, dictionary, types) for e in entry.children("items", "name")),
        standards=tuple(_standard(e, types) for e in entry.children("standards", "standard")),
        dates=dict(_date(e) for e in entry.children("dates", "name")),
    )
    entry.finish()
    if faults:
        raise ParameterError(f"{path} cannot be used.", faults, remedy="Mend the file.")
    return plan


def _types(dictionary: Dictionary) -> Iterator[tuple[str, str]]:
    for dataset in (DEMOGRAPHICS, RECORDS):
        yield from ((field.name, field.type) for field in dictionary.schema(dataset).fields)
    yield from DERIVED.items()


def _item(entry: Entry, dictionary: Dictionary, types: Mapping[str, str]) -> Item:
    column = entry.take("column", str)
    dataset = entry.choice("dataset", (RECORDS, DEMOGRAPHICS), RECORDS)
    fields = {field.name: field for field in dictionary.schema(dataset).fields}
    field = fields.get(column)
    if field is None and column not in DERIVED:
        entry.fault(f"'{column}' is no column of {dataset}")
    item = Item(
        name=entry.take("name", str),
        column=column,
        dataset=dataset,
        applies=_condition(entry, "applies_when", types),
        valid=_condition(entry, "valid_when", types),
        defaults=field.default_codes if field else (),
        threshold=field.default_threshold if field else 1.0,
    )
    entry.finish()
    return item


def _standard(entry: Entry, types: Mapping[str, str]) -> Standard:
    standard = Standard(
        standard=entry.take("standard", str),
        title=entry.take("title", str),
        belongs=_needed(entry, "belongs_when", types),
        needs=tuple(_need(child, types) for child in entry.children("needs", "name")),
    )
    entry.finish()
    return standard


def _need(entry: Entry, types: Mapping[str, str]) -> Need:
    need = Need(entry.take("name", str), _needed(entry, "missing_when", types))
    entry.finish()
    return need


def _date(entry: Entry) -> tuple[str, str]:
    pair = entry.take("name", str), entry.take("column", str)
    entry.finish()
    return pair


def _needed(entry: Entry, key: str, types: Mapping[str, str]) -> Node:
    entry.take(key, str)
    found = _condition(entry, key, types)
    return found if found is not None else parse("1 == 2", types, entry.where)


def _condition(entry: Entry, key: str, types: Mapping[str, str]) -> Node | None:
    text = entry.take(key, str, None)
    if text is None:
        return None
    try:
        return parse(text, types, f"{entry.where} {key}")
    except ParameterError as error:
        entry.fault(f"{key}: {error.message}")
        return None
