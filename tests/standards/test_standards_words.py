"""The headline is short and plain, and every word about a figure is of what may be shown."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_grade import grade

from workbench.dictionary import load
from workbench.standards import captions, words

DICTIONARY = load()
MONTHS = ("2025-02", "2025-03")


def months(share: float | None, standard: str = "62D", low: float = 0.5) -> pd.DataFrame:
    rows = [(standard, month, share, low, 0.9, "85%") for month in MONTHS]
    return pd.DataFrame(rows, columns=["standard", "month", "share", "lower", "upper", "goal"])


def waiting(over: float | None, long: float | None) -> pd.DataFrame:
    row = {"provider": ["All Trusts"], "over_62": [over], "over_104": [long]}
    return pd.DataFrame(row).astype({"over_62": "Int64", "over_104": "Int64"})


def headline(shown: pd.DataFrame, backlog: pd.DataFrame, group: str = "") -> str:
    return words.headline(shown, backlog, group, DICTIONARY)


def test_headline_says_what_was_found() -> None:
    text = headline(months(0.725), waiting(1240, 85))
    assert "In March 2025, 72.5% of patients began treatment within 62 days." in text
    assert "The standard is 85%." in text
    assert "1,240 people still waited after 62 days, 85 of them after 104." in text
    assert "Allowing for chance, it is 50.0% to 90.0%." in text
    for part in ("What we found.", "How sure.", "What not to conclude."):
        assert f"**{part}**" in text


count = st.none() | st.integers(0, 500_000)


@given(
    share=st.none() | st.floats(0, 1),
    standard=st.sampled_from(["FDS", "31D", "62D"]),
    over=count,
    long=count,
    group=st.sampled_from(["", "lung", "upper_gi_oesophagus_stomach", "brain_cns"]),
)
def test_headline_is_short_and_plain_whatever_was_found(
    share: float | None, standard: str, over: int | None, long: int | None, group: str
) -> None:
    text = headline(months(share, standard), waiting(over, long), group)
    assert len(text.split()) <= 80
    if not group:  # the names of cancers are long words that nobody can do without
        assert grade(text) <= 9
    assert "nan" not in text.lower()
    assert "<NA>" not in text


def test_headline_hides_what_is_withheld() -> None:
    text = headline(months(None), waiting(None, None))
    assert "too few patients to show a share" in text
    assert "Very few people still waited after 62 days." in text
    assert "very few of them after 104" in headline(months(0.7), waiting(20, None))
    assert "none of them after 104" in headline(months(0.7), waiting(20, 0))


def test_headline_tells_of_62_days_first() -> None:
    both = pd.concat([months(0.1, "FDS"), months(0.2, "31D")])
    assert "20.0% of treatments began within 31 days" in headline(both, waiting(0, 0))


def groups(*shares: float | None) -> pd.DataFrame:
    rows = [(f"G{i}", share) for i, share in enumerate(shares)]
    return pd.DataFrame(rows, columns=["trust", "share"]).astype({"share": "Float64"})


@pytest.mark.parametrize("shares", [(0.5, 0.7), (0.5,), (None,), (None, 0.4), ()])
def test_captions_are_fit_for_a_page(shares: tuple[float | None, ...]) -> None:
    shown = groups(*shares)
    reasons = shown.rename(columns={"trust": "reason"})
    every = [
        captions.groups(shown, "trust", "62D", MONTHS),
        captions.handover(shown, 38),
        captions.reasons(reasons, "31D"),
        captions.trend(months(shares[0] if shares else 0.3)),
    ]
    for caption in every:
        assert 20 <= len(caption["alt"]) <= 250
        assert caption["alt"] != caption["title"]
        assert len(caption["title"]) <= 120
        assert "nan" not in (caption["title"] + caption["alt"]).lower()


def test_backlog_caption_counts_only_what_is_shown() -> None:
    spans = pd.DataFrame({"trust": ["A", "A"], "band": ["short", "long"]})
    said = captions.backlog(spans, waiting(None, None), dt.date(2025, 3, 31))
    assert said["title"] == "Over 62 days on 31 March 2025: too few to show open pathways"


def test_trusts_have_names_where_the_lookup_has_them() -> None:
    trusts = pd.DataFrame({"trust_code": ["RAA"], "name": ["NORTH OF THE WOLD NHS TRUST"]})
    table = words.with_trusts(pd.DataFrame({"provider": ["RAA", "RZZ", "All Trusts"]}), trusts)
    assert table["trust"].tolist() == ["North of The Wold (RAA)", "RZZ", "All Trusts"]


def test_ways_of_counting_are_told_by_the_widest_move() -> None:
    names = [f"share_{way}" for way in words.METHODS]
    table = pd.DataFrame([[0.7, 0.72, 0.69], [0.5, 0.5, 0.5]], columns=names)
    assert "up to 3.0 points" in words.moved(table)
    assert "Too few" in words.moved(table.assign(**dict.fromkeys(names, pd.NA)))
