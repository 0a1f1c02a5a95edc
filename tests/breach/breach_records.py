"""Made-up pathway records and milestones for the tests of breach risk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CRTP = "cancer_referral_to_treatment_period_start_date"
DECIDED = "cancer_treatment_period_start_date"
TREATED = "treatment_start_date_cancer"
TOLD = "cancer_faster_diagnosis_pathway_end_date"
WHY_TOLD = "cancer_faster_diagnosis_pathway_end_reason"
SEEN = "date_first_seen"
MOVED = "transfer_to_treatment_date"
TYPE = "two_week_wait_cancer_or_symptomatic_breast_referral_type"
PATHWAY = "patient_pathway_identifier_pseudonym"
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
STATUS = "cancer_or_symptomatic_breast_referral_patient_status"
RECEIVING = "organisation_identifier_receiving"
EVENT = "cancer_treatment_event_type"
DATES = [CRTP, SEEN, TOLD, DECIDED, MOVED, TREATED]
FIRST = np.datetime64("2023-01-02")


@dataclass
class Store:
    """What a store holds, as frames."""

    records: pd.DataFrame
    milestones: pd.DataFrame
    demographics: pd.DataFrame


def made(count: int = 300, seed: int = 0, days: int = 500) -> Store:
    """A store of so many pathways, a third of them cancers, some handed over."""
    draw = np.random.default_rng(seed)
    start = FIRST + draw.integers(0, days, count)
    cancer = draw.random(count) < 0.35
    suspected = draw.choice(["03", "07", "08"], count)
    slow = np.where(suspected == "07", 1.5, 1.0)
    wait = np.maximum(1, (draw.gamma(4, 14, count) * slow).astype(int))
    told = np.maximum(1, np.minimum(wait, (draw.gamma(3, 9, count) * slow).astype(int)))
    moved = cancer & (draw.random(count) < 0.2)
    nothing = np.datetime64("NaT")
    seen = np.maximum(1, told // 2)
    decided = np.maximum(told, wait - draw.integers(5, 20, count))
    at = np.where(np.arange(count) % 2, "ZZ1", "ZZ2")
    records = pd.DataFrame(
        {
            "record_id": [f"r{n:05d}" for n in range(count)],
            "source": at,
            "nhs_number_pseudonym": [f"p{n % (count - count // 20):05d}" for n in range(count)],
            "nhs_number_usable": True,
            PATHWAY: [f"w{n:05d}" for n in range(count)],
            ISSUER: at,
            "source_of_referral_for_out_patients": "03",
            "priority_type_code": "3",
            TYPE: suspected,
            CRTP: start,
            SEEN: start + seen,
            TOLD: start + told,
            WHY_TOLD: np.where(cancer, "01", "02"),
            DECIDED: np.where(cancer, start + decided, nothing),
            MOVED: np.where(moved, start + told, nothing),
            RECEIVING: np.where(moved, "ZZ3", None),
            TREATED: np.where(cancer, start + wait, nothing),
            EVENT: np.where(cancer, "01", None),
            STATUS: np.where(cancer, "08", "03"),
            "primary_diagnosis_icd": np.where(cancer, "C34.1", None),
            "waiting_time_adjustment_first_seen": np.where(draw.random(count) < 0.1, 4, 0),
        }
    )
    return Store(records, _milestones(records), _demographics(records, draw))


def _milestones(records: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for code, share in (("triage", 0.1), ("ct", 0.5), ("biopsy", 0.7), ("mdt", 0.95)):
        span = (records[TOLD] - records[CRTP]).dt.days
        day = records[CRTP] + pd.to_timedelta((span * share).astype(int), unit="D")
        part = records[["record_id", "source", PATHWAY, ISSUER]].assign(
            record_id=records["record_id"] + code,
            milestone_code=code,
            milestone_date=day.astype("datetime64[s]"),
            organisation=records["source"],
            booked=False,
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _demographics(records: pd.DataFrame, draw: np.random.Generator) -> pd.DataFrame:
    age = draw.integers(30, 90, len(records))
    return records[["record_id", "source", PATHWAY, ISSUER]].assign(
        age_at_referral=age,
        age_band_at_referral=np.where(age < 60, "50-59", "70-79"),
        person_stated_gender_code=draw.choice(["1", "2"], len(records)),
        ethnic_category=draw.choice(["A", "H", "Z"], len(records)),
    )


def cut_off(store: Store, day: str, replaced: np.random.Generator | None = None) -> Store:
    """The store without anything after a day; or with what came after shuffled among pathways."""
    last = pd.Timestamp(day)
    records, milestones = store.records.copy(), store.milestones.copy()
    for name in DATES:
        later = records[name] > last
        if replaced is None:
            records.loc[later, name] = pd.NaT
        else:
            records.loc[later, name] = replaced.permutation(records.loc[later, name].to_numpy())
    if replaced is None:
        records[STATUS] = "14"
        milestones = milestones[milestones["milestone_date"] <= last]
        records = records[records[CRTP].notna()]
    else:
        later = milestones["milestone_date"] > last
        shuffled = replaced.permutation(milestones.loc[later, "milestone_date"].to_numpy())
        milestones.loc[later, "milestone_date"] = shuffled
        records[STATUS] = replaced.permutation(records[STATUS].to_numpy())
    return Store(records, milestones, store.demographics)
