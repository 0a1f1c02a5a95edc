"""What the data dictionary holds: plain frozen records, no behaviour beyond look-up.

Severities. A cell that cannot be parsed, a missing value in a field whose own
severity is ``quarantine`` (the keys), and rows that share a primary key but
differ are quarantined; every other fault is a flag.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

DIMENSIONS = ("completeness", "uniqueness", "consistency", "timeliness", "validity", "accuracy")
SEVERITIES = ("quarantine", "flag")
STATUSES = ("confirmed", "unconfirmed")
FIELD_TYPES = ("string", "integer", "number", "date", "boolean")
ROLES = (
    "identifier", "protected", "date", "outcome", "code", "measure", "organisation",
    "free_text", "key",
)  # fmt: skip
SENSITIVITIES = ("vault", "patient", "aggregate")

PROVIDER_LENGTH = 3
"""Characters of a site's code that are its provider's, where no lookup says otherwise."""


@dataclass(frozen=True)
class Source:
    """Where facts of the dictionary come from; other records name it by its key."""

    key: str
    title: str
    licence: str


@dataclass(frozen=True)
class Constraints:
    """Limits on one field's cells; all of them hold for non-missing cells but `required`.

    `pattern` matches the whole cell and keeps to what RE2, Java and Python regular
    expressions share. `minimum` and `maximum` are inclusive and of the field's type.
    """

    required: bool = False
    pattern: str | None = None
    minimum: int | float | date | None = None
    maximum: int | float | date | None = None
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True)
class Field:
    """One column of a dataset.

    `severity` is that of a missing value where one is required. `synonyms` are other
    spellings of a code that are accepted, stand for the code in every rule and are stored
    as it. `aliases` are other spellings of the column's name. `retired_on_date_of` names
    the date column that a code's validity dates are held against. `resolves_in` names a lookup of
    providers; `parents`, filled on loading, are the first three characters of each, with
    one of which a cell must begin, default codes apart.
    """

    name: str
    title: str
    description: str
    type: str
    format: str = "default"
    constraints: Constraints = Constraints()
    item: str | None = None
    item_format: str | None = None
    aliases: tuple[str, ...] = ()
    codes: str | None = None
    synonyms: Mapping[str, str] = field(default_factory=dict, hash=False)
    default_codes: tuple[str, ...] = ()
    default_threshold: float = 1.0
    check: str | None = None
    role: str = "code"
    dimension: str | None = None
    severity: str = "flag"
    retired_on_date_of: str | None = None
    resolves_in: str | None = None
    parents: tuple[str, ...] = ()
    status: str = "confirmed"
    source: str = ""


@dataclass(frozen=True)
class Rule:
    """A check across the columns of a row: the row is at fault when `fault_when` is true.

    A comparison with a missing value is unknown, and unknown is no fault.
    """

    id: str
    title: str
    dimension: str
    severity: str
    columns: tuple[str, ...]
    fault_when: str
    source: str
    status: str = "confirmed"


@dataclass(frozen=True)
class Schema:
    """One dataset: what a row is, its columns in order, its key and its rules.

    Blank parts of a primary key compare as equal; a key part that may not be
    blank is a required field of severity ``quarantine``.
    """

    name: str
    title: str
    description: str
    grain: str
    sensitivity: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(field.name for field in self.fields)

    def field(self, name: str) -> Field:
        """Give one field by its name; `KeyError` if there is none."""
        return {field.name: field for field in self.fields}[name]

    def named_by_role(self, role: str) -> tuple[str, ...]:
        """Names of the columns with one role, in order."""
        return tuple(field.name for field in self.fields if field.role == role)


@dataclass(frozen=True)
class Code:
    """One permitted value. Validity dates are inclusive; None is open-ended."""

    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    group: str | None = None
    status: str = "confirmed"


@dataclass(frozen=True)
class CodeList:
    """The permitted values of one or more fields, all text."""

    name: str
    title: str
    source: str
    status: str
    codes: tuple[Code, ...]

    @cached_property
    def values(self) -> tuple[str, ...]:
        """The codes alone, in the list's order."""
        return tuple(code.code for code in self.codes)

    @cached_property
    def retired(self) -> tuple[Code, ...]:
        """Codes that are no longer valid after some date."""
        return tuple(code for code in self.codes if code.valid_to is not None)

    def groups(self) -> dict[str, str]:
        """Code to group, for the codes that have one."""
        return {code.code: code.group for code in self.codes if code.group is not None}


@dataclass(frozen=True)
class Target:
    """A share that a standard asks for, over an inclusive span of dates; None is open-ended."""

    standard: str
    kind: str
    value: float
    valid_from: date
    valid_to: date | None
    label: str
    source: str
    status: str


@dataclass(frozen=True)
class Milestone:
    """A step of a timed pathway and the day after referral by which it is due."""

    pathway: str
    code: str
    label: str
    from_event: str
    due_within_days: int
    source: str
    status: str


@dataclass(frozen=True)
class Profile:
    """How counts are made safe before they are shown.

    Counts above `withhold_above` and below `withhold_below` are withheld; the others are
    rounded to `round_to`, halves as `ties` says, or moved by at most `noise`. None means
    that it is not done.
    """

    name: str
    title: str
    withhold_above: float | None
    withhold_below: float | None
    round_to: float | None
    noise: float | None
    ties: str
    zero: str
    complementary: bool
    method: str
    stamp: str
    available: bool
    source: str
    status: str


@dataclass(frozen=True)
class DatasetMapping:
    """How one dataset is read from a source system.

    `columns` takes the system's names to ours; `values` the system's cells to ours, by
    our column; `drop` names what is never read in; `from_sender` names our columns that
    the system leaves out and that hold the code of the Trust that sent the file.
    """

    columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    drop: tuple[str, ...]
    from_sender: tuple[str, ...]


@dataclass(frozen=True)
class SourceMapping:
    """A source system's layout."""

    name: str
    title: str
    note: str
    encodings: tuple[str, ...]
    delimiter: str
    date_formats: tuple[str, ...]
    missing_values: tuple[str, ...]
    datasets: Mapping[str, DatasetMapping]
    status: str
    source: str


@dataclass(frozen=True)
class Lookup:
    """A table of the dictionary kept as CSV; `Dictionary.lookup` reads it."""

    name: str
    title: str
    file: str
    source: str
    status: str
    note: str = ""
