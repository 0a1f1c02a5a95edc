from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from workbench.statistics.gcomputation import standardised_risks
from workbench.statistics.regression import least_squares, logistic


def made(rows: int = 2_000, seed: int = 3):
    random = np.random.default_rng(seed)
    x = np.column_stack([np.ones(rows), random.integers(0, 2, (rows, 3))]).astype(float)
    y = (random.random(rows) < expit(x @ [0.3, -0.5, 0.8, 0.2])).astype(float)
    return x, y


def test_logistic_coefficients_are_those_of_maximum_likelihood():
    x, y = made()
    found = logistic(x, y)
    other = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(x[:, 1:], y)
    assert found.coefficients[1:] == pytest.approx(other.coef_[0], abs=1e-5)
    assert found.settled


def test_one_binary_covariate_gives_the_table_s_odds_ratio_and_woolf_s_error():
    x = np.array([[1.0, 0.0], [1.0, 1.0]])
    found = logistic(x, [30, 55], [100, 120])
    assert np.exp(found.coefficients[1]) == pytest.approx((55 / 65) / (30 / 70), rel=1e-8)
    woolf = np.sqrt(1 / 30 + 1 / 70 + 1 / 55 + 1 / 65)
    assert found.errors[1] == pytest.approx(woolf, rel=0.006)  # factor n / (n - 2)


def test_cells_and_single_people_give_the_same_fit():
    x, y = made()
    cells, place = np.unique(x, axis=0, return_inverse=True)
    trials = np.bincount(place.ravel()).astype(float)
    whole = logistic(cells, np.bincount(place.ravel(), y), trials)
    single = logistic(x, y)
    assert whole.coefficients == pytest.approx(single.coefficients, abs=1e-9)
    assert whole.covariance == pytest.approx(single.covariance, rel=1e-7)


def test_doubled_rows_of_one_person_do_not_make_the_fit_surer():
    x, y = made(600)
    once = logistic(x, y, cluster=np.arange(600))
    twice = logistic(np.vstack([x, x]), np.tile(y, 2), cluster=np.tile(np.arange(600), 2))
    blind = logistic(np.vstack([x, x]), np.tile(y, 2))
    assert twice.errors == pytest.approx(once.errors, rel=0.01)
    assert (blind.errors < 0.75 * once.errors).all()


def test_a_level_where_all_succeed_disturbs_no_other_coefficient():
    x, y = made()
    extra = np.zeros(len(y))
    extra[:7] = 1.0
    with_level = logistic(np.column_stack([x, extra]), np.where(extra > 0, 1.0, y))
    without = logistic(x[7:], y[7:])
    assert with_level.coefficients[:4] == pytest.approx(without.coefficients, abs=1e-4)
    assert with_level.errors[:4] == pytest.approx(without.errors, rel=0.01)
    assert with_level.coefficients[4] > 5


def test_least_squares_gives_weighted_means_and_robust_errors():
    group = np.array([0.0, 0, 0, 1, 1, 1])
    y = np.array([1.0, 2, 3, 5, 9, 10])
    found = least_squares(np.column_stack([np.ones(6), group]), y, weights=[1, 1, 2, 1, 1, 2])
    assert found.coefficients == pytest.approx([9 / 4, 34 / 4 - 9 / 4])
    plain = least_squares(np.column_stack([np.ones(6), group]), y)
    spread = np.var(y[:3]) / 3 + np.var(y[3:]) / 3
    assert plain.errors[1] == pytest.approx(np.sqrt(spread * 6 / 4))


@pytest.mark.parametrize(
    ("y", "message"),
    [([0.0, np.nan], "none missing"), ([3.0, 0.0], "exceed"), ([-1.0, 0], "below")],
)
def test_outcomes_that_cannot_be_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        logistic([[1.0], [1.0]], y)


def test_without_case_mix_standardised_risks_are_the_shares():
    place = np.array([0, 1, 2])
    found = standardised_risks(place, 3, np.zeros((3, 0)), [50, 30, 9], [100, 40, 30])
    assert found.risks == pytest.approx([0.5, 0.75, 0.3], abs=1e-7)
    plain = [0.5 * 0.5 / 100, 0.75 * 0.25 / 40, 0.3 * 0.7 / 30]
    assert np.diag(found.covariance) == pytest.approx(plain, rel=1e-6)
    at, error = found.contrast([-1, 1, 0])
    assert (at, error) == (pytest.approx(0.25), pytest.approx(np.sqrt(plain[0] + plain[1])))


def test_standardisation_takes_out_a_confounder():
    """Within each level the groups differ by chance alone; their mixes differ greatly."""
    random = np.random.default_rng(5)
    group = random.integers(0, 2, 40_000)
    hard = (random.random(40_000) < np.where(group == 1, 0.8, 0.2)).astype(float)
    y = (random.random(40_000) < np.where(hard > 0, 0.3, 0.8)).astype(float)
    found = standardised_risks(group, 2, hard[:, None], y)
    at, error = found.contrast([-1, 1])
    crude = y[group == 1].mean() - y[group == 0].mean()
    assert crude < -0.25
    assert abs(at) < 3 * error < 0.03


def test_errors_of_standardised_differences_are_those_of_repeated_samples():
    found = []
    for seed in range(150):
        random = np.random.default_rng(seed)
        group = random.integers(0, 2, 500)
        mix = (random.random(500) < 0.3 + 0.4 * group).astype(float)
        y = (random.random(500) < expit(0.5 - 0.6 * group - 1.5 * mix)).astype(float)
        cells, place = np.unique(np.column_stack([group, mix]), axis=0, return_inverse=True)
        hit, all_ = np.bincount(place.ravel(), y), np.bincount(place.ravel()).astype(float)
        found.append(
            standardised_risks(cells[:, 0].astype(np.int64), 2, cells[:, 1:], hit, all_).contrast(
                [-1, 1]
            )
        )
    table = np.array(found)
    assert table[:, 1].mean() == pytest.approx(table[:, 0].std(), rel=0.2)
