"""The words of a model card, as the data dictionary holds them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.breach.card_formats import FORMATS
from workbench.dictionary.reader import read_yaml
from workbench.errors import ParameterError
from workbench.shipped import shipped

FILE = "model_card.yaml"
CHECKLISTS = ("tripod", "probast", "atrs")
_PLACE = re.compile(r"\{(\w+)\}")
_ASKED = re.compile(r"\[(\w+(?:, \w+)*)\] ")


@dataclass(frozen=True, eq=False)
class Texts:
    """The words of a card; made by `load_texts`.

    Attributes
    ----------
    title : list of str
        The first whose figures are all there is used, as everywhere.
    figures, columns, tables : mapping of str to mapping
        Which cells figures are, and how columns and tables are shown.
    sections : list of mapping
    items : mapping of str to list of mapping
        By checklist.
    """

    title: list[str]
    figures: Mapping[str, Any]
    columns: Mapping[str, Any]
    tables: Mapping[str, Any]
    sections: list[dict[str, Any]]
    items: Mapping[str, list[dict[str, Any]]]


def load_texts(dictionary: Path | None = None) -> Texts:
    """Read the words of a model card.

    Parameters
    ----------
    dictionary : Path, optional
        Folder of a workspace's own data dictionary; the shipped one otherwise, and where the
        workspace's has no such file.

    Raises
    ------
    ParameterError
        A text names a figure, column or format that is not there, or has no form that needs
        none; all are listed.
    """
    own = (dictionary or shipped("data_dictionary")) / FILE
    path = own if own.is_file() else shipped("data_dictionary") / FILE
    faults: list[str] = []
    held = read_yaml(path, faults)
    names = ("title", "figures", "columns", "tables", "sections", *CHECKLISTS)
    faults += [f"'{name}' is missing" for name in names if not held.get(name)]
    if not faults:
        faults += _faults(held)
    if faults:
        raise ParameterError(f"{path} cannot be used.", faults, remedy="Mend the file.")
    items = {name: list(held[name]) for name in CHECKLISTS}
    return Texts(
        held["title"], held["figures"], held["columns"], held["tables"], held["sections"], items
    )


def asked_for(says: str) -> tuple[list[str], str]:
    """Figures that a text asks for without showing them, in brackets before it; and the text.

    Parameters
    ----------
    says : str
        ``[standard] For pathways.`` is said only where a standard is known.
    """
    found = _ASKED.match(says)
    return (found.group(1).split(", "), says[found.end() :]) if found else ([], says)


def _faults(held: Mapping[str, Any]) -> Iterator[str]:
    for name, one in (*held["figures"].items(), *held["columns"].items()):
        if one.get("format") not in FORMATS or not one.get("columns"):
            yield f"'{name}' needs columns and a format of {', '.join(FORMATS)}"
    for name, one in held["tables"].items():
        unknown = [column for column in one["columns"] if column not in held["columns"]]
        yield from (f"table '{name}': column '{column}' is not described" for column in unknown)
    for where, says in _all_says(held):
        for text in says:
            asked, words = asked_for(text)
            named = [*asked, *_PLACE.findall(words)]
            unknown = [one for one in named if one not in held["figures"]]
            yield from (f"{where}: figure '{one}' is not described" for one in unknown)
        if not says or _PLACE.search(says[-1]) or _ASKED.match(says[-1]):
            yield f"{where}: the last text must need no figure"


def _all_says(held: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    yield "title", held["title"]
    for section in held["sections"]:
        for place, paragraph in enumerate(section["paragraphs"], start=1):
            yield f"section '{section['id']}', paragraph {place}", paragraph.get("says", [])
    for name in CHECKLISTS:
        for item in held[name]:
            if "says" in item or "who" not in item:
                yield f"{name} {item.get('number')}", item.get("says", [])
