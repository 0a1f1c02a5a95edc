"""Canonical names of the items that records are made of, and which belong together."""

from __future__ import annotations

PATHWAY = "patient_pathway_identifier"
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
CRTP = "cancer_referral_to_treatment_period_start_date"
CTP = "cancer_treatment_period_start_date"
DFS = "date_first_seen"
TSD = "treatment_start_date_cancer"
UPGRADED = "consultant_upgrade_date"
REFERRAL_TYPE = "two_week_wait_cancer_or_symptomatic_breast_referral_type"
RDC = "rapid_diagnostic_centre_pathway_compliance_indicator"
STATUS = "cancer_or_symptomatic_breast_referral_patient_status"
ICD = "primary_diagnosis_icd"
EVENT = "cancer_treatment_event_type"
MODALITY = "cancer_treatment_modality"
SETTING = "cancer_care_setting_treatment"
ACCOUNTABLE = "accountable_investigating_provider"
TRANSFERRED = "transfer_to_treatment_date"
ADJUSTED_FIRST_SEEN = "waiting_time_adjustment_first_seen"
ADJUSTED_TREATMENT = "waiting_time_adjustment_treatment"
ADJUSTED_WHY = "waiting_time_adjustment_reason_treatment"

_FDS = "cancer_faster_diagnosis_pathway"
FDS_END = f"{_FDS}_end_date"
FDS_REASON = f"{_FDS}_end_reason"
FDS_EXCLUSION = f"{_FDS}_exclusion_reason"
FDS_SITE_OF_CANCER = f"primary_cancer_site_{_FDS}"
FDS_TOLD_BY = f"care_professional_type_outcome_communication_{_FDS}"
FDS_HOW = f"method_of_communication_end_of_{_FDS}"

_DELAY = "cancer_care_spell_delay_reason"
FDS_DELAY = f"{_DELAY}_outcome_communication_{_FDS}"
DELAY_31 = f"{_DELAY}_decision_to_treatment"
DELAY_62 = f"{_DELAY}_referral_to_treatment"
DELAY_UPGRADE = f"{_DELAY}_consultant_upgrade"

_SITE = "organisation_site_identifier_of"
SITE_SEEN = f"{_SITE}_provider_first_seen"
SITE_UPGRADED = f"{_SITE}_provider_consultant_upgrade"
SITE_DECIDED = f"{_SITE}_provider_cancer_decision_to_treat"
SITE_TREATED = f"{_SITE}_provider_cancer_treatment_start_date"
FDS_SITE = f"{_SITE}_{_FDS}_end_date"

OUTCOME_ITEMS = (
    FDS_END, FDS_REASON, FDS_EXCLUSION, FDS_SITE_OF_CANCER, FDS_SITE, FDS_TOLD_BY, FDS_HOW,
    FDS_DELAY,
)  # fmt: skip
"""The end of the 28-day pathway."""

REFERRAL_ITEMS = (
    CRTP,
    "decision_to_refer_date_cancer_or_breast_symptoms",
    "source_of_referral_for_out_patients",
    "priority_type_code",
    REFERRAL_TYPE,
    UPGRADED,
    SITE_UPGRADED,
    DFS,
    SITE_SEEN,
    ADJUSTED_FIRST_SEEN,
    "waiting_time_adjustment_reason_first_seen",
    f"{_DELAY}_first_seen",
    "cancer_diagnostic_referral_route",
    RDC,
    *OUTCOME_ITEMS,
    "service_requested_date_inter_provider_transfer",
    "referral_request_received_date_inter_provider_transfer",
    "organisation_identifier_referring",
    "organisation_identifier_receiving",
    "cancer_transfer_referring_reason_inter_provider_transfer",
    "cancer_transfer_receiving_reason_inter_provider_transfer",
    ACCOUNTABLE,
    TRANSFERRED,
)
"""What a record of a subsequent treatment leaves blank."""

TREATMENT_ITEMS = (
    CTP, SITE_DECIDED, TSD, SITE_TREATED, EVENT, MODALITY, SETTING, "clinical_trial_indicator",
    ADJUSTED_TREATMENT, ADJUSTED_WHY, DELAY_31, DELAY_62, DELAY_UPGRADE,
)  # fmt: skip
"""What a Trust that has handed a patient over does not hold."""
