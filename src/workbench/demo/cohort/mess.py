"""The mess that real exports are in, put in at known rates and counted.

Every function takes and gives a Trust's pathway rows as text by canonical name, and adds
what it did to a count, so that what a reader of the files should find is known.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from workbench.demo.cohort.areas import Ints
from workbench.demo.cohort.held import Columns
from workbench.demo.cohort.items import DFS, ICD, PATHWAY
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.referrals import Bools

RATES = {
    "date_unreadable": 0.0004,
    "row_repeated": 0.002,
    "row_in_conflict": 0.0006,
    "code_retired": 0.010,
    "diagnosis_lower_case": 0.020,
    "diagnosis_three_characters": 0.030,
    "diagnosis_padded": 0.060,
    "diagnosis_with_dot": 0.040,
    "site_unknown": 0.003,
    "status_blank": 0.004,
    "nhs_number_with_blanks": 0.010,
    "referral_date_blank": 0.002,
    "identifier_in_comment": 0.040,
}
"""Share of rows, or of rows with the item, that each fault is put into."""

_UNREADABLE = np.array(["31/02/2024", "TBC", "00/00/0000", "2024-13-01"])
_SITES = tuple(
    f"organisation_site_identifier_of_{what}"
    for what in (
        "provider_first_seen",
        "provider_cancer_treatment_start_date",
        "cancer_faster_diagnosis_pathway_end_date",
    )
)
_SUSPICION = "two_week_wait_cancer_or_symptomatic_breast_referral_type"
_STATUS = "cancer_or_symptomatic_breast_referral_patient_status"
_REFERRED = "cancer_referral_to_treatment_period_start_date"


def muddled(columns: Columns, random: np.random.Generator, counts: Counter[str]) -> Columns:
    """Put every fault of one row into a Trust's rows.

    Parameters
    ----------
    columns : dict of str to array of str
        Text by canonical name.
    random : Generator
    counts : Counter
        Added to, by the names of `RATES`.
    """
    columns = dict(columns)
    _diagnoses(columns, random, counts)
    _retired(columns, random, counts)
    site = _SITES[int(random.integers(0, len(_SITES)))]
    _replaced(columns, site, np.array(["XZZ01", "XQ9"]), "site_unknown", random, counts)
    _replaced(columns, _STATUS, np.array([""]), "status_blank", random, counts)
    _replaced(columns, _REFERRED, np.array([""]), "referral_date_blank", random, counts)
    _replaced(columns, DFS, _UNREADABLE, "date_unreadable", random, counts)
    number = columns["nhs_number"]
    spaced = _chosen(number != "", "nhs_number_with_blanks", random, counts)
    halves = [np.strings.slice(number, a, b) for a, b in ((0, 3), (3, 6), (6, 10))]
    apart = np.strings.add(np.strings.add(halves[0], " "), np.strings.add(halves[1], " "))
    columns["nhs_number"] = np.where(spaced, np.strings.add(apart, halves[2]), number)
    return columns


def repeated(
    columns: Columns, random: np.random.Generator, counts: Counter[str]
) -> tuple[Columns, Ints]:
    """Some rows twice, a few of them with another priority the second time.

    Returns
    -------
    dict of str to array
        The rows, copies after originals.
    array of int
        Which row each was.
    """
    count = len(columns[PATHWAY])
    twice = np.flatnonzero(random.random(count) < RATES["row_repeated"])
    apart = np.flatnonzero(random.random(count) < RATES["row_in_conflict"])
    counts["row_repeated"] += len(twice)
    counts["row_in_conflict"] += len(apart)
    order = np.concatenate([np.arange(count), twice, apart])
    columns = {name: values[order] for name, values in columns.items()}
    priority, copies = columns["priority_type_code"], slice(count + len(twice), None)
    priority[copies] = np.where(priority[copies] == "3", "2", "3")
    return columns, order


def _chosen(among: Bools, name: str, random: np.random.Generator, counts: Counter[str]) -> Bools:
    chosen = among & (random.random(len(among)) < RATES[name])
    counts[name] += int(chosen.sum())
    return np.asarray(chosen)


def _replaced(
    columns: Columns,
    column: str,
    instead: Text,
    name: str,
    random: np.random.Generator,
    counts: Counter[str],
) -> None:
    held = columns[column]
    chosen = _chosen(held != "", name, random, counts)
    other = instead[random.integers(0, len(instead), len(held))]
    columns[column] = np.where(chosen, other, held)


def _diagnoses(columns: Columns, random: np.random.Generator, counts: Counter[str]) -> None:
    code = columns[ICD].astype("U7")
    three = np.strings.slice(code, 0, 3)
    last = np.strings.slice(code, 3, 4)
    full = (code != "") & (last != "X")
    short = _chosen(full, "diagnosis_three_characters", random, counts)
    code = np.where(short, np.strings.add(three, "X"), code)
    padded = _chosen(full & ~short, "diagnosis_padded", random, counts)
    code = np.where(padded, np.strings.add(code, "-"), code)
    dotted = _chosen(full & ~short & ~padded, "diagnosis_with_dot", random, counts)
    code = np.where(dotted, np.strings.add(np.strings.add(three, "."), last), code)
    lower = _chosen(code != "", "diagnosis_lower_case", random, counts)
    columns[ICD] = np.where(lower, np.strings.lower(code), code)


def _retired(columns: Columns, random: np.random.Generator, counts: Counter[str]) -> None:
    for column, code, old in (
        (_SUSPICION, "18", "15"),
        ("cancer_treatment_modality", "23", "01"),
    ):
        chosen = _chosen(columns[column] == code, "code_retired", random, counts)
        columns[column] = np.where(chosen, old, columns[column])


def comments(
    given: Text, family: Text, number: Text, random: np.random.Generator, counts: Counter[str]
) -> Text:
    """Free text of which some names the patient: what must never be read in."""
    plain = np.array(
        ["", "", "", "Awaiting slot", "Pt aware", "Discussed at MDT", "Rang, no reply"]
    )
    text = plain[random.integers(0, len(plain), len(given))]
    every = np.ones(len(given), dtype=bool)
    chosen = np.flatnonzero(_chosen(every, "identifier_in_comment", random, counts))
    named = np.strings.add(np.strings.add("Spoke to ", given[chosen]), " ")
    named = np.strings.add(np.strings.add(named, family[chosen]), ", NHS no ")
    named = np.strings.add(named, number[chosen])
    text = text.astype(np.result_type(text, named))
    text[chosen] = named
    return text
