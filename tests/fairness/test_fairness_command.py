"""`workbench fairness` for someone who has a file of scores and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from fairness_cases import scored

from workbench.cli.main import main

if TYPE_CHECKING:
    from playwright.sync_api import Browser

METRICS = ["characteristic", "group", "metric", "n", "events", "estimate", "lower", "upper",
           "status"]  # fmt: skip
GAPS = ["characteristic", "group", "metric", "difference", "lower", "upper", "p", "q", "status"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with scores in it: 5 people of one group, some of none."""
    folder = tmp_path_factory.mktemp("newcomer")
    frame = scored(1_200, 3, black=1.0)
    frame.loc[:4, "ethnicity"] = "Arab"
    frame.loc[5:120, "ethnicity"] = None
    frame.drop(columns="imd_quintile").to_csv(folder / "scores.csv", index=False)
    return folder


def run(place: Path, *more: str, out: str = "fair") -> int:
    return main(
        ["fairness", str(place / "scores.csv"), "--outcome", "outcome", "--score", "risk",
         "--groups", "ethnicity,sex", "--replicates", "60", "--workspace", str(place),
         "--out", str(place / out), *more]
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(place: Path) -> Path:
    assert run(place, "--site", "provider") == 0
    return place / "fair"


def table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_files_have_the_columns_that_are_promised(made: Path) -> None:
    metrics, gaps = table(made / "metrics.csv"), table(made / "gaps.csv")
    assert list(metrics) == METRICS
    assert list(gaps) == GAPS
    for held in (metrics, gaps):
        keys = list(held[["characteristic", "group", "metric"]].itertuples(index=False, name=None))
        assert keys == sorted(keys)
        assert len(set(keys)) == len(keys)
    assert "ethnicity x sex" in set(gaps["characteristic"])


def test_small_groups_are_masked_and_keep_their_rows(made: Path) -> None:
    metrics, gaps = table(made / "metrics.csv"), table(made / "gaps.csv")
    arab = metrics[(metrics["group"] == "Arab") & (metrics["metric"] == "fnr")].iloc[0]
    assert (arab["n"], arab["estimate"], arab["status"]) == ("[c]", "[c]", "withheld")
    assert (gaps.loc[gaps["group"] == "Arab", "difference"].isin(["[c]", ""])).all()
    assert "Not known" in set(metrics["group"])
    shown = metrics.loc[~metrics["n"].isin(["[c]"]), "n"].astype(int)
    assert (shown % 5 == 0).all()
    assert ((shown == 0) | (shown >= 10)).all()


def test_rates_are_those_of_the_counts_that_are_shown(made: Path) -> None:
    held = table(made / "tables" / "missed_events.csv")
    rows = held[(held["status"] == "ok") & (held["numerator"] != "[c]")]
    share = rows["numerator"].astype(float) / rows["denominator"].astype(float)
    assert (share - rows["estimate"].astype(float)).abs().max() <= 0.0005
    assert len(rows) > 4


def test_page_stands_alone(made: Path) -> None:
    text = (made / "report.html").read_text(encoding="utf-8")
    fetched = re.findall(r"(?:src|href)=\"(?!data:|#)([^\"]+)\"", text)
    assert fetched
    assert all((made / one).is_file() for one in fetched)
    assert "<script" not in text
    assert "://" not in re.sub(r"data:[^\"]+", "", text)
    assert "NOT DISCLOSURE CONTROLLED" not in text
    assert "[c] withheld so that no one can be recognised" in text
    assert str(made.parent) not in text
    assert text.index("<img") < text.index("<table")


def test_same_scores_give_the_same_bytes(made: Path, place: Path) -> None:
    assert run(place, "--site", "provider", "--quiet", out="again/fair") == 0
    for path in sorted(made.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (place / "again/fair" / path.relative_to(made)).read_bytes()


def test_uncontrolled_figures_are_stamped_and_exact(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, "--profile", "none", "--threshold", "0.4", "--json", out="own") == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["profile"], facts["threshold"], facts["capacity"]) == ("none", 0.4, None)
    text = (place / "own" / "report.html").read_text(encoding="utf-8")
    assert "NOT DISCLOSURE CONTROLLED" in text
    metrics = table(place / "own" / "metrics.csv").set_index(["group", "metric"])
    assert metrics.loc[("Arab", "fnr"), "n"] == "5"
    scores = pd.read_csv(place / "scores.csv")
    held = scores[(scores["sex"] == 1) & (scores["outcome"] == 1)]
    assert float(metrics.loc[("1", "fnr"), "estimate"]) == (held["risk"] < 0.4).mean()


def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = place / "wrong.csv"
    wrong.write_text("y,p,sex\n1,high,1\n0,0.2,2\n", encoding="utf-8")
    said = ["fairness", str(wrong), "--score", "p", "--groups", "sex", "--out",
            str(place / "no"), "--workspace", str(place)]  # fmt: skip
    assert main([*said, "--outcome", "happened"]) == 11
    assert "column 'happened' is missing" in capsys.readouterr().err
    assert main([*said, "--outcome", "y"]) == 11
    told = capsys.readouterr().err
    assert "no number in 1 rows" in told
    assert "high" not in told
    assert main([*said, "--outcome", "y", "--capacity", "20"]) == 2
    with pytest.raises(SystemExit) as ended:
        main([*said, "--outcome", "y", "--capacity", ".2", "--threshold", ".5"])
    assert ended.value.code == 2
    assert not (place / "no").exists()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_page_is_accessible_and_fits_a_phone(made: Path, chromium: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        page = browser.new_context(
            bypass_csp=True, viewport={"width": width, "height": 900}
        ).new_page()
        page.goto((made / "report.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(page).response
        assert len(found["passes"]) > 10
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
        browser.close()


@pytest.mark.real_data
def test_diabetes_scores_of_a_newcomer_give_a_report(real_data: Path, tmp_path: Path) -> None:
    from sklearn.linear_model import LogisticRegression

    frame = pd.read_csv(
        real_data / "fairness" / "diabetes130_raw.csv.gz", dtype=str, keep_default_na=False
    ).head(6_000)
    used = ["number_inpatient", "number_emergency", "number_diagnoses", "time_in_hospital"]
    x = frame[used].astype(float).to_numpy()
    y = (frame["readmitted"] == "<30").astype(int)
    risk = (
        LogisticRegression(max_iter=500)
        .fit(x / x.max(axis=0), y)
        .predict_proba(x / x.max(axis=0))[:, 1]
    )
    frame[["race", "gender"]].assign(y=y, p=risk, patient=frame["patient_nbr"]).to_csv(
        tmp_path / "scores.csv", index=False
    )
    code = main(
        ["fairness", str(tmp_path / "scores.csv"), "--outcome", "y", "--score", "p", "--groups",
         "race,gender", "--cluster", "patient", "--replicates", "60", "--out",
         str(tmp_path / "fair"), "--workspace", str(tmp_path), "--quiet"]
    )  # fmt: skip
    assert code == 0
    metrics = table(tmp_path / "fair" / "metrics.csv")
    assert "?" in set(metrics.loc[metrics["characteristic"] == "race", "group"])
    bounds = table(tmp_path / "fair" / "tables" / "bounds.csv")
    assert set(bounds["characteristic"]) == {"race"}


def test_few_people_behind_many_rows_are_withheld(place: Path) -> None:
    frame = scored(1_600, 8).assign(person=lambda one: one.index // 8)
    frame.loc[:39, "ethnicity"] = "Arab"
    frame.to_parquet(place / "looks.parquet")
    code = main(
        ["fairness", str(place / "looks.parquet"), "--outcome", "outcome", "--score", "risk",
         "--groups", "ethnicity", "--cluster", "person", "--replicates", "40", "--quiet",
         "--workspace", str(place), "--out", str(place / "looks")]
    )  # fmt: skip
    assert code == 0
    metrics = table(place / "looks" / "metrics.csv")
    rows = metrics[metrics["group"] == "Arab"]
    assert len(rows) == 8
    assert set(rows["status"]) == {"withheld"}
    assert set(rows["estimate"]) == {"[c]"}


def test_equal_scores_go_by_id_alike_in_csv_and_parquet(tmp_path: Path) -> None:
    frame = scored(600, 5).assign(risk=0.3, id=range(600)).drop(columns="record_id")
    frame.to_csv(tmp_path / "scores.csv", index=False)
    frame.to_parquet(tmp_path / "scores.parquet", index=False)
    for kind in ("csv", "parquet"):
        words = ["fairness", str(tmp_path / f"scores.{kind}"), "--outcome", "outcome", "--score"]
        words += ["risk", "--groups", "ethnicity", "--replicates", "20", "--cluster", "person"]
        words += ["--workspace", str(tmp_path), "--out", str(tmp_path / kind), "--quiet"]
        assert main(words) == 0
    for name in ("metrics.csv", "gaps.csv"):
        assert (tmp_path / "csv" / name).read_bytes() == (tmp_path / "parquet" / name).read_bytes()


def test_one_group_alone_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scored(300, 5).assign(sex="1").to_csv(tmp_path / "scores.csv", index=False)
    assert run(tmp_path, "--groups", "sex") == 11
    assert "column 'sex' holds one group" in capsys.readouterr().err
    assert not (tmp_path / "fair").exists()
