"""Persons behind the referrals: who comes twice, who is a twin, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.demo.cohort import names
from workbench.demo.cohort.areas import Areas, Ints
from workbench.demo.cohort.nhs_numbers import draw_nhs_numbers
from workbench.demo.cohort.population import People
from workbench.demo.cohort.referrals import Bools, Referrals

AGAIN = 0.06
"""Share of referrals of somebody who was referred before or will be again."""
SECOND_PRIMARY = 0.025
"""Share of cancers that are another cancer of somebody who has one here."""
TWINS = 0.003
"""Share of persons who are the second of a pair of twins."""

_LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))


@dataclass(frozen=True)
class Persons:
    """One row a person.

    Attributes
    ----------
    nhs_number : array of int
    given, family : arrays of int
        Places in the lexicons of `names`.
    people : People
        Age is that at the first referral drawn.
    born : array of int
        Day of birth (days since 1970).
    postcode, earlier_postcode : arrays of str
        Of now, and of before the last move.
    twin : array of int
        The other of a pair of twins, or -1.
    """

    nhs_number: Ints
    given: Ints
    family: Ints
    maiden: Ints
    people: People
    born: Ints
    postcode: names.Text
    earlier_postcode: names.Text
    twin: Ints

    def __len__(self) -> int:
        return len(self.born)

    def given_name(self, rows: Ints) -> tuple[names.Text, names.Text, names.Text]:
        """Given names of some: as they are, otherwise, and with slips (`names.TYPOS` columns)."""
        male, female = names.given_names(0), names.given_names(1)
        woman = self.people.sex[rows] == 1
        place = self.given[rows]
        return (
            np.where(woman, female.right[place], male.right[place]),
            np.where(woman, female.variant[place], male.variant[place]),
            np.where(woman[:, None], female.typos[place], male.typos[place]),
        )


def assign_persons(
    referrals: Referrals, areas: Areas, random: np.random.Generator
) -> tuple[Referrals, Persons, Ints]:
    """Say who each referral is of.

    Returns
    -------
    Referrals
        With the sex, age, ethnic category and home of the person.
    Persons
    array of int
        Person of each referral.
    """
    count = len(referrals)
    born = referrals.received - (referrals.people.age * 365.2425).astype(int)
    born = born - random.integers(1, 365, count)
    owner = _owners(referrals, random)
    twin, owner_of = _twins(referrals.people, owner, areas, random)
    people, born = _as_twins(referrals.people, born, owner_of)
    people, born = people.taken(owner), born[owner]
    age = np.maximum(((referrals.received - born) / 365.2425).astype(int), 0)
    referrals = replace(referrals, people=people.aged(age))
    firsts, person = np.unique(owner, return_inverse=True)
    persons = _named(people.taken(firsts), born[firsts], areas, random)
    place = np.full(count, -1)
    place[firsts] = np.arange(len(firsts))
    other = np.where(twin[firsts] >= 0, place[np.maximum(twin[firsts], 0)], -1)
    return referrals, _with_twins(persons, other, owner_of[firsts] != firsts), person


def _strata(people: People, areas: Areas) -> Ints:
    home = areas.trust[people.area]
    keys = (people.group("ethnic_group"), people.group("age_band"), people.sex, home)
    return np.asarray(((keys[0] * 8 + keys[1]) * 2 + keys[2]) * 3 + keys[3])


def _owners(referrals: Referrals, random: np.random.Generator) -> Ints:
    """For each referral, the referral whose person it is of."""
    count, cancer = len(referrals), referrals.cancer
    owner = np.arange(count)
    people = referrals.people
    strata = (people.group("ethnic_group") * 8 + people.group("age_band")) * 2 + people.sex
    strata = strata * 3 + referrals.trust
    seeking = random.random(count) < np.where(cancer, SECOND_PRIMARY, AGAIN)
    for kind in (cancer, ~cancer):
        among = cancer & ~seeking if kind is cancer else ~seeking
        found = _one_of_each(strata, seeking & kind, among, random)
        owner = np.where(found >= 0, found, owner)
    # one cancer twice would be one pathway, not two
    same = cancer & cancer[owner] & (referrals.tumour == referrals.tumour[owner])
    return np.where(same, np.arange(count), owner)


def _one_of_each(strata: Ints, seeking: Bools, among: Bools, random: np.random.Generator) -> Ints:
    """For each that seeks, one of the same stratum among those offered; -1 elsewhere."""
    found = np.full(len(strata), -1)
    offered = np.flatnonzero(among)
    offered = offered[np.argsort(strata[offered], kind="stable")]
    begin = np.searchsorted(strata[offered], strata[seeking], side="left")
    end = np.searchsorted(strata[offered], strata[seeking], side="right")
    pick = begin + (random.random(len(begin)) * (end - begin)).astype(int)
    chosen = offered[np.minimum(pick, max(len(offered) - 1, 0))] if len(offered) else pick
    found[seeking] = np.where(end > begin, chosen, -1)
    return found


def _twins(
    people: People, owner: Ints, areas: Areas, random: np.random.Generator
) -> tuple[Ints, Ints]:
    """For each referral: the twin's, or -1; and whose home and birth date to take."""
    count = len(owner)
    first = owner == np.arange(count)
    second = first & (random.random(count) < TWINS)
    found = _one_of_each(_strata(people, areas), second, first & ~second, random)
    twin = np.full(count, -1)
    here = np.flatnonzero(found >= 0)
    # each may be the elder of one pair only
    _, once = np.unique(found[here], return_index=True)
    here = here[once]
    twin[here], twin[found[here]] = found[here], here
    like = np.arange(count)
    like[here] = found[here]
    return twin, like


def _as_twins(people: People, born: Ints, like: Ints) -> tuple[People, Ints]:
    theirs = people.taken(like)
    same = replace(people, ethnic=theirs.ethnic, area=theirs.area, quintile=theirs.quintile)
    return same, born[like]


def _named(people: People, born: Ints, areas: Areas, random: np.random.Generator) -> Persons:
    count = len(born)
    tradition = names.traditions_of(people.ethnic, random)
    drawn = random.random((3, count))
    families = names.family_names()
    given = names.given_names(0).drawn(tradition, drawn[0])
    return Persons(
        draw_nhs_numbers(count, random),
        given,
        families.drawn(tradition, drawn[1]),
        families.drawn(tradition, drawn[2]),
        people,
        born,
        _postcodes(areas.sector[people.area], random),
        _postcodes(areas.sector[random.integers(0, len(areas.code), count)], random),
        np.full(count, -1),
    )


def _postcodes(sector: names.Text, random: np.random.Generator) -> names.Text:
    letters = _LETTERS[random.integers(0, len(_LETTERS), (2, len(sector)))]
    return np.strings.add(np.strings.add(sector, letters[0]), letters[1])


def _with_twins(persons: Persons, twin: Ints, second: Bools) -> Persons:
    """Give the second of a pair the first's family name and postcode, and another given name."""
    rows = np.flatnonzero((twin >= 0) & second)
    family, postcode, given = (
        persons.family.copy(), persons.postcode.copy(), persons.given.copy()
    )  # fmt: skip
    family[rows], postcode[rows] = family[twin[rows]], postcode[twin[rows]]
    lexicon = names.given_names(0)
    alike = given[rows] == given[twin[rows]]
    begins = np.searchsorted(lexicon.start, given[rows], side="right") - 1
    moved = given[rows] + np.where(alike, 1, 0)
    over = moved >= lexicon.start[begins] + lexicon.size[begins]
    given[rows] = np.where(over, lexicon.start[begins], moved)
    return replace(persons, family=family, postcode=postcode, given=given, twin=twin)
