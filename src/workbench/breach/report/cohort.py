"""How many records, waits and looks there were at each step, and who was left out on the way."""

from __future__ import annotations

from datetime import date

import pandas as pd

from workbench.breach.report.folder import Held
from workbench.breach.report.terms import late, the_standard

KEPT, LEFT_OUT, OF_THESE, PART = "kept", "left out", "of these", "part"
"""Kinds of row, as `workbench.charts.flow` draws them."""


def cohort(held: Held) -> pd.DataFrame:
    """Every step from the records that were sent to the looks that judge.

    A look is one wait on one landmark day, as it was known that day.

    Returns
    -------
    DataFrame
        ``step, kind, count``, in order; steps of which nothing is known are not there.
    """
    flow = _counts(held, "cohort_flow")
    split = _counts(held, "counts")
    standard = str(held.facts["standard"])
    waits, looks = flow.get(f"clocks of {standard}"), flow.get("rows")
    ended = flow.get("rows to learn from")
    parts = [
        split.get(f"rows judged: {name}") for name in ("learnt from", "calibrating", "judging")
    ]
    rest = None if ended is None or None in parts else ended - sum(p for p in parts if p)
    rows = [
        ("Records that the Trusts sent", KEPT, flow.get("records")),
        ("Pathways: records of one cancer, joined where linked", KEPT, flow.get("pathways")),
        ("no wait under this standard", LEFT_OUT, _less(flow.get("pathways"), waits)),
        (f"Waits under {the_standard(held.facts)}", KEPT, waits),
        ("closed without a date, so that a day is assumed", OF_THESE,
         flow.get("clocks closed without a date")),
        ("Looks: a wait on one of the set days, while open", KEPT, looks),
        ("too recent to know how they end", LEFT_OUT,
         flow.get("rows whose outcome is not known yet")),
        ("Looks with a known end", KEPT, ended),
        (late(held.facts), OF_THESE, flow.get("rows open past the standard")),
        ("known too late to learn from, or patients already used", LEFT_OUT, rest),
        ("to learn from", PART, parts[0]),
        ("to set the level", PART, parts[1]),
        ("to judge: the latest", PART, parts[2]),
    ]  # fmt: skip
    known = [(step, kind, float(count)) for step, kind, count in rows if count is not None]
    return pd.DataFrame(known, columns=["step", "kind", "count"])


def windows(held: Held) -> pd.DataFrame:
    """First and last day of the clocks that each model learnt from, calibrated on, was judged on.

    Returns
    -------
    DataFrame
        ``model, part, first, last``; the model that is used has judged nothing yet.
    """
    used = held.facts.get("windows", {})
    names = {"train": "learnt from", "calibrate": "level set on", "test": "judged on"}
    rows = [
        (model, what, *(date.fromisoformat(days[f"{part}_{end}"]) for end in ("from", "to")))
        for model, days in (("The one judged here", held.judged), ("The one in use", used))
        for part, what in names.items()
        if f"{part}_from" in days
    ]
    return pd.DataFrame(rows, columns=["model", "part", "first", "last"])


def _counts(held: Held, name: str) -> dict[str, int]:
    table = held.tables[name]
    return {
        str(step): int(count) for step, count in zip(table["step"], table["count"], strict=True)
    }


def _less(many: int | None, fewer: int | None) -> int | None:
    """How many fell away, if any did: a pathway can have several clocks."""
    return many - fewer if many is not None and fewer is not None and many > fewer else None
