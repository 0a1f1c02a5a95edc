"""Ethnic categories that disagree: a stated rule, counted; not stated never beats stated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import extract_maker as make
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import ParameterError
from workbench.intake.engine import private_engine
from workbench.intake.persons import people
from workbench.intake.settings import load_settings
from workbench.shipped import shipped

SETTINGS = load_settings(shipped("data_dictionary"))
SCHEMA, BANDS = make.DICTIONARY.schema("demographics"), make.DICTIONARY.code_list("age_band")
Record = tuple[str, str | None, str | None]


def resolved(records: Sequence[Record], rule: str, trusts: tuple[str, ...] = ()) -> Any:
    """Records of one person, each (Trust, day of the extract, ethnic category)."""
    from dataclasses import replace

    count = len(records)
    nothing = pa.nulls(count, pa.string())
    table = pa.table(
        {
            "record_id": [f"{n:03d}" for n in range(count)],
            "source": pa.array([one[0] for one in records], pa.string()),
            "pathway_key": [f"{n:03d}" for n in range(count)],
            "extract_date": pa.array([one[1] for one in records], pa.string()),
            "nhs_number_pseudonym": ["p"] * count,
            "local_patient_identifier_pseudonym": nothing,
            "nhs_number_usable": ["true"] * count,
            "ethnic_category": pa.array([one[2] for one in records], pa.string()),
            "person_stated_gender_code": nothing,
            "birth_date": nothing,
            "death_date": nothing,
        }
    )
    none = pa.array([], pa.string())
    referrals = pa.table(
        {"source": none, "pathway_key": none, "referred": pa.array([], pa.date32())}
    )
    chosen = replace(SETTINGS, ethnicity_rule=rule, self_reported_trusts=trusts)
    return people(private_engine(), table, referrals, SCHEMA, BANDS, chosen)


RECORDS: list[Record] = [
    ("RR7", "2025-01-01", "A"),
    ("RR7", "2025-01-02", "A"),
    ("RTD", "2025-03-01", "H"),
    ("RX1", "2025-04-01", "Z"),
    ("RX1", "2025-05-01", "99"),
    ("RX1", "2025-06-01", None),
]


@pytest.mark.parametrize(
    ("rule", "trusts", "expected", "source"),
    [
        ("most_recent", (), "H", "RTD"),
        ("modal", (), "A", "RR7"),
        ("self_reported_first", ("RR7",), "A", "RR7"),
        ("self_reported_first", (), "H", "RTD"),
    ],
)
def test_each_rule_gives_its_category_to_all_of_a_persons_records(
    rule: str, trusts: tuple[str, ...], expected: str, source: str
) -> None:
    found = resolved(RECORDS, rule, trusts)
    rows = found.table.to_pylist()
    assert {row["ethnic_category"] for row in rows} == {expected}
    assert {row["ethnic_category_source"] for row in rows} == {source}
    assert [row["ethnic_category_sent"] for row in rows] == [one[2] for one in RECORDS]
    assert all(row["ethnic_category_conflict"] for row in rows)
    counts = found.conflicts["ethnic_category"]
    assert counts == {
        "people": 1, "stated": 1, "in_conflict": 1, "within_a_trust": 0, "between_trusts": 1,
        "stated_beats_not_stated": 1,
    }  # fmt: skip


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["RR7", "RTD"]),
            st.sampled_from(["2025-01-01", "2025-02-01", None]),
            st.sampled_from(["A", "H", "Z", "99", None]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(["most_recent", "modal"]),
    st.randoms(use_true_random=False),
)
def test_not_stated_never_beats_stated_and_order_changes_nothing(
    records: list[Record], rule: str, draw: Any
) -> None:
    found = {row["ethnic_category"] for row in resolved(records, rule).table.to_pylist()}
    assert len(found) == 1
    stated = {one[2] for one in records} - {"Z", "99", None}
    given_at_all = {one[2] for one in records} - {None}
    assert found <= (stated or given_at_all or {None})
    shuffled = list(records)
    draw.shuffle(shuffled)
    again = {row["ethnic_category"] for row in resolved(shuffled, rule).table.to_pylist()}
    assert again == found


def test_one_record_alone_is_no_conflict() -> None:
    found = resolved([("RR7", "2025-01-01", "A")], "most_recent")
    assert found.table.to_pylist()[0]["ethnic_category_conflict"] is False
    assert found.conflicts["ethnic_category"]["in_conflict"] == 0


def test_the_rule_is_switched_in_the_workspace_and_recorded(
    space: Path, take: Callable[..., Any], stored: Callable[..., Any]
) -> None:
    person = make.people(1)
    rows = make.infoflex_demographics(person)[0]
    named = {"RTD/demographics_2025-01-01.csv": "A", "RR7/demographics_2025-02-01.csv": "H"}
    for name, category in named.items():
        make.put(space / "inbox", name, make.as_csv([{**rows, "Ethnicity": category}]))
    three = [{**rows, "Pathway ID": f"P{n}", "Ethnicity": "A"} for n in range(2)]
    make.put(space / "inbox", "RTD/demographics_2025-01-02.csv", make.as_csv(three))
    outcome = take(space)
    assert outcome.facts["conflicts"]["ethnic_category"]["between_trusts"] == 1
    assert {row["ethnic_category"] for row in stored(space, "demographics")} == {"H"}
    (space / "workbench.toml").write_text('ethnicity_rule = "modal"\n')
    assert take(space).facts["ethnicity_rule"] == "modal"
    assert {row["ethnic_category"] for row in stored(space, "demographics")} == {"A"}
    (space / "workbench.toml").write_text('ethnicity_rule = "loudest"\n')
    with pytest.raises(ParameterError, match="most_recent"):
        take(space)
