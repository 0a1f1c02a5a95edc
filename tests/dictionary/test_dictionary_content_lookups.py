"""What the lookups of the shipped dictionary hold, against the facts they were made from."""

from __future__ import annotations

import csv
import json

import pytest

from workbench.dictionary import Dictionary, load


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return load()


@pytest.mark.real_data
def test_each_neoplasm_code_has_a_group_or_is_out_of_scope(dictionary, real_data):
    with (real_data / "dictionary" / "icd10_neoplasms_C00-D48.csv").open() as stream:
        wanted = {row["code"].replace(".", "") for row in csv.DictReader(stream)}
    mapped = dictionary.lookup("icd10_tumour_group")
    assert set(mapped["icd10"]) == wanted
    assert mapped["icd10"].is_unique
    assert (mapped["in_scope"].eq("true") == mapped["tumour_group"].notna()).all()
    assert mapped.loc[mapped["icd10"].str.startswith("C"), "in_scope"].eq("true").all()


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("C500", "breast"), ("D051", "breast"), ("C61", "urological_prostate"),
        ("C73", "head_neck"),
        ("C920", "haematological_other"), ("C751", "brain_cns"), ("C750", "other"),
        ("C450", "lung"), ("C181", "lower_gi"), ("C221", "upper_gi_hepatobiliary"),
        ("C159", "upper_gi_oesophagus_stomach"), ("C629", "urological_other"), ("C490", "sarcoma"),
    ],
)  # fmt: skip
def test_diagnoses_fall_in_their_group(dictionary, code, group):
    mapped = dictionary.lookup("icd10_tumour_group").set_index("icd10")
    assert mapped.loc[code, "tumour_group"] == group


def test_groups_in_lookups_are_codes_of_the_tumour_group_list(dictionary):
    codes = dictionary.code_list("tumour_group")
    diagnoses = dictionary.lookup("icd10_tumour_group")
    assert set(diagnoses["tumour_group"].dropna()) <= set(codes.values)
    labels = dictionary.lookup("published_tumour_groups")
    assert set(labels["tumour_group"].dropna()) <= set(codes.values)
    assert set(labels["roll_up"].dropna()) == set(codes.groups().values())
    assert len(set(labels["roll_up"].dropna())) == 10


def test_a_label_and_the_parent_it_is_part_of_share_a_group(dictionary):
    labels = dictionary.lookup("published_tumour_groups").set_index("label")
    parts = labels[labels["parent_label"].notna()]
    assert len(parts) == 8
    parents = labels.loc[parts["parent_label"], "roll_up"]
    assert parents.tolist() == parts["roll_up"].tolist()


def test_lookup_of_trusts_has_one_row_each_and_no_address(dictionary):
    trusts = dictionary.lookup("trusts")
    assert trusts["trust_code"].is_unique
    assert list(trusts.columns) == [
        "trust_code", "name", "icb_code", "region_code", "open_date", "close_date", "kind",
    ]  # fmt: skip
    regions = set(dictionary.code_list("nhs_region").values)
    assert set(trusts["region_code"].dropna()) <= regions


def test_site_columns_know_the_providers_that_they_may_begin_with(dictionary):
    sites = [f for f in dictionary.schema("pathway_records").fields if f.resolves_in]
    assert len(sites) == 5
    for field in sites:
        assert {"RR8", "R0A", "NV1"} <= set(field.parents)
        assert {len(parent) for parent in field.parents} == {3}


def test_default_sites_stay_whole(dictionary):
    sites = dictionary.lookup("site_to_trust")
    assert sites.set_index("site")["provider"].to_dict() == {"89997": "89997", "89999": "89999"}


@pytest.mark.real_data
def test_bank_holidays_are_those_published(dictionary, real_data):
    held = json.loads((real_data / "dictionary" / "bank-holidays.json").read_text())
    days = [event["date"] for event in held["england-and-wales"]["events"]]
    assert dictionary.lookup("bank_holidays_england")["date"].tolist() == days
