"""Whom the linkage fails is counted right: nobody is left out, no pair twice."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from evaluation_tables import LINKS, groups, held, table
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.dictionary.load import load
from workbench.errors import InputError
from workbench.linkage import evaluation

DICTIONARY = Path(__file__).parents[2] / "data_dictionary"


def test_what_is_not_known_is_a_group_of_its_own() -> None:
    persons = table(
        ("person_id", "ethnic_category", "sex", "imd_decile"),
        [("p1", "J", "2", 1), ("p2", "Z", "1", 10), ("p3", None, "9", None), ("p4", "99", None, 4)],
    )
    found = evaluation.person_groups(persons, load(DICTIONARY)).to_pyarrow().to_pandas()
    found = found.set_index("person_id")
    assert list(found["ethnicity"]) == [
        "Asian or Asian British", "Not stated", "Not known", "Not known",
    ]  # fmt: skip
    assert list(found["deprivation"]) == [
        "1 (most deprived fifth)", "5 (least deprived fifth)", "Not known", "2",
    ]  # fmt: skip
    assert found.loc["p4", "sex"] == "Not known"


def test_a_store_without_characteristics_is_all_not_known() -> None:
    found = evaluation.person_groups(table(("person_id",), [("p1",)]), load(DICTIONARY))
    assert set(found.drop("person_id").to_pyarrow().to_pylist()[0].values()) == {"Not known"}


def rows_linked() -> ibis.Table:
    links = table(
        LINKS,
        [
            ("a1", "AA1", "p1", "NHS number", 1.0, 0),
            ("b1", "BB1", "p1", "NHS number", 1.0, 0),
            ("a2", "AA1", "p2", "Splink", 0.97, 0),
            ("a3", "AA1", "p2", "Splink", 0.97, 0),
            ("b4", "BB1", "p4", None, None, 2),
            ("b5", "BB1", "stranger", None, None, 0),
        ],
    )
    known = groups(("p1", "White"), ("p2", "Mixed"), ("p4", "Mixed"))
    return evaluation.linked_records(links, known)


def test_records_are_linked_across_trusts_inside_one_or_not_at_all() -> None:
    found = held(evaluation.link_rates(rows_linked(), "ethnicity"))
    assert found["White"] == {"records": 2, "linked": 2, "across": 2, "in_review": 0}
    assert found["Mixed"] == {"records": 3, "linked": 2, "across": 0, "in_review": 1}
    assert found["Not known"] == {"records": 1, "linked": 0, "across": 0, "in_review": 0}


def test_every_characteristic_counts_every_record() -> None:
    table_ = evaluation.every_group(evaluation.link_rates, rows_linked())
    assert set(table_["characteristic"]) == set(evaluation.GROUPS.values())
    assert (table_.groupby("characteristic")["records"].sum() == 6).all()


def test_rules_are_counted_by_the_records_that_they_tie() -> None:
    found = evaluation.rules_used(rows_linked())
    assert list(found["match_rule"]) == ["NHS number", "Splink"]
    assert list(found["tied"]) == [2, 2]
    assert set(found["records"]) == {4}
    parts = table(
        ("record_id", "part", "pathway_id", "rule"),
        [("r1", "x", "w1", "transfer"), ("r2", "y", "w1", "transfer"), ("r3", "z", "w2", "alone"),
         ("r4", "z", "w2", "alone")],
    )  # fmt: skip
    assert evaluation.pathway_rules(parts)[["match_rule", "tied"]].to_numpy().tolist() == [
        ["Transfer", 2]
    ]


def shared() -> ibis.Table:
    receiving, treated = (
        "organisation_identifier_receiving",
        "organisation_site_identifier_of_provider_cancer_treatment_start_date",
    )
    records = table(
        ("record_id", "source", receiving, treated, "primary_diagnosis_icd", "nhs_number_usable"),
        [
            ("r1", "AA1", "BB1", None, "C50", True),  # both halves in one pathway
            ("r2", "BB1", "BB1", "AA101", "C50", True),  # names itself first, then the other
            ("r3", "AA1", "BB1", None, None, True),  # the person is there, the pathway is not
            ("r4", "BB1", None, None, None, None),
            ("r5", "AA1", "BB1", None, "C61", None),  # nobody there
            ("r6", "AA1", "XX9", None, None, True),  # a Trust that sends nothing
            ("r7", "AA1", "AA1", "AA102", None, True),  # itself alone
        ],
    )
    parts = table(
        ("record_id", "pathway_id"),
        [("r1", "w1"), ("r2", "w1"), ("r3", "w3"), ("r4", "w4"), ("r5", "w5"), ("r6", "w6"),
         ("r7", "w7")],
    )  # fmt: skip
    ways = table(
        ("pathway_id", "person_id"),
        [("w1", "p1"), ("w3", "p3"), ("w4", "p3"), ("w5", "p5"), ("w6", "p6"), ("w7", "p7")],
    )
    known = groups(("p1", "White"), ("p3", "Mixed"), ("p5", "Mixed"), ("p6", "White"))
    return evaluation.shared_records(records, parts, ways, known)


def test_only_records_that_name_a_second_trust_which_sends_should_have_a_partner() -> None:
    found = held(evaluation.shared_rates(shared(), "ethnicity"))
    assert found["White"] == {"shared": 2, "met": 2, "person_only": 0, "missed": 0}
    assert found["Mixed"] == {"shared": 2, "met": 0, "person_only": 1, "missed": 1}
    assert sum(row["shared"] for row in found.values()) == 4


def test_profile_splits_all_shared_records_by_each_item() -> None:
    found = evaluation.unlinked_profile(shared())
    assert (found.groupby("what")["shared"].sum() == 4).all()
    diagnosis = found[found["what"] == "Diagnosis is given"].set_index("answer")
    assert diagnosis["unmet"].to_dict() == {"Yes": 1, "No": 1}


def test_a_store_that_was_not_linked_is_refused_with_what_to_type() -> None:
    with pytest.raises(InputError, match="person_id") as caught:
        evaluation.linked_records(table(("record_id", "source"), [("a", "AA1")]), groups())
    assert "workbench link" in str(caught.value)


record = st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["AA1", "BB1"]))


@settings(max_examples=8)
@given(st.lists(record, min_size=2, max_size=14))
def test_pairs_by_group_are_those_that_counting_one_by_one_gives(
    records: list[tuple[int, int, str]],
) -> None:
    group = ["White", "Mixed"]
    rows = table(
        ("record_id", "source", "found", "true", "region", "ethnicity", "sex", "deprivation"),
        [(f"r{n}", source, f"f{found}", f"t{true}", "All", group[true % 2], "x", "x")
         for n, (found, true, source) in enumerate(records)],
    )  # fmt: skip
    counts = {name: dict.fromkeys(evaluation.PAIRS, 0) for name in group}
    for (found, true, source), (other_found, other_true, other_source) in combinations(records, 2):
        if source == other_source:
            continue
        if true == other_true:
            own = counts[group[true % 2]]
            own["true_pairs"] += 1
            own["found" if found == other_found else "missed"] += 1
        if found == other_found:
            for name in {group[true % 2], group[other_true % 2]}:
                counts[name]["linked_pairs"] += 1
                counts[name]["right" if true == other_true else "false_links"] += 1
    shown = held(evaluation.pair_errors(rows, "ethnicity"))
    assert {name: own for name, own in counts.items() if any(own.values())} == shown


def test_truth_is_put_beside_each_record_by_its_own_identifier() -> None:
    members = table(("record_id", "found"), [("r1", "f1"), ("r2", "f2"), ("r3", "f2")])
    records = table(
        ("record_id", "source", "pathway_key"),
        [("r1", "AA1", "k1"), ("r2", "BB1", "k1"), ("r3", "AA1", "k9")],
    )
    truth = table(
        ("source", "pathway_key", "true", "person_id"),
        [("AA1", "k1", "t1", "p1"), ("BB1", "k1", "t1", "p1")],
    )
    rows = evaluation.with_truth(members, records, truth, groups(("p1", "White")))
    assert sorted(rows.record_id.to_pyarrow().to_pylist()) == ["r1", "r2"]
    assert held(evaluation.pair_errors(rows, "ethnicity"))["White"]["missed"] == 1


def test_error_added_is_the_share_as_linked_less_the_true_one() -> None:
    linked = pd.DataFrame({"group": ["A", "B"], "treated": [100.0, 50.0], "late": [30.0, 10.0]})
    true = pd.DataFrame({"group": ["A", "C"], "treated": [120.0, 10.0], "late": [30.0, 5.0]})
    found = held(evaluation.error_added(linked, true))
    assert found["A"]["error"] == 5.0
    assert np.isnan(found["B"]["error"])
    assert np.isnan(found["C"]["error"])


def test_gap_is_to_the_largest_group_of_people() -> None:
    exact = pd.DataFrame(
        {
            "group": ["White", "Mixed", "Not known"],
            "missed": [20, 6, 90],
            "pairs": [1000, 100, 5000],
        }
    )
    found = held(evaluation.with_gaps(exact, exact, "missed", "pairs"))
    assert found["White"]["gap"] == 0
    assert np.isnan(found["White"]["gap_lower"])
    assert found["Mixed"]["gap"] == pytest.approx(4.0)
    assert found["Mixed"]["ratio"] == pytest.approx(3.0)
    assert found["Mixed"]["gap_lower"] < 4.0 < found["Mixed"]["gap_upper"]


def test_gap_is_made_of_counts_as_shown_where_they_are() -> None:
    exact = pd.DataFrame({"group": ["A", "B"], "late": [203, 41], "treated": [1002, 99]})
    shown = pd.DataFrame({"group": ["A", "B"], "late": [205, 40], "treated": [1000, 100]})
    found = held(evaluation.with_gaps(exact, shown, "late", "treated"))
    assert found["B"]["gap"] == pytest.approx(100 * (0.40 - 0.205))
    assert (found["B"]["late"], found["B"]["treated"]) == (41, 99)


@pytest.mark.parametrize("rows", list(product([0, 1], repeat=2)))
def test_no_records_and_one_record_are_no_error(rows: tuple[int, int]) -> None:
    links = table(LINKS, [("a", "AA1", "p", None, None, 0)] * rows[0])
    known = groups(*[("p", "White")] * rows[1])
    found = evaluation.link_rates(evaluation.linked_records(links, known), "ethnicity")
    assert found["records"].sum() == rows[0]
