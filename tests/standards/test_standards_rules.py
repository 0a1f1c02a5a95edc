"""The rules file: complete, changeable entry by entry, and strict."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
import standards_reference as ref
import yaml
from standards_cases import frame, plain

import workbench as wb
from workbench.errors import InputError, ParameterError
from workbench.shipped import shipped
from workbench.standards.items import ITEMS, matched
from workbench.standards.providers import with_providers
from workbench.standards.records import typed

EDITION = shipped("data_dictionary") / "rules" / "cwt_12_1.yaml"


def changed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_rule_has_a_source_and_a_status() -> None:
    entries = yaml.safe_load(EDITION.read_text(encoding="utf-8"))
    assert len(entries) > 30
    for name, entry in entries.items():
        assert set(entry) == {"value", "about", "source", "status"}, name
        assert entry["status"] in {"confirmed", "reading", "unconfirmed"}, name
        assert all(entry[word] for word in ("source", "about")), name


def test_rules_from_memory_are_unconfirmed_and_switched_off() -> None:
    entries = yaml.safe_load(EDITION.read_text(encoding="utf-8"))
    for switch in ("exclude_basal_cell", "exclude_in_situ", "exclude_not_commissioned"):
        assert entries[switch]["status"] == "unconfirmed"
        assert entries[switch]["value"] is False


def test_a_users_file_changes_only_what_it_names(tmp_path: Path) -> None:
    rules = wb.standards.load_rules(changed(tmp_path, "standard_days_31d: 30\n"))
    default = wb.standards.load_rules()
    assert rules.standard_days("31D") == 30
    assert rules.standard_days("62D") == default.standard_days("62D")
    assert rules.event_types_first == default.event_types_first


def test_every_unknown_or_mistyped_entry_is_listed(tmp_path: Path) -> None:
    text = (
        "standard_day_31d: 30\nhandover_days: soon\nevent_types_first: [1, 7]\n"
        "diagnosis_needed_31d: 'no'\nsuccessor_trusts: [RAA]\nrules_version: 12.1\n"
    )
    with pytest.raises(ParameterError) as caught:
        wb.standards.load_rules(changed(tmp_path, text))
    assert len(caught.value.faults) == 6
    assert "did you mean 'standard_days_31d'" in caught.value.faults[0]
    assert caught.value.exit_code == 10


@pytest.mark.parametrize("text", [
    "handover_days: 40\n",
    "event_types_first: ['01', '02']\n",
    "reasons_in_order: [route]\n",
    "- a list\n",
    "a: [unclosed\n",
])  # fmt: skip
def test_rules_that_contradict_or_do_not_parse_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ParameterError):
        wb.standards.load_rules(changed(tmp_path, text))


def reasons(text: str, tmp_path: Path, **changes: str | None) -> dict[str, object]:
    waits = wb.standards.waits(frame([plain(**changes)]), rules=changed(tmp_path, text))
    return dict(zip(waits["standard"], waits["exclusion_reason"].fillna("in"), strict=True))


def test_scope_switches_take_records_out_when_on(tmp_path: Path) -> None:
    out = {"31D": "out_of_scope", "62D": "out_of_scope", "FDS": "in"}
    assert reasons("exclude_basal_cell: true", tmp_path, **{ref.ICD: "C44.9"}) == out
    assert reasons("exclude_in_situ: true", tmp_path, **{ref.ICD: "D069"}) == out
    assert set(reasons("exclude_in_situ: true", tmp_path, **{ref.ICD: "D051"}).values()) == {"in"}
    waits = wb.standards.waits(
        frame([plain()]).assign(cancer_care_spell_delay_reason_decision_to_treatment="22"),
        rules=changed(tmp_path, "exclude_not_commissioned: true"),
    )
    assert dict(zip(waits["standard"], waits["included"], strict=True)) == {
        "31D": False, "62D": True, "FDS": True,
    }  # fmt: skip


def test_scope_marks_and_early_transfers_are_counted_while_off() -> None:
    from workbench.standards.frames import loaded

    early = {ref.ACCOUNTABLE: "RBB", ref.TRANSFER: "2024-12-01"}
    records = frame([plain(**{ref.ICD: "C449"}), plain(record_id="B2", **early)])
    con, table = loaded(records, matched(list(records.columns), "records"))
    rules = wb.standards.load_rules()
    known = with_providers(typed(table, matched(table.columns, "records")), rules)
    counted = con.to_pyarrow(wb.standards.notes(known, rules)).to_pylist()[0]
    assert counted["exclude_basal_cell_62D"] == 1
    assert counted["transfer_before_clock_start"] == 1
    assert counted["exclude_in_situ_62D"] == 0


def test_a_rule_of_62_days_alone_says_what_to_change_too(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="change handover_days or treating_days too"):
        wb.standards.load_rules(changed(tmp_path, "standard_days_62d: 70\n"))
    both = changed(tmp_path, "standard_days_62d: 70\ntreating_days: 32\n")
    assert wb.standards.load_rules(both).standard_days("62D") == 70


def test_codes_of_one_digit_are_counted_where_two_are_due() -> None:
    from workbench.engine import connect

    con = connect()
    records = frame([plain(**{ref.EVENT: "1", ref.SETTING: "2"}), plain()])
    table = con.create_table("r", pa.Table.from_pandas(records))
    rules = wb.standards.load_rules()
    known = with_providers(typed(table, matched(table.columns, "records")), rules)
    counted = con.to_pyarrow(wb.standards.notes(known, rules)).to_pylist()[0]
    found = {name: n for name, n in counted.items() if name.startswith("one_digit_code_") and n}
    assert found == {f"one_digit_code_{ref.EVENT}": 1, f"one_digit_code_{ref.SETTING}": 1}


def test_successors_are_mapped_only_when_asked_for(tmp_path: Path) -> None:
    records = frame([plain()])
    asked = changed(tmp_path, "successor_trusts: {RAA: RNEW}")
    assert set(wb.standards.waits(records)["provider"]) == {"RAA"}
    assert set(wb.standards.waits(records, rules=asked)["provider"]) == {"RNEW"}


def test_setting_restriction_of_the_treatment_adjustment_is_a_switch(tmp_path: Path) -> None:
    record = frame([plain(**{ref.ADJ_TREATED: "5", ref.SETTING: "03"})])
    off = changed(tmp_path, "treatment_adjustment_by_setting: false")
    days = [
        wb.standards.waits(record, rules=rules).set_index("standard").loc["31D", "adjustment_days"]
        for rules in (None, off)
    ]
    assert days == [0, 5]


def test_changed_days_change_the_verdict(tmp_path: Path) -> None:
    strict = changed(tmp_path, "standard_days_31d: 18")
    waits = wb.standards.waits(frame([plain()]), rules=strict).set_index("standard")
    assert waits.loc["31D", "wait_days"] == 19
    assert not waits.loc["31D", "within"]


@pytest.mark.parametrize("text", ["2025-02-30", "01/02/2025", "20250201", "soon", ""])
def test_as_at_must_be_a_real_date(text: str) -> None:
    with pytest.raises(ParameterError):
        wb.standards.waits(frame([plain()]), as_at=text)


def test_targets_in_force_follow_the_date(tmp_path: Path) -> None:
    (tmp_path / "targets.yaml").write_text(
        yaml.safe_dump(
            [
                _target("constitutional", 0.75, date(2023, 10, 1), date(2026, 2, 28)),
                _target("constitutional", 0.80, date(2026, 3, 1), None),
                _target("interim", 0.77, date(2025, 3, 1), date(2026, 2, 28)),
            ]
        ),
        encoding="utf-8",
    )

    def values(day: date, **more: object) -> list[float]:
        found = wb.standards.targets_in_force("FDS", day, dictionary=tmp_path, **more)  # type: ignore[arg-type]
        return list(found["value"])

    assert values(date(2026, 2, 28)) == [0.75, 0.77]
    assert values(date(2026, 3, 1)) == [0.80]
    assert values(date(2025, 6, 1), kinds=["interim"]) == [0.77]
    assert values(date(2020, 1, 1)) == []
    with pytest.raises(ParameterError):
        wb.standards.targets_in_force("14D", date(2025, 1, 1), dictionary=tmp_path)  # type: ignore[arg-type]


def _target(kind: str, value: float, start: date, end: date | None) -> dict[str, object]:
    return {
        "standard": "FDS", "kind": kind, "value": value, "valid_from": start, "valid_to": end,
        "label": "", "source": "made up", "status": "confirmed",
    }  # fmt: skip


def test_shipped_targets_hold_the_operational_standards() -> None:
    day = date(2025, 6, 30)
    found = {
        standard: wb.standards.targets_in_force(standard, day, kinds=["constitutional"])[
            "value"
        ].item()
        for standard in ("FDS", "31D", "62D")
    }
    assert found == {"FDS": 0.75, "31D": 0.96, "62D": 0.85}


@pytest.mark.real_data
def test_items_are_those_of_the_national_data_set(real_data: Path) -> None:
    import json
    import re

    path = real_data / "dictionary" / "ncwtmds_v2_1_items.json"
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    official = {re.sub("[^a-z0-9]+", "_", item["name"].lower()).strip("_") for item in items}
    derived = {"accountable_investigating_provider", "transfer_to_treatment_date"}
    assert {item.column for item in ITEMS} - official == derived


def test_lookup_of_sites_must_be_whole() -> None:
    import pandas as pd

    twice = pd.DataFrame({"site": ["RAA01", "RAA01"], "provider": ["RX", "RY"]})
    for sites in (twice, twice[["site"]]):
        with pytest.raises(InputError):
            wb.standards.waits(frame([plain()]), sites=sites)
