"""The interval of a difference of shares gives what its author printed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.statistics.differences import newcombe


@pytest.mark.parametrize(
    ("x", "n", "x_other", "n_other", "lower", "upper"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (5, 56, 0, 29, -0.0381, 0.1926),
    ],
)
def test_newcombes_own_examples(
    x: int, n: int, x_other: int, n_other: int, lower: float, upper: float
) -> None:
    found = newcombe(x, n, x_other, n_other)
    assert found.estimate == pytest.approx(x / n - x_other / n_other)
    assert found.lower == pytest.approx(lower, abs=5e-5)
    assert found.upper == pytest.approx(upper, abs=5e-5)


groups = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(groups, groups)
def test_turning_the_groups_round_turns_the_interval_round(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    there, back = newcombe(*one, *other), newcombe(*other, *one)
    assert there.lower == pytest.approx(-np.asarray(back.upper))
    assert -1 - 1e-12 <= there.lower <= there.estimate <= there.upper <= 1 + 1e-12


def test_one_group_can_be_compared_with_many_and_no_one_has_no_share() -> None:
    found = newcombe([10, 0, 5], [100, 0, np.nan], 20, 100)
    assert np.asarray(found.estimate)[0] == pytest.approx(-0.1)
    assert np.isnan(np.asarray(found.lower)[1:]).all()
