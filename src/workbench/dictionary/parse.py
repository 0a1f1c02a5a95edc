"""From the dictionary's YAML to its records, one function a kind of file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.dictionary import model
from workbench.dictionary.reader import Entry

STANDARDS = ("FDS", "31D", "62D")
KINDS = ("constitutional", "interim")


def schema(entry: Entry, resource: Mapping[str, str]) -> model.Schema:
    """Read one dataset's schema; its grain and sensitivity come from the data package."""
    read = model.Schema(
        name=entry.take("name", str),
        title=entry.take("title", str),
        description=entry.take("description", str),
        grain=resource["grain"],
        sensitivity=resource["sensitivity"],
        fields=tuple(_field(child) for child in entry.children("fields", "name")),
        primary_key=entry.texts("primaryKey"),
        rules=tuple(_rule(child) for child in entry.children("rules", "id")),
    )
    entry.finish()
    return read


def _field(entry: Entry) -> model.Field:
    kind = entry.choice("type", model.FIELD_TYPES)
    read = model.Field(
        name=entry.take("name", str),
        title=entry.take("title", str),
        description=entry.take("description", str, ""),
        type=kind,
        format=entry.take("format", str, "default"),
        constraints=_constraints(entry.under("constraints", "constraints"), kind),
        item=entry.take("nhs:item", str, None),
        item_format=entry.take("nhs:format", str, None),
        aliases=entry.texts("aliases"),
        codes=entry.take("codes", str, None),
        synonyms=entry.words("synonyms"),
        default_codes=entry.texts("default_codes"),
        default_threshold=entry.take("default_threshold", float, 1.0),
        check=entry.choice("check", ("modulus_11",), None),
        role=entry.choice("role", model.ROLES),
        dimension=entry.choice("dimension", model.DIMENSIONS, None),
        severity=entry.choice("severity", model.SEVERITIES, "flag"),
        retired_on_date_of=entry.take("retired_on_date_of", str, None),
        resolves_in=entry.take("resolves_in", str, None),
        status=entry.choice("status", model.STATUSES, "confirmed"),
        source=entry.take("source", str, ""),
    )
    entry.finish()
    return read


def _constraints(entry: Entry, kind: str) -> model.Constraints:
    bound: type = {"date": date, "integer": int}.get(kind, float)
    read = model.Constraints(
        required=entry.take("required", bool, False),
        pattern=entry.take("pattern", str, None),
        minimum=entry.take("minimum", bound, None),
        maximum=entry.take("maximum", bound, None),
        min_length=entry.take("minLength", int, None),
        max_length=entry.take("maxLength", int, None),
    )
    entry.finish()
    return read


def _rule(entry: Entry) -> model.Rule:
    read = model.Rule(
        id=entry.take("id", str),
        title=entry.take("title", str),
        dimension=entry.choice("dimension", model.DIMENSIONS),
        severity=entry.choice("severity", model.SEVERITIES),
        columns=entry.texts("columns"),
        fault_when=entry.take("fault_when", str),
        source=entry.take("source", str),
        status=entry.choice("status", model.STATUSES, "confirmed"),
    )
    entry.finish()
    return read


def code_list(entry: Entry) -> model.CodeList:
    """Read one list of codes; a code inherits the list's status unless it has its own."""
    status = entry.choice("status", model.STATUSES)
    read = model.CodeList(
        name=entry.take("name", str),
        title=entry.take("title", str),
        source=entry.take("source", str),
        status=status,
        codes=tuple(_code(child, status) for child in entry.children("codes", "code")),
    )
    entry.finish()
    return read


def _code(entry: Entry, status: str) -> model.Code:
    read = model.Code(
        code=entry.take("code", str),
        label=entry.take("label", str),
        valid_from=entry.take("valid_from", date, None),
        valid_to=entry.take("valid_to", date, None),
        group=entry.take("group", str, None),
        status=entry.choice("status", model.STATUSES, status),
    )
    entry.finish()
    return read


def target(entry: Entry) -> model.Target:
    """Read one target."""
    read = model.Target(
        standard=entry.choice("standard", STANDARDS),
        kind=entry.choice("kind", KINDS),
        value=entry.take("value", float),
        valid_from=entry.take("valid_from", date),
        valid_to=entry.take("valid_to", date, None),
        label=entry.take("label", str),
        source=entry.take("source", str),
        status=entry.choice("status", model.STATUSES),
    )
    entry.finish()
    return read


def milestone(entry: Entry) -> model.Milestone:
    """Read one milestone of a timed pathway."""
    read = model.Milestone(
        pathway=entry.take("pathway", str),
        code=entry.take("code", str),
        label=entry.take("label", str),
        from_event=entry.take("from_event", str),
        due_within_days=entry.take("due_within_days", int),
        source=entry.take("source", str),
        status=entry.choice("status", model.STATUSES),
    )
    entry.finish()
    return read


def profile(entry: Entry) -> model.Profile:
    """Read one disclosure profile."""
    read = model.Profile(
        name=entry.take("name", str),
        title=entry.take("title", str),
        withhold_above=entry.take("withhold_above", float, None),
        withhold_below=entry.take("withhold_below", float, None),
        round_to=entry.take("round_to", float, None),
        noise=entry.take("noise", float, None),
        ties=entry.choice("ties", ("up",), "up"),
        zero=entry.choice("zero", ("shown", "withheld"), "shown"),
        complementary=entry.take("complementary", bool),
        method=entry.choice("method", ("round", "suppress", "cellkey", "none")),
        stamp=entry.take("stamp", str, ""),
        available=entry.take("available", bool, True),
        source=entry.take("source", str),
        status=entry.choice("status", model.STATUSES),
    )
    entry.finish()
    return read


def source_mapping(entry: Entry) -> model.SourceMapping:
    """Read one source system's layout."""
    datasets = entry.under("datasets", "datasets")
    read = model.SourceMapping(
        name=entry.take("name", str),
        title=entry.take("title", str),
        note=entry.take("note", str),
        encodings=entry.texts("encodings"),
        delimiter=entry.take("delimiter", str, ","),
        date_formats=entry.texts("date_formats"),
        missing_values=entry.texts("missing_values"),
        datasets={name: _dataset_mapping(datasets.under(name, name)) for name in datasets.names()},
        status=entry.choice("status", model.STATUSES),
        source=entry.take("source", str),
    )
    entry.finish()
    return read


def _dataset_mapping(entry: Entry) -> model.DatasetMapping:
    values = entry.under("values", "values")
    read = model.DatasetMapping(
        columns=entry.words("columns"),
        values={column: values.words(column) for column in values.names()},
        drop=entry.texts("drop"),
        from_sender=entry.texts("from_sender"),
    )
    entry.finish()
    return read


def lookup(entry: Entry) -> model.Lookup:
    """Read the description of one lookup table."""
    read = model.Lookup(
        name=entry.take("name", str),
        title=entry.take("title", str),
        file=entry.take("file", str),
        source=entry.take("source", str),
        status=entry.choice("status", model.STATUSES),
        note=entry.take("note", str, ""),
    )
    entry.finish()
    return read


def source(entry: Entry) -> model.Source:
    """Read one source of facts."""
    read = model.Source(
        key=entry.take("key", str),
        title=entry.take("title", str),
        licence=entry.take("licence", str),
    )
    entry.finish()
    return read


def resource(entry: Entry) -> dict[str, Any]:
    """Read one dataset's line in the data package."""
    read = {
        "name": entry.take("name", str),
        "schema": entry.take("schema", str),
        "grain": entry.take("grain", str),
        "sensitivity": entry.choice("sensitivity", model.SENSITIVITIES),
        "description": entry.take("description", str),
    }
    entry.finish()
    return read
