"""XGBoost, LightGBM and scikit-learn's logistic regression on one split, in their own environment.

    python _breach_peers.py FOLDER

FOLDER holds ``train.parquet`` and ``test.parquet`` with column ``outcome``; text columns are
categories. Writes ``peers.parquet``, one column of risks a peer.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd


def main() -> None:
    """Fit, predict, write."""
    import lightgbm
    import xgboost

    folder = Path(sys.argv[1])
    train, test = (pd.read_parquet(folder / f"{name}.parquet") for name in ("train", "test"))
    outcome = train.pop("outcome").to_numpy()
    test = test.drop(columns="outcome")
    for name in train.columns:
        if not pd.api.types.is_numeric_dtype(train[name]):
            levels = sorted(train[name].dropna().unique())
            train[name] = pd.Categorical(train[name], levels)
            test[name] = pd.Categorical(test[name].where(test[name].isin(levels)), levels)
    peers = {
        "xgboost": xgboost.XGBClassifier(
            n_estimators=300, learning_rate=0.05, max_depth=4, enable_categorical=True,
            tree_method="hist", min_child_weight=20, reg_lambda=5, colsample_bynode=0.5,
            random_state=1, n_jobs=1,
        ),
        "lightgbm": lightgbm.LGBMClassifier(
            n_estimators=300, learning_rate=0.05, num_leaves=15, min_child_samples=200,
            reg_lambda=5, colsample_bytree=0.5, random_state=1, n_jobs=1, verbose=-1,
        ),
    }  # fmt: skip
    risks = {name: one.fit(train, outcome).predict_proba(test)[:, 1] for name, one in peers.items()}
    risks["logistic, one-hot"] = _logistic(train, outcome, test)
    pd.DataFrame(risks).astype("float64").to_parquet(folder / "peers.parquet", index=False)


def _logistic(train: pd.DataFrame, outcome: np.ndarray, test: pd.DataFrame) -> np.ndarray:
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [name for name in train if pd.api.types.is_numeric_dtype(train[name])]
    codes = [name for name in train if name not in numbers]
    prepared = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20), codes),
    )
    model = make_pipeline(prepared, LogisticRegression(C=0.1, max_iter=300))
    risks: np.ndarray = model.fit(train, outcome).predict_proba(test)[:, 1]
    return risks


if __name__ == "__main__":
    main()
