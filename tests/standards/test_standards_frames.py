"""Frames as people have them: only the columns used count, whatever else is in them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
import standards_reference as ref
from standards_cases import frame, plain

import workbench as wb
from workbench.errors import InputError
from workbench.standards.checks import ranges

TWO = frame([plain(), plain(record_id="B2")])
WAITS = wb.standards.waits(TWO)
LARGE = 2**63 + 5


@pytest.mark.parametrize(
    "cells",
    [
        pd.period_range("2025-01", periods=2, freq="M"),
        pd.interval_range(0, 2),
        [1, "x"],
        [[1], {"a": 2}],
        [1j, 2j],
        pd.arrays.SparseArray([0, 1]),
    ],
)
def test_a_column_that_is_not_used_may_be_anything(cells: Any) -> None:
    odd = TWO.assign(odd=cells)
    odd = pd.concat([odd, odd[["odd"]]], axis=1)
    odd[7] = cells
    pd.testing.assert_frame_equal(wb.standards.waits(odd), WAITS)
    pd.testing.assert_frame_equal(
        wb.standards.performance(WAITS.assign(odd=1j)), wb.standards.performance(WAITS)
    )


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (ref.CRTP, [date(2025, 1, 1), "2025-01-01"]),
        (ref.CRTP, [pd.Timestamp("2025-01-01"), "2025-01-01"]),
        (ref.CRTP, [pd.Timestamp("2025-01-01"), date(2025, 1, 1)]),
        (ref.CRTP, pd.Categorical(["2025-01-01", "2025-01-01"])),
        (ref.PRIORITY, pd.arrays.SparseArray([3, 3])),
        (ref.EVENT, [1, "01"]),
        (ref.EVENT, [np.int64(1), "01"]),
        (ref.EVENT, [1.0, "01"]),
    ],
)
def test_mixed_cells_mean_what_each_says(column: str, cells: Any) -> None:
    pd.testing.assert_frame_equal(wb.standards.waits(TWO.assign(**{column: cells})), WAITS)


@pytest.mark.parametrize("blank", ["", None, pd.NaT, pd.NA, float("nan")])
def test_dates_mixed_with_blanks_are_dates(blank: Any) -> None:
    mixed = pd.Series([date(2025, 1, 1), blank], dtype=object)
    waits = wb.standards.waits(TWO.assign(**{ref.TRANSFER: mixed}))
    pd.testing.assert_frame_equal(waits, WAITS)
    waits = wb.standards.waits(TWO.assign(**{ref.CRTP: mixed}))
    assert waits.groupby("record_id")["included"].sum().to_dict() == {"A1": 3, "B2": 1}


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (ref.EVENT, [True, "01"]),
        (ref.CRTP, [pd.Timestamp("2025-01-01", tz="UTC"), ""]),
        (ref.CRTP, pd.period_range("2025-01-01", periods=2)),
        (ref.ICD, [["C509"], ["C509"]]),
    ],
)
def test_a_used_column_of_no_usable_type_is_refused(column: str, cells: Any) -> None:
    with pytest.raises(InputError, match=f"column {column}: its"):
        wb.standards.waits(TWO.assign(**{column: cells}))


def test_identifiers_may_be_uuids() -> None:
    named = [uuid.UUID(int=2), uuid.UUID(int=1)]
    waits = wb.standards.waits(TWO.assign(record_id=pd.Series(named, dtype=object)))
    assert waits["record_id"].drop_duplicates().tolist() == sorted(map(str, named))


@pytest.mark.parametrize(
    ("column", "says", "kind", "large"),
    [
        ("record_id", "above 2^63 - 1", "uint64", LARGE),
        (ref.ADJ_SEEN, "not a whole number of days", "uint64", LARGE),
        (ref.ADJ_SEEN, "not a whole number of days", "int64", 2**62),
        (ref.ADJ_SEEN, "not a whole number of days", "int64", -(2**62)),
        (ref.ADJ_SEEN, "not a whole number of days", "float64", 2.0**52),
        (ref.EVENT, "not a whole number, so no code", "uint64", LARGE),
    ],
)
def test_numbers_that_do_not_fit_are_refused_without_their_value(
    column: str, says: str, kind: str, large: float
) -> None:
    cells = np.array([1, large], dtype=kind)
    with pytest.raises(InputError) as caught:
        wb.standards.waits(TWO.assign(**{column: cells}))
    assert caught.value.faults == (f"column {column}: {says} in 1 row: 2",)
    assert caught.value.__cause__ is None
    assert str(large) not in str(caught.value)


def test_performance_names_what_a_frame_lacks() -> None:
    with pytest.raises(InputError, match="missing column: weight"):
        wb.standards.performance(WAITS.drop(columns="weight"))


def test_ranges_are_runs_of_consecutive_numbers() -> None:
    assert ranges(np.array([1, 2, 3, 7, 9, 10])) == [[1, 3], [7, 7], [9, 10]]
    assert ranges(np.array([], dtype="int64")) == []
