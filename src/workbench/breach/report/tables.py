"""Tables of the report on a model, each with the counts by which disclosure control judges it.

Observed over expected is given as late waits for every 100 predicted, and the area under
the curve (AUC) as pairs of a late and a timely look that are put in the right order, of
100: a reader need not think in ratios.
Statistics are rounded, so that no count can be worked out from them.
"""

from __future__ import annotations

import pandas as pd

from workbench.breach.models import LONGEST
from workbench.breach.report.folder import Held
from workbench.breach.report.terms import TOLD, day_name, model_name
from workbench.wording import in_words

COUNTS = ["looks", "patients", "late"]
"""Counts of people in most tables: looks at waits, their patients, looks that ended late."""
PER_100 = ["per_100", "lower", "upper"]
ALL = "all"
_SITE = "site left out: "
_MEASURED = {
    "auc": ("auc", 100.0, 1),
    "observed_expected": ("per_100", 100.0, 1),
    "brier": ("brier", 1.0, 4),
    "calibration_slope": ("slope", 1.0, 2),
}
"""Measures that the report shows: column, factor and decimals."""
_STATISTICS = frozenset(
    (*PER_100, "second", "apart", "agreement", "risk", "widest", "captured", "benefit")
) | {f"{name}{limit}" for name in ("auc", "brier", "slope") for limit in ("", "_lower", "_upper")}


def by_landmark(held: Held) -> pd.DataFrame:
    """Calibration and ranking of the model on each landmark day.

    Returns
    -------
    DataFrame
        ``day, looks, patients, late, per_100, lower, upper, auc, auc_lower, auc_upper``; in
        order of days, ``All days`` last.
    """
    own = held.measures[held.measures["model"] == held.name]
    return wide(own, "landmark_day", ["observed_expected", "auc"]).pipe(named_days)


def by_site(held: Held) -> pd.DataFrame:
    """Calibration and ranking at each Trust of a model that has not seen it.

    Returns
    -------
    DataFrame
        ``provider`` and the columns of `by_landmark`; empty where it was not tried.
    """
    table = held.tables["measures"]
    here = table["split"].str.startswith(_SITE) & (table["landmark_day"] == ALL)
    sites = table[here].assign(provider=lambda t: t["split"].str.removeprefix(_SITE))
    return wide(sites, "provider", ["observed_expected", "auc"])


def compared(held: Held) -> pd.DataFrame:
    """All models side by side, on the same unseen looks.

    Returns
    -------
    DataFrame
        ``model, looks, patients, late`` and for each of AUC, late for 100 predicted, Brier
        score and calibration slope the estimate and its limits; the model that is used
        first. Blank where a rule ranks and gives no risk. Where the model that is used was
        told protected characteristics, so were those beside it, and their names say so.
    """
    own = held.measures[held.measures["landmark_day"] == ALL]
    table = wide(own, "model", list(_MEASURED))
    first = table["model"] != held.name
    ordered = table.assign(first=first).sort_values("first", kind="stable").drop(columns="first")
    more = TOLD if held.facts.get("protected") else ""
    named = [model_name(name) + ("" if _own_words(name) else more) for name in ordered["model"]]
    return ordered.assign(model=named).reset_index(drop=True)


def _own_words(name: str) -> bool:
    """Whether a model's name says by itself what it was told, or it was told nothing."""
    return "," in name or name == LONGEST


def by_month(held: Held) -> pd.DataFrame:
    """Calibration by the month in which clocks started.

    Returns
    -------
    DataFrame
        ``month`` (in words), ``looks, late, per_100, lower, upper``; limits hold for all
        months together. Blank where no wait was late: nothing says how sure that nought is.
    """
    drift = held.tables["drift"]
    ratios = drift[["observed_expected", "lower", "upper"]].set_axis(PER_100, axis=1)
    ratios = ratios.where(drift["observed"] > 0)
    return pd.DataFrame(
        {"month": drift["month"].map(in_words), "looks": drift["n"].astype(float),
         "late": drift["observed"].astype(float)}
    ).join((100 * ratios).round(1))  # fmt: skip


def others(table: pd.DataFrame) -> list[str]:
    """Columns of a table of this room that are statistics: they count no one."""
    return [str(name) for name in table if name in _STATISTICS]


def wide(measures: pd.DataFrame, key: str, wanted: list[str]) -> pd.DataFrame:
    """One row a value of `key`, with counts, and each measure wanted with its limits."""
    order = pd.Index(dict.fromkeys(measures[key]), name=key)
    counts = measures.groupby(key)[["n", "patients", "events"]].first().reindex(order)
    return (
        counts.astype(float)
        .set_axis(COUNTS, axis=1)
        .join(estimates(measures, key, order, wanted))
        .reset_index()
    )


def estimates(measures: pd.DataFrame, key: str, order: pd.Index, wanted: list[str]) -> pd.DataFrame:
    """Estimate and limits of each measure wanted, by `key`; blank where one was not taken."""
    made = pd.DataFrame(index=order)
    for metric in wanted:
        name, factor, decimals = _MEASURED[metric]
        own = measures[measures["metric"] == metric].set_index(key)
        limits = ("lower", "upper") if name == "per_100" else (f"{name}_lower", f"{name}_upper")
        for column, shown in zip(("estimate", "lower", "upper"), (name, *limits), strict=True):
            made[shown] = (factor * own[column].astype(float)).round(decimals).reindex(order)
    return made


def named_days(table: pd.DataFrame) -> pd.DataFrame:
    """Name landmark days, in order, all of them together last."""
    place = pd.to_numeric(table["landmark_day"], errors="coerce")
    ordered = table.assign(place=place).sort_values("place", na_position="last", kind="stable")
    ordered.insert(0, "day", ordered["landmark_day"].map(day_name))
    return ordered.drop(columns=["landmark_day", "place"]).reset_index(drop=True)


def judged_counts(held: Held, landmark_day: str = ALL) -> dict[str, float]:
    """Counts of the looks that the model was judged on."""
    own = held.measures
    here = (own["model"] == held.name) & (own["landmark_day"] == landmark_day)
    row = own[here].iloc[0]
    return dict(zip(COUNTS, (float(row[n]) for n in ("n", "patients", "events")), strict=True))
