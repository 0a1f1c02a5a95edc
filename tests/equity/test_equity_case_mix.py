"""Organisations at equal case mix: identities, invariances, and what must be refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.equity.case_mix import at_equal_mix
from workbench.errors import InputError, ParameterError

STRATA = ["cancer", "route"]


def cells(numbers: list[list[tuple[int, int]]]) -> pd.DataFrame:
    """One organisation a list; one (total, within) a stratum."""
    return pd.DataFrame(
        [
            (f"R{place}", f"c{stratum // 2}", f"r{stratum % 2}", total, within)
            for place, strata in enumerate(numbers)
            for stratum, (total, within) in enumerate(strata)
        ],
        columns=["trust", *STRATA, "total", "within"],
    )


counts = st.integers(0, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
organisations = st.lists(
    st.lists(counts, min_size=4, max_size=4).filter(lambda s: sum(n for n, _ in s) > 0),
    min_size=2, max_size=8,
).filter(lambda all_: sum(x for s in all_ for _, x in s) > 0)  # fmt: skip


@settings(max_examples=30)
@given(organisations)
def test_each_gap_is_the_sum_of_its_parts_and_expected_numbers_add_up(numbers):
    found = at_equal_mix(cells(numbers), "trust", STRATA)
    table = found.table
    assert (table["mix"] + table["rate"] - table["gap"]).abs().max() < 1e-12
    assert table["gap"].to_numpy() == pytest.approx((table["share"] - found.share).to_numpy())
    expected = (table["expected_share"] * table["total"]).sum()
    assert expected == pytest.approx(table["within"].sum())
    assert sorted(table["rank"]) == sorted(table["rank_at_equal_mix"])
    assert list(table["rank"].sort_values()) == list(range(1, len(table) + 1))


@settings(max_examples=15)
@given(organisations, st.randoms())
def test_the_order_of_rows_changes_nothing(numbers, random):
    table = cells(numbers)
    shuffled = table.sample(frac=1, random_state=random.randint(0, 1000))
    pd.testing.assert_frame_equal(
        at_equal_mix(table, "trust", STRATA).table, at_equal_mix(shuffled, "trust", STRATA).table
    )


def test_a_trust_that_only_treats_the_easy_cancer_changes_side():
    # everyone: easy .9, hard .5; A treats easy alone and does worse there than all do
    made = cells([[(100, 80), (0, 0), (0, 0), (0, 0)], [(50, 50), (0, 0), (150, 75), (0, 0)]])
    found = at_equal_mix(made, "trust", STRATA)
    first = found.table.iloc[0]
    assert first["gap"] > 0 > first["rate"]
    assert first["changes_side"]
    assert found.changed_side == 2
    easy = 130 / 150
    assert first["expected_share"] == pytest.approx(easy)
    assert first["standardised"] == pytest.approx((205 / 300) * 0.8 / easy)


def test_small_organisations_count_in_the_average_but_are_not_shown():
    made = cells([[(100, 50)] * 4, [(100, 80)] * 4, [(1, 1), (0, 0), (0, 0), (0, 0)]])
    found = at_equal_mix(made, "trust", STRATA, minimum=10)
    assert found.table["trust"].tolist() == ["R0", "R1"]
    assert found.share == pytest.approx(521 / 801)


def test_limits_hold_the_truth_as_often_as_they_say():
    random, held = np.random.default_rng(1), []
    rates = np.array([0.9, 0.7, 0.5, 0.6])
    for _ in range(200):
        own = random.binomial([40, 60, 50, 30], rates)
        rest = random.binomial(4000, rates)
        made = cells([list(zip([40, 60, 50, 30], own, strict=True)),
                      [(4000, int(x)) for x in rest]])  # fmt: skip
        row = at_equal_mix(made, "trust", STRATA).table.iloc[0]
        truth = float(rates.mean())  # no gap at equal mix: everyone's share
        held.append(row["lower"] <= truth <= row["upper"])
    assert 0.92 <= np.mean(held) <= 0.98


def test_what_cannot_be_compared_is_refused():
    made = cells([[(10, 5)] * 4, [(10, 6)] * 4])
    with pytest.raises(ParameterError, match="cannot be compared"):
        at_equal_mix(made, "trust", ["stage"])
    with pytest.raises(InputError, match="cannot be compared"):
        at_equal_mix(made.assign(within=11), "trust", STRATA)
    with pytest.raises(InputError, match="at least 2"):
        at_equal_mix(made, "trust", STRATA, minimum=1_000)
