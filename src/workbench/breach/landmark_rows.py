"""Landmarks: one row per pathway still open on each landmark day, as known that day.

A landmark is the end of a day of the clock; what happened on that day is known, nothing
later is looked at. Leaving without treatment is an exit like any other: the row stays, as
no breach. Rows whose outcome is not known by the day of the data keep a blank outcome, and
are counted: to train on the finished ones alone would learn from the quick ones.

References
----------
van Houwelingen HC (2007). Scand J Stat 34:70-85 (landmark models).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from workbench.breach.landmark_build import COLUMNS, KEY, Builder
from workbench.breach.settings import STANDARDS, Settings, load_settings
from workbench.dictionary.load import Dictionary
from workbench.dictionary.load import load as load_dictionary
from workbench.engine import connect
from workbench.errors import ParameterError
from workbench.standards.rules import Rules, load_rules

__all__ = ["COLUMNS", "KEY", "Landmarks", "landmarks"]

CODES = (
    "standard", "provider", "last_milestone", "tumour_group", "suspected", "referral_route",
    "season", "age_band_at_referral", "sex", "ethnic_category",
)  # fmt: skip
Given: TypeAlias = pd.DataFrame | pa.Table | ir.Table


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Rows to learn from or to score.

    Attributes
    ----------
    frame : DataFrame
        `COLUMNS`, sorted by `KEY`. ``outcome``: still open past the standard's day, days
        taken off netted; ``late``: it ended past that day by treatment (faster diagnosis: by
        being told). Both are blank until their dates. ``ended_day``: day of the clock on which
        it ended, days taken off netted, and ``ended_how``; blank while it is open.
    flow : DataFrame
        ``step, count``: how many records, clocks and rows there were at each step.
    standard : str
    as_at : date
    """

    frame: pd.DataFrame
    flow: pd.DataFrame
    standard: str
    as_at: date


def landmarks(
    records: Given,
    milestones: Given | None = None,
    *,
    standard: str,
    as_at: date | str,
    parts: Given | None = None,
    demographics: Given | None = None,
    persons: Given | None = None,
    on_the_day: bool = False,
    rules: Rules | None = None,
    settings: Settings | None = None,
    dictionary: Dictionary | None = None,
    con: Any = None,
) -> Landmarks:
    """Build landmarks from the store's tables.

    Parameters
    ----------
    records : DataFrame or table
        ``pathway_records``.
    milestones, demographics : DataFrame or table, optional
        As the store has them; without them their features are missing throughout.
    standard : {"FDS", "31D", "62D"}
    as_at : date or ISO text
        The day that the data are seen from; later dates count as blank.
    parts, persons : DataFrame or table, optional
        From linkage: which records are one pathway (``record_id, pathway_id[, person_id]``),
        and characteristics by ``person_id``, which go before those of `demographics`.
    on_the_day : bool, optional
        Give the pathways open at the end of `as_at`, one row each, instead of past
        landmarks; ``landmark_day`` is then the latest that each has reached.
    rules, settings, dictionary : optional
        The shipped ones by default.
    con : ibis backend, optional
        Holds the tables if any is an expression.

    Raises
    ------
    InputError
        A column that says whose a record is, is missing, or a cell cannot be used.
    ParameterError
        `standard` or `as_at` cannot be used.
    """
    if standard not in STANDARDS:
        raise ParameterError("There is no such standard.", remedy=f"Use {', '.join(STANDARDS)}.")
    made = Builder(
        con or connect(),
        standard,
        _day(as_at),
        rules or load_rules(),
        settings or load_settings(),
        dictionary or load_dictionary(),
        {},
    )
    given = {
        "records": records, "milestones": milestones, "parts": parts,
        "demographics": demographics, "persons": persons,
    }  # fmt: skip
    tables = {name: _table(made.con, one) for name, one in given.items() if one is not None}
    frame = _frame(made.con, made.build(tables, on_the_day))
    return Landmarks(frame, _flow(made.counts, frame), standard, made.as_at)


def _day(as_at: date | str) -> date:
    try:
        return as_at if isinstance(as_at, date) else date.fromisoformat(as_at)
    except ValueError:
        raise ParameterError("as_at is not a date.", remedy="Write it as YYYY-MM-DD.") from None


def _table(con: Any, given: Given) -> ir.Table:
    """Whatever was given, as a table of the connection."""
    if isinstance(given, ir.Table):
        return given
    arrow = given
    if isinstance(given, pd.DataFrame):
        arrow = pa.Table.from_pandas(given, preserve_index=False)
    return con.create_table(ibis.util.gen_name("given"), arrow, temp=True)


def _flow(counts: dict[str, int], frame: pd.DataFrame) -> pd.DataFrame:
    steps = {
        **counts,
        "rows": len(frame),
        "rows whose outcome is not known yet": int(frame["outcome"].isna().sum()),
        "rows to learn from": int(frame["outcome"].notna().sum()),
        "rows open past the standard": int(frame["outcome"].fillna(False).sum()),
    }
    return pd.DataFrame({"step": list(steps), "count": list(steps.values())})


def _frame(con: Any, table: ir.Table) -> pd.DataFrame:
    """Run, and give codes as categories, whose order is that of their text."""
    frame: pd.DataFrame = con.to_pyarrow(table).to_pandas(date_as_object=False)
    for name in CODES:
        frame[name] = frame[name].astype("str").astype("category")
    return frame.astype({"outcome": "boolean", "late": "boolean"})
