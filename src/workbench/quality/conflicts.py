"""Where the records of one person disagree on who they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from workbench.quality.cohort import present
from workbench.quality.frames import fetched

NAMES = {
    "ethnic_category": "Ethnic category",
    "person_stated_gender_code": "Gender",
    "birth_date": "Birth date",
    "death_date": "Date of death",
}


def conflicts(cohort: ir.Table, by: str) -> pd.DataFrame:
    """Count records of people whose records disagree on the ethnic category.

    Parameters
    ----------
    cohort : ibis Table
        From `cohort_of`.
    by : str
        A column of the cohort.

    Returns
    -------
    DataFrame
        One row a group: the column `by`, ``records`` (with demographics), ``in_conflict``
        (two different stated categories) and ``changed`` (the category in use is another
        than the one that the Trust sent, by the rule in force).
    """
    rows = cohort.filter(present(cohort.demographics_id))
    sent, used = rows.ethnic_category_sent, rows.ethnic_category
    counted = rows.group_by(by).agg(
        records=rows.count(),
        in_conflict=rows.ethnic_category_conflict.fill_null(False).sum(),
        changed=(present(sent) & (sent != used)).fill_null(False).sum(),
    )
    frame: pd.DataFrame = fetched(counted.order_by(by))
    return frame


def people_in_conflict(facts: Mapping[str, Any]) -> pd.DataFrame:
    """People whose records disagree, by characteristic, from ``ingest.json``.

    Returns
    -------
    DataFrame
        ``characteristic``, ``people``, ``stated``, ``in_conflict``, ``within_a_trust``,
        ``between_trusts``, ``stated_beats_not_stated``.
    """
    columns = [
        "characteristic", "people", "stated", "in_conflict", "within_a_trust", "between_trusts",
        "stated_beats_not_stated",
    ]  # fmt: skip
    rows = [
        {"characteristic": NAMES.get(name, name), **counts}
        for name, counts in facts["conflicts"].items()
    ]
    return pd.DataFrame(rows, columns=columns)
