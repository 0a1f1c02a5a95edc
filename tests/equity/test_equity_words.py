"""The equity report's sentences, for who has no statistics and for who would misread them."""

from __future__ import annotations

import re
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from reading_grade import grade

from workbench.dictionary.groups import FIFTHS
from workbench.equity import headers, words, words_people
from workbench.equity import words_figures as captions
from workbench.equity.report_gaps import STATUSES
from workbench.equity.report_trusts import Funnel

REFERENCE = {
    "ethnicity": "White", "deprivation": FIFTHS[-1], "core20": "Rest", "sex": "Male",
    "age_band": "60-69", "ethnic_category": "British",
}  # fmt: skip
GROUPS = {
    "ethnicity": ["Asian or Asian British", "Black or Black British", "Mixed", "Not known"],
    "deprivation": list(FIFTHS[:4]), "core20": ["Core20", "Not known"],
    "sex": ["Female", "Indeterminate"], "age_band": ["0-15", "25-49", "80+"],
    "ethnic_category": ["White and Black Caribbean", "Not stated"],
}  # fmt: skip


def gap(
    by: str, group: str, at: float, q: float, half: float = 0.02, **more: Any
) -> dict[str, Any]:
    return {
        "characteristic": by, "group": group, "reference": REFERENCE[by], "gap": at,
        "lower": at - half, "upper": at + half, "p": q / 2, "q": q, "detectable": 1.4 * half,
        "outcome": STATUSES["ok"], "crude": at - 0.01, **more,
    }  # fmt: skip


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def test_groups_that_wait_longer_are_named_with_how_much_and_how_sure() -> None:
    text = words.headline(
        frame(
            gap("deprivation", FIFTHS[0], -0.028, 0.001, 0.014),
            gap("age_band", "80+", -0.05, 0.01, 0.03),
            gap("ethnicity", "Mixed", -0.2, 0.4, 0.3),
        ),
        "62D",
    )
    assert "People aged 80 or over: 5.0 fewer in 100 treated within 62 days" in text
    assert "People in the most deprived fifth of areas: 2.8 fewer in 100" in text
    assert "(1.4 to 4.2)" in text
    assert "mixed" not in text
    assert text.index("80 or over") < text.index("deprived")


def test_nothing_found_is_never_called_fair() -> None:
    text = words.headline(
        frame(gap("sex", "Female", -0.02, 0.5, 0.06), gap("core20", "Core20", 0.0, 0.9)), "FDS"
    )
    assert "We cannot say" in text
    assert "8.0 fewer to 4.0 more" in text
    assert "8.4 in 100 could stay hidden" in text
    assert "No clear gap does not mean no gap" in text
    assert not re.search(r"\bfair|no group waits|equal", text, re.IGNORECASE)


def test_an_interval_without_nought_that_is_one_of_many_is_not_claimed() -> None:
    text = words.headline(frame(gap("sex", "Female", -0.03, 0.2, 0.02)), "62D")
    assert "With so many groups compared, chance could do this." in text
    assert "1.0 to 5.0 fewer" in text


def test_only_unknown_or_too_few_says_that_nothing_is_known() -> None:
    unknown = gap("ethnicity", "Not known", -0.3, 0.001)
    few = gap("sex", "Female", np.nan, np.nan, outcome=STATUSES["too_few"])
    for table in (frame(unknown), frame(few), frame(unknown, few)):
        text = words.headline(table, "62D")
        assert "cannot compare" in text
        assert "30" not in text


def test_few_people_are_never_a_finding() -> None:
    few = gap("age_band", "0-15", -0.4, 0.001, outcome=STATUSES["few"])
    assert "We cannot say" in words.headline(frame(few), "62D")


def test_who_does_better_is_told_as_others_waiting_longer() -> None:
    text = words.headline(frame(gap("sex", "Female", 0.04, 0.001)), "31D")
    assert "so others wait longer" in text
    assert "Women: 4.0 more in 100 treated within 31 days than men" in text


def test_core20_is_not_told_twice_and_a_tie_is_settled_by_name() -> None:
    text = words.headline(
        frame(gap("core20", "Core20", -0.05, 0.001), gap("deprivation", FIFTHS[0], -0.04, 0.001)),
        "62D",
    )
    assert "Core20" not in text
    tied = [gap("sex", "Female", -0.04, 0.001), gap("ethnicity", "Mixed", -0.04, 0.001)]
    assert words.headline(frame(*tied), "62D") == words.headline(frame(*tied[::-1]), "62D")


def test_a_withheld_gap_is_in_no_sentence() -> None:
    shown = gap("sex", "Female", -0.04, 0.001)
    hidden = gap("ethnicity", "Mixed", np.nan, np.nan, outcome=STATUSES["ok"], detectable=np.nan)
    text = words.headline(frame(shown, hidden), "62D")
    assert "mixed" not in text
    assert "nan" not in text


def test_whom_the_report_is_narrowed_to_is_said_first() -> None:
    for table in (
        frame(gap("sex", "Female", -0.04, 0.001)),
        frame(gap("sex", "Female", -0.0, 0.9)),
    ):
        assert "found.** Lung, ZZ1 only. " in words.headline(table, "62D", "Lung, ZZ1")


shares = st.floats(-0.4, 0.4).map(lambda value: round(value, 3))
drawn = st.lists(
    st.tuples(
        st.sampled_from([(by, group) for by, groups in GROUPS.items() for group in groups]),
        st.one_of(shares, st.just(float("nan"))),
        st.floats(0, 1),
        st.floats(0.001, 0.4),
        st.sampled_from(list(STATUSES.values())),
    ),
    min_size=1, max_size=20, unique_by=lambda one: one[0],
)  # fmt: skip


@settings(max_examples=60)
@given(drawn, st.sampled_from(["FDS", "31D", "62D"]), st.sampled_from(["", "Skin, ZZ1, ZZ2"]))
def test_first_section_is_short_and_plain_whatever_was_found(
    rows: list[Any], standard: str, only: str
) -> None:
    table = frame(
        *(gap(by, group, at, q, half, outcome=told) for (by, group), at, q, half, told in rows)
    )
    text = words.headline(table, standard, only)
    assert words.length(text) <= words.MOST_WORDS
    assert grade(text) <= 9
    assert "nan" not in text.lower()
    assert all(f"**{part}.**" in text for part in ("What we found", "How sure"))
    for by, reference in REFERENCE.items():
        own = table[table["characteristic"] == by].assign(reference=reference)
        if len(own):
            caption = captions.gaps(own, by, standard, synthetic=False)
            assert 20 <= len(caption["alt"]) <= 250
            assert "nan" not in "".join(caption.values())


def test_every_group_has_a_name_that_stands_in_a_sentence() -> None:
    for by, groups in GROUPS.items():
        for group in (*groups, REFERENCE[by]):
            name = words.people(by, group)
            assert re.match(r"(people|patients|men|women|[A-Z][a-z]+ patients)", name), name
            assert not name.endswith((" or", ")"))


def test_a_gap_caption_says_what_could_be_missed_and_never_the_clear_ones_alone() -> None:
    quiet = frame(gap("sex", "Female", -0.01, 0.6, 0.03))
    caption = captions.gaps(quiet, "sex", "62D", synthetic=True)
    assert "not proof of none" in caption["title"]
    assert "smaller than 4.2 points could be missed" in caption["subtitle"]
    loud = captions.gaps(frame(gap("sex", "Female", -0.04, 0.001)), "sex", "62D", synthetic=False)
    assert loud["title"] == ("Of 100 women, 4.0 fewer are treated within 62 days than of like men")
    rows = [gap("age_band", g, -0.05, 0.001) for g in ("25-49", "80+")]
    both = captions.gaps(frame(*rows), "age_band", "FDS", synthetic=False)
    assert "2 of 2 groups are told within 28 days less often" in both["title"]


def test_sentence_of_a_split_adds_up_and_withheld_ones_say_so() -> None:
    table = pd.DataFrame(
        {"crude": [-0.07, np.nan, 0.0], "mix": [-0.03, 0.01, -0.02], "rest": [-0.04, np.nan, 0.02]}
    )
    told = captions.all_told(table)
    assert told[0] == (
        "As counted 7.0 fewer in 100; by cancer and route alone 3.0 fewer in 100; "
        "what is left 4.0 fewer in 100"
    )
    assert told[1] == "Not shown"
    assert told[2].startswith("As counted no gap; by cancer and route alone 2.0 fewer")


EMPTY = pd.DataFrame({"share": [np.nan], "lower": [np.nan], "upper": [np.nan], "group": ["White"],
                      "gap": [np.nan], "q": [np.nan], "ratio": [np.nan], "mix": [np.nan],
                      "crude": [np.nan], "mix_lower": [np.nan], "mix_upper": [np.nan],
                      "characteristic": ["ethnicity"], "signal": ["none"]})  # fmt: skip


def test_captions_of_nothing_say_that_there_is_too_little() -> None:
    slopes = pd.DataFrame({"measure": [], "estimate": [], "lower": [], "upper": []})
    made = [
        captions.reasons(EMPTY, synthetic=True),
        captions.gradient(EMPTY, slopes, "62D", synthetic=True),
        captions.over_time(EMPTY, "ethnicity", "White", "month", "62D", synthetic=True),
        captions.trusts(EMPTY, "62D", synthetic=True),
        captions.cells(EMPTY, "ethnicity", "sex", synthetic=True),
        words_people.represented(EMPTY, synthetic=True),
        words_people.linked(EMPTY, synthetic=True),
        words_people.heard(EMPTY, synthetic=True),
    ]
    for caption in made:
        assert re.search("[Tt]oo few", caption["title"])
        assert "nan" not in "".join(caption.values())
        assert 20 <= len(caption["alt"]) <= 250


def test_few_trusts_are_said_to_be_few() -> None:
    curve = pd.DataFrame({"denominator": [1.0], "lower": [0.0], "upper": [1.0]})
    few = captions.funnel(Funnel(curve, curve, 0.7, (), 3), "62D", synthetic=True)
    many = captions.funnel(Funnel(curve, curve, 0.7, ("A",), 60), "62D", synthetic=True)
    assert "can hardly say" in few["subtitle"]
    assert "can hardly say" not in many["subtitle"]
    assert many["title"] == "Of 60 Trusts, one stands out from how Trusts differ: higher"


def test_before_and_after_age_are_not_mixed_up() -> None:
    table = EMPTY.assign(ratio=0.5, lower=0.4, upper=0.6, group="Mixed")
    title = words_people.represented(table, synthetic=False)["title"]
    assert title.startswith("Before allowing for age, 50 of 100 expected patients of mixed")


@pytest.mark.parametrize(
    ("titles", "name", "look"),
    [
        (headers.GAPS, "gap_points", (1, None)), (headers.GAPS, "q", (3, None)),
        (headers.REPRESENTED, "upper", (0, True)), (headers.MEANS, "mean", (2, None)),
        (headers.HEARD, "asked_share", (1, True)), (headers.GRADIENT, "estimate", (1, None)),
    ],
)  # fmt: skip
def test_points_are_never_shown_as_per_cent(
    titles: dict[str, str], name: str, look: tuple[int, bool | None]
) -> None:
    assert headers.looks(titles)[name][1:3] == look


def test_points_carry_points_in_their_header() -> None:
    for titles, name in product((headers.GAPS, headers.TRUSTS, headers.CELLS), ("gap_points",)):
        assert "points" in titles[name]


def test_further_clear_gaps_are_told_with_their_direction() -> None:
    rows = [gap("age_band", group, -0.05, 0.001) for group in ("0-15", "25-49", "80+")]
    rows += [gap("sex", "Female", 0.03, 0.001), gap("ethnicity", "Mixed", 0.04, 0.001)]
    text = words.headline(frame(*rows), "62D")
    assert text.count("more in 100") + text.count("fewer in 100") == 1
    assert "Two more wait longer, two more wait less." in text
    one = words.headline(frame(*rows[:2]), "62D")
    assert "One more waits longer." in one
    assert "stand" not in text + one


def test_captions_say_which_way_groups_cells_and_trusts_stand_out() -> None:
    rows = [gap("age_band", "0-15", -0.05, 0.001), gap("age_band", "80+", 0.05, 0.001)]
    title = captions.gaps(frame(*rows), "age_band", "31D", synthetic=False)["title"]
    assert "1 of 2 groups are treated within 31 days less often and 1 more often" in title
    cells = pd.DataFrame({"gap": [-0.1, 0.1, 0.2], "lower": [-0.2, 0.05, 0.1],
                          "upper": [-0.05, 0.2, 0.3]})  # fmt: skip
    title = captions.cells(cells, "ethnicity", "sex", synthetic=False)["title"]
    assert title.endswith("1 with fewer in time and 2 with more in time")
    trusts = pd.DataFrame({"gap": [-0.1, -0.1, 0.0], "q": [0.01, 0.01, 0.9]})
    title = captions.trusts(trusts, "62D", synthetic=False)["title"]
    assert "2 of 3 would still differ by more than chance, with fewer in time" in title
    points = pd.DataFrame({"signal": ["outside", "run", "none"], "share": [0.2, 0.9, 0.6],
                           "centre": 0.6})  # fmt: skip
    held = pd.concat([points] * 6, ignore_index=True)
    title = captions.over_time(held, "sex", "Female", "month", "62D", synthetic=False)["title"]
    assert title.endswith("12 stand out from usual swings: 6 low and 6 high")
