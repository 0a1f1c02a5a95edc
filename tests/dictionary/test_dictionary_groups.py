"""One group of patients has one name, whichever room puts it on a page."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.breach import Cases
from workbench.breach.frames import Coded
from workbench.cli import _train_fairness as card
from workbench.dictionary.groups import (
    COLUMNS,
    FIFTHS,
    NOT_KNOWN,
    NOT_STATED,
    TITLES,
    grouped,
    grouped_in_engine,
    names_of,
)
from workbench.dictionary.load import load
from workbench.equity import report as equity
from workbench.explain.groups import GROUPS as EXPLAINED
from workbench.explain.groups import groups_of
from workbench.fairness import report_groups
from workbench.linkage import evaluation
from workbench.quality import GROUPS as QUALITY
from workbench.quality import cohort_of

DICTIONARY = load()
SHARED = ("ethnicity", "sex", "deprivation")


def codes_of(name: str) -> list[str]:
    return [one.code for one in DICTIONARY.code_list(name).codes]


@pytest.fixture(scope="module")
def persons() -> pd.DataFrame:
    """One person for each code that there is, for one that there is not, and for none."""
    columns = {
        "ethnic_category": [*codes_of("ethnic_category"), "!", None],
        "sex": [*codes_of("person_stated_gender"), "!", None],
        "imd_decile": [*map(float, range(1, 11)), np.nan],
        "age_band_at_referral": [*codes_of("age_band"), None],
    }
    rows = max(map(len, columns.values()))
    held = {name: (codes * rows)[:rows] for name, codes in columns.items()}
    return pd.DataFrame({"person_id": [f"p{at:02d}" for at in range(rows)], **held})


def in_engine(frame: pd.DataFrame) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))


def of_linkage(persons: pd.DataFrame) -> pd.DataFrame:
    found = evaluation.person_groups(in_engine(persons), DICTIONARY).to_pyarrow().to_pandas()
    return found.set_index("person_id").sort_index()


def of_quality(persons: pd.DataFrame) -> pd.DataFrame:
    pathway = {
        "record_id": persons["person_id"], "source": "ZZ1",
        "patient_pathway_identifier_pseudonym": persons["person_id"],
        "organisation_identifier_patient_pathway_identifier_issuer": "ZZ1",
    }  # fmt: skip
    people = pd.DataFrame({**pathway, "ethnic_category": persons["ethnic_category"],
                           "person_stated_gender_code": persons["sex"]})  # fmt: skip
    areas = persons["imd_decile"].map("E{:02.0f}".format, na_action="ignore")
    index = pd.DataFrame({"lsoa": areas, "imd_decile": persons["imd_decile"]}).dropna()
    found = cohort_of(
        in_engine(pd.DataFrame({**pathway, "lsoa_of_residence": areas})),
        in_engine(people), DICTIONARY, in_engine(index.drop_duplicates()),
    )  # fmt: skip
    return found.to_pyarrow().to_pandas().set_index("record_id").sort_index()


def of_fairness(persons: pd.DataFrame) -> pd.DataFrame:
    return report_groups.with_groups(persons, DICTIONARY, list(COLUMNS)).set_index("person_id")


def of_equity(persons: pd.DataFrame) -> pd.DataFrame:
    return equity.groups_of(persons, DICTIONARY).set_index("person_id")


def as_cases(persons: pd.DataFrame) -> Cases:
    codes, rows = {}, len(persons)
    for column in COLUMNS.values():
        text = [str(one) if pd.notna(one) else "" for one in persons[column]]
        levels = (*sorted(set(text) - {""}), "")
        codes[column] = Coded(levels, np.array([levels.index(one) for one in text], np.int32))
    nobody = Coded(("",), np.zeros(rows, np.int32))
    return Cases(
        {}, codes, np.zeros(rows), np.arange(rows), None, None, None,
        np.zeros(rows, dtype=np.int64), nobody, persons[["person_id"]],
    )  # fmt: skip


def of_explanations(persons: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(groups_of(as_cases(persons), DICTIONARY)).set_index(persons["person_id"])


def of_model_card(persons: pd.DataFrame) -> pd.DataFrame:
    """The card calls what is missing `NOT_KNOWN`, as `breach.groups` does."""
    held = card.in_groups(as_cases(persons), DICTIONARY)
    told = {name: held.codes[column].text() for name, column in COLUMNS.items()}
    made = pd.DataFrame(told).replace("", NOT_KNOWN)
    return made.set_index(persons["person_id"])


ROOMS = (of_linkage, of_quality, of_fairness, of_explanations, of_model_card)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_gives_a_patient_the_group_of_the_equity_report(room, persons) -> None:
    expected, found = of_equity(persons), room(persons)
    for name in [name for name in COLUMNS if name in found]:
        assert found[name].tolist() == expected[name].tolist(), name
    assert set(SHARED) <= set(found)


def test_every_room_calls_a_characteristic_the_same() -> None:
    for titles in (evaluation.OF_PERSONS, EXPLAINED, QUALITY, equity.CHARACTERISTICS):
        for name in set(SHARED) & set(titles):
            assert titles[name] == TITLES[name]
    groups = pd.DataFrame({"characteristic": list(COLUMNS.values()), "group": "Not known"})
    assert card.in_words(groups)["characteristic"].tolist() == [TITLES[name] for name in COLUMNS]


def test_who_is_not_known_and_who_would_not_say_are_groups(persons) -> None:
    found = of_equity(persons)
    assert {NOT_KNOWN, NOT_STATED} <= set(found["ethnicity"])
    assert {NOT_KNOWN, NOT_STATED} <= set(found["ethnic_category"])
    assert set(found["deprivation"]) == {*FIFTHS, NOT_KNOWN}
    for name in TITLES:
        assert NOT_KNOWN in set(found[name]), name
        assert found[name].notna().all()


@given(st.lists(st.sampled_from(["A", "Z", "99", "", " ", "?", None, "1", "10"]), max_size=8))
def test_nobody_is_left_without_a_group_on_either_engine(codes: list[str | None]) -> None:
    column = pd.Series(codes, dtype="object")
    for name, names in names_of(DICTIONARY).items():
        found = grouped(column, names)
        assert len(found) == len(codes)
        assert (found.str.strip() != "").all(), name
        if len(codes):
            table = in_engine(pd.DataFrame({"code": pd.Series(codes, dtype="str")}))
            same = grouped_in_engine(table.code, names).to_pyarrow().to_pylist()
            assert sorted(same) == sorted(found), name


def test_codes_of_the_store_become_groups_and_those_of_others_are_left_alone() -> None:
    own = {"record_id": "a", "standard": "62D", "landmark_day": 0, "outcome": 1, "risk": 0.2}
    rows = pd.DataFrame(
        {"sex": ["1", "2", None], "imd_decile": [1.0, 10.0, np.nan],
         "ethnic_category": ["M", "99", "Z"]}
    )  # fmt: skip
    found = report_groups.with_names(rows, [*own, *rows], DICTIONARY)
    assert found["sex"].tolist() == ["Male", "Female", NOT_KNOWN]
    assert found["imd_decile"].tolist() == [FIFTHS[0], FIFTHS[-1], NOT_KNOWN]
    assert found["ethnic_category"].tolist() == ["Black or Black British", NOT_KNOWN, NOT_STATED]
    pd.testing.assert_frame_equal(report_groups.with_names(rows, list(rows), DICTIONARY), rows)
