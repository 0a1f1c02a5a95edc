"""What a model card says of groups of patients: where `workbench train` meets fairness.

Missed events first, then whether risks mean the same in each group. All of it has passed
through disclosure control; who is not known is a group like any other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.breach import Cases, Plan, Study
from workbench.breach.card_formats import WITHHELD
from workbench.breach.card_tables import CAPACITY
from workbench.breach.frames import MISSING, Coded
from workbench.cli import _fairness_release as shown
from workbench.dictionary import Dictionary
from workbench.dictionary.groups import COLUMNS, NOT_KNOWN, TITLES, grouped, names_of
from workbench.disclosure.released import Released
from workbench.equity.characteristics import in_order
from workbench.fairness import Assessment, assess
from workbench.fairness.report_groups import with_groups
from workbench.fairness.report_words import SURE_BELOW

MISSED, SCORES = "fairness_missed", "fairness_scores"
MOST_REPLICATES = 300
"""A limit is settled to a tenth of the width; more would make training wait for its card."""
_LEVEL, _ORDER = "observed_expected", "auc"
_KEYS = ["characteristic", "group"]
_SURE = {
    "ok": "enough", "insufficient": "too few to judge", "none": "no event",
    "withheld": "withheld",
}  # fmt: skip


def assessed(found: Study, plan: Plan, dictionary: Dictionary) -> Assessment | None:
    """Assess the judged risks by protected characteristic.

    Parameters
    ----------
    found : Study
    plan : Plan
        Its replicates, up to `MOST_REPLICATES`, and seed.
    dictionary : Dictionary
        For the groups that codes of the store belong to.

    Returns
    -------
    Assessment or None
        None where no characteristic is protected, or all outcomes are alike.
    """
    test = found.test
    groups = _groups(test, found.stored.roles.protected)
    if groups.empty or len(np.unique(test.outcome)) < 2:
        return None
    if found.stored.facts.get("standard"):
        names = [name for name, column in COLUMNS.items() if column in groups]
        groups = with_groups(groups, dictionary, names)[names].rename(columns=TITLES)
    ids = {f"id {place}": test.ids[name].to_numpy() for place, name in enumerate(test.ids)}
    frame = groups.assign(
        **ids, **{"the risk": found.judged.risk(test), "the outcome": test.outcome},
        **{"the patient": test.group},
    )  # fmt: skip
    names = [str(name) for name in groups]
    return assess(
        frame, "the outcome", score="the risk", groups=names, capacity=CAPACITY,
        cluster="the patient", id=list(ids), metrics=("fnr", _LEVEL, _ORDER),
        replicates=min(plan.replicates, MOST_REPLICATES), seed=plan.seed, intersections=False,
    )  # fmt: skip


def in_groups(test: Cases, dictionary: Dictionary) -> Cases:
    """Put groups in place of the store's codes of protected characteristics.

    Parameters
    ----------
    test : Cases
        Of the store. Codes that stand for "not known" become missing.
    dictionary : Dictionary
    """
    names = names_of(dictionary)
    held = {column: name for name, column in COLUMNS.items() if column in test.codes}
    regrouped = {}
    for column, name in held.items():
        label = grouped(pd.Series(test.codes[column].levels, dtype="str"), names[name])
        label = label.replace(NOT_KNOWN, MISSING)
        levels = (*sorted(set(label) - {MISSING}), MISSING)
        places = label.map(levels.index).to_numpy(dtype=np.int32)
        regrouped[column] = Coded(levels, places[test.codes[column].places])
    return replace(test, codes={**test.codes, **regrouped})


def in_words(groups: pd.DataFrame) -> pd.DataFrame:
    """Name the characteristics of the store, and put groups in the order of every page."""
    titles = {column: TITLES[name] for name, column in COLUMNS.items()}
    parts = []
    for column, own in groups.groupby("characteristic", sort=False):
        place = in_order(str(column), own["group"].tolist())
        parts.append(own.iloc[place].assign(characteristic=titles.get(str(column), column)))
    return pd.concat(parts, ignore_index=True) if parts else groups


def tables(found: Assessment, profile: str) -> dict[str, pd.DataFrame]:
    """Tables of the card by name, figures with a mark where withheld.

    Parameters
    ----------
    found : Assessment
    profile : str
        Of disclosure control.
    """
    missed, gap = shown.metrics(found, profile, "fnr"), shown.gaps(found, profile, "fnr")
    level, order = (shown.gaps(found, profile, name) for name in (_LEVEL, _ORDER))
    counts = {"n": "n", "events": "events", "people_events": "affected"}
    first = _some(missed, {**counts, **_limits("estimate", "missed"), "status": "status"})
    first["status"] = first["status"].map(_SURE)
    others = _some(gap, {**_limits("difference", "gap"), "q": "q"})
    levels = _some(level, {**_limits("difference", "level"), "q": "level_q"})
    orders = _some(order, {**_limits("difference", "order"), "q": "order_q"})
    return {
        MISSED: first.merge(others, on=_KEYS, how="left", validate="one_to_one"),
        SCORES: levels.merge(orders, on=_KEYS, validate="one_to_one"),
    }


def facts(missed: pd.DataFrame) -> pd.DataFrame:
    """How many groups were compared, and which are missed more often, as far as is shown.

    Parameters
    ----------
    missed : DataFrame
        The first of `tables`.

    Returns
    -------
    DataFrame
        ``name, value``: for the words of the card; none where no group could be compared.
    """
    gap, q = (pd.to_numeric(missed[name], errors="coerce") for name in ("gap", "q"))
    clear = missed[(q < SURE_BELOW) & (gap > 0)]
    pairs = zip(clear["group"], clear["characteristic"], strict=True)
    who = ", ".join(f"{group} ({characteristic})" for group, characteristic in pairs)
    compared = int((q.notna() & gap.notna()).sum())
    told = {"groups_compared": str(compared) if compared else "", "missed_more": who}
    rows = [(name, value) for name, value in told.items() if value]
    return pd.DataFrame(rows, columns=["name", "value"], dtype="str")


def marked(table: Released) -> pd.DataFrame:
    """The figures as objects, with a mark where one is withheld and nothing where there is none."""
    held = table.frame.astype("object")
    return held.where(table.frame.notna(), None).mask(table.withheld, WITHHELD)


def _groups(test: Cases, protected: tuple[str, ...]) -> pd.DataFrame:
    """Codes of the protected characteristics, missing where they are not known."""
    held = {name: test.codes[name] for name in protected if name in test.codes}
    return pd.DataFrame(
        {
            name: pd.Series(np.array(coded.levels, dtype=object)[coded.places]).mask(coded.missing)
            for name, coded in held.items()
        }
    )


def _limits(figure: str, name: str) -> dict[str, str]:
    return {figure: name, "lower": f"{name}_lower", "upper": f"{name}_upper"}


def _some(table: Released, names: dict[str, str]) -> pd.DataFrame:
    return marked(table)[[*_KEYS, *names]].rename(columns=names)
