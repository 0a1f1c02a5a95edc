"""Logistic and log-linear regression on the true waits, with standard errors, for the tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from workbench.demo.cohort.effects import REFERENCE, groups
from workbench.demo.cohort.hazards import LONGEST, STANDARD_DAYS

CASE_MIX = {
    "62D": ["tumour_group", "referral_route", "provider_referred", "shared", "month"],
    "31D": ["provider_treating"],
    "FDS": ["referral_type", "provider_referred", "month"],
}


def population(hazards: pd.DataFrame, standard: str) -> pd.DataFrame:
    """The clocks over which an effect is planted, whether or not they were over by as_at."""
    rows = hazards[hazards["standard"] == standard]
    if standard == "62D":
        rows = rows[rows["referral_route"] != "other"]
    if standard == "31D":
        rows = rows[rows["treatment_stage"] == "subsequent"]
    if standard == "FDS":
        rows = rows[~rows["cancer_found"]]
    return rows.assign(
        shared=rows["provider_referred"].astype(str) != rows["provider_treating"].astype(str),
        month=pd.to_datetime(rows["clock_start_date"]).dt.strftime("%Y-%m"),
        within=rows["wait_days"] <= STANDARD_DAYS[standard],
        log_days=np.log(rows["wait_days"].clip(1, LONGEST[standard] + 1)),
    )


def design(rows: pd.DataFrame, standard: str) -> pd.DataFrame:
    """Indicators of every group but the reference, and of the case mix."""
    columns = {"one": np.ones(len(rows))}
    for characteristic, labels in groups().items():
        for label in labels:
            held = (rows[characteristic].astype(str) == label).to_numpy(dtype=float)
            if label != REFERENCE[characteristic] and held.sum() >= 60:
                columns[f"{characteristic}={label}"] = held
    for name in CASE_MIX[standard]:
        levels = rows[name].astype(str)
        for level in sorted(levels.unique())[1:]:
            columns[f"mix {name}={level}"] = (levels == level).to_numpy(dtype=float)
    return pd.DataFrame(columns)


def logistic(x: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Maximum likelihood by Newton's method; coefficient and standard error by column."""
    a, b = x.to_numpy(), np.zeros(x.shape[1])
    for _ in range(30):
        p = expit(a @ b)
        information = (a * (p * (1 - p))[:, None]).T @ a + 1e-9 * np.eye(len(b))
        step = np.linalg.solve(information, a.T @ (y.to_numpy(dtype=float) - p))
        b += step
        if np.abs(step).max() < 1e-8:
            break
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return pd.DataFrame({"estimate": b, "error": errors}, index=x.columns)


def linear(x: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Least squares; coefficient and heteroscedasticity-robust standard error by column."""
    a, values = x.to_numpy(), y.to_numpy(dtype=float)
    inverse = np.linalg.pinv(a.T @ a)
    b = inverse @ a.T @ values
    left = values - a @ b
    spread = inverse @ ((a * left[:, None] ** 2).T @ a) @ inverse
    return pd.DataFrame({"estimate": b, "error": np.sqrt(np.diag(spread))}, index=x.columns)


def recovered(hazards: pd.DataFrame, planted: pd.DataFrame) -> pd.DataFrame:
    """Each planted odds ratio, time ratio and crude difference beside its estimate.

    Returns
    -------
    DataFrame
        ``standard, characteristic, group, scale, planted, estimate, error, z``; ratios are
        logarithms.
    """
    found = []
    for standard in CASE_MIX:
        rows = population(hazards, standard)
        x = design(rows, standard)
        fits = {
            "odds_ratio": logistic(x, rows["within"]),
            "time_ratio": linear(x, rows["log_days"]),
        }
        of_standard = planted[planted["standard"] == standard]
        for effect in of_standard.itertuples():
            if f"{effect.characteristic}={effect.group}" not in x.columns:
                continue
            estimate, error, truth = _estimate(rows, fits, effect)
            found.append(
                (standard, effect.characteristic, effect.group, effect.scale, truth, estimate,
                 float(np.hypot(error, effect.mc_se)))
            )  # fmt: skip
    columns = ["standard", "characteristic", "group", "scale", "planted", "estimate", "error"]
    table = pd.DataFrame(found, columns=columns)
    return table.assign(z=(table["estimate"] - table["planted"]) / table["error"])


def _estimate(rows, fits, effect):
    if effect.scale in fits:
        row = fits[effect.scale].loc[f"{effect.characteristic}={effect.group}"]
        return row["estimate"], row["error"], float(np.log(effect.value))
    if effect.scale == "risk_difference_crude":
        here = rows.loc[rows[effect.characteristic].astype(str) == effect.group, "within"]
        there = rows.loc[rows[effect.characteristic].astype(str) == effect.reference, "within"]
        error = np.sqrt(here.var() / len(here) + there.var() / len(there))
        return here.mean() - there.mean(), error, effect.value
    return _standardised(rows, fits["odds_ratio"], effect)


def _standardised(rows, fit, effect):
    """Everybody of the group against everybody of the reference, by the fitted model."""
    x = design(rows, effect.standard)
    columns = [name for name in x if name.startswith(f"{effect.characteristic}=")]
    bare = x.drop(columns=columns).to_numpy() @ fit["estimate"].drop(columns).to_numpy()
    row = fit.loc[f"{effect.characteristic}={effect.group}"]
    difference = (expit(bare + row["estimate"]) - expit(bare)).mean()
    slope = (expit(bare + row["estimate"]) * (1 - expit(bare + row["estimate"]))).mean()
    return difference, slope * row["error"], effect.value
