"""Groups of patients by the codes that landmarks hold: nobody is left out of any."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.breach import Cases
from workbench.dictionary.load import Dictionary

NOT_KNOWN, NOT_STATED = "Not known", "Not stated"
GROUPS = {"ethnicity": "Ethnic group", "sex": "Gender", "deprivation": "Deprivation of area"}
"""Characteristics, with what a reader calls each."""

_FIFTHS = ("1 (most deprived fifth)", "2", "3", "4", "5 (least deprived fifth)")
_COLUMNS = {"ethnicity": "ethnic_category", "sex": "sex", "deprivation": "imd_decile"}


def groups_of(held: Cases, dictionary: Dictionary) -> dict[str, pd.Series[str]]:
    """Put each row into one group of each characteristic that the cases hold.

    Parameters
    ----------
    held : Cases
        With the protected characteristics of landmarks among its codes.
    dictionary : Dictionary
        For the groups of ethnic categories and the names of codes.

    Returns
    -------
    dict of str to Series
        One label a row by characteristic of `GROUPS`; who is not known is a group.
    """
    stated = dictionary.code_list("person_stated_gender").codes
    labels: dict[str, Mapping[str, str]] = {
        "ethnicity": dictionary.code_list("ethnic_category").groups(),
        "sex": {code.code: code.label for code in stated},
        "deprivation": _fifths(),
    }
    return {
        name: _labelled(held, column, labels[name])
        for name, column in _COLUMNS.items()
        if column in held.codes
    }


def _labelled(held: Cases, column: str, labels: Mapping[str, str]) -> pd.Series[str]:
    coded = held.codes[column]
    names = np.array([labels.get(level, NOT_KNOWN) for level in coded.levels], dtype=object)
    return pd.Series(names[coded.places], dtype="str")


def _fifths() -> dict[str, str]:
    """Deciles as they come, whole or as a number that once stood beside a missing one."""
    each = {decile: _FIFTHS[(decile - 1) // 2] for decile in range(1, 11)}
    return {text: name for decile, name in each.items() for text in (str(decile), f"{decile}.0")}
