"""Holds the parts of a data dictionary against each other, so that no name points at nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workbench.dictionary import expression, model
from workbench.dictionary.reader import repeated
from workbench.errors import ParameterError

if TYPE_CHECKING:
    from workbench.dictionary.load import Dictionary

MEMORY = "memory"
"""Key of the source that no document backs; all that cites it must be marked unconfirmed."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def faults_of(dictionary: Dictionary) -> list[str]:
    """Give everything that does not hold together in a dictionary, in its own order.

    Parameters
    ----------
    dictionary : Dictionary
        As parsed; its parts are of the right kinds already.
    """
    faults: list[str] = []
    for schema in dictionary.schemas.values():
        faults += _of_schema(schema, dictionary)
    for codes in dictionary.code_lists.values():
        faults += _of_code_list(codes)
    faults += _of_lookups(dictionary)
    faults += _of_targets(dictionary.targets)
    faults += _of_mappings(dictionary)
    faults += _of_sources(dictionary)
    rule_ids = [rule.id for schema in dictionary.schemas.values() for rule in schema.rules]
    faults += [f"the rule id '{name}' is used twice" for name in repeated(rule_ids)]
    return faults


def _of_schema(schema: model.Schema, dictionary: Dictionary) -> Iterator[str]:
    where = f"dataset '{schema.name}'"
    names = set(schema.field_names)
    everything = [*schema.field_names, *(alias for f in schema.fields for alias in f.aliases)]
    yield from (f"{where}: the field name '{name}' is used twice" for name in repeated(everything))
    yield from (
        f"{where}: primary key '{key}' is not a field"
        for key in schema.primary_key
        if key not in names
    )
    for field in schema.fields:
        yield from _of_field(field, schema, dictionary)
    for rule in schema.rules:
        yield from _of_rule(rule, schema, where)


def _of_field(field: model.Field, schema: model.Schema, dictionary: Dictionary) -> Iterator[str]:
    where = f"dataset '{schema.name}' field '{field.name}'"
    if not _NAME.fullmatch(field.name):
        yield f"{where}: a name is lower-case words joined by single underscores"
    if field.constraints.pattern is not None and not _compiles(field.constraints.pattern):
        yield f"{where}: the pattern is not a regular expression"
    if field.resolves_in is not None and field.resolves_in not in dictionary.lookups:
        yield f"{where}: there is no lookup '{field.resolves_in}'"
    if field.codes is not None:
        if field.codes not in dictionary.code_lists:
            yield f"{where}: there is no code list '{field.codes}'"
            return
        values = dictionary.code_lists[field.codes].values
        yield from (
            f"{where}: default code '{code}' is not in code list '{field.codes}'"
            for code in field.default_codes
            if code not in values
        )
        yield from (
            f"{where}: synonym for '{code}', which is not in code list '{field.codes}'"
            for code in field.synonyms.values()
            if code not in values
        )
    against = field.retired_on_date_of
    if against is not None:
        if against not in schema.field_names or schema.field(against).type != "date":
            yield f"{where}: retired_on_date_of '{against}' is not a date field"
        if field.codes is None:
            yield f"{where}: retired_on_date_of needs a code list"


def _of_rule(rule: model.Rule, schema: model.Schema, where: str) -> Iterator[str]:
    where = f"{where} rule '{rule.id}'"
    types = {field.name: field.type for field in schema.fields}
    yield from (
        f"{where}: there is no field '{name}'" for name in rule.columns if name not in types
    )
    try:
        condition = expression.parse(rule.fault_when, types, f"{where}: fault_when")
    except ParameterError as error:
        yield error.message
        return
    used = expression.columns_of(condition)
    if set(used) != set(rule.columns):
        yield f"{where}: columns should be {', '.join(used)}, as used in fault_when"


def _of_code_list(codes: model.CodeList) -> Iterator[str]:
    where = f"code list '{codes.name}'"
    yield from (f"{where}: the code '{code}' is there twice" for code in repeated(codes.values))
    for code in codes.codes:
        if code.valid_from and code.valid_to and code.valid_to < code.valid_from:
            yield f"{where} code '{code.code}': ends before it begins"


def _of_lookups(dictionary: Dictionary) -> Iterator[str]:
    for lookup in dictionary.lookups.values():
        if not (dictionary.path / lookup.file).is_file():
            yield f"lookup '{lookup.name}': there is no file {lookup.file}"


def _of_targets(targets: tuple[model.Target, ...]) -> Iterator[str]:
    for place, target in enumerate(targets):
        where = f"target '{target.label}'"
        if not 0 < target.value <= 1:
            yield f"{where}: the value is a share above 0 and up to 1"
        if target.valid_to is not None and target.valid_to < target.valid_from:
            yield f"{where}: ends before it begins"
        for other in targets[place + 1 :]:
            if (target.standard, target.kind) == (other.standard, other.kind) and _overlap(
                target, other
            ):
                yield f"{where}: in force at the same time as '{other.label}'"


def _overlap(one: model.Target, other: model.Target) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )


def _of_mappings(dictionary: Dictionary) -> Iterator[str]:
    for mapping in dictionary.mappings.values():
        for name, dataset in mapping.datasets.items():
            where = f"source mapping '{mapping.name}' dataset '{name}'"
            if name not in dictionary.schemas:
                yield f"{where}: there is no such dataset"
                continue
            fields = set(dictionary.schemas[name].field_names)
            for column in [*dataset.columns.values(), *dataset.values, *dataset.from_sender]:
                if column not in fields:
                    yield f"{where}: there is no field '{column}'"
            for column in repeated([*dataset.columns.values(), *dataset.from_sender]):
                yield f"{where}: two source columns fill '{column}'"


def _of_sources(dictionary: Dictionary) -> Iterator[str]:
    for where, source, status in cited(dictionary):
        key = source.split(" ")[0].rstrip(":,;")
        if key not in dictionary.sources:
            yield f"{where}: source should begin with a key of {', '.join(dictionary.sources)}"
        elif key == MEMORY and status != "unconfirmed":
            yield f"{where}: taken from memory, so its status is unconfirmed"


def cited(dictionary: Dictionary) -> Iterator[tuple[str, str, str]]:
    """Give every record that names a source: where it stands, its source and its status."""
    for schema in dictionary.schemas.values():
        for field in schema.fields:
            yield f"dataset '{schema.name}' field '{field.name}'", field.source, field.status
        for rule in schema.rules:
            yield f"dataset '{schema.name}' rule '{rule.id}'", rule.source, rule.status
    for codes in dictionary.code_lists.values():
        yield f"code list '{codes.name}'", codes.source, codes.status
    for target in dictionary.targets:
        yield f"target '{target.label}'", target.source, target.status
    for step in dictionary.milestones:
        yield f"milestone '{step.pathway} {step.code}'", step.source, step.status
    for what, held in (
        ("disclosure profile", dictionary.profiles),
        ("source mapping", dictionary.mappings),
        ("lookup", dictionary.lookups),
    ):
        for name, record in held.items():
            yield f"{what} '{name}'", record.source, record.status


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
