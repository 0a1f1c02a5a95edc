"""Tables and words of the report on fairness: nothing withheld is said, nobody is left out."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_fairness_mitigation import looks

sys.path.insert(0, str(Path(__file__).parents[1] / "standards"))

from reading_grade import grade

import workbench as wb
from workbench.charts.chart import ALT_LENGTH
from workbench.dictionary.groups import COLUMNS
from workbench.disclosure import Released, Share, release
from workbench.errors import InputError
from workbench.fairness import (
    captions,
    report_checks,
    report_groups,
    report_headers,
    report_options,
    report_tables,
    report_words,
    words,
)
from workbench.fairness.assessment import Assessment
from workbench.fairness.estimates import STATUSES
from workbench.fairness.mitigation import Mitigation, options
from workbench.fairness.mitigation_research import research

KEYS = ["characteristic", "group", "status"]
GIVEN = {"group": "group", "id": "look", "cluster": "person"}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    made = looks(people=2500, shift=-1.2)
    return made.assign(sex=np.where(np.arange(len(made)) // 2 % 2, "Female", "Male"))


@pytest.fixture(scope="module")
def found(frame: pd.DataFrame) -> Assessment:
    return wb.fairness.assess(
        frame, "late", groups=["group", "sex"], cluster="person", id="look", replicates=200
    )


@pytest.fixture(scope="module")
def tried(frame: pd.DataFrame) -> Mitigation:
    return options(frame, "late", **GIVEN)


def gaps(found: Assessment, profile: str = "nhs_round5") -> Released:
    table, counts = report_tables.missed_gaps(found), report_tables.GAP_COUNTS
    seen = release(table[[*KEYS, *counts]], keys=KEYS, counts=counts, profile=profile).frame
    moved = report_tables.as_shown(
        table, seen, ["difference", "lower", "upper"], ("above", "below"),
        ("rest_above", "rest_below"),
    )  # fmt: skip
    return release(moved, keys=KEYS, counts=counts, not_people=report_tables.GAPS, profile=profile)


def whole(found: Assessment) -> Released:
    return release(
        report_tables.whole(found), keys=["group"], counts=["events", "missed", "caught"],
        shares={"share": Share("missed", "events")}, profile="nhs_round5",
    )  # fmt: skip


def test_a_gap_is_what_the_shown_counts_make_it(found: Assessment) -> None:
    table = gaps(found).frame.dropna(subset=["difference"])
    own = table["above"].astype(float) / table["below"].astype(float)
    rest = table["rest_above"].astype(float) / table["rest_below"].astype(float)
    assert table["difference"].to_numpy() == pytest.approx((own - rest).to_numpy(), abs=0.0006)
    assert (table["lower"] <= table["difference"]).all()
    assert (table["difference"] <= table["upper"]).all()


def test_without_rounding_nothing_moves(found: Assessment) -> None:
    plain = gaps(found, "none").frame
    exact = report_tables.missed_gaps(found)
    assert plain["difference"].to_numpy() == pytest.approx(exact["difference"].to_numpy())


def test_every_group_has_its_row_in_every_table(found: Assessment, tried: Mitigation) -> None:
    named = {"A", "B", "C", "Not known"}
    for table in (
        report_tables.missed_gaps(found), report_tables.service_gaps(found),
        report_tables.quality(found), report_tables.calibration(found, "group"),
        report_options.changes(tried), report_options.shifts(tried),
    ):  # fmt: skip
        assert named <= set(table["group"])
    (pair,) = report_tables.pairs(found)
    assert len(report_tables.cells(found, pair)) == 8
    assert report_tables.unknown(found)["unknown"].max() > 0
    assert not report_tables.bounds(found).empty


def test_the_group_that_is_clearly_missed_is_found_and_only_there(found: Assessment) -> None:
    shown = gaps(found).frame
    assert words.missed_most(shown, "group") == "B"
    assert words.missed_most(shown, "Gender") is None
    assert words.missed_most(shown.assign(q=np.nan, difference=np.nan), "group") is None


def test_headline_names_the_planted_group_in_plain_words(found: Assessment) -> None:
    text = words.headline(whole(found).frame, gaps(found).frame, 0.2, "31D")
    assert "Clearly missed more often: B (+" in text
    assert "looks at late 31-day waits" in text
    assert len(text.split()) <= 80
    assert grade(text) <= 9


def made_gaps(difference: list[float], q: list[float], names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "characteristic": "Deprivation of area", "group": names,
            "difference": difference, "q": q, "smallest": 0.055,
        }
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    gap=st.lists(st.floats(-0.5, 0.5), min_size=12, max_size=12),
    q=st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), min_size=12, max_size=12),
)
def test_no_headline_is_too_long_or_names_a_gap_that_is_not_clear(
    gap: list[float], q: list[float]
) -> None:
    names = [f"{at:02d} Asian or Asian British" for at in range(12)]
    table = made_gaps(gap, q, names)
    text = words.headline(pd.DataFrame({"share": [0.476]}), table, 0.2, "62D")
    assert len(text.split()) <= 80
    unclear = table[~(table["q"] < 0.05) | (table["difference"] <= 0)]["group"]
    assert not any(name in text for name in unclear)


def test_a_withheld_group_is_not_called_no_gap() -> None:
    table = made_gaps([0.01, np.nan], [0.9, np.nan], ["1 (most deprived fifth)", "2"])
    share = pd.DataFrame({"share": [0.5]})
    text = words.headline(share, table, 0.2, "62D")
    assert "No group shown is clearly missed" in text
    assert "1 cannot be judged" in text
    assert "No group shown" in captions.missed(table, 0.2, synthetic=False)["title"]
    nothing = words.headline(
        pd.DataFrame({"share": [np.nan]}), table.assign(difference=np.nan), 0.2, "FDS"
    )
    assert "too small to compare" in nothing


def test_of_groups_that_are_withheld_nothing_is_said() -> None:
    table = made_gaps([0.01, -0.01], [0.9, 0.9], ["A", "B"])
    assert report_words.none_missed(table).startswith("No group is missed")
    held = made_gaps([0.01, np.nan], [0.9, np.nan], ["A", "B"])
    assert report_words.none_missed(held).startswith("No group shown is missed")


def every_caption(found: Assessment, tried: Mitigation) -> list[dict[str, str]]:
    counts = report_tables.BOUND_COUNTS
    bounds = report_tables.bounds(found).drop(columns="characteristic")
    named = words.named_options(report_options.options(tried), tried.facts)
    moved = words.named_options(report_options.shifts(tried), tried.facts)
    risks = report_tables.calibration(found, "group")
    share = release(
        risks, keys=["group", "bin"], counts=report_tables.RISK_COUNTS, not_people=["risk"],
        shares={"observed": Share("events", "n", "lower", "upper")}, profile="nhs_round5",
    )  # fmt: skip
    kept = release(
        bounds, keys=["group"], counts=counts, not_people=report_tables.BOUNDS,
        profile="nhs_round5",
    )  # fmt: skip
    return [
        captions.missed(gaps(found).frame, 0.2, True),
        captions.service(report_tables.service_gaps(found), True),
        captions.calibrated(share.frame, "Ethnic group", True),
        captions.crossed(report_tables.cells(found, "group x sex"), ("Group", "Gender"), True),
        captions.bounded(kept.frame, "Ethnic group", True),
        captions.options(named, tried.facts, True),
        captions.shifted(moved, True),
    ]  # type: ignore[list-item]


def test_every_picture_has_fit_words(found: Assessment, tried: Mitigation) -> None:
    for caption in every_caption(found, tried):
        assert ALT_LENGTH[0] <= len(caption["alt"]) <= ALT_LENGTH[1]
        assert caption["alt"] != caption["title"]
        assert "made-up" in caption["source"]
        assert "nan" not in " ".join(caption.values())


def test_pictures_of_nothing_say_so(found: Assessment, tried: Mitigation) -> None:
    empty = gaps(found).frame.assign(difference=np.nan, q=np.nan)
    assert "too small" in captions.missed(empty, 0.2, False)["title"]
    cells = report_tables.cells(found, "group x sex").assign(estimate=np.nan)
    assert "Too few" in captions.crossed(cells, ("Group", "Gender"), False)["title"]
    service = report_tables.service_gaps(found).assign(standardised=np.nan)
    assert "too small" in captions.service(service, False)["title"]
    table = words.named_options(report_options.options(tried), tried.facts).assign(change=np.nan)
    assert "Too few" in captions.options(table, tried.facts, False)["title"]


def test_the_largest_gap_never_stands_without_what_chance_gives(found: Assessment) -> None:
    table = report_tables.spread(found, gaps(found).frame)
    text = words.spread(table)
    assert text.count("where lots alone would give") == 2
    assert "too few" in words.spread(table.assign(max_min=np.nan))


def test_places_are_claimed_for_a_clear_gap_only() -> None:
    assert "kept for none" in words.keeping(None, "Ethnic group")
    assert "Places are kept for B" in words.keeping("B", "Ethnic group")


def test_every_option_has_a_name_and_a_need(tried: Mitigation) -> None:
    table = words.named_options(report_options.options(tried), tried.facts)
    assert table[["option", "needs"]].notna().all(axis=None)
    assert table["option"].is_unique
    lots = words.named_lots(pd.DataFrame({"method": list(words.LOTS)}))
    assert lots["method"].notna().all()


def test_columns_that_are_shown_have_headers(found: Assessment, tried: Mitigation) -> None:
    headers = report_headers.as_columns(lambda header, **_: header)
    for name, table in (
        ("MISSED", report_tables.missed_gaps(found)), ("QUALITY", report_tables.quality(found)),
        ("SERVICE", report_tables.service_gaps(found)),
        ("SPREAD", report_tables.spread(found, gaps(found).frame)),
        ("CHANGED", report_options.changes(tried)), ("UNKNOWN", report_tables.unknown(found)),
    ):  # fmt: skip
        assert set(headers[name]) <= set(table.columns), name


def test_checks_pass_and_fail_where_the_lists_differ(
    frame: pd.DataFrame, found: Assessment, tried: Mitigation
) -> None:
    lots = research(frame, "late", **GIVEN)
    assert report_checks.agreement(found, tried, lots, 0.2)["passed"].all()
    other = options(frame, "late", capacity=0.3, **GIVEN)
    failed = report_checks.agreement(found, other, lots, 0.3)
    assert failed["passed"].tolist() == [True, False, False, True, True, True]


def test_codes_become_the_groups_that_a_reader_knows() -> None:
    waits = pd.DataFrame(
        {
            "record_id": ["a", "a", "b", "c"], "landmark_day": [0, 14, 0, 0],
            "ethnic_category": pd.Categorical(["M", "M", "Z", None]),
            "sex": ["1", "1", "2", "?"], "imd_decile": [1.0, 1.0, 10.0, np.nan],
            "age_band_at_referral": ["80+", "80+", None, "60-69"], "provider": ["x", "x", "y", "y"],
        }
    )  # fmt: skip
    names = [*COLUMNS]
    made = report_groups.with_ids(report_groups.with_groups(waits, wb.dictionary.load(), names))
    assert made["ethnicity"].tolist()[1:] == ["Black or Black British", "Not stated", "Not known"]
    assert made["sex"].tolist()[1:] == ["Male", "Female", "Not known"]
    ends = ["1 (most deprived fifth)", "5 (least deprived fifth)", "Not known"]
    assert made["deprivation"].tolist()[1:] == ends
    assert made["age_band"].tolist()[1:] == ["80+", "Not known", "60-69"]
    assert made["look"].is_unique
    assert report_groups.first_looks(made)["landmark_day"].tolist() == [0, 0, 0]
    assert report_groups.case_mix(made) == ["provider"]
    assert report_groups.name_of("Ethnic group") == "ethnicity"
    with pytest.raises(InputError) as told:
        report_groups.with_groups(waits[["sex"]], wb.dictionary.load(), names)
    assert len(told.value.faults) == 3


def test_groups_are_furthest_apart_as_their_shown_counts_are(found: Assessment) -> None:
    shown = gaps(found).frame
    table = report_tables.spread(found, shown).set_index("characteristic")
    own = shown[(shown["characteristic"] == "group") & (shown["status"] == STATUSES["ok"])]
    rates = (own["above"] / own["below"]).astype(float)
    assert table.loc["group", "max_min"] == pytest.approx(rates.max() - rates.min(), abs=1e-3)
    hidden = shown.assign(above=shown["above"].mask(shown["group"] == "B"))
    table = report_tables.spread(found, hidden).set_index("characteristic")
    assert np.isnan(table.loc["group", "max_min"])
    assert table.loc["group", "null_median"] > 0


def test_a_group_of_many_is_not_called_few_where_everyone_else_is() -> None:
    assert "outside it" in STATUSES["insufficient"]
    assert "By ethnic group, no group shown" in words.keeping(None, "Ethnic group")
