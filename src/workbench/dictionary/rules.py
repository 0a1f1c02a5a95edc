"""Every check that a dataset's schema asks for, named once for all that compile it.

The engine's checks, the pandas schema and the documentation page all start from
`rules_of`, so that they cannot come to know different rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workbench.dictionary.model import Field, Schema

Kind = Literal[
    "type", "required", "pattern", "minimum", "maximum", "min_length", "max_length", "code",
    "code_in_force", "modulus_11", "provider", "row", "key_conflict", "key_repeat",
]  # fmt: skip

CELL_KINDS = frozenset(
    {"type", "pattern", "minimum", "maximum", "min_length", "max_length", "code",
     "code_in_force", "modulus_11", "provider"}
)  # fmt: skip
"""Kinds that make a cell invalid for the quality score; a blank is incomplete, not invalid."""

KEY_CONFLICT = "primary_key.conflict"
KEY_REPEAT = "primary_key.repeat"

_WRITTEN = {
    "date": "a day that exists, written CCYY-MM-DD",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


@dataclass(frozen=True)
class Check:
    """One rule that rows are held against.

    Attributes
    ----------
    id : str
        ``column.kind`` for a check of one column's cells, else the rule's own.
    kind : str
        What sort of check it is.
    columns : tuple of str
        The column or columns that it reads.
    severity : {"quarantine", "flag"}
        What becomes of a row at fault.
    title : str
        What is wrong with such a row, in plain words; the reason in a fault file.
    dimension : str
        The data quality dimension that it belongs to.
    """

    id: str
    kind: Kind
    columns: tuple[str, ...]
    severity: str
    title: str
    dimension: str

    @property
    def column(self) -> str:
        """The columns as a fault file names them."""
        return ", ".join(self.columns)


def rules_of(schema: Schema) -> tuple[Check, ...]:
    """Every check of a dataset, in the order of its columns, then its rules, then its key.

    Severities follow the dictionary's one principle: a cell that cannot be parsed, a
    missing key and conflicting duplicates are quarantined, and every other fault is
    flagged unless a rule says otherwise.
    """
    cells = (check for field in schema.fields for check in _of_field(field))
    rows = (
        Check(rule.id, "row", rule.columns, rule.severity, rule.title, rule.dimension)
        for rule in schema.rules
    )
    return (*cells, *rows, *_of_key(schema))


def _of_field(field: Field) -> Iterator[Check]:
    limits = field.constraints
    asked: list[tuple[Kind, bool, str]] = [
        ("required", limits.required, "is blank"),
        ("type", field.type != "string", f"is not {_WRITTEN.get(field.type, 'a text')}"),
        ("pattern", limits.pattern is not None, "is not in its format"),
        ("minimum", limits.minimum is not None, f"is below {limits.minimum}"),
        ("maximum", limits.maximum is not None, f"is above {limits.maximum}"),
        ("min_length", limits.min_length is not None, f"is shorter than {limits.min_length}"),
        ("max_length", limits.max_length is not None, f"is longer than {limits.max_length}"),
        ("code", field.codes is not None, f"is not a code of the list {field.codes}"),
        (
            "code_in_force",
            field.retired_on_date_of is not None,
            f"is a code not in force on {field.retired_on_date_of}",
        ),
        ("modulus_11", field.check == "modulus_11", "fails its modulus 11 check digit"),
        (
            "provider",
            field.resolves_in is not None,
            f"does not begin with the code of a provider in the lookup {field.resolves_in}",
        ),
    ]
    for kind, wanted, what in asked:
        if wanted:
            yield _of_cells(field, kind, what)


def _of_cells(field: Field, kind: Kind, what: str) -> Check:
    severity = {"type": "quarantine", "required": field.severity}.get(kind, "flag")
    usual = {"required": "completeness", "code_in_force": "consistency"}.get(kind, "validity")
    return Check(
        id=f"{field.name}.{kind}",
        kind=kind,
        columns=(field.name,),
        severity=severity,
        title=f"{field.title} {what}",
        dimension=field.dimension or usual,
    )


def _of_key(schema: Schema) -> Iterator[Check]:
    key = schema.primary_key
    if key:
        conflict = "Rows with the same key differ; none of them can be trusted"
        repeat = "The row repeats an earlier row exactly"
        yield Check(KEY_CONFLICT, "key_conflict", key, "quarantine", conflict, "uniqueness")
        yield Check(KEY_REPEAT, "key_repeat", key, "flag", repeat, "uniqueness")
