"""Which columns of a table identify a person, and of what kind each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.errors import ParameterError

Kind = Literal["nhs_number", "number", "name", "date", "sex", "code", "postcode", "text"]

IDENTIFIERS = ("nhs_number", "given_name", "family_name", "birth_date", "sex", "postcode")
"""Columns that `link` looks for when none are declared; any may be absent."""

KEY = ("record_id", "source")

_RESERVED = {*KEY, "row"}


@dataclass(frozen=True)
class Column:
    """One identifying column.

    Attributes
    ----------
    name : str
    kind : {"nhs_number", "number", "name", "date", "sex", "code", "postcode", "text"}
        ``nhs_number`` has a check digit, ``number`` is any other identifier of one person;
        a ``code`` is one of few; ``text`` is an address line, a town, an e-mail address.
    """

    name: str
    kind: Kind


@dataclass(frozen=True)
class Columns:
    """The identifying columns of a table, the order of the names as given names come first.

    Attributes
    ----------
    columns : tuple of Column
    """

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        faults = [
            f"column {place}: '{column.kind}' is not a kind"
            for place, column in enumerate(self.columns, 1)
            if column.kind not in get_args(Kind)
        ]
        if len(set(names)) < len(names):
            faults.append("a column is declared twice")
        if _RESERVED & set(names):
            faults.append("record_id, source and row are no identifiers of a person")
        if not names:
            faults.append("none is declared")
        if faults:
            raise ParameterError(
                "The declared columns cannot be linked on.",
                faults,
                remedy=f"Declare each once, with a kind of {', '.join(get_args(Kind))}.",
            )

    @classmethod
    def of(cls, **kinds: Kind) -> Columns:
        """Declare columns by name.

        Examples
        --------
        >>> Columns.of(first_name="name", surname="name", dob="date", email="text")
        """
        return cls(tuple(Column(name, kind) for name, kind in kinds.items()))

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def named(self, *kinds: Kind) -> list[str]:
        """Names of the columns of some kinds, in the order of their declaration."""
        return [column.name for column in self.columns if column.kind in kinds]

    def kind(self, name: str) -> Kind:
        """Kind of a column by its name."""
        return next(column.kind for column in self.columns if column.name == name)

    def present(self, header: Sequence[str]) -> tuple[Column, ...]:
        """Those of the columns that a table has."""
        return tuple(column for column in self.columns if column.name in header)


STANDARD = Columns(
    (
        Column("nhs_number", "nhs_number"),
        Column("given_name", "name"),
        Column("family_name", "name"),
        Column("birth_date", "date"),
        Column("sex", "sex"),
        Column("postcode", "postcode"),
    )
)
"""`IDENTIFIERS`, declared."""
