"""The tables that a model card shows, each with the columns by which disclosure is judged.

A card may be published, the tables of a study may not: whoever makes a card passes each of
these through disclosure control, and gives what is left of it to `workbench.breach.card`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.breach.drift import Drift
from workbench.breach.evaluation import ALL
from workbench.breach.frames import Cases
from workbench.breach.groups import affected
from workbench.breach.roles import ROW, Feature
from workbench.breach.studies import Study

COUNTS = ("n", "patients", "events", "affected")
"""Rows, their patients, rows with the event, and the patients whose rows those are."""
_MEASURED = ("n", "patients", "events")
METRICS = ("auc", "brier", "scaled_brier", "observed_expected", "calibration_slope")
CAPACITY = 0.2
ENOUGH = 30
"""Patients with the event that a group needs to stand for the lowest or highest: of fewer, what
is lowest is chance."""
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5)


@dataclass(frozen=True, eq=False)
class Part:
    """A table of a card, before disclosure control.

    Attributes
    ----------
    frame : DataFrame
    keys, counts : tuple of str
        The other columns are statistics.
    shares : mapping of str to (str, str)
        Columns to be made of two counts.
    of_people : bool
        Off for a table that counts no one and needs no control.
    """

    frame: pd.DataFrame
    keys: tuple[str, ...]
    counts: tuple[str, ...] = ()
    shares: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    of_people: bool = True


def card_parts(
    study: Study, flow: pd.DataFrame | None, groups: pd.DataFrame, provenance: pd.DataFrame
) -> dict[str, Part]:
    """Every table of a card that a study can fill, by name.

    Parameters
    ----------
    study : Study
    flow : DataFrame or None
        ``step, count`` of the records that became rows, where there were records.
    groups : DataFrame
        As `workbench.breach.groups.by_group`.
    provenance : DataFrame
        As `workbench.breach.provenance.provenance`.
    """
    measures = study.evaluation.measures
    first = measures[measures["split"] == measures["split"].iloc[0]]
    whole = first[first["landmark_day"] == ALL]
    own = first[(first["model"] == first["model"].iloc[0]) & (first["landmark_day"] != ALL)]
    wanted = list(study.evaluation.captured["capacity"] == CAPACITY)
    captured = study.evaluation.captured[wanted].drop(columns="capacity")
    every = affected(study.test, np.arange(len(study.test)))
    totals = {name: int(whole[name].iloc[0]) for name in _MEASURED} | {"affected": every}
    decisions = study.evaluation.decisions
    shown = decisions[decisions["threshold"].isin(THRESHOLDS)].drop(columns="flagged")
    parts = {
        "facts": _facts(study),
        "provenance": Part(provenance, ("part", "name", "value"), of_people=False),
        "features": _features(study),
        "cohort": _cohort(flow, study.counts),
        "sizes": _sizes(study),
        "performance": _measured(_wide(whole, "model").assign(affected=every)),
        "landmarks": _measured(_wide(own, "landmark_day")),
        "sites": _measured(_sites(study)),
        "capture": _measured(captured.assign(**totals)),
        "benefit": _measured(_labelled(shown, "threshold").assign(**totals)),
        "groups": Part(groups, ("characteristic", "group"), COUNTS),
        "learning": _learning(study.learning),
        "check": _measured(_check(study.hazard)),
        "stability": _measured(_labelled(study.stability, "part")),
    }
    if study.drift is not None:
        parts["drift"] = _measured(_months(study.drift, study.test))
    return {name: _rounded(part) for name, part in parts.items() if len(part.frame)}


def _rounded(part: Part) -> Part:
    """Statistics to four decimals: from more of them the counts could be worked out again."""
    names = [str(n) for n in part.frame.select_dtypes("float") if n not in part.counts]
    return replace(part, frame=part.frame.assign(**{n: part.frame[n].round(4) for n in names}))


def spans(released: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Least and greatest observed over expected and area under the curve, as far as shown.

    Parameters
    ----------
    released : mapping of str to DataFrame
        The tables as disclosure control leaves them: what is withheld is in no span.

    Returns
    -------
    DataFrame
        ``over, metric, least, least_at, greatest, greatest_at``.
    """
    rows = []
    for name, keys in (
        ("landmarks", ["landmark_day"]), ("sites", ["site"]), ("drift", ["month"]),
        ("groups", ["characteristic", "group"]),
    ):  # fmt: skip
        table = released.get(name)
        for metric in ("observed_expected", "auc"):
            if table is None or metric not in table:
                continue
            table = table[table["affected"].astype(float) >= ENOUGH] if name == "groups" else table
            if table[metric].notna().sum() == 0:
                continue
            values = table[metric].astype(float)
            label = table[keys].astype("str").agg(" ".join, axis=1)
            low, high = (int(np.nanargmin(one)) for one in (values.to_numpy(), -values.to_numpy()))
            ends = [part.iloc[place] for place in (low, high) for part in (values, label)]
            rows.append((name, metric, *ends))
    names = ["over", "metric", "least", "least_at", "greatest", "greatest_at"]
    return pd.DataFrame(rows, columns=names)


def _measured(frame: pd.DataFrame) -> Part:
    """A table whose first column is its key."""
    return Part(frame, (str(frame.columns[0]),), tuple(n for n in COUNTS if n in frame))


def _labelled(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    first: pd.DataFrame = frame[[key, *(name for name in frame if name != key)]]
    made: pd.DataFrame = first.assign(**{key: frame[key].astype("str")})
    return made


def _sites(study: Study) -> pd.DataFrame:
    """Each site twice: with the model that knows it, and with one that does not."""
    site, test = study.sites["site"], study.test
    named = study.sites.assign(label=site + ": " + study.sites["model"])
    made = _wide(named, "label", "site")
    places = [test.site.levels.index(one) for one in dict.fromkeys(site) for _ in range(2)]
    rows = [np.flatnonzero(test.site.places == place) for place in places]
    return made.assign(affected=[affected(test, one) for one in rows])


def _months(drift: Drift, test: Cases) -> pd.DataFrame:
    """Calibration by month, with the patients whose events they are."""
    month = np.array([], dtype="str") if test.origin is None else test.origin.astype("M8[M]")
    rows = [np.flatnonzero(month.astype("str") == one) for one in drift.months["month"]]
    table = drift.months.drop(columns="expected").rename(columns={"observed": "events"})
    return table.assign(affected=[affected(test, one) for one in rows])


def _wide(measures: pd.DataFrame, key: str, named: str | None = None) -> pd.DataFrame:
    """One row a value of `key`: counts, then each metric with its limits."""
    order = list(dict.fromkeys(measures[key]))
    if not order:
        return pd.DataFrame(columns=[named or key, *_MEASURED])
    made = measures.groupby(key)[list(_MEASURED)].first().reindex(order)
    for metric in METRICS:
        one = measures[measures["metric"] == metric].set_index(key).reindex(order)
        made[metric] = one["estimate"]
        made[f"{metric}_lower"], made[f"{metric}_upper"] = one["lower"], one["upper"]
    return made.rename_axis(named or key).reset_index()


def _facts(study: Study) -> Part:
    """What is known of the run, by name; as text, and none of it counts anyone."""
    stored, drift = study.stored.facts, study.drift
    names = ("standard", "standard_days", "target", "as_at", "model", "seed")
    facts = {name: stored[name] for name in names if stored.get(name) is not None}
    facts |= dict(study.split.windows)
    facts |= {f"used_{name}": day for name, day in stored.get("windows", {}).items()}
    protected = list(study.stored.roles.protected)
    facts |= {
        "features": len(study.stored.roles.features),
        "outcome": study.stored.roles.outcome,
        "capacity": f"{CAPACITY:.0%}",
        "enough": ENOUGH,
    }
    if study.stored.refits:
        facts["refits"] = len(study.stored.refits)
    if protected:
        facts["characteristics"] = ", ".join(protected)
    if drift is not None:
        facts |= {"expires": drift.expires.isoformat(), "why_expires": drift.why}
    frame = pd.DataFrame({"name": list(facts), "value": [str(one) for one in facts.values()]})
    return Part(frame, ("name", "value"), of_people=False)


def _features(study: Study) -> Part:
    """What each feature is, how much of it is missing, and its mean, where learnt and judged."""
    learnt, judged = study.held.taken(study.split.train), study.test
    rows = []
    for one in study.stored.roles.features:
        when = "by the row's day" if one.known_at == ROW else f"on its {one.known_at}"
        row: dict[str, Any] = {"feature": one.name, "kind": one.kind, "known_at": when}
        for name, cases in (("learnt", learnt), ("judged", judged)):
            missing, mean = _filled(cases, one)
            row |= {f"rows_{name}": float(len(cases)), f"missing_{name}": missing}
            row |= {f"mean_{name}": mean}
        rows.append(row)
    counts = ("rows_learnt", "missing_learnt", "rows_judged", "missing_judged")
    shares = {f"share_{n}": (f"missing_{n}", f"rows_{n}") for n in ("learnt", "judged")}
    return Part(pd.DataFrame(rows), ("feature", "kind", "known_at"), counts, shares)


def _filled(cases: Cases, one: Feature) -> tuple[float, float]:
    """How many cells are missing, and the mean of the others where they are numbers."""
    if one.kind != "number":
        return float(cases.codes[one.name].missing.sum()), float("nan")
    values = cases.numbers[one.name]
    there = values[~np.isnan(values)]
    return float(len(values) - len(there)), float(there.mean()) if len(there) else float("nan")


def _cohort(flow: pd.DataFrame | None, counts: pd.DataFrame) -> Part:
    told = counts if flow is None else pd.concat([flow, counts], ignore_index=True)
    frame = told.drop_duplicates("step").rename(columns={"count": "n"}).astype({"n": "float64"})
    return Part(frame, ("step",), ("n",))


def _sizes(study: Study) -> Part:
    """Patients, rows and events of each part of the run."""
    split = study.split
    parts = {
        "judged model: learnt from": split.train,
        "judged model: calibrated on": split.calibrate,
        "judged on": split.test,
    }
    held = study.held
    rows = [
        (
            name,
            len(place),
            len(np.unique(held.group[place])),
            int(held.outcome[place].sum()),
            affected(held, place),
        )
        for name, place in parts.items()
        if len(place)
    ]
    return Part(pd.DataFrame(rows, columns=["part", *COUNTS]), ("part",), COUNTS)


def _learning(learning: pd.DataFrame) -> Part:
    if learning.empty:
        return Part(learning, ("share",))
    share = (100 * learning["share"]).map("{:g}%".format)
    renamed = {"patients_learnt_from": "patients", "rows_learnt_from": "n"}
    table = learning.rename(columns=renamed).assign(share=share, events=np.nan)
    return _measured(_wide(table, "share").drop(columns="events"))


def _check(hazard: pd.DataFrame) -> pd.DataFrame:
    """One row a landmark: both models' calibration, and how far apart they are."""
    if hazard.empty:
        return pd.DataFrame(columns=["landmark_day"])
    second = hazard["model"] != hazard["model"].iloc[0]
    order = list(dict.fromkeys(hazard["landmark_day"].astype("str")))
    by_day = hazard.assign(landmark_day=hazard["landmark_day"].astype("str"))
    made = by_day[~second].groupby("landmark_day")[["n", "events"]].first().reindex(order)
    for name, rows, metric in (
        ("observed_expected", ~second, "observed_expected"),
        ("hazard", second, "observed_expected"),
        ("apart", second, "apart"),
        ("agreement", second, "agreement"),
    ):
        found = by_day[rows & (by_day["metric"] == metric)].set_index("landmark_day")
        made[name] = found["estimate"].reindex(order)
    shown: pd.DataFrame = made.reset_index()
    return shown
