"""What may be a feature, and what a frame has to hold."""

from __future__ import annotations

import breach_cases
import numpy as np
import pytest

from workbench.breach.frames import MISSING, cases
from workbench.breach.roles import read_roles, roles_of
from workbench.errors import InputError, ParameterError


def with_feature(name: str, **entry: str) -> dict:
    return {**breach_cases.ROLES, "features": {**breach_cases.ROLES["features"], name: entry}}


def test_a_feature_without_a_day_on_which_it_is_known_is_refused():
    with pytest.raises(ParameterError, match="features stage: 'known_at' is not declared"):
        roles_of(with_feature("stage", kind="number"))


@pytest.mark.parametrize(
    "name",
    [
        "treatment_start_date_cancer", "cancer_treatment_modality", "delay_reason_62d",
        "cancer_care_spell_delay_reason_first_seen", "breach_flag", "within", "wait_days",
        "waiting_time_adjustment_treatment", "primary_diagnosis_icd", "icd10",
        "cancer_or_symptomatic_breast_referral_patient_status", "final_stage", "later_events",
        "number_of_events", "Outcome_Copy", "clock_stop_date", "treated_late", "late",
        "cancer_faster_diagnosis_pathway_end_reason",
    ],
)  # fmt: skip
def test_what_is_known_only_after_the_fact_is_refused_by_name(name):
    with pytest.raises(ParameterError, match=f"feature '{name}' is (refused|the outcome)"):
        roles_of(with_feature(name, kind="code", known_at="row"))


def test_every_fault_is_told_at_once():
    held = with_feature("breach_flag", kind="nonsense")
    del held["outcome"]
    with pytest.raises(ParameterError) as refused:
        roles_of({**held, "colour": "red"})
    words = str(refused.value)
    for fault in (
        "'outcome' is missing",
        "'kind' should be",
        "'known_at' is",
        "refused",
        "'colour'",
    ):
        assert fault in words


def test_the_outcome_or_the_patient_is_no_feature():
    with pytest.raises(ParameterError, match="feature 'patient' is the patient"):
        roles_of(with_feature("patient", kind="code", known_at="row"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"protected": ["late"]}, "'late' tells the outcome"),
        ({"protected": ["known"]}, "'known' tells the outcome"),
        ({"protected": ["delay_reason"]}, "protected 'delay_reason' is refused: recorded after"),
        ({"protected": ["sex", "sex"]}, "protected 'sex' comes twice"),
        ({"protected": ["All"]}, "'All' stands for everyone in tables of groups"),
        ({"site": "late"}, "'late' is the outcome: it cannot be the site"),
        ({"group": "late"}, "'late' is the outcome: it cannot be the group"),
        ({"id": []}, "'id' should name one column, or a list of columns"),
        ({"id": 5}, "'id' should name one column, or a list of columns"),
        ({"id": None}, "'id' should name one column, or a list of columns"),
        ({"leave_out": {"sex": "male"}}, "'sex' should be a list"),
        ({"leave_out": {"sex": [True]}}, "'sex' should be a list of text"),
    ],
)
def test_parts_that_would_tell_the_outcome_or_mean_nothing_are_refused(changes, said):
    held = {name: one for name, one in {**breach_cases.ROLES, **changes}.items() if one is not None}
    with pytest.raises(ParameterError) as refused:
        roles_of(held)
    assert said in str(refused.value)


def test_a_day_needs_a_time_to_be_held_to():
    held = {name: value for name, value in breach_cases.ROLES.items() if name != "time"}
    with pytest.raises(ParameterError, match="feature 'scan' has a day"):
        roles_of(held)


def test_roles_survive_being_written_down(tmp_path):
    import yaml

    roles = roles_of({**breach_cases.ROLES, "missing": ["?"], "leave_out": {"sex": ["9"]}})
    path = tmp_path / "roles.yaml"
    path.write_text(yaml.safe_dump(roles.as_dict(), sort_keys=False), encoding="utf-8")
    assert read_roles(path) == roles


def test_a_cell_known_only_after_the_landmark_is_blanked_and_counted():
    frame = breach_cases.frame(300)
    late = np.arange(300) % 3 == 0
    frame.loc[late, "scan_date"] = frame.loc[late, "seen"] + np.timedelta64(1, "D")
    checked = cases(frame, roles_of(breach_cases.ROLES))
    assert checked.blanked == {"scan": 100}
    assert np.isnan(checked.cases.numbers["scan"][late]).all()
    assert not np.isnan(checked.cases.numbers["scan"][~late]).any()


def test_a_cell_whose_day_is_not_known_is_not_known_yet():
    frame = breach_cases.frame(50)
    frame["scan_date"] = frame["scan_date"].where(frame.index != 7)
    assert cases(frame, roles_of(breach_cases.ROLES)).blanked == {"scan": 1}


def test_faults_of_a_frame_are_listed_without_values():
    frame = breach_cases.frame(40).astype({"load": "object", "late": "object"})
    frame.loc[3, "load"] = "NHS 9434765919"
    frame.loc[4, "late"] = "perhaps"
    frame.loc[5, "case"] = frame.loc[6, "case"]
    with pytest.raises(InputError) as refused:
        cases(frame, roles_of(breach_cases.ROLES))
    words = str(refused.value)
    assert "load: 1 cells are no number" in words
    assert "late: 1 cells are neither true nor false" in words
    assert "case: 1 rows repeat an id" in words
    assert "9434765919" not in words
    assert "perhaps" not in words


def test_missing_columns_are_all_named():
    frame = breach_cases.frame(10).drop(columns=["load", "sex"])
    with pytest.raises(InputError, match=r"(?s)missing column: sex.*missing column: load"):
        cases(frame, roles_of(breach_cases.ROLES))


def test_words_for_missing_events_and_rows_to_leave_out():
    frame = breach_cases.frame(60).astype({"load": "object"})
    frame["late"] = np.where(frame["late"] == 1, "<30", "NO")
    frame.loc[0, "tumour"], frame.loc[1, "load"] = "?", "?"
    held = {
        **breach_cases.ROLES,
        "event": ["<30"],
        "missing": ["?"],
        "leave_out": {"trust": ["CCC"]},
    }
    checked = cases(frame, roles_of(held))
    kept = frame[frame["trust"] != "CCC"]
    assert checked.left_out == {"trust": 60 - len(kept)}
    assert checked.cases.outcome.tolist() == (kept["late"] == "<30").astype(float).tolist()
    if frame.loc[0, "trust"] != "CCC":
        assert checked.cases.codes["tumour"].text()[0] == MISSING


def test_protected_characteristics_are_features_only_when_asked():
    roles = roles_of(breach_cases.ROLES)
    assert "sex" not in [one.name for one in roles.features]
    assert "sex" in [one.name for one in roles.with_protected().features]
