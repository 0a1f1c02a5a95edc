"""Events of pathways, and how far each pathway had come by a day.

An event is a milestone that has happened, or a date of the record itself. What is booked
counts only where the day of booking is known: without it nobody can say whether the
booking was there on an earlier day.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from workbench.breach.clocks import pathway_key
from workbench.breach.settings import Settings
from workbench.standards.records import text

BOOKED_ON = "booked_on"
_OF_RECORDS = {
    "clinic": "first_seen",
    "informed": "fds_ended",
    "decision_to_treat": "decided",
}


def events(records: ir.Table, milestones: ir.Table | None, settings: Settings) -> ir.Table:
    """Everything that has happened, each once.

    Parameters
    ----------
    records : Table
        From `clocks.read_records`.
    milestones : Table, optional
        The store's; their pathways are told by issuer and identifier, as those of records.
    settings : Settings
        Which codes are steps.

    Returns
    -------
    Table
        ``pathway, code, day, stage``.
    """
    first = records.filter(records.first_part)
    parts = [
        first.select("pathway", code=ibis.literal(code), day=first[column])
        for code, column in _OF_RECORDS.items()
    ]
    if milestones is not None:
        done = _on_pathways(milestones.filter(~milestones.booked.fill_null(False)), records)
        parts.append(done.select("pathway", "code", "day"))
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    codes = list(settings.stages)
    kept = every.filter(every.day.notnull(), every.code.isin(codes)).distinct()
    return kept.mutate(stage=kept.code.cases(*settings.stages.items(), else_=0))


def bookings(milestones: ir.Table | None, records: ir.Table) -> ir.Table | None:
    """What is booked, with the day on which it was; None where no such day is recorded."""
    if milestones is None or BOOKED_ON not in milestones.columns:
        return None
    booked = milestones.filter(milestones.booked.fill_null(False), milestones[BOOKED_ON].notnull())
    return _on_pathways(booked, records).select("pathway", "day", BOOKED_ON)


def _on_pathways(milestones: ir.Table, records: ir.Table) -> ir.Table:
    own = records.select(key="own_key", pathway="pathway").distinct()
    named = milestones.mutate(
        key=pathway_key(milestones),
        code=text(milestones.milestone_code),
        day=milestones.milestone_date.cast("date"),
    )
    joined = named.inner_join(own, "key")
    return joined.select(*(n for n in ("code", "day", BOOKED_ON) if n in joined.columns), "pathway")


def progress(rows: ir.Table, happened: ir.Table, booked: ir.Table | None) -> ir.Table:
    """How far each row's pathway had come by its day.

    Parameters
    ----------
    rows : Table
        With ``row, pathway, landmark_date``; `row` tells them apart.
    happened : Table
        From `events`.
    booked : Table or None
        From `bookings`.

    Returns
    -------
    Table
        ``row`` and ``stage, days_in_stage, milestones_done, last_milestone,
        days_since_last_milestone, days_to_next_booked``; only for rows with any event.
    """
    seen = rows.select("row", "pathway", "landmark_date").inner_join(happened, "pathway")
    seen = seen.filter(seen.day <= seen.landmark_date)
    furthest = seen.mutate(most=seen.stage.max().over(ibis.window(group_by="row")))
    # the day comes first in the text, so that its greatest is the latest event's; codes settle ties
    order = seen_order(furthest)
    come = furthest.group_by("row").aggregate(
        stage=furthest.most.max(),
        stage_since=furthest.day.min(where=furthest.stage == furthest.most),
        milestones_done=furthest.code.nunique(),
        last=order.max(),
        latest=furthest.day.max(),
        landmark_date=furthest.landmark_date.max(),
    )
    result = come.select(
        "row",
        "stage",
        "milestones_done",
        days_in_stage=come.landmark_date.delta(come.stage_since, unit="day"),
        last_milestone=come["last"].substr(len("2025-01-31|00|")),
        days_since_last_milestone=come.landmark_date.delta(come.latest, unit="day"),
    )
    return _with_bookings(result, rows, booked)


def seen_order(seen: ir.Table) -> ir.StringValue:
    """Text that sorts events by day, then stage, then code."""
    stage = (seen.stage + 10).cast("string")
    return seen.day.cast("string") + "|" + stage + "|" + seen.code


def _with_bookings(result: ir.Table, rows: ir.Table, booked: ir.Table | None) -> ir.Table:
    if booked is None:
        return result.mutate(days_to_next_booked=ibis.null("int64"))
    ahead = rows.select("row", "pathway", "landmark_date").inner_join(booked, "pathway")
    ahead = ahead.filter(ahead[BOOKED_ON] <= ahead.landmark_date, ahead.day > ahead.landmark_date)
    soonest = ahead.group_by("row").aggregate(
        days_to_next_booked=ahead.day.delta(ahead.landmark_date, unit="day").min()
    )
    joined = result.outer_join(soonest, "row")
    return joined.select(
        *(joined[name] for name in result.columns if name != "row"),
        "days_to_next_booked",
        row=ibis.coalesce(joined.row, joined.row_right),
    )
