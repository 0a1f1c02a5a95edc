"""Gaps at equal case mix, with open pathways for what they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.equity import adjust
from workbench.errors import InputError, ParameterError

SCALES = {
    "risk": lambda p, **k: adjust.standardised_risk_difference(p, "within", "ethnicity", MIX, **k),
    "odds": lambda p, **k: adjust.adjusted_odds_ratio(p, "within", "ethnicity", MIX, **k),
    "mean": lambda p, **k: adjust.restricted_mean_wait(p, "days", "ended", "ethnicity", MIX, **k),
    "time": lambda p, **k: adjust.time_ratio(p, "days", "ended", "ethnicity", MIX, **k),
}
MIX = ["tumour", "trust"]


def made(rows: int = 4_000, seed: int = 1) -> pd.DataFrame:
    """Asian patients wait 8 % longer in every tumour, and have more of the slow one."""
    random = np.random.default_rng(seed)
    ethnicity = random.choice(["White", "Asian", "Not known"], rows, p=[0.7, 0.2, 0.1])
    asian = ethnicity == "Asian"
    slow = random.random(rows) < np.where(asian, 0.7, 0.35)
    trust = random.choice(["R0A", "R0B"], rows)
    log = 3.85 + 0.3 * slow + 0.08 * asian + 0.1 * (trust == "R0B")
    days = np.ceil(np.exp(log + random.logistic(scale=0.25, size=rows))).clip(1, 500)
    followed = random.integers(63, 400, rows)
    return pd.DataFrame(
        {
            "person": np.arange(rows),
            "ethnicity": ethnicity,
            "tumour": np.where(slow, "lung", "skin"),
            "trust": trust,
            "days": np.minimum(days, followed).astype(int),
            "ended": days <= followed,
            "within": (days <= 62).astype(int),
        }
    )


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return made()


def test_adjusted_gap_leaves_out_what_case_mix_explains(people):
    found = SCALES["risk"](people).set_index("group")
    asian, white = found.loc["Asian"], found.loc["White"]
    assert white["status"] == "reference"
    crude = asian["crude"] - white["crude"]
    assert crude < asian["difference"] - 0.05
    assert asian["lower"] < asian["difference"] < asian["upper"] < 0
    # were all Asian or all White: the same 4,000 people, so the mean of the two is near all
    share = people["within"].mean()
    assert found["standardised"].min() < share < found["standardised"].max()


def test_each_comparison_is_its_own_contrast_of_the_same_shares(people):
    against = {w: SCALES["risk"](people, against=w).set_index("group")
               for w in ("reference", "others", "everyone")}  # fmt: skip
    n = people["ethnicity"].value_counts()
    risk = against["reference"]["standardised"]
    mean = float((risk * n).sum() / n.sum())
    for group in risk.index:
        rest = (mean * n.sum() - risk[group] * n[group]) / (n.sum() - n[group])
        assert against["others"].loc[group, "difference"] == pytest.approx(risk[group] - rest)
        assert against["everyone"].loc[group, "difference"] == pytest.approx(risk[group] - mean)
    assert against["reference"].loc["Asian", "difference"] == pytest.approx(
        risk["Asian"] - risk["White"]
    )


def test_odds_ratio_without_case_mix_is_that_of_the_table(people):
    found = adjust.adjusted_odds_ratio(people, "within", "ethnicity", []).set_index("group")
    table = pd.crosstab(people["ethnicity"], people["within"]).astype(float)
    odds = table[1] / table[0]
    expected = odds["Asian"] / odds["White"]
    assert found.loc["Asian", "odds_ratio"] == pytest.approx(expected, rel=1e-7)
    assert found.loc["Asian", "lower"] < expected < found.loc["Asian", "upper"]


def test_ratio_of_days_is_recovered_with_open_pathways(people):
    found = SCALES["time"](people, spread_by="tumour").set_index("group").loc["Asian"]
    assert found["lower"] < np.exp(0.08) < found["upper"]
    assert found["open"] > 0
    assert found["upper"] - found["lower"] < 0.09


def test_restricted_means_stand_at_both_days_and_grow_with_them(people):
    found = SCALES["mean"](people).set_index(["until", "group"])
    assert list(found.index.get_level_values("until").unique()) == [62, 104]
    for group in ("Asian", "White", "Not known"):
        assert found.loc[(62, group), "mean"] < found.loc[(104, group), "mean"]
        assert found.loc[(62, group), "mean_lower"] < found.loc[(62, group), "mean"] < 62
    crude = found.loc[(104, "Asian"), "mean"] - found.loc[(104, "White"), "mean"]
    assert 0 < found.loc[(104, "Asian"), "difference"] < crude


def test_leaving_open_pathways_out_hides_part_of_the_wait(people):
    late = people.assign(
        days=people["days"].clip(upper=70), ended=people["ended"] & (people["days"] <= 70)
    )
    closed = late[late["ended"]]
    with_open = SCALES["mean"](late, until=[62]).set_index("group")
    without = SCALES["mean"](closed, until=[62]).set_index("group")
    assert (with_open["mean"] > without["mean"] + 2).all()


@pytest.mark.parametrize("scale", SCALES)
def test_neither_row_order_nor_names_of_rows_change_a_figure(people, scale):
    shuffled = people.sample(frac=1, random_state=5)
    pd.testing.assert_frame_equal(SCALES[scale](people), SCALES[scale](shuffled), rtol=0, atol=0)


@pytest.mark.parametrize("scale", SCALES)
def test_a_second_copy_of_everyone_adds_nothing_if_we_say_whose_it_is(people, scale):
    small = people.head(800)
    once = SCALES[scale](small, cluster="person")
    twice = SCALES[scale](pd.concat([small, small]), cluster="person")
    width = [(t["upper"] - t["lower"]).dropna() for t in (once, twice)]
    assert width[1].to_numpy() == pytest.approx(width[0].to_numpy(), rel=0.02)


@pytest.mark.parametrize("scale", SCALES)
def test_a_group_of_too_few_keeps_its_row_without_figures(people, scale):
    few = people.copy()
    few.loc[few.index[:6], "ethnicity"] = "Other"
    few.loc[few.index[6:9], "ethnicity"] = np.nan
    found = SCALES[scale](few)
    other = found[found["group"] == "Other"]
    assert (other["status"] == "too_few").all()
    assert (other["n"] == 6).all()
    assert other[["lower", "upper", "p"]].isna().all(axis=None)
    assert found["group"].iloc[-1] == "Not known"


def test_who_is_open_and_short_of_the_day_is_neither_within_nor_not():
    found = adjust.outcome_by_day([62, 63, 30, 62, 90], [True, True, False, False, False], 62)
    assert found[:2].tolist() == [1, 0]
    assert np.isnan(found[2])
    assert found[3:].tolist() == [0, 0]


def test_the_least_deprived_are_the_reference_of_deprivation(people):
    deprived = people.assign(imd_quintile=np.arange(len(people)) % 5 + 1)
    found = adjust.adjusted_odds_ratio(deprived, "within", "imd_quintile", MIX)
    assert list(found["group"]) == ["1", "2", "3", "4", "5"]
    assert list(found["status"]) == ["ok"] * 4 + ["reference"]
    named = adjust.adjusted_odds_ratio(deprived, "within", "imd_quintile", MIX, reference="1")
    assert named["status"].iloc[0] == "reference"


def test_numbers_are_adjusted_for_as_a_line_and_text_as_levels(people):
    age = people.assign(age=np.where(people["tumour"] == "lung", 70.0, 60.0))
    one = adjust.adjusted_odds_ratio(age, "within", "ethnicity", ["age"])
    two = adjust.adjusted_odds_ratio(age, "within", "ethnicity", ["tumour"])
    assert one["odds_ratio"].dropna().to_numpy() == pytest.approx(
        two["odds_ratio"].dropna().to_numpy(), rel=1e-6
    )


def test_what_cannot_be_compared_is_refused_without_showing_a_value(people):
    with pytest.raises(InputError) as caught:
        SCALES["risk"](people.assign(within=people["within"].where(people["days"] > 5)))
    assert caught.value.faults == ("within is missing in some rows",)
    with pytest.raises(InputError, match="0 and 1"):
        SCALES["risk"](people.assign(within=people["days"]))
    with pytest.raises(InputError) as text:
        SCALES["risk"](people.assign(within="yes"))
    assert text.value.faults == ("within must be numbers",)
    with pytest.raises(InputError, match="the same for everyone"):
        SCALES["risk"](people.assign(within=1))
    with pytest.raises(InputError, match="only one group"):
        SCALES["risk"](people.assign(ethnicity="White"))
    with pytest.raises(ParameterError, match="no group"):
        SCALES["risk"](people, reference="Martian")
    with pytest.raises(ParameterError, match="itself"):
        adjust.adjusted_odds_ratio(people, "within", "ethnicity", ["ethnicity"])
    with pytest.raises(ParameterError) as absent:
        adjust.adjusted_odds_ratio(people, "with_in", "ethnicity", ["tumor"])
    assert len(absent.value.faults) == 2
    with pytest.raises(InputError, match="whole"):
        SCALES["mean"](people.assign(days=people["days"] + 0.5))
    with pytest.raises(InputError, match="watched"):
        SCALES["mean"](people.assign(days=5, ended=False))
