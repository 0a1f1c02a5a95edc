"""Two Trusts' registers of made-up persons, half of whom are in both, and the truth.

Names are long-tailed and differ by tradition; people live in households that share a
postcode and mostly a family name; there are twins, and children with a parent's name;
women change their names and families move; each Trust's register errs on its own, at
rates that differ by ethnic group. What a record looks like owes nothing to any linkage.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from _linkage_errors import (
    GROUPS,
    Bools,
    Ints,
    Text,
    births,
    blanked,
    digit_slips,
    drawn_errors,
    with_slips,
)
from _linkage_names import POOLS, Names, names

SHARES = (0.72, 0.08, 0.10, 0.05, 0.015, 0.015, 0.02)
"""Of `GROUPS`: a city region's mix, so that a group of 10 % is large enough to measure."""
SOURCES = ("RXA", "RXB")
NO_FIXED_ABODE = "ZZ99 3VZ"


@dataclass(frozen=True)
class Sets:
    """Two registers and who is whom.

    Attributes
    ----------
    left, right : DataFrame
        One row a record: ``record_id, source, nhs_number, given_name, family_name,
        birth_date, sex, postcode``; text, missing is None.
    truth : DataFrame
        One row a record: ``record_id, source, person, ethnic_group, twin``.
    """

    left: pd.DataFrame
    right: pd.DataFrame
    truth: pd.DataFrame

    @property
    def records(self) -> pd.DataFrame:
        """Both registers below each other."""
        return pd.concat([self.left, self.right], ignore_index=True)


@dataclass(frozen=True)
class _Persons:
    group: Ints
    sex: Ints
    born: np.ndarray
    given: Text
    variant: Text
    other_given: Text
    family: Text
    family_before: Text
    postcode: Text
    postcode_before: Text
    nhs_number: Ints
    housemate: Ints
    twin: Bools


def two_trusts(
    rows: int, seed: int, *, names_folder: Path | None = None, duplicates: float = 0.0
) -> Sets:
    """Make the two registers.

    Parameters
    ----------
    rows : int
        Persons at each Trust; half of them are at the other too.
    seed : int
    names_folder : Path, optional
        Public name counts (see `_linkage_names.names`); otherwise all names are invented.
    duplicates : float, optional
        Share of persons who are twice in the same register, with errors of their own.

    Returns
    -------
    Sets
        The same for the same arguments. Rows are in no order.
    """
    streams = np.random.default_rng(seed).spawn(5)
    people = _persons(rows * 2 - rows // 2, names(names_folder, streams[0]), streams[1])
    order = streams[2].permutation(len(people.group))
    sides, truths = [], []
    for side, source in enumerate(SOURCES):
        who = order[:rows] if side == 0 else order[rows - rows // 2 :]
        again = who[streams[3].random(len(who)) < duplicates]
        who = streams[3].permutation(np.concatenate([who, again]))
        ids = np.array([f"{source}{place:08d}" for place in range(len(who))], dtype=object)
        sides.append(_registered(people, who, ids, source, streams[4]))
        columns = {"record_id": ids, "source": source, "person": who}
        described = {"ethnic_group": np.array(GROUPS)[people.group[who]], "twin": people.twin[who]}
        truths.append(pd.DataFrame({**columns, **described}))
    return Sets(sides[0], sides[1], pd.concat(truths, ignore_index=True))


def _persons(count: int, lexicons: Names, random: np.random.Generator) -> _Persons:
    sizes = random.choice([1, 2, 3, 4, 5], count, p=[0.32, 0.36, 0.14, 0.13, 0.05])
    home = np.repeat(np.arange(count), sizes)[:count]
    head = np.searchsorted(home, home)
    place = np.arange(count) - head
    group = random.choice(len(GROUPS), count, p=SHARES)[head]
    sex = random.integers(1, 3, count)
    sex = np.where(place == 1, np.where(random.random(count) < 0.97, 3 - sex[head], sex), sex)
    born, twin = _born(head, place, random)
    family = _by_group(lexicons, group, random, None)
    keeps = random.random(count) < np.where(place == 1, 0.80, 0.92)
    family = np.where(keeps, family[head], family)
    given = _by_group(lexicons, group, random, sex)
    child = (place >= 2) & ~twin & (sex == sex[head]) & (random.random(count) < 0.04)
    given = np.where(child, given[head], given)
    postcodes = _postcodes(count, random)
    moved = np.where(random.random(count) < 0.75, head, np.arange(count))
    at_home = np.minimum(head + random.integers(0, 5, count), count - 1)
    return _Persons(
        group, sex, born, given, _variants(lexicons, given, random),
        _by_group(lexicons, group, random, sex), family,
        _by_group(lexicons, group, random, None), postcodes[0][head], postcodes[1][moved],
        _nhs_numbers(count, twin, random), np.where(home[at_home] == home, at_home, head), twin,
    )  # fmt: skip


def _born(head: Ints, place: Ints, random: np.random.Generator) -> tuple[np.ndarray, Bools]:
    """Birth dates: cancer's ages, partners close, children a generation on, some of them twins."""
    count = len(head)
    age = np.clip(random.normal(66, 14, count), 22, 99) * 365.25
    partner = age[head] + random.normal(0, 4, count) * 365.25
    child = np.maximum(age[head] - np.clip(random.normal(29, 5, count), 17, 45) * 365.25, 30)
    days = np.where(place == 0, age, np.where(place == 1, partner, child))
    # twins of working age and beyond share a home seldom, children and old sisters do
    twin = (place >= 3) & (random.random(count) < 0.03)
    twin |= (place == 1) & (random.random(count) < 0.002)
    before = np.arange(count) - 1
    days = np.where(twin, days[before], days)
    born = np.datetime64("2025-01-01") - np.round(days).astype("timedelta64[D]")
    both = twin.copy()
    both[before[twin]] = True
    return born, both


def _by_group(lexicons: Names, group: Ints, random: np.random.Generator, sex: Ints | None) -> Text:
    """Names of each: of the group's own tradition for most, of the general one otherwise."""
    own = random.random(len(group)) < np.where(np.arange(len(GROUPS)) == 1, 0.55, 0.80)[group]
    drawn = np.full(len(group), None, dtype=object)
    for tradition in ("", *POOLS):
        theirs = own & (group == GROUPS.index(tradition)) if tradition else ~own
        if not tradition:
            theirs = ~own | np.isin(group, [0, 5, 6])
        for code in (1, 2):
            where = np.flatnonzero(theirs & (sex == code) if sex is not None else theirs)
            lexicon = lexicons.family[tradition] if sex is None else lexicons.given[tradition, code]
            drawn[where] = lexicon.drawn(random, len(where))
    return drawn


def _variants(lexicons: Names, given: Text, random: np.random.Generator) -> Text:
    """What else each is called: a pet name, another spelling, or where none is known its start."""
    drawn = random.random(len(given)).tolist()
    known = [lexicons.variants.get(name) or [name[: max(len(name) * 2 // 3, 2)]] for name in given]
    held = [others[int(draw * len(others))] for others, draw in zip(known, drawn, strict=True)]
    return np.array(held, dtype=object)


def _postcodes(count: int, random: np.random.Generator) -> tuple[Text, Text]:
    """Postcodes of homes, some three homes to each, and of the homes before them."""
    size = max(count // 8, 30)
    area = np.array(["QA", "QB", "QC", "XN", "XS", "JW"], dtype=object)
    letters = np.array(list("ABDEFGHJLNPQRSTUWXYZ"), dtype=object)
    there = area[random.integers(0, 6, size)] + random.integers(1, 30, size).astype(str)
    there = there + " " + random.integers(0, 10, size).astype(str).astype(object)
    there = there + letters[random.integers(0, 20, size)] + letters[random.integers(0, 20, size)]
    there = np.sort(there.astype(str)).astype(object)
    now = random.integers(0, size, count)
    near = (now + random.integers(-60, 61, count)) % size
    before = np.where(random.random(count) < 0.5, near, random.integers(0, size, count))
    return there[now], there[before]


def _nhs_numbers(count: int, twin: Bools, random: np.random.Generator) -> Ints:
    """Different valid numbers; twins' mostly follow each other, as given out at one birth."""
    nine = np.unique(random.integers(900_000_000, 999_999_999, count * 3))
    total = sum((nine // 10 ** (8 - i) % 10) * (10 - i) for i in range(9))
    digit = (11 - total % 11) % 11
    valid = (nine * 10 + digit)[digit < 10]
    # every other valid number in its order is kept for a twin of the one before it
    block = random.permutation(len(valid) // 2)[:count] * 2
    following = np.concatenate([[False], twin[1:] & twin[:-1]]) & (random.random(count) < 0.7)
    previous = np.maximum(np.arange(count) - 1, 0)
    alone = ~following[previous]
    return np.asarray(np.where(following & alone, valid[block[previous] + 1], valid[block]))


def _registered(
    people: _Persons, who: Ints, ids: Text, source: str, random: np.random.Generator
) -> pd.DataFrame:
    """One Trust's register: its errors, and its way of writing."""
    errors = drawn_errors(people.group[who], random)
    given, family = _written_names(people, who, errors, random)
    postcode = np.where(
        errors["postcode_of_before"], people.postcode_before[who], people.postcode[who]
    )
    postcode = with_slips(postcode, errors["postcode_slip"], random)
    outward = np.array([text.split(" ")[0] for text in postcode], dtype=object)
    postcode = np.where(errors["postcode_outward"], outward, postcode)
    postcode = np.where(errors["postcode_none_fixed"], NO_FIXED_ABODE, postcode)
    numbers = np.where(errors["nhs_of_another"], people.housemate[who], who)
    numbers = digit_slips(people.nhs_number[numbers], errors["nhs_slip"], random).astype(str)
    sex = np.where(errors["sex_wrong"], 3 - people.sex[who], people.sex[who]).astype(str)
    held = pd.DataFrame(
        {
            "record_id": ids,
            "source": source,
            "nhs_number": blanked(numbers, errors["nhs_missing"]),
            "given_name": given,
            "family_name": family,
            "birth_date": births(people.born[who], errors, random),
            "sex": blanked(sex, errors["sex_missing"]),
            "postcode": blanked(postcode, errors["postcode_missing"]),
        }
    )
    if source == SOURCES[1]:  # its system writes capitals, and postcodes without the gap
        upper = {name: held[name].str.upper() for name in ("given_name", "family_name")}
        held = held.assign(**upper, postcode=held["postcode"].str.replace(" ", ""))
    return held


def _written_names(
    people: _Persons, who: Ints, errors: dict[str, Bools], random: np.random.Generator
) -> tuple[Text, Text]:
    given, family = people.given[who], people.family[who]
    given = np.where(errors["given_other"], people.other_given[who], given)
    given = np.where(errors["given_variant"], people.variant[who], given)
    given = with_slips(given, errors["given_slip"], random)
    initial = np.array([name[:1] for name in given], dtype=object)
    given = np.where(errors["given_initial"], initial, given)
    woman = people.sex[who] == 2
    before = people.family_before[who]
    family = np.where(errors["family_of_before"] & woman, before, family)
    family = np.where(errors["family_joined"], family + "-" + before, family)
    family = with_slips(family, errors["family_slip"], random)
    swapped = errors["names_swapped"]
    given, family = np.where(swapped, family, given), np.where(swapped, given, family)
    return blanked(given, errors["given_missing"]), family
