"""Held against shap where it is right; where it is wrong, a test that tells when it is mended."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shap
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from workbench.explain import attributions

NATIVE, PLAIN = ["trust", "tumour"], ["load", "age", "days"]


def rows(count: int = 1_000, seed: int = 4) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "load": draw.normal(size=count),
            "trust": draw.integers(0, 20, count).astype(float),
            "age": draw.normal(60, 10, count),
            "tumour": draw.integers(0, 6, count).astype(float),
            "days": draw.integers(0, 60, count).astype(float),
        }
    )
    frame = frame.mask(draw.random(frame.shape) < 0.08)
    margin = frame["load"].fillna(0) + (frame["trust"] % 7 == 3) - (frame["tumour"] == 2)
    margin += (frame["days"].fillna(0) > 30) * frame["load"].fillna(0)
    return frame, (draw.random(count) < 1 / (1 + np.exp(-margin))).astype(int).to_numpy()


def fitted(codes: list[str] | None) -> tuple[HistGradientBoostingClassifier, pd.DataFrame]:
    frame, late = rows()
    model = HistGradientBoostingClassifier(
        max_iter=20, categorical_features=codes, random_state=0, early_stopping=False
    )
    return model.fit(frame, late), frame


def test_values_agree_with_shap_where_shap_is_right() -> None:
    model, frame = fitted(None)
    found = attributions(model, frame)
    theirs = shap.TreeExplainer(model)
    np.testing.assert_allclose(found.by_feature, theirs.shap_values(frame), rtol=0, atol=1e-10)
    assert found.base == pytest.approx(float(np.ravel(theirs.expected_value)[0]), abs=1e-10)


def test_a_regression_is_explained_as_shap_does() -> None:
    frame, _ = rows()
    days = frame["days"].fillna(0) + 3 * frame["load"].fillna(0)
    model = HistGradientBoostingRegressor(max_iter=15, random_state=0).fit(frame, days)
    theirs = shap.TreeExplainer(model).shap_values(frame)
    np.testing.assert_allclose(attributions(model, frame).by_feature, theirs, rtol=0, atol=1e-10)


def test_numbers_ordinals_codes_and_missing_values_add_up_on_every_row() -> None:
    model, frame = fitted(NATIVE)
    found = attributions(model, frame)
    off = found.base + found.by_feature.sum(axis=1) - model.decision_function(frame)
    assert off.abs().max() <= 1e-10
    assert list(found.by_feature) == list(frame)


def test_codes_as_texts_come_back_under_their_own_columns() -> None:
    """The model puts its codes first; the values of a column that it ignores are 0."""
    frame, late = rows()
    frame["trust"] = ("T" + frame["trust"].astype("Int64").astype("str")).astype("category")
    frame["unused"] = 1.0
    model = HistGradientBoostingClassifier(max_iter=15, random_state=0).fit(frame, late)
    found = attributions(model, frame)
    assert list(found.by_feature) == list(frame)
    assert (found.by_feature["unused"] == 0).all()
    assert (found.by_feature["trust"] != 0).any()


def test_a_code_that_was_never_seen_is_explained_as_the_model_takes_it() -> None:
    model, frame = fitted(NATIVE)
    odd = frame.head(200).assign(trust=999.0)
    found = attributions(model, odd)
    assert found.margin.to_numpy() == pytest.approx(model.decision_function(odd), abs=1e-12)


def test_shap_is_still_wrong_on_native_codes() -> None:
    """When this fails, shap has been mended: say so in the docs, and hold our values to it."""
    model, frame = fitted(NATIVE)
    # it cannot be given texts, and of codes it checks nothing even where asked to
    theirs = shap.TreeExplainer(model)
    encoded = model._preprocess_X(frame, reset=False)
    values = theirs.shap_values(encoded, check_additivity=True)
    whole = values.sum(axis=1) + float(np.ravel(theirs.expected_value)[0])
    off = np.abs(whole - model.decision_function(frame))
    assert off.max() > 0.1


def test_one_hot_columns_are_folded_back_to_their_source() -> None:
    frame, late = rows()
    columns = pd.get_dummies(frame["trust"].astype("Int64").astype("str"), prefix="trust")
    wide = pd.concat([frame[PLAIN], columns.astype(float)], axis=1)
    model = HistGradientBoostingClassifier(max_iter=15, random_state=0).fit(wide, late)
    found = attributions(model, wide, sources=dict.fromkeys(columns, "trust"))
    apart = attributions(model, wide)
    assert list(found.by_feature) == [*PLAIN, "trust"]
    added = apart.by_feature[list(columns)].sum(axis=1)
    np.testing.assert_allclose(found.by_feature["trust"], added, rtol=0, atol=1e-12)
