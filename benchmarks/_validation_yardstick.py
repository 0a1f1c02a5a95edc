"""The same 17 checks as hand-written SQL over the same CSV as text: what they cost at least.

Counts by rule alone: no row numbers, no quality score, no blanks of white space, and a
key is only counted. CPU seconds of a busy machine mean little without it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from _validation_extracts import CODE_LISTS, SCHEMA


def plain_sql(con: Any, path: Path) -> dict[str, int]:
    """Count the faults of the 12-column extract by two queries.

    Parameters
    ----------
    con : DuckDB connection
    path : Path
        From `write_small`.
    """
    source = _source(path)
    conditions = _conditions()
    counted = ", ".join(f"count_if({condition})" for condition in conditions.values())
    # What the text is made of is written in these two files.
    (found,) = con.execute(f"SELECT {counted} FROM {source}").fetchall()  # noqa: S608
    key = ", ".join(SCHEMA.primary_key)
    shared = f"SELECT count(*) AS n FROM {source} GROUP BY {key} HAVING n > 1"  # noqa: S608
    total = f"SELECT coalesce(sum(n), 0)::BIGINT FROM ({shared})"  # noqa: S608
    ((rows,),) = con.execute(total).fetchall()
    return {**dict(zip(conditions, found, strict=True)), "primary_key.conflict": rows}


def _source(path: Path) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in SCHEMA.field_names)
    return f"read_csv('{path}', header = true, auto_detect = false, columns = {{{columns}}})"


def _conditions() -> dict[str, str]:
    digits = "regexp_full_match(nhs_number, '[0-9]{10}')"
    weighted = " + ".join(
        f"{11 - place} * try_cast(substr(nhs_number, {place}, 1) AS INTEGER)"
        for place in range(1, 11)
    )
    codes = {
        f"{name}.code": f"{name} NOT IN ({', '.join(repr(code) for code in codes.values)})"
        for name, codes in CODE_LISTS.items()
    }
    required = {
        f"{name}.required": f"{name} IS NULL" for name in ("nhs_number", "pathway", "issuer")
    }
    parsed = {
        f"{name}.type": f"{name} IS NOT NULL AND try_cast({name} AS {kind}) IS NULL"
        for name, kind in (("referred", "DATE"), ("seen", "DATE"), ("adjustment", "BIGINT"))
    }
    return {
        **required,
        "nhs_number.pattern": f"NOT {digits}",
        "nhs_number.modulus_11": f"{digits} AND ({weighted}) % 11 <> 0",
        "issuer.pattern": "NOT regexp_full_match(issuer, '[0-9A-Z]{3,5}')",
        "diagnosis.pattern": "NOT regexp_full_match(diagnosis, '[A-Z][0-9]{2}[0-9X]?')",
        **codes,
        **parsed,
        "adjustment.minimum": "try_cast(adjustment AS BIGINT) < 0",
        "adjustment.maximum": "try_cast(adjustment AS BIGINT) > 999",
        "seen_before_referred": "try_cast(seen AS DATE) < try_cast(referred AS DATE)",
    }
