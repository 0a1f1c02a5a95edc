"""Made-up extracts to validate: a small dataset with planted faults, and a full one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from workbench.dictionary.load import Dictionary
from workbench.dictionary.model import Code, CodeList, Constraints, Field, Rule, Schema

Numbers = npt.NDArray[np.int64]

PLANTED = {
    "nhs_number.required": 101,
    "nhs_number.modulus_11": 203,
    "referral_type.code": 307,
    "referred.type": 401,
    "adjustment.minimum": 503,
    "seen_before_referred": 601,
    "primary_key.conflict": 2 * 149,
}
"""Rows at fault by rule: seven kinds of fault, each in rows of its own."""


def _codes(name: str, codes: list[str]) -> CodeList:
    return CodeList(name, name, "made up", "confirmed", tuple(Code(one, one) for one in codes))


CODE_LISTS = {
    "source": _codes("source", ["01", "03", "04", "11", "17", "92"]),
    "priority": _codes("priority", ["1", "2", "3"]),
    "referral_type": _codes("referral_type", [f"{n:02d}" for n in range(1, 19)]),
}


def _field(name: str, kind: str = "string", codes: str | None = None, **limits: object) -> Field:
    check = "modulus_11" if name == "nhs_number" else None
    return Field(
        name, name, "", kind, constraints=Constraints(**limits), codes=codes, check=check  # type: ignore[arg-type]
    )  # fmt: skip


SCHEMA = Schema(
    name="extract",
    title="Extract",
    description="",
    grain="a record",
    sensitivity="patient",
    fields=(
        _field("nhs_number", required=True, pattern="[0-9]{10}"),
        _field("pathway", required=True),
        _field("issuer", required=True, pattern="[0-9A-Z]{3,5}"),
        _field("source", codes="source"),
        _field("priority", codes="priority"),
        _field("referred", "date"),
        _field("seen", "date"),
        _field("referral_type", codes="referral_type"),
        _field("diagnosis", pattern="[A-Z][0-9]{2}[0-9X]?"),
        _field("adjustment", "integer", minimum=0, maximum=999),
        _field("status"),
        _field("sex"),
    ),
    primary_key=("pathway", "issuer"),
    rules=(
        Rule("seen_before_referred", "Seen before referred.", "consistency", "flag",
             ("seen", "referred"), "seen < referred", "made up"),
    ),
)  # fmt: skip
"""Twelve columns and 17 rules: 15 of cells, one across columns, one unique key."""


def write_small(path: Path, rows: int, seed: int = 5) -> None:
    """Write the 12-column extract with the faults of `PLANTED`."""
    random = np.random.default_rng(seed)
    referred = np.datetime64("2023-01-01") + random.integers(0, 700, rows)
    seen = referred + random.integers(0, 20, rows)
    columns = {
        "nhs_number": _nhs_numbers(rows),
        "pathway": np.char.mod("PPI%017d", random.permutation(rows)),
        "issuer": random.choice(["RXX", "RYY", "RZZ01"], rows),
        "source": random.choice(["03", "92", "17"], rows),
        "priority": random.choice(["1", "2", "3"], rows),
        "referred": referred.astype(str),
        "seen": seen.astype(str),
        "referral_type": random.choice(["01", "03", "08", "18"], rows),
        "diagnosis": random.choice(["C509", "C61X", "C341", "D05"], rows),
        "adjustment": np.char.mod("%d", random.integers(0, 30, rows)),
        "status": random.choice(["14", "09", "03"], rows),
        "sex": random.choice(["1", "2"], rows),
    }
    _plant(columns, random.permutation(rows))
    # An object array, so that a blank is a blank and not the text "None".
    table = pa.table({name: pa.array(cells.tolist()) for name, cells in columns.items()})
    pa.csv.write_csv(table, path)


def _plant(columns: dict[str, npt.NDArray[np.str_]], order: Numbers) -> None:
    parts = iter(np.split(order, np.cumsum(list(PLANTED.values()))))
    columns["nhs_number"][next(parts)] = ""
    wrong = next(parts)
    last = columns["nhs_number"][wrong].astype(np.int64)
    columns["nhs_number"][wrong] = np.char.mod("%010d", last - last % 10 + (last % 10 + 1) % 10)
    columns["referral_type"][next(parts)] = "77"
    columns["referred"][next(parts)] = "2024-02-30"
    columns["adjustment"][next(parts)] = "-4"
    columns["seen"][next(parts)] = "2022-12-31"
    one, other = np.split(next(parts), 2)
    for name in SCHEMA.primary_key:
        columns[name][other] = columns[name][one]
    columns["nhs_number"][other] = columns["nhs_number"][np.roll(one, 1)]


def _nhs_numbers(rows: int) -> npt.NDArray[np.str_]:
    """Numbers of the 999 range with a right check digit; stems that have none are passed over."""
    stems = np.arange(999_000_000, 999_000_000 + rows + rows // 5 + 20, dtype=np.int64) % 10**9
    weighted = sum((k + 2) * ((stems // 10**k) % 10) for k in range(9))
    digit = (11 - weighted % 11) % 11
    whole = (stems * 10 + digit)[digit != 10][:rows]
    return np.char.mod("%010d", whole)


def write_full(path: Path, rows: int, dictionary: Dictionary, seed: int = 54) -> int:
    """Write an extract of every national item, half its cells blank; give how many columns."""
    random = np.random.default_rng(seed)
    fields = [one for one in dictionary.schema("pathway_records").fields if one.item]
    numbers = _nhs_numbers(rows)
    identifiers = np.char.mod("PPI%017d", np.arange(rows))
    columns = {}
    for one in fields:
        if one.check == "modulus_11":
            cells = numbers
        elif one.name == "patient_pathway_identifier":
            cells = identifiers
        else:
            cells = random.choice(_plausible(one, dictionary), rows)
        blank = (random.random(rows) < 0.5) & (not one.constraints.required)
        columns[one.name] = pa.array(cells, mask=blank)
    pa.csv.write_csv(pa.table(columns), path)
    return len(fields)


def _plausible(one: Field, dictionary: Dictionary) -> list[str]:
    if one.codes:
        return list(dictionary.code_list(one.codes).values)[:12]
    match one.type:
        case "date":
            start = date(2024, 1, 1).toordinal()
            return [date.fromordinal(start + n).isoformat() for n in range(366)]
        case "integer" | "number":
            return [str(n) for n in range(30)]
        case _:
            return ["RXX01", "RYY02", "RZZ03"]
