"""An ordinary user gets the right measures without choosing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

import workbench as wb
from workbench.equity.characteristics import core20, in_order, is_ordered, known
from workbench.equity.groups import pooled_p
from workbench.errors import InputError, ParameterError
from workbench.statistics.intervals import wilson


def counts(name, groups, within, total) -> pd.DataFrame:
    return pd.DataFrame({name: groups, "within": within, "total": total})


DECILES = counts("imd_decile", range(1, 11), [55, 57, 58, 60, 61, 63, 62, 66, 67, 70], 100)
ETHNICITY = counts(
    "ethnicity",
    ["White", "Asian or Asian British", "Black or Black British", "Not known", "Other", "Mixed"],
    [3_500, 240, 110, 160, 20, 5],
    [5_000, 400, 200, 250, 28, 9],
)


def test_ordered_groups_get_a_gradient():
    found = wb.equity.measures(DECILES, "imd_decile", total="total")
    assert found.ordered
    summary = found.summary.set_index("measure")
    assert {"slope_index", "relative_index", "concentration_erreygers", "par"} <= set(summary.index)
    assert "between_group_variance" not in summary.index
    slope = summary.loc["slope_index"]
    assert 0 < slope["lower"] < slope["estimate"] < slope["upper"]
    assert summary.loc["par", "estimate"] == pytest.approx(0.70 - 0.619)


def test_ages_have_a_gradient_and_no_advantaged_end():
    ages = counts("age_band", ["80+", "16-24", "50-59", "25-49"], [60, 80, 70, 90], [100] * 4)
    found = wb.equity.measures(ages, "age_band", total="total")
    assert list(found.groups["group"]) == ["16-24", "25-49", "50-59", "80+"]
    assert "slope_index" in set(found.summary["measure"])
    assert "par" not in set(found.summary["measure"])


def test_unordered_groups_get_spread_and_no_gradient():
    found = wb.equity.measures(ETHNICITY, "ethnicity", total="total")
    assert not found.ordered
    measures = set(found.summary["measure"])
    assert measures == {"between_group_variance", "index_of_disparity", "heterogeneity"}
    chance = found.summary.set_index("measure")["by_chance"]
    assert (chance > 0).all()


def test_each_group_is_compared_with_everyone_else_who_is_known():
    found = wb.equity.measures(ETHNICITY, "ethnicity", total="total").groups.set_index("group")
    asian = found.loc["Asian or Asian British"]
    assert asian["gap"] == pytest.approx(240 / 400 - 3_635 / 5_237)
    assert asian["gap_lower"] < asian["gap"] < asian["gap_upper"] < 0
    assert asian["gap_p"] < 0.001
    assert [asian["lower"], asian["upper"]] == pytest.approx(
        [wilson(240, 400).lower, wilson(240, 400).upper]
    )


def test_those_not_known_are_shown_and_compared_with_nobody():
    found = wb.equity.measures(ETHNICITY, "ethnicity", total="total")
    row = found.groups.iloc[-1]
    assert (row["group"], row["total"], row["share"]) == ("Not known", 250, 0.64)
    assert np.isnan([row["gap"], row["gap_lower"], row["detectable"]]).all()
    assert found.summary["people"].iloc[0] == 5_637


def test_groups_of_too_few_keep_their_row_and_get_no_figure():
    found = wb.equity.measures(ETHNICITY, "ethnicity", total="total").groups.set_index("group")
    assert list(found.loc[["Mixed", "Other", "White"], "status"]) == ["too_few", "few", "ok"]
    assert found.loc["Mixed", "total"] == 9
    assert found.loc["Mixed", ["share", "gap"]].isna().all()
    assert found.loc["Mixed", "detectable"] > found.loc["White", "detectable"]


def test_pathways_and_their_counts_give_the_same():
    rows = pd.DataFrame(
        {
            "sex": np.repeat(["1", "2", "2"], [40, 60, 20]),
            "within": np.repeat([True, True, False], [40, 60, 20]),
        }
    )
    one = wb.equity.measures(rows, "sex")
    two = wb.equity.measures(counts("sex", ["1", "2"], [40, 60], [40, 80]), "sex", total="total")
    pd.testing.assert_frame_equal(one.groups, two.groups)
    shuffled = wb.equity.measures(rows.sample(frac=1, random_state=1), "sex")
    pd.testing.assert_frame_equal(one.summary, shuffled.summary)


def test_groups_are_put_in_order_by_their_number():
    mixed = DECILES.sample(frac=1, random_state=3)
    found = wb.equity.measures(mixed.astype({"imd_decile": str}), "imd_decile", total="total")
    assert list(found.groups["group"]) == [str(i) for i in range(1, 11)]
    same = wb.equity.measures(DECILES, "imd_decile", total="total")
    pd.testing.assert_frame_equal(found.summary, same.summary)


def test_a_characteristic_that_is_not_known_has_to_be_declared():
    own = DECILES.rename(columns={"imd_decile": "income"})
    with pytest.raises(ParameterError, match="ordered=True"):
        wb.equity.measures(own, "income", total="total")
    assert wb.equity.measures(own, "income", total="total", ordered=True).ordered
    assert not wb.equity.measures(own, "income", total="total", ordered=False).ordered


def test_ethnic_groups_cannot_be_called_ordered():
    with pytest.raises(ParameterError, match="between_group_variance"):
        wb.equity.measures(ETHNICITY, "ethnicity", total="total", ordered=True)
    assert not is_ordered("ethnic_category")


def test_impossible_counts_are_refused():
    with pytest.raises(InputError, match="0 to the total"):
        wb.equity.measures(counts("sex", ["1", "2"], [5, 9], [5, 8]), "sex", total="total")
    with pytest.raises(InputError, match="Fewer than two"):
        wb.equity.measures(counts("sex", ["1", "X"], [5, 5], [9, 8]), "sex", total="total")
    with pytest.raises(ParameterError) as caught:
        wb.equity.measures(ETHNICITY, "ethnicity2", within="x", total="n", ordered=False)
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError) as missing:
        wb.equity.measures(counts("sex", ["1", "2"], [5, np.nan], [9, 8]), "sex", total="total")
    assert missing.value.faults == ("within is missing in some rows",)
    with pytest.raises(InputError) as wrong:
        wb.equity.measures(counts("sex", ["1", "2"], ["5", "6"], [9, -8]), "sex", total="total")
    assert wrong.value.faults == ("within must be numbers", "total must not be below 0")


def test_everyone_within_is_no_gap_rather_than_a_fault():
    found = wb.equity.measures(counts("sex", ["1", "2"], [50, 60], [50, 60]), "sex", total="total")
    assert (found.groups["gap"] == 0).all()
    assert (found.groups["gap_lower"] < 0).all()


def test_the_test_of_a_difference_is_the_chi_squared_of_its_table():
    p = pooled_p(*(np.array([float(v)]) for v in (56, 70, 48, 80)))
    expected = chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue
    assert p[0] == pytest.approx(expected, rel=1e-10)


def test_measures_without_a_gap_are_what_chance_is_said_to_give():
    total = np.array([2_000, 300, 150, 90])
    found = []
    for seed in range(80):
        within = np.random.default_rng(seed).binomial(total, 0.65)
        table = counts("ethnicity", ["White", "Asian", "Black", "Other"], within, total)
        summary = wb.equity.measures(table, "ethnicity", total="total").summary
        found.append(summary.set_index("measure")[["estimate", "by_chance", "p"]])
    estimates = pd.concat([one["estimate"] for one in found], axis=1).mean(axis=1)
    chance = pd.concat([one["by_chance"] for one in found], axis=1).mean(axis=1)
    assert estimates.to_numpy() == pytest.approx(chance.to_numpy(), rel=0.2)
    assert 0 < sum(one.loc["heterogeneity", "p"] < 0.05 for one in found) <= 10


def test_names_of_groups_are_read_as_the_field_writes_them():
    bands = ["80+", "0-15", "Not known", "16-24", "70-79"]
    assert [bands[i] for i in in_order("age_band", bands)] == [
        "0-15", "16-24", "70-79", "80+", "Not known",
    ]  # fmt: skip
    assert list(known("ethnic_category", ["A", "Z", "99", None, np.nan])) == [True] + [False] * 4
    assert list(known("imd_decile", [1, 10])) == [True, True]


def test_core20_is_the_most_deprived_fifth():
    found = core20(pd.Series([1, 2, 3, 10, None], index=list("abcde")))
    assert list(found) == ["Core20", "Core20", "Rest", "Rest", "Not known"]
    assert list(found.index) == list("abcde")
    with pytest.raises(InputError, match="1 to 10"):
        core20(pd.Series([0]))
