"""Shares between the Trust that investigated and the one that treated."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
import standards_reference as ref
from hypothesis import given, settings
from hypothesis import strategies as st
from standards_cases import START, Record, engine, frame, plain

import workbench as wb

SHARED = {ref.SITE_TREATED: "RBB01", ref.ACCOUNTABLE: "RAA"}


def shares(**changes: str | None) -> dict[str, tuple[float, float]]:
    """Give within and total of each Trust under 62 days."""
    return {
        row["provider"]: (row["weight_within"], row["weight"])
        for row in engine()([plain(**changes)])
        if row["standard"] == "62D" and row["included"]
    }


def on(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


@pytest.mark.parametrize(("handover", "treated", "expected"), [
    (38, 62, {"RAA": (0.5, 0.5), "RBB": (0.5, 0.5)}),
    (30, 60, {"RAA": (0.5, 0.5), "RBB": (0.5, 0.5)}),
    (39, 62, {"RBB": (1.0, 1.0)}),
    (38, 63, {"RBB": (0.0, 1.0)}),
    (39, 63, {"RAA": (0.0, 1.0)}),
    (39, 64, {"RAA": (0.0, 0.5), "RBB": (0.0, 0.5)}),
])  # fmt: skip
def test_six_transfer_scenarios(
    handover: int, treated: int, expected: dict[str, tuple[float, float]]
) -> None:
    record = {**SHARED, ref.TRANSFER: on(handover), ref.TREATED: on(treated)}
    assert shares(**record) == expected


def test_adjustments_come_off_each_side_of_the_handover() -> None:
    late = {**SHARED, ref.TRANSFER: on(43), ref.TREATED: on(72)}
    assert shares(**late) == {"RAA": (0.0, 0.5), "RBB": (0.0, 0.5)}
    assert shares(**late, **{ref.ADJ_SEEN: "5"}) == {"RBB": (0.0, 1.0)}
    assert shares(**late, **{ref.ADJ_TREATED: "5"}) == {"RAA": (0.0, 1.0)}
    ignored = {ref.ADJ_TREATED: "5", ref.SETTING: "03"}
    assert shares(**late, **ignored) == {"RAA": (0.0, 0.5), "RBB": (0.0, 0.5)}


@pytest.mark.parametrize(("changes", "expected"), [
    ({ref.SITE_TREATED: "RAA09"}, {"RAA": (1.0, 1.0)}),
    ({ref.SITE_TREATED: "RBB01"}, {"RAA": (0.5, 0.5), "RBB": (0.5, 0.5)}),
    ({**SHARED, ref.TRANSFER: None}, {"RAA": (0.5, 0.5), "RBB": (0.5, 0.5)}),
    ({**SHARED, ref.TRANSFER: None, ref.TREATED: "2025-03-05"},
     {"RAA": (0.0, 0.5), "RBB": (0.0, 0.5)}),
    ({ref.UPGRADE: "2025-01-05", ref.SITE_SEEN: None}, {"RAA": (1.0, 1.0)}),
    ({ref.UPGRADE: "2025-01-05", ref.SITE_UPGRADE: "RCC01"},
     {"RCC": (0.5, 0.5), "RAA": (0.5, 0.5)}),
    ({ref.UPGRADE: None, ref.SITE_UPGRADE: "RCC01"}, {"RAA": (1.0, 1.0)}),
    ({ref.UPGRADE: "2025-01-05", ref.SOURCE: "17", ref.SITE_UPGRADE: "RCC01"}, {"RAA": (1.0, 1.0)}),
    ({**SHARED, ref.TRANSFER: "2024-12-01", ref.TREATED: "2025-03-05"}, {"RBB": (0.0, 1.0)}),
    ({ref.SITE_TREATED: "89997", ref.SITE_SEEN: "89999"},
     {"89997": (0.5, 0.5), "89999": (0.5, 0.5)}),
])  # fmt: skip
def test_who_shares(
    changes: dict[str, str | None], expected: dict[str, tuple[float, float]]
) -> None:
    assert shares(**changes) == expected


def transfers() -> st.SearchStrategy[list[Record]]:
    days = st.integers(0, 120)
    record = st.tuples(days, days, days, st.integers(0, 9), st.integers(0, 9), st.booleans())

    def build(facts: tuple[int, int, int, int, int, bool]) -> Record:
        decided, wait, handover, seen, treated, accountable = facts
        return plain(
            **{
                ref.SITE_TREATED: "RBB01",
                ref.ACCOUNTABLE: "RAA" if accountable else None,
                ref.DECISION: on(decided),
                ref.TREATED: on(decided + wait),
                ref.TRANSFER: on(handover),
                ref.ADJ_SEEN: str(seen),
                ref.ADJ_TREATED: str(treated),
            }
        )

    return st.lists(record.map(build), min_size=20, max_size=60)


@settings(max_examples=12)
@given(records=transfers())
def test_shares_sum_to_one_and_within_to_one_only_inside_the_standard(
    records: list[Record],
) -> None:
    named = [record | {"record_id": str(n)} for n, record in enumerate(records)]
    waits = pd.DataFrame(engine()(named))
    counted = waits[waits["included"]]
    sums = counted.groupby(["record_id", "standard"])[["weight", "weight_within"]].sum()
    verdicts = counted.groupby(["record_id", "standard"])["within"].agg(["min", "max"])
    assert (sums["weight"] == 1).all()
    assert (verdicts["min"] == verdicts["max"]).all()
    assert ((sums["weight_within"] == 1) == verdicts["max"].astype(bool)).all()
    assert sums["weight_within"].isin([0, 1]).all()


def test_only_62_days_is_shared() -> None:
    waits = wb.standards.waits(frame([plain(**SHARED)]))
    assert waits.groupby("standard").size().to_dict() == {"31D": 1, "62D": 2, "FDS": 1}


def test_parent_as_at_the_reporting_date_decides_the_trust() -> None:
    sites = pd.DataFrame(
        {
            "site": ["RAA01", "RAA01", "RAA02", "89999"],
            "provider": ["ROLD", "RNEW", "RNEW", "RXX"],
            "valid_from": [None, date(2025, 2, 1), None, None],
            "valid_to": [date(2025, 1, 31), None, None, None],
        }
    )
    known = wb.standards.waits(frame([plain()]), sites=sites).set_index("standard")
    assert known["provider"].to_dict() == {"31D": "RNEW", "62D": "RNEW", "FDS": "ROLD"}
    elsewhere = frame([plain(**{ref.SITE_TREATED: "RZZ99", ref.SITE_FDS: "89999"})])
    unknown = wb.standards.waits(elsewhere, sites=sites)
    assert set(unknown["provider"]) == {"RZZ", "RNEW", "89999"}
