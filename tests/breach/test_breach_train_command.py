"""`workbench train` and `score` as they are typed: files that they leave, and what they refuse."""

from __future__ import annotations

import io
import json
from pathlib import Path

import breach_cases
import numpy as np
import pandas as pd
import pytest
import yaml
from breach_records import Store

from workbench.breach import load_model, load_settings
from workbench.breach.judged_rows import ADDED
from workbench.breach.scoring import scores
from workbench.cli._progress import progress_bar
from workbench.cli.main import main
from workbench.files import sha256

QUICK = ("model=logistic", "refits=0", "replicates=0", "learning=false", "sites_left_out=false")
TABLES = {
    "measures", "calibration", "capture", "decision_curve", "drift", "cohort_flow", "waiting",
    "counts", "stability", "learning", "hazard", "sites",
}  # fmt: skip


def quick(*more: str) -> list[str]:
    return [word for one in (*QUICK, *more) for word in ("-p", one)]


def put(folder: Path, frame: pd.DataFrame, **changes: object) -> list[str]:
    """Write a frame and its roles; give the words that name them."""
    frame.to_csv(folder / "rows.csv", index=False)
    roles = {**breach_cases.ROLES, **changes}
    roles = {name: value for name, value in roles.items() if value is not None}
    (folder / "roles.yaml").write_text(yaml.safe_dump(roles, sort_keys=False))
    words = ["train", "--workspace", str(folder), "--frame", str(folder / "rows.csv")]
    return [*words, "--roles", str(folder / "roles.yaml"), "--out", str(folder / "m")]


@pytest.fixture(scope="module")
def space(tmp_path_factory, store: Store) -> Path:
    """A workspace whose store holds the made-up pathways, and a model of it."""
    root = tmp_path_factory.mktemp("space")
    (root / "store").mkdir()
    (root / "workbench.toml").write_text("synthetic = true\n")
    records = store.records.assign(extract_date=pd.Timestamp("2024-03-31"))
    tables = {
        "pathway_records": records,
        "milestones": store.milestones,
        "demographics": store.demographics,
    }
    for name, table in tables.items():
        table.to_parquet(root / "store" / f"{name}.parquet", index=False)
    words = ["train", "--standard", "62D", "--out", str(root / "models" / "62D")]
    options = ["-p", "replicates=5", "-p", "refits=2", "-p", "model=logistic", "--quiet"]
    assert main([*words, "--workspace", str(root), *options]) == 0
    return root


def test_the_judged_rows_lie_in_the_store_as_the_dictionary_has_them(space):
    rows = pd.read_parquet(space / "store" / "judged_62d.parquet")
    keys = ["record_id", "standard", "landmark_day"]
    assert rows[keys].apply(tuple, axis=1).is_monotonic_increasing
    assert set(ADDED) <= set(rows.columns)
    held = json.loads((space / "models" / "62D" / "evaluation.json").read_text())
    counts = {row["step"]: row["count"] for row in held["tables"]["counts"]}
    assert len(rows) == counts["rows judged: judging"]
    assert rows["month"].between(held["judged"]["test_from"][:7], held["judged"]["test_to"][:7])\
        .all()  # fmt: skip
    judged = str(space / "store" / "judged_62d.parquet")
    assert main(["validate", judged, "--as", "judged", "--quiet"]) == 0


def test_a_second_run_gives_the_same_bytes_though_the_first_left_rows_in_the_store(space):
    words = ["train", "--standard", "62D", "--workspace", str(space), "--quiet", *quick()]
    rows = space / "store" / "judged_62d.parquet"
    kept = rows.read_bytes()
    rows.unlink()
    made = []
    for name in ("first", "second"):
        assert main([*words, "--out", str(space / name)]) == 0
        files = sorted(path for path in (space / name).rglob("*") if path.is_file())
        made.append({path.relative_to(space / name): sha256(path) for path in files})
    assert made[0] == made[1]
    held = json.loads((space / "first" / "model.json").read_text())
    assert set(held["facts"]["data"]) == {
        "demographics.parquet", "milestones.parquet", "pathway_records.parquet",
    }  # fmt: skip
    rows.write_bytes(kept)


def test_every_table_is_there_and_in_the_manifest(space):
    folder = space / "models" / "62D"
    assert {path.stem for path in (folder / "tables").glob("*.csv")} == TABLES
    digests = json.loads((folder / "manifest.json").read_text())["files"]
    assert {"card.json", "card.html", "card.md"} <= set(digests)
    assert digests["card.html"] == sha256(folder / "card.html")


def test_a_card_of_made_up_rows_says_so_on_every_form(space):
    for ending in ("json", "html", "md"):
        assert "SYNTHETIC" in (space / "models" / "62D" / f"card.{ending}").read_text()


def test_a_model_whose_card_was_changed_scores_nothing(space, tmp_path):
    import shutil

    shutil.copytree(space / "models" / "62D", tmp_path / "m")
    page = tmp_path / "m" / "card.html"
    page.write_text(page.read_text().replace("SYNTHETIC", "REAL"))
    words = ["score", str(space / "store" / "pathway_records.parquet"), "--out"]
    words += [str(tmp_path / "s.csv"), "--model", str(tmp_path / "m"), "--workspace", str(space)]
    assert main(words) == 11
    assert not (tmp_path / "s.csv").exists()


def test_pathways_of_no_known_kind_are_scored_or_left_out_and_never_an_error(space, tmp_path):
    records = pd.read_parquet(space / "store" / "pathway_records.parquet")
    odd = records.head(40).copy()
    odd["record_id"] = [f"odd{n}" for n in range(len(odd))]
    odd.loc[odd.index[:20], odd.columns[odd.columns.str.contains("start_date")]] = pd.NaT
    (tmp_path / "store").mkdir()
    both = pd.concat([records, odd], ignore_index=True)
    both.to_parquet(tmp_path / "store" / "pathway_records.parquet", index=False)
    words = ["score", str(tmp_path / "store" / "pathway_records.parquet"), "--quiet"]
    words += ["--model", str(space / "models" / "62D"), "--workspace", str(space)]
    assert main([*words, "--out", str(tmp_path / "s.csv")]) == 0
    made = pd.read_csv(tmp_path / "s.csv", dtype={"record_id": "str"})
    assert made["risk"].between(0, 1).all()
    assert not made["record_id"].isin([f"odd{n}" for n in range(20)]).any()


def test_rows_of_ones_own_are_judged_where_one_says(tmp_path, capsys):
    words = put(tmp_path, breach_cases.frame(900))
    assert main([*words, "--judged", str(tmp_path / "j.csv"), "--json", *quick()]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["judged_rows"] == str(tmp_path / "j.csv")
    assert told["card"] == str(tmp_path / "m" / "card.html")
    rows = pd.read_csv(tmp_path / "j.csv")
    assert {"case", "patient", "late", *ADDED} <= set(rows)
    assert main([*words, "--quiet", *quick()]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "j.csv", "m", "roles.yaml", "rows.csv",
    ]  # fmt: skip


def test_the_next_command_judges_fairness_where_there_are_rows_and_groups(tmp_path, capsys):
    words = put(tmp_path, breach_cases.frame(900))
    assert main([*words, "--judged", str(tmp_path / "j.csv"), *quick()]) == 0
    said = capsys.readouterr().out
    assert "workbench fairness" in said
    assert "--groups sex" in said
    assert "card.html" in said
    assert main([*words, *quick()]) == 0
    assert "Next: workbench score" in capsys.readouterr().out


def test_model_and_judged_rows_are_written_both_or_neither(tmp_path):
    words = put(tmp_path, breach_cases.frame(900))
    (tmp_path / "j.csv").mkdir()
    assert main([*words, "--judged", str(tmp_path / "j.csv"), "--quiet", *quick()]) == 2
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("judged", "out"), [("rows.csv", "m"), ("j.xlsx", "m"), ("j.csv", "thesis")]
)
def test_places_that_would_lose_something_are_refused_before_any_work(judged, out, tmp_path):
    words = put(tmp_path, breach_cases.frame(60))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    before = (tmp_path / "rows.csv").read_bytes()
    words[words.index("--out") + 1] = str(tmp_path / out)
    assert main([*words, "--judged", str(tmp_path / judged), "--quiet"]) == 2
    assert (tmp_path / "rows.csv").read_bytes() == before
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_millions_are_scored_in_batches_and_told_of(tmp_path, monkeypatch):
    frame = breach_cases.frame(900)
    assert main([*put(tmp_path, frame), "--quiet", *quick()]) == 0
    monkeypatch.setattr("workbench.breach.scoring.BATCH", 400)
    told: list[tuple[int, int]] = []
    stored = load_model(tmp_path / "m")
    made = scores(stored, frame, load_settings(), told=lambda *far: told.append(far))
    assert told == [(400, 900), (800, 900), (900, 900)]
    assert len(made) == 900


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_drawn_for_a_person_and_for_no_file():
    assert progress_bar("scored", io.StringIO()) is None
    seen = Terminal()
    bar = progress_bar("scored", seen)
    assert bar is not None
    bar(500, 1_000)
    bar(1_000, 1_000)
    assert seen.getvalue().endswith("1,000 of 1,000 rows scored\n")
    assert seen.getvalue().count("\r") == 2


def made_up(count: int, seed: int = 0) -> pd.DataFrame:
    """Rows as someone else might have them: blanks, many codes, no days."""
    draw = np.random.default_rng(seed)
    code = draw.integers(0, 300, count)
    number = draw.normal(size=count)
    risk = 1 / (1 + np.exp(-(number + (code % 7 - 3) / 2)))
    return pd.DataFrame(
        {
            "case": [f"r{n}" for n in range(count)],
            "number": np.where(draw.random(count) < 0.2, "", number.round(3).astype("str")),
            "code": [f"level {one}" if one % 11 else " " for one in code],
            "came": np.where(draw.random(count) < risk, "yes", "no"),
        }
    )


OWN = {
    "group": None, "time": None, "settled": None, "site": None, "landmark": None,
    "protected": None, "outcome": "came", "event": ["yes"],
    "features": {
        "number": {"kind": "number", "known_at": "row"},
        "code": {"kind": "code", "known_at": "row"},
    },
}  # fmt: skip


@pytest.mark.parametrize("count", [300, 2_000])
def test_a_frame_with_nothing_but_rows_is_learnt_from(count, tmp_path):
    frame = made_up(count)
    words = put(tmp_path, frame, **OWN)
    options = ["-p", "replicates=5", "-p", "refits=2"]
    assert main([*words, "--judged", str(tmp_path / "j.csv"), "--quiet", *options]) == 0
    rows = pd.read_csv(tmp_path / "j.csv")
    assert rows["risk"].corr(rows["outcome"]) > 0.2
    assert "month" not in rows
    card = (tmp_path / "m" / "card.md").read_text()
    assert "no day of expiry" in card
    assert "Fairness is therefore unknown" in card


def test_outcomes_that_are_not_known_are_counted_and_left_out(tmp_path, capsys):
    frame = made_up(600)
    frame.loc[frame.index[:100], "came"] = ""
    words = put(tmp_path, frame, **OWN)
    assert main([*words, "--json", *quick()]) == 0
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts["rows whose outcome is not known"] == 100


@pytest.mark.parametrize(
    ("changes", "column", "value", "said"),
    [
        ({"event": None}, "came", "perhaps", "say in the roles which values are the 'event'"),
        ({}, "number", "twelve", "cells are no number"),
        (
            {"event": ["never"]},
            "came",
            None,
            "no cell holds a value that the roles call the 'event'",
        ),
        ({"outcome": "gone"}, "came", None, "missing column: gone"),
        ({}, "case", "r1", "repeat an id"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_in_words(
    changes, column, value, said, tmp_path, capsys
):
    frame = made_up(300)
    if value is not None:
        frame.loc[frame.index[:5], column] = value
    words = put(tmp_path, frame, **{**OWN, **changes})
    assert main([*words, *quick()]) == 11
    told = capsys.readouterr().err
    assert said in told
    assert "level " not in told
    assert not (tmp_path / "m").exists()
