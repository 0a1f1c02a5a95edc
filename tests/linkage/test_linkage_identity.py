import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkage_people import person, records

from workbench.errors import InputError
from workbench.linkage import link
from workbench.linkage.identity import identities, names_before, persons_before


def _keys(count):
    return pa.table({"record_id": [f"{n:03d}" for n in range(count)], "source": ["A"] * count})


def _least(groups):
    first = {}
    return np.array([first.setdefault(group, place) for place, group in enumerate(groups)])


def _named(keys, label, previous=None):
    return identities(keys, label, persons_before(keys, previous))


def _clusters(keys, person_id):
    return keys.to_pandas().assign(person_id=person_id.to_numpy())


def test_names_depend_on_the_first_record_alone():
    keys = _keys(4)
    one = _named(keys, _least([0, 0, 1, 2])).person_id
    other = _named(keys, _least([0, 1, 1, 1])).person_id
    assert one[0] == one[1] == other[0]
    assert one.nunique() == 3
    assert not one.str.contains("000").any()


def test_new_records_rename_nobody():
    before = _named(_keys(4), _least([0, 1, 1, 2])).person_id
    later = pa.table({"record_id": ["!0", "000", "001", "002", "003"], "source": ["A"] * 5})
    found = _named(later, _least([1, 1, 2, 2, 3]), _clusters(_keys(4), before))
    assert found.person_id[1:].tolist() == before.tolist()
    assert found.person_id[0] == before[0]
    assert len(found.changes) == 0


def test_merges_and_splits_are_recorded():
    keys = _keys(6)
    before = _named(keys, _least([0, 0, 1, 2, 2, 2])).person_id
    found = _named(keys, _least([0, 0, 0, 1, 1, 2]), _clusters(keys, before))
    assert found.person_id[:3].tolist() == [before[0]] * 3
    assert found.person_id[3] == before[3]
    assert found.person_id[5] not in set(before)
    assert found.changes.to_dict("records") == [
        {"kind": "merged", "person_id": before[2], "into": before[0]},
        {"kind": "split", "person_id": before[3], "into": found.person_id[5]},
    ]


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=8),
    st.lists(st.integers(0, 4), min_size=8, max_size=8),
)
def test_no_two_persons_share_a_name_and_every_lost_name_is_accounted_for(then, now):
    keys = _keys(len(then))
    before = _named(keys, _least(then)).person_id
    label = _least(now[: len(then)])
    found = _named(keys, label, _clusters(keys, before))
    assert pd.Series(label).groupby(found.person_id.to_numpy()).nunique().eq(1).all()
    assert found.person_id.groupby(label).nunique().eq(1).all()
    lost = set(before) - set(found.person_id)
    assert lost == set(found.changes.loc[found.changes["kind"] == "merged", "person_id"])


def test_linking_again_with_the_clusters_of_before_changes_nothing():
    p = person(1)
    table = records([("1", "A", p), ("2", "B", p), ("3", "B", person(2))])
    first = link(table)
    more = pd.concat([records([("0", "A", p)]), table], ignore_index=True)
    again = link(more, previous=first.clusters)
    joined = again.clusters.merge(first.clusters, on=["record_id", "source"])
    assert (joined["person_id_x"] == joined["person_id_y"]).all()
    assert len(again.changes) == 0


def test_previous_clusters_that_cannot_be_used_are_refused():
    table = records([("1", "A", person(1))])
    with pytest.raises(InputError, match="person_id"):
        link(table, previous=table)
    with pytest.raises(InputError, match="twice"):
        link(table, previous=pd.concat([link(table).clusters] * 2))


def test_a_name_whose_records_are_gone_is_given_to_nobody_else():
    gone = (
        _keys(2).slice(1).to_pandas().assign(person_id=_named(_keys(1), _least([0])).person_id[0])
    )
    keys = _keys(1)
    found = identities(keys, _least([0]), persons_before(keys, gone), names_before(gone))
    assert found.person_id[0] != gone["person_id"].iloc[0]
