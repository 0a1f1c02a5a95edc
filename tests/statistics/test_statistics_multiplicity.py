from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from workbench.statistics.multiplicity import benjamini_hochberg

families = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(families)
def test_q_is_that_of_scipy(p: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), atol=1e-14)


@given(families)
def test_q_is_at_least_p_and_ordered_as_p_is(p: list[float]) -> None:
    q = benjamini_hochberg(p)
    assert (q >= np.array(p)).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p, kind="stable")]) >= 0).all()


@given(families, st.randoms())
def test_the_order_of_comparisons_changes_nothing(p: list[float], random) -> None:
    places = list(range(len(p)))
    random.shuffle(places)
    shuffled = benjamini_hochberg([p[place] for place in places])
    assert shuffled.tolist() == benjamini_hochberg(p)[places].tolist()


def test_a_comparison_not_made_stays_missing_and_is_not_counted() -> None:
    q = benjamini_hochberg([0.01, np.nan, 0.04])
    assert q.tolist()[::2] == benjamini_hochberg([0.01, 0.04]).tolist()
    assert np.isnan(q[1])


def test_a_family_of_none_is_empty() -> None:
    assert benjamini_hochberg([]).size == 0
    assert np.isnan(benjamini_hochberg([np.nan])).all()


@pytest.mark.parametrize("p", [[1.5], [-0.1], [[0.1, 0.2]], 0.05])
def test_what_is_no_family_of_p_values_is_refused(p: list[float]) -> None:
    with pytest.raises(ValueError, match="p must"):
        benjamini_hochberg(p)
