"""A source's cells as the dictionary writes them.

Each distinct cell is looked at once, so that a column of a million dates costs as
much as its few thousand days. What cannot be understood is left as it stands, for
the checks to find.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import pyarrow as pa

from workbench.dictionary.model import CodeList, Field, SourceMapping

Reader = Callable[[str], str | None]

_PARTS = {
    "%Y": "(?P<Y>[0-9]{4})", "%m": "(?P<m>[0-9]{1,2})", "%d": "(?P<d>[0-9]{1,2})",
    "%b": "(?P<b>[A-Za-z]{3,9})", "%B": "(?P<b>[A-Za-z]{3,9})",
    "%H": "[0-9]{1,2}", "%M": "[0-9]{2}", "%S": r"[0-9]{2}(?:\.[0-9]+)?",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO_WITH_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}.*)?")


def mapped(cells: pa.ChunkedArray, read: Reader) -> pa.Array:
    """Apply a reader of one cell to each distinct cell of a column.

    Parameters
    ----------
    cells : pyarrow.ChunkedArray
        Text.
    read : callable
        Gives the cell's new text, or None where it is blank.

    Returns
    -------
    pyarrow.Array
        Text, as many cells.
    """
    coded = pa.chunked_array(cells, pa.string()).combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    new = pa.array([read(cell) for cell in coded.dictionary.to_pylist()], pa.string())
    return new.take(coded.indices)


def reader_for(
    field: Field, mapping: SourceMapping, values: Mapping[str, str], codes: CodeList | None
) -> Reader:
    """How the cells of one column of ours are read from a source.

    Parameters
    ----------
    field : Field
    mapping : SourceMapping
        For its missing values and forms of dates.
    values : mapping of str to str
        The source's cells to ours, for this column.
    codes : CodeList or None
        That the field names.
    """
    missing = {one.strip().casefold() for one in mapping.missing_values} | {""}
    exact = {theirs.strip().casefold(): ours for theirs, ours in values.items()}
    tidy = _tidy(field, mapping.date_formats, codes)

    def read(cell: str) -> str | None:
        text = cell.strip()
        plain = text.casefold()
        if plain in missing:
            return None
        return exact.get(plain) or tidy(text) or None

    return read


def _tidy(
    field: Field, date_formats: Sequence[str], codes: CodeList | None
) -> Callable[[str], str]:
    if codes is not None:
        return _code(field, codes)
    if field.type == "date":
        patterns = [_pattern(form) for form in date_formats]
        return lambda text: _date(text, patterns)
    if field.type in {"integer", "number"}:
        return lambda text: re.sub(r"^(-?[0-9]+)\.0+$", r"\1", text)
    if field.type == "boolean":
        return str.lower
    if field.check == "modulus_11":
        return _nhs_number
    if field.role == "organisation":
        return str.upper
    return _BY_NAME.get(field.name, _single_blanks)


def _code(field: Field, codes: CodeList) -> Callable[[str], str]:
    """Codes in the list's own spelling: capitals, and zeros that a spreadsheet has taken off."""
    known = {**{code.casefold(): code for code in codes.values}, **field.synonyms}
    width = max((len(code) for code in codes.values), default=0)

    def read(text: str) -> str:
        plain = text.casefold()
        whole = re.sub(r"^([0-9]+)\.0+$", r"\1", plain)
        for spelling in (plain, whole, whole.zfill(width)):
            if spelling in known:
                return known[spelling]
        return text

    return read


@lru_cache(maxsize=256)
def _pattern(form: str) -> re.Pattern[str]:
    parts = re.split("(%[A-Za-z])", form)
    return re.compile("".join(_PARTS.get(part, re.escape(part)) for part in parts))


def _date(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """A day in one of the source's forms as ``CCYY-MM-DD``; other text as it stands.

    The first form that gives a day that exists is taken, so the order of the forms
    decides how 03/04/2025 is read.
    """
    if len(text) == 10 and text[4] == "-" == text[7]:
        return text
    if with_time := _ISO_WITH_TIME.fullmatch(text):
        return with_time[1]
    for pattern in patterns:
        if found := pattern.fullmatch(text):
            part = found.groupdict()
            month = part.get("m") or _month(part.get("b") or "")
            try:
                return dt.date(int(part["Y"]), int(month), int(part.get("d") or 1)).isoformat()
            except (ValueError, KeyError):
                continue
    return text


def _month(name: str) -> int:
    short = name[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _nhs_number(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    return digits if re.fullmatch("[0-9]{10}", digits) else text


def _diagnosis(text: str) -> str:
    """ICD-10 without dot and filler; three characters padded with X, as the data set has it."""
    code = re.sub(r"[\s.]", "", text).upper()
    code = re.sub("-+$", "", code)
    return code + "X" if re.fullmatch("[A-Z][0-9]{2}", code) else code


def _postcode(text: str) -> str:
    """Capitals, and one blank before the last three characters where it is whole."""
    code = re.sub(r"\s", "", text).upper()
    whole = re.fullmatch("([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})", code)
    return f"{whole[1]} {whole[2]}" if whole else _single_blanks(text.upper())


def _single_blanks(text: str) -> str:
    return text if "  " not in text else re.sub(" {2,}", " ", text)


_BY_NAME: dict[str, Callable[[str], str]] = {
    "primary_diagnosis_icd": _diagnosis,
    "postcode": _postcode,
    "lsoa_of_residence": str.upper,
}
