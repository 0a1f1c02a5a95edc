"""The dictionary's own page: every dataset, column, check, code and target, and what is unsure."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.dictionary import model
from workbench.dictionary.consistency import cited
from workbench.dictionary.document import (
    UNCONFIRMED,
    Cell,
    Document,
    Section,
    Table,
    anchored,
    day_cell,
    status_cell,
    to_html,
    to_markdown,
)
from workbench.dictionary.load import Dictionary
from workbench.dictionary.page_reference import reference_sections
from workbench.dictionary.rules import rules_of

_HOW_TO_READ = (
    "A row is quarantined where a cell cannot be parsed, a key is missing, or rows with the same "
    "key differ. Every other fault is a flag: the row is let in, marked and counted.",
    "What is marked unconfirmed was not seen in the source named, or was set down from memory. "
    "Check it before a decision rests on it.",
    "A condition is held against each row. A comparison with a blank is unknown, and what is "
    "unknown is no fault.",
)


def html_page(dictionary: Dictionary) -> str:
    """Render the whole dictionary as one HTML page that needs no other file.

    Parameters
    ----------
    dictionary : Dictionary
        From `workbench.dictionary.load`.

    Returns
    -------
    str
        HTML with no script; every text of the dictionary is escaped.
    """
    return to_html(document(dictionary))


def markdown_page(dictionary: Dictionary) -> str:
    """Render the whole dictionary as Markdown; the same content as `html_page`."""
    return to_markdown(document(dictionary))


def document(dictionary: Dictionary) -> Document:
    """Set out the dictionary's content, before it has a form."""
    return Document(
        title=dictionary.title,
        lead=f"{dictionary.description} Version {dictionary.version}; data set "
        f"{dictionary.dataset_version}; rules {dictionary.rules_version}.",
        sections=(
            Section(
                "How to read this page", 2, "how-to-read", _HOW_TO_READ, (_unsure(dictionary),)
            ),
            *_datasets(dictionary),
            *_code_lists(dictionary),
            *reference_sections(dictionary),
        ),
    )


def _unsure(dictionary: Dictionary) -> Table:
    """Everything marked unconfirmed, in one place."""
    entries = [
        (where, source) for where, source, status in cited(dictionary) if status == UNCONFIRMED
    ]
    entries += [
        (f"code list '{codes.name}' code '{code.code}'", codes.source)
        for codes in dictionary.code_lists.values()
        for code in codes.codes
        if code.status == UNCONFIRMED and codes.status != UNCONFIRMED
    ]
    rows = tuple((Cell(where), Cell(source), status_cell(UNCONFIRMED)) for where, source in entries)
    return Table(f"To be confirmed: {len(rows)} entries", ("Entry", "Source", "Status"), rows)


def _datasets(dictionary: Dictionary) -> Iterator[Section]:
    header = ("Dataset", "One row is", "Sensitivity", "Columns", "Checks")
    rows = tuple(
        (
            Cell(schema.name, "code", anchored("dataset", schema.name)),
            Cell(schema.grain),
            Cell(schema.sensitivity),
            Cell(str(len(schema.fields))),
            Cell(str(len(rules_of(schema)))),
        )
        for schema in dictionary.schemas.values()
    )
    yield Section("Datasets", 2, "datasets", (), (Table("All datasets", header, rows),))
    for schema in dictionary.schemas.values():
        yield Section(
            f"{schema.title} ({schema.name})",
            3,
            anchored("dataset", schema.name),
            (
                schema.description,
                f"One row is: {schema.grain}. Sensitivity: {schema.sensitivity}. "
                f"Key: {', '.join(schema.primary_key) or 'none'}.",
            ),
            (_fields(schema), _checks(schema)),
        )


def _fields(schema: model.Schema) -> Table:
    header = ("Column", "Meaning", "Item", "Form", "Codes", "Role", "Status", "Source")
    rows = tuple(
        (
            Cell(field.name, "code"),
            Cell(f"{field.title}. {field.description}".strip()),
            Cell(field.item or ""),
            Cell(_form(field)),
            _codes_of(field),
            Cell(field.role.replace("_", " ")),
            status_cell(field.status),
            Cell(field.source),
        )
        for field in schema.fields
    )
    return Table(f"Columns of {schema.name}", header, rows)


def _form(field: model.Field) -> str:
    limits = field.constraints
    parts = [
        field.type,
        f"national format {field.item_format}" if field.item_format else "",
        "required" if limits.required else "",
        f"pattern {limits.pattern}" if limits.pattern else "",
        f"from {limits.minimum}" if limits.minimum is not None else "",
        f"up to {limits.maximum}" if limits.maximum is not None else "",
        f"at least {limits.min_length} characters" if limits.min_length is not None else "",
        f"at most {limits.max_length} characters" if limits.max_length is not None else "",
        "modulus 11 check digit" if field.check else "",
        f"site of a provider in {field.resolves_in}" if field.resolves_in else "",
    ]
    return "; ".join(part for part in parts if part)


def _codes_of(field: model.Field) -> Cell:
    notes = [field.codes] if field.codes else []
    if field.default_codes:
        notes.append(f"defaults {', '.join(field.default_codes)}")
    if field.synonyms:
        notes.append("also " + ", ".join(f"{a} for {b}" for a, b in field.synonyms.items()))
    link = anchored("codes", field.codes) if field.codes else None
    return Cell("; ".join(notes), link=link)


def _checks(schema: model.Schema) -> Table:
    header = (
        "Check",
        "A row is at fault",
        "Condition",
        "Severity",
        "Dimension",
        "Status",
        "Source",
    )
    rules = {rule.id: rule for rule in schema.rules}
    fields = {field.name: field for field in schema.fields}
    rows = []
    for check in rules_of(schema):
        origin = rules.get(check.id) or fields.get(check.columns[0])
        condition = rules[check.id].fault_when if check.id in rules else ""
        rows.append(
            (
                Cell(check.id, "code"),
                Cell(check.title),
                Cell(condition, "code"),
                Cell(check.severity),
                Cell(check.dimension),
                status_cell(origin.status if origin else "confirmed"),
                Cell(origin.source if origin else ""),
            )
        )
    return Table(f"Checks of {schema.name}", header, tuple(rows))


def _code_lists(dictionary: Dictionary) -> Iterator[Section]:
    yield Section("Code lists", 2, "code-lists", ("Validity dates are inclusive.",))
    header = ("Code", "Meaning", "Group", "Valid from", "Valid to", "Status")
    for codes in dictionary.code_lists.values():
        rows = tuple(
            (
                Cell(code.code, "code"),
                Cell(code.label),
                Cell(code.group or ""),
                day_cell(code.valid_from),
                day_cell(code.valid_to),
                status_cell(code.status),
            )
            for code in codes.codes
        )
        yield Section(
            codes.name,
            3,
            anchored("codes", codes.name),
            (f"{codes.title}. Source: {codes.source}.",),
            (Table(f"Codes of {codes.name}", header, rows),),
        )
