"""What came out: performance by month and Trust, reasons, and things worth a look."""

from __future__ import annotations

from typing import overload

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.errors import InputError
from workbench.standards import frames
from workbench.standards.allocation import transfer_before_start
from workbench.standards.clocks import clock_31d, clock_62d, fds_clock, with_clocks
from workbench.standards.inclusion import (
    fds_reason,
    is_included,
    reason_31d,
    reason_62d,
    scope_marks,
    with_tests,
)
from workbench.standards.items import ITEMS
from workbench.standards.rules import STANDARDS, Rules

_COUNTED = ("included", "reporting_month", "provider", "standard", "weight", "weight_within")
_DIGITS = tuple("0123456789")
_TWO = 2

LOST_ZERO = "one_digit_code"
"""How the name of a note begins that counts codes such as 1 where the list has 01."""


@overload
def performance(waits: pd.DataFrame) -> pd.DataFrame: ...
@overload
def performance(waits: ir.Table) -> ir.Table: ...
def performance(waits: pd.DataFrame | ir.Table) -> pd.DataFrame | ir.Table:
    """Weighted counts by month, Trust and standard, as NHS England publishes them.

    Parameters
    ----------
    waits : DataFrame or Ibis table
        From `waits`.

    Returns
    -------
    DataFrame or Ibis table
        ``month`` (YYYY-MM), ``provider``, ``standard``, ``total`` (patients, in halves
        where two Trusts share one), ``within``, ``share`` (within / total, 0 to 1).
        Only included records count. The frame is sorted by its first three columns.

    Raises
    ------
    InputError
        A frame lacks a column of `waits` that is summed.
    """
    if isinstance(waits, pd.DataFrame):
        con, loaded = frames.loaded(waits, _columns_of(waits))
        ordered = performance(loaded).order_by("month", "provider", "standard")
        return frames.fetched(con, ordered)
    included = waits.filter(waits.included)
    counts = included.group_by(
        month=included.reporting_month, provider=included.provider, standard=included.standard
    ).aggregate(total=included.weight.sum(), within=included.weight_within.sum())
    return counts.mutate(share=counts.within / counts.total)


def _columns_of(waits: pd.DataFrame) -> dict[str, str]:
    missing = [name for name in _COUNTED if name not in waits.columns]
    if missing:
        raise InputError(
            "These are not rows of `waits`.", [f"missing column: {name}" for name in missing]
        )
    return {name: name for name in _COUNTED}


def outcomes(waits: ir.Table) -> ir.Table:
    """Rows and weights by standard and reason for exclusion (blank: included).

    Returns
    -------
    Table
        ``standard, exclusion_reason, records, weight, weight_within``; a record that
        two Trusts share is one record.
    """
    # a shared record has two rows of a half each, any other included one a single row of 1
    records = ibis.ifelse(waits.included, waits.weight, 1.0).sum().cast("int64")
    return waits.group_by("standard", "exclusion_reason").aggregate(
        records=records, weight=waits.weight.sum(), weight_within=waits.weight_within.sum()
    )


def notes(records: ir.Table, rules: Rules) -> ir.Table:
    """Included records that deserve a look, counted.

    Parameters
    ----------
    records : Table
        Typed, with their providers.
    rules : Rules
        Its scope switches are counted whether on or off; one that is on leaves none.

    Returns
    -------
    Table
        One row: ``transfer_before_clock_start``, and for each scope switch and
        standard how many included records it would take out; and
        ``one_digit_code_COLUMN`` for each item whose codes have two characters: in how
        many records, included or not, it has one digit. A code such as 01 that a
        spreadsheet made 1 is not known, so the record is not counted.
    """
    records = with_tests(with_clocks(records, rules), rules)
    included = {
        "FDS": is_included(fds_reason(records, fds_clock(records), rules)),
        "31D": is_included(reason_31d(records, clock_31d(records), rules)),
        "62D": is_included(reason_62d(records, clock_62d(records), rules)),
    }
    early = transfer_before_start(records, clock_62d(records))
    counts = {"transfer_before_clock_start": (early & included["62D"]).sum()}
    for standard in STANDARDS:
        for switch, mark in scope_marks(records, standard, rules).items():
            counts[f"{switch}_{standard}"] = (mark & included[standard]).sum()
    for item in ITEMS:
        if item.kind == "text" and item.width == _TWO:
            counts[f"{LOST_ZERO}_{item.column}"] = records[item.name].isin(_DIGITS).sum()
    return records.aggregate(**{name: count.fill_null(0) for name, count in counts.items()})
