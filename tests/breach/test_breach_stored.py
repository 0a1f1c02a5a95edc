"""Models in folders, `workbench train` and `workbench score`."""

from __future__ import annotations

import json
from pathlib import Path

import breach_cases
import numpy as np
import pandas as pd
import pytest
import yaml
from breach_records import Store

from workbench.breach.persistence import MANIFEST, MODEL, TREES, load_model, save
from workbench.breach.roles import roles_of
from workbench.breach.scoring import COLUMNS, scores
from workbench.breach.settings import load_settings
from workbench.breach.studies import Plan, Study, study
from workbench.cli.main import main
from workbench.errors import InputError, UsageError

ROLES = roles_of(breach_cases.ROLES)
PLAN = Plan(replicates=10, refits=3, sites_left_out=False, options={"max_iter": 25})


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return breach_cases.frame(2_500)


@pytest.fixture(scope="module")
def found(frame) -> Study:
    return study(frame, ROLES, PLAN)


@pytest.fixture
def folder(found, tmp_path) -> Path:
    save(tmp_path / "model", found.stored, {"tables/a.csv": b"a\n1\n"})
    return tmp_path / "model"


def test_a_model_read_back_scores_bit_for_bit(found, folder, frame):
    again = load_model(folder)
    one, other = (scores(stored, frame, load_settings()) for stored in (found.stored, again))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert tuple(one.columns) == COLUMNS
    assert one["record_id"].is_monotonic_increasing
    assert ((one["lower"] <= one["risk"]) & (one["risk"] <= one["upper"])).all()
    assert (one["upper"] - one["lower"]).median() > 0.01


def test_the_same_study_gives_the_same_bytes(found, folder, frame, tmp_path):
    save(tmp_path / "again", study(frame, ROLES, PLAN).stored, {"tables/a.csv": b"a\n1\n"})
    for path in folder.rglob("*"):
        if path.is_file():
            other = tmp_path / "again" / path.relative_to(folder)
            assert other.read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("name", [MODEL, TREES, "tables/a.csv"])
def test_a_changed_or_missing_file_is_not_loaded(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(InputError, match="has changed"):
        load_model(folder)
    (folder / name).unlink()
    with pytest.raises(InputError, match="is missing"):
        load_model(folder)


def test_a_manifest_that_names_no_model_is_no_way_round_the_digests(folder):
    held = json.loads((folder / MANIFEST).read_text())
    del held["files"][MODEL]
    (folder / MANIFEST).write_text(json.dumps(held))
    with pytest.raises(InputError, match="not in the manifest"):
        load_model(folder)


@pytest.mark.parametrize("name", ["card.html", "tables/better.csv", "judged/model.json"])
def test_a_file_that_was_added_later_is_told_and_nothing_is_loaded(folder, name):
    (folder / ".DS_Store").write_text("what a desktop leaves")
    load_model(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("added")
    with pytest.raises(InputError, match=f"{name}: is not in the manifest"):
        load_model(folder)


def test_no_file_of_a_model_can_hold_code(folder):
    for path in folder.rglob("*"):
        assert path.is_dir() or path.suffix in {".json", ".parquet", ".csv"}


def test_a_folder_of_something_else_is_left_alone(found, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds no model"):
        save(tmp_path / "mine", found.stored, {})
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_a_model_of_another_version_is_said_to_be_one(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "layout": 1}))
    with pytest.raises(InputError, match="written by another version"):
        load_model(folder)


def test_a_model_that_cannot_be_written_leaves_the_old_one(found, folder):
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(TypeError):
        save(folder, found.stored, {"tables/b.csv": "not bytes"})
    assert (folder / MANIFEST).read_bytes() == before
    assert load_model(folder).facts == load_model(folder).facts
    assert [p for p in folder.parent.iterdir() if p.name.startswith(".writing")] == []


def test_intervals_widen_with_what_is_unexplained(found, frame):
    from dataclasses import replace

    more = replace(found.stored, doubts=replace(found.stored.doubts, calibration=1.0))
    narrow, wide = (scores(stored, frame, load_settings()) for stored in (found.stored, more))
    assert (wide["upper"] > narrow["upper"]).all()
    assert (wide["lower"] < narrow["lower"]).all()


def test_the_spread_of_the_refits_is_told_by_tenth_of_risk(found):
    told = found.stability
    assert told["part"].tolist() == list(range(1, 11))
    assert told["n"].sum() == len(found.test)
    assert told["risk"].is_monotonic_increasing
    assert (told["deviation"] > 0).all()
    assert (told["widest"] > told["deviation"]).all()


def test_scores_without_intervals_are_the_same_risks(found, frame):
    bare = scores(found.stored, frame, load_settings(), intervals=False)
    full = scores(found.stored, frame, load_settings())
    assert (bare["risk"] == full["risk"]).all()
    assert bare["lower"].isna().all()


def test_rows_to_score_need_no_outcome_patient_or_audit(found, frame):
    bare = frame.drop(columns=["late", "known", "patient", "sex", "trust", "truth"])
    pd.testing.assert_frame_equal(
        scores(found.stored, bare, load_settings()), scores(found.stored, frame, load_settings())
    )
    with pytest.raises(InputError, match="missing column: load"):
        scores(found.stored, bare.drop(columns="load"), load_settings())


def test_batches_and_the_order_of_rows_change_nothing(found, frame, monkeypatch):
    whole = scores(found.stored, frame, load_settings())
    monkeypatch.setattr("workbench.breach.scoring.BATCH", 333)
    parts = scores(found.stored, frame.sample(frac=1, random_state=1), load_settings())
    pd.testing.assert_frame_equal(whole, parts, check_exact=True)


def test_protected_characteristics_are_judged_both_ways(frame):
    for protected in (False, True):
        made = study(
            frame, ROLES,
            Plan(model="logistic", replicates=0, refits=0, protected=protected),
        )  # fmt: skip
        models = set(made.evaluation.measures["model"])
        label = "without" if protected else "with"
        assert f"logistic, {label} protected characteristics" in models
        used = made.stored.model.fitted.numbers["codes"]
        assert ("sex" in used) is protected
        assert {f"site left out: {s}" for s in ("AAA", "BBB", "CCC")} <= set(
            made.evaluation.measures["split"]
        )


@pytest.fixture(scope="module")
def space(tmp_path_factory, store: Store) -> Path:
    """A workspace whose store holds the made-up pathways."""
    root = tmp_path_factory.mktemp("space")
    (root / "store").mkdir()
    (root / "workbench.toml").write_text("synthetic = true\n")
    records = store.records.assign(extract_date=pd.Timestamp("2024-03-31"))
    for name, table in (
        ("pathway_records", records),
        ("milestones", store.milestones),
        ("demographics", store.demographics),
    ):
        table.to_parquet(root / "store" / f"{name}.parquet", index=False)
    return root


@pytest.fixture(scope="module")
def trained(space: Path) -> Path:
    words = ["train", "--standard", "62D", "--out", str(space / "m"), "--workspace", str(space)]
    options = ["-p", "replicates=5", "-p", "refits=2", "--quiet"]
    assert main([*words, *options]) == 0
    return space / "m"


def test_train_and_score_by_command(space, trained, capsys):
    out = space / "scores.csv"
    words = ["score", str(space / "store" / "pathway_records.parquet"), "--model", str(trained)]
    assert main([*words, "--out", str(out), "--workspace", str(space), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    made = pd.read_csv(out, dtype={"record_id": "str"})
    assert tuple(made.columns) == COLUMNS
    assert len(made) == told["rows"] > 10
    assert told["expected_events"] == pytest.approx(made["risk"].sum(), abs=0.1)
    assert told["interval_level"] == 0.9
    assert told["interval_method"].startswith("2 refits, and unexplained differences")
    assert set(made["standard"]) == {"62D"}
    assert set(made["target"]) == {"open"}
    assert made["risk"].between(0, 1).all()
    assert main(["validate", str(out), "--as", "scores", "--quiet"]) == 0


def test_a_pathway_past_the_day_is_certain(space, trained):
    out = space / "late.csv"
    words = ["score", str(space / "store" / "pathway_records.parquet"), "--model", str(trained)]
    assert main([*words, "--out", str(out), "--workspace", str(space), "--quiet"]) == 0
    made = pd.read_csv(out, dtype={"record_id": "str"}).set_index("record_id")
    records = pd.read_parquet(space / "store" / "pathway_records.parquet").set_index("record_id")
    start = records.loc[made.index, "cancer_referral_to_treatment_period_start_date"]
    past = (pd.Timestamp("2024-03-31") - start).dt.days > 62 + 4
    assert past.any()
    assert (made.loc[past.to_numpy(), "risk"] == 1).all()
    assert (made.loc[~past.to_numpy(), "risk"] < 1).any()


def test_every_figure_of_the_evaluation_is_in_a_table(trained):
    held = json.loads((trained / "evaluation.json").read_text())
    for name, rows in held["tables"].items():
        table = pd.read_csv(trained / "tables" / f"{name}.csv")
        assert len(table) == len(rows)
    assert {
        "measures",
        "calibration",
        "capture",
        "decision_curve",
        "drift",
        "cohort_flow",
        "waiting",
    } <= set(held["tables"])
    assert held["expires"]


def test_any_frame_with_roles_can_be_learnt_from(frame, tmp_path, capsys):
    frame.to_csv(tmp_path / "rows.csv", index=False)
    roles = tmp_path / "roles.yaml"
    roles.write_text(yaml.safe_dump(breach_cases.ROLES, sort_keys=False))
    words = ["train", "--frame", str(tmp_path / "rows.csv"), "--roles", str(roles)]
    options = ["-p", "replicates=0", "-p", "refits=0", "-p", "model=logistic", "--quiet"]
    assert main([*words, "--out", str(tmp_path / "m"), *options]) == 0
    words = ["score", str(tmp_path / "rows.csv"), "--model", str(tmp_path / "m"), "--quiet"]
    assert main([*words, "--out", str(tmp_path / "s.parquet")]) == 0
    made = pd.read_parquet(tmp_path / "s.parquet").merge(
        frame, left_on="record_id", right_on="case"
    )
    assert np.corrcoef(made["risk"], made["truth"])[0, 1] > 0.7
    capsys.readouterr()
    frame.head(0).to_csv(tmp_path / "none.csv", index=False)
    words = ["score", str(tmp_path / "none.csv"), "--model", str(tmp_path / "m")]
    assert main([*words, "--out", str(tmp_path / "none_scored.csv")]) == 0
    assert (tmp_path / "none_scored.csv").read_text() == ",".join(COLUMNS) + "\n"
    assert "card.html" in capsys.readouterr().out  # no standard, whose rules scores could keep


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["train", "--out", "m"], 2),
        (["train", "--standard", "62D", "--frame", "x.csv", "--roles", "r", "--out", "m"], 2),
        (["train", "--frame", "x.csv", "--out", "m"], 2),
        (["train", "--standard", "62D", "--out", "m", "-p", "colour=red"], 10),
        (["train", "--standard", "62D", "--out", "m", "-p", "model=oracle"], 10),
        (["train", "--standard", "62D", "--out", "m", "-p", "seed=-1"], 10),
        (["train", "--standard", "62D", "--out", "m"], 11),
        (["score", "x.csv", "--model", "nothing", "--out", "s.csv"], 11),
        (["score", "x.csv", "--model", "nothing", "--out", "s.txt"], 2),
        (["score", "x.csv", "--model", "nothing", "--out", "x.csv"], 2),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(words, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == code
    assert list(tmp_path.iterdir()) == []
