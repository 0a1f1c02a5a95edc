"""Identifiers in one spelling, with what says nothing about a person taken out.

A value that cannot be understood is kept as text: it may still be close to the right
one. Only what is no value at all (a placeholder, a default postcode) becomes missing.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.cells import fails_modulus_11, ten_digits
from workbench.linkage.columns import Column
from workbench.linkage.held import held, let_go
from workbench.linkage.rules import LinkageRules

_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŠŽŁĄĆĘŃŚŹŻČĚŘŮĞİŞ"
_PLAIN = "AAAAAACEEEEIIIINOOOOOOUUUUYSZLACENSZZCERUGIS"
FEATURES = "linkage_features"
"""Name of the table that `normalised` makes."""

_NUMBERS = {"nhs_number", "number"}
_BETWEEN = " -./\t\u00a0"
_APART = "-–_,/\t\u00a0"
_DROPPED = "'’`.\""
_SILENT = "[AEIOUYHW ]"


def normalised(
    con: Any, raw: ir.Table, columns: tuple[Column, ...], rules: LinkageRules
) -> ir.Table:
    """Every identifying column in one spelling.

    Parameters
    ----------
    con : ibis backend
        Where the tables are made; an expression that names a cleaned cell often would clean
        it as often.
    raw : ibis Table
        ``row, place_of_source`` and the columns as text.
    columns : tuple of Column
    rules : LinkageRules
        For placeholders.

    Returns
    -------
    ibis Table
        Table ``linkage_features``, as many rows. Beside each number NAME there is
        ``NAME__valid``: null unless its check digit, if it has one, is right.
    """
    cleaned = {column.name: _cleaned(raw[column.name], column.kind) for column in columns}
    tidy = held(con, "linkage_tidy", raw.select("row", "place_of_source", **cleaned))
    known = {column.name: _known(tidy[column.name], column.kind, rules) for column in columns}
    said = held(con, "linkage_said", tidy.select("row", "place_of_source", **known))
    let_go(con, "linkage_tidy")
    valid = {
        f"{c.name}__valid": _valid(said[c.name], c.kind) for c in columns if c.kind in _NUMBERS
    }
    features = held(con, FEATURES, said.mutate(**valid))
    let_go(con, "linkage_said")
    return features


def with_likenesses(features: ir.Table, columns: tuple[Column, ...]) -> ir.Table:
    """Add what stays the same where a value has a slip; for blocking.

    Of a name or text ``NAME__sound``, of a date ``NAME__year`` and ``NAME__folded`` (the same
    for a day and month in each other's place), of a postcode ``NAME__district``.
    """
    made: dict[str, Any] = {}
    for column in columns:
        made |= _likenesses(features[column.name], column)
    return features.mutate(**made) if made else features


def _cleaned(text: Any, kind: str) -> Any:
    """Capitals without what people write in more than one way."""
    match kind:
        case "nhs_number" | "number" | "postcode":
            return _translated(text.upper().replace(" ", ""), "[^0-9A-Z]", _BETWEEN, "")
        case "name" | "text":
            plain = _PLAIN + " " * len(_APART)
            return _translated(
                text.upper(), "[^A-Z ]", _ACCENTED + _APART + _DROPPED, plain
            ).strip()
        case "date":
            # a time of day behind the date is nobody's birth date
            day = text.strip().left(10).replace("-", "")
            return _translated(day, "[^0-9]", _BETWEEN, "")
        case _:
            return text.upper().strip()


def _translated(text: Any, unusual: str, before: str, after: str) -> Any:
    """Letters replaced, in the few cells that have an unusual one: to look is far cheaper."""
    return ibis.ifelse(text.re_search(unusual), text.translate(before, after), text)


def _known(text: Any, kind: str, rules: LinkageRules) -> Any:
    """The value, null where it is blank or says nothing about a person."""
    nothing = text == ""
    match kind:
        case "nhs_number":
            nothing = nothing | text.re_search("^(0+|1+|9+)$")
        case "name":
            nothing = nothing | text.isin(rules.placeholder_names)
        case "date":
            nothing = nothing | text.isin(rules.placeholder_dates)
        case "sex":
            nothing = nothing | text.isin(rules.unknown_sex_codes)
        case "postcode":
            for beginning in rules.default_postcode_beginnings:
                nothing = nothing | text.startswith(beginning)
    if kind in {"name", "text"}:
        text = ibis.ifelse(text.contains("  "), text.re_replace(" +", " "), text)
    return ibis.ifelse(nothing, None, text)


def _valid(number: Any, kind: str) -> Any:
    if kind != "nhs_number":
        return number
    return ibis.ifelse(fails_modulus_11(ten_digits(number)), None, number)


def _likenesses(value: Any, column: Column) -> dict[str, Any]:
    name = column.name
    match column.kind:
        case "name" | "text":
            return {f"{name}__sound": _sound(value)}
        case "date":
            month, day = value.substr(4, 2), value.substr(6, 2)
            folded = ibis.ifelse(month < day, month.concat(day), day.concat(month))
            year = value.left(4)
            return {f"{name}__year": year, f"{name}__folded": year.concat(folded)}
        case "postcode":
            # what is shorter than the shortest whole postcode is an outward code alone
            outward = value.left(value.length() - 3)
            return {f"{name}__district": ibis.ifelse(value.length() >= 5, outward, value)}
        case _:
            return {}


def _sound(spelt: Any) -> Any:
    """First letter and the next three consonants: what a slip of one vowel leaves alone."""
    # blanks go too, so that a double name sounds as its first part begins
    return spelt.left(1).concat(spelt.substr(1, 7).re_replace(_SILENT, "").left(3))
