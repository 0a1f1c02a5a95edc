"""A made-up store of pathway records: three Trusts, 24 months, patients shared between two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TRUSTS = ("ZZ1", "ZZ2", "ZZ3")
"""The first three of the synthetic workbooks, so that the two can be compared."""
_FDS = "cancer_faster_diagnosis_pathway"
_SITE = "organisation_site_identifier_of"
_DELAY = "cancer_care_spell_delay_reason"
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
PATHWAY = "patient_pathway_identifier_pseudonym"
_FIRST = np.datetime64("2023-04-01")
_DIAGNOSES = ("C509", "C341", "C61X", "C18.9", "C437", "C569", "C839", "C259", "C02")
_SUSPECTED = ("01", "03", "11", "07", "08", "09", "04", "06", "13")


def write_store(workspace: Path, count: int = 20_000, seed: int = 3) -> Path:
    """Write ``store/pathway_records.parquet`` of `count` pathways; the same each time."""
    path = workspace / "store" / "pathway_records.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(records(count, seed), path)
    return path


def records(count: int, seed: int) -> pa.Table:
    """One row a record: each pathway at the Trust referred to, a shared one at both."""
    random = np.random.default_rng(seed)
    table = _pathways(random, count)
    shared = table.pop("shared")
    frame = pa.table(table)
    second = frame.filter(pa.array(shared))
    site = second[f"{_SITE}_provider_cancer_treatment_start_date"].to_pylist()
    treating = [code[:3] for code in site]
    second = _replaced(second, "source", pa.array(treating))
    second = _replaced(second, "record_id", pa.array([f"S{n:08}" for n in range(len(second))]))
    return pa.concat_tables([frame, second])


def _replaced(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, values)


def _pathways(random: np.random.Generator, count: int) -> dict[str, pa.Array]:
    every = np.ones(count, dtype=bool)
    trust = random.choice(3, count, p=[0.5, 0.3, 0.2])
    cancer = random.random(count) < 0.35
    kind = random.integers(0, len(_DIAGNOSES), count)
    upgrade = cancer & (random.random(count) < 0.3)
    shared = cancer & (random.random(count) < 0.2)
    treating = np.where(shared, (trust + 1) % 3, trust)
    referred = random.integers(0, 730, count)
    upgraded = referred + random.integers(1, 15, count)
    told = referred + random.gamma(4, 5 + trust, count).astype(int)
    start = np.where(upgrade, upgraded, referred)
    decided = start + 10 + random.gamma(4, 6 + trust, count).astype(int)
    treated = decided + random.gamma(1.5, 12, count).astype(int) + np.where(shared, 9, 0)
    moved = start + random.normal(36, 8, count).clip(5).astype(int)
    still = treated > 730
    ends = told <= 730
    finished = cancer & ~still
    site = np.array([f"{code}01" for code in TRUSTS])
    late = finished & (treated - start > 62)
    reasons = random.choice(np.array(["02", "05", "07", "16", "03", "97"]), count)
    return {
        "shared": shared & finished,
        "record_id": pa.array([f"P{n:08}" for n in range(count)]),
        "source": pa.array(np.array(TRUSTS)[trust]),
        "extract_date": pa.array(np.repeat(np.datetime64("2025-04-10"), count), pa.date32()),
        PATHWAY: pa.array([f"{n * 7919:064x}" for n in range(count)]),
        ISSUER: pa.array(np.array(TRUSTS)[trust]),
        "source_of_referral_for_out_patients": _text(
            np.where(random.random(count) < 0.08, "17", "03"), every
        ),
        "priority_type_code": _text(np.repeat("3", count), random.random(count) > 0.01),
        "cancer_referral_to_treatment_period_start_date": _days(referred, every),
        "two_week_wait_cancer_or_symptomatic_breast_referral_type": _text(
            np.array(_SUSPECTED)[kind], every
        ),
        "consultant_upgrade_date": _days(upgraded, upgrade),
        f"{_SITE}_provider_consultant_upgrade": _text(site[trust], upgrade),
        "date_first_seen": _days(referred + 9, every),
        f"{_SITE}_provider_first_seen": _text(site[trust], every),
        "cancer_or_symptomatic_breast_referral_patient_status": _text(
            np.where(cancer, np.where(finished, "08", "10"), np.where(ends, "03", "14")), every
        ),
        "primary_diagnosis_icd": _text(np.array(_DIAGNOSES)[kind], cancer & ends),
        "cancer_treatment_period_start_date": _days(decided, cancer & (decided <= 730)),
        f"{_FDS}_end_reason": _text(np.where(cancer, "01", "02"), ends),
        f"{_FDS}_end_date": _days(told, ends),
        f"{_SITE}_{_FDS}_end_date": _text(site[trust], ends),
        f"{_DELAY}_outcome_communication_{_FDS}": _text(reasons, ends & (told - referred > 28)),
        "treatment_start_date_cancer": _days(treated, finished),
        f"{_SITE}_provider_cancer_treatment_start_date": _text(site[treating], finished),
        "cancer_treatment_event_type": _text(np.repeat("01", count), finished),
        "cancer_treatment_modality": _text(np.repeat("23", count), finished),
        "cancer_care_setting_treatment": _text(np.repeat("01", count), finished),
        f"{_DELAY}_decision_to_treatment": _text(reasons, finished & (treated - decided > 31)),
        f"{_DELAY}_referral_to_treatment": _text(reasons, late & (random.random(count) < 0.9)),
        "accountable_investigating_provider": _text(
            np.array(TRUSTS)[trust], finished & (random.random(count) < 0.9)
        ),
        "transfer_to_treatment_date": _days(moved, shared & finished & (moved <= treated)),
    }


def _days(offset: np.ndarray, present: np.ndarray) -> pa.Array:
    return pa.array((_FIRST + offset).astype("datetime64[D]"), mask=~present, type=pa.date32())


def _text(values: np.ndarray, present: np.ndarray) -> pa.Array:
    return pa.array(values, mask=~present, type=pa.string())
