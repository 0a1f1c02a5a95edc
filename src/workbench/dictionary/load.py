"""Loads the data dictionary: YAML and CSV files in, one frozen `Dictionary` out.

>>> import workbench as wb
>>> wb.dictionary.load().schema("pathway_records").primary_key[0]
'patient_pathway_identifier'
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from workbench.dictionary import consistency, model, parse
from workbench.dictionary.reader import Entry, read_yaml
from workbench.errors import ParameterError
from workbench.shipped import shipped

if TYPE_CHECKING:
    import pandas as pd

Record = TypeVar(
    "Record",
    model.Source,
    model.Schema,
    model.CodeList,
    model.Lookup,
    model.Profile,
    model.SourceMapping,
)

PACKAGE = "datapackage.yaml"


@dataclass(frozen=True)
class Dictionary:
    """The data dictionary: every dataset, code list, target and layout that the workbench knows.

    Attributes
    ----------
    path : Path
        Its folder.
    version, dataset_version, rules_version : str
        Of the dictionary itself, of the national dataset and of the national guidance.
    schemas, code_lists, profiles, mappings, lookups : mapping
        By name, in the dictionary's order.
    targets : tuple of Target
    milestones : tuple of Milestone
    sources : mapping
        By key.
    """

    path: Path
    name: str
    title: str
    description: str
    version: str
    dataset_version: str
    rules_version: str
    sources: Mapping[str, model.Source] = field(hash=False)
    schemas: Mapping[str, model.Schema] = field(hash=False)
    code_lists: Mapping[str, model.CodeList] = field(hash=False)
    lookups: Mapping[str, model.Lookup] = field(hash=False)
    targets: tuple[model.Target, ...]
    milestones: tuple[model.Milestone, ...]
    profiles: Mapping[str, model.Profile] = field(hash=False)
    mappings: Mapping[str, model.SourceMapping] = field(hash=False)

    def schema(self, name: str) -> model.Schema:
        """Give one dataset's schema; `ParameterError` names the nearest if there is none."""
        return _named(self.schemas, name, "dataset")

    def code_list(self, name: str) -> model.CodeList:
        """Give one code list; `ParameterError` names the nearest if there is none."""
        return _named(self.code_lists, name, "code list")

    def profile(self, name: str) -> model.Profile:
        """Give one disclosure profile; `ParameterError` names the nearest if there is none."""
        return _named(self.profiles, name, "disclosure profile")

    def mapping(self, name: str) -> model.SourceMapping:
        """Give one source system's layout; `ParameterError` names the nearest if there is none."""
        return _named(self.mappings, name, "source mapping")

    def lookup(self, name: str) -> pd.DataFrame:
        """Read one lookup table: every cell text, blanks missing; a new frame each time."""
        import pandas as pd

        file = _named(self.lookups, name, "lookup").file
        return pd.read_csv(self.path / file, dtype="string", keep_default_na=False, na_values=[""])

    def targets_on(
        self, day: date, standard: str | None = None, kind: str | None = None
    ) -> tuple[model.Target, ...]:
        """Targets in force on a day, for one standard or kind or for all.

        Parameters
        ----------
        day : date
            Both ends of a target's validity are inclusive.
        standard : {"FDS", "31D", "62D"}, optional
        kind : {"constitutional", "interim"}, optional
        """
        return tuple(
            target
            for target in self.targets
            if target.valid_from <= day
            and (target.valid_to is None or day <= target.valid_to)
            and standard in (None, target.standard)
            and kind in (None, target.kind)
        )


def load(path: Path | str | None = None) -> Dictionary:
    """Load a data dictionary and hold its parts against each other.

    Read again only when one of its files has changed.

    Parameters
    ----------
    path : path, optional
        Folder with ``datapackage.yaml``; the one that comes with the package by default.

    Raises
    ------
    ParameterError
        A file is absent or unreadable, a key is unknown, a value is of the wrong kind,
        a name is used twice, or a name points at nothing; all faults are listed.
    """
    folder = Path(path).resolve() if path is not None else shipped("data_dictionary")
    if not folder.is_dir():
        raise ParameterError(
            f"There is no data dictionary in {folder}.",
            remedy="Check 'dictionary' in workbench.toml, or leave it out to use the shipped one.",
        )
    return _load(folder, _state(folder))


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Size and time of each file, so that an edited dictionary is read anew."""
    files = sorted(p for p in folder.rglob("*") if p.suffix in {".yaml", ".csv"})
    return tuple((str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in files)


@lru_cache(maxsize=4)
def _load(folder: Path, state: object) -> Dictionary:  # noqa: ARG001 - state is the cache's key
    faults: list[str] = []
    package = Entry(read_yaml(folder / PACKAGE, faults), PACKAGE, faults)
    parts = _Parts(folder, package, faults)
    loaded = Dictionary(
        path=folder,
        name=package.take("name", str),
        title=package.take("title", str),
        description=package.take("description", str),
        version=package.take("version", str),
        dataset_version=package.take("dataset_version", str),
        rules_version=package.take("rules_version", str),
        sources=parts.by_name(parse.source(e) for e in package.children("sources", "key")),
        schemas=parts.by_name(parts.schemas()),
        code_lists=parts.by_name(parse.code_list(e) for e in parts.files("code_lists")),
        lookups=parts.by_name(parse.lookup(e) for e in package.children("lookups", "name")),
        targets=tuple(parse.target(e) for e in parts.listed("targets", "label")),
        milestones=tuple(parse.milestone(e) for e in parts.listed("milestones", "label")),
        profiles=parts.by_name(parse.profile(e) for e in parts.listed("profiles", "name")),
        mappings=parts.by_name(parse.source_mapping(e) for e in parts.files("mappings")),
    )
    package.finish()
    faults += consistency.faults_of(loaded)
    if faults:
        raise ParameterError(
            f"The data dictionary in {folder.name} has {len(faults)} fault(s).",
            faults,
            remedy="Mend the files named; data_dictionary/README.md describes each key.",
        )
    return replace(loaded, schemas=_with_parents(loaded))


def _with_parents(dictionary: Dictionary) -> dict[str, model.Schema]:
    """Give each field of sites the providers that its cells may begin with."""

    def filled(field: model.Field) -> model.Field:
        if field.resolves_in is None:
            return field
        file = dictionary.path / dictionary.lookups[field.resolves_in].file
        return replace(field, parents=_openings(file))

    return {
        name: replace(schema, fields=tuple(map(filled, schema.fields)))
        for name, schema in dictionary.schemas.items()
    }


def _openings(file: Path) -> tuple[str, ...]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows, None)
        return tuple(sorted({row[0][: model.PROVIDER_LENGTH] for row in rows if row}))


class _Parts:
    """Opens the files that the data package names, and keeps what is wrong with them."""

    def __init__(self, folder: Path, package: Entry, faults: list[str]) -> None:
        self._folder = folder
        self._package = package
        self._faults = faults

    def open(self, name: str) -> Entry:
        """One file as an entry."""
        return Entry(read_yaml(self._folder / name, self._faults), name, self._faults)

    def files(self, key: str) -> Iterator[Entry]:
        """Each file of a list of files."""
        return map(self.open, self._package.texts(key))

    def listed(self, key: str, label: str) -> list[Entry]:
        """What the one file that `key` names holds in a list under that same key."""
        entry = self.open(self._package.take(key, str))
        children = entry.children(key, label)
        entry.finish()
        return children

    def schemas(self) -> Iterator[model.Schema]:
        """Each dataset's schema."""
        for child in self._package.children("resources", "name"):
            resource = parse.resource(child)
            schema = parse.schema(self.open(resource["schema"]), resource)
            if schema.name != resource["name"]:
                child.fault(f"its schema is named '{schema.name}'")
            yield schema

    def by_name(self, items: Iterable[Record]) -> dict[str, Record]:
        """Records by their name; a name used twice is a fault."""
        held: dict[str, Record] = {}
        for item in items:
            name: str = item.key if isinstance(item, model.Source) else item.name
            if name in held:
                self._faults.append(f"the {type(item).__name__} name '{name}' is used twice")
            held[name] = item
        return held


def _named(held: Mapping[str, Record], name: str, what: str) -> Record:
    if name in held:
        return held[name]
    import difflib

    near = difflib.get_close_matches(name, held, n=1)
    raise ParameterError(
        f"There is no {what} '{name}' in the data dictionary.",
        remedy=f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(held)}.",
    )
