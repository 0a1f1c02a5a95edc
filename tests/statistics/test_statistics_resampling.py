from __future__ import annotations

import numpy as np
import pytest

from workbench.statistics.intervals import wilson
from workbench.statistics.resampling import over_cells, over_clusters, over_estimates


def share(table):
    return table[0] / table.sum()


def test_cells_redrawn_give_the_interval_of_a_share():
    found = over_cells([60, 40], share, draws=4_000)
    known = wilson(60, 100)
    assert found.estimate == 0.6
    assert found.lower == pytest.approx(known.lower, abs=0.012)
    assert found.upper == pytest.approx(known.upper, abs=0.012)


def test_the_same_seed_gives_the_same_limits_and_another_does_not():
    first, again = over_cells([60, 40], share, seed=7), over_cells([60, 40], share, seed=7)
    assert (first.lower, first.upper) == (again.lower, again.upper)
    several = {over_cells([600, 421], share, seed=s, draws=200).lower for s in range(5)}
    assert len(several) > 1


def test_clusters_come_and_go_whole():
    random = np.random.default_rng(1)
    person = np.repeat(np.arange(200), 5)
    y = np.repeat(random.random(200) < 0.5, 5).astype(float)

    def mean(times):
        return (times * y).sum() / times.sum()

    found = over_clusters(person, mean, draws=1_000)
    as_if_single = over_clusters(np.arange(1_000), mean, draws=1_000)
    ratio = (found.upper - found.lower) / (as_if_single.upper - as_if_single.lower)
    assert ratio == pytest.approx(np.sqrt(5), rel=0.15)


def test_the_order_of_rows_changes_nothing():
    person, y = np.array(["b", "a", "c", "a", "b"]), np.array([1.0, 2, 3, 4, 5])
    order = np.array([4, 2, 0, 3, 1])

    def mean_of(values):
        return lambda times: np.sort(times * values).sum() / times.sum()

    first = over_clusters(person, mean_of(y), draws=300)
    other = over_clusters(person[order], mean_of(y[order]), draws=300)
    assert (first.lower, first.upper) == (other.lower, other.upper)


def test_a_statistic_that_is_often_undefined_has_no_limits():
    found = over_cells([1, 3], lambda table: np.nan if table[0] == 0 else table[1] / table[0])
    assert found.estimate == 3
    assert np.isnan([found.lower, found.upper]).all()


def test_estimates_redrawn_follow_their_errors_within_bounds():
    found = over_estimates([0.5, 0.99], [0.1, 0.05], lambda y: y, bounds=(0, 1), draws=4_000)
    assert found.lower[0] == pytest.approx(0.304, abs=0.02)
    assert found.upper[1] == 1


def test_what_cannot_be_redrawn_is_refused():
    with pytest.raises(ValueError, match="not all 0"):
        over_cells([0, 0], share)
    with pytest.raises(ValueError, match="no clusters"):
        over_clusters([], np.sum)
    with pytest.raises(ValueError, match="one shape"):
        over_estimates([1.0], [-1.0], np.sum)
