"""Groups of patients by the codes that landmarks hold: nobody is left out of any."""

from __future__ import annotations

import pandas as pd

from workbench.breach import Cases
from workbench.dictionary.groups import COLUMNS, TITLES, grouped, names_of
from workbench.dictionary.load import Dictionary

GROUPS = {name: TITLES[name] for name in ("ethnicity", "sex", "deprivation")}
"""Characteristics, with what a reader calls each."""


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
    names = names_of(dictionary)
    return {
        name: grouped(pd.Series(held.codes[COLUMNS[name]].text()), names[name])
        for name in GROUPS
        if COLUMNS[name] in held.codes
    }
