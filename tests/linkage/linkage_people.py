"""Records of made-up persons, told apart by a case, for tests of linkage."""

from __future__ import annotations

from typing import Any

import pandas as pd
from planted_registers import nhs_number, registers

COLUMNS = ("nhs_number", "given_name", "family_name", "birth_date", "sex", "postcode")


def person(place: int, **other: Any) -> dict[str, Any]:
    """A person unlike any other, but for what is given."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    mark = letters[place // 26 % 26] + letters[place % 26]
    made = {
        "nhs_number": nhs_number(500_000 + place),
        "given_name": f"Gev{mark.lower()}oril",
        "family_name": f"Ham{mark.lower()}underby",
        "birth_date": f"{1930 + place % 60}-{1 + place % 11:02d}-{13 + place % 15}",
        "sex": str(1 + place % 2),
        "postcode": f"Q{letters[place % 20]}{1 + place % 9} {place % 9}{mark}",
    }
    return {**made, **other}


def records(rows: list[tuple[str, str, dict[str, Any]]]) -> pd.DataFrame:
    """Records of ``(record_id, source, person)``."""
    return pd.DataFrame(
        [{"record_id": one, "source": source, **who} for one, source, who in rows],
        columns=["record_id", "source", *COLUMNS],
    )


def together(clusters: pd.DataFrame, *ids: str) -> bool:
    """Whether some records are one person."""
    person_of = clusters.set_index("record_id")["person_id"]
    return bool((person_of.loc[list(ids)] == person_of[ids[0]]).all())


def apart(clusters: pd.DataFrame, *ids: str) -> bool:
    """Whether some records are all of different persons."""
    return clusters.set_index("record_id").loc[list(ids), "person_id"].is_unique


def two_registers(rows: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two registers in one table, and the pairs that are one person."""
    left, right, truth = registers(rows, seed)
    return pd.concat([left, right], ignore_index=True), truth
