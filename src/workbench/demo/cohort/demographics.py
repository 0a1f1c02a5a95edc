"""The demographics that a Trust sends beside its pathways: one row a pathway identifier."""

from __future__ import annotations

import numpy as np

from workbench.demo.cohort.areas import Areas, Ints
from workbench.demo.cohort.held import SUBSEQUENT, Columns
from workbench.demo.cohort.items import ISSUER, PATHWAY
from workbench.demo.cohort.journeys import NEVER, Journeys
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.persons import Persons
from workbench.demo.cohort.records import Records
from workbench.demo.cohort.registrations import Registrations

_DIES = 0.35
"""Share of those who leave without treatment who die; the day is soon after."""
_INTERPRETER = np.array([0.015, 0.03, 0.16, 0.08, 0.14])


def draw_demographics(
    records: Records,
    registration: Ints,
    registered: Registrations,
    persons: Persons,
    journeys: Journeys,
    as_at: int,
    random: np.random.Generator,
) -> Columns:
    """Details of each pathway's person, as the Trust's own register has them.

    Returns
    -------
    dict of str to array
        Columns of the dataset, and ``trust``. Flags are blank where nobody recorded them.
    """
    rows = np.flatnonzero(records.role != SUBSEQUENT)
    at = registration[rows]
    flags = _flags(persons, random)
    who = registered.person[at]
    person = registered.person[registration]
    died = _deaths(records.referral, person, len(persons), journeys, as_at, random)
    return {
        PATHWAY: records.columns[PATHWAY][rows],
        ISSUER: records.columns[ISSUER][rows],
        "nhs_number": registered.nhs_number[at],
        "local_patient_identifier": registered.hospital_number[at],
        "given_name": registered.given[at],
        "family_name": registered.family[at],
        "birth_date": registered.born[at],
        "postcode": registered.postcode[at],
        "person_stated_gender_code": registered.sex[at],
        "person_phenotypic_sex": np.where(random.random(len(at)) < 0.5, "", registered.sex[at]),
        "ethnic_category": registered.ethnic[at],
        "death_date": died[who],
        **{name: values[who] for name, values in flags.items()},
        "trust": records.trust[rows],
    }


def _flags(persons: Persons, random: np.random.Generator) -> Columns:
    count = len(persons)
    group = persons.people.group("ethnic_group")
    shares = {
        "learning_disability": np.full(count, 0.008),
        "serious_mental_illness": np.full(count, 0.015),
        "interpreter_needed": _INTERPRETER[group],
    }
    flags: Columns = {name: _flag(share, random) for name, share in shares.items()}
    frail = np.clip((persons.people.age - 55) / 25 + random.normal(0, 0.9, count), 0, 4)
    known = random.random(count) < 0.3
    flags["performance_status_adult"] = np.where(known, frail.astype(int).astype("U1"), "")
    return flags


def _flag(share: np.ndarray[tuple[int], np.dtype[np.float64]], random: np.random.Generator) -> Text:
    """Y where true and recorded, N where asked, and blank where nobody asked."""
    true = random.random(len(share)) < share
    asked = random.random(len(share)) < np.where(true, 0.8, 0.35)
    return np.where(asked, np.where(true, "Y", "N"), "")


def _deaths(
    referral: Ints,
    person: Ints,
    persons: int,
    journeys: Journeys,
    as_at: int,
    random: np.random.Generator,
) -> Ints:
    """Day of death of each person, `NEVER` for most."""
    died = np.full(persons, NEVER)
    excluded = journeys.exclusion[referral] == "01"
    day = np.where(excluded, journeys.informed[referral], journeys.left[referral])
    gone = (day < NEVER) & (excluded | (random.random(len(day)) < _DIES))
    rows = np.flatnonzero(gone)
    died[person[rows]] = day[rows] + random.integers(0, 40, len(rows))
    return np.where(died <= as_at, died, NEVER)


def area_codes(areas: Areas, persons: Persons, who: Ints, random: np.random.Generator) -> Text:
    """Area of residence as a Trust derives it; some it cannot place."""
    drawn = random.random(len(who))
    code = areas.code[persons.people.area[who]]
    return np.where(drawn < 0.02, "", np.where(drawn < 0.025, "X99999999", code))
