"""How the text of a cell is read: when it is blank, and what parses to a value.

The one grammar that every compiler of the dictionary keeps to. A blank cell is
empty or nothing but ASCII white space. Values are otherwise taken as they stand:
a code with a space before it is another text.

======== ==========================================================================
date     ``CCYY-MM-DD``, a day that exists
integer  digits with or without a minus sign before them, at most 15
number   the same with a decimal point or an exponent, as far as a double holds it
boolean  ``true`` or ``false``
======== ==========================================================================
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir

WHITE_SPACE = " \t\n\r\v\f"
INTEGER = "-?[0-9]{1,15}"
NUMBER = r"-?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?"
TEN_DIGITS = "[0-9]{10}"


def whole(pattern: str) -> str:
    """A regular expression that matches a whole text, whatever characters it holds."""
    return f"^(?s:{pattern})$"


def as_text(column: ir.Value) -> ir.StringValue:
    """Cells of a column as text, null where blank.

    Parameters
    ----------
    column : ibis Value
        Text as it stands in a CSV; a column of another type, from Parquet, is written
        in the grammar of this module first.
    """
    kind = column.type()
    text: Any = column
    if isinstance(kind, dtypes.Timestamp):
        text = column.cast("string").re_replace(" 00:00:00$", "")
    elif isinstance(kind, dtypes.Floating):
        text = column.cast("string").re_replace(r"\.0+$", "")
    elif not isinstance(kind, dtypes.String):
        text = column.cast("string")
    # Only a text that sorts before "!" can begin with white space, and that is cheap to see.
    blank = ibis.ifelse(text < "!", text.strip() == "", False)
    return ibis.ifelse(blank, ibis.null("string"), text)


def parsed(text: ir.StringValue, kind: str, day: ir.Value | None = None) -> ir.Value:
    """Cells as values of the dictionary's type `kind`; null where blank or unparseable.

    Parameters
    ----------
    text : ibis StringValue
        From `as_text`.
    kind : str
        A field's type.
    day : ibis DateValue, optional
        What the engine reads `text` as, for a date; given so that it is read but once.
    """
    match kind:
        case "integer":
            return text.re_search(whole(INTEGER)).ifelse(text.try_cast("int64"), None)
        case "number":
            return text.re_search(whole(NUMBER)).ifelse(text.try_cast("float64"), None)
        case "boolean":
            return ibis.cases((text == "true", True), (text == "false", False))
        case "date":
            # Ten characters that come back the same have no era, sign, space or short month.
            day = text.try_cast("date") if day is None else day
            canonical = (text.length() == 10) & (day.cast("string") == text)
            return canonical.ifelse(day, None)
        case _:
            return text


def ten_digits(text: ir.StringValue) -> ir.IntegerValue:
    """Texts of exactly ten digits as whole numbers; null for any other text."""
    number: ir.IntegerValue = text.re_search(whole(TEN_DIGITS)).ifelse(
        text.try_cast("int64"), ibis.null("int64")
    )
    return number


def fails_modulus_11(number: ir.IntegerValue) -> ir.BooleanValue:
    """Whether a number of ten digits, leading zeros included, has a wrong check digit.

    With weights 10 down to 1 the digits of a valid NHS number sum to a multiple of 11.
    A digit is a difference of remainders of the number by powers of ten, and 10 is -1
    modulo 11; collecting terms, the weighted sum is, modulo 11, the number less
    (1 + 2k)(-1)^k times its remainder by 10^k, for k from 1 to 9.
    """
    total: Any = number
    for power in range(1, 10):
        total = total - (number % 10**power) * ((1 + 2 * power) * (-1) ** power)
    return total % 11 != 0
