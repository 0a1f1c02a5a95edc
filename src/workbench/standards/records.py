"""Pathway records as the engine wants them: one typed column an item, blanks missing.

Parsing is strict: a date is ISO and real, an adjustment a whole number. What does
not parse becomes missing here and is refused, with its row, in `checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from workbench.standards.items import ITEMS, RECORD_ID, Item

_ISO_LENGTH = len("2025-01-31")
_FIRST_VISIBLE = "!"
_WHOLE_NUMBER = r"^-?[0-9]{1,9}$"
LARGEST_DAYS = 999_999_999
"""More is no number of days; beyond nine digits sums could overflow."""


def typed(
    table: ir.Table,
    columns: Mapping[str, str],
    as_at: date | None = None,
    *,
    row: str | None = None,
) -> ir.Table:
    """Give every item its short name and type.

    Parameters
    ----------
    table : Table
        Records; one row a record.
    columns : mapping
        Canonical name to the table's own, from `items.matched`.
    as_at : date, optional
        Later dates count as blank; none do without it.
    row : str, optional
        Column that holds the row number from 1; else the engine's own order counts.

    Returns
    -------
    Table
        ``record_id`` (the row number from 1 where the table has none) and one
        column an item; items that the table lacks are missing throughout.
    """
    parsed = {item.name: _parsed(table, item, columns, as_at) for item in ITEMS}
    return table.select(record_id(table, columns, row), **parsed)


def record_id(table: ir.Table, columns: Mapping[str, str], row: str | None = None) -> ir.Value:
    """Give the record's identifier: whole numbers stay numbers, all else is trimmed text."""
    if RECORD_ID not in columns:
        number = table[row] if row else ibis.row_number() + 1
        return number.cast("int64").name(RECORD_ID)
    own = table[columns[RECORD_ID]]
    if own.type().is_integer():
        return own.try_cast("int64").name(RECORD_ID)
    return text(own).name(RECORD_ID)


def text(cell: ir.Value, width: int = 0) -> ir.StringValue:
    """Trim white space; a blank is missing; a number is padded to its code's width."""
    kind = cell.type()
    if kind.is_numeric():
        digits = cell.try_cast("int64").cast("string")
        return ibis.ifelse(digits.length() < width, digits.lpad(width, "0"), digits)
    written = cell.cast("string")
    # trimming is dear and seldom needed: only a cell that is empty, or that begins or ends
    # with a character no greater than a blank, can change by it
    trimmable = (written < _FIRST_VISIBLE) | (written.right(1) < _FIRST_VISIBLE)
    return ibis.ifelse(trimmable, written.strip().nullif(""), written)


def parsed_date(cell: ir.Value) -> ir.DateValue:
    """Parse a real ISO date; anything else is missing."""
    if not cell.type().is_string():
        return cell.cast("date")
    written = text(cell)
    day = written.try_cast("date")
    # engines read 2025-1-3 and words such as 'epoch' as dates too: written back, they differ
    iso = (written.length() == _ISO_LENGTH) & (day.cast("string") == written)
    return ibis.ifelse(iso, day, ibis.null("date"))


def parsed_days(cell: ir.Value) -> ir.IntegerValue:
    """Parse a whole number of days; anything else is missing."""
    if not cell.type().is_string():
        return cell.try_cast("int64")
    written = text(cell)
    # engines round 6.5 to a whole number, so its looks are tested before its value
    return ibis.ifelse(written.re_search(_WHOLE_NUMBER), written, ibis.null("string")).try_cast(
        "int64"
    )


def accepts(kind: dt.DataType, item: Item) -> bool:
    """Whether a column of this type can hold the item without guessing."""
    if kind.is_null() or kind.is_string():
        return True
    if item.kind == "date":
        # the day of an instant depends on where the clock hangs, so a time zone is refused
        return bool(kind.is_date() or (kind.is_timestamp() and kind.timezone is None))
    return bool(kind.is_integer() or kind.is_floating())


def _parsed(
    table: ir.Table, item: Item, columns: Mapping[str, str], as_at: date | None
) -> ir.Value:
    if item.column not in columns:
        return ibis.null({"date": "date", "days": "int64", "text": "string"}[item.kind])
    cell = table[columns[item.column]]
    if item.kind == "date":
        day = parsed_date(cell)
        return day if as_at is None else ibis.ifelse(day > as_at, ibis.null("date"), day)
    if item.kind == "days":
        return parsed_days(cell)
    code = text(cell, item.width)
    if item.name == "fds_end_reason":
        # the item's own format says one character although its codes have two
        return ibis.ifelse(code.length() < item.width, code.lpad(item.width, "0"), code)
    return code
