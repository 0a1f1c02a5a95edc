"""What a linked pathway's row is made of, and that the standards run on it unchanged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pathway_rows as made
import pytest
import yaml
from pathway_rows import A, B, both_sides, pathway, reasons, record, roles

from workbench.errors import ParameterError
from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_rules import FILE, load_pathway_rules
from workbench.linkage.pathways import Pathways
from workbench.shipped import shipped
from workbench.standards import waits

FIRST, SECOND = both_sides()
RECORDED = {items.ACCOUNTABLE: A, items.TRANSFERRED: "2025-02-05"}
LATER = {"decided": "2025-04-01", "treated": "2025-04-20", "event": "02", "modality": "02"}

CASES: dict[str, list[dict[str, Any]]] = {
    "derived": [FIRST, SECOND],
    "recorded": [FIRST | RECORDED, SECOND],
    "blank_referral": [FIRST | {items.REFERRED: None}, SECOND],
    "own_count": both_sides(referred="2025-02-03"),
    "duplicate": [
        record("r1", A, "a1", "p", referred="2025-01-05", seen="2025-01-10", suspected="01"),
        record("r2", A, "a2", "p", referred="2025-01-02", seen="2025-01-10", suspected="01"),
    ],
    "open": [
        FIRST,
        SECOND | {items.TREATED: None, items.EVENT: None, items.SITE_TREATED: None},
    ],
    "later": [
        FIRST,
        SECOND,
        record("r3", B, "b1", "p", **LATER, treated_at="RTD01", icd="C341"),
        record("r4", A, "a1", "p", **LATER, treated_at="RTD01", icd="C341"),
    ],
    "later_alone": [record("r1", B, "b1", "p", **LATER, treated_at="RTD01", icd="C341")],
    "two_firsts": [
        FIRST | {items.TREATED: "2025-02-20", items.EVENT: "01", items.DECIDED: "2025-02-10",
                 items.SITE_TREATED: "RTD01"},
        SECOND,
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> Pathways:
    return made.joined_cases(CASES)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_each_trust_is_believed_on_what_it_did(found: Pathways) -> None:
    row = pathway(found, "derived")
    assert row[items.REFERRED] == day("2025-01-02")
    assert row[items.FDS_END] == day("2025-01-25")
    assert row[items.TREATED] == day("2025-02-25")
    assert row[items.SITE_TREATED] == "RTD01"
    assert (row["trusts"], row["parts"], row["records"], row["transfers"]) == (2, 2, 2, 1)
    assert row["tumour_group"] == "lung"


def test_accountable_trust_and_handover_are_recorded_or_derived_and_say_which(
    found: Pathways,
) -> None:
    row = pathway(found, "derived")
    assert (row[items.ACCOUNTABLE], row["accountable_provider_source"]) == (A, "derived")
    assert (row[items.TRANSFERRED], row["transfer_date_source"]) == (day("2025-02-01"), "derived")
    row = pathway(found, "recorded")
    assert (row[items.ACCOUNTABLE], row["accountable_provider_source"]) == (A, "recorded")
    assert (row[items.TRANSFERRED], row["transfer_date_source"]) == (day("2025-02-05"), "recorded")


def test_the_clock_starts_with_the_earliest_referral(found: Pathways) -> None:
    assert pathway(found, "duplicate")[items.REFERRED] == day("2025-01-02")
    assert pathway(found, "duplicate")["referral_dates"] == 2
    assert pathway(found, "own_count")[items.REFERRED] == day("2025-01-02")
    assert pathway(found, "blank_referral")[items.REFERRED] == day("2025-01-02")


def test_an_open_pathway_is_at_the_trust_that_received_the_patient(found: Pathways) -> None:
    row = pathway(found, "open")
    assert row[items.SOURCE] == B
    assert row[items.TREATED] is None
    assert row[items.DECIDED] == day("2025-02-10")
    assert row[items.ACCOUNTABLE] == A


def test_a_later_treatment_counts_once_with_the_trust_that_gave_it(found: Pathways) -> None:
    name = pathway(found, "later")[items.PATHWAY]
    [later] = [t for t in found.treatments.to_pylist() if t[items.PATHWAY] == name]
    assert later[items.RECORD] == "later:r3"
    assert pathway(found, "later")[items.TREATED] == day("2025-02-25")
    assert set(roles(found, "later").values()) == {"first", "receiving", "subsequent"}


def test_a_later_treatment_without_its_referral_still_has_a_pathway(found: Pathways) -> None:
    row = pathway(found, "later_alone")
    assert row[items.TREATED] is None
    assert row[items.DECIDED] is None
    assert row["tumour_group"] == "lung"


def test_first_treatments_on_two_days_are_never_mixed(found: Pathways) -> None:
    row = pathway(found, "two_firsts")
    assert row[items.TREATED] == day("2025-02-25")
    assert row["cancer_treatment_modality"] == "23"
    assert roles(found, "two_firsts")["r1"] == "another_first_treatment"
    assert reasons(found, "two_firsts") == ["two_first_treatments"]


def test_the_standards_run_on_linked_pathways_unchanged(found: Pathways) -> None:
    frame = found.pathways.to_pandas().assign(priority_type_code="3")
    rows = waits(frame)
    counted = rows[rows["included"] & (rows["standard"] == "62D")]
    name = pathway(found, "recorded")[items.PATHWAY]
    mine = counted[counted["record_id"] == name].set_index("provider")
    assert mine["wait_days"].unique().tolist() == [54]
    assert mine["weight"].to_dict() == {A: 0.5, B: 0.5}
    assert (counted.groupby("record_id")["weight"].sum() == 1).all()


def test_shares_of_a_pathway_need_both_trusts_records(found: Pathways) -> None:
    """The receiving Trust's record alone has no accountable Trust: half each, by no rule."""
    alone = pd.DataFrame([{k: v for k, v in SECOND.items() if k != "person"}])
    unlinked = waits(alone.assign(priority_type_code="3").drop(columns=items.IDENTIFIER))
    late = both_sides(treated="2025-03-20", decided="2025-03-01")
    linked = made.joined(late).pathways.to_pandas().assign(priority_type_code="3")
    rows = waits(linked)
    weights = rows[rows["included"] & (rows["standard"] == "62D")].set_index("provider")["weight"]
    assert weights.to_dict() == {B: 1.0}
    assert set(unlinked.loc[unlinked["standard"] == "62D", "weight"]) == {0.5}


def test_the_rules_are_data_and_faults_in_them_are_all_told(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    entries = yaml.safe_load((shipped("data_dictionary") / FILE).read_text(encoding="utf-8"))
    assert {one["status"] for one in entries.values()} <= {"confirmed", "reading", "unconfirmed"}
    entries["duplicate_days"]["value"] = "seven"
    entries["nonsense"] = entries.pop("joining_score")
    file.write_text(yaml.safe_dump(entries), encoding="utf-8")
    with pytest.raises(ParameterError) as refused:
        load_pathway_rules(tmp_path)
    assert len(refused.value.faults) == 3
    file.write_text("- no mapping", encoding="utf-8")
    with pytest.raises(ParameterError, match="cannot be read"):
        load_pathway_rules(tmp_path)


def test_a_window_of_another_width_changes_what_is_joined(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    entries = yaml.safe_load((shipped("data_dictionary") / FILE).read_text(encoding="utf-8"))
    entries["duplicate_days"]["value"] = 2
    file.write_text(yaml.safe_dump(entries), encoding="utf-8")
    narrow = made.joined(CASES["duplicate"], load_pathway_rules(tmp_path))
    assert narrow.pathways.num_rows == 2
    assert narrow.review["reason"].to_pylist() == ["duplicate_unclear"]
