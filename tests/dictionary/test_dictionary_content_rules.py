"""Each rule of the shipped dictionary finds the row that it is about, and no clean row."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pytest

from workbench.dictionary import check_table, load
from workbench.engine import connect

SITE = "organisation_site_identifier_of"
FDS = "cancer_faster_diagnosis_pathway"
DELAY = "cancer_care_spell_delay_reason"
REFERRED = "cancer_referral_to_treatment_period_start_date"
FIRST_SEEN = "date_first_seen"
UPGRADED = "consultant_upgrade_date"
DECIDED = "cancer_treatment_period_start_date"
TREATED = "treatment_start_date_cancer"
TOLD = f"{FDS}_end_date"
OUTCOME = f"{FDS}_end_reason"
EXCLUDED = f"{FDS}_exclusion_reason"
TYPE = "two_week_wait_cancer_or_symptomatic_breast_referral_type"
STATUS = "cancer_or_symptomatic_breast_referral_patient_status"
SOURCE = "source_of_referral_for_out_patients"
PRIORITY = "priority_type_code"
ICD = "primary_diagnosis_icd"
RISK = "prostate_cancer_clinical_risk_category"
EVENT = "cancer_treatment_event_type"
MODALITY = "cancer_treatment_modality"
SETTING = "cancer_care_setting_treatment"
OFF_SEEN = "waiting_time_adjustment_first_seen"
WHY_SEEN = "waiting_time_adjustment_reason_first_seen"
OFF_TREATED = "waiting_time_adjustment_treatment"
WHY_TREATED = "waiting_time_adjustment_reason_treatment"
REQUESTED = "service_requested_date_inter_provider_transfer"
RECEIVED = "referral_request_received_date_inter_provider_transfer"
SENDER, RECEIVER = "organisation_identifier_referring", "organisation_identifier_receiving"
WHY_SENT = "cancer_transfer_referring_reason_inter_provider_transfer"
WHY_RECEIVED = "cancer_transfer_receiving_reason_inter_provider_transfer"
HANDED_OVER = "transfer_to_treatment_date"
INVESTIGATOR = "accountable_investigating_provider"
ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
SITE_SEEN, SITE_TOLD = f"{SITE}_provider_first_seen", f"{SITE}_{FDS}_end_date"
SITE_UPGRADED = f"{SITE}_provider_consultant_upgrade"
SITE_DECIDED = f"{SITE}_provider_cancer_decision_to_treat"
SITE_TREATED = f"{SITE}_provider_cancer_treatment_start_date"
TOLD_BY = "care_professional_type_outcome_communication_cancer_faster_diagnosis_pathway"
TOLD_HOW = "method_of_communication_end_of_cancer_faster_diagnosis_pathway"
TOLD_WHAT = "primary_cancer_site_cancer_faster_diagnosis_pathway"
DELAY_FDS = f"{DELAY}_outcome_communication_{FDS}"

KEY = {"patient_pathway_identifier": "P1", ISSUER: "RR8"}
CLEAN = {
    "pathway_records": KEY
    | {
        "nhs_number": "9434765919", "nhs_number_status_indicator_code": "01",
        "extract_date": "2025-06-01", SOURCE: "03", PRIORITY: "3", REFERRED: "2025-01-01",
        TYPE: "11", FIRST_SEEN: "2025-01-10", SITE_SEEN: "RR801", STATUS: "08", ICD: "C61X",
        TOLD: "2025-01-29", OUTCOME: "01", SITE_TOLD: "RR801", TOLD_BY: "060", TOLD_HOW: "01",
        TOLD_WHAT: "16", DECIDED: "2025-02-01", SITE_DECIDED: "RR801", TREATED: "2025-03-04",
        SITE_TREATED: "RR801", EVENT: "01", MODALITY: "23", SETTING: "01",
        RISK: "03",
    },
    "identifiers": {
        "record_id": "1", "source": "RR8", "nhs_number": "9434765919", "birth_date": "1950-02-03",
        "family_name": "Example", "extract_date": "2025-06-01",
    },
    "demographics": KEY
    | {
        "source": "RR8", "extract_date": "2025-06-01", "nhs_number": "9434765919",
        "birth_date": "1950-02-03", "ethnic_category": "A", "person_stated_gender_code": "2",
    },
    "persons": {
        "person_id": "a", "ethnic_category": "A", "ethnic_category_source": "PAS",
        "imd_decile": "1", "imd_version": "IMD2019", "lsoa_vintage": "2011",
    },
    "pathways": {
        "pathway_id": "a", "person_id": "b", REFERRED: "2025-01-01", TREATED: "2025-03-01",
        TYPE: "02", "age_at_referral": "15", "provider_treating": "RR8", INVESTIGATOR: "RCF",
        HANDED_OVER: "2025-02-01",
    },
    "milestones": KEY
    | {
        "milestone_code": "ct", "milestone_date": "2025-01-05", "extract_date": "2025-06-01",
        "booked": "false",
    },
    "proms": KEY
    | {
        "response_date": "2025-01-05", "instrument": "EQ-5D-5L", "eq5d5l_index": "0.8",
        "eq5d5l_value_set": "England", "extract_date": "2025-06-01",
    },
    "waits": {
        "record_id": "1", "standard": "62D", "included": "true", "within": "true",
        "wait_days": "62", "standard_days": "62", "provider": "RR8", "weight": "0.5",
        "weight_within": "0.5",
    },
    "tracking_list": {
        "pathway_id": "a", "person_id": "b", "as_at": "2025-06-01", "standard": "62D",
        "clock_start_date": "2025-05-01", "last_tracked_date": "2025-05-28",
    },
    "landmarks": {
        "pathway_id": "a", "standard": "62D", "landmark_day": "28", "landmark_date": "2025-02-01",
        "outcome": "true", "outcome_date": "2025-03-05", "person_id": "b",
    },
    "scores": {
        "record_id": "1", "standard": "62D", "landmark_day": "28", "risk": "0.5", "lower": "0.4",
        "upper": "0.6",
    },
    "judged": {
        "record_id": "1", "standard": "62D", "landmark_day": "28", "outcome": "1",
        "risk": "0.5", "lower": "0.4", "upper": "0.6",
    },
    "capacity": {
        "provider": "RR8", "tumour_group": "lung", "step": "imaging", "week_start": "2025-01-06",
        "slots": "10", "slots_used": "10",
    },
}  # fmt: skip

UNTREATED = {TREATED: "", EVENT: "", MODALITY: "", SITE_TREATED: ""}
FAULTY = {
    "pathway_records": {
        "first_seen_before_referral": {FIRST_SEEN: "2024-12-31"},
        "outcome_told_before_referral": {TOLD: "2024-12-31"},
        "treated_before_decision": {DECIDED: "2025-03-05"},
        "treated_before_referral": {TREATED: "2024-12-31"},
        "treated_before_upgrade": {UPGRADED: "2025-03-05"},
        "referral_before_decision_to_refer": {
            "decision_to_refer_date_cancer_or_breast_symptoms": "2025-01-02"
        },
        "transfer_received_before_requested": {REQUESTED: "2025-02-02", RECEIVED: "2025-02-01"},
        "transfer_before_referral": {HANDED_OVER: "2024-12-31"},
        "transfer_after_treatment": {HANDED_OVER: "2025-03-05"},
        "upgrade_of_screening_referral": {SOURCE: "17", UPGRADED: "2025-01-05"},
        "breast_symptoms_with_other_status": {TYPE: "16"},
        "breast_symptom_status_with_other_type": {STATUS: "09"},
        "exclusion_without_reason": {OUTCOME: "03"},
        "exclusion_reason_not_excluded": {EXCLUDED: "02"},
        "prostate_risk_without_prostate_cancer": {ICD: "C509"},
        "treated_status_says_suspected": {STATUS: "14"},
        "ruled_out_yet_treated": {OUTCOME: "02"},
        "nhs_number_verified_but_missing": {"nhs_number": ""},
        "nhs_number_present_but_said_missing": {"nhs_number_status_indicator_code": "07"},
        "adjustment_first_seen_without_reason": {OFF_SEEN: "2", WHY_SEEN: "9"},
        "adjustment_first_seen_reason_without_days": {WHY_SEEN: "3"},
        "adjustment_first_seen_above_wait": {OFF_SEEN: "10", WHY_SEEN: "3"},
        "adjustment_treatment_without_reason": {OFF_TREATED: "2"},
        "adjustment_treatment_reason_without_days": {WHY_TREATED: "8", OFF_TREATED: "0"},
        "adjustment_treatment_above_wait": {OFF_TREATED: "32", WHY_TREATED: "8"},
        "adjustment_treatment_not_admitted": {OFF_TREATED: "2", WHY_TREATED: "8", SETTING: "03"},
        "faster_diagnosis_wait_above_year": {TOLD: "2026-01-02"},
        "decision_to_treatment_wait_above_year": {DECIDED: "2024-03-01"},
        "referral_to_treatment_wait_above_year": {REFERRED: "2024-03-03"},
        "upgrade_to_treatment_wait_above_year": {UPGRADED: "2024-03-03"},
        "event_after_extract": {"extract_date": "2025-03-03"},
        "referral_without_source": {SOURCE: ""},
        "referral_without_priority": {PRIORITY: ""},
        "urgent_referral_without_type": {TYPE: ""},
        "urgent_referral_without_date": {REFERRED: ""},
        "first_seen_without_site": {SITE_SEEN: ""},
        "first_seen_site_without_date": {FIRST_SEEN: ""},
        "upgrade_without_site": {UPGRADED: "2025-01-05"},
        "outcome_told_without_reason": {OUTCOME: ""},
        "outcome_told_without_site": {SITE_TOLD: ""},
        "outcome_reason_without_date": {TOLD: ""},
        "first_treatment_without_outcome_told": {TOLD: "", OUTCOME: ""},
        "cancer_told_without_site_of_cancer": {TOLD_WHAT: ""},
        "outcome_told_without_professional": {TOLD_BY: ""},
        "outcome_told_without_method": {TOLD_HOW: ""},
        "decision_without_site": {SITE_DECIDED: ""},
        "treatment_without_event": {EVENT: ""},
        "treatment_without_modality": {MODALITY: ""},
        "treatment_without_site": {SITE_TREATED: ""},
        "treatment_without_decision": {DECIDED: ""},
        "treatment_without_diagnosis": {ICD: ""},
        "treatment_without_setting": {SETTING: ""},
        "treatment_items_without_date": {TREATED: ""},
        "transfer_without_referrer": {REQUESTED: "2025-02-01", RECEIVER: "RR8"},
        "transfer_without_receiver": {REQUESTED: "2025-02-01", SENDER: "RCF"},
        "transfer_without_reason": {REQUESTED: "2025-02-01", SENDER: "RCF", RECEIVER: "RR8"},
        "transfer_received_without_reason": {RECEIVED: "2025-02-01"},
        "transfer_date_without_investigator": {HANDED_OVER: "2025-02-01"},
        "faster_diagnosis_breach_without_reason": {TOLD: "2025-01-30"},
        "decision_to_treatment_breach_without_reason": {TREATED: "2025-03-05"},
        "referral_to_treatment_breach_without_reason": {TREATED: "2025-03-05"},
        "upgrade_breach_without_reason": {UPGRADED: "2025-01-01", TREATED: "2025-03-05"},
    },
    "identifiers": {
        "no_identifier_to_link_by": {"nhs_number": "", "birth_date": ""},
        "birth_after_extract": {"birth_date": "2025-06-02"},
        "birth_date_placeholder": {"birth_date": "1900-01-01"},
    },
    "demographics": {
        "died_before_birth": {"death_date": "1995-01-01", "birth_date": "1995-01-02"},
        "demographics_birth_after_extract": {"birth_date": "2025-06-02"},
        "demographics_birth_date_placeholder": {"birth_date": "1901-01-01"},
        "death_after_extract": {"death_date": "2025-06-02"},
        "demographics_not_linkable": {"nhs_number": ""},
    },
    "persons": {
        "index_on_wrong_boundaries": {"imd_version": "IMD2025"},
        "decile_without_version": {"imd_version": ""},
        "ethnic_category_without_source": {"ethnic_category_source": ""},
    },
    "pathways": {
        "childrens_referral_of_adult": {"age_at_referral": "16"},
        "pathway_treated_before_referral": {TREATED: "2024-12-31"},
        "pathway_transfer_without_date": {HANDED_OVER: ""},
        "pathway_of_two_people": {"people": "2"},
    },
    "milestones": {"milestone_after_extract": {"milestone_date": "2025-06-02"}},
    "proms": {
        "eq5d_without_index": {"eq5d5l_index": ""},
        "eq5d_without_value_set": {"eq5d5l_value_set": ""},
        "function_without_score": {"instrument": "EORTC-FUNCTION"},
        "experience_without_rating": {"instrument": "EXPERIENCE"},
        "response_after_extract": {"response_date": "2025-06-02"},
    },
    "waits": {
        "counted_with_days_below_zero": {"adjustment_days": "-1"},
        "counted_without_provider": {"provider": "R"},
        "counted_with_reason": {"exclusion_reason": "route"},
        "not_counted_without_reason": {"included": "false"},
        "within_disagrees_with_days": {"wait_days": "63"},
        "weight_of_uncounted": {"included": "false", "exclusion_reason": "route"},
        "weight_within_above_weight": {"weight_within": "1"},
    },
    "tracking_list": {
        "waited_below_zero": {"clock_start_date": "2025-06-02"},
        "tracked_after_list": {"last_tracked_date": "2025-06-02"},
    },
    "landmarks": {"outcome_before_landmark": {"outcome_date": "2025-02-01"}},
    "scores": {"risk_outside_interval": {"risk": "0.7"}},
    "judged": {"judged_risk_outside_interval": {"risk": "0.7"}},
    "capacity": {"more_used_than_offered": {"slots_used": "11"}},
}

# Rows that look like a fault and are none.
SOUND = {
    "pathway_records": [
        {UPGRADED: "2025-01-05", SITE_UPGRADED: "RR801", FIRST_SEEN: "2025-01-03"},
        {TYPE: "16", STATUS: "09"} | UNTREATED,
        {OUTCOME: "3", EXCLUDED: "05"},
        {OUTCOME: "1"},
        *({ICD: icd, RISK: ""} for icd in ("C509", "C50.9", "C5091", "C509-A", "D051", "C80X")),
        {OFF_SEEN: "9", WHY_SEEN: "3"},
        {OFF_SEEN: "0", WHY_SEEN: "9", OFF_TREATED: "0", WHY_TREATED: "9"},
        {TOLD: "2025-01-30", DELAY_FDS: "03"},
        {TYPE: "15", REFERRED: "2020-10-01", FIRST_SEEN: "", SITE_SEEN: "", TOLD: "2020-10-20"}
        | {DECIDED: "", SITE_DECIDED: ""}
        | UNTREATED,
    ],
    "milestones": [{"milestone_date": "2025-06-02", "booked": "true"}],
    "waits": [
        {"included": "false", "exclusion_reason": "route", "within": ""}
        | {"weight": "0", "weight_within": "0"}
    ],
    "landmarks": [{"outcome": "", "outcome_date": ""}],
}  # fmt: skip


FAULTY_CELLS = {
    f"{TYPE}.code_in_force": {TYPE: "15"},
    f"{MODALITY}.code_in_force": {MODALITY: "01"},
    f"{EXCLUDED}.code_in_force": {EXCLUDED: "07", OUTCOME: "03"},
    f"{DELAY}_decision_to_treatment.code_in_force": {f"{DELAY}_decision_to_treatment": "99"},
    "nhs_number.modulus_11": {"nhs_number": "9434765918"},
    f"{REFERRED}.type": {REFERRED: "2025-02-30"},
    f"{REFERRED}.minimum": {REFERRED: "1900-01-01"},
    f"{OFF_SEEN}.minimum": {OFF_SEEN: "-1"},
    f"{OFF_SEEN}.type": {OFF_SEEN: "two"},
    f"{ICD}.pattern": {ICD: "C6"},
    f"{SITE_SEEN}.pattern": {SITE_SEEN: "RR8"},
    f"{SITE_SEEN}.provider": {SITE_SEEN: "QQ901"},
    f"{WHY_SEEN}.code": {WHY_SEEN: "8"},
    f"{WHY_TREATED}.code": {WHY_TREATED: "3"},
    f"{STATUS}.code": {STATUS: "99"},
}


@cache
def found(dataset: str) -> tuple[list[set[str]], dict[str, set[str]]]:
    """Ids of the checks that each sound row fails, and that each example fails.

    All rows of a dataset are checked at once: compiling its checks is what takes time.
    """
    dictionary = load()
    schema = dictionary.schema(dataset)
    examples = FAULTY[dataset] | (FAULTY_CELLS if dataset == "pathway_records" else {})
    sound = [{}, *SOUND.get(dataset, [])]
    first = schema.primary_key[0]
    rows = [
        CLEAN[dataset] | changes | {first: f"R{place:02d}"}
        for place, changes in enumerate([*sound, *examples.values()])
    ]
    texts = {name: [row.get(name) or None for row in rows] for name in schema.field_names}
    held = pa.table({name: pa.array(cells, pa.string()) for name, cells in texts.items()})
    table = connect("duckdb").create_table("rows_to_check", held)
    faults = check_table(table, schema, dictionary.code_lists).frame()
    results = [set(faults.loc[faults["row"] == row + 1, "rule"]) for row in range(len(rows))]
    return results[: len(sound)], dict(zip(examples, results[len(sound) :], strict=True))


def test_every_rule_of_every_dataset_has_an_example():
    rules = {name: {rule.id for rule in s.rules} for name, s in load().schemas.items() if s.rules}
    assert rules == {name: set(examples) for name, examples in FAULTY.items()}


@pytest.mark.parametrize("dataset", FAULTY)
def test_each_check_finds_its_example(dataset):
    _, examples = found(dataset)
    assert [check for check, faults in examples.items() if check not in faults] == []


@pytest.mark.parametrize("dataset", CLEAN)
def test_sound_rows_have_no_fault(dataset):
    sound, _ = found(dataset)
    assert sound == [set()] * len(sound)
