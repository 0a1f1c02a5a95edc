"""Figures and limits held against fairlearn, scikit-learn and a bootstrap of rows."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import (
    MetricFrame,
    false_negative_rate,
    false_positive_rate,
    selection_rate,
    true_negative_rate,
    true_positive_rate,
)
from fairness_cases import rate, scored
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, precision_score, roc_auc_score

from workbench.fairness import assess

PEER = {
    "fnr": false_negative_rate,
    "selection_rate": selection_rate,
    "precision": partial(precision_score, zero_division=0),
    "fpr": false_positive_rate,
    "tpr": true_positive_rate,
    "tnr": true_negative_rate,
}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return scored(black=0.6)


def flagged(frame: pd.DataFrame) -> np.ndarray:
    flags = np.zeros(len(frame), dtype=int)
    flags[np.lexsort((frame["record_id"], -frame["risk"]))[: int(0.2 * len(frame))]] = 1
    return flags


@pytest.mark.parametrize("features", [["ethnicity"], ["ethnicity", "sex"],
                                      ["ethnicity", "sex", "imd_quintile"]])  # fmt: skip
def test_rates_are_those_of_fairlearn_to_the_last_bit(
    frame: pd.DataFrame, features: list[str]
) -> None:
    peer = MetricFrame(
        metrics=PEER, y_true=frame["outcome"], y_pred=flagged(frame),
        sensitive_features=frame[features].astype(str),
    ).by_group  # fmt: skip
    found = assess(
        frame, "outcome", groups=features, id="record_id", metrics=tuple(PEER), replicates=2
    ).metrics
    name = " x ".join(features)
    ours = found[found["characteristic"] == name].set_index(["group", "metric"])["raw"]
    compared = 0
    for key, row in peer.iterrows():
        group = " x ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        for metric, value in row.items():
            if not np.isnan(ours[group, metric]):  # nobody flagged: fairlearn says 0
                assert ours[group, metric] == value
                compared += 1
    assert compared >= len(peer) * 5


def test_limits_agree_with_fairlearns_bootstrap(frame: pd.DataFrame) -> None:
    peer = MetricFrame(
        metrics={"fnr": false_negative_rate, "selection_rate": selection_rate},
        y_true=frame["outcome"], y_pred=flagged(frame), sensitive_features=frame["ethnicity"],
        n_boot=60, ci_quantiles=[0.025, 0.975], random_state=1,
    )  # fmt: skip
    found = assess(
        frame, "outcome", groups=["ethnicity"], id="record_id", metrics=["fnr", "selection_rate"]
    ).metrics
    for metric in ("fnr", "selection_rate"):
        for group in ("Asian", "Black", "White"):
            low, high = (one.loc[group, metric] for one in peer.by_group_ci)
            width = high - low
            assert rate(found, group, metric, "lower") == pytest.approx(low, abs=0.3 * width)
            assert rate(found, group, metric, "upper") == pytest.approx(high, abs=0.3 * width)


def test_figures_of_scores_are_those_of_scikit_learn(frame: pd.DataFrame) -> None:
    found = assess(frame, "outcome", groups=["ethnicity"], replicates=2)
    for group, held in frame.groupby("ethnicity"):
        rest = frame[frame["ethnicity"] != group]
        for part, table, column in ((held, found.metrics, "estimate"),):
            assert rate(table, group, "auc", column) == pytest.approx(
                roc_auc_score(part["outcome"], part["risk"]), abs=1e-12
            )
            assert rate(table, group, "brier", column) == pytest.approx(
                brier_score_loss(part["outcome"], part["risk"]), abs=1e-12
            )
        gap = roc_auc_score(held["outcome"], held["risk"]) - roc_auc_score(
            rest["outcome"], rest["risk"]
        )
        assert rate(found.gaps, group, "auc", "difference") == pytest.approx(gap, abs=1e-12)
        margin = np.log(held["risk"] / (1 - held["risk"])).to_numpy()[:, None]
        fitted = LogisticRegression(C=np.inf, tol=1e-10).fit(margin, held["outcome"])
        assert rate(found.metrics, group, "calibration_slope") == pytest.approx(
            fitted.coef_[0, 0], abs=1e-5
        )
        level = held["outcome"].sum() / held["risk"].sum()
        assert rate(found.metrics, group, "observed_expected") == pytest.approx(level, abs=1e-12)


def test_binned_samples_spread_as_samples_of_rows_do(frame: pd.DataFrame) -> None:
    """Bins and one Newton step stand for what a bootstrap of rows would do from scratch."""
    found = assess(frame, "outcome", groups=["ethnicity"], replicates=600, seed=3).metrics
    random = np.random.default_rng(4)
    held = frame[frame["ethnicity"] == "Black"]
    drawn = []
    for _ in range(160):
        one = held.iloc[random.integers(0, len(held), len(held))]
        margin = np.log(one["risk"] / (1 - one["risk"])).to_numpy()[:, None]
        drawn.append(
            {
                "auc": roc_auc_score(one["outcome"], one["risk"]),
                "brier": brier_score_loss(one["outcome"], one["risk"]),
                "observed_expected": one["outcome"].sum() / one["risk"].sum(),
                "calibration_slope": LogisticRegression(C=np.inf)
                .fit(margin, one["outcome"]).coef_[0, 0],
            }
        )  # fmt: skip
    slow = pd.DataFrame(drawn)
    for metric in slow:
        width = rate(found, "Black", metric, "upper") - rate(found, "Black", metric, "lower")
        assert width == pytest.approx(2 * 1.96 * slow[metric].std(), rel=0.25)
