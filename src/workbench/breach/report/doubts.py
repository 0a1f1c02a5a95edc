"""Tables that test the model another way: fewer patients, a second method, other samples."""

from __future__ import annotations

import pandas as pd

from workbench.breach.report.folder import Held
from workbench.breach.report.tables import estimates, named_days


def learning(held: Held) -> pd.DataFrame:
    """How well models rank and predict that have learnt from fewer patients.

    Returns
    -------
    DataFrame
        ``share`` (per cent of the patients, as text), ``patients, looks`` learnt from, and
        the columns of ranking and calibration as in `by_landmark`; empty where it was not
        tried.
    """
    table = _more(held, "learning", ("share", "patients_learnt_from", "rows_learnt_from"))
    if table.empty:
        return table
    names = {"patients_learnt_from": "patients", "rows_learnt_from": "looks"}
    counts = table.groupby("share")[list(names)].first().astype(float).rename(columns=names)
    wide = counts.join(estimates(table, "share", counts.index, ["observed_expected", "auc"]))
    wide = wide.reset_index()
    return wide.assign(share=(100 * wide["share"]).map("{:g}%".format))


def hazard(held: Held) -> pd.DataFrame:
    """The model beside a second way to the same risks, on each landmark day.

    Returns
    -------
    DataFrame
        ``day, looks, late``; ``per_100`` of the model and ``second`` of the other;
        ``apart`` (mean distance of the two risks, points) and ``agreement`` (correlation of
        their ranks). Empty where it was not tried.
    """
    table = _more(held, "hazard", ("model", "landmark_day", "n", "events"))
    if table.empty:
        return table
    own = table["model"] == held.name
    counts = table[own].groupby("landmark_day")[["n", "events"]].first().astype(float)
    made = counts.set_axis(["looks", "late"], axis=1)
    for name, rows, metric, factor, decimals in (
        ("per_100", own, "observed_expected", 100, 1),
        ("second", ~own, "observed_expected", 100, 1),
        ("apart", ~own, "apart", 100, 1),
        ("agreement", ~own, "agreement", 1, 2),
    ):
        found = table[rows & (table["metric"] == metric)].set_index("landmark_day")["estimate"]
        made[name] = (factor * found.astype(float)).round(decimals).reindex(made.index)
    return named_days(made.reset_index())


def stability(held: Held) -> pd.DataFrame:
    """How far single risks move when the model is fitted again on halves of the weeks.

    Returns
    -------
    DataFrame
        ``part`` (tenth of risks, 1 the lowest, as text), ``looks``, and in points of 100
        ``risk``, ``apart`` (mean distance of a refit's risk) and ``widest`` (spread over all
        refits that one risk in 20 exceeds); empty without refits.
    """
    table = held.tables["stability"]
    numbers = (100 * table[["risk", "apart", "widest"]].astype(float)).round(1)
    numbers.insert(0, "part", table["part"].astype(str))
    numbers.insert(1, "looks", table["n"].astype(float))
    return numbers


def _more(held: Held, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """A table that a model may lack: empty then."""
    return held.tables.get(name, pd.DataFrame(columns=list(columns)))
