"""For each characteristic of a patient: is it known, and if not, why not."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.dictionary.groups import NOT_KNOWN, NOT_STATED
from workbench.quality.cohort import DECLINED, present

CHARACTERISTICS = {
    "ethnicity": "Ethnic group",
    "sex": "Gender",
    "age": "Age",
    "deprivation": "Deprivation of area",
}
"""What equity figures are broken down by."""

ITEMS = {
    "ethnicity": "Ethnic category",
    "sex": "Gender",
    "age": "Age at referral",
    "deprivation": "Area of residence",
}
"""What a Trust has to send for each."""

WHOLE = "The patient's demographics"
"""What a Trust has to send where there are none at all."""

KNOWN, DECLINES, UNSENT, UNMATCHED = "known", "declined", "unsent", "unmatched"
STATES = (KNOWN, DECLINES, UNSENT, UNMATCHED)
"""Known; the patient would not say (an answer); not sent, blank or "not known"; an area that
is not in the index of deprivation."""


def mark(name: str) -> str:
    """Column that says how it stands with a characteristic."""
    return f"{name}_is"


def marks(rows: ir.Table) -> dict[str, Any]:
    """How it stands with each characteristic of each row, and whether demographics came.

    Parameters
    ----------
    rows : ibis Table
        With the columns of `workbench.quality.cohort_of`.

    Returns
    -------
    dict of str to ibis Value
        ``NAME_is``, one of `STATES`, for each characteristic; ``person_sent``.
    """
    found = {mark(name): _state(rows, name) for name in CHARACTERISTICS}
    return {**found, "person_sent": present(rows.demographics_id)}


def _state(rows: ir.Table, name: str) -> Any:
    match name:
        case "ethnicity":
            known = rows.ethnicity.notin([NOT_KNOWN, NOT_STATED])
            declined = (rows.ethnic_category == DECLINED).fill_null(False)
            return ibis.cases((known, KNOWN), (declined, DECLINES), else_=UNSENT)
        case "age":
            known = present(rows.age_band_at_referral)
        case "deprivation":
            known = present(rows.imd_decile)
            unmatched = present(rows.lsoa_of_residence)
            return ibis.cases((known, KNOWN), (unmatched, UNMATCHED), else_=UNSENT)
        case _:
            known = rows[name] != NOT_KNOWN
    return ibis.cases((known, KNOWN), else_=UNSENT)
