"""A group's gap is taken apart whole: sums are exact, nobody is left out, what is planted found."""

from __future__ import annotations

from dataclasses import replace

import explain_cases
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.breach.calibration import Sigmoid
from workbench.breach.trend import Trend
from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.explain import Attributions, attributions, disparity, global_importance
from workbench.explain.groups import groups_of


def made(seed: int, count: int, features: int = 3) -> Attributions:
    draw = np.random.default_rng(seed)
    values = pd.DataFrame(
        draw.normal(size=(count, features)), columns=[f"f{n}" for n in range(features)]
    )
    return Attributions(values, -1.0, values.sum(axis=1) - 1.0)


@pytest.fixture(scope="module")
def groups(waits):
    from workbench.dictionary.load import load

    return groups_of(waits, load())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1_000), st.integers(2, 60), st.integers(1, 5))
def test_parts_add_up_to_the_gap_of_every_group(seed: int, count: int, kinds: int) -> None:
    found = made(seed, count)
    labels = pd.Series(np.random.default_rng(seed).integers(0, kinds, count)).astype("str")
    split = disparity(found, labels, draws=0)
    added = split.parts.groupby("group")["difference"].sum(min_count=1)
    gap = split.gaps.set_index("group")["margin"]
    pd.testing.assert_series_equal(added, gap, check_names=False, rtol=0, atol=1e-9)
    assert split.gaps["rows"].sum() == count
    assert set(split.gaps["group"]) == set(labels)


def test_the_gap_is_that_of_the_margins_and_of_the_risks() -> None:
    found = made(1, 500)
    labels = pd.Series(np.where(np.arange(500) < 200, "A", "B"))
    gap = disparity(found, labels, draws=0).gaps.set_index("group")
    here = labels == "A"
    assert gap.loc["A", "margin"] == pytest.approx(
        found.margin[here].mean() - found.margin[~here].mean()
    )
    assert gap.loc["A", "risk"] == pytest.approx(found.risk[here].mean() - found.risk[~here].mean())
    assert gap.loc["B", "margin"] == pytest.approx(-gap.loc["A", "margin"])


@pytest.mark.parametrize(("name", "least"), [("boosted", 0.3), ("logistic", 0.5)])
def test_the_planted_part_of_a_gap_is_found(name, least, waits, groups, request) -> None:
    """One group is eight years older, worth 0.64, and nothing else about it differs."""
    model = replace(request.getfixturevalue(name), sigmoid=Sigmoid(), trend=Trend())
    found = attributions(model, waits, roles=explain_cases.ROLES)
    split = disparity(found, groups["ethnicity"], patient=waits.group, draws=100)
    asian = split.parts[split.parts["group"] == "Asian or Asian British"].set_index("feature")
    assert least < asian.loc["age_at_referral", "difference"] < 0.8
    assert asian.loc["age_at_referral", "lower"] > 0
    others = asian.drop(index="age_at_referral")
    assert (others["difference"].abs() < 0.1).all()


def test_who_is_not_known_or_would_not_say_is_a_group(found, waits, groups) -> None:
    split = disparity(found, groups["ethnicity"], patient=waits.group, draws=0)
    assert {NOT_KNOWN, NOT_STATED} <= set(split.gaps["group"])
    assert split.gaps["rows"].sum() == len(waits)


def test_no_gap_is_called_clear_where_groups_are_dealt_by_chance() -> None:
    """95 % intervals of a gap that is not there hold nought about nineteen times in twenty."""
    held = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        patient = np.repeat(np.arange(100), 3)
        level = np.repeat(draw.normal(size=100), 3)  # a patient's rows are alike
        values = pd.DataFrame({"f": level + draw.normal(size=300) / 5})
        found = Attributions(values, 0.0, values["f"])
        labels = pd.Series(np.where(patient < 40, "A", "B"))
        gap = disparity(found, labels, patient=patient, draws=120).gaps.iloc[0]
        held += bool(gap["margin_lower"] <= 0 <= gap["margin_upper"])
    assert 51 <= held <= 60


def test_order_of_rows_changes_no_bit(found, waits, groups) -> None:
    order = np.random.default_rng(1).permutation(len(waits))
    mixed = Attributions(
        found.by_feature.iloc[order].reset_index(drop=True), found.base,
        found.margin.iloc[order].reset_index(drop=True),
    )  # fmt: skip
    labels = groups["sex"]
    one = disparity(found, labels, patient=waits.group, draws=20)
    other = disparity(
        mixed, labels.iloc[order].reset_index(drop=True), patient=waits.group[order], draws=20
    )
    pd.testing.assert_frame_equal(one.parts, other.parts, check_exact=True)
    pd.testing.assert_frame_equal(one.gaps, other.gaps, check_exact=True)


def test_a_group_of_everyone_has_no_one_to_differ_from() -> None:
    split = disparity(made(2, 20), pd.Series(["A"] * 20), draws=0)
    assert split.gaps["margin"].isna().all()


def test_importance_is_the_mean_size_in_each_group_and_overall() -> None:
    found = made(3, 300)
    labels = pd.Series(np.where(np.arange(300) < 100, "A", "B"))
    table = global_importance(found, groups=labels, draws=0).set_index(["group", "feature"])
    size = found.by_feature.abs()
    assert table.loc[("A", "f1"), "importance"] == pytest.approx(size["f1"].head(100).mean())
    assert table.groupby("group")["share"].sum().tolist() == pytest.approx([1, 1])
    overall = global_importance(found, draws=100)
    assert overall["importance"].is_monotonic_decreasing
    assert (overall["lower"] <= overall["importance"]).all()
    assert (overall["importance"] <= overall["upper"]).all()
