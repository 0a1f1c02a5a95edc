"""How each Trust has a person on its books: identifiers with the errors that real ones have.

Rates differ by ethnic group, and not always for the worse: slips in birth dates are
rarest where names are most often misspelt, as one comparison of hospital records found.
The rates themselves are made up, and stand in ``truth/identifier_errors.parquet``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.demo.cohort import names
from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.margins import Floats
from workbench.demo.cohort.names import TYPOS, Text
from workbench.demo.cohort.persons import Persons
from workbench.demo.cohort.population import ETHNIC_CODES, ETHNIC_GROUPS
from workbench.demo.cohort.referrals import Bools

ERROR_RATES = pd.DataFrame(
    {
        "nhs_number_missing": [0.015, 0.025, 0.028, 0.035, 0.060],
        "nhs_number_wrong_digit": [0.004, 0.005, 0.005, 0.006, 0.006],
        "given_name_slip": [0.012, 0.016, 0.022, 0.022, 0.025],
        "family_name_slip": [0.010, 0.015, 0.024, 0.022, 0.022],
        "given_name_variant": [0.050, 0.050, 0.060, 0.050, 0.080],
        "family_name_variant": [0.008, 0.015, 0.030, 0.025, 0.030],
        "names_swapped": [0.002, 0.004, 0.015, 0.010, 0.030],
        "birth_day_and_month_swapped": [0.005, 0.005, 0.003, 0.006, 0.006],
        "birth_date_slip": [0.005, 0.005, 0.003, 0.005, 0.005],
        "postcode_of_before": [0.050, 0.070, 0.070, 0.090, 0.110],
        "postcode_half_typed": [0.006, 0.006, 0.006, 0.006, 0.006],
        "family_name_of_before": [0.012, 0.012, 0.008, 0.010, 0.008],
        "sex_wrong": [0.001, 0.001, 0.001, 0.001, 0.001],
    },
    index=list(ETHNIC_GROUPS),
)
"""Chance of each error in one Trust's register, by ethnic group."""

ETHNICITY_RIGHT = np.array([0.945, 0.68, 0.84, 0.80, 0.66])
_ETHNICITY_OTHERWISE = ("A", "C", "G", "L", "P", "S", "Z", "99", "")
_OTHERWISE_WEIGHTS = np.array(
    [
        [0.00, 0.10, 0.01, 0.01, 0.01, 0.02, 0.40, 0.20, 0.25],
        [0.25, 0.08, 0.12, 0.03, 0.05, 0.12, 0.15, 0.10, 0.10],
        [0.05, 0.02, 0.05, 0.30, 0.00, 0.18, 0.20, 0.10, 0.10],
        [0.06, 0.02, 0.06, 0.00, 0.30, 0.14, 0.20, 0.12, 0.10],
        [0.10, 0.20, 0.05, 0.10, 0.03, 0.10, 0.20, 0.12, 0.10],
    ]
)
"""What is recorded instead, by true group: a residual category, not stated, not known, blank."""


@dataclass(frozen=True)
class Registrations:
    """One row a person and Trust.

    Attributes
    ----------
    person, trust : arrays of int
    given, family, postcode, nhs_number, nhs_status, sex, ethnic, hospital_number : arrays of str
        As recorded.
    born : array of int
        As recorded (days since 1970).
    errors : dict of str to array of bool
        Which of `ERROR_RATES` happened.
    """

    person: Ints
    trust: Ints
    given: Text
    family: Text
    born: Ints
    postcode: Text
    nhs_number: Text
    nhs_status: Text
    sex: Text
    ethnic: Text
    hospital_number: Text
    errors: dict[str, Bools]


def register(
    persons: Persons, person: Ints, trust: Ints, random: np.random.Generator
) -> tuple[Registrations, Ints]:
    """Register each person once at each Trust.

    Returns
    -------
    Registrations
    array of int
        Registration of each pair given.
    """
    pairs, place = np.unique(person * 3 + trust, return_inverse=True)
    who, where = pairs // 3, pairs % 3
    group = persons.people.group("ethnic_group")[who]
    errors = {
        str(name): random.random(len(who)) < ERROR_RATES[name].to_numpy()[group]
        for name in ERROR_RATES.columns
    }
    errors["family_name_of_before"] &= persons.people.sex[who] == 1
    given, family = _names(persons, who, errors, random)
    number, status = _nhs_numbers(persons.nhs_number[who], errors, random)
    sex = persons.people.sex[who] ^ errors["sex_wrong"]
    serial = random.permutation(len(who))
    marks = np.array(["H", "MRN", "P"])[where]
    return (
        Registrations(
            who,
            where,
            given,
            family,
            _births(persons.born[who], errors, random),
            _postcodes(persons, who, errors, random),
            number,
            status,
            np.where(random.random(len(who)) < 0.002, "X", (sex + 1).astype(str)),
            _ethnicities(persons.people.ethnic[who], group, random),
            np.strings.add(marks, np.strings.zfill(serial.astype(str), 7)),
            errors,
        ),
        place,
    )


def _names(
    persons: Persons, who: Ints, errors: dict[str, Bools], random: np.random.Generator
) -> tuple[Text, Text]:
    lexicon = names.family_names()
    given, variant, slips = persons.given_name(who)
    which = random.integers(0, TYPOS, (2, len(who)))
    rows = np.arange(len(who))
    given = np.where(errors["given_name_variant"], variant, given)
    given = np.where(errors["given_name_slip"], slips[rows, which[0]], given)
    place = np.where(errors["family_name_of_before"], persons.maiden[who], persons.family[who])
    family = np.where(errors["family_name_variant"], lexicon.variant[place], lexicon.right[place])
    family = np.where(errors["family_name_slip"], lexicon.typos[place, which[1]], family)
    swapped = errors["names_swapped"]
    return np.where(swapped, family, given), np.where(swapped, given, family)


def _nhs_numbers(
    numbers: Ints, errors: dict[str, Bools], random: np.random.Generator
) -> tuple[Text, Text]:
    power = 10 ** random.integers(0, 7, len(numbers))
    digit = numbers // power % 10
    other = (digit + random.integers(1, 10, len(numbers))) % 10
    wrong = np.where(errors["nhs_number_wrong_digit"], numbers + (other - digit) * power, numbers)
    missing = errors["nhs_number_missing"]
    drawn = random.random(len(numbers))
    present = np.where(drawn < 0.965, "01", np.where(drawn < 0.99, "02", "03"))
    absent = np.where(drawn < 0.6, "03", np.where(drawn < 0.85, "04", "07"))
    return np.where(missing, "", wrong.astype(str)), np.where(missing, absent, present)


def _births(born: Ints, errors: dict[str, Bools], random: np.random.Generator) -> Ints:
    day, month, year = _parts(born)
    swap = errors["birth_day_and_month_swapped"] & (day <= 12)
    swapped = _day_of(year, np.where(swap, day, month), np.where(swap, month, day))
    step = random.choice(np.array([-3652, -365, -31, -10, -1, 1, 10]), len(born))
    return np.where(errors["birth_date_slip"], born + step, swapped)


def _parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    calendar = days.astype("datetime64[D]")
    month = calendar.astype("datetime64[M]")
    year = month.astype("datetime64[Y]")
    return (
        np.asarray((calendar - month).astype(int) + 1),
        np.asarray((month - year).astype(int) + 1),
        np.asarray(year.astype(int) + 1970),
    )


def _day_of(year: Ints, month: Ints, day: Ints) -> Ints:
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return np.asarray(months.astype("datetime64[D]").astype(int) + day - 1)


def _postcodes(
    persons: Persons, who: Ints, errors: dict[str, Bools], random: np.random.Generator
) -> Text:
    text = np.where(
        errors["postcode_of_before"], persons.earlier_postcode[who], persons.postcode[who]
    )
    outward = np.strings.partition(text, np.array(" "))[0]
    text = np.where(errors["postcode_half_typed"], outward, text)
    return np.where(random.random(len(who)) < 0.003, "ZZ99 3VZ", text)


def _ethnicities(ethnic: Ints, group: Ints, random: np.random.Generator) -> Text:
    right: Floats = ETHNICITY_RIGHT[group]
    reached = np.cumsum(_OTHERWISE_WEIGHTS, axis=1)
    reached = reached / reached[:, -1:]
    drawn = random.random((2, len(group)))
    other = (drawn[1][:, None] > reached[group]).sum(axis=1)
    otherwise = np.array(_ETHNICITY_OTHERWISE)[np.minimum(other, 8)]
    return np.where(drawn[0] < right, np.array(ETHNIC_CODES)[ethnic], otherwise)
