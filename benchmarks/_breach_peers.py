"""XGBoost and LightGBM on one split; runs in an environment of their own.

    python _breach_peers.py FOLDER

FOLDER holds ``train.parquet`` and ``test.parquet`` with column ``outcome``; text columns are
categories. Writes ``peers.parquet``, one column of risks a peer.
"""

from __future__ import annotations

import sys
from pathlib import Path

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
    pd.DataFrame(risks).astype("float64").to_parquet(folder / "peers.parquet", index=False)


if __name__ == "__main__":
    main()
