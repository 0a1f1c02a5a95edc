"""Characteristics of people under the names that a reader knows, from the codes of waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError

NOT_KNOWN = "Not known"
COLUMNS = {
    "ethnicity": "ethnic_category", "sex": "sex", "deprivation": "imd_decile",
    "age_band": "age_band_at_referral",
}  # fmt: skip
"""Characteristics, with the column of codes that each is told from."""
TITLES = {
    "ethnicity": "Ethnic group", "sex": "Gender", "deprivation": "Deprivation of area",
    "age_band": "Age at referral",
}  # fmt: skip
CASE_MIX = ("suspected", "referral_route", "provider", "month")
"""Kind of cancer suspected, route, Trust and month of the clock's start."""
_FIFTHS = ("1 (most deprived fifth)", "2", "3", "4", "5 (least deprived fifth)")


def with_groups(waits: pd.DataFrame, dictionary: Dictionary, names: Sequence[str]) -> pd.DataFrame:
    """Add a column of groups for each characteristic.

    Parameters
    ----------
    waits : DataFrame
        With the columns of codes; deprivation as a decile, 1 the most deprived.
    dictionary : Dictionary
        For the groups of ethnic categories and the names of genders.
    names : sequence of str
        Of `COLUMNS`.

    Returns
    -------
    DataFrame
        The waits with a column for each name. Missing and unknown codes are a group.

    Raises
    ------
    InputError
        A column of codes is not there; all are listed.
    """
    absent = [COLUMNS[name] for name in names if COLUMNS[name] not in waits]
    if absent:
        raise InputError("Groups cannot be told.", [f"no column '{name}'" for name in absent])
    stated = dictionary.code_list("person_stated_gender").codes
    labels: dict[str, Mapping[str, str]] = {
        "ethnicity": dictionary.code_list("ethnic_category").groups(),
        "sex": {code.code: code.label for code in stated},
        "deprivation": {str(decile): _FIFTHS[(decile - 1) // 2] for decile in range(1, 11)},
    }
    return waits.assign(**{name: _labelled(waits, name, labels.get(name)) for name in names})


def name_of(title: str) -> str:
    """Name of a characteristic from what a reader calls it."""
    return next(name for name, own in TITLES.items() if own == title)


def with_ids(looks: pd.DataFrame) -> pd.DataFrame:
    """Name each look, by its record and the day on which it was taken, as ``look``."""
    day = looks["landmark_day"].astype(str).str.zfill(4)
    return looks.assign(look=looks["record_id"].astype(str) + " on day " + day)


def first_looks(looks: pd.DataFrame) -> pd.DataFrame:
    """One row a wait, its first look: a gap in the service counts each wait once."""
    ordered = looks.sort_values(["record_id", "landmark_day"], kind="stable")
    return ordered.drop_duplicates("record_id").reset_index(drop=True)


def case_mix(looks: pd.DataFrame) -> list[str]:
    """Columns that the gap in the service is standardised for, of those that are there."""
    return [name for name in CASE_MIX if name in looks and len(looks[name].unique()) > 1]


def _labelled(waits: pd.DataFrame, name: str, labels: Mapping[str, str] | None) -> pd.Series[str]:
    codes = waits[COLUMNS[name]]
    if name == "deprivation":
        codes = pd.to_numeric(codes).astype("Int64")
    text = codes.astype("object").map(str, na_action="ignore")
    found = text if labels is None else text.map(labels)
    return found.fillna(NOT_KNOWN).astype("str")
