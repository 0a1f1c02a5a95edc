import pandas as pd
import pytest
from linkage_people import COLUMNS, apart, person, records, together

import workbench as wb
from workbench.errors import InputError, ParameterError
from workbench.linkage import Columns, link


@pytest.mark.parametrize(
    "absent", [["nhs_number"], ["given_name", "family_name"], ["birth_date", "sex", "postcode"]]
)
def test_any_column_may_be_absent(absent):
    p = person(1)
    table = records([("1", "A", p), ("2", "B", p), ("3", "B", person(2))])
    linked = link(table.drop(columns=absent))
    assert together(linked.clusters, "1", "2")
    assert apart(linked.clusters, "2", "3")
    evidence = {f"agreement_{name}" for name in COLUMNS if name not in absent}
    assert set(linked.review.filter(like="agreement_")) == evidence


def test_a_column_may_be_in_one_table_only_or_empty_throughout():
    p = person(1)
    one, other = records([("1", "A", p)]), records([("2", "B", p)])
    linked = link([one, other.drop(columns="nhs_number").assign(sex=None)])
    assert together(linked.clusters, "1", "2")


def test_cells_of_other_types_are_read_as_text():
    p = person(1)
    table = records([("1", "A", p), ("2", "B", p), ("3", "B", person(2))])
    other = table.assign(
        record_id=[1, 2, 3],
        nhs_number=table["nhs_number"].astype("int64"),
        birth_date=pd.to_datetime(table["birth_date"]),
        sex=pd.Series([2.0, 2.0, None]),
        postcode=pd.Series(["LS1 4AB", "LS1 4AB", 7], dtype="object"),
    )
    linked = link(other)
    assert together(linked.clusters, "1", "2")
    assert apart(linked.clusters, "2", "3")


def test_no_records_and_one_record():
    nothing = link(records([]))
    assert len(nothing.clusters) == len(nothing.pairs) == len(nothing.review) == 0
    assert (nothing.thresholds["links"] == 0).all()
    one = link(records([("1", "A", person(1))]))
    assert one.clusters["person_id"].notna().all()
    assert one.clusters["match_rule"].isna().all()


def test_faults_are_told_at_once_and_without_values():
    table = records(
        [("SECRETID", "A", person(1)), ("SECRETID", "A", person(2)), ("3", "A", person(3))]
    )
    with pytest.raises(InputError, match="1 records") as told:
        link(table)
    assert "SECRETID" not in str(told.value)
    with pytest.raises(InputError) as told:
        link(pd.DataFrame({"given_names": ["x"]}))
    assert len(told.value.faults) == 3
    with pytest.raises(InputError, match="blank"):
        link(table.assign(record_id=["1", None, " "]))


def test_thresholds_must_be_probabilities_in_order():
    with pytest.raises(ParameterError) as told:
        link(records([]), threshold=1.5, review_from=0)
    assert len(told.value.faults) == 2
    with pytest.raises(ParameterError, match="above"):
        link(records([]), threshold=0.5, review_from=0.9)


def test_columns_of_ones_own_are_declared():
    table = pd.DataFrame(
        {
            "record_id": ["1", "2", "3"],
            "source": "X",
            "first": ["Jane", "Jane", "Wilhelmina"],
            "last": ["Doe", "Doe", "Okafor"],
            "born": ["19710602", "19710602", "19880101"],
            "mail": ["jd@example.org", "jd@example.org", "wo@example.org"],
        }
    )
    kinds = {"first": "name", "last": "name", "born": "date", "mail": "text"}
    linked = wb.linkage.link(table, columns=Columns.of(**kinds))
    assert together(linked.clusters, "1", "2")
    assert apart(linked.clusters, "2", "3")
    with pytest.raises(ParameterError, match="kind"):
        Columns.of(first="surname")


@pytest.mark.parametrize("cell", [["Ann"], b"\xff", {"first": "Ann"}])
def test_cells_that_are_no_words_are_refused_by_column(cell):
    table = records([("1", "A", person(1))])
    table["given_name"] = [cell]
    with pytest.raises(InputError) as caught:
        link(table)
    assert "given_name" in str(caught.value.faults)
    assert "Ann" not in str(caught.value.faults)
