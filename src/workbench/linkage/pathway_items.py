"""Canonical names of the items that pathways are joined by and made of, and how they group."""

from __future__ import annotations

RECORD = "record_id"
SOURCE = "source"
PERSON = "person_id"
PATHWAY = "pathway_id"
IDENTIFIER = "patient_pathway_identifier_pseudonym"
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"

REFERRED = "cancer_referral_to_treatment_period_start_date"
UPGRADED = "consultant_upgrade_date"
SEEN = "date_first_seen"
SUSPECTED = "two_week_wait_cancer_or_symptomatic_breast_referral_type"
DIAGNOSIS = "primary_diagnosis_icd"
DECIDED = "cancer_treatment_period_start_date"
TREATED = "treatment_start_date_cancer"
EVENT = "cancer_treatment_event_type"
REQUESTED = "service_requested_date_inter_provider_transfer"
RECEIVED = "referral_request_received_date_inter_provider_transfer"
REFERRING = "organisation_identifier_referring"
RECEIVING = "organisation_identifier_receiving"
ACCOUNTABLE = "accountable_investigating_provider"
TRANSFERRED = "transfer_to_treatment_date"
EXTRACTED = "extract_date"

_FDS = "cancer_faster_diagnosis_pathway"
_SITE = "organisation_site_identifier_of"
_DELAY = "cancer_care_spell_delay_reason"
FDS_END = f"{_FDS}_end_date"
FDS_REASON = f"{_FDS}_end_reason"

SITE_SEEN = f"{_SITE}_provider_first_seen"
SITE_UPGRADED = f"{_SITE}_provider_consultant_upgrade"
SITE_FDS = f"{_SITE}_{_FDS}_end_date"
SITE_TREATED = f"{_SITE}_provider_cancer_treatment_start_date"

DATES = (
    REFERRED, UPGRADED, SEEN, DECIDED, TREATED, REQUESTED, RECEIVED, TRANSFERRED, FDS_END,
    EXTRACTED, "decision_to_refer_date_cancer_or_breast_symptoms",
)  # fmt: skip
"""Items that are days."""

NUMBERS = ("waiting_time_adjustment_first_seen", "waiting_time_adjustment_treatment")
"""Items that are whole numbers of days."""

REFERRAL_GROUP = (
    REFERRED,
    "decision_to_refer_date_cancer_or_breast_symptoms",
    "source_of_referral_for_out_patients",
    "priority_type_code",
    SUSPECTED,
    UPGRADED,
    SITE_UPGRADED,
    SEEN,
    SITE_SEEN,
    "waiting_time_adjustment_first_seen",
    "waiting_time_adjustment_reason_first_seen",
    f"{_DELAY}_first_seen",
    "cancer_diagnostic_referral_route",
    "rapid_diagnostic_centre_pathway_compliance_indicator",
    "lsoa_of_residence",
)
"""How the pathway began."""

OUTCOME_GROUP = (
    FDS_END,
    FDS_REASON,
    f"{_FDS}_exclusion_reason",
    f"primary_cancer_site_{_FDS}",
    SITE_FDS,
    f"care_professional_type_outcome_communication_{_FDS}",
    f"method_of_communication_end_of_{_FDS}",
    f"{_DELAY}_outcome_communication_{_FDS}",
)
"""The end of the 28-day pathway."""

DIAGNOSIS_GROUP = (
    DIAGNOSIS,
    "tumour_laterality",
    "prostate_cancer_clinical_risk_category",
    "cancer_or_symptomatic_breast_referral_patient_status",
)
"""What was found, and where the patient stands."""

TRANSFER_GROUP = (
    REQUESTED,
    RECEIVED,
    REFERRING,
    RECEIVING,
    "cancer_transfer_referring_reason_inter_provider_transfer",
    "cancer_transfer_receiving_reason_inter_provider_transfer",
    ACCOUNTABLE,
    TRANSFERRED,
)
"""The handover from one Trust to another."""

TREATMENT_GROUP = (
    DECIDED,
    f"{_SITE}_provider_cancer_decision_to_treat",
    TREATED,
    SITE_TREATED,
    EVENT,
    "cancer_treatment_modality",
    "cancer_care_setting_treatment",
    "clinical_trial_indicator",
    "waiting_time_adjustment_treatment",
    "waiting_time_adjustment_reason_treatment",
    f"{_DELAY}_decision_to_treatment",
    f"{_DELAY}_referral_to_treatment",
    f"{_DELAY}_consultant_upgrade",
)
"""One treatment, from the decision on."""

GROUPS = (
    REFERRAL_GROUP, OUTCOME_GROUP, DIAGNOSIS_GROUP, TRANSFER_GROUP, TREATMENT_GROUP,
)  # fmt: skip
ITEMS = tuple(name for group in GROUPS for name in group)
"""Every item of a pathway row, group after group."""

NEEDED = (RECORD, SOURCE, IDENTIFIER, ISSUER, REFERRED)
"""Columns without which no pathway can be told from another."""


def kind(name: str) -> str:
    """Type of an item: ``date``, ``int64`` or ``string``."""
    return "date" if name in DATES else "int64" if name in NUMBERS else "string"
