"""The tables of this room over made-up frames, on an engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from quality_store import arrow, index_of_deprivation

from workbench import dictionary, quality, standards
from workbench.engine import connect


@dataclass(frozen=True, eq=False)
class Made:
    """Frames as made, and the tables derived from them."""

    records: pd.DataFrame
    people: pd.DataFrame
    plan: quality.Plan
    con: Any
    waits: Any
    cohort: Any
    ended: Any
    marks: Any
    told: Any


def made_of(records: pd.DataFrame, people: pd.DataFrame, noted: pd.DataFrame) -> Made:
    con = connect(threads=1)
    held = dictionary.load()
    plan = quality.load_plan(held)
    checks = [c for name in quality.DATASETS for c in dictionary.rules_of(held.schema(name))]
    tables = {"r": records, "d": people, "f": noted, "i": index_of_deprivation()}
    r, d, f, i = (con.create_table(name, arrow(frame)) for name, frame in tables.items())
    waits = con.create_table("w", standards.waits(r))
    cohort = con.create_table("c", quality.cohort_of(r, d, held, i))
    ended = con.create_table("e", quality.ended_waits(cohort, waits, plan))
    marks = con.create_table("m", quality.item_marks(cohort, f, plan))
    told = con.create_table("t", quality.told_faults(cohort, f, checks))
    return Made(records, people, plan, con, waits, cohort, ended, marks, told)
