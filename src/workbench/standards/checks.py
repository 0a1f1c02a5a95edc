"""What in a table of records cannot be used: found all at once, told without a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from workbench.errors import InputError
from workbench.standards.items import ITEMS, RECORD_ID, Item
from workbench.standards.records import (
    LARGEST_DAYS,
    accepts,
    parsed_date,
    parsed_days,
    record_id,
    text,
)

RANGES_LISTED = 1_000
"""Ranges of row numbers in a fault's words; the error's `details` hold every one."""

_ROW = "row_number_in_input"
_HOLDS = {"date": "date", "days": "number of days", "text": "code"}
_WHAT = {
    "date": "not a real date written YYYY-MM-DD",
    "days": "not a whole number of days",
    "text": "not a whole number, so no code",
}
_LARGEST = 2**63 - 1


def refuse_unusable(
    con: Any, table: ir.Table, columns: Mapping[str, str], where: str, row: str | None = None
) -> None:
    """Refuse a table with a cell that cannot be parsed or a record told twice.

    One scan where all is well; only a table with a fault pays for finding its rows.

    Parameters
    ----------
    con : ibis backend
        Where the table lives.
    table : Table
        Records as they came.
    columns : mapping
        Canonical name to the table's own, from `items.matched`.
    where : str
        What the table is called in messages.
    row : str, optional
        Column that holds the row number from 1; else the engine's own order counts.

    Raises
    ------
    InputError
        With every fault: column, how many rows, and which; never a value. Its
        `details` hold ``column, rule, count, rows`` (pairs of first and last row).
    """
    _refuse_types(table, columns, where)
    tests = _tests(table, columns)
    found = _counted(con, table, columns, tests)
    faulty = {name: test for name, test in tests.items() if found[name]}
    details = []
    if faulty or found["repeated"]:
        told = table.mutate(**{_ROW: table[row] if row else ibis.row_number() + 1})
        details = [_detail(con, told.filter(test), *name) for name, test in faulty.items()]
        if found["repeated"]:
            details += _repeats(con, told, columns)
    if details:
        raise InputError(
            f"{where}: some cells cannot be used.",
            [_in_words(detail) for detail in details],
            remedy="Mend these rows (row 1 is the first data row) and try again.",
            details=details,
        )


def _refuse_types(table: ir.Table, columns: Mapping[str, str], where: str) -> None:
    types = table.schema()
    faults = [
        f"column {item.column}: its type cannot hold a {_HOLDS[item.kind]}"
        for item in ITEMS
        if item.column in columns and not accepts(types[columns[item.column]], item)
    ]
    if RECORD_ID in columns:
        kind = types[columns[RECORD_ID]]
        if not (kind.is_string() or kind.is_integer() or kind.is_uuid()):
            faults.append(f"column {RECORD_ID}: it must be text or whole numbers")
    if faults:
        raise InputError(
            f"{where}: some columns are of the wrong type.",
            faults,
            remedy="Give dates as dates or text YYYY-MM-DD, without a time zone; codes as text.",
        )


def _tests(table: ir.Table, columns: Mapping[str, str]) -> dict[tuple[str, str], ir.BooleanValue]:
    """Where a cell is at fault, by column and what is wrong; only faults that can happen."""
    tests = {
        (item.column, _WHAT[item.kind]): _unparsed(table[columns[item.column]], item)
        for item in ITEMS
        if item.column in columns
    }
    if RECORD_ID in columns:
        own = table[columns[RECORD_ID]]
        too_large = own > _LARGEST if own.type().is_uint64() else None
        blank = own.isnull() if too_large is not None else record_id(table, columns).isnull()
        tests |= {(RECORD_ID, "blank"): blank, (RECORD_ID, "above 2^63 - 1"): too_large}
    return {name: test for name, test in tests.items() if test is not None}


def _unparsed(cell: ir.Value, item: Item) -> ir.BooleanValue | None:
    """Where a cell says something that its item cannot mean; None if it cannot happen."""
    kind = cell.type()
    if kind.is_floating():
        whole = ((cell % 1) == 0) & cell.try_cast("int64").notnull()
        if item.kind == "days":
            whole &= cell.abs() <= LARGEST_DAYS
        return cell.notnull() & ~cell.isnan() & ~whole
    if kind.is_integer() and item.kind == "days":
        above = cell > LARGEST_DAYS
        return above if kind.is_unsigned_integer() else above | (cell < -LARGEST_DAYS)
    if kind.is_uint64():
        return cell > _LARGEST
    if not kind.is_string() or item.kind == "text":
        return None
    parse = parsed_date if item.kind == "date" else parsed_days
    return text(cell).notnull() & parse(cell).isnull()


def _counted(
    con: Any,
    table: ir.Table,
    columns: Mapping[str, str],
    tests: Mapping[tuple[str, str], ir.BooleanValue],
) -> dict[Any, Any]:
    """How many rows fail each test, and whether an identifier may come again: one scan."""
    sums = {str(i): test.sum().fill_null(0) for i, test in enumerate(tests.values())}
    if RECORD_ID in columns:
        key = record_id(table, columns)
        # Hashes are distinct several times faster than text; alike, they ask for a closer look.
        sums |= {"named": key.count(), "hashes": _hash(key).nunique()}
    if not sums:
        return {"repeated": False}
    found = con.to_pyarrow(table.aggregate(**sums)).to_pylist()[0]
    counts = {name: found[str(i)] for i, name in enumerate(tests)}
    return {**counts, "repeated": found.get("hashes", 0) < found.get("named", 0)}


def _hash(key: ir.Value) -> ir.Value:
    # engines hash a missing value too; it is tested for apart
    return ibis.ifelse(key.notnull(), key.hash(), ibis.null("int64"))


def _repeats(con: Any, told: ir.Table, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    keys = told.select(_ROW, key=record_id(told, columns)).filter(lambda t: t.key.notnull())
    copies = keys.mutate(copies=lambda t: t.count().over(ibis.window(group_by=t.key)))
    detail = _detail(con, copies.filter(copies.copies > 1), RECORD_ID, "the same as another row's")
    return [detail] if detail["count"] else []  # two identifiers may share a hash


def _detail(con: Any, faulty: ir.Table, column: str, rule: str) -> dict[str, Any]:
    numbers = con.to_pyarrow(faulty.select(_ROW).order_by(_ROW))[_ROW].to_numpy()
    rows = ranges(numbers)
    return {"column": column, "rule": rule, "count": len(numbers), "rows": rows}


def ranges(numbers: np.ndarray[Any, np.dtype[np.int64]]) -> list[list[int]]:
    """Runs of consecutive numbers, as pairs of first and last, of sorted ones."""
    if not len(numbers):
        return []
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    first = numbers[np.concatenate(([0], breaks + 1))]
    last = numbers[np.concatenate((breaks, [len(numbers) - 1]))]
    pairs: list[list[int]] = np.stack((first, last), axis=1).tolist()
    return pairs


def _in_words(detail: Mapping[str, Any]) -> str:
    rows = detail["rows"][:RANGES_LISTED]
    listed = ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in rows)
    more = detail["count"] - sum(high - low + 1 for low, high in rows)
    rest = f" and {more:,} more (--json, or the error's details, list them all)" if more else ""
    noun = "row" if detail["count"] == 1 else "rows"
    return (
        f"column {detail['column']}: {detail['rule']} in {detail['count']} {noun}: {listed}{rest}"
    )
