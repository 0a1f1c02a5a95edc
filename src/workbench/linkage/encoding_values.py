"""Identifiers as they are encoded: one spelling each, tokens, and parts to find pairs by.

Two sites must come to the same letter, so that nothing here depends on a locale, a clock
or an engine. Each distinct cell is looked at once.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable

import pandas as pd

from workbench.linkage.encoding_parameters import EncodingParameters

_SOUNDS = str.maketrans("BFPVCGJKQSXZDTLMNR", "111122222222334556")
_POSTCODE = re.compile("[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}")
_OUTWARD = re.compile("[A-Z]{1,2}[0-9][0-9A-Z]?")
_DAYS = (re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?"),
         re.compile("([0-9]{4})([0-9]{2})([0-9]{2})"))  # fmt: skip


def read_values(
    records: pd.DataFrame, parameters: EncodingParameters
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Identifiers in the one spelling that is encoded.

    Parameters
    ----------
    records : DataFrame
        Any of ``nhs_number``, ``given_name``, ``family_name``, ``birth_date``, ``sex`` and
        ``postcode``, as text or dates.
    parameters : EncodingParameters

    Returns
    -------
    DataFrame
        All six, as text; missing where blank, a stand-in or unusable.
    dict of str to int
        By field, how many cells that were filled in cannot be used.
    """
    readers: dict[str, Callable[[str], str | None]] = {
        "nhs_number": nhs_number,
        "given_name": lambda cell: _name(cell, parameters),
        "family_name": lambda cell: _name(cell, parameters),
        "birth_date": lambda cell: _birth_date(cell, parameters),
        "sex": lambda cell: parameters.sexes.get(cell.upper()),
        "postcode": lambda cell: _postcode(cell, parameters),
    }
    read, unusable = {}, {}
    for name, reader in readers.items():
        if name in records:
            read[name] = _of_distinct(records[name], reader)
            filled = _of_distinct(records[name], lambda cell: _said(cell, parameters))
            unusable[name] = int((filled.notna() & read[name].isna()).sum())
        else:
            read[name] = pd.Series(None, index=records.index, dtype="str")
    return pd.DataFrame(read, index=records.index), unusable


def _of_distinct(cells: pd.Series, read: Callable[[str], str | None]) -> pd.Series:
    """Apply a reader of one cell to each distinct cell that is not blank."""
    codes, distinct = pd.factorize(cells)
    told = [str(cell).strip() for cell in distinct]
    new = pd.Series([read(cell) if cell else None for cell in told] + [None], dtype="str")
    return pd.Series(new.to_numpy()[codes], index=cells.index, dtype="str")


def _said(cell: str, parameters: EncodingParameters) -> str | None:
    """A cell that means something; the codes of a sex that is not known mean nothing."""
    return None if cell.upper() in parameters.sexes_that_mean_missing else cell


def letters(text: str) -> str:
    """Letters of a name in capitals, without marks, blanks, hyphens and apostrophes."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(one for one in plain if one.isalpha())


def nhs_number(cell: str) -> str | None:
    """Ten digits whose last is the modulus 11 check digit; else None."""
    digits = re.sub(r"[\s-]", "", cell)
    if not re.fullmatch("[0-9]{10}", digits) or len(set(digits)) == 1:
        return None
    total = sum(weight * int(one) for weight, one in zip(range(10, 0, -1), digits, strict=True))
    return digits if total % 11 == 0 else None


def _name(cell: str, parameters: EncodingParameters) -> str | None:
    name = letters(cell)
    return name if name and name not in parameters.names_that_mean_missing else None


def _birth_date(cell: str, parameters: EncodingParameters) -> str | None:
    """``CCYYMMDD`` of a day that exists."""
    found = next(filter(None, (pattern.fullmatch(cell) for pattern in _DAYS)), None)
    try:
        day = dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    if day is None or day.isoformat() in parameters.birth_dates_that_mean_missing:
        return None
    return day.strftime("%Y%m%d") if day.year >= 1850 else None


def _postcode(cell: str, parameters: EncodingParameters) -> str | None:
    """A postcode without its blank, or its outward half where that is all there is."""
    code = re.sub(r"\s", "", cell).upper()
    if code.startswith(tuple(parameters.outward_codes_that_mean_missing)):
        return None
    return code if _POSTCODE.fullmatch(code) or _OUTWARD.fullmatch(code) else None


def sound(name: str) -> str:
    """American Soundex of a name in capitals: names that sound alike share it."""
    code, last = name[0], name[0].translate(_SOUNDS)
    for one in name[1:]:
        digit = one.translate(_SOUNDS)
        if digit.isdigit() and digit != last:
            code += digit
        if one not in "HW":
            last = digit
    return code[:4].ljust(4, "0")


def tokens(kind: str, value: str) -> list[str]:
    """Cut a value into tokens, sorted and each once.

    Parameters
    ----------
    kind : {"bigrams", "placed_bigrams", "whole"}
        Pairs of neighbouring letters, the ends padded; the same with their place; the value.
    value : str
    """
    if kind == "whole":
        return [value]
    padded = f"_{value}_"
    pairs = [padded[place : place + 2] for place in range(len(padded) - 1)]
    if kind == "placed_bigrams":
        pairs = [f"{place}:{pair}" for place, pair in enumerate(pairs)]
    return sorted(set(pairs))


def components(values: pd.DataFrame) -> pd.DataFrame:
    """Parts that blocks are made of; missing where a part of them is.

    Parameters
    ----------
    values : DataFrame
        From `read_values`.
    """
    born, given, family = values["birth_date"], values["given_name"], values["family_name"]
    whole = values["postcode"].str.fullmatch(_POSTCODE.pattern).fillna(False).astype(bool)
    day_and_month = _either_way(born.str[6:8], born.str[4:6])
    return pd.DataFrame(
        {
            "nhs_number": values["nhs_number"],
            "birth_date": born,
            "birth_year": born.str[:4],
            "birth_month": born.str[:6],
            "birth_day_and_month_either_way": born.str[:4] + day_and_month,
            "initials": _either_way(given.str[:1], family.str[:1]),
            "names": _either_way(given, family),
            "sounds": _either_way(_of_distinct(given, sound), _of_distinct(family, sound)),
            "postcode": values["postcode"].where(whole),
        }
    )


def _either_way(one: pd.Series, other: pd.Series) -> pd.Series:
    """Two texts in one order, so that they may have changed places; missing where one is."""
    ordered = (one <= other).fillna(False).astype(bool)
    joined = (one + " " + other).where(ordered, other + " " + one)
    return joined.where(one.notna() & other.notna())
