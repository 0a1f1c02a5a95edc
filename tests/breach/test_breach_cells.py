"""One reading of a cell, whatever kind of file it came in."""

from __future__ import annotations

import breach_cases
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.breach import cells
from workbench.breach.encoding import fit_encoding
from workbench.breach.frames import cases
from workbench.breach.groups import BLANK, NOT_RECORDED, by_group
from workbench.breach.roles import roles_of
from workbench.breach.settings import load_settings
from workbench.breach.splits import by_patient, by_time
from workbench.breach.trend import Trend
from workbench.errors import InputError


def own(**changes: object) -> dict:
    held = {**breach_cases.ROLES, **changes}
    return {name: value for name, value in held.items() if value is not None}


@pytest.mark.parametrize(
    ("parquet", "csv"),
    [
        ([True, False, True], ["true", "false", "true"]),
        ([1, 0, 12], ["1", "0", "12"]),
        ([1.0, np.nan, 12.0], ["1", None, "12"]),
        ([1.5, 2.0, np.nan], ["1.5", "2", None]),
        ([pd.Timestamp("2024-05-01"), pd.NaT], ["2024-05-01", None]),
    ],
)
def test_a_code_is_the_same_text_in_both_kinds_of_file(parquet, csv):
    for column in (pd.Series(parquet), pd.Series(csv, dtype="str")):
        levels, places = cells.texts(column)
        told = [None if place < 0 else levels[place] for place in places]
        assert told == csv


@given(st.lists(st.one_of(st.none(), st.integers(-99, 99)), min_size=1, max_size=30))
def test_a_blank_in_a_column_of_numbers_changes_no_other_code(values):
    levels, places = cells.texts(pd.Series(values, dtype="float64"))
    assert [None if place < 0 else levels[place] for place in places] == [
        None if value is None else str(value) for value in values
    ]


@pytest.mark.parametrize(
    "written",
    [
        ["yes", "no", None], ["Yes", "NO", ""], ["TRUE", "false", None], ["1", "0", None],
        ["1.0", "0.0", ""], [1.0, 0.0, np.nan], [True, False, None],
    ],
)  # fmt: skip
def test_yes_true_and_one_are_the_event_without_it_being_said(written):
    faults: list[str] = []
    found = cells.outcomes(pd.Series(written), (), (), faults)
    assert not faults
    np.testing.assert_array_equal(found, [1.0, 0.0, np.nan])


def test_an_event_that_is_a_number_is_found_beside_blanks():
    faults: list[str] = []
    found = cells.outcomes(pd.Series([1.0, 2.0, np.nan]), ("1",), (), faults)
    np.testing.assert_array_equal(found, [1.0, 0.0, np.nan])
    assert not faults
    cells.outcomes(pd.Series(["a", "b"], name="came"), ("never",), (), faults)
    assert faults == ["came: no cell holds a value that the roles call the 'event'"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["2024-05-01T00:30:00+01:00", "2024-05-01T23:10:00+00:00", None]),
        pd.Series(["2024-05-01 00:30:00Z", "2024-05-01 23:10", ""]),
        pd.Series(["2024-05-01", "20240501", None]),
        pd.Series(["2024-05-01", "2024-05-01", None])
        .astype("datetime64[s]")
        .dt.tz_localize("Europe/London"),
    ],
)
def test_a_day_is_that_of_the_times_own_clock(column):
    faults: list[str] = []
    found = cells.days(column, faults)
    np.testing.assert_array_equal(found, np.array(["2024-05-01"] * 2 + ["NaT"], "M8[D]"))
    assert not faults


def test_a_day_that_stands_for_none_is_a_fault_and_tells_no_value():
    frame = breach_cases.frame(200).astype({"seen": "str"})
    frame.loc[[3, 4], "seen"] = ["9999-12-31", "0001-01-01"]
    with pytest.raises(InputError, match="seen: 2 days lie outside") as refused:
        cases(frame, roles_of(breach_cases.ROLES))
    assert "9999" not in str(refused.value)


def test_a_row_without_an_id_or_a_landmark_is_a_fault():
    frame = breach_cases.frame(50).astype({"day": "float64"})
    frame.loc[0, "case"] = None
    frame.loc[[1, 2], "day"] = [np.nan, 7.5]
    with pytest.raises(InputError) as refused:
        cases(frame, roles_of(breach_cases.ROLES))
    assert "case: 1 rows have no id" in str(refused.value)
    assert "day: 2 cells are no whole day of the clock" in str(refused.value)


def test_what_the_outcome_of_rows_to_score_says_is_no_fault():
    frame = breach_cases.frame(50).assign(late="pending")
    held = cases(frame, roles_of(breach_cases.ROLES), outcome_needed=False).cases
    assert np.isnan(held.outcome).all()


def test_rows_without_a_day_are_on_no_side_of_a_split():
    frame = breach_cases.frame(900)
    frame.loc[frame.index[::10], "seen"] = pd.NaT
    held = cases(frame, roles_of(breach_cases.ROLES)).cases
    split = by_time(held, load_settings())
    every = np.r_[split.train, split.calibrate, split.test]
    assert len(split.train) > 300
    assert not np.isnat(held.origin[every]).any()


def test_a_missing_day_carries_no_trend():
    trend = Trend(0.01, 19_000, {7: 0.02})
    origin = np.array(["NaT", "2022-01-01", "2022-01-18"], "M8[D]")
    added = trend.added(origin, np.array([7, 7, 7]))
    np.testing.assert_allclose(added, [0.0, 0.0, 0.03 * 10])


@pytest.mark.parametrize("count", [4, 20, 60, 99, 300])
def test_a_few_patients_are_dealt_to_both_sides(count):
    frame = breach_cases.frame(count).assign(patient=[f"p{n}" for n in range(count)])
    held = cases(frame.drop(columns="seen"), roles_of(_without_days())).cases
    split = by_patient(held, seed=1)
    assert 0.15 * count <= len(split.test) <= 0.5 * count
    assert len(split.train) + len(split.test) == count


def _without_days() -> dict:
    features = {name: one for name, one in breach_cases.ROLES["features"].items() if name != "scan"}
    return own(time=None, settled=None, features=features)


def test_a_code_that_is_seen_with_one_outcome_only_encodes_without_a_warning(recwarn):
    frame = breach_cases.frame(400).assign(late=1)
    frame.loc[0, "late"] = 0
    roles = roles_of(breach_cases.ROLES)
    encoding, matrix = fit_encoding(cases(frame, roles).cases, roles, seed=1)
    assert np.isfinite(matrix[:, encoding.names.index("clinic")]).all()
    assert not [one for one in recwarn if issubclass(one.category, RuntimeWarning)]


def test_a_blank_group_is_told_apart_from_one_of_that_name():
    frame = breach_cases.frame(300)
    frame["sex"] = np.where(np.arange(300) % 3 == 0, NOT_RECORDED, frame["sex"])
    frame.loc[frame.index[::5], "sex"] = None
    roles = roles_of(breach_cases.ROLES)
    held = cases(frame, roles).cases
    made = by_group(np.full(300, 0.5), held, roles, replicates=0, seed=1)
    assert made["group"].is_unique
    assert {BLANK, NOT_RECORDED} <= set(made["group"])
