"""Who is in the report: patients once each, the census, questionnaires and indicators."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from equity_patients import draw

import workbench as wb
from workbench.equity import indicators, report
from workbench.equity.report_population import expected_shares
from workbench.equity.report_proms import SCORES
from workbench.errors import InputError

KEY = [
    "patient_pathway_identifier_pseudonym",
    "organisation_identifier_patient_pathway_identifier_issuer",
]


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    """Two pathways; Trusts share the second, and a third patient of nobody known."""
    rows = pd.DataFrame(
        {
            "record_id": ["a", "b", "b", "c"], "pathway": ["a", "b", "b", "c"],
            "standard": "62D", "treatment_stage": None, "within": [True, False, False, True],
            "wait_days": [40, 80, 80, 10], "reporting_month": "2025-01",
            "provider": ["ZZ1", "ZZ1", "ZZ2", "ZZ3"],
            "treating_provider": ["ZZ1", "ZZ2", "ZZ2", "ZZ3"],
            "route": "urgent_suspected_cancer", "tumour_group": ["lung", "skin", "skin", "new"],
            "suspected": "03", "clock_stop_date": pd.Timestamp("2025-01-31"),
        }
    )  # fmt: skip
    pathways = pd.DataFrame(
        {"pathway_id": ["a", "b", "c"], "person_id": ["p", "q", None], "lsoa_of_residence": "E01"}
    )
    persons = pd.DataFrame(
        {"person_id": ["p", "q"], "ethnic_category": ["R", "Z"], "sex": ["2", "X"],
         "imd_decile": [2.0, np.nan], "age_band_at_referral": ["80+", None]}
    )  # fmt: skip
    return report.patients(rows, pathways, persons, wb.dictionary.load()).set_index("pathway_id")


def test_a_patient_whom_trusts_share_counts_once_where_treated(told: pd.DataFrame) -> None:
    assert list(told.index) == ["a", "b", "c"]
    assert told.loc["b", ["trust", "shared", "within"]].tolist() == ["ZZ2", "Yes", 0.0]


def test_groups_are_in_words_and_nobody_is_left_out(told: pd.DataFrame) -> None:
    first = told.loc["a", ["ethnicity", "census_group", "sex", "deprivation", "core20"]]
    assert first.tolist() == ["Other", "Asian", "Female", "1 (most deprived fifth)", "Core20"]
    assert told.loc["b", ["ethnicity", "sex", "core20"]].tolist() == [
        "Not stated", "Not known", "Not known",
    ]  # fmt: skip
    assert (told.loc["c", list(report.CHARACTERISTICS)] == "Not known").all()
    assert told.loc["c", "cancer"] == "Not recorded"


def test_areas_count_by_their_patients_not_by_their_people() -> None:
    mix = pd.DataFrame({"Asian": [90.0, 0.0], "White": [10.0, 9_000.0]}, index=["A", "B"])
    areas = pd.Series(["A", "A", "A", "B", None, "C"])
    expected = expected_shares(areas, mix)
    assert expected["Asian"] == pytest.approx(3 * 0.9)
    assert expected.sum() == pytest.approx(4)
    assert expected_shares(pd.Series(["C"]), mix).empty


def test_both_layouts_of_a_census_are_read_and_others_refused() -> None:
    national = pd.DataFrame(
        {"lsoa21_code": ["A", "A"], "n": [30, 70],
         "ethnic_group": ["Asian, Asian British or Asian Welsh", "White"]}
    )  # fmt: skip
    mix, column = report.area_mix(national)
    assert column == "census_group"
    assert mix.loc["A", "Asian"] == 30
    made = pd.DataFrame({"lsoa": ["A"], "population": [100], "share_asian": [0.3]})
    mix, column = report.area_mix(made)
    assert (column, mix.loc["A", "Asian"]) == ("ethnicity", pytest.approx(30))
    with pytest.raises(InputError, match="census"):
        report.area_mix(pd.DataFrame({"area": []}))


def test_who_is_rarer_than_where_patients_live_is_told_from_what_is_shown() -> None:
    patients = draw(2_000)
    mix = pd.DataFrame({"Asian": 50.0, "White": 50.0}, index=[f"A{i}" for i in range(7)])
    shown = report.ethnic_counts(patients, "ethnicity")
    referred = patients.assign(referred=1)
    found = report.represented(shown, patients, referred, mix, "ethnicity").set_index("group")
    assert found.loc["Asian", "upper"] < 0.6
    assert found.loc["White", "lower"] > 1.4
    assert found.loc["Asian", "referred_ratio"] == pytest.approx(1, abs=0.01)
    rounded = shown.assign(n=5 * (shown["n"] / 5).round())
    again = report.represented(rounded, patients, referred, mix, "ethnicity").set_index("group")
    parts = rounded.set_index("group")["n"]
    assert again.loc["Asian", "ratio"] == pytest.approx(2 * parts["Asian"] / parts.sum(), abs=1e-3)
    assert report.distance(again.reset_index()) == pytest.approx(0.25, abs=0.03)
    assert report.represented(shown, patients, referred, mix[[]], "ethnicity").empty


@pytest.mark.real_data
def test_the_real_census_has_a_layout_that_is_read(real_data: Path) -> None:
    census = pd.read_parquet(real_data / "geography" / "ethnicity21_lsoa21.parquet")
    mix, column = report.area_mix(census)
    assert column == "census_group"
    assert set(mix) == {"Asian", "Black", "Mixed", "Other", "White"}
    assert len(mix) > 30_000


@pytest.fixture(scope="module")
def answered() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Asian patients are heard half as often."""
    patients = draw(1_200)
    random = np.random.default_rng(3)
    asian = patients["ethnicity"] != "White"
    asked = random.random(len(patients)) < np.where(asian, 0.3, 0.7)
    records = patients[["pathway_id"]].assign(
        record_id=patients["pathway_id"], **{KEY[0]: patients["pathway_id"], KEY[1]: "ZZ1"}
    )
    parts = records[["record_id", "pathway_id"]]
    replies = [
        records[asked & (random.random(len(patients)) < 0.6)].assign(
            timepoint=time, instrument="EQ-5D-5L", eq5d5l_index=0.8, eq5d5l_value_set="A",
            function_score=70.0, experience_rating=np.nan,
        )
        for time in ("diagnosis", "before_treatment", "after_treatment")
    ]  # fmt: skip
    proms = pd.concat(replies, ignore_index=True).drop(columns=["pathway_id", "record_id"])
    clash = pd.DataFrame({"record_id": ["X1", "X2"], KEY[0]: "same", KEY[1]: "ZZ1"})
    both = pd.DataFrame({"record_id": ["X1", "X2"], "pathway_id": ["W00001", "W00002"]})
    odd = proms.head(1).assign(**{KEY[0]: "same"})
    found = report.answers(
        pd.concat([proms, odd]), pd.concat([records.drop(columns="pathway_id"), clash]),
        pd.concat([parts, both]), patients,
    )  # fmt: skip
    assert len(found) == len(proms)  # a name of two pathways is of neither
    return patients, found


def test_who_is_not_asked_is_seen_by_group(answered: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    patients, replies = answered
    asked = report.ought_to_be_asked(patients, date(2024, 12, 31))
    assert len(asked) == len(patients)
    assert report.ought_to_be_asked(patients, date(2024, 7, 31)).empty
    found = report.heard(asked, replies, ["ethnicity"]).set_index("group")
    assert found.loc["Asian or Asian British", "asked_upper"] < found.loc["White", "asked_lower"]
    assert (found["heard"] + found["silent"] == found["pathways"]).all()
    assert report.heard(asked, replies[:0], ["ethnicity"]).empty


def test_scores_that_nobody_has_are_left_out(answered: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    scores = report.means(answered[1], ["ethnicity"])
    assert set(scores["score"]) == {SCORES["eq5d5l_index"], SCORES["function_score"]}
    assert report.means(answered[1][:0], ["ethnicity"]).empty


def test_every_figure_by_group_has_its_row_among_the_indicators(
    answered: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    patients, replies = answered
    found = report.gaps(patients, ["ethnicity", "sex"])
    gaps = report.with_crude(found, found)
    heard = report.heard(patients, replies, ["ethnicity", "sex"])
    known = report.availability(patients, ["ethnicity", "sex"])
    table = indicators.indicators(
        gaps, heard, known, standard="62D", months=["2024-01", "2024-12"], place="ZZ1"
    )
    assert len(table) == len(gaps) + len(heard) + 2
    assert not table.duplicated(indicators.KEYS).any()
    assert (table["numerator"] + table["remainder"] == table["denominator"]).all()
    assert set(table["indicator"]) == {"CWT-62D-IN-TIME", "PROM-HEARD", "DATA-KNOWN"}
    assert table[["status", "method", "period_start"]].notna().all().all()
    checks = report.checks(patients, gaps, table, float(len(patients)))
    assert checks["passed"].all()
    assert not report.checks(patients, gaps, table, len(patients) + 1.0)["passed"].all()
    assert not report.checks(patients, gaps, table.iloc[1:], None)["passed"].all()
