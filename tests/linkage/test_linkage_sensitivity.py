"""Best and worst case hold whatever the truth is about the patients in doubt."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from evaluation_tables import PAIR, SHARED, WAITS, groups, held, table
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import InputError
from workbench.linkage import evaluation

MARCH, MONTHS = dt.date(2025, 3, 1), ["2025-02", "2025-03"]
JANUARY = dt.date(2025, 1, 1)


def waits(*rows: tuple[object, ...]):
    """Pathway, counted, late, began, ended and group of each."""
    return table(
        WAITS,
        [(name, counted, late, began, ended, 0, 62, "All", group, "x", "x")
         for name, counted, late, began, ended, group in rows],
    )  # fmt: skip


def each():
    return waits(
        ("w1", 1.0, 0.0, JANUARY, MARCH, "White"),
        ("w2", 1.0, 1.0, JANUARY, MARCH, "White"),
        ("w3", 1.0, 1.0, JANUARY, MARCH, "White"),
        ("w4", 0.0, 0.0, MARCH, None, "White"),
        ("w5", 0.0, 0.0, None, None, "White"),
        ("w6", 0.0, 0.0, MARCH, None, "White"),
        ("w7", 1.0, 0.0, JANUARY, MARCH, "Mixed"),
        ("w8", 0.0, 0.0, JANUARY, None, "Mixed"),
    )


def shared(*unmet: str):
    return table(SHARED, [*((f"r{w}", w, "missed", "x") for w in unmet), ("r0", "w1", "met", "x")])


NO_PAIRS = table(PAIR, [])


def test_patients_in_doubt_are_counted_once_each() -> None:
    found = held(
        evaluation.cases(
            each(), shared("w3", "w4", "w5"), table(PAIR, [("w7", "w8")]), MONTHS, "ethnicity"
        )
    )
    assert found["White"] == {
        "treated": 3, "late": 2, "in_doubt": 1, "late_in_doubt": 1, "left_out": 1,
    }  # fmt: skip
    assert found["Mixed"] == {
        "treated": 1, "late": 0, "in_doubt": 1, "late_in_doubt": 0, "left_out": 0,
    }  # fmt: skip


def test_a_pathway_doubtful_by_itself_needs_no_other_half() -> None:
    review = table(PAIR, [("w2", None), ("w2", "w3")])
    found = held(evaluation.cases(each(), shared(), review, MONTHS, "ethnicity"))
    assert found["White"]["in_doubt"] == 2


def test_no_doubt_leaves_no_range() -> None:
    cases = evaluation.cases(each(), shared(), NO_PAIRS, MONTHS, "ethnicity")
    found = evaluation.bounds(cases, cases)
    assert (found["lowest"] == found["late_share"]).all()
    assert (found["highest"] == found["late_share"]).all()


def test_joining_every_pair_counts_its_patient_once_from_the_first_clock() -> None:
    rows = waits(
        ("w1", 1.0, 0.0, MARCH, MARCH, "White"),  # treated the day that its clock began
        ("w2", 0.0, 0.0, JANUARY - dt.timedelta(90), None, "White"),
        ("w3", 1.0, 1.0, JANUARY, MARCH + dt.timedelta(9), "Mixed"),
        ("w4", 1.0, 1.0, JANUARY, MARCH + dt.timedelta(9), "Mixed"),
        ("w5", 1.0, 0.0, JANUARY, MARCH, "Mixed"),
    )
    review = table(PAIR, [("w1", "w2"), ("w3", "w4"), ("w5", None)])
    found = held(evaluation.if_all_joined(rows, review, MONTHS, "ethnicity"))
    assert found["White"] == {
        "treated": 1, "late": 0, "treated_if_joined": 1, "late_if_joined": 1,
    }  # fmt: skip
    assert found["Mixed"] == {
        "treated": 3, "late": 2, "treated_if_joined": 2, "late_if_joined": 1,
    }  # fmt: skip


def test_without_pairs_nothing_is_joined() -> None:
    found = evaluation.if_all_joined(each(), NO_PAIRS, MONTHS, "ethnicity")
    assert (found["treated"] == found["treated_if_joined"]).all()


counts = st.tuples(
    st.integers(1, 60), st.integers(0, 60), st.integers(0, 12), st.integers(0, 12),
    st.integers(0, 12), st.integers(0, 12), st.integers(0, 12),
)  # fmt: skip


@given(counts, st.booleans())
def test_bounds_hold_whatever_became_of_those_in_doubt(
    drawn: tuple[int, ...], withheld: bool
) -> None:
    in_time, late, doubt_in_time, doubt_late, left_out, truly_late, more_late = drawn
    case = {
        "group": "A", "treated": in_time + late + doubt_in_time + doubt_late,
        "late": late + doubt_late, "in_doubt": doubt_in_time + doubt_late,
        "late_in_doubt": doubt_late, "left_out": left_out,
    }  # fmt: skip
    exact = pd.DataFrame([case])
    shown = exact.astype(dict.fromkeys(evaluation.COUNTS, "Float64"))
    if withheld:
        small = [name for name in evaluation.COUNTS[2:] if 0 < case[name] < 8]
        shown[small] = pd.NA
    found = evaluation.bounds(exact, shown, 7).iloc[0]
    truly_late = min(truly_late, case["in_doubt"])
    more_late = min(more_late, left_out)
    truth = (late + truly_late + more_late) / (case["treated"] + left_out)
    assert found["lowest"] - 1e-12 <= truth <= found["highest"] + 1e-12
    assert found["lowest"] <= found["late_share"] <= found["highest"]


def test_range_of_a_gap_holds_the_gap_as_linked_and_spares_the_largest_group() -> None:
    cases = pd.DataFrame(
        {
            "group": ["White", "Mixed", "Not known"], "treated": [1000, 100, 3000],
            "late": [300, 40, 900], "in_doubt": [20, 10, 0], "late_in_doubt": [10, 2, 0],
            "left_out": [5, 3, 0],
        }
    )  # fmt: skip
    found = held(evaluation.gap_bounds(cases, cases))
    mixed = found["Mixed"]
    assert mixed["gap_lowest"] < mixed["gap"] < mixed["gap_highest"]
    assert mixed["gap"] == pytest.approx(10.0)
    assert mixed["highest"] == pytest.approx(100 * (40 + 8 + 3) / 103)
    assert np.isnan(found["White"]["gap_lowest"])


def test_waits_count_a_patient_of_two_trusts_once() -> None:
    from workbench.linkage.evaluation.late import NEEDED

    rows = [
        ("w1", "62D", JANUARY, MARCH, 0, 62, True, "2025-03", 0.5, 0.5),
        ("w1", "62D", JANUARY, MARCH, 0, 62, True, "2025-03", 0.5, 0.0),
        ("w1", "31D", JANUARY, MARCH, 0, 31, True, "2025-03", 1.0, 1.0),
        ("w2", "62D", JANUARY, MARCH, 0, 62, True, "2024-03", 1.0, 1.0),
        ("w3", "62D", JANUARY, None, None, 62, False, None, 0.0, None),
    ]
    import ibis
    import pyarrow as pa

    kinds = [pa.string(), pa.string(), pa.date32(), pa.date32(), pa.int64(), pa.int64(),
             pa.bool_(), pa.string(), pa.float64(), pa.float64()]  # fmt: skip
    made = ibis.memtable(
        pa.table({n: pa.array([r[i] for r in rows], kinds[i]) for i, n in enumerate(NEEDED)})
    )
    ways = table(("pathway_id", "person_id"), [("w1", "p1"), ("w2", "p1"), ("w3", "p2")])
    found = evaluation.waits_by_pathway(made, ways, groups(("p1", "White")), MONTHS)
    late = {row["pathway_id"]: row for row in found.to_pyarrow().to_pylist()}
    assert (late["w1"]["counted"], late["w1"]["late"]) == (1.0, 0.5)
    assert late["w2"]["counted"] == late["w3"]["counted"] == 0
    assert late["w3"]["ethnicity"] == "Not known"
    with pytest.raises(InputError, match="weight"):
        evaluation.waits_by_pathway(made.drop("weight"), ways, groups(), MONTHS)
