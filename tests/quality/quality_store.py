"""A made-up store: a few thousand records with gaps planted by a seed, in the store's layout."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TRUSTS = ("RAA", "RBB", "RCC")
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
REFERRED = "cancer_referral_to_treatment_period_start_date"
TOLD = "cancer_faster_diagnosis_pathway_end_date"
OUTCOME = "cancer_faster_diagnosis_pathway_end_reason"
DECIDED = "cancer_treatment_period_start_date"
TREATED = "treatment_start_date_cancer"
EVENT = "cancer_treatment_event_type"
MODALITY = "cancer_treatment_modality"
DIAGNOSIS = "primary_diagnosis_icd"
SEEN_AT = "organisation_site_identifier_of_provider_first_seen"
TOLD_AT = "organisation_site_identifier_of_cancer_faster_diagnosis_pathway_end_date"
TREATED_AT = "organisation_site_identifier_of_provider_cancer_treatment_start_date"
EXTRACT = pd.Timestamp("2025-04-10")
DATES = (REFERRED, "date_first_seen", TOLD, DECIDED, TREATED, "extract_date")


def records(count: int = 2400, seed: int = 1) -> pd.DataFrame:
    """Pathway records; every fourth is treated, Trust by Trust in turn."""
    random = np.random.default_rng(seed)
    trust = np.array(TRUSTS)[np.arange(count) % 3]
    day = pd.Timestamp("2024-04-01") + pd.to_timedelta(random.integers(0, 365, count), "D")
    frame = pd.DataFrame(
        {
            "record_id": [f"r{place:07d}" for place in range(count)],
            "source": trust,
            "patient_pathway_identifier_pseudonym": [f"p{place:07d}" for place in range(count)],
            ISSUER: trust,
            "nhs_number_pseudonym": [f"n{place:07d}" for place in range(count)],
            "nhs_number_usable": random.random(count) < 0.97,
            "cancer_or_symptomatic_breast_referral_patient_status": "14",
            "source_of_referral_for_out_patients": "03",
            "priority_type_code": "3",
            "two_week_wait_cancer_or_symptomatic_breast_referral_type": "07",
            REFERRED: day,
            "date_first_seen": day + pd.to_timedelta(random.integers(3, 14, count), "D"),
            SEEN_AT: trust + "01",
            TOLD: day + pd.to_timedelta(random.integers(14, 60, count), "D"),
            OUTCOME: "02",
            TOLD_AT: trust + "01",
            "lsoa_of_residence": [f"E0100{place % 400:04d}" for place in range(count)],
            "extract_date": EXTRACT,
        }
    )
    treated = np.arange(count) % 4 == 0
    wait = pd.to_timedelta(random.integers(30, 110, count), "D")
    frame[TREATED] = (frame[REFERRED] + wait).where(treated)
    frame[DECIDED] = (frame[TREATED] - pd.Timedelta(days=10)).where(treated)
    for column, value in ((EVENT, "01"), (MODALITY, "23"), (DIAGNOSIS, "C187")):
        frame[column] = pd.Series(value, index=frame.index).where(treated)
    frame[TREATED_AT] = (frame["source"] + "01").where(treated)
    return _with_gaps(frame, random)


def _with_gaps(frame: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    worse = {"RAA": 0.02, "RBB": 0.12, "RCC": 0.05}
    rate = frame["source"].map(worse).to_numpy()
    for column in (REFERRED, TOLD_AT, OUTCOME, DECIDED, DIAGNOSIS, TREATED_AT, SEEN_AT, EVENT):
        frame[column] = frame[column].mask(random.random(len(frame)) < rate)
    frame["lsoa_of_residence"] = frame["lsoa_of_residence"].mask(random.random(len(frame)) < rate)
    backwards = (random.random(len(frame)) < 0.01) & frame[TREATED].notna()
    frame[TREATED] = frame[TREATED].mask(backwards, pd.Timestamp("2024-01-15"))
    return frame


def demographics(of: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Demographics of nine tenths of the records."""
    random = np.random.default_rng(seed + 100)
    held = of[random.random(len(of)) < 0.9]
    count = len(held)
    category = random.choice(
        ["A", "H", "M", "Z", "99", None], count, p=[0.7, 0.1, 0.06, 0.04, 0.04, 0.06]
    )
    age = random.integers(20, 95, count)
    return pd.DataFrame(
        {
            "record_id": "d" + held["record_id"].str[1:].to_numpy(),
            "source": held["source"].to_numpy(),
            "patient_pathway_identifier_pseudonym": held[
                "patient_pathway_identifier_pseudonym"
            ].to_numpy(),
            ISSUER: held[ISSUER].to_numpy(),
            "ethnic_category": category,
            "ethnic_category_sent": category,
            "ethnic_category_conflict": random.random(count) < 0.03,
            "person_stated_gender_code": random.choice(
                ["1", "2", "X"], count, p=[0.45, 0.52, 0.03]
            ),
            "age_at_referral": age,
            "age_band_at_referral": np.where(age < 60, "50-59", "60-69"),
            "extract_date": EXTRACT,
        }
    )


def faults(of: pd.DataFrame) -> pd.DataFrame:
    """Faults that intake noted: every 50th record has an unknown source, every 80th runs back."""
    ids = of["record_id"].to_numpy()
    first = pd.DataFrame(
        {
            "record_id": ids[::50],
            "rule": "source_of_referral_for_out_patients.code",
            "column": "source_of_referral_for_out_patients",
        }
    )
    second = pd.DataFrame(
        {
            "record_id": ids[::80],
            "rule": "first_seen_before_referral",
            "column": f"date_first_seen, {REFERRED}",
        }
    )
    both = pd.concat([first, second], ignore_index=True)
    return both.assign(dataset="pathway_records", severity="flag")


def index_of_deprivation() -> pd.DataFrame:
    """Deciles of 380 of the 400 areas."""
    return pd.DataFrame(
        {
            "lsoa": [f"E0100{place:04d}" for place in range(380)],
            "imd_decile": np.arange(380) % 10 + 1,
        }
    )


def arrow(frame: pd.DataFrame) -> pa.Table:
    """A frame as the store's types: days, not instants."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for place, name in enumerate(table.column_names):
        if pa.types.is_timestamp(table.schema.field(name).type):
            table = table.set_column(place, name, table[name].cast(pa.date32()))
        if pa.types.is_large_string(table.schema.field(name).type):
            table = table.set_column(place, name, table[name].cast(pa.string()))
    return table


def ingest_facts(of: pd.DataFrame) -> dict[str, object]:
    """What ``ingest.json`` would say of these records."""
    counts = of["source"].value_counts()
    files = [
        {
            "trust": trust, "file": "pathways.csv", "dataset": "pathway_records",
            "extract_date": "2025-04-10", "digest": "0" * 64, "rows_read": int(counts[trust]) + 30,
            "accepted": int(counts[trust]) + 10, "quarantined": 20, "repeated": 10, "superseded": 0,
        }
        for trust in TRUSTS
    ]  # fmt: skip
    one = {
        "people": 2000, "stated": 1800, "in_conflict": 60, "within_a_trust": 10,
        "between_trusts": 50, "stated_beats_not_stated": 90,
    }  # fmt: skip
    return {"files": files, "ethnicity_rule": "most_recent", "conflicts": {"ethnic_category": one}}


def write_store(workspace: Path, count: int = 2400, seed: int = 1) -> None:
    """Write the store of a workspace, and ``ingest.json``."""
    (workspace / "store").mkdir(parents=True, exist_ok=True)
    made = records(count, seed)
    tables = {
        "pathway_records": made,
        "demographics": demographics(made, seed),
        "faults": faults(made),
    }
    for name, frame in tables.items():
        pq.write_table(arrow(frame), workspace / "store" / f"{name}.parquet")
    (workspace / "ingest.json").write_text(json.dumps(ingest_facts(made)), encoding="utf-8")
