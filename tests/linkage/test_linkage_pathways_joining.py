"""Which records become one pathway, which stay apart, and which a person must look at."""

from __future__ import annotations

from typing import Any

import pathway_rows as made
import pyarrow as pa
import pytest
from pathway_rows import A, B, C, both_sides, reasons, record, roles, together

from workbench.errors import InputError
from workbench.linkage import pathway_items as items
from workbench.linkage.pathways import Pathways, join_pathways

Rows = list[dict[str, Any]]

ELSEWHERE = "RZ9"
"""A Trust that sends no records."""

BREAST = {"referred": "2025-01-02", "seen": "2025-01-12", "suspected": "01"}
BLANK = {"referred": "2025-01-02", "seen": "2025-01-12"}
EARLIER = {"referred": "2024-01-02", "seen": "2024-01-05", "suspected": "07"}
FIRST, SECOND = both_sides()
FURTHER = {items.RECORD: "r3", items.IDENTIFIER: "b2"}


def twice(**second: str) -> Rows:
    """A referral at A, and another there."""
    return [record("r1", A, "a1", "p", **BREAST), record("r2", A, "a2", "p", **BREAST | second)]


def shared(**second: str) -> Rows:
    """Two Trusts under one national booking reference."""
    return [
        record("r1", A, "x", "p", issuer="X09", **BREAST),
        record("r2", B, "x", "p", issuer="X09", **BREAST | second),
    ]


def told(rows: Rows, day: str) -> Rows:
    """The first of the rows ended when cancer was ruled out."""
    return [rows[0] | {items.FDS_END: day, items.FDS_REASON: "02"}, *rows[1:]]


CASES: dict[str, Rows] = {
    "identifier": [
        record("r1", A, "x", "p", issuer="X09", **BREAST),
        record("r2", B, "x", "p", issuer="X09", decided="2025-02-01"),
        record("r3", B, "x", "p", issuer=B, **EARLIER),
    ],
    "transfer": both_sides(),
    "own_count": both_sides(referred="2025-02-03"),
    "other_person": [FIRST, SECOND | {"person": "q"}],
    "answered_before": both_sides(seen="2025-01-11", requested="2025-03-01", received="2025-01-20"),
    "duplicate": twice(referred="2025-01-05"),
    "second_cancer": [
        record("r1", A, "a1", "p", **BREAST, icd="C509"),
        record("r2", A, "a2", "p", **BREAST | {"suspected": "08"}, icd="C437"),
        record("r3", B, "b1", "p", **BREAST, icd="C189", referring=A),
    ],
    "one_diagnosis": both_sides(suspected="06"),
    "soon_while_open": twice(referred="2025-01-20", seen="2025-01-25"),
    "soon_after_end": told(twice(referred="2025-01-20", seen="2025-01-25"), "2025-01-15"),
    "months_later": twice(referred="2025-06-20", seen="2025-06-25"),
    "rivals": [
        FIRST,
        SECOND | {items.SEEN: "2025-01-12"},
        SECOND | FURTHER | {items.SEEN: "2025-01-11"},
    ],
    "better_rival": [
        FIRST,
        SECOND,
        SECOND
        | FURTHER
        | {items.SEEN: "2025-01-12", items.DECIDED: "2025-03-10", items.TREATED: "2025-03-20"},
    ],
    "two_people": [shared()[0], shared()[1] | {"person": "q"}],
    "two_people_apart": [shared()[0], shared(referred="2025-03-02")[1] | {"person": "q"}],
    "two_cancers": [shared()[0] | {items.DIAGNOSIS: "C509"}, shared(icd="C341")[1]],
    "contradiction": [
        record("r1", A, "a1", "p", **BLANK, icd="C509"),
        record("r2", A, "a2", "p", **BLANK),
        record("r3", A, "a3", "p", **BLANK, icd="C341"),
    ],
    "no_counterpart": [FIRST],
    "sent_elsewhere": [FIRST | {items.RECEIVING: ELSEWHERE}],
    "chain": [
        FIRST,
        SECOND,
        SECOND
        | {items.RECORD: "r3", items.SOURCE: C, items.IDENTIFIER: "c1", items.ISSUER: C}
        | {items.REFERRING: B, items.RECEIVING: C, items.REQUESTED: "2025-02-12"}
        | {items.RECEIVED: "2025-02-14"},
    ],
}


@pytest.fixture(scope="module")
def found() -> Pathways:
    return made.joined_cases(CASES)


@pytest.mark.parametrize(
    "case", ["transfer", "own_count", "duplicate", "one_diagnosis", "two_people", "chain"]
)
def test_records_of_one_pathway_are_joined(found: Pathways, case: str) -> None:
    assert len(together(found, case)) == 1


@pytest.mark.parametrize(
    "case",
    ["other_person", "answered_before", "second_cancer", "soon_while_open", "soon_after_end",
     "months_later", "two_people_apart", "two_cancers", "contradiction"],
)  # fmt: skip
def test_records_of_several_pathways_stay_apart(found: Pathways, case: str) -> None:
    assert len(together(found, case)) == len(CASES[case])


def test_one_identifier_of_one_issuer_is_one_pathway_and_of_another_is_not(
    found: Pathways,
) -> None:
    assert together(found, "identifier") == [{"r1", "r2"}, {"r3"}]


def test_of_two_candidates_the_one_that_agrees_in_more_is_taken(found: Pathways) -> None:
    assert together(found, "better_rival") == [{"r1", "r2"}, {"r3"}]
    assert "several_candidates" in reasons(found, "better_rival")


def test_of_two_candidates_that_fit_alike_none_is_taken(found: Pathways) -> None:
    assert {"r1"} in together(found, "rivals")
    assert reasons(found, "rivals").count("several_candidates") == 2


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("identifier", []),
        ("transfer", []),
        ("second_cancer", []),
        ("answered_before", ["transfer_unclear"]),
        ("soon_while_open", ["duplicate_unclear"]),
        ("soon_after_end", []),
        ("months_later", []),
        ("two_people", ["joined_two_people"]),
        ("two_people_apart", ["one_identifier_two_people"]),
        ("two_cancers", ["one_identifier_two_cancers"]),
        ("contradiction", ["parts_contradict", "parts_contradict"]),
        ("no_counterpart", ["transfer_without_counterpart"]),
        ("sent_elsewhere", []),
    ],
)
def test_what_is_not_clear_is_for_review_and_nothing_else(
    found: Pathways, case: str, expected: list[str]
) -> None:
    told_why = set(reasons(found, case)) - {"transfer_without_counterpart"}
    if "transfer_without_counterpart" in expected:
        told_why = set(reasons(found, case))
    assert sorted(told_why) == sorted(set(expected))


def test_each_record_says_what_it_is_to_its_pathway(found: Pathways) -> None:
    assert roles(found, "duplicate") == {"r1": "first", "r2": "duplicate"}
    assert roles(found, "transfer") == {"r1": "first", "r2": "receiving"}


def test_what_is_for_review_holds_no_value_of_a_record(found: Pathways) -> None:
    words = {"equal", "different", "missing", None}
    for name in found.review.column_names:
        if name.startswith("agreement_"):
            assert set(found.review[name].to_pylist()) <= words
    held = {str(value) for row in found.review.to_pylist() for value in row.values()}
    assert not held & {"2025-03-01", "2025-01-02", "C341", "01", "03"}


def test_every_pathway_and_question_is_there_once(found: Pathways) -> None:
    names = found.pathways[items.PATHWAY].to_pylist()
    assert names == sorted(set(names))
    assert set(names) == set(found.parts[items.PATHWAY].to_pylist())
    questions = found.review["review_id"].to_pylist()
    assert questions == sorted(set(questions))
    records = [f"{case}:{row[items.RECORD]}" for case, rows in CASES.items() for row in rows]
    assert found.parts[items.RECORD].to_pylist() == sorted(records)


def test_no_order_of_rows_changes_anything(found: Pathways) -> None:
    backwards = made.joined_cases({case: CASES[case][::-1] for case in reversed(CASES)})
    for name in ("pathways", "treatments", "parts", "review"):
        assert getattr(backwards, name).equals(getattr(found, name)), name


def test_missing_columns_and_unlinked_records_are_refused() -> None:
    con = made.connect()
    records = con.sql("SELECT 'r1' AS record_id, 'RR7' AS source")
    with pytest.raises(InputError, match="pathways cannot be joined") as refused:
        join_pathways(con, records, records, dictionary=made.DICTIONARY)
    assert len(refused.value.faults) == 3
    rows = con.create_table("rows", pa.table({name: pa.array(["x"]) for name in items.NEEDED}))
    links = con.sql("SELECT 'y' AS record_id, 'p' AS person_id, 1.0 AS match_probability")
    with pytest.raises(InputError, match="1 pathway records are of no linked person"):
        join_pathways(con, rows, links, dictionary=made.DICTIONARY)
