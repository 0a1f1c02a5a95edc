"""Words of the report on a model: short, plain, true of the figures, silent on withheld ones."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_maker import held, measures, tables

sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from reading_grade import grade

from workbench.breach import report
from workbench.breach.report import Held, captions, words

ratio = st.floats(0.2, 5)


def parts(one: Held) -> dict[str, pd.DataFrame]:
    sites = report.by_site(one)
    waits = report.waits(one)
    return {
        "cohort": report.cohort(one),
        "models": report.compared(one),
        "caught": report.captured(one),
        "days": report.by_landmark(one),
        "sites": sites.assign(trust=sites["provider"]),
        "months": report.by_month(one),
        "benefit": report.benefit(one),
        "learning": report.learning(one),
        "calibration": report.calibration(one),
        "waits": waits.assign(share=waits["people"] / waits["clocks"]),
    }


def withheld(table: pd.DataFrame) -> pd.DataFrame:
    """The table as it is where every number is withheld."""
    numbers = table.select_dtypes("number").columns
    return table.assign(**dict.fromkeys(numbers, np.nan))


def every_caption(one: Held, shown: dict[str, pd.DataFrame]) -> list[Any]:
    return [
        captions.cohort(one, shown["cohort"]),
        captions.calibration(one, shown["calibration"], shown["models"]),
        captions.days(one, shown["days"]),
        captions.sites(one, shown["sites"]),
        captions.months(one, shown["months"]),
        captions.captured(one, shown["caught"]),
        captions.benefit(one, shown["benefit"]),
        captions.learning(one, shown["learning"]),
        captions.waits(one, shown["waits"]),
    ]


def headline(one: Held, shown: dict[str, pd.DataFrame] | None = None) -> str:
    told = shown or parts(one)
    return words.headline(one, told["models"], told["caught"], told["sites"])


@settings(max_examples=12, deadline=None)
@given(ratio, st.floats(0, 2), st.sampled_from([date(2025, 1, 31), date(2025, 9, 30), None]))
def test_headline_is_short_and_plain_whatever_the_figures(
    level: float, wide: float, expires: date | None
) -> None:
    text = headline(held({"measures": measures(level, wide)}, expires=expires))
    assert len(text.split()) <= 80
    assert grade(text) <= 9
    assert "nan" not in text


@settings(max_examples=12, deadline=None)
@given(ratio, st.floats(0, 2))
def test_alternative_texts_and_titles_are_fit_whatever_the_figures(
    level: float, wide: float
) -> None:
    one = held({"measures": measures(level, wide)})
    for caption in every_caption(one, parts(one)):
        assert 20 <= len(caption["alt"]) <= 250
        assert caption["alt"] != caption["title"]
        assert "nan" not in " ".join(caption.values())


def test_what_is_withheld_is_in_no_sentence() -> None:
    one = held()
    hidden = {name: withheld(table) for name, table in parts(one).items()}
    told = [headline(one, hidden), *(" ".join(c.values()) for c in every_caption(one, hidden))]
    for text in told:
        assert "nan" not in text
    assert not re.search(r"\d", headline(one, hidden).split("**How sure.**")[0])
    signs = report.signs(
        one, *(hidden[name] for name in ("days", "sites", "months", "models", "caught"))
    )
    assert set(signs["reached"][:7]) == {"Not known"}
    assert "nan" not in signs.to_string()


@pytest.mark.parametrize(
    ("level", "wide", "told"),
    [(1.02, 0.05, "102 came (97 to 107)."), (1.2, 0.05, "too far off"), (1.12, 0.05, "perhaps")],
)
def test_headline_warns_where_the_level_is_off(level: float, wide: float, told: str) -> None:
    text = headline(held({"measures": measures(level, wide)}))
    assert told in text
    assert ("perhaps" in text) == (told == "perhaps")


def test_headline_tells_how_it_did_where_it_had_not_learnt() -> None:
    assert "At a Trust new to it, 99 to 130." in headline(held())


def test_headline_claims_no_gain_over_the_longest_waiters_that_is_not_clear() -> None:
    assert "no clear gain" not in headline(held())
    even = tables()["capture"].assign(lower=0.0, upper=1.0)
    assert "no clear gain" in headline(held({"capture": even}))


def test_headline_says_when_to_train_again_and_when_it_is_too_late() -> None:
    assert "Train it again by 30 September 2025." in headline(held())
    assert "out of date" in headline(held(expires=date(2025, 3, 31)))


def test_a_title_says_no_more_than_its_picture() -> None:
    fine, off = held(), held({"measures": measures(1.3, 0.1)})
    assert captions.days(fine, parts(fine)["days"])["title"].startswith("About as many")
    assert "more late than predicted" in captions.days(off, parts(off)["days"])["title"]
    doubt = held({"measures": measures(1.12, 0.1)})
    assert "perhaps more late" in captions.days(doubt, parts(doubt)["days"])["title"]
    assert "ZZ1: more late" in captions.sites(fine, parts(fine)["sites"])["title"]
    slow = tables()["decision_curve"].assign(model=[0.08, 0.01, 0.0])
    worse = held({"decision_curve": slow})
    assert "at 1 of 2" in captions.benefit(worse, parts(worse)["benefit"])["title"]


def test_what_more_patients_bring_is_told_as_a_difference() -> None:
    one = held()
    shown = report.learning(one)
    assert captions.learning(one, shown)["title"].startswith(
        "From 40% of the patients to all: +1.0"
    )
    worse = shown.assign(auc=[80.0, 79.0, 78.5])
    assert ": -0.5 pairs" in captions.learning(one, worse)["title"]


def signs(one: Held) -> pd.Series[str]:
    told = parts(one)
    table = report.signs(
        one, *(told[name] for name in ("days", "sites", "months", "models", "caught"))
    )
    return table.set_index("sign")["reached"]


def test_signs_are_reached_only_where_the_whole_interval_is_beyond() -> None:
    now = signs(held())
    assert now["All looks: late waits for 100 predicted"] == "No"
    assert now["At the worst Trust that it had not seen"] == "Yes"
    assert now["The day on which it expires"] == "No"
    doubt = signs(held({"measures": measures(1.12, 0.05)}, expires=date(2025, 3, 1)))
    assert doubt["All looks: late waits for 100 predicted"] == "Perhaps"
    assert doubt["The day on which it expires"] == "Yes"


def test_signs_know_a_model_that_is_no_better_than_the_longest_waiters() -> None:
    table = tables()["capture"]
    lost = table.assign(captured=table["captured"].where(table["model"] != "boosting", 0.1))
    lost["upper"] = lost["captured"] + 0.01
    lost["lower"] = lost["captured"] - 0.01
    assert signs(held({"capture": lost})).filter(like="longest").tolist() == ["Yes"]


def test_caption_of_the_signs_counts_them() -> None:
    table = pd.DataFrame({"reached": ["No", "Yes", "Perhaps", "No"]})
    assert words.signs_caption(table) == "Of 4 signs, reached: 1; perhaps: 1"
    assert words.signs_caption(table[:1]) == "None of 1 signs is reached"


def test_made_up_models_are_said_to_be_so_in_a_real_workspace() -> None:
    assert words.made_up(held(), synthetic=False)
    assert not words.made_up(held(), synthetic=True)
    assert not words.made_up(held(synthetic=False), synthetic=False)
    assert "made-up" in captions.waits(held(), parts(held())["waits"])["source"]
    real = held(synthetic=False)
    assert "made-up" not in captions.waits(real, parts(real)["waits"])["source"]
