"""Whether a model's tables hold together: sums that must agree, and days in their order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.breach.report.folder import Held


def agreement(held: Held) -> pd.DataFrame:
    """Hold the tables of a model against each other.

    Returns
    -------
    DataFrame
        ``check, passed, detail``: counts and days only.
    """
    rows = [
        ("The files of the model are as they were written", True, "all digests agree"),
        _windows(held),
        _looks(held),
        _months(held),
        _curves(held),
        _captured(held),
    ]
    return pd.DataFrame(rows, columns=["check", "passed", "detail"])


def _windows(held: Held) -> tuple[str, bool, str]:
    names = ("train_to", "calibrate_from", "calibrate_to", "test_from", "test_to")
    days = [held.judged[name] for name in names if name in held.judged]
    return (
        "What judges is later than what was learnt from and what set the level",
        days == sorted(days),
        " then ".join(days),
    )


def _looks(held: Held) -> tuple[str, bool, str]:
    own = held.measures[held.measures["model"] == held.name]
    one = own[own["metric"] == own["metric"].iloc[0]].set_index("landmark_day")[["n", "events"]]
    every, days = one.loc["all"], one.drop(index="all")
    total = days.sum() if len(days) else every
    return (
        "Looks and late waits of the days add up to those of all days",
        bool((total == every).all()),
        f"{len(days)} days",
    )


def _months(held: Held) -> tuple[str, bool, str]:
    own = held.measures[held.measures["model"] == held.name]
    every = own[own["landmark_day"] == "all"].iloc[0]
    drift = held.tables["drift"]
    same = drift["n"].sum() == every["n"] and drift["observed"].sum() == every["events"]
    return (
        "Looks and late waits of the months add up to those of all days",
        bool(same),
        f"{len(drift)} months",
    )


def _curves(held: Held) -> tuple[str, bool, str]:
    table = held.tables["waiting"]
    total = table["waiting"] + table["treated"] + table["left"]
    away = float(np.abs(total - 1).max())
    return (
        "On every day, those who wait and whose wait has ended add up to all",
        away < 1e-9,
        f"{len(table)} days, at most {away:.0e} away",
    )


def _captured(held: Held) -> tuple[str, bool, str]:
    table = held.tables["capture"]
    rising = table.sort_values("capacity").groupby("model")["captured"]
    falls = int((rising.diff() < 0).sum())
    return (
        "Whoever reviews more finds no fewer",
        falls == 0,
        f"{table['model'].nunique()} rankings",
    )
