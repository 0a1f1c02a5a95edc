"""What in a table of records cannot be used: found all at once, told without a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import InputError
from workbench.standards.items import ITEMS, RECORD_ID, Item
from workbench.standards.records import accepts, parsed_date, parsed_days, record_id, text

ROWS_LISTED = 100
"""Row numbers named for each fault; beyond these only the count is given."""

_ROW = "row_number_in_input"
_HOLDS = {"date": "date", "days": "number of days", "text": "code"}
_WHAT = {
    "date": "not a real date written YYYY-MM-DD",
    "days": "not a whole number of days",
    "text": "not a whole number, so no code",
}


def refuse_unusable(
    con: Any, table: ir.Table, columns: Mapping[str, str], where: str, row: str | None = None
) -> None:
    """Refuse a table with a cell that cannot be parsed or a record told twice.

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
        With every fault: column, how many rows, and which; never a value.
    """
    _refuse_types(table, columns, where)
    told = table.mutate(**{_ROW: table[row] if row else ibis.row_number() + 1})
    faults = _cells(con, told, columns)
    if RECORD_ID in columns:
        faults += _identifiers(con, told, record_id(told, columns))
    if faults:
        raise InputError(
            f"{where}: some cells cannot be used.",
            faults,
            remedy="Mend these rows (row 1 is the first data row) and try again.",
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
        if not (kind.is_string() or kind.is_integer()):
            faults.append(f"column {RECORD_ID}: it must be text or whole numbers")
    if faults:
        raise InputError(
            f"{where}: some columns are of the wrong type.",
            faults,
            remedy="Give dates as dates or text YYYY-MM-DD, without a time zone; codes as text.",
        )


def _cells(con: Any, told: ir.Table, columns: Mapping[str, str]) -> list[str]:
    tests = {
        item: _unparsed(told[columns[item.column]], item)
        for item in ITEMS
        if item.column in columns
    }
    sums = {
        item.column: test.sum().fill_null(0) for item, test in tests.items() if test is not None
    }
    if not sums:
        return []
    found = con.to_pyarrow(told.aggregate(**sums)).to_pylist()[0]
    return [
        f"column {item.column}: {_WHAT[item.kind]} in "
        + _rows(con, told.filter(test), found[item.column])
        for item, test in tests.items()
        if test is not None and found[item.column] > 0
    ]


def _unparsed(cell: ir.Value, item: Item) -> ir.BooleanValue | None:
    """Where a cell says something that its item cannot mean; None if it cannot happen."""
    kind = cell.type()
    if kind.is_floating():
        whole = ((cell % 1) == 0) & cell.try_cast("int64").notnull()
        return cell.notnull() & ~cell.isnan() & ~whole
    if not kind.is_string() or item.kind == "text":
        return None
    parse = parsed_date if item.kind == "date" else parsed_days
    return text(cell).notnull() & parse(cell).isnull()


def _rows(con: Any, faulty: ir.Table, count: int) -> str:
    listed = con.to_pyarrow(faulty.select(_ROW).order_by(_ROW).limit(ROWS_LISTED))
    first = listed[_ROW].to_pylist()
    more = f" and {count - len(first)} more" if count > len(first) else ""
    noun = "row" if count == 1 else "rows"
    return f"{count} {noun}: " + ", ".join(str(each) for each in first) + more


def _identifiers(con: Any, told: ir.Table, identifier: ir.Value) -> list[str]:
    keys = told.select(_ROW, key=identifier)
    # cheap where all is well; only a table with a fault pays for finding it
    groups = keys.group_by("key").aggregate(copies=lambda t: t.count())
    named = groups.key.notnull()
    found = con.to_pyarrow(
        groups.aggregate(
            blank=groups.copies.sum(where=~named).fill_null(0),
            most=groups.copies.max(where=named).fill_null(0),
        )
    ).to_pylist()[0]
    faults = []
    if found["blank"]:
        rows = _rows(con, keys.filter(lambda t: t.key.isnull()), found["blank"])
        faults.append(f"column {RECORD_ID}: blank in {rows}")
    if found["most"] > 1:
        copies = keys.filter(lambda t: t.key.notnull()).mutate(
            copies=lambda t: t.count().over(ibis.window(group_by=t.key))
        )
        twice = copies.filter(copies.copies > 1)
        rows = _rows(con, twice, con.to_pyarrow(twice.count()).as_py())
        faults.append(f"column {RECORD_ID}: the same as another row's in {rows}")
    return faults
