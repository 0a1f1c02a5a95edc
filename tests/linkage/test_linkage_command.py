import argparse
import json
import shlex
from pathlib import Path

import pandas as pd
import pytest
from linkage_people import person, records

from workbench.cli.link import following
from workbench.cli.main import main


@pytest.fixture
def files(tmp_path):
    p, q = person(1), person(2)
    a = records([("1", "A", p), ("2", "A", q)])
    b = records([("9", "B", p), ("8", "B", person(3))])
    a.to_csv(tmp_path / "a.csv", index=False)
    b.assign(note="x").drop(columns="sex").to_parquet(tmp_path / "b.parquet")
    return tmp_path


def _run(folder, *words):
    return main(["link", *words, "--workspace", str(folder)])


def test_files_are_linked_and_written_sorted(files, capsys):
    out, review = files / "out.csv", files / "review.csv"
    code = _run(files, str(files / "a.csv"), str(files / "b.parquet"), "--out", str(out),
                "--review", str(review))  # fmt: skip
    assert code == 0
    clusters = pd.read_csv(out, dtype=str)
    assert clusters["record_id"].tolist() == ["1", "2", "8", "9"]
    person_of = clusters.set_index("record_id")["person_id"]
    assert person_of["1"] == person_of["9"]
    assert person_of.nunique() == 3
    assert pd.read_csv(review).columns[:4].tolist() == [
        "record_id_left", "source_left", "record_id_right", "source_right"
    ]  # fmt: skip
    told = capsys.readouterr().out
    assert "3 persons" in told
    assert "Next: workbench link" in told
    assert person(1)["family_name"] not in told


def test_order_of_files_changes_no_byte(files):
    a, b = str(files / "a.csv"), str(files / "b.parquet")
    for name, order in (("one.csv", (a, b)), ("two.csv", (b, a))):
        assert _run(files, *order, "--out", str(files / name), "--quiet") == 0
    assert (files / "one.csv").read_bytes() == (files / "two.csv").read_bytes()


def test_previous_ids_are_kept_and_changes_told(files, capsys):
    a, b, first = str(files / "a.csv"), str(files / "b.parquet"), files / "first.parquet"
    assert _run(files, a, b, "--out", str(first), "--quiet") == 0
    held = pd.read_parquet(first)
    held["person_id"] = held["person_id"].where(held["record_id"] != "9", "PELSE")
    held.to_parquet(first)
    again = files / "again.parquet"
    assert _run(files, a, b, "--out", str(again), "--previous", str(first), "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["merged"], facts["split"]) == (1, 0)
    assert set(pd.read_parquet(again)["person_id"]) <= set(held["person_id"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["a.csv"], 2),
        (["a.csv", "--out", "out.xlsx"], 2),
        (["a.csv", "--out", "a.csv"], 2),
        (["a.csv", "--out", "o.csv", "--review", "o.csv"], 2),
        (["--out", "o.csv"], 2),
        (["none.csv", "--out", "o.csv"], 11),
        (["bad.csv", "--out", "o.csv"], 11),
        (["a.csv", "--out", "o.csv", "--previous", "a.csv"], 11),
        (["a.csv", "--out", "o.csv", "--threshold", "2"], 10),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_written(files, words, code, capsys):
    (files / "bad.csv").write_text("record_id,given_name\n1,Ann\n", encoding="utf-8")
    before = sorted(path.name for path in files.iterdir())
    placed = [str(files / word) if word.endswith((".csv", ".xlsx")) else word for word in words]
    assert _run(files, *placed) == code
    assert sorted(path.name for path in files.iterdir()) == before
    assert "What to do" in capsys.readouterr().err


def test_the_next_command_repeats_what_keeps_the_ids(files, capsys):
    (files / "a b").mkdir()
    out = files / "a b" / "out.csv"
    a, b = str(files / "a.csv"), str(files / "b.parquet")
    assert _run(files, a, b, "--out", str(out), "--threshold", "0.9") == 0
    words = shlex.split(capsys.readouterr().out.split("Next: ")[1])
    assert words[2:5] == [a, b, "MORE_RECORDS"]
    assert words[words.index("--previous") + 1] == str(out)
    assert words[words.index("--threshold") + 1] == "0.9"


def test_a_rerun_for_the_doubtful_pairs_keeps_previous():
    args = argparse.Namespace(
        files=[Path("a.csv")], out=Path("o.csv"), review=None, previous=Path("p.csv"),
        seed=1, threshold=0.95,
    )  # fmt: skip
    assert following(args, doubtful=2) == (
        "workbench link a.csv --out o.csv --review review.csv --previous p.csv"
    )


def test_a_threshold_below_a_half_leaves_nothing_in_doubt(files):
    review = files / "review.csv"
    code = _run(files, str(files / "a.csv"), "--out", str(files / "o.csv"), "--review",
                str(review), "--threshold", "0.3", "--quiet")  # fmt: skip
    assert code == 0
    assert pd.read_csv(review).empty
