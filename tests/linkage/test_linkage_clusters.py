import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from linkage_people import apart, person, records, together

from workbench.errors import InputError
from workbench.linkage import link
from workbench.linkage.one_to_one import components, one_to_one


def _one_at_a_time(label, source, left, right):
    """The plain way: each link in turn, where it breaks nothing."""
    label = list(label)
    taken = []
    for a, b in zip(left, right, strict=True):
        one = {source[i] for i in range(len(label)) if label[i] == label[a]}
        other = {source[i] for i in range(len(label)) if label[i] == label[b]}
        allowed = {source[a]} if source[a] == source[b] else set()
        join = label[a] != label[b] and not (one & other) - allowed
        taken.append(join)
        if join:
            low, high = sorted((label[a], label[b]))
            label = [low if one == high else one for one in label]
    return label, taken


@st.composite
def _graphs(draw):
    count = draw(st.integers(1, 14))
    sources = draw(st.sampled_from([1, 2, 3, 70]))
    source = draw(st.lists(st.integers(0, sources - 1), min_size=count, max_size=count))
    ends = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(ends, ends).filter(lambda p: p[0] != p[1]), max_size=30))
    return source, pairs


@given(_graphs())
def test_links_are_taken_as_if_one_at_a_time(graph):
    source, pairs = graph
    left, right = (np.array([p[side] for p in pairs], dtype=np.int64) for side in (0, 1))
    begun = np.arange(len(source))
    label, taken = one_to_one(begun, np.array(source), left, right)
    expected = _one_at_a_time(begun, source, left, right)
    assert label.tolist() == expected[0]
    assert taken.tolist() == expected[1]


@given(_graphs())
def test_components_are_named_by_their_least_record(graph):
    source, pairs = graph
    left, right = (np.array([p[side] for p in pairs], dtype=np.int64) for side in (0, 1))
    label = components(len(source), left, right)
    assert (label[left] == label[right]).all()
    assert (label[label] == label).all()
    assert (label <= np.arange(len(source))).all()


def test_two_records_of_one_source_are_not_chained_through_another():
    # A1 and A2 are two people; B1 has the number of the one and the name of the other
    p = person(1)
    other = person(2, birth_date=p["birth_date"], family_name=p["family_name"])
    mixed = {**other, "nhs_number": p["nhs_number"]}
    linked = link(records([("A1", "A", p), ("A2", "A", other), ("B1", "B", mixed)]))
    assert apart(linked.clusters, "A1", "A2")
    assert linked.clusters.groupby(["person_id", "source"]).size().max() == 1


def _decision(left, right, word):
    return {
        "record_id_left": left[0], "source_left": left[1], "record_id_right": right[0],
        "source_right": right[1], "decision": word, "decided_by": "x", "decided_on": "2025-01-01",
    }  # fmt: skip


@pytest.fixture(scope="module")
def people():
    p = person(1)
    return records(
        [
            ("1", "A", p),
            ("2", "B", p),
            ("3", "C", p),
            ("4", "A", person(2)),
            ("5", "B", person(3)),
            ("6", "B", person(4)),
        ]
    )


def test_decisions_win_over_keys_and_model_and_one_to_one(people):
    decisions = pd.DataFrame(
        [
            _decision(("2", "B"), ("1", "A"), "different"),
            _decision(("4", "A"), ("5", "B"), "same"),
            _decision(("4", "A"), ("6", "B"), "same"),
            _decision(("4", "A"), ("1", "A"), "unsure"),
            _decision(("gone", "A"), ("5", "B"), "same"),
        ]
    )
    linked = link(people, decisions=decisions)
    assert apart(linked.clusters, "1", "2")
    assert together(linked.clusters, "4", "5", "6")
    assert linked.rules.set_index("match_rule").loc["decision", "pairs"] == 2
    assert linked.clusters.set_index("record_id").loc["5", "match_rule"] == "decision"
    assert together(link(people).clusters, "1", "2", "3")


def test_the_later_decision_counts(people):
    decisions = pd.DataFrame(
        [_decision(("1", "A"), ("2", "B"), "different"), _decision(("2", "B"), ("1", "A"), "same")]
    )
    assert together(link(people, decisions=decisions).clusters, "1", "2", "3")


def test_contradictions_and_unknown_words_are_refused(people):
    against = [
        _decision(("1", "A"), ("2", "B"), "same"),
        _decision(("2", "B"), ("3", "C"), "same"),
        _decision(("1", "A"), ("3", "C"), "different"),
    ]
    with pytest.raises(InputError, match="1 decisions"):
        link(people, decisions=pd.DataFrame(against))
    with pytest.raises(InputError, match="row 1"):
        link(people, decisions=pd.DataFrame([_decision(("1", "A"), ("2", "B"), "perhaps")]))
    with pytest.raises(InputError, match="source_left"):
        link(people, decisions=pd.DataFrame(against).drop(columns="source_left"))
