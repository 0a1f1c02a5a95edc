"""The equity report's tables: planted gaps come back, and case mix is told from them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from equity_patients import EASY, HARD, draw

from workbench.disclosure import Share, release
from workbench.equity import report
from workbench.equity.report_gaps import FEW, UNLIKE, compared
from workbench.equity.report_gradient import adjusted_slope
from workbench.equity.report_mix import POOLED, held_equal, in_words
from workbench.equity.report_reasons import split, worst_split
from workbench.errors import InputError, ParameterError

ASIAN = "Asian or Asian British"
BY = ["ethnicity", "deprivation", "sex"]


def row(table: pd.DataFrame, group: str) -> pd.Series:
    return table.set_index("group").loc[group]


@pytest.fixture(scope="module")
def mixed() -> pd.DataFrame:
    """No gap at equal case mix; as counted, one of twelve points."""
    return draw()


@pytest.fixture(scope="module")
def gaps(mixed: pd.DataFrame) -> pd.DataFrame:
    found = report.gaps(mixed, BY)
    return report.with_crude(found, found)


def test_case_mix_that_makes_a_gap_as_counted_is_taken_out(gaps: pd.DataFrame) -> None:
    planted = (0.6 - 0.3) * (HARD - EASY)
    own = row(gaps, ASIAN)
    assert own["crude_lower"] < planted < own["crude_upper"] < 0
    assert own["lower"] < 0 < own["upper"]
    assert own["reference"] == "White"


def test_kitagawa_says_how_much_of_the_gap_was_case_mix(
    mixed: pd.DataFrame, gaps: pd.DataFrame
) -> None:
    planted = (0.6 - 0.3) * (HARD - EASY)
    why = row(report.reasons(mixed, gaps), ASIAN)
    assert why["mix_lower"] < planted < why["mix_upper"] < 0
    assert why["mix"] + why["rest"] == pytest.approx(why["crude"], abs=1e-9)
    assert why["cancer"] == pytest.approx(planted, abs=0.02)
    assert abs(why["route"]) + abs(why["time"]) < 0.01


def test_parts_of_a_gap_add_up_to_it_exactly(mixed: pd.DataFrame, gaps: pd.DataFrame) -> None:
    assert worst_split(mixed, gaps) < 1e-12


def test_a_planted_gap_comes_back_among_like_patients_and_not_as_counted() -> None:
    held = {"adjusted": 0, "crude": 0}
    for seed in range(12):
        found = report.gaps(draw(3_000, gap=-0.06, seed=seed), ["ethnicity"])
        own = row(report.with_crude(found, found), ASIAN)
        held["adjusted"] += own["lower"] <= -0.06 <= own["upper"]
        held["crude"] += own["crude_lower"] <= -0.06 <= own["crude_upper"]
    assert held["adjusted"] >= 10
    assert held["crude"] == 0


def test_order_of_rows_changes_nothing(mixed: pd.DataFrame, gaps: pd.DataFrame) -> None:
    shuffled = mixed.sample(frac=1, random_state=3)
    found = report.gaps(shuffled, BY)
    pd.testing.assert_frame_equal(report.with_crude(found, found), gaps)


def test_gap_as_counted_is_made_of_what_may_be_shown(mixed: pd.DataFrame) -> None:
    found = report.gaps(mixed, ["ethnicity"])
    shown = release(
        found[["group", *report.COUNTS]], keys=["group"], counts=report.COUNTS, profile="nhs_round5"
    ).frame
    own = row(report.with_crude(found, shown), ASIAN)
    counts = shown.set_index("group")
    shares = counts["within"] / counts["total"]
    assert own["crude"] == pytest.approx(shares[ASIAN] - shares["White"], abs=5e-4)
    hidden = shown.assign(total=shown["total"].where(shown["group"] == "White"))
    assert report.with_crude(found, hidden)["crude"].isna().all()


def test_who_has_nobody_like_them_is_not_compared(mixed: pd.DataFrame) -> None:
    children = mixed.head(40).assign(
        cancer="Children's", age_band="0-15", within=np.tile([1.0, 1.0, 0.0, 1.0], 10),
        person_id=[f"C{i}" for i in range(40)], pathway_id=[f"C{i}" for i in range(40)],
    )  # fmt: skip
    own = row(report.gaps(pd.concat([mixed, children]), ["age_band"]), "0-15")
    assert own["status"] == UNLIKE
    assert np.isnan([own["gap"], own["p"], own["q"], own["days"]]).all()


def test_small_groups_keep_their_row_and_every_gap_its_smallest_seen(mixed: pd.DataFrame) -> None:
    few = mixed.head(6).assign(ethnicity="Mixed", person_id=list("abcdef"))
    found = report.gaps(pd.concat([mixed.iloc[6:], few]), ["ethnicity", "sex"])
    assert row(found[found["characteristic"] == "ethnicity"], "Mixed")["status"] == "too_few"
    assert compared(found)["detectable"].gt(0).all()
    assert set(report.too_few(found)["group"]) == {"Mixed"}


def test_all_comparisons_are_one_family_and_those_not_known_none(mixed: pd.DataFrame) -> None:
    unknown = mixed.assign(ethnicity=mixed["ethnicity"].where(mixed.index % 9 > 0, "Not known"))
    found = report.gaps(unknown, BY)
    made = found["p"].notna()
    assert made.sum() == 1 + 4 + 1
    assert (found.loc[made, "q"] >= found.loc[made, "p"]).all()
    nobody = row(found[found["characteristic"] == "ethnicity"], "Not known")
    assert np.isnan(nobody["p"])
    assert not np.isnan(nobody["gap"])


def test_where_the_usual_reference_is_too_few_the_largest_stands_in(mixed: pd.DataFrame) -> None:
    least = mixed["deprivation"] == "5 (least deprived fifth)"
    held = pd.concat([mixed[~least], mixed[least].head(4)])
    found = report.gaps(held, ["deprivation"])
    sizes = mixed.loc[~least, "deprivation"].value_counts()
    assert set(found["reference"]) == {sizes.index[0]}


def test_comparisons_with_a_shaky_reference_are_flagged(mixed: pd.DataFrame) -> None:
    least = mixed["deprivation"] == "5 (least deprived fifth)"
    kept = mixed[least & (mixed["within"] == 1)].head(60)
    late = mixed[least & (mixed["within"] == 0)].head(2)
    found = report.gaps(pd.concat([mixed[~least], kept, late]), ["deprivation"])
    assert set(compared(found)["status"]) <= {FEW, UNLIKE}


def test_one_group_alone_is_shown_and_compared_with_nobody(mixed: pd.DataFrame) -> None:
    found = report.gaps(mixed.assign(sex="Female"), ["sex"])
    assert list(found["total"]) == [len(mixed)]
    assert found["gap"].isna().all()
    assert report.reasons(mixed, report.with_crude(found, found)).empty


def test_with_few_patients_fewer_things_are_held_equal(mixed: pd.DataFrame) -> None:
    _, everything = held_equal(mixed, "ethnicity")
    assert everything == ["cancer", "trust", "quarter", "deprivation", "sex", "age_band"]
    _, some = held_equal(mixed.head(120), "ethnicity")
    assert "cancer" in some
    assert "quarter" not in some
    _, none = held_equal(mixed.head(8), "ethnicity")
    assert in_words(none) == "Nothing: too few patients"
    rare = mixed.assign(cancer=mixed["cancer"].where(mixed.index > 3, "Sarcoma"))
    pooled, _ = held_equal(rare, "ethnicity")
    assert POOLED in set(pooled["cancer"])
    assert "Sarcoma" not in set(pooled["cancer"])


def test_split_pools_kinds_of_which_the_group_has_few() -> None:
    found = draw(4_000, seed=5)
    many = found.assign(cancer=found["cancer"] + (found.index % 40).astype(str))
    both = many.assign(own=(many["ethnicity"] == ASIAN).astype(int))
    alone, together = split(both), split(found.assign(own=both["own"]))
    assert alone.mix.estimate == pytest.approx(together.mix.estimate, abs=0.03)
    assert alone.mix.upper - alone.mix.lower < 0.1


def test_a_gradient_planted_along_deprivation_comes_back(mixed: pd.DataFrame) -> None:
    random = np.random.default_rng(4)
    rank = mixed["deprivation"].str[0].astype(int)
    within = (random.random(len(mixed)) < 0.5 + 0.05 * rank).astype(float)
    held = mixed.assign(within=within)
    slope = adjusted_slope(held)
    assert slope.lower < 0.25 < slope.upper  # ends of the scale lie beyond the middle fifths
    fifths = report.fifths(held)
    told = report.gradient(held, fifths).set_index("measure")
    assert told.loc["adjusted_slope", "estimate"] == pytest.approx(-100 * slope.estimate, abs=0.06)
    assert told.loc["slope_index", "upper"] < 0
    assert told.loc["relative_index", "estimate"] > 1
    hidden = fifths.assign(total=fifths["total"].where(fifths.index < 2))
    assert report.gradient(held, hidden).empty


def test_cells_are_held_to_like_patients_with_limits_for_all_of_them(mixed: pd.DataFrame) -> None:
    worse = (mixed["ethnicity"] == ASIAN) & (mixed["deprivation"] == "2")
    random = np.random.default_rng(2)
    hit = mixed["within"].where(~worse | (random.random(len(mixed)) > 0.4), 0.0)
    table = report.cells(mixed.assign(within=hit), "ethnicity", "deprivation")
    assert table["total"].sum() == len(mixed)
    sure = table[(table["upper"] < 0) | (table["lower"] > 0)]
    assert (ASIAN, "2") in set(zip(sure["row"], sure["column"], strict=True))
    assert (table["pulled"].abs() <= table["gap"].abs() + 1e-9).all()
    quiet = report.cells(mixed, "ethnicity", "deprivation")
    assert ((quiet["lower"] <= 0) & (quiet["upper"] >= 0)).mean() >= 0.9


def test_characteristics_that_are_one_another_are_not_crossed() -> None:
    assert report.pair(["core20", "deprivation"]) is None
    assert report.pair(["sex", "core20", "ethnic_category"]) == ("ethnic_category", "core20")
    assert report.pair(["age_band", "deprivation", "ethnicity"]) == ("ethnicity", "deprivation")


def test_a_series_has_whole_quarters_and_limits_of_what_is_shown(mixed: pd.DataFrame) -> None:
    months = [f"2024-{m:02}" for m in range(1, 12)]
    every = report.over_time(mixed, "sex", months)
    assert set(every["group"]) == {"Female", "Male"}
    quarters = report.series(every, "Female", "quarter")
    assert list(quarters["month"]) == ["2024-01", "2024-04", "2024-07"]
    monthly = report.series(every, "Female", "month")
    shown = release(
        monthly, keys=["month"], counts=report.COUNTS, profile="nhs_round5",
        shares={"share": Share("within", "total")},
    ).frame  # fmt: skip
    line = report.control(monthly, shown)
    assert line["centre"].iloc[0] == pytest.approx(shown["share"].mean(), abs=1e-3)
    bare = report.control(monthly, shown.assign(share=np.nan))
    assert bare["centre"].isna().all()
    assert not bare["special"].any()


def test_groups_to_follow_have_enough(gaps: pd.DataFrame) -> None:
    chosen = report.followed(gaps, 12)
    assert ("ethnicity", ASIAN, "month") in chosen
    assert ("deprivation", "1 (most deprived fifth)", "quarter") not in chosen
    assert report.followed(gaps.assign(total=5), 12) == []


def test_trusts_are_compared_with_the_same_patients(mixed: pd.DataFrame) -> None:
    random = np.random.default_rng(6)
    hard = mixed["cancer"] == "Lung"
    trust = np.where(random.random(len(mixed)) < np.where(hard, 0.8, 0.2), "ZZ1", "ZZ2")
    counts = report.by_trust(mixed.assign(trust=trust))
    shown = counts.assign(share=counts["within"] / counts["total"])
    found = report.like_patients(mixed.assign(trust=trust), shown).set_index("provider")
    assert found.loc["ZZ1", "crude_upper"] < -0.1
    assert found.loc["ZZ1", "lower"] < 0 < found.loc["ZZ1", "upper"]
    limits = report.funnel(shown)
    assert limits is not None
    assert limits.trusts == 2
    assert report.funnel(shown.head(1)) is None


def test_places_are_trusts_or_their_boards() -> None:
    trusts = pd.DataFrame(
        {"trust_code": ["RA1", "RB1", "RC1"], "icb_code": ["QX", "QX", None],
         "region_code": ["Y1", "Y1", "Y2"]}
    )  # fmt: skip
    here = pd.Series(["RA1", "RB1", "RC1", None])
    assert report.members(["QX"], trusts, here) == ["RA1", "RB1"]
    assert report.members(["RC1", "QX"], trusts, here) == ["RA1", "RB1", "RC1"]
    with pytest.raises(ParameterError) as fault:
        report.members(["RA1", "XX", "YY"], trusts, here)
    assert len(fault.value.faults) == 2


def test_columns_that_are_absent_are_all_told() -> None:
    with pytest.raises(InputError) as fault:
        report.patients(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), None)  # type: ignore[arg-type]
    assert len(fault.value.faults) > 5
