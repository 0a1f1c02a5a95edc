from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from workbench.disclosure import Profile, load_profiles, release
from workbench.errors import DisclosureError


def folder_with(path: Path, text: str) -> Path:
    (path / "disclosure_profiles.yaml").write_text(text, encoding="utf-8")
    return path


def test_the_shipped_profiles_are_read() -> None:
    profiles = load_profiles()
    assert {"nhs_round5", "already_published", "none", "suppress", "cellkey"} <= set(profiles)
    rule = profiles["nhs_round5"]
    assert (rule.withhold_above, rule.withhold_below, rule.round_to) == (0, 8, 5)
    assert rule.masks
    assert not profiles["already_published"].masks


@pytest.mark.parametrize("text", ["- {name: a, available: false}", "- {name: a, method: swap}"])
def test_profiles_to_come_are_refused(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load_profiles(folder_with(tmp_path, text)) | {"nhs_round5": Profile("nhs_round5")}
    monkeypatch.setattr("workbench.disclosure.profiles.load_profiles", lambda: found)
    frame = pd.DataFrame({"group": ["a"], "n": [10]})
    with pytest.raises(DisclosureError, match="not available yet") as caught:
        release(frame, keys=["group"], counts=["n"], profile="a")
    assert "nhs_round5" in caught.value.remedy


def test_no_profile_shows_a_count_that_another_withholds() -> None:
    masking = [one for one in load_profiles().values() if one.masks]
    assert {one.name for one in masking} == {"nhs_round5", "suppress", "cellkey"}
    assert {(one.withhold_above, one.withhold_below) for one in masking} == {(0, 8)}
    assert all(one.available for one in masking)


def test_an_unknown_profile_is_refused_with_the_nearest_name() -> None:
    frame = pd.DataFrame({"group": ["a"], "n": [10]})
    with pytest.raises(DisclosureError, match="nhs_round5"):
        release(frame, keys=["group"], counts=["n"], profile="nhs_round")


def test_a_method_that_is_not_known_is_not_available(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "profiles: [{name: odd, method: swap}]")
    assert not load_profiles(folder)["odd"].available


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {name: a, method: round, withhold_below: many, round_to: 5}", "must be a number"),
        ("- {name: a, method: round}", "needs withhold_below"),
        ("- {name: a, method: suppress}", "needs withhold_below"),
        ("- {name: a, method: cellkey, withhold_below: 8}", "withhold_below and noise"),
        ("- {name: a}\n- {name: a}", "used before"),
        ("- [a]", "mapping with a name"),
        ("- {name: a, ties: even}", "ties"),
        ("- {name: a, zero: hidden}", "zero"),
        ("- {name: a, stamp: 3}", "stamp"),
        ("- {name: a, available: later}", "available"),
        ("profiles: none", "no list"),
        ("[", "cannot be read"),
    ],
)
def test_a_gate_that_cannot_read_its_rules_stays_shut(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DisclosureError, match=says):
        load_profiles(folder_with(tmp_path, text))


def test_a_dictionary_without_profiles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DisclosureError, match="nothing can be released"):
        load_profiles(tmp_path)
