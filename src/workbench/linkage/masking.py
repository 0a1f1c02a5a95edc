"""What two records have in common, in words that show as little of anybody as they can.

First letters, lengths, places that differ, the year of birth and the postcode area are
shown; a whole name, number, date or postcode never is.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from workbench.linkage.encoding_values import letters, nhs_number, sound

FIELDS = ("nhs_number", "given_name", "family_name", "birth_date", "sex", "postcode")
SHOWN_EDITS = 3
"""More changes than these make another name: their places would say nothing."""
MISSING = "missing"

Tell = Callable[[str, str], str]


def masked(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Evidence for pairs of records, one column a field and a note.

    Parameters
    ----------
    left, right : DataFrame
        Identifiers of each pair's two records, row by row; a field may be absent.

    Returns
    -------
    DataFrame
        Text: the fields that either table has, and ``note`` for what only several fields
        together tell (names swapped, perhaps twins).
    """
    tell: dict[str, Tell] = {
        "nhs_number": _numbers,
        "given_name": _names,
        "family_name": _names,
        "birth_date": _dates,
        "sex": lambda one, other: "equal" if one.upper() == other.upper() else "different",
        "postcode": _postcodes,
    }
    shown = {
        name: _told(_cells(left, name), _cells(right, name), tell[name])
        for name in FIELDS
        if name in left or name in right
    }
    evidence = pd.DataFrame(shown, index=left.index, dtype="str")
    evidence["note"] = _notes(left, right, evidence)
    return evidence


def _cells(frame: pd.DataFrame, name: str) -> pd.Series:
    """A field as text, blank where missing."""
    if name not in frame:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].astype("str").fillna("").str.strip().replace({"None": "", "NaT": ""})


def _told(left: pd.Series, right: pd.Series, tell: Tell) -> list[str]:
    """Words for each pair of cells; equal ones are worked out once."""
    known: dict[tuple[str, str], str] = {}
    for pair in set(zip(left, right, strict=True)):
        one, other = pair
        known[pair] = tell(one, other) if one and other else _missing(one, other)
    return [known[pair] for pair in zip(left, right, strict=True)]


def _missing(one: str, other: str) -> str:
    where = "on the left" if other else "on the right" if one else "on both sides"
    return f"{MISSING} {where}"


def _numbers(one: str, other: str) -> str:
    one, other = ("".join(part.split()).replace("-", "") for part in (one, other))
    valid = "" if nhs_number(one) and nhs_number(other) else "; a check digit is wrong"
    if one == other:
        return f"equal{valid}"
    if len(one) != len(other):
        return f"different lengths{valid}"
    places = [n for n, (a, b) in enumerate(zip(one, other, strict=True), 1) if a != b]
    if len(places) == 2 and places[1] == places[0] + 1 and sorted(one) == sorted(other):
        return f"two neighbouring digits swapped, places {places[0]} and {places[1]}{valid}"
    if len(places) <= SHOWN_EDITS:
        verb = "differs" if len(places) == 1 else "differ"
        return f"{len(places)} of {len(one)} digits {verb}, {_at(places)}{valid}"
    return f"different{valid}"


def _names(one: str, other: str) -> str:
    one, other = letters(one), letters(other)
    if not one or not other:
        return _missing(one, other)
    if one == other:
        return f"equal: {_first(one)}, {_long(one)}"
    ends = f"{_first(one)} and {_first(other)}, {_long(one)} and {_long(other)}"
    alike = "; sound alike" if sound(one) == sound(other) else ""
    short, whole = sorted((one, other), key=len)
    if len(short) >= 3 and whole.startswith(short):
        return f"one begins with the other: {ends}"
    places = _edits(one, other)
    if len(places) <= min(SHOWN_EDITS, len(short) - 1):
        return f"{len(places)} changed, {_at(places)}: {ends}{alike}"
    return f"different: {ends}{alike}"


def _dates(one: str, other: str) -> str:
    one, other = one[:10], other[:10]
    if one == other:
        return f"equal: {one[:4]}"
    years = one[:4] if one[:4] == other[:4] else f"{one[:4]} and {other[:4]}"
    if one[:4] == other[:4] and (one[5:7], one[8:]) == (other[8:], other[5:7]):
        return f"day and month swapped: {years}"
    parts = (("year", 0, 4), ("month", 5, 7), ("day", 8, 10))
    differ = [name for name, start, end in parts if one[start:end] != other[start:end]]
    verb = "differ" if len(differ) > 1 else "differs"
    return f"{' and '.join(differ)} {verb}: {years}"


def _postcodes(one: str, other: str) -> str:
    one, other = ("".join(part.split()).upper() for part in (one, other))
    areas = [part[: 2 if part[1:2].isalpha() else 1] for part in (one, other)]
    if one == other:
        return f"equal: area {areas[0]}"
    if areas[0] != areas[1]:
        return f"different areas: {areas[0]} and {areas[1]}"
    near = "same district" if one[:-3] == other[:-3] and len(one) > 4 else "same area"
    places = _edits(one, other)
    changed = f"; {len(places)} changed, {_at(places)}" if len(places) <= 2 else ""
    return f"{near}: {areas[0]}{changed}"


def _edits(one: str, other: str) -> list[int]:
    """Places, from 1, of the fewest changes that turn one text into another (Levenshtein)."""
    table = [list(range(len(other) + 1))]
    for n, a in enumerate(one, 1):
        row = [n]
        for m, b in enumerate(other, 1):
            row.append(min(table[n - 1][m] + 1, row[m - 1] + 1, table[n - 1][m - 1] + (a != b)))
        table.append(row)
    places, n, m = [], len(one), len(other)
    while n or m:
        if n and m and table[n][m] == table[n - 1][m - 1] + (one[n - 1] != other[m - 1]):
            if one[n - 1] != other[m - 1]:
                places.append(n)
            n, m = n - 1, m - 1
        elif n and table[n][m] == table[n - 1][m] + 1:
            places.append(n)
            n -= 1
        else:
            places.append(n + 1)
            m -= 1
    return sorted(places)


def _notes(left: pd.DataFrame, right: pd.DataFrame, evidence: pd.DataFrame) -> pd.Series:
    """What several fields tell together."""
    note = pd.Series("", index=evidence.index, dtype="str")
    names = ("given_name", "family_name")
    if not set(names) <= set(evidence):
        return note
    one, other = ([_cells(side, n).map(letters) for n in names] for side in (left, right))
    swapped = (one[0] == other[1]) & (one[1] == other[0]) & (one[0] != one[1]) & (one[0] != "")
    note = note.mask(swapped, "given and family name changed places")
    if {"birth_date", "postcode", "nhs_number"} <= set(evidence):
        told = evidence.map(lambda text: text.split(":")[0].split(";")[0])
        home = (told["family_name"] == "equal") & (told["postcode"] == "equal")
        others = told["nhs_number"].str.startswith(("different", MISSING))
        unlike = told["given_name"].str.startswith("different") & ~swapped
        twins = home & others & unlike & (told["birth_date"] == "equal")
        note = note.mask(twins, "may be twins")
        years = told["birth_date"].str.contains("year")
        kin = home & (told["given_name"] == "equal") & years & others
        note = note.mask(kin, "may be parent and child of one name")
    return note


def _at(places: list[int]) -> str:
    distinct = sorted(set(places))
    return f"place{'s' if len(distinct) > 1 else ''} {', '.join(map(str, distinct))}"


def _first(name: str) -> str:
    """The first letter, unless it is the whole name."""
    return name[0] if len(name) > 1 else "one letter"


def _long(name: str) -> str:
    return f"{len(name)} letter{'' if len(name) == 1 else 's'}"
