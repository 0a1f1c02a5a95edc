"""What the shipped dictionary holds, against the facts it was made from."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from workbench.dictionary import Dictionary, expression, load
from workbench.dictionary.consistency import MEMORY, cited

DATASETS = {
    "identifiers", "demographics", "opt_outs", "pathway_records", "persons", "pathways",
    "milestones", "proms", "waits", "tracking_list", "landmarks", "scores", "capacity",
    "judged", "quarantine", "published", "links", "pathway_treatments", "pathway_parts",
    "pathway_review",
}  # fmt: skip


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return load()


@pytest.fixture(scope="module")
def national_items(real_data: Path) -> list[dict]:
    return json.loads((real_data / "dictionary" / "ncwtmds_v2_1_items.json").read_text())["items"]


def canonical(item: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", item.lower()).strip("_")


def items_of(dictionary: Dictionary) -> dict:
    return {f.item: f for f in dictionary.schema("pathway_records").fields if f.item}


def test_every_dataset_of_the_design_is_there(dictionary):
    assert set(dictionary.schemas) == DATASETS


@pytest.mark.parametrize(
    ("item", "column"),
    [
        ("WAITING TIME ADJUSTMENT (FIRST SEEN)", "waiting_time_adjustment_first_seen"),
        ("PRIMARY DIAGNOSIS (ICD)", "primary_diagnosis_icd"),
        ("SOURCE OF REFERRAL FOR OUT-PATIENTS", "source_of_referral_for_out_patients"),
        (
            "ORGANISATION SITE IDENTIFIER (OF PROVIDER FIRST SEEN)",
            "organisation_site_identifier_of_provider_first_seen",
        ),
    ],
)
def test_column_names_follow_the_items(dictionary, item, column):
    assert items_of(dictionary)[item].name == column


def test_every_column_that_has_an_item_is_named_after_it(dictionary):
    for schema in dictionary.schemas.values():
        for field in schema.fields:
            if field.item:
                assert field.name == canonical(field.item)


def test_there_are_54_items_and_three_derived(dictionary):
    assert len(items_of(dictionary)) == 54
    assert {
        "accountable_investigating_provider",
        "transfer_to_treatment_date",
        "lsoa_of_residence",
    } <= set(dictionary.schema("pathway_records").field_names)


@pytest.mark.real_data
def test_items_are_those_of_the_national_data_set(dictionary, national_items):
    assert list(items_of(dictionary)) == [item["name"] for item in national_items]


@pytest.mark.real_data
def test_item_formats_are_those_of_the_national_data_set(dictionary, national_items):
    held = items_of(dictionary)
    differing = {
        item["name"]: (item["format"], held[item["name"]].item_format)
        for item in national_items
        if item["format"] != held[item["name"]].item_format
    }
    assert differing == {"PRIMARY DIAGNOSIS (ICD)": ("See ICD-10 CODE", "an4..an6")}


@pytest.mark.real_data
def test_codes_are_those_of_the_national_data_set(dictionary, national_items):
    held = items_of(dictionary)
    for item in national_items:
        if item["codes"]:
            codes = dictionary.code_list(held[item["name"]].codes)
            assert set(codes.values) == set(item["codes"]), item["name"]


@pytest.mark.real_data
def test_default_codes_are_those_of_the_national_data_set(dictionary, national_items):
    held = items_of(dictionary)
    for item in national_items:
        assert set(item["defaults"]) <= set(held[item["name"]].default_codes), item["name"]


@pytest.mark.real_data
def test_retired_codes_have_the_day_of_the_national_data_set(dictionary, national_items):
    held = items_of(dictionary)
    found = 0
    for item in national_items:
        for code, label in item["codes"].items():
            said = re.search(r"Retired (\d+ \w+ \d{4})", label)
            entries = dictionary.code_list(held[item["name"]].codes).codes
            [entry] = [entry for entry in entries if entry.code == code]
            expected = pd.Timestamp(said.group(1)).date() if said else None
            assert entry.valid_to == expected, (item["name"], code)
            if said:
                found += 1
                assert held[item["name"]].retired_on_date_of is not None
    assert found >= 15


def test_free_text_is_marked_and_no_mapping_reads_it_in(dictionary):
    free = set(dictionary.schema("pathway_records").named_by_role("free_text"))
    assert len(free) == 5
    for mapping in dictionary.mappings.values():
        for dataset in mapping.datasets.values():
            assert not free & set(dataset.columns.values())


def test_every_condition_is_of_the_rule_language(dictionary):
    for schema in dictionary.schemas.values():
        types = {field.name: field.type for field in schema.fields}
        for rule in schema.rules:
            assert expression.parse(rule.fault_when, types, rule.id).type == "boolean"


def test_only_keys_are_quarantined_when_missing(dictionary):
    for schema in dictionary.schemas.values():
        for field in schema.fields:
            if field.severity == "quarantine":
                assert field.name in schema.primary_key
                assert field.constraints.required
        assert all(rule.severity == "flag" for rule in schema.rules)


def test_what_comes_from_memory_is_unconfirmed(dictionary):
    entries = list(cited(dictionary))
    from_memory = [status for _, source, status in entries if source.split()[0] == MEMORY]
    assert len(from_memory) > 20
    assert set(from_memory) == {"unconfirmed"}


@pytest.mark.parametrize(
    "label",
    [
        "62-day 75% by March 2026", "62-day 80% by March 2027", "31-day 94% by March 2027",
        "FDS 80% by March 2027", "62-day 85% by March 2029", "31-day 96% by March 2029",
    ],
)  # fmt: skip
def test_targets_not_seen_in_a_document_are_unconfirmed(dictionary, label):
    assert [t.status for t in dictionary.targets if t.label == label] == ["unconfirmed"]


@pytest.mark.parametrize(
    ("day", "standard", "kind", "expected"),
    [
        (date(2023, 9, 30), "62D", "constitutional", []),
        (date(2023, 10, 1), "62D", "constitutional", [0.85]),
        (date(2025, 3, 31), "31D", "constitutional", [0.96]),
        (date(2026, 2, 28), "FDS", "constitutional", [0.75]),
        (date(2026, 3, 1), "FDS", "constitutional", [0.80]),
        (date(2025, 2, 28), "62D", "interim", []),
        (date(2025, 3, 1), "62D", "interim", [0.70]),
        (date(2025, 3, 1), "FDS", "interim", [0.77]),
    ],
)
def test_targets_in_force(dictionary, day, standard, kind, expected):
    assert [target.value for target in dictionary.targets_on(day, standard, kind)] == expected


def test_lung_pathway_is_49_days_and_prostate_scan_is_unconfirmed(dictionary):
    steps = {(m.pathway, m.code, m.from_event): m for m in dictionary.milestones}
    whole = steps["lung", "treatment", "referral"]
    assert (whole.due_within_days, whole.status) == (49, "confirmed")
    assert steps["prostate", "mri", "referral"].status == "unconfirmed"
    assert steps["any", "transfer", "referral"].due_within_days == 38


def test_milestone_events_are_codes_of_the_milestones_dataset(dictionary):
    codes = set(dictionary.code_list("milestone_code").values)
    assert {step.code for step in dictionary.milestones} <= codes
    assert {step.from_event for step in dictionary.milestones} <= codes


def test_default_disclosure_profile(dictionary):
    profile = dictionary.profile("nhs_round5")
    assert (profile.withhold_above, profile.withhold_below, profile.round_to) == (0, 8, 5)
    assert profile.complementary
    assert dictionary.profile("none").stamp
    assert set(dictionary.profiles) == {
        "nhs_round5", "suppress", "cellkey", "already_published", "none",
    }  # fmt: skip


def test_ethnic_groups_keep_not_stated_apart_from_not_known(dictionary):
    groups = dictionary.code_list("ethnic_category").groups()
    assert (groups["Z"], groups["99"]) == ("Not stated", "Not known")
    assert groups["R"] == "Other"
    assert dictionary.code_list("ethnic_category_census").groups()["R"] == "Asian"


def test_every_treatment_event_is_first_or_subsequent(dictionary):
    groups = dictionary.code_list("treatment_event_type").groups()
    assert {code for code, group in groups.items() if group == "first"} == {"01", "07", "12"}
    assert len(groups) == 12


def test_national_extract_mapping_fills_all_items_but_free_text(dictionary):
    mapped = set(dictionary.mapping("cwt_csv").datasets["pathway_records"].columns.values())
    fields = dictionary.schema("pathway_records").fields
    assert {f.name for f in fields if f.item and f.role != "free_text"} <= mapped


def test_made_up_layouts_say_so(dictionary):
    assert "ILLUSTRATIVE" in dictionary.mapping("infoflex").note
    assert dictionary.mapping("infoflex").status == "unconfirmed"


def test_mapped_values_are_codes(dictionary):
    for mapping in dictionary.mappings.values():
        for name, dataset in mapping.datasets.items():
            for column, values in dataset.values.items():  # noqa: PD011 - not a frame's
                codes = dictionary.code_list(dictionary.schema(name).field(column).codes)
                assert set(values.values()) <= set(codes.values)
