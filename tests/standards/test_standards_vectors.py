"""Worked examples of the clocks, inclusion and readings, one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
import standards_reference as ref
from standards_cases import engine, frame, plain

import workbench as wb


def row(standard: str, **changes: str | None) -> dict[str, Any]:
    """The one row of a record under a standard."""
    rows = [row for row in engine()([plain(**changes)]) if row["standard"] == standard]
    assert len(rows) == 1
    return rows[0]


def verdict(standard: str, **changes: str | None) -> tuple[int | None, bool | None, str | None]:
    found = row(standard, **changes)
    return found["wait_days"], found["within"], found["exclusion_reason"]


VECTORS = [
    # seen, adjFS, upgrade, source, decision, treated, 62 days, 31 days
    ("2025-01-10", None, None, "03", "2025-02-01", "2025-03-04", (62, True), (31, True)),
    ("2025-01-10", None, None, "03", "2025-02-01", "2025-03-05", (63, False), (32, False)),
    ("2025-01-20", "7", None, "03", "2025-02-20", "2025-03-11", (62, True), (19, True)),
    ("2025-01-20", "5", "2025-01-15", "05", "2025-02-20", "2025-03-23", (62, True), (31, True)),
    ("2025-01-20", "5", "2025-01-25", "05", "2025-02-20", "2025-03-30", (64, False), (38, False)),
    ("2025-01-10", None, "2025-01-15", "17", "2025-02-20", "2025-03-10", (68, False), (18, True)),
]


@pytest.mark.parametrize(
    ("seen", "adjusted", "upgraded", "source", "decided", "treated", "of_62", "of_31"), VECTORS
)
def test_treatment_vectors(
    seen: str,
    adjusted: str | None,
    upgraded: str | None,
    source: str,
    decided: str,
    treated: str,
    of_62: tuple[int, bool],
    of_31: tuple[int, bool],
) -> None:
    record = {
        ref.SEEN: seen,
        ref.ADJ_SEEN: adjusted,
        ref.UPGRADE: upgraded,
        ref.SOURCE: source,
        ref.DECISION: decided,
        ref.TREATED: treated,
    }
    assert verdict("62D", **record) == (*of_62, None)
    assert verdict("31D", **record) == (*of_31, None)


@pytest.mark.parametrize(("setting", "of_31", "of_62"), [
    ("01", (31, True), (62, True)),
    ("02", (31, True), (62, True)),
    ("03", (36, False), (67, False)),
    (None, (36, False), (67, False)),
])  # fmt: skip
def test_treatment_adjustment_counts_by_setting(
    setting: str | None, of_31: tuple[int, bool], of_62: tuple[int, bool]
) -> None:
    record = {ref.SETTING: setting, ref.ADJ_TREATED: "5", ref.TREATED: "2025-03-09"}
    assert verdict("31D", **record) == (*of_31, None)
    assert verdict("62D", **record) == (*of_62, None)


def test_day_28_of_faster_diagnosis_is_within() -> None:
    assert verdict("FDS", **{ref.DECISION: None}) == (28, True, None)
    assert verdict("FDS", **{ref.DECISION: None, ref.FDS_END: "2025-01-30"}) == (29, False, None)


def test_decision_to_treat_ends_faster_diagnosis_but_not_its_month() -> None:
    found = row("FDS", **{ref.FDS_END: "2025-02-10", ref.DECISION: "2025-01-27"})
    assert (found["wait_days"], found["within"]) == (26, True)
    assert found["clock_stop_date"] == date.fromisoformat("2025-01-27")
    assert found["reporting_month"] == "2025-02"


@pytest.mark.parametrize(("decision", "wait"), [
    ("2025-01-01", 0),  # on the referral day it ends the clock
    ("2024-12-31", 40),  # before the referral it is not of this pathway
    ("2025-02-10", 40),  # on the day of the end it changes nothing
])  # fmt: skip
def test_decision_ends_the_clock_only_inside_the_pathway(decision: str, wait: int) -> None:
    record = {ref.FDS_END: "2025-02-10", ref.DECISION: decision}
    assert row("FDS", **record)["wait_days"] == wait


@pytest.mark.parametrize(("exclusion", "ended", "adjusted", "expected"), [
    ("01", "2025-02-10", None, (40, False, None)),
    ("01", "2025-01-29", None, (28, None, "fds_excluded")),
    ("01", "2025-02-10", "12", (28, None, "fds_excluded")),  # the net wait decides
    ("02", "2025-02-10", None, (40, None, "fds_excluded")),
    (None, "2025-02-10", None, (40, None, "fds_excluded")),
])  # fmt: skip
def test_only_a_death_after_the_standard_stays_in(
    exclusion: str | None, ended: str, adjusted: str | None, expected: tuple[Any, ...]
) -> None:
    record = {
        ref.END_REASON: "03",
        ref.EXCLUSION: exclusion,
        ref.FDS_END: ended,
        ref.ADJ_SEEN: adjusted,
        ref.DECISION: None,
    }
    assert verdict("FDS", **record) == expected


@pytest.mark.parametrize("reason", ["1", "01", " 2 ", "4"])
def test_end_reason_is_read_with_one_digit_or_two(reason: str) -> None:
    assert row("FDS", **{ref.END_REASON: reason})["included"]


def test_declined_treatment_is_in_neither_treatment_standard() -> None:
    for standard in ("31D", "62D"):
        assert row(standard, **{ref.MODALITY: "98"})["exclusion_reason"] == "treatment_declined"
        assert row(standard, **{ref.MODALITY: None})["included"]


@pytest.mark.parametrize(("standard", "changes", "reason"), [
    ("FDS", {ref.CRTP: None}, "missing_dates"),
    ("FDS", {ref.END_REASON: None}, "fds_excluded"),
    ("FDS", {ref.END_REASON: "09"}, "fds_excluded"),
    ("FDS", {ref.PRIORITY: "2"}, "route"),
    ("FDS", {ref.PRIORITY: "2", ref.SOURCE: "17"}, None),
    ("FDS", {ref.PRIORITY: "1", ref.REFERRAL_TYPE: "16"}, None),
    ("FDS", {ref.PRIORITY: None}, None),
    ("FDS", {ref.PRIORITY: "2", ref.UPGRADE: "2025-01-05"}, "route"),
    ("FDS", {ref.SITE_FDS: " "}, "missing_provider"),
    ("FDS", {ref.FDS_END: "2024-12-30"}, "negative_wait"),
    ("FDS", {ref.ADJ_SEEN: "29"}, "invalid_adjustment"),
    ("FDS", {ref.ADJ_SEEN: "-1"}, "invalid_adjustment"),
    ("31D", {ref.ICD: None}, None),
    ("31D", {ref.PRIORITY: "2"}, None),
    ("31D", {ref.EVENT: None}, "event_type"),
    ("31D", {ref.SITE_TREATED: None}, "missing_provider"),
    ("31D", {ref.ADJ_TREATED: "-1", ref.SETTING: "03"}, None),  # not applied, so not checked
    ("62D", {ref.DECISION: None}, "missing_dates"),
    ("62D", {ref.ICD: None}, "missing_diagnosis"),
    ("62D", {ref.EVENT: "02"}, "event_type"),
    ("62D", {ref.PRIORITY: "2"}, "route"),
    ("62D", {ref.PRIORITY: "2", ref.UPGRADE: "2025-01-05"}, None),
    ("62D", {ref.SITE_SEEN: None}, "missing_provider"),
    ("62D", {ref.SITE_SEEN: None, ref.UPGRADE: "2025-01-05"}, None),
    ("62D", {ref.UPGRADE: "2025-01-05", ref.CRTP: None}, None),
    ("62D", {ref.TREATED: "2024-12-31"}, "negative_wait"),
    ("62D", {ref.ADJ_SEEN: "40", ref.ADJ_TREATED: "11"}, "invalid_adjustment"),
    ("62D", {ref.ADJ_SEEN: "40", ref.ADJ_TREATED: "10"}, None),
])  # fmt: skip
def test_reason_for_exclusion(standard: str, changes: dict[str, str], reason: str | None) -> None:
    assert row(standard, **changes)["exclusion_reason"] == reason


def test_first_reason_in_the_order_of_precedence_is_given() -> None:
    faults = {
        ref.ICD: None,
        ref.EVENT: "02",
        ref.MODALITY: "98",
        ref.PRIORITY: "2",
        ref.SITE_SEEN: None,
        ref.TREATED: "2024-12-01",
        ref.ADJ_SEEN: "-1",
    }
    mended = {**plain(), ref.ADJ_SEEN: None}
    found = []
    for item in list(faults):
        found.append(row("62D", **faults)["exclusion_reason"])
        faults[item] = mended[item]
    assert found == [
        "missing_diagnosis", "event_type", "treatment_declined", "route", "missing_provider",
        "negative_wait", "invalid_adjustment",
    ]  # fmt: skip


def test_excluded_rows_hold_what_the_inputs_allow() -> None:
    found = row("62D", **{ref.ICD: None})
    assert found["clock_start_date"] == date.fromisoformat("2025-01-01")
    assert found["wait_days"] == 50
    assert found["provider"] == "RAA"
    assert found["reporting_month"] == "2025-02"
    assert (found["weight"], found["weight_within"], found["within"]) == (0.0, 0.0, None)


def test_upgrade_starts_the_clock_and_its_first_seen_adjustment_needs_a_first_seen_date() -> None:
    upgrade = {ref.UPGRADE: "2025-01-05", ref.ADJ_SEEN: "4"}
    found = row("62D", **upgrade)
    assert found["clock_start_date"] == date.fromisoformat("2025-01-05")
    assert (found["adjustment_days"], found["wait_days"]) == (4, 42)
    assert row("62D", **upgrade, **{ref.SEEN: None})["adjustment_days"] == 0


def test_stage_follows_the_event_type() -> None:
    assert row("31D", **{ref.EVENT: "12"})["treatment_stage"] == "first"
    assert row("31D", **{ref.EVENT: "09"})["treatment_stage"] == "subsequent"
    assert row("62D")["treatment_stage"] is None


def test_as_at_makes_later_dates_blank() -> None:
    records = frame([plain()])
    on_the_day = wb.standards.waits(records, as_at="2025-02-20")
    assert on_the_day["included"].all()
    before = wb.standards.waits(records, as_at="2025-02-19").set_index("standard")
    assert before.loc["62D", "exclusion_reason"] == "missing_dates"
    assert pd.isna(before.loc["62D", "clock_stop_date"])
    assert before.loc["FDS", "included"]
