"""Who is in the data against who there is, and what the not known could hide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.equity.representativeness import (
    against_expectation,
    age_standardised,
    census_groups,
    gap_bounds,
    missingness,
    representation,
    total_variation,
)
from workbench.errors import InputError, ParameterError

COHORT = pd.Series({"White": 850, "Asian": 60, "Black": 40, "Not known": 50, "Other": 0})
POPULATION = pd.Series({"White": 80_000, "Asian": 12_000, "Black": 6_000, "Other": 2_000})


def test_representation_is_the_ratio_of_shares_among_the_known():
    found = representation(COHORT, POPULATION, "ethnicity").set_index("group")
    assert found.loc["Asian", "ratio"] == pytest.approx((60 / 950) / 0.12)
    assert found.loc["Asian", "upper"] < 1 < found.loc["White", "lower"]
    assert found.loc["Not known", "share"] == pytest.approx(0.05)
    assert np.isnan(found.loc["Not known", "ratio"])
    assert found.index[-1] == "Not known"


def test_bounds_of_the_not_known_hold_whoever_they_are():
    found = representation(COHORT, POPULATION, "ethnicity").set_index("group")
    for asian in (0, 25, 50):
        ratio = (60 + asian) / 1_000 / 0.12
        assert found.loc["Asian", "least"] <= ratio <= found.loc["Asian", "most"]


def test_a_group_that_nobody_is_of_is_shown_with_an_upper_limit():
    found = representation(COHORT, POPULATION, "ethnicity").set_index("group")
    assert found.loc["Other", ["n", "ratio", "lower"]].tolist() == [0, 0, 0]
    assert 0 < found.loc["Other", "upper"] < 0.5
    assert found.loc["Other", "status"] == "too_few"


def test_intervals_of_representation_hold_the_truth_as_often_as_they_say():
    share = np.array([0.8, 0.12, 0.06, 0.02])
    held = np.zeros(4)
    for seed in range(150):
        drawn = np.random.default_rng(seed).multinomial(2_000, [0.86, 0.08, 0.04, 0.02])
        table = representation(
            pd.Series(drawn, list("WABO")), pd.Series(share * 1e5, list("WABO")), "ethnicity"
        )
        table = table.set_index("group").loc[list("WABO")]
        true = np.array([0.86, 0.08, 0.04, 0.02]) / share
        held += ((table["lower"] <= true) & (true <= table["upper"])).to_numpy()
    assert (held >= 134).all()
    assert (held <= 149).all()


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), min_size=2, max_size=6))
def test_total_variation_is_a_distance(rows):
    p, q = [a for a, _ in rows], [b for _, b in rows]
    assert total_variation(p, p) == 0
    assert total_variation(p, q) == total_variation(q, p)
    assert 0 <= total_variation(p, q) < 1
    assert total_variation([1, 0], [0, 7]) == 1


def ages(groups, young, old) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ethnicity": [*groups, *groups],
            "age_band": ["25-49"] * len(groups) + ["70-79"] * len(groups),
            "n": [*young, *old],
        }
    )


def test_a_young_group_is_expected_to_have_less_cancer():
    """Same rates by age in both: the crude census says under-represented, age says not."""
    population = ages(["White", "Asian"], [40_000, 16_000], [40_000, 4_000])
    cohort = ages(["White", "Asian"], [40, 16], [400, 40])
    crude = representation(
        cohort.groupby("ethnicity")["n"].sum(),
        population.groupby("ethnicity")["n"].sum(),
        "ethnicity",
    ).set_index("group")
    assert crude.loc["Asian", "ratio"] < 0.6
    expected = age_standardised(cohort, population, "ethnicity")
    assert expected["Asian"] == pytest.approx(56)
    assert expected.sum() == pytest.approx(496)
    fair = against_expectation(cohort.groupby("ethnicity")["n"].sum(), expected, "ethnicity")
    assert fair["ratio"].to_numpy() == pytest.approx([1, 1])
    assert (fair["lower"] < 1).all()
    assert (fair["upper"] > 1).all()


def test_those_not_known_are_in_no_expectation():
    population = ages(["White", "Asian"], [100, 100], [100, 100])
    cohort = ages(["White", "Asian", "Not known"], [3, 5, 7], [2, 4, 9])
    assert age_standardised(cohort, population, "ethnicity").sum() == pytest.approx(14)


def test_missingness_is_told_by_group_with_its_interval():
    people = pd.DataFrame(
        {"ethnicity": ["White", "Z", None, "Not known", "Asian", "White"], "trust": list("AABBBB")}
    )
    found = missingness(people, "ethnicity", "trust").set_index("group")
    assert found["unknown"].to_dict() == {"A": 0, "B": 2}  # Z is a code of ethnic_category alone
    coded = people.rename(columns={"ethnicity": "ethnic_category"})
    assert missingness(coded, "ethnic_category", "trust")["unknown"].tolist() == [1, 2]
    with pytest.raises(ParameterError):
        missingness(people, "ethnicity", "site")


groups = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=5
)  # fmt: skip


@given(groups, st.data())
def test_no_way_to_place_the_not_known_leaves_the_bounds(rows, data):
    names = ["Not known", *(f"g{i}" for i in range(len(rows) - 1))]
    table = pd.DataFrame(
        {
            "ethnicity": names,
            "within": [x for x, _ in rows],
            "total": [x + y + (i > 0) for i, (x, y) in enumerate(rows)],
        }
    )
    found = gap_bounds(table, "ethnicity").set_index("group")
    hit, missed = rows[0]
    assert (found["unknown"] == hit + missed).all()
    x, n = table["within"].to_numpy(float)[1:].copy(), table["total"].to_numpy(float)[1:].copy()
    for _ in range(hit):
        place = data.draw(st.integers(0, len(x) - 1))
        x[place] += 1
        n[place] += 1
    n[data.draw(st.integers(0, len(x) - 1))] += missed
    for i, name in enumerate(names[1:]):
        row = found.loc[name]
        rest = (x.sum() - x[i]) / (n.sum() - n[i])
        assert row["share_least"] - 1e-12 <= x[i] / n[i] <= row["share_most"] + 1e-12
        assert row["gap_least"] - 1e-12 <= x[i] / n[i] - rest <= row["gap_most"] + 1e-12


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(InputError, match="not in the population"):
        representation(COHORT.rename({"Asian": "South Asian"}), POPULATION, "ethnicity")
    with pytest.raises(InputError) as caught:
        representation(-COHORT, pd.Series([1, 1], ["White", "White"]), "ethnicity")
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="known group"):
        representation(pd.Series({"Not known": 5}), POPULATION, "ethnicity")
    population = ages(["White"], [10], [0])
    with pytest.raises(InputError, match="some ages"):
        age_standardised(ages(["White"], [1], [1]), population, "ethnicity")
    with pytest.raises(InputError, match="two known groups"):
        gap_bounds(pd.DataFrame({"sex": ["1"], "within": [1], "total": [2]}), "sex")


@pytest.mark.real_data
def test_census_by_small_area_adds_up_to_groups_of_the_code_list(real_data):
    census = pd.read_parquet(real_data / "geography" / "ethnicity21_lsoa21.parquet")
    found = census_groups(census)
    assert list(found.index) == ["Asian", "Black", "Mixed", "Other", "White"]
    assert found.sum() == pytest.approx(census["n"].sum())
    assert found["White"] / found.sum() == pytest.approx(0.817, abs=0.01)  # England and Wales
    areas = pd.read_parquet(real_data / "geography" / "lookup_lsoa21_icb24.parquet")
    one = areas.loc[areas["icb24_code_nhs"] == "QYG", "lsoa21_code"]
    assert 0 < census_groups(census, one).sum() < found.sum() / 10
    with pytest.raises(InputError, match="not in the census"):
        census_groups(census, pd.Series(["E09999999"]))


@pytest.mark.real_data
def test_older_areas_are_expected_to_have_more_cancer(real_data):
    """Deprived areas are younger: against the census alone their cohort looks too small."""
    people = pd.read_parquet(real_data / "geography" / "population20_lsoa11.parquet")
    index = pd.read_parquet(real_data / "geography" / "imd2019_england_lsoa11.parquet")
    joined = people.merge(index[["lsoa11_code", "IMD_decile"]], on="lsoa11_code")
    old = joined[[str(age) for age in range(70, 80)]].sum(axis=1)
    young = joined[[str(age) for age in range(25, 50)]].sum(axis=1)
    tall = pd.concat(
        [
            joined.assign(n=n, age_band=band)[["IMD_decile", "age_band", "n"]]
            for band, n in (("25-49", young), ("70-79", old))
        ]
    ).rename(columns={"IMD_decile": "imd_decile"})
    population = tall.groupby(["imd_decile", "age_band"], as_index=False)["n"].sum()
    rate = population["age_band"].map({"25-49": 0.001, "70-79": 0.02})
    cohort = population.assign(n=population["n"] * rate)
    totals = [t.groupby("imd_decile")["n"].sum() for t in (cohort, population)]
    crude = representation(*totals, "imd_decile").set_index("group")["ratio"]
    assert crude.iloc[0] < 0.8 < 1.1 < crude.iloc[-1]
    assert list(crude.index) == [str(i) for i in range(1, 11)]
    expected = age_standardised(cohort, population, "imd_decile")
    fair = against_expectation(totals[0], expected, "imd_decile")
    assert fair["ratio"].to_numpy() == pytest.approx(np.ones(10))
