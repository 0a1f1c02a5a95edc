"""Who is in these figures, against who lives in the areas that the patients come from.

A census says how many people of each group live in each small area. What is expected of the
patients is the mix of their own areas: each area counts by its patients, so that a border
area with one patient does not bring in all its people.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.equity.characteristics import in_order, known
from workbench.equity.report_patients import CHARACTERISTICS
from workbench.equity.representativeness import (
    against_expectation,
    age_standardised,
    representation,
    total_variation,
)
from workbench.equity.sufficiency import FLAGGED_BELOW, NO_RATE_BELOW
from workbench.errors import InputError

FOLDER, FILE = "reference", "small_areas.csv"
_SHARE = "share_"
_CENSUS = ("lsoa21_code", "ethnic_group", "n")
EXPECTED = "ethnicity"
_COLUMNS = [
    "group", "n", "expected_share", "ratio", "lower", "upper", "referred_ratio", "referred_lower",
    "referred_upper",
]  # fmt: skip
STATISTICS = [name for name in _COLUMNS if name not in ("group", "n")]


def census_file(workspace: Path, given: Path | None = None) -> Path | None:
    """The census by small area to use: the one given, else the workspace's own, else none."""
    own = workspace / FOLDER / FILE
    return given or (own if own.is_file() else None)


def area_mix(census: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """People of each ethnic group by small area, and which column of patients it matches.

    Parameters
    ----------
    census : DataFrame
        Either ``lsoa21_code, ethnic_group, n``, as the census has it, with Chinese people
        under Asian; or ``lsoa, population`` and one ``share_GROUP`` a group, with the groups
        of the NHS's own list.

    Returns
    -------
    DataFrame
        One row an area (its index), one column a group: people.
    str
        ``census_group`` or ``ethnicity``.

    Raises
    ------
    InputError
        It has neither layout.
    """
    shares = [name for name in census.columns if name.startswith(_SHARE)]
    if set(_CENSUS) <= set(census.columns):
        group = census["ethnic_group"].str.extract(r"^(\w+)", expand=False)
        long = census.assign(group=group)
        table = long.pivot_table(
            index="lsoa21_code", columns="group", values="n", aggfunc="sum", fill_value=0.0
        )
        return table.astype(float), "census_group"
    if {"lsoa", "population"} <= set(census.columns) and shares:
        people = census.set_index("lsoa")
        named = {name: name.removeprefix(_SHARE).capitalize() for name in shares}
        counts = people[shares].mul(people["population"], axis=0)
        return counts.rename(columns=named).astype(float), "ethnicity"
    raise InputError(
        "The census by small area cannot be used.",
        ["it has neither lsoa21_code, ethnic_group, n nor lsoa, population, share_..."],
        remedy="Give ethnic group by small area of the census, one row an area and group.",
    )


def expected_shares(areas: pd.Series, mix: pd.DataFrame) -> pd.Series:
    """Share of each group, had the patients of each area its own mix.

    Parameters
    ----------
    areas : Series of str
        Area of each patient; those without one, or not in the census, are left out.
    mix : DataFrame
        From `area_mix`.

    Returns
    -------
    Series of float, by group
        Expected patients; empty where no area is in the census.
    """
    patients = areas.dropna().value_counts()
    here = mix.reindex(patients.index).dropna()
    here = here[here.sum(axis=1) > 0]
    if here.empty:
        return pd.Series(dtype=float)
    each = here.div(here.sum(axis=1), axis=0).mul(patients.loc[here.index], axis=0)
    return each.sum(axis=0).rename("expected").sort_index()


def ethnic_counts(patients: pd.DataFrame, column: str) -> pd.DataFrame:
    """People among the patients by ethnic group, each once, under the census's short names.

    Returns
    -------
    DataFrame
        ``group, n``, sorted, those not known last.
    """
    counts = _short(patients.drop_duplicates("person_id")[column]).value_counts()
    names = [str(name) for name in counts.index]
    order = in_order(EXPECTED, names)
    return pd.DataFrame(
        {"group": [names[i] for i in order], "n": [int(counts.iloc[i]) for i in order]}
    )


def represented(
    shown: pd.DataFrame,
    patients: pd.DataFrame,
    referred: pd.DataFrame,
    mix: pd.DataFrame,
    column: str,
) -> pd.DataFrame:
    """Each ethnic group's part of the patients, against their areas and against referrals.

    Parameters
    ----------
    shown : DataFrame
        `ethnic_counts` once released: a ratio of exact counts would undo their rounding.
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    referred : DataFrame
        Everyone in the store, each once, with the same groups: who was referred.
    mix, column : DataFrame, str
        From `area_mix`.

    Returns
    -------
    DataFrame
        ``group, n, expected_share, ratio`` (1 where patients are as many as expected) with
        limits; ``referred_ratio`` with limits: patients against those expected of everyone
        referred of the same age. Empty without an expectation.
    """
    everyone = patients.drop_duplicates("person_id")
    expected = expected_shares(everyone["area"], mix)
    seen = shown[shown["n"].notna()].set_index("group")["n"].astype(float)
    people = seen[known(EXPECTED, list(seen.index)) & (seen > 0).to_numpy()]
    if expected.empty or people.empty or not set(people.index) <= set(expected.index):
        return pd.DataFrame(columns=_COLUMNS)
    table = representation(seen, expected, EXPECTED).drop(columns="n")
    own = everyone.assign(group=_short(everyone[column]))
    by_age = _given_age(own, referred.assign(group=_short(referred[column])))
    table = (
        shown[["group"]].merge(table, on="group", how="left").merge(by_age, on="group", how="left")
    )
    table["n"] = (
        ethnic_counts(patients, column).set_index("group")["n"].reindex(table["group"]).to_numpy()
    )
    table[STATISTICS] = table[STATISTICS].astype(float).round(3)
    return table[_COLUMNS]


def distance(shown: pd.DataFrame) -> float | None:
    """Part of the patients that would have to be of another group, from what may be shown."""
    held = shown[shown["expected_share"].notna() & shown["n"].notna()]
    if len(held) < 2:
        return None
    return total_variation(held["n"].astype(float), held["expected_share"].astype(float))


def availability(patients: pd.DataFrame, characteristics: Sequence[str]) -> pd.DataFrame:
    """Of how many patients each characteristic is not known: the gap in the data.

    Returns
    -------
    DataFrame
        ``characteristic, title, patients, unknown``; a person without an answer, or who
        would not give one, is not known.
    """
    rows = []
    for name in characteristics:
        codes = patients[name]
        missing = ~known(name, list(codes))
        rows.append((name, CHARACTERISTICS.get(name, name), len(codes), int(missing.sum())))
    return pd.DataFrame(rows, columns=["characteristic", "title", "patients", "unknown"])


def too_few(gaps: pd.DataFrame) -> pd.DataFrame:
    """Groups of whom nothing can be said, or little.

    Parameters
    ----------
    gaps : DataFrame
        From `workbench.equity.report_gaps.with_crude`.

    Returns
    -------
    DataFrame
        ``title, group, total, needed`` in words: how many patients it takes.
    """
    few = gaps[gaps["status"].isin(["too_few", "few", "unlike"])]
    needed = {
        "too_few": f"{NO_RATE_BELOW} patients for any figure, {FLAGGED_BELOW} for a sound one",
        "few": f"{FLAGGED_BELOW} patients, five of them late, for a sound figure",
        "unlike": "Like patients in the group compared with",
    }
    return few.assign(needed=few["status"].map(needed))[["title", "group", "total", "needed"]]


def _short(groups: pd.Series) -> pd.Series:
    """Ethnic groups by their first name: Asian or Asian British is the census's Asian."""
    return groups.str.split(" or ").str[0]


def _given_age(patients: pd.DataFrame, referred: pd.DataFrame) -> pd.DataFrame:
    """Patients over those expected of everyone referred, at equal age."""
    counts = [
        table.groupby(["group", "age_band"], sort=True).size().rename("n").reset_index()
        for table in (patients, referred)
    ]
    names = {"ratio": "referred_ratio", "lower": "referred_lower", "upper": "referred_upper"}
    try:
        expected = age_standardised(counts[0], counts[1], "group", "age_band")
    except InputError:  # ages among the patients that nobody referred has
        return pd.DataFrame(columns=["group", *names.values()], dtype=float)
    here = patients[known("age_band", list(patients["age_band"]))]
    cohort = here["group"].value_counts()
    found = against_expectation(cohort, expected[expected > 0], EXPECTED)
    return found.rename(columns=names)[["group", *names.values()]].replace(np.inf, np.nan)
