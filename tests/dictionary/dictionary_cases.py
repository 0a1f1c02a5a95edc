"""One small dataset with a check of every kind, clean rows of it, and both ways to check them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

from workbench.dictionary.checks import check_table
from workbench.dictionary.findings import Findings
from workbench.dictionary.load import Dictionary, load
from workbench.dictionary.model import Code, CodeList, Constraints, Field, Rule, Schema
from workbench.engine import connect

Fault = tuple[int, str, str]

VALID_NHS_NUMBERS = ("9434765919", "9000000009", "0000000000", "9876543210")


def _codes(name: str, *codes: Code) -> CodeList:
    return CodeList(name, name, "house", "confirmed", codes)


CODE_LISTS = {
    "referral_type": _codes(
        "referral_type",
        Code("01", "Breast"),
        Code("03", "Lung"),
        Code("15", "Other", valid_to=date(2020, 9, 30)),
        Code("18", "Other, since", valid_from=date(2020, 10, 1)),
        Code("99", "Not known"),
    ),
    "yes_no": _codes("yes_no", Code("Y", "Yes"), Code("N", "No")),
}


def _field(name: str, kind: str = "string", **more: Any) -> Field:
    return Field(name, name.capitalize(), "", kind, **more)


SCHEMA = Schema(
    name="cases",
    title="Cases",
    description="",
    grain="a case",
    sensitivity="patient",
    fields=(
        _field("pathway", constraints=Constraints(required=True), severity="quarantine"),
        _field("issuer", constraints=Constraints(min_length=3, max_length=5)),
        _field("event"),
        _field("nhs_number", constraints=Constraints(pattern="[0-9]{10}"), check="modulus_11"),
        _field("other_number", check="modulus_11"),
        _field(
            "referral_type",
            codes="referral_type",
            synonyms={"3": "03", "OTHER": "15"},
            default_codes=("99",),
            default_threshold=0.1,
            retired_on_date_of="referred",
        ),
        _field("agreed", codes="yes_no"),
        _field("referred", "date", constraints=Constraints(minimum=date(1990, 1, 1))),
        _field("seen", "date", constraints=Constraints(maximum=date(2030, 1, 1))),
        _field("adjustment", "integer", constraints=Constraints(minimum=0, maximum=999)),
        _field("score", "number", constraints=Constraints(minimum=-0.594, maximum=1)),
        _field("screened", "boolean"),
        _field(
            "site",
            constraints=Constraints(pattern="[A-Z0-9]{5}"),
            resolves_in="trusts",
            parents=("RR8", "RXX"),
            default_codes=("89999",),
        ),
        _field("place", constraints=Constraints(required=True, pattern="[A-Z]{1,2}[0-9].*")),
    ),
    primary_key=("pathway", "issuer", "event"),
    rules=(
        Rule(
            "seen_before_referred", "Seen before referred.", "consistency", "flag",
            ("seen", "referred"), "seen < referred", "house",
        ),
        Rule(
            "long_wait", "Waited over a year without leave.", "accuracy", "quarantine",
            ("seen", "referred", "adjustment"),
            "seen - referred > 365 + adjustment", "house",
        ),
        Rule(
            "lung_needs_agreement", "A lung case lacks its agreement.", "completeness", "flag",
            ("referral_type", "agreed"),
            'referral_type == "03" and missing(agreed)', "house",
        ),
    ),
)  # fmt: skip

COLUMNS = SCHEMA.field_names


def dictionary() -> Dictionary:
    """The shipped dictionary with this dataset's code lists beside its own."""
    from dataclasses import replace

    shipped = load()
    return replace(shipped, code_lists={**shipped.code_lists, **CODE_LISTS})


def clean(rows: int) -> pd.DataFrame:
    """Rows without a fault, each with a key of its own."""
    return pd.DataFrame(
        {
            "pathway": [f"P{number:07d}" for number in range(rows)],
            "issuer": "RXX",
            "event": "01",
            "nhs_number": [VALID_NHS_NUMBERS[n % len(VALID_NHS_NUMBERS)] for n in range(rows)],
            "other_number": None,
            "referral_type": "01",
            "agreed": "Y",
            "referred": "2024-02-01",
            "seen": "2024-02-14",
            "adjustment": "003",
            "score": "0.75",
            "screened": "true",
            "site": "RXX01",
            "place": "SW1A 1AA",
        },
        dtype="str",
    )[list(COLUMNS)]


def with_cells(frame: pd.DataFrame, cells: dict[tuple[int, str], str | None]) -> pd.DataFrame:
    """The frame with some cells replaced; rows are numbered from 1."""
    changed = frame.copy()
    for (row, column), value in cells.items():
        changed.loc[row - 1, column] = value
    return changed


def on_engine(frame: pd.DataFrame, schema: Schema = SCHEMA, lists: Any = CODE_LISTS) -> Findings:
    """What the engine's checks find."""
    arrays = [pa.array([None if pd.isna(c) else c for c in frame[name]], pa.string())
              for name in frame.columns]  # fmt: skip
    table = connect().create_table("cases", pa.table(arrays, names=list(frame.columns)))
    return check_table(table, schema, lists)


def faults(frame: pd.DataFrame) -> list[Fault]:
    """Row, column and rule of each line of a fault table, in its order."""
    columns: Sequence[str] = ("row", "column", "rule")
    return [(int(r), str(c), str(k)) for r, c, k in frame[list(columns)].itertuples(index=False)]
