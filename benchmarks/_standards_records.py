"""Made-up pathway records for the standards benchmarks: seeded, vectorised, nobody's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

TRUSTS = 140
_FDS = "cancer_faster_diagnosis_pathway"
_SITE = "organisation_site_identifier_of"


def write_records(path: Path, count: int, seed: int = 62) -> None:
    """Write `count` records to Parquet in batches of a million, typed dates and text codes."""
    random = np.random.default_rng(seed)
    writer = None
    for first in range(0, count, 1_000_000):
        batch = records(random, min(1_000_000, count - first), first)
        writer = writer or pq.ParquetWriter(path, batch.schema, compression="snappy")
        writer.write_table(batch, row_group_size=122_880)
    if writer:
        writer.close()


def records(random: np.random.Generator, count: int, first: int) -> pa.Table:
    """One batch of records whose mix of routes, events and delays is like a region's."""
    referred = random.integers(0, 550, count)
    seen = referred + random.integers(1, 20, count)
    told = referred + random.gamma(4, 6, count).astype(int)
    decided = referred + 10 + random.gamma(4, 7, count).astype(int)
    treated = decided + random.gamma(3, 7, count).astype(int)
    transfer = decided - random.integers(0, 15, count)
    upgraded = referred + random.integers(3, 30, count)
    has_treatment = random.random(count) < 0.45
    is_shared = has_treatment & (random.random(count) < 0.3)
    sites = np.array(
        [f"R{a}{b}{c:02d}" for a in "ABCDEFGHJK" for b in "0123456789ABCD" for c in range(3)]
    )
    home = random.integers(0, TRUSTS * 3, count)
    away = np.where(is_shared, random.integers(0, TRUSTS * 3, count), home)
    rare = random.random(count)
    return pa.table(
        {
            "record_id": pa.array([f"P{n:09d}" for n in range(first, first + count)]),
            "cancer_referral_to_treatment_period_start_date": _days(referred, rare > 0.02),
            "date_first_seen": _days(seen, rare > 0.03),
            "waiting_time_adjustment_first_seen": _some(
                random, random.integers(1, 15, count), 0.06
            ),
            "source_of_referral_for_out_patients": _codes(random, count, ["03", "92", "17", "11"]),
            "priority_type_code": _codes(random, count, ["3", "3", "3", "3", "2", "1"]),
            "two_week_wait_cancer_or_symptomatic_breast_referral_type": _codes(
                random, count, [f"{n:02d}" for n in range(1, 19)]
            ),
            "consultant_upgrade_date": _days(upgraded, random.random(count) < 0.08),
            f"{_SITE}_provider_consultant_upgrade": _text(sites[home], random.random(count) < 0.08),
            f"{_SITE}_provider_first_seen": _text(sites[home], rare > 0.02),
            f"{_FDS}_end_reason": _codes(random, count, ["01", "02", "02", "02", "02", "03", "04"]),
            f"{_FDS}_end_date": _days(told, random.random(count) < 0.85),
            f"{_FDS}_exclusion_reason": _codes(random, count, ["01", "02", "03", "05"]),
            f"{_SITE}_{_FDS}_end_date": _text(sites[home], rare > 0.01),
            "cancer_treatment_period_start_date": _days(decided, has_treatment),
            "treatment_start_date_cancer": _days(treated, has_treatment),
            f"{_SITE}_provider_cancer_treatment_start_date": _text(sites[away], has_treatment),
            "cancer_treatment_event_type": _codes(
                random, count, ["01", "01", "01", "02", "07", "10"]
            ),
            "cancer_treatment_modality": _codes(random, count, ["02", "05", "23", "23", "98"]),
            "cancer_care_setting_treatment": _codes(random, count, ["01", "02", "03"]),
            "waiting_time_adjustment_treatment": _some(random, random.integers(1, 20, count), 0.05),
            "primary_diagnosis_icd": _codes(
                random, count, ["C509", "C341", "C61X", "C189", "C449"]
            ),
            "accountable_investigating_provider": _text(
                sites[home].astype("U3"), is_shared & (random.random(count) < 0.8)
            ),
            "transfer_to_treatment_date": _days(transfer, is_shared & (rare < 0.9)),
        }
    )


def _days(offset: np.ndarray, present: np.ndarray) -> pa.Array:
    start = np.datetime64("2023-10-01")
    return pa.array((start + offset).astype("datetime64[D]"), mask=~present, type=pa.date32())


def _text(values: np.ndarray, present: np.ndarray) -> pa.Array:
    return pa.array(values, mask=~present, type=pa.string())


def _codes(random: np.random.Generator, count: int, codes: list[str]) -> pa.Array:
    return _text(random.choice(np.array(codes), count), random.random(count) > 0.05)


def _some(random: np.random.Generator, values: np.ndarray, share: float) -> pa.Array:
    return pa.array(values, mask=random.random(len(values)) >= share, type=pa.int32())
