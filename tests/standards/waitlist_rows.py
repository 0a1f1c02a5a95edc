"""A store of a few records written by hand, for what each rule does to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.dictionary import load
from workbench.standards.waitlist import Waitlist, read_waitlist

_SITE = "organisation_site_identifier_of"
_FDS = "cancer_faster_diagnosis_pathway"
NAMES = {
    "pathway": "patient_pathway_identifier_pseudonym",
    "issuer": "organisation_identifier_patient_pathway_identifier_issuer",
    "referred": "cancer_referral_to_treatment_period_start_date",
    "seen": "date_first_seen",
    "seen_at": f"{_SITE}_provider_first_seen",
    "upgraded": "consultant_upgrade_date",
    "priority": "priority_type_code",
    "from": "source_of_referral_for_out_patients",
    "type": "two_week_wait_cancer_or_symptomatic_breast_referral_type",
    "status": "cancer_or_symptomatic_breast_referral_patient_status",
    "told": f"{_FDS}_end_date",
    "told_why": f"{_FDS}_end_reason",
    "told_at": f"{_SITE}_{_FDS}_end_date",
    "icd": "primary_diagnosis_icd",
    "decided": "cancer_treatment_period_start_date",
    "treated": "treatment_start_date_cancer",
    "treated_at": f"{_SITE}_provider_cancer_treatment_start_date",
    "event": "cancer_treatment_event_type",
    "modality": "cancer_treatment_modality",
    "accountable": "accountable_investigating_provider",
    "moved": "transfer_to_treatment_date",
    "receiver": "organisation_identifier_receiving",
    "why_late": "cancer_care_spell_delay_reason_referral_to_treatment",
    "off": "waiting_time_adjustment_first_seen",
}
"""Short names of the items used, to the columns of the store."""

TREATED = {
    "issuer": "RAA", "referred": "2025-01-01", "seen": "2025-01-10", "seen_at": "RAA01",
    "priority": "3", "type": "03", "icd": "C341", "told": "2025-01-20", "told_why": "01",
    "told_at": "RAA01", "decided": "2025-02-10", "treated": "2025-03-01", "treated_at": "RAA01",
    "event": "01", "modality": "23", "status": "08", "source": "RAA",
}  # fmt: skip
"""A patient treated on day 59 at the Trust referred to."""

OPEN = {**TREATED, "status": "10"} | dict.fromkeys(
    ("decided", "treated", "treated_at", "event", "modality")
)
"""The same patient before a treatment."""

_DATES = {"referred", "seen", "upgraded", "told", "decided", "treated", "moved"}


def waitlist(
    folder: Path, *rows: Mapping[str, Any], as_at: str = "2025-03-31", group: str = ""
) -> Waitlist:
    """A waitlist of rows by their short names; each its own pathway unless it says which."""
    table = []
    for number, row in enumerate(rows):
        full = {"pathway": f"{number:064x}", **row}
        cells = {NAMES.get(name, name): cell for name, cell in full.items()}
        table.append({"record_id": f"r{number}", "extract_date": "2025-04-10", **cells})
    frame = pd.DataFrame(table, columns=["record_id", "source", "extract_date", *NAMES.values()])
    for name in (*(NAMES[short] for short in _DATES), "extract_date"):
        frame[name] = pd.to_datetime(frame[name]).dt.date
    frame[NAMES["off"]] = frame[NAMES["off"]].astype("Int64")
    path = folder / "pathway_records.parquet"
    texts = [
        n for n in frame if n not in {NAMES[s] for s in _DATES} | {"extract_date", NAMES["off"]}
    ]
    frame.astype(dict.fromkeys(texts, "string")).to_parquet(path)
    day = dt.date.fromisoformat(as_at)
    return read_waitlist(path, as_at=day, dictionary=load(), tumour_group=group)
