"""Checks on the engine find each fault, in the row where it was put, and nothing else."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from dictionary_cases import CODE_LISTS, SCHEMA, clean, faults, on_engine, with_cells

from workbench.dictionary.checks import check_table
from workbench.dictionary.rules import rules_of
from workbench.engine import connect
from workbench.errors import InputError

# One cell, and the rules that it must break in its row.
SINGLE_FAULTS = [
    ("pathway", None, {"pathway.required"}),
    ("pathway", " \t", {"pathway.required"}),
    ("issuer", "RX", {"issuer.min_length"}),
    ("issuer", "RXXXXX", {"issuer.max_length"}),
    ("issuer", "éééé", set()),
    ("nhs_number", "943476591", {"nhs_number.pattern"}),
    ("nhs_number", "943476591X", {"nhs_number.pattern"}),
    ("nhs_number", "+434765919", {"nhs_number.pattern"}),
    ("nhs_number", "9434765919\n", {"nhs_number.pattern"}),
    ("nhs_number", "٩٤٣٤٧٦٥٩١٩", {"nhs_number.pattern"}),
    ("nhs_number", "9434765918", {"nhs_number.modulus_11"}),
    ("nhs_number", None, set()),
    ("other_number", "12345", {"other_number.modulus_11"}),
    ("other_number", "9434765919", set()),
    ("referral_type", "02", {"referral_type.code"}),
    ("referral_type", "1", {"referral_type.code"}),
    ("referral_type", " 01", {"referral_type.code"}),
    ("referral_type", "<b>01</b>", {"referral_type.code"}),
    ("referral_type", "15", {"referral_type.code_in_force"}),
    ("referral_type", "OTHER", {"referral_type.code_in_force"}),
    ("referral_type", "18", set()),
    ("referral_type", "3", set()),
    ("referred", "2023-02-29", {"referred.type"}),
    ("referred", "2024-2-01", {"referred.type"}),
    ("referred", "01/02/2024", {"referred.type"}),
    ("referred", "2024/02/01", {"referred.type"}),
    ("referred", " 2024-2-01", {"referred.type"}),
    ("referred", "2024-02-01 ", {"referred.type"}),
    ("referred", "2024-02-01T00:00", {"referred.type"}),
    ("referred", "infinity", {"referred.type"}),
    ("referred", "0000-01-01", {"referred.type"}),
    ("referred", "1989-12-31", {"referred.minimum", "long_wait"}),
    ("referred", "2024-02-15", {"seen_before_referred"}),
    ("referred", "2024-02-14", set()),
    ("seen", "2031-01-01", {"seen.maximum", "long_wait"}),
    ("seen", "2025-02-04", {"long_wait"}),
    ("seen", "2025-02-03", set()),
    ("site", "RZZ01", {"site.provider"}),
    ("site", "rxx01", {"site.pattern", "site.provider"}),
    ("site", " RXX1", {"site.pattern", "site.provider"}),
    ("site", "RXX", {"site.pattern"}),
    ("site", "RR899", set()),
    ("site", "89999", set()),
    ("site", "89998", {"site.provider"}),
    ("site", None, set()),
    ("adjustment", "3.0", {"adjustment.type"}),
    ("adjustment", "1_0", {"adjustment.type"}),
    ("adjustment", "1e2", {"adjustment.type"}),
    ("adjustment", "9999999999999999", {"adjustment.type"}),
    ("adjustment", "-1", {"adjustment.minimum"}),
    ("adjustment", "1000", {"adjustment.maximum"}),
    ("score", "nan", {"score.type"}),
    ("score", "inf", {"score.type"}),
    ("score", ".5", {"score.type"}),
    ("score", "5e-1", set()),
    ("score", "-0.595", {"score.minimum"}),
    ("score", "1.001", {"score.maximum"}),
    ("screened", "True", {"screened.type"}),
    ("screened", "1", {"screened.type"}),
    ("place", None, {"place.required"}),
    ("place", "sw1a 1aa", {"place.pattern"}),
    ("place", "S1\nx", set()),
]


def test_clean_rows_have_no_fault_and_every_rule_is_counted() -> None:
    found = on_engine(clean(7))
    assert found.rows == 7
    assert found.counts == {check.id: 0 for check in rules_of(SCHEMA)}
    assert found.quarantined == 0
    assert list(found.frame().columns) == ["file", "row", "column", "rule", "severity", "reason"]


def test_each_fault_is_found_in_its_row_and_in_no_other() -> None:
    frame = clean(2 * len(SINGLE_FAULTS))
    placed = {(2 * i + 2, column): value for i, (column, value, _) in enumerate(SINGLE_FAULTS)}
    found = faults(on_engine(with_cells(frame, placed)).frame())
    expected = {
        (2 * i + 2, rule) for i, (_, _, rules) in enumerate(SINGLE_FAULTS) for rule in rules
    }
    assert {(row, rule) for row, _, rule in found} == expected
    assert found == sorted(found)


def test_a_code_is_held_against_its_validity_on_the_date_both_ends_inclusive() -> None:
    days = ["2020-09-30", "2020-10-01", "2020-09-30", "2020-10-01", None]
    frame = clean(5).assign(
        referral_type=["15", "15", "18", "18", "15"], referred=days, seen="2020-10-02"
    )
    found = faults(on_engine(frame).frame())
    assert found == [(row, "referral_type", "referral_type.code_in_force") for row in (2, 3)]


def test_a_cross_field_rule_needs_both_values() -> None:
    frame = with_cells(clean(4), {(1, "seen"): None, (2, "referral_type"): "03"})
    frame = with_cells(frame, {(2, "agreed"): None, (3, "referral_type"): None, (3, "agreed"): ""})
    assert faults(on_engine(frame).frame()) == [
        (2, "referral_type, agreed", "lung_needs_agreement")
    ]


def test_conflicting_duplicates_are_all_quarantined_and_repeats_flagged_after_the_first() -> None:
    base = clean(6)
    torn = base.iloc[[1, 1]].assign(score=["0.1", "0.75"])
    frame = pd.concat([base, base.iloc[[3, 3]], torn, base.iloc[[5]]], ignore_index=True)
    found = on_engine(frame)
    by_rule = {
        rule: [row for row, _, name in faults(found.frame()) if name == rule]
        for rule in ("primary_key.conflict", "primary_key.repeat")
    }
    assert by_rule == {"primary_key.conflict": [2, 9, 10], "primary_key.repeat": [7, 8, 11]}
    assert found.quarantined == 3


def test_blank_key_parts_are_alike_but_a_row_without_its_required_part_has_no_key() -> None:
    base = clean(1)
    frame = pd.concat([base] * 6, ignore_index=True)
    frame["event"] = [None, "", "01", "02", "03", "04"]
    frame = with_cells(frame, {(4, "pathway"): None, (5, "pathway"): None})
    frame.loc[[3, 4], "event"] = "05"
    assert faults(on_engine(frame).frame()) == [
        (2, "pathway, issuer, event", "primary_key.repeat"),
        (4, "pathway", "pathway.required"),
        (5, "pathway", "pathway.required"),
    ]


def test_cells_cannot_be_shifted_into_looking_equal() -> None:
    frame = pd.concat([clean(1)] * 2, ignore_index=True)
    frame["nhs_number"] = [None, "1:x"]
    frame["other_number"] = ["1:x", None]
    assert on_engine(frame).counts["primary_key.conflict"] == 2


def test_many_duplicates_take_the_other_way_and_come_out_the_same() -> None:
    frame = pd.concat([clean(3000)] * 2, ignore_index=True)
    found = on_engine(frame)
    assert found.counts["primary_key.repeat"] == 3000
    assert found.fault_rows.tolist() == list(range(3001, 6001))


def test_rows_beyond_one_batch_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    batch, rows = 2048, 5000
    monkeypatch.setattr("workbench.dictionary.checks.BATCH_ROWS", batch)
    at_fault = [1, batch, batch + 1, rows]
    frame = with_cells(clean(rows), {(row, "score"): "x" for row in at_fault})
    found = on_engine(with_cells(frame, {(rows, "pathway"): "P0000001"}))
    assert found.rows == rows
    assert found.fault_rows.tolist() == [1, 2, batch, batch + 1, rows, rows]
    assert found.counts["score.type"] == 4
    assert found.counts["primary_key.conflict"] == 2


def test_an_absent_optional_column_is_blank_and_an_absent_required_one_refused() -> None:
    frame = clean(3).drop(columns=["agreed", "score", "referred"]).assign(referral_type="03")
    found = on_engine(frame)
    assert found.counts["lung_needs_agreement"] == 3
    assert found.items["score"].valid_and_complete == 0
    with pytest.raises(InputError, match="required columns") as refused:
        on_engine(clean(3).drop(columns=["pathway"]).rename(columns={"place": "places"}))
    assert refused.value.faults == (
        "column 'pathway' is missing",
        "column 'place' is missing; is it 'places'?",
    )


def test_names_of_a_file_without_header_are_not_shown() -> None:
    headless = clean(1).rename(columns={name: f"9434765919 {name}" for name in SCHEMA.field_names})
    with pytest.raises(InputError) as refused:
        on_engine(headless)
    assert "9434765919" not in str(refused.value)


def test_an_empty_table_has_no_faults() -> None:
    assert on_engine(clean(0)).rows == 0
    assert len(on_engine(clean(0)).frame()) == 0


def test_typed_columns_are_checked_as_their_text() -> None:
    con = connect()
    frame = clean(2)
    typed = frame.assign(
        referred=pd.to_datetime(frame["referred"]),
        seen=pd.to_datetime(frame["seen"]).dt.date,
        adjustment=[1.0, None],
        score=[0.5, 7.25],
        screened=[True, False],
    )
    found = check_table(con.create_table("typed", pa.Table.from_pandas(typed)), SCHEMA, CODE_LISTS)
    assert faults(found.frame()) == [(2, "score", "score.maximum")]


def test_a_rule_takes_another_spelling_of_a_code_for_the_code() -> None:
    cells = {(1, "referral_type"): "3", (1, "agreed"): None, (2, "agreed"): None}
    assert faults(on_engine(with_cells(clean(2), cells)).frame()) == [
        (1, "referral_type, agreed", "lung_needs_agreement")
    ]


def test_a_row_without_other_columns_than_its_key_can_only_repeat() -> None:
    from dataclasses import replace

    fields = tuple(SCHEMA.field(name) for name in SCHEMA.primary_key)
    bare = replace(SCHEMA, fields=fields, rules=())
    frame = with_cells(clean(3)[list(bare.field_names)], {(3, "pathway"): "P0000000"})
    assert faults(on_engine(frame, bare).frame()) == [
        (3, "pathway, issuer, event", "primary_key.repeat")
    ]


def test_counts_for_the_quality_score() -> None:
    cells = {(1, "referral_type"): "02", (2, "referral_type"): None, (3, "referral_type"): "99"}
    item = on_engine(with_cells(clean(10), cells)).items["referral_type"]
    assert (item.records, item.valid_and_complete, item.defaults) == (10, 8, 1)
    assert item.threshold == 0.1


def test_more_rules_than_one_word_of_bits_holds() -> None:
    from dataclasses import replace

    rule = SCHEMA.rules[0]
    many = replace(
        SCHEMA,
        rules=tuple(
            replace(rule, id=f"r{n}", fault_when=f"adjustment == {n}", columns=("adjustment",))
            for n in range(130)
        ),
    )
    frame = clean(130).assign(adjustment=[str(n) for n in range(130)])
    found = on_engine(frame, many)
    assert faults(found.frame()) == [(n + 1, "adjustment", f"r{n}") for n in range(130)]
