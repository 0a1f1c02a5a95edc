"""Loading refuses a dictionary that does not hold together, and says everything that is wrong."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from workbench.dictionary import load
from workbench.errors import ParameterError
from workbench.shipped import shipped


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("data_dictionary"), tmp_path / "data_dictionary"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> str:
    with pytest.raises(ParameterError) as raised:
        load(folder)
    return "\n".join(raised.value.faults)


def test_the_shipped_dictionary_loads_once():
    assert load() is load()


def test_an_edited_dictionary_is_read_anew(copy):
    before = load(copy)
    edit(copy / "targets.yaml", "value: 0.96", "value: 0.97")
    assert load(copy).targets != before.targets


def test_a_dictionary_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load().title = "another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("schemas/capacity.yaml", "role: measure", "role: measures", "'role' should be one of"),
        ("schemas/capacity.yaml", "type: integer", "typ: integer", "'typ' is not a known key"),
        ("schemas/capacity.yaml", "codes: pathway_step", "codes: steps", "no code list 'steps'"),
        ("schemas/capacity.yaml", "slots_used > slots", "slots_used > seats", "column 'seats'"),
        ("schemas/capacity.yaml", "slots_used > slots", "slots_used > 9", "columns should be"),
        ("schemas/capacity.yaml", "slots_used > slots", "slots_used >", "is not a condition"),
        ("schemas/capacity.yaml", "slots_used > slots", "slots_used - slots", "not true or false"),
        ("schemas/capacity.yaml", "slots_used > slots", "slots > step", "compared with a string"),
        ("schemas/capacity.yaml", "step, week_start]", "step, weeks]", "'weeks' is not a field"),
        ("schemas/capacity.yaml", "name: slots_used", "name: slots", "'slots' is used twice"),
        ("schemas/capacity.yaml", "name: slots_used", "name: Slots", "lower-case words"),
        ("schemas/capacity.yaml", '"[A-Z0-9]{3,6}"', '"[A-Z"', "not a regular expression"),
        ("code_lists/yes_no.yaml", '"Y"', "1", "'code' should be text (quote it)"),
        ("code_lists/yes_no.yaml", '"Y"', '"N"', "the code 'N' is there twice"),
        ("code_lists/yes_no.yaml", "codes:", "codes: [", "not readable as YAML at line"),
        ("code_lists/yes_no.yaml", "source: DD", "source: Hearsay", "source should begin with"),
        ("code_lists/yes_no.yaml", "source: DD", "source: memory of", "from memory"),
        ("targets.yaml", "valid_to: 2026-02-28", "valid_to: 2026-03-28", "at the same time as"),
        ("targets.yaml", "value: 0.75", "value: 75", "a share above 0"),
        ("targets.yaml", "valid_from: 2023-10-01", "valid_from: then", "a date YYYY-MM-DD"),
        ("sources/somerset.yaml", "N_UPGRADE_DATE: c", "N_UPGRADE_DATE: x", "there is no field"),
        ("datapackage.yaml", "schemas/waits.yaml", "schemas/wait.yaml", "no such file"),
        ("datapackage.yaml", "lookups/trusts.csv", "lookups/trust.csv", "no file"),
    ],
)
def test_each_fault_is_named(copy, file, old, new, said):
    edit(copy / file, old, new)
    assert said in faults(copy)


def test_all_faults_are_told_at_once(copy):
    edit(copy / "schemas/capacity.yaml", "codes: pathway_step", "codes: steps")
    edit(copy / "code_lists/yes_no.yaml", '"Y"', '"N"')
    edit(copy / "targets.yaml", "value: 0.75", "value: 75")
    edit(copy / "schemas/capacity.yaml", "slots_used > slots", "open('x')")
    edit(copy / "schemas/waits.yaml", "fault_when: ", "fault_when: nothing == ")
    told = faults(copy)
    assert "no function of the language" in told
    assert "there is no column 'nothing'" in told
    assert "steps" in told
    assert "there twice" in told
    assert "share above 0" in told


def test_no_such_folder(tmp_path):
    with pytest.raises(ParameterError, match="no data dictionary"):
        load(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda d: d.schema("pathway_record"), "pathway_records"),
        (lambda d: d.code_list("yes_now"), "yes_no"),
        (lambda d: d.profile("nhs_round_5"), "nhs_round5"),
        (lambda d: d.mapping("sommerset"), "somerset"),
        (lambda d: d.lookup("trust"), "trusts"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(ask, near):
    with pytest.raises(ParameterError, match=f"Did you mean '{near}'"):
        ask(load())


def test_a_lookup_is_text_with_blanks_missing_and_a_frame_of_its_own():
    first = load().lookup("site_to_trust")
    assert first["site"].tolist() == ["89997", "89999"]
    assert first["valid_from"].isna().all()
    first.loc[0, "provider"] = "changed"
    assert load().lookup("site_to_trust").loc[0, "provider"] == "89997"
