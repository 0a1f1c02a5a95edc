"""Milestones: which steps each pathway takes, when, where, and what is booked ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.demo.cohort.areas import TRUSTS, Ints
from workbench.demo.cohort.held import REFERRING, TREATING, Columns
from workbench.demo.cohort.items import ISSUER, PATHWAY
from workbench.demo.cohort.journeys import NEVER, Journeys
from workbench.demo.cohort.margins import TUMOUR_OF_SUSPICION, TUMOURS, Floats
from workbench.demo.cohort.names import Text
from workbench.demo.cohort.records import Records
from workbench.demo.cohort.referrals import Bools, Referrals

BOOKED_AHEAD = 28
"""Days that appointments are booked ahead and known of."""

_TESTS = {
    "lung": {"ct": 0.15, "biopsy": 0.50, "pathology_subtype": 0.62, "pathology_full": 0.78},
    "urological_prostate": {"mri": 0.30, "biopsy": 0.55, "pathology_full": 0.80},
    "lower_gi": {"colonoscopy_or_ct": 0.35, "biopsy": 0.4, "pathology_full": 0.7, "staging": 0.85},
    "upper_gi_oesophagus_stomach": {"endoscopy": 0.30, "ct": 0.55, "pathology_full": 0.75},
    "breast": {"biopsy": 0.25, "pathology_full": 0.75},
    "head_neck": {"endoscopy": 0.30, "biopsy": 0.45, "mri": 0.60, "pathology_full": 0.80},
    "gynaecological": {"mri": 0.40, "biopsy": 0.45, "pathology_full": 0.80},
    "skin": {"biopsy": 0.40, "pathology_full": 0.85},
}  # fmt: skip
_USUAL = {"ct": 0.30, "biopsy": 0.50, "pathology_full": 0.80}
"""Tests of a cancer's pathway, and how far from first clinic to outcome each usually lies."""

_SCREENING_OUT = {
    "lung": "ct", "urological_prostate": "mri", "lower_gi": "colonoscopy_or_ct",
    "upper_gi_oesophagus_stomach": "endoscopy", "head_neck": "endoscopy", "breast": "biopsy",
    "skin": "biopsy", "gynaecological": "biopsy",
}  # fmt: skip
"""The test by which most are ruled out."""


def clinic_of(referrals: Referrals) -> Ints:
    """Tumour group, as a place in `TUMOURS`, whose clinics and tests a referral uses."""
    codes, place = np.unique(referrals.suspicion, return_inverse=True)
    names = [TUMOUR_OF_SUSPICION[str(code)] for code in codes]
    suspected = np.array([TUMOURS.index(n) if n in TUMOURS else len(TUMOURS) - 1 for n in names])
    return np.where(referrals.cancer, referrals.tumour, suspected[place])


@dataclass(frozen=True)
class Milestones:
    """One row an event, held small.

    Attributes
    ----------
    codes : array of str
        The events that there are.
    code, day, clinic, trust : arrays of int
        Place in `codes`; days since 1970; place in `TUMOURS`; place in `TRUSTS`.
    booked : array of bool
        Whether it lies ahead.
    identifier, issuer : arrays of str
        By record.
    record : array of int
        Record that each event hangs on.
    """

    codes: Text
    code: npt.NDArray[np.int8]
    day: npt.NDArray[np.int32]
    clinic: npt.NDArray[np.int8]
    trust: npt.NDArray[np.int8]
    booked: Bools
    record: npt.NDArray[np.int32]
    identifier: Text
    issuer: Text

    def columns(self, rows: Ints) -> Columns:
        """Columns of the dataset, for some rows."""
        record = self.record[rows]
        return {
            PATHWAY: self.identifier[record],
            ISSUER: self.issuer[record],
            "milestone_code": self.codes[self.code[rows]],
            "milestone_date": self.day[rows],
            "organisation": np.array(TRUSTS)[self.trust[rows]],
            "booked": np.where(self.booked[rows], "true", "false"),
        }


def draw_milestones(
    referrals: Referrals,
    journeys: Journeys,
    records: Records,
    as_at: int,
    random: np.random.Generator,
) -> Milestones:
    """Events of every pathway, at the Trust where each happens.

    Those after `as_at` are left out, but for what is booked in the next weeks.
    """
    second = _first_records(records, len(referrals), TREATING)
    first = _first_records(records, len(referrals), REFERRING)
    clinic = clinic_of(referrals)
    parts = [
        *_beginning(referrals, journeys, random),
        *_tests(referrals, journeys, clinic, random),
        *_ending(referrals, journeys),
    ]
    codes, code = np.unique([part[0] for part in parts], return_inverse=True)
    sizes = [len(part[1]) for part in parts]
    kind = np.repeat(code, sizes).astype(np.int8)
    who = np.concatenate([part[1] for part in parts]).astype(np.int32)
    day = np.concatenate([part[2] for part in parts]).astype(np.int32)
    late = np.repeat([part[3] for part in parts], sizes)
    record = np.where(late & (second[who] >= 0), second[who], first[who]).astype(np.int32)
    ahead = day > as_at
    known = (day <= as_at + BOOKED_AHEAD) & (~ahead | (random.random(len(day)) < 0.8))
    kept = np.flatnonzero(known)
    kept = kept[np.lexsort((kind[kept], day[kept], record[kept]))]
    return Milestones(
        codes,
        kind[kept],
        day[kept],
        clinic.astype(np.int8)[who[kept]],
        records.trust.astype(np.int8)[record[kept]],
        ahead[kept],
        record[kept],
        records.columns[PATHWAY],
        records.columns[ISSUER],
    )


def _first_records(records: Records, count: int, role: int) -> Ints:
    found = np.full(count, -1)
    rows = np.flatnonzero(records.role == role)
    found[records.referral[rows]] = rows
    return found


Part = tuple[str, Ints, Ints, bool]
"""Event, referrals, days, and whether it happens at the treating Trust."""


def _happening(name: str, days: Ints, chosen: Bools, treating: bool = False) -> Part:
    who = np.flatnonzero(chosen & (days < NEVER))
    return name, who, days[who], treating


def _beginning(referrals: Referrals, journeys: Journeys, random: np.random.Generator) -> list[Part]:
    every = np.ones(len(referrals), dtype=bool)
    opened = referrals.received + referrals.reset
    triage = np.minimum(referrals.received + random.integers(0, 5, len(every)), journeys.seen)
    return [
        _happening("referral", referrals.received, every),
        _happening("triage", triage, random.random(len(every)) < 0.9),
        _happening("clinic", np.maximum(journeys.seen, opened), every),
    ]


def _tests(
    referrals: Referrals, journeys: Journeys, clinic: Ints, random: np.random.Generator
) -> list[Part]:
    end = np.minimum(journeys.informed, journeys.decided)
    seen = journeys.seen
    span = np.where(end < NEVER, np.maximum(end - seen, 0), 0).astype(float)
    parts = []
    for place, tumour in enumerate(TUMOURS):
        here = (clinic == place) & (end < NEVER)
        found = here & referrals.cancer
        for name, share in _TESTS.get(tumour, _USUAL).items():
            taken = found & (random.random(len(here)) < 0.9)
            parts.append(_happening(name, _between(seen, span, share, random), taken))
        test = _SCREENING_OUT.get(tumour, "ct")
        taken = here & ~referrals.cancer & (random.random(len(here)) < 0.6)
        parts.append(_happening(test, _between(seen, span, 0.5, random), taken))
    mdt = found_by = referrals.cancer & (end < NEVER)
    parts.append(_happening("mdt", _between(seen, span, 0.92, random), mdt & found_by))
    return parts


def _between(seen: Ints, span: Floats, share: float, random: np.random.Generator) -> Ints:
    place = np.clip(share + random.normal(0, 0.06, len(span)), 0, 1)
    return np.asarray(seen + (place * span).astype(int))


def _ending(referrals: Referrals, journeys: Journeys) -> list[Part]:
    every = np.ones(len(referrals), dtype=bool)
    return [
        _happening("informed", journeys.informed, ~journeys.excluded),
        _happening("transfer", journeys.transferred, referrals.shared),
        _happening("decision_to_treat", journeys.decided, referrals.cancer, treating=True),
        _happening("treatment", journeys.treated, every, treating=True),
    ]
