"""Characteristics of people under the names that a reader knows, from the codes of waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from workbench.dictionary.groups import COLUMNS, TITLES, grouped, names_of
from workbench.dictionary.load import Dictionary
from workbench.errors import InputError

JUDGED = "judged"
"""Dataset of the dictionary that the rows are which a model of the store was judged on."""
CASE_MIX = ("suspected", "referral_route", "provider", "month")
"""Kind of cancer suspected, route, Trust and month of the clock's start."""


def with_groups(waits: pd.DataFrame, dictionary: Dictionary, names: Sequence[str]) -> pd.DataFrame:
    """Add a column of groups for each characteristic.

    Parameters
    ----------
    waits : DataFrame
        With the columns of codes; deprivation as a decile, 1 the most deprived.
    dictionary : Dictionary
        For the groups of ethnic categories and the names of genders.
    names : sequence of str
        Of `workbench.dictionary.groups.COLUMNS`.

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
    labels = names_of(dictionary)
    return waits.assign(**{name: grouped(waits[COLUMNS[name]], labels[name]) for name in names})


def with_names(rows: pd.DataFrame, columns: Iterable[str], dictionary: Dictionary) -> pd.DataFrame:
    """Put groups in place of codes, where rows are those that a model of the store was judged on.

    Parameters
    ----------
    rows : DataFrame
    columns : iterable of str
        All that the table has, of which the rows may hold a part. Without those that judged
        rows always have, the table is somebody else's, whose codes may mean other things.
    dictionary : Dictionary
        For the layout of judged rows and the names of groups.
    """
    needed = {
        field.name for field in dictionary.schema(JUDGED).fields if field.constraints.required
    }
    if not needed <= set(columns):
        return rows
    names = names_of(dictionary)
    held = {column: name for name, column in COLUMNS.items() if column in rows}
    return rows.assign(**{one: grouped(rows[one], names[name]) for one, name in held.items()})


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
