"""Groups of patients: one name for each, whichever room or page speaks of it.

Names come from the dictionary's code lists. What is not known of a patient is a group like
any other, and so is what a patient would not say: nobody is left out of any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.dictionary.load import Dictionary

if TYPE_CHECKING:
    import pandas as pd

NOT_KNOWN, NOT_STATED = "Not known", "Not stated"

TITLES = {
    "ethnicity": "Ethnic group",
    "ethnic_category": "Ethnic category",
    "deprivation": "Deprivation of area",
    "core20": "Core20",
    "sex": "Gender",
    "age_band": "Age at referral",
}
"""What patients are compared by, with what a reader calls each."""

COLUMNS = {
    "ethnicity": "ethnic_category",
    "sex": "sex",
    "deprivation": "imd_decile",
    "age_band": "age_band_at_referral",
}
"""Characteristics that hold every patient once, with the column of codes that each is told from."""

FIFTHS = ("1 (most deprived fifth)", "2", "3", "4", "5 (least deprived fifth)")

Names = Mapping[str, str]


def names_of(dictionary: Dictionary) -> dict[str, Names | None]:
    """Group of each code, by characteristic.

    Parameters
    ----------
    dictionary : Dictionary
        For the groups of ethnic categories and the names of genders.

    Returns
    -------
    dict of str to mapping
        For each of `COLUMNS` and ``ethnic_category``. Deciles of deprivation are the codes
        ``1`` (the most deprived) to ``10``. None for age bands, which are their own names.
    """
    ethnic = dictionary.code_list("ethnic_category")
    genders = dictionary.code_list("person_stated_gender")
    unsaid = {
        code: group for code, group in ethnic.groups().items() if group in {NOT_KNOWN, NOT_STATED}
    }
    return {
        "ethnicity": ethnic.groups(),
        "ethnic_category": {code.code: code.label for code in ethnic.codes} | unsaid,
        "sex": {code.code: code.label for code in genders.codes},
        "deprivation": {str(decile): FIFTHS[(decile - 1) // 2] for decile in range(1, 11)},
        "age_band": None,
    }


def grouped(codes: pd.Series, names: Names | None) -> pd.Series[str]:
    """Put the name of its group in place of each code.

    Parameters
    ----------
    codes : Series
        Text, or numbers: 1 and 1.0 are the code ``1``.
    names : mapping or None
        One of `names_of`.

    Returns
    -------
    Series of str
        `NOT_KNOWN` where there is no code, or one that has no name.
    """
    told = {code: _group(str(code).removesuffix(".0"), names) for code in codes.dropna().unique()}
    found = codes.astype("object").map(told)
    return found.where(found.notna(), NOT_KNOWN).astype("str")


def grouped_in_engine(codes: Any, names: Names | None) -> Any:
    """Make the same of an ibis column of codes, text or whole numbers."""
    import ibis

    text = codes.cast("string")
    if names is None:
        return text.strip().nullif("").fill_null(NOT_KNOWN)
    # a column that is not there is a null of its own, which == does not take
    named = ((text.identical_to(code), name) for code, name in names.items())
    return ibis.cases(*named, else_=NOT_KNOWN)


def _group(code: str, names: Names | None) -> str:
    return (code.strip() if names is None else names.get(code, "")) or NOT_KNOWN
