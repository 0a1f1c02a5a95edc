"""How many records hold each item, and hold it validly, by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.dictionary.rules import CELL_KINDS
from workbench.quality.cohort import GROUPS, column_or_null, holds, present
from workbench.quality.frames import fetched
from workbench.quality.plan import DEMOGRAPHICS, RECORDS, Item, Plan

# How it stands with an item of a record, worst first; blank where it does not apply.
_BLANK, _INVALID, _DEFAULT, _USEFUL = 0, 1, 2, 3


def item_marks(cohort: ir.Table, faults: ir.Table, plan: Plan) -> ir.Table:
    """How it stands with each item of each record.

    Parameters
    ----------
    cohort : ibis Table
        From `cohort_of`.
    faults : ibis Table
        ``faults`` of the store: ``record_id``, ``dataset``, ``rule``.
    plan : Plan

    Returns
    -------
    ibis Table
        One row a record: the groups, and a column an item. Worth storing as a table.
    """
    rows = _with_invalid(cohort, faults, plan.items)
    marks = {_mark(place): _state(rows, item, place) for place, item in enumerate(plan.items)}
    return rows.select(*GROUPS, **marks)


def completeness(marks: ir.Table, plan: Plan, by: str) -> pd.DataFrame:
    """Count what is complete and valid.

    Parameters
    ----------
    marks : ibis Table
        From `item_marks`.
    plan : Plan
    by : str
        A column of groups.

    Returns
    -------
    DataFrame
        One row a group and item, by group then in the plan's order: the column `by`,
        ``item``, ``records`` (to which it applies), ``complete``, ``valid`` (complete
        and no fault in its cell), ``defaults`` (valid, but a code for "not known") and
        ``useful`` (valid and no default).
    """
    totals: dict[str, Any] = {}
    for place in range(len(plan.items)):
        state = marks[_mark(place)]
        for name, where in _counted(state).items():
            totals[f"{name}{place}"] = marks.count(where=where)
    wide = fetched(marks.group_by(by).agg(**totals).order_by(by))
    names = list(_counted(marks[_mark(0)]))
    parts = [
        pd.DataFrame(
            {by: wide[by], "item": item.name, "place": place}
            | {name: wide[f"{name}{place}"].astype("int64") for name in names}
        )
        for place, item in enumerate(plan.items)
    ]
    long = pd.concat(parts, ignore_index=True).sort_values([by, "place"], kind="stable")
    return long.drop(columns="place").reset_index(drop=True)


def _counted(state: Any) -> dict[str, Any]:
    return {
        "records": present(state),
        "complete": state > _BLANK,
        "valid": state > _INVALID,
        "defaults": state == _DEFAULT,
        "useful": state == _USEFUL,
    }


def _state(rows: ir.Table, item: Item, place: int) -> Any:
    cell = column_or_null(rows, item.column)
    default = cell.isin(item.defaults) if item.defaults else ibis.literal(False)
    return ibis.cases(
        (~holds(item.applies, rows), ibis.null("int8")),
        (~present(cell), _BLANK),
        (rows[_invalid(place)] | ~holds(item.valid, rows), _INVALID),
        (default, _DEFAULT),
        else_=_USEFUL,
    ).cast("int8")


def _with_invalid(cohort: ir.Table, faults: ir.Table, items: Sequence[Item]) -> ir.Table:
    """The cohort with a column an item that says whether its cell was at fault on arrival."""
    rows = cohort
    for dataset, key in ((RECORDS, "record_id"), (DEMOGRAPHICS, "demographics_id")):
        of = faults.filter(faults.dataset == dataset)
        marks = {
            _invalid(place): of.rule.isin(_cell_rules(item)).any()
            for place, item in enumerate(items)
            if item.dataset == dataset
        }
        if not marks:
            continue
        marked = of.group_by(fault_of=of.record_id).agg(**marks)
        rows = rows.left_join(marked, rows[key] == marked.fault_of).drop("fault_of")
        rows = rows.mutate(**{name: rows[name].fill_null(False) for name in marks})
    return rows


def _cell_rules(item: Item) -> list[str]:
    return [f"{item.column}.{kind}" for kind in sorted(CELL_KINDS)]


def _mark(place: int) -> str:
    return f"item_{place}"


def _invalid(place: int) -> str:
    return f"invalid_{place}"
