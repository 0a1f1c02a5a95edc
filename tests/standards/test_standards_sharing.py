"""Shared patients counted in three ways, and the reasons given for late ones."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from waitlist_rows import TREATED, waitlist
from waitlist_store import write_store

from workbench.dictionary import load
from workbench.errors import InputError
from workbench.standards import audit, backlog, breakdown, delay_reasons, open_pathways, sharing
from workbench.standards.periods import months_up_to
from workbench.standards.waitlist import Waitlist, narrowed, read_waitlist

AS_AT = dt.date(2025, 3, 31)
MONTHS = months_up_to(AS_AT, 12)
ALL = ["FDS", "31D", "62D"]
# investigated at RAA, treated late at RBB after a late handover: all RAA's by the rules
LATE = {
    **TREATED, "treated_at": "RBB01", "accountable": "RAA", "moved": "2025-02-20",
    "treated": "2025-03-10", "why_late": "02",
}  # fmt: skip


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Waitlist:
    path = write_store(tmp_path_factory.mktemp("region"), 4_000)
    return read_waitlist(path, as_at=AS_AT, dictionary=load())


def test_three_ways_to_count_one_late_patient(tmp_path: Path) -> None:
    found = waitlist(tmp_path, LATE)
    table = sharing.counts_by_method(found, ["2025-03"]).set_index("provider")
    assert table["total_allocated"].to_dict() == {"RAA": 1, "RBB": 0}
    assert table["total_halved"].to_dict() == {"RAA": 0.5, "RBB": 0.5}
    assert table["total_treating"].to_dict() == {"RAA": 0, "RBB": 1}
    assert table["shared"].to_dict() == {"RAA": 1, "RBB": 1}
    assert table.filter(like="within_").to_numpy().sum() == 0


def test_every_way_gives_the_same_whole(region: Waitlist) -> None:
    table = sharing.counts_by_method(region, MONTHS)
    whole = breakdown.performance_by(region, MONTHS, ["62D"], []).iloc[0]
    for method in sharing.METHODS:
        assert table[f"total_{method}"].sum() == whole["total"]
        assert table[f"within_{method}"].sum() == whole["within"]
    by_trust = breakdown.performance_by(region, MONTHS, ["62D"], ["provider"])
    assert table["total_allocated"].tolist() == by_trust["total"].tolist()
    assert table["shared"].sum() > 0


def test_handover_is_in_time_by_day_38(tmp_path: Path) -> None:
    moved = ("2025-02-08", "2025-02-09", None)
    found = waitlist(tmp_path, TREATED, *({**LATE, "moved": day} for day in moved))
    table = sharing.handover_by_trust(found, ["2025-03"])
    assert table.to_dict("records") == [{"provider": "RAA", "shared": 3, "dated": 2, "in_time": 1}]


def test_own_months_hold_each_way_of_counting(region: Waitlist) -> None:
    own = sharing.own_by_month(region, MONTHS, ALL)
    assert not own.duplicated(["month", "provider", "standard", "counted"]).any()
    sums = own.groupby(["standard", "counted"])["total"].sum()
    assert set(sums["62D"]) == {sums["62D"].iloc[0]}
    assert set(own.loc[own["standard"] != "62D", "counted"]) == {"allocated"}


def test_reasons_are_put_in_the_groups_of_the_code_list(tmp_path: Path) -> None:
    codes = ("02", "05", "07", None, "zz", "06")
    found = waitlist(tmp_path, TREATED, *({**LATE, "why_late": code} for code in codes))
    table = delay_reasons.breaches_by_reason(found, ["2025-03"], ["62D"])
    assert dict(zip(table["reason"], table["patients"], strict=True)) == {
        "provider capacity": 2, "code not in the list": 2, "clinical": 1, "no reason recorded": 1,
    }  # fmt: skip
    assert set(table["breaches"]) == {6}


def test_reasons_add_up_to_the_late_patients(region: Waitlist) -> None:
    table = delay_reasons.breaches_by_reason(region, MONTHS, ALL)
    whole = breakdown.performance_by(region, MONTHS, ALL, []).set_index("standard")
    late = (whole["total"] - whole["within"]).to_dict()
    assert table.groupby("standard")["patients"].sum().to_dict() == late


def checked(found: Waitlist, by_trust: pd.DataFrame) -> dict[str, bool]:
    still = open_pathways.open_on_day(found, open_pathways.open_rules())
    bands = backlog.bands_by(found, still, "provider", backlog.bands_of(load()))
    methods = sharing.counts_by_method(found, MONTHS)
    table = audit.checks(found, MONTHS, by_trust, methods, bands)
    return dict(zip(table["check"], table["passed"], strict=True))


def test_checks_pass_on_a_sound_region_and_fail_on_lost_patients(region: Waitlist) -> None:
    by_trust = breakdown.performance_by(region, MONTHS, ALL, ["provider"])
    assert all(checked(region, by_trust).values())
    failed = checked(region, by_trust.iloc[1:])
    assert [check for check, passed in failed.items() if not passed] == [
        "The Trusts add up to the whole"
    ]


def test_a_day_that_the_extracts_do_not_reach_fails_a_check(tmp_path: Path) -> None:
    found = waitlist(tmp_path, TREATED, as_at="2025-05-31")
    by_trust = breakdown.performance_by(found, ["2025-03"], ["62D"], ["provider"])
    assert not checked(found, by_trust)["The extracts reach the day that the data are seen from"]


def test_every_record_is_accounted_for_under_each_standard(region: Waitlist) -> None:
    table = audit.became_of(region)
    records = region.con.to_pyarrow(region.records.count()).as_py()
    assert table.groupby("standard")["records"].sum().to_dict() == dict.fromkeys(ALL, records)
    assert table.groupby("standard")["reason"].first().tolist() == ["Counted"] * 3


def test_standards_are_those_under_which_somebody_counts(region: Waitlist) -> None:
    assert audit.standards_with_records(region, MONTHS, ["62D", "FDS"]) == ["FDS", "62D"]
    lung = narrowed(region, "lung")
    assert audit.standards_with_records(lung, MONTHS, ALL) == ["31D", "62D"]
    with pytest.raises(InputError, match="No record counts") as told:
        audit.standards_with_records(region, ["2019-01"], ALL)
    assert "workbench ingest" in str(told.value)
