"""The headline is short, plain, and true of the figures that it is built from."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from published_files import MONTHS

from workbench.published import (
    Publication,
    as_checks,
    by_cancer_type,
    compare_trusts,
    control_charts,
    england_by_month,
    read,
    reconcile,
    waits_in_four,
    words,
)


def syllables(word: str) -> int:
    """Count groups of vowels, a silent last e apart: what reading-grade tools do."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith("le") and groups > 1:
        groups -= 1
    return max(groups, 1)


def grade(markdown: str) -> float:
    """Flesch-Kincaid grade of some words."""
    text = re.sub(r"(?<=\d)[.,](?=\d)", "", markdown.replace("*", ""))
    sentences = len(re.findall(r"[.!?](?:\s|$)", text))
    said = re.findall(r"[A-Za-z0-9%'-]+", text)
    total = sum(syllables(word) for word in said)
    return 0.39 * len(said) / sentences + 11.8 * total / len(said) - 15.59


def headline_of(publication: Publication, target: float | None = 0.85) -> str:
    england = england_by_month(publication)
    checks = as_checks(reconcile(publication))
    return words.headline(publication, england, control_charts(england, []), target, checks)


def test_grade_of_known_sentences() -> None:
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45, abs=0.01)
    assert grade("Considerable organisational heterogeneity notwithstanding.") > 20


def test_headline_is_short_and_plain(publication: Publication) -> None:
    text = headline_of(publication)
    assert len(text.split()) <= 80
    assert grade(text) <= 9


def test_headline_says_what_was_found(publication: Publication) -> None:
    england = england_by_month(publication)
    last = england[(england["standard"] == "62D") & (england["month"] == MONTHS[-1])]
    text = headline_of(publication)
    assert f"{100 * last['share'].item():.1f}% of patients" in text
    assert "in February 2025" in text
    assert "In this made-up set" in text
    assert "The standard is 85%. It was met in none of the 3 months shown." in text
    for part in ("What we found.", "How sure.", "What not to conclude."):
        assert f"**{part}**" in text


@pytest.mark.parametrize(
    ("target", "said"),
    [(0.01, "met in all of the 3 months"), (0.99, "met in none of the 3 months")],
)
def test_headline_counts_the_months_that_met_the_standard(
    publication: Publication, target: float, said: str
) -> None:
    assert said in headline_of(publication, target)


def test_headline_without_a_standard_says_nothing_of_it(publication: Publication) -> None:
    assert "standard" not in headline_of(publication, None)


def test_headline_tells_of_sums_that_fail(publication: Publication) -> None:
    england = england_by_month(publication)
    failed = pd.DataFrame({"check": ["sums"], "passed": [False], "detail": ["1 wrong"]})
    text = words.headline(publication, england, [], 0.85, failed)
    assert "Some sums do not add up, or could not be checked." in text
    assert "One month alone shows no trend." in text


def with_last(publication: Publication, share: float, months: int = 18) -> str:
    """Headline of a steady series that ends on `share`."""
    names = [f"{2024 + i // 12}-{i % 12 + 1:02}" for i in range(months)]
    shares = [0.60 + 0.01 * (i % 2) for i in range(months - 1)] + [share]
    england = pd.DataFrame({"month": names, "standard": "62D", "total": 1000.0, "share": shares})
    england["within"] = england["share"] * 1000
    passed = pd.DataFrame({"check": ["sums"], "passed": [True], "detail": [""]})
    return words.headline(publication, england, control_charts(england, []), 0.85, passed)


def test_headline_tells_a_swing_from_a_signal(publication: Publication) -> None:
    assert "rose 1.0 points in a month. It is still in its usual range." in with_last(
        publication, 0.61
    )
    assert "rose 20.0 points in a month. It is above its usual range." in with_last(
        publication, 0.80
    )
    assert "fell 20.0 points in a month. It is below its usual range." in with_last(
        publication, 0.40
    )
    assert "did not change in a month" in with_last(publication, 0.60)


def test_words_of_every_chart_are_fit_for_a_page(publication: Publication) -> None:
    england = england_by_month(publication)
    types = by_cancer_type(publication, "62D", MONTHS)
    captions = [
        words.trend(publication, england),
        *(words.control(publication, chart) for chart in control_charts(england, [])),
        words.funnel(publication, compare_trusts(publication, "62D", MONTHS, 10)),
        words.groups(publication, types, "cancer_type", MONTHS),
        words.waits(publication, waits_in_four(publication, MONTHS)),
    ]
    for caption in captions:
        assert 20 <= len(caption["alt"]) <= 250
        assert caption["alt"] != caption["title"]
        assert len(caption["title"]) <= 120
        assert "made-up" in caption["source"]
    assert len({caption["alt"] for caption in captions}) == len(captions)


def test_headline_of_one_month_alone(folder: Path) -> None:
    alone = read(folder)
    assert "The standard is 85%. It was not met." in headline_of(alone)
    assert "The standard is 1%. It was met." in headline_of(alone, 0.01)
    assert "One month alone shows no trend." in headline_of(alone)
    assert grade(headline_of(alone)) <= 9
