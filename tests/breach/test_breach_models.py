"""Learners: same seed, same bits; trees read out are the model's own; risks mean what they say."""

from __future__ import annotations

import breach_cases
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from workbench.breach.calibration import expit, fit_logistic, fit_sigmoid, logit
from workbench.breach.encoding import Encoding, fit_encoding
from workbench.breach.frames import cases
from workbench.breach.measures import auc, measured
from workbench.breach.models import BOOSTED, learn
from workbench.breach.roles import roles_of
from workbench.breach.settings import load_settings
from workbench.breach.splits import by_patient, by_time, leave_one_site_out
from workbench.breach.training import fit
from workbench.breach.trees import Trees, trees_of
from workbench.errors import InputError, ParameterError

ROLES = roles_of(breach_cases.ROLES)


@pytest.fixture(scope="module")
def frame():
    return breach_cases.frame(6_000)


@pytest.fixture(scope="module")
def held(frame):
    return cases(frame, ROLES).cases


@pytest.fixture(scope="module")
def split(held):
    return by_time(held, load_settings())


@pytest.fixture(scope="module")
def boosted(held, split):
    return fit(held, ROLES, split, 1, max_iter=80)


def test_boosting_recovers_the_true_risk(held, split, boosted, frame):
    test = held.taken(split.test)
    risk, truth = boosted.risk(test), frame["truth"].to_numpy()[split.test]
    ones = np.ones(len(test))
    assert auc(test.outcome, risk, ones) - 0.5 > 0.85 * (auc(test.outcome, truth, ones) - 0.5)
    assert np.corrcoef(risk, truth)[0, 1] > 0.85
    assert 0.85 < test.outcome.sum() / risk.sum() < 1.15


@pytest.mark.parametrize("name", ["boosting", "logistic", "rates"])
def test_calibrated_risks_add_up_to_what_happens(held, split, name):
    made = fit(held, ROLES, split, 1, name, **({"max_iter": 40} if name == "boosting" else {}))
    calibrate = held.taken(split.calibrate)
    assert made.risk(calibrate).sum() == pytest.approx(calibrate.outcome.sum(), rel=1e-6)


def test_the_longest_waiter_only_ranks(held, split):
    made = fit(held, ROLES, split, 1, "longest_waiter")
    assert made.fitted.ranks_only()
    assert (made.risk(held) == held.numbers["days_so_far"]).all()


@pytest.mark.parametrize("name", ["boosting", "logistic", "rates"])
def test_same_seed_same_bits_at_one_thread_or_two(held, split, name):
    train = held.taken(split.train)
    options = {"max_iter": 30} if name == "boosting" else {}
    with threadpool_limits(1):
        once = learn(name, train, ROLES, 5, **options).margin(held)
    with threadpool_limits(2):
        again = learn(name, train, ROLES, 5, **options).margin(held)
    assert once.tobytes() == again.tobytes()


def fitted_trees(seed: int, missing: float) -> tuple[object, np.ndarray]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(800, 4)).round(1)
    matrix[draw.random(matrix.shape) < missing] = np.nan
    outcome = (np.nan_to_num(matrix[:, 0], nan=1.0) + draw.normal(size=800) > 0).astype(int)
    model = HistGradientBoostingClassifier(
        max_iter=12, max_leaf_nodes=15, min_samples_leaf=5, early_stopping=False, random_state=seed
    )
    with threadpool_limits(1):
        return model.fit(matrix, outcome), matrix


@pytest.mark.parametrize(("seed", "missing"), [(0, 0.0), (1, 0.2), (2, 0.6)])
def test_trees_read_out_give_the_models_own_margins(seed, missing):
    model, matrix = fitted_trees(seed, missing)
    new = np.random.default_rng(seed + 1).normal(size=(200, 4))
    new[::7, 1] = np.nan
    new[::5, 0] = np.inf
    trees = trees_of(model)
    for rows in (matrix, new):
        own = model.decision_function(np.where(np.isinf(rows), 1e300, rows))
        assert trees.margin(rows).tobytes() == own.tobytes()


def test_trees_survive_being_written_down():
    model, matrix = fitted_trees(3, 0.2)
    trees = trees_of(model)
    again = Trees.from_table(trees.table(), trees.baseline)
    assert again.margin(matrix).tobytes() == trees.margin(matrix).tobytes()
    with pytest.raises(InputError):
        Trees.from_table(trees.table().drop_columns(["value"]), 0.0)


def test_leaves_never_exceed_what_can_be_scored():
    assert BOOSTED["max_leaf_nodes"] <= 16


def test_encoding_of_a_rare_level_does_not_tell_a_row_its_own_outcome(held):
    rng = np.random.default_rng(0)
    noise = held.taken(np.arange(2_000))
    coded = noise.codes["clinic"]
    levels = tuple(f"n{i:04d}" for i in range(1_000))
    noise.codes["clinic"] = type(coded)(
        (*levels, ""), rng.integers(0, 1_000, 2_000).astype("int32")
    )
    encoding, matrix = fit_encoding(noise, ROLES, 1)
    column = matrix[:, encoding.names.index("clinic")]
    assert abs(auc(noise.outcome, column, np.ones(2_000)) - 0.5) < 0.05


def test_encoding_survives_being_written_down_and_counts_new_codes(held):
    import json

    encoding, _ = fit_encoding(held, ROLES, 1)
    again = Encoding.from_plain(json.loads(json.dumps(encoding.plain())))
    np.testing.assert_array_equal(again.matrix(held), encoding.matrix(held))
    strange = breach_cases.frame(50).assign(tumour="new")
    assert again.unknown(cases(strange, ROLES).cases)["tumour"] == 50


@pytest.mark.parametrize("how", ["time", "patient"])
def test_no_patient_stands_on_two_sides(held, how):
    made = by_time(held, load_settings()) if how == "time" else by_patient(held, 1)
    parts = [set(held.group[rows]) for rows in (made.train, made.calibrate, made.test)]
    assert parts[0]
    assert parts[2]
    assert not parts[0] & parts[2]
    assert not parts[0] & parts[1]
    assert not parts[1] & parts[2]


def test_what_is_learnt_from_was_known_before_the_test_began(held, split):
    start = held.origin[split.test].min()
    for rows in (split.train, split.calibrate):
        assert (held.settled[rows] < start).all()
    assert held.origin[split.train].max() < held.origin[split.calibrate].min()


def test_a_site_left_out_is_judged_by_a_model_that_never_saw_it(held, split):
    seen = dict(leave_one_site_out(held, split))
    assert set(seen) == {"AAA", "BBB", "CCC"}
    for site, one in seen.items():
        assert set(held.site[one.test].text()) == {site}
        assert site not in set(held.site[np.r_[one.train, one.calibrate]].text())


def test_without_days_the_calibration_is_crossed(frame):
    plain = {k: v for k, v in breach_cases.ROLES.items() if k not in ("time", "settled")}
    plain["features"] = {k: v for k, v in plain["features"].items() if k != "scan"}
    roles = roles_of(plain)
    held = cases(frame, roles).cases
    split = by_patient(held, 1)
    made = fit(held, roles, split, 1, max_iter=60)
    test = held.taken(split.test)
    found = measured(test.outcome, made.risk(test))
    assert len(split.calibrate) == 0
    assert 0.85 < found["calibration_slope"] < 1.15
    assert 0.9 < found["observed_expected"] < 1.1


def test_nothing_can_be_learnt_from_one_outcome(held):
    alike = held.taken(np.flatnonzero(held.outcome == 0))
    with pytest.raises(InputError, match="Nothing can be learnt"):
        learn("boosting", alike, ROLES, 1)
    with pytest.raises(ParameterError, match="no such model"):
        learn("oracle", held, ROLES, 1)


@budget(max_examples=30)
@given(intercept=st.floats(-1, 1), slope=st.floats(0.5, 2), seed=st.integers(0, 5))
def test_a_sigmoid_undoes_what_was_done_to_the_margins(intercept, slope, seed):
    draw = np.random.default_rng(seed)
    true = draw.normal(size=4_000)
    outcome = (draw.random(4_000) < expit(true)).astype(float)
    landmark = np.zeros(4_000, dtype=int)
    plain = fit_sigmoid(true, outcome, landmark)
    bent = fit_sigmoid((true - intercept) / slope, outcome, landmark)
    np.testing.assert_allclose(
        bent.risk((true - intercept) / slope, landmark), plain.risk(true, landmark), atol=1e-7
    )
    assert plain.slope == pytest.approx(1, abs=0.15)


def test_logistic_regression_is_that_of_the_textbook():
    from sklearn.linear_model import LogisticRegression

    draw = np.random.default_rng(1)
    design = np.column_stack([np.ones(500), draw.normal(size=(500, 2))])
    outcome = (draw.random(500) < expit(design @ np.array([0.3, 1.0, -0.5]))).astype(float)
    other = LogisticRegression(C=np.inf, tol=1e-10, max_iter=500).fit(design[:, 1:], outcome)
    found = fit_logistic(design, outcome)
    np.testing.assert_allclose(found, [other.intercept_[0], *other.coef_[0]], atol=1e-5)
    np.testing.assert_allclose(logit(expit(found)), found)
