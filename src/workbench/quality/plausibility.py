"""Records that can hardly be right: faults across columns, heaped dates, repeats."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.dictionary.rules import Check
from workbench.quality.cohort import GROUPS, column_or_null, present
from workbench.quality.frames import fetched
from workbench.quality.plan import DEMOGRAPHICS, RECORDS, Plan

FIRSTS_EXPECTED = 12 / 365.25
"""Share of days that are the first of a month: what dates show that no one made up."""

DIMENSIONS = {
    "validity": "Not in the form or list it should be",
    "consistency": "Contradicts another item",
    "accuracy": "Can hardly be true",
    "timeliness": "Dated after the extract",
    "completeness": "Lacks an item that another calls for",
}
"""Dimensions of the rules that are told by record, in plain words."""


def told_faults(cohort: ir.Table, faults: ir.Table, checks: Sequence[Check]) -> ir.Table:
    """Faults that the report tells, with the groups of their records.

    Parameters
    ----------
    cohort : ibis Table
        From `cohort_of`.
    faults : ibis Table
        ``faults`` of the store.
    checks : sequence of Check
        The dictionary's, of pathway records and demographics.

    Returns
    -------
    ibis Table
        One row a record and rule: ``record_id``, ``rule``, ``title``, ``dimension`` (of
        `DIMENSIONS`), and the groups. Worth storing as a table.
    """
    known = {check.id: check for check in checks if check.dimension in DIMENSIONS}
    about = ibis.memtable(
        {
            "rule": list(known),
            "title": [check.title.rstrip(".") for check in known.values()],
            "dimension": [check.dimension for check in known.values()],
        },
        schema={"rule": "string", "title": "string", "dimension": "string"},
    )
    parts = []
    for dataset, key in ((RECORDS, "record_id"), (DEMOGRAPHICS, "demographics_id")):
        of = faults.filter(faults.dataset == dataset).select(fault_of="record_id", rule="rule")
        held = cohort.select("record_id", "demographics_id", *GROUPS)
        parts.append(held.join(of, held[key] == of.fault_of).select("record_id", "rule", *GROUPS))
    return ibis.union(*parts).distinct().join(about, "rule")


def faulty(cohort: ir.Table, told: ir.Table, dimensions: Sequence[str], by: str) -> pd.DataFrame:
    """Count the records with at least one fault of some dimensions, by group.

    Parameters
    ----------
    cohort : ibis Table
        From `cohort_of`.
    told : ibis Table
        From `told_faults`.
    dimensions : sequence of str
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a group: the column `by`, ``records``, ``at_fault``.
    """
    some = told.filter(told.dimension.isin(list(dimensions)))
    held = fetched(some.group_by(by).agg(at_fault=some.record_id.nunique()))
    totals = fetched(cohort.group_by(by).agg(records=cohort.count()).order_by(by))
    table = totals.merge(held, on=by, how="left")
    return table.assign(at_fault=table["at_fault"].fillna(0).astype("int64"))


def commonest(cohort: ir.Table, told: ir.Table) -> pd.DataFrame:
    """Count the records at fault, by Trust and rule, commonest first.

    Returns
    -------
    DataFrame
        ``trust``, ``rule``, ``title``, ``dimension``, ``records``, ``at_fault``.
    """
    counted = told.group_by("trust", "rule", "title", "dimension").agg(
        at_fault=told.record_id.nunique()
    )
    totals = cohort.group_by("trust").agg(records=cohort.count())
    table = fetched(counted.join(totals, "trust"))
    order = ["trust", "at_fault", "rule"]
    table = table.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return table[["trust", "rule", "title", "dimension", "records", "at_fault"]]


def first_of_month(cohort: ir.Table, plan: Plan) -> pd.DataFrame:
    """Count dates that fall on the first of a month, where typed-in stand-ins heap.

    Returns
    -------
    DataFrame
        One row a Trust and date: ``name`` of both, ``trust``, ``date``, ``dates``,
        ``on_first``.
    """
    parts = []
    for name, column in plan.dates.items():
        day = column_or_null(cohort, column, "date")
        rows = cohort.select("trust", day=day).filter(lambda table: present(table.day))
        counted = rows.group_by("trust").agg(
            dates=rows.count(), on_first=(rows.day.day() == 1).sum()
        )
        part = fetched(counted.order_by("trust"))
        parts.append(part.assign(date=name))
    table = pd.concat(parts, ignore_index=True)
    table["name"] = table["trust"] + ": " + table["date"].str.lower()
    return table[["name", "trust", "date", "dates", "on_first"]]


def duplicates(cohort: ir.Table, by: str) -> pd.DataFrame:
    """Count records that seem to repeat another of the same Trust under another name.

    Same person (by a usable NHS number), day of referral, suspected type and start of
    treatment, but another pathway identifier.

    Returns
    -------
    DataFrame
        One row a group: the column `by`, ``comparable`` records (with a usable NHS number
        and a day of referral), ``repeats`` (each after the first).
    """
    usable = column_or_null(cohort, "nhs_number_usable", "boolean").fill_null(False)
    comparable = usable & present(cohort.cancer_referral_to_treatment_period_start_date)
    rows = cohort.select(
        "trust",
        group=by,
        comparable=comparable,
        pathway="patient_pathway_identifier_pseudonym",
        **{f"same_{place}": column_or_null(cohort, name) for place, name in enumerate(_SAME)},
    )
    alike = ["trust", "comparable", *(f"same_{place}" for place in range(len(_SAME)))]
    rows = rows.mutate(first=rows.pathway.min().over(ibis.window(group_by=alike)))
    again = rows.comparable & (rows.pathway != rows["first"])
    counted = rows.group_by("group").agg(comparable=rows.comparable.sum(), repeats=again.sum())
    frame: pd.DataFrame = fetched(counted.order_by("group").rename({by: "group"}))
    return frame


_SAME = (
    "nhs_number_pseudonym",
    "cancer_referral_to_treatment_period_start_date",
    "two_week_wait_cancer_or_symptomatic_breast_referral_type",
    "treatment_start_date_cancer",
    "cancer_treatment_event_type",
)
