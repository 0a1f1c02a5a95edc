"""The fairness report finds a planted gap, keeps every group and lets out nobody."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from notebook_runs import rounded_counts, run_notebook, step, tables_of
from reading_grade import grade

pytestmark = pytest.mark.kernel

NAME = "05_fairness"
COUNTED = re.compile(
    r"n|events|others|above|below|rest|rest_above|rest_below|unknown|missed|caught|listed"
    r"|missed_events|gained|lost|missed_now|missed_after|found_now|found_after|judged"
    r"|caught_by_risk|unknown_above|unknown_rest"
)


def judged(people: int = 2500, seed: int = 4, shift: float = -1.2) -> pd.DataFrame:
    """Judged looks; the risks of Black patients are planted too low by `shift` log odds."""
    random = np.random.default_rng(seed)
    place = np.repeat(np.arange(people), 2)
    codes = np.array(["A", "H", "M", "Z", "99", None], dtype=object)
    code = codes[random.choice(6, people, p=(0.6, 0.15, 0.15, 0.04, 0.04, 0.02))]
    margin = random.normal(-1, 1.2, people)
    late = random.random(people) < expit(margin)
    told = margin + shift * (code == "M")
    decile = random.choice([*range(1, 11), np.nan], people)
    return pd.DataFrame(
        {
            "record_id": [f"rec{at:05d}secret" for at in place],
            "landmark_day": np.tile([0, 14], people),
            "person_id": [f"P{at:05d}secret" for at in place],
            "outcome": late.astype(int)[place],
            "risk": expit(told)[place],
            "ethnic_category": code[place],
            "sex": random.choice(["1", "2"], people)[place],
            "imd_decile": decile[place],
            "age_band_at_referral": random.choice(["50-59", "60-69", "70-79"], people)[place],
            "suspected": random.choice(["03", "08"], people)[place],
            "referral_route": "urgent_suspected_cancer",
            "provider": random.choice(["ZZ1", "ZZ2"], people)[place],
            "month": random.choice(["2025-01", "2025-02"], people)[place],
        }
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("fairness")
    (root / "store").mkdir()
    (root / "workbench.toml").write_text("synthetic = true\n", encoding="utf-8")
    judged().to_parquet(root / "store" / "judged_62d.parquet")
    return root


def run(place: Path, out: str, *words: str) -> int:
    return run_notebook(NAME, place, out, *words)


@pytest.fixture(scope="module")
def report(place: Path) -> Path:
    assert run(place, "whole") == 0
    return place / "whole"


def tables(report: Path) -> dict[str, pd.DataFrame]:
    return tables_of(report, NAME)


def test_the_planted_gap_is_what_the_first_section_says(report: Path) -> None:
    headline = step(report)["headline"]
    assert "Clearly missed more often: Black or Black British (+" in headline
    assert len(headline.split()) <= 80
    assert grade(headline) <= 9


def test_places_are_kept_for_the_group_that_was_planted(report: Path) -> None:
    found = tables(report)
    names = found["options_compared"]["option"].tolist()
    assert "Keep 10% of places for Black or Black British" in names
    moved = found["who_gains_and_who_loses"].replace("[c]", np.nan)
    black = moved[moved["group"] == "Black or Black British"]
    assert (black["change"].astype(float) < 0).all()


def test_every_part_of_the_question_has_its_table(report: Path) -> None:
    assert set(tables(report)) >= {
        "missed", "missed_by_group", "furthest_apart", "service", "quality_by_group",
        "not_known", "options", "options_compared", "missed_by_option", "drawn_by_lot",
        *(f"risks_by_{by}" for by in ("ethnicity", "sex", "deprivation")),
        "missed_by_ethnicity_and_sex", "missed_by_ethnicity_and_deprivation",
        "missed_by_sex_and_deprivation", "bounds_by_ethnicity", "bounds_by_deprivation",
    }  # fmt: skip


def test_who_is_not_known_has_a_row_wherever_groups_do(report: Path) -> None:
    found = tables(report)
    for name in ("missed_by_group", "service_by_group", "quality_by_group"):
        ethnic = found[name][found[name]["characteristic"] == "Ethnic group"]
        assert {"Not known", "Not stated"} <= set(ethnic["group"]), name
    assert {"Not known", "Not stated"} <= set(found["missed_by_option"]["group"])


def test_no_count_is_small_and_every_count_is_rounded(report: Path) -> None:
    assert rounded_counts(report, NAME, COUNTED) > 200


def test_nobody_leaves_by_any_file(report: Path) -> None:
    looked = 0
    for path in report.rglob("*"):
        if path.suffix in {".html", ".csv", ".ipynb", ".json"}:
            assert "secret" not in path.read_text(encoding="utf-8"), path.name
            looked += 1
    assert looked > 20


def test_each_picture_has_words_of_its_own(report: Path) -> None:
    page = (report / f"{NAME}.html").read_text(encoding="utf-8")
    alts = re.findall(r'alt="([^"]+)"', page)
    assert len(alts) >= 12
    assert len(set(alts)) == len(alts)


def test_checks_passed_and_the_page_says_synthetic(report: Path) -> None:
    facts = step(report)
    assert len(facts["checks"]) == 6
    assert all(check["passed"] for check in facts["checks"])
    assert "Synthetic data" in (report / f"{NAME}.html").read_text(encoding="utf-8")


def test_without_a_gap_no_group_is_named_and_no_place_is_kept(place: Path) -> None:
    held = place / "store" / "judged_62d.parquet"
    judged(seed=8, shift=0.0).to_parquet(held)
    try:
        assert run(place, "alike", "-p", "capacity=0.3") == 0
    finally:
        judged().to_parquet(held)
    headline = step(place / "alike")["headline"]
    assert "No group is clearly missed more often" in headline
    assert grade(headline) <= 9
    names = tables(place / "alike")["options_compared"]["option"]
    assert not names.str.startswith("Keep").any()


def test_few_late_waits_make_a_report_that_says_so(place: Path) -> None:
    """Of a short standard few wait, and whole groups come out alike."""
    frame = judged(people=200, seed=6)
    late = (frame["ethnic_category"] == "A") & (frame["sex"] == "1") & (frame["outcome"] == 1)
    frame.assign(outcome=late.astype(int)).to_parquet(place / "store" / "judged_31d.parquet")
    assert run(place, "few", "-p", "standard=31D") == 0
    headline = step(place / "few")["headline"]
    assert "31-day waits" in headline
    assert "cannot be judged" in headline or "No group can be judged" in headline
    groups = tables(place / "few")["missed_by_group"]["group"]
    assert {"Not known", "Not stated", "White"} <= set(groups)
