"""Words are short, plain, true of what is shown, and silent on what is withheld."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from workbench import quality
from workbench.disclosure import Share, release
from workbench.quality import words


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    return max(groups - (word.endswith("e") and not word.endswith("le") and groups > 1), 1)


def grade(markdown: str) -> float:
    """Flesch-Kincaid grade of some words."""
    text = re.sub(r"(?<=\d)[.,](?=\d)", "", markdown.replace("*", ""))
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    said = re.findall(r"[A-Za-z0-9%'-]+", text)
    total = sum(syllables(word) for word in said)
    return 0.39 * len(said) / sentences + 11.8 * total / len(said) - 15.59


def measured(made: Any, by: str) -> pd.DataFrame:
    return release(
        quality.measured(made.ended, made.plan, by),
        keys=["standard", "title", by],
        counts=["waits", "measured", "lost", "missing", "wrong_dates", "other"],
        shares={"share": Share("measured", "waits", "lower", "upper")},
        profile="nhs_round5",
    ).frame


def mending(made: Any) -> pd.DataFrame:
    return release(
        quality.mend_first(made.ended, made.cohort, made.plan),
        keys=["trust", "item"],
        counts=["records", "gained", "for_standards", "for_equity"],
        shares={"share": Share("gained", "records", "lower", "upper")},
        profile="nhs_round5",
    ).frame


def headline(made: Any) -> str:
    checks = quality.agreement(made.cohort, made.waits, made.ended, made.plan)
    return words.headline(measured(made, "region"), measured(made, "trust"), mending(made), checks)


def test_headline_is_short_plain_and_complete(made: Any) -> None:
    text = headline(made)
    assert len(text.split()) <= 80
    assert grade(text) <= 9
    for part in ("**What we found.**", "**How sure.**", "**What not to conclude.**"):
        assert part in text


def test_headline_names_the_trust_that_loses_most(made: Any) -> None:
    shown = measured(made, "trust")
    worst = quality.of_standard(shown, "62D").set_index("trust")["share"]
    assert worst.idxmin() == "RBB"
    assert f"RBB, with {words.percent(worst['RBB'])}" in headline(made)


def test_headline_says_when_a_check_failed(made: Any) -> None:
    checks = pd.DataFrame({"check": ["a"], "passed": [False], "detail": ["1"]})
    text = words.headline(measured(made, "region"), measured(made, "trust"), mending(made), checks)
    assert "do not agree" in text


def test_withheld_figures_are_in_no_sentence(made: Any) -> None:
    hidden = ["share", "lower", "upper", "gained"]
    trusts, region, mend = (
        frame.assign(**{name: float("nan") for name in hidden if name in frame})
        for frame in (measured(made, "trust"), measured(made, "region"), mending(made))
    )
    checks = pd.DataFrame({"check": ["a"], "passed": [True], "detail": ["0"]})
    said = words.headline(region, trusts, mend, checks)
    captions = [
        words.measured(trusts, "Told within 28 days", True),
        words.mend(mend, "RAA", True),
        words.by_group(trusts.rename(columns={"trust": "group"}), "Gender", True),
    ]
    for text in (said, *(part for caption in captions for part in caption.values())):
        assert "nan" not in text.lower()
        assert not re.search(r"\d\.\d%", text)


@pytest.mark.parametrize("standard", ["FDS", "31D", "62D"])
def test_captions_state_a_finding_and_differ_from_the_alt(made: Any, standard: str) -> None:
    shown = quality.of_standard(measured(made, "trust"), standard)
    caption = words.measured(shown, made.plan.title(standard), False)
    assert "RBB loses the most" in caption["title"]
    assert caption["alt"] != caption["title"]
    assert 20 <= len(caption["alt"]) <= 250


def test_no_group_is_said_to_lose_more_where_intervals_meet(made: Any) -> None:
    same = pd.DataFrame(
        {"group": ["a", "b"], "share": [0.5, 0.52], "lower": [0.45, 0.47], "upper": [0.55, 0.57]}
    )
    apart = same.assign(share=[0.5, 0.7], lower=[0.45, 0.65], upper=[0.55, 0.75])
    assert "no group clearly" in words.by_group(same, "Gender", False)["title"]
    assert "more waits are lost" in words.by_group(apart, "Gender", False)["title"]


def test_a_characteristic_known_for_no_one_is_said_so() -> None:
    unknown = pd.DataFrame(
        {"group": [quality.NOT_KNOWN], "share": [0.5], "lower": [0.45], "upper": [0.55]}
    )
    caption = words.by_group(unknown, "Deprivation of area", False)
    assert caption["title"] == "Deprivation of area: known for no one"
    assert len(caption["alt"]) >= 20
