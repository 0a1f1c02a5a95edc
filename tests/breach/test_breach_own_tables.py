"""Tables of anyone's own through `train` and `score`: whatever is in them, figures or words."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import breach_cases
import numpy as np
import pandas as pd
import pytest
import yaml

from workbench.breach import load_model
from workbench.cli.main import main

QUICK = ("refits=0", "replicates=0", "learning=false", "sites_left_out=false")


def put(folder: Path, frame: pd.DataFrame, ending: str = "csv", **changes: Any) -> list[str]:
    """Write a frame and its roles; give the words that train on them."""
    rows = folder / f"rows.{ending}"
    if ending == "csv":
        frame.to_csv(rows, index=False)
    else:
        frame.to_parquet(rows, index=False)
    roles = {**breach_cases.ROLES, **changes}
    roles = {name: value for name, value in roles.items() if value is not None}
    (folder / "roles.yaml").write_text(yaml.safe_dump(roles, sort_keys=False))
    words = ["train", "--workspace", str(folder), "--frame", str(rows)]
    return [*words, "--roles", str(folder / "roles.yaml"), "--out", str(folder / "m")]


def quick(*more: str) -> list[str]:
    return [word for one in (*QUICK, *more) for word in ("-p", one)]


def score(folder: Path, rows: Path, *more: str) -> list[str]:
    words = ["score", str(rows), "--model", str(folder / "m"), "--workspace", str(folder)]
    return [*words, "--out", str(folder / "s.csv"), *more]


def strict(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


FLAGGED = {
    "features": {
        **breach_cases.ROLES["features"],
        "flag": {"kind": "code", "known_at": "row"},
        "steps": {"kind": "code", "known_at": "row"},
    }
}


def flagged(count: int = 600) -> pd.DataFrame:
    """With a code that is true or false, and one that is a whole number or blank."""
    frame = breach_cases.frame(count)
    frame["flag"] = frame["load"] > 0
    steps = pd.Series(np.round(frame["scan"])).astype("float64")
    return frame.assign(steps=steps.where(np.arange(count) % 7 > 0))


def test_a_model_learnt_from_parquet_gives_the_same_risks_to_the_same_rows_as_csv(tmp_path, capsys):
    frame = flagged()
    assert main([*put(tmp_path, frame, "parquet", **FLAGGED), "--quiet", *quick()]) == 0
    risks = []
    as_text = frame.assign(
        flag=frame["flag"].map({True: "true", False: "false"}), steps=frame["steps"].astype("Int64")
    )
    as_text.to_csv(tmp_path / "new.csv", index=False)
    for name in ("rows.parquet", "new.csv"):
        assert main(score(tmp_path, tmp_path / name, "--json")) == 0
        assert strict(capsys.readouterr().out)["codes_not_seen_before"] == {}
        risks.append((tmp_path / "s.csv").read_bytes())
    assert risks[0] == risks[1]


def test_judged_rows_write_true_and_false_as_every_command_does(tmp_path):
    frame = flagged().assign(seldom=[None, True, False] * 200)
    words = [*put(tmp_path, frame, "parquet", **FLAGGED), "--judged", str(tmp_path / "j.csv")]
    assert main([*words, "--quiet", *quick("model=logistic")]) == 0
    rows = pd.read_csv(tmp_path / "j.csv", dtype="str")
    assert set(rows["flag"]) == {"true", "false"}
    assert set(rows["seldom"].dropna()) == {"true", "false"}
    assert rows["seldom"].isna().any()


def test_whole_numbers_without_a_blank_are_the_codes_that_they_were_with_one(tmp_path, capsys):
    assert main([*put(tmp_path, flagged(), "parquet", **FLAGGED), "--quiet", *quick()]) == 0
    told = flagged().dropna(subset="steps").astype({"steps": "int64"})
    told.to_parquet(tmp_path / "new.parquet", index=False)
    assert main(score(tmp_path, tmp_path / "new.parquet", "--json")) == 0
    assert strict(capsys.readouterr().out)["codes_not_seen_before"] == {}


def test_codes_that_the_model_does_not_know_are_told_when_it_scores(tmp_path, capsys):
    frame = flagged()
    assert main([*put(tmp_path, frame, **FLAGGED), "--quiet", *quick()]) == 0
    new = frame.assign(tumour="secret kind", scan_date=frame["seen"] + np.timedelta64(9, "D"))
    new.to_csv(tmp_path / "new.csv", index=False)
    assert main(score(tmp_path, tmp_path / "new.csv")) == 0
    said = capsys.readouterr().out
    assert "tumour: 600 cells hold a code that the model has not seen before" in said
    assert "scan: 600 cells were known only after their row's day" in said
    assert "secret" not in said


def test_a_summary_without_intervals_is_json_to_the_letter(tmp_path, capsys):
    assert main([*put(tmp_path, flagged(900), **FLAGGED), "--json", *quick()]) == 0
    told = strict(capsys.readouterr().out)
    assert told["measures"][0]["estimate"] > 0
    assert told["measures"][0]["lower"] is None
    for path in (tmp_path / "m").rglob("*.json"):
        strict(path.read_text())


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_midnights_with_a_zone_stay_on_their_day(zone, tmp_path, capsys):
    frame = breach_cases.frame(600)
    told = []
    for table in (frame, frame.assign(seen=frame["seen"].dt.tz_localize(zone))):
        assert main([*put(tmp_path, table, "parquet"), "--json", *quick("model=logistic")]) == 0
        told.append(strict(capsys.readouterr().out)["judged"])
    assert told[0] == told[1]


@pytest.mark.parametrize("rare", [1, 2])
def test_an_outcome_so_rare_that_half_of_the_patients_have_none_is_learnt_from(rare, tmp_path):
    frame = breach_cases.frame(600).sort_values("seen").assign(late=1)
    frame.loc[frame.index[np.linspace(20, 300, rare).astype(int)], "late"] = 0
    options = ["-p", "refits=6", "-p", "replicates=0", "-p", "sites_left_out=false"]
    assert main([*put(tmp_path, frame), "--quiet", *options]) == 0
    assert len(load_model(tmp_path / "m").refits) < 6


def test_sixty_rows_without_a_day_are_learnt_from_and_judged(tmp_path, capsys):
    changes = {"time": None, "settled": None, "features": _known_by_the_row()}
    words = put(tmp_path, breach_cases.frame(60), **changes)
    assert main([*words, "--json", *quick()]) == 0
    counts = strict(capsys.readouterr().out)["counts"]
    assert counts["rows judged: judging"] < counts["rows judged: learnt from"]


def test_rows_without_a_day_are_counted(tmp_path, capsys):
    frame = breach_cases.frame(600)
    frame.loc[frame.index[::6], "seen"] = pd.NaT
    assert main([*put(tmp_path, frame), "--json", *quick("model=logistic")]) == 0
    counts = strict(capsys.readouterr().out)["counts"]
    assert counts["rows without a day, not learnt from"] == 100


@pytest.mark.parametrize(
    ("column", "value"),
    [("sex", "two\nlines"), ("sex", "9434765919"), ("trust", "SW1A 1AA"), ("trust", "x" * 201)],
)
def test_names_that_cannot_stand_on_a_card_are_refused_before_any_work(
    column, value, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("workbench.breach.study", lambda *_, **__: pytest.fail("work was done"))
    frame = breach_cases.frame(200)
    frame.loc[frame.index[:9], column] = value
    assert main([*put(tmp_path, frame), "-p", "sites_left_out=true"]) == 11
    said = capsys.readouterr().err
    assert f"'{column}'" in said
    assert value not in said


def test_the_next_command_can_be_typed_whatever_the_columns_are_called(tmp_path, capsys):
    frame = breach_cases.frame(900).rename(columns={"sex": "sex & more", "patient": "who is it"})
    (tmp_path / "a b").mkdir()
    words = put(tmp_path / "a b", frame, protected=["sex & more"], group="who is it")
    assert main([*words, "--judged", str(tmp_path / "a b" / "j.csv"), *quick()]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    typed = shlex.split(last.removeprefix("Next: "))
    assert typed[:2] == ["workbench", "fairness"]
    assert typed[typed.index("--cluster") + 1] == "who is it"
    out = str(tmp_path / "fair")
    typed[typed.index("--out") + 1] = out
    assert main([*typed[1:], "--quiet"]) == 0


@pytest.mark.parametrize(
    ("judged", "out"),
    [("m/j.csv", "m"), ("rows.csv/j.csv", "m"), ("j.csv", "rows.csv/m")],
)
def test_places_that_cannot_be_are_refused_before_any_work(judged, out, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.breach.study", lambda *_, **__: pytest.fail("work was done"))
    words = put(tmp_path, breach_cases.frame(60))
    words[words.index("--out") + 1] = str(tmp_path / out)
    before = sorted(tmp_path.rglob("*"))
    assert main([*words, "--judged", str(tmp_path / judged), "--quiet"]) == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_a_model_is_not_replaced_by_halves(tmp_path, monkeypatch):
    words = put(tmp_path, breach_cases.frame(400))
    assert main([*words, "--quiet", *quick("model=logistic")]) == 0
    before = (tmp_path / "m" / "manifest.json").read_bytes()
    own = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        if Path(target) == tmp_path / "m" and "replaced" not in self.name:
            raise KeyboardInterrupt
        return own(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    assert main([*words, "--quiet", *quick("model=rates")]) == 130
    assert (tmp_path / "m" / "manifest.json").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".writing")]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--as-at", "2024-01-01"], 2, "--as-at is of the store's pathways"),
        (["-p", "target=late"], 10, "'target' is of the store's pathways"),
        (["-p", "seed=soon"], 10, "'seed' should be a whole number"),
        (["-p", "seed=4294967296"], 10, "'seed' should be 4294967295 or less"),
        (["-p", "protected=perhaps"], 10, "'protected' should be true or false"),
    ],
)
def test_what_a_frame_has_no_use_for_is_refused_in_words(more, code, said, tmp_path, capsys):
    assert main([*put(tmp_path, breach_cases.frame(60)), *more]) == code
    assert said in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_scores_get_no_place_in_the_model_and_no_day_that_is_none(tmp_path, capsys):
    assert main([*put(tmp_path, breach_cases.frame(400)), "--quiet", *quick()]) == 0
    rows = tmp_path / "rows.csv"
    assert main([*score(tmp_path, rows), "--out", str(tmp_path / "m" / "s.csv")]) == 2
    assert main(score(tmp_path, rows, "--as-at", "yesterday")) == 10
    assert "--as-at is not a date" in capsys.readouterr().err
    load_model(tmp_path / "m")


def test_features_that_are_missing_throughout_are_refused_in_words(tmp_path, capsys):
    features = {"load": {"kind": "number", "known_at": "row"}}
    words = put(tmp_path, breach_cases.frame(400).assign(load=None), features=features)
    assert main([*words, *quick()]) == 11
    assert "every feature is missing throughout" in capsys.readouterr().err


@pytest.mark.parametrize("days", [True, False])
def test_the_card_of_a_table_says_nothing_that_is_true_of_pathways_alone(days, tmp_path):
    changes = {} if days else {"time": None, "settled": None, "features": _known_by_the_row()}
    assert main([*put(tmp_path, breach_cases.frame(600), **changes), "--quiet", *quick()]) == 0
    card = (tmp_path / "m" / "card.md").read_text()
    for words in (
        "athway",
        "Waiting Times",
        "aits past",
        "navigat",
        "national rules",
        "chooses to",
    ):
        assert words not in card
    for words in ("The frame that was given", "whatever the rows were gathered for"):
        assert words in card
    assert "No refits were made" in card
    assert ("The judging rows are later" in card) is days


def _known_by_the_row() -> dict[str, Any]:
    return {name: one for name, one in breach_cases.ROLES["features"].items() if name != "scan"}
