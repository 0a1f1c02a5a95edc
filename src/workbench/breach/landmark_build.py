"""The steps from pathway records to landmarks, as expressions over whole tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from workbench.breach.clocks import clocks, pathway_key, read_records
from workbench.breach.settings import Settings
from workbench.breach.steps import bookings, events, progress
from workbench.breach.surroundings import days_of_calendar, load
from workbench.breach.undated import with_undated_exits
from workbench.dictionary.load import Dictionary
from workbench.standards.rules import Rules

TREATED, LEFT = "treated", "left"
"""How a clock ended; of faster diagnosis, being told is leaving the clock."""

KEY = ("record_id", "standard", "landmark_day")
COLUMNS = (
    *KEY, "pathway_id", "person_id", "landmark_date", "clock_start_date", "outcome", "outcome_date",
    "late", "late_date", "ended_day", "ended_how", "provider", "tumour_group",
    "tumour_group_known", "suspected", "referral_route",
    "days_so_far", "days_since_referral", "days_on_62_day_clock", "days_taken_off",
    "stage", "days_in_stage", "milestones_done", "last_milestone", "days_since_last_milestone",
    "days_to_next_booked", "transferred", "open_pathways_at_provider", "open_pathways_of_suspicion",
    "referral_month", "referral_weekday", "working_days_left", "christmas_days_left",
    "season", "age_at_referral",
    "age_band_at_referral", "sex", "ethnic_category", "imd_decile",
)  # fmt: skip
CHARACTERISTICS = {
    "age_at_referral": "int64", "age_band_at_referral": "string", "sex": "string",
    "ethnic_category": "string", "imd_decile": "int64",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Builder:
    """Everything that the steps of one build share; `build` runs them.

    Attributes
    ----------
    con : ibis backend
    standard : {"FDS", "31D", "62D"}
    as_at : date
    rules : Rules
    settings : Settings
    dictionary : Dictionary
    counts : dict of str to int
        Filled by `build`: how many there were at each step.
    """

    con: Any
    standard: str
    as_at: date
    rules: Rules
    settings: Settings
    dictionary: Dictionary
    counts: dict[str, int]

    def build(self, tables: Mapping[str, ir.Table], on_the_day: bool) -> ir.Table:
        """Rows, sorted by their key, and in `counts` how many there were at each step."""
        known = read_records(
            self.con, tables["records"], as_at=self.as_at, rules=self.rules,
            dictionary=self.dictionary, parts=tables.get("parts"),
        )  # fmt: skip
        bare = self._kept(clocks(known, self.standard, self.dictionary))
        undated = int(self.con.to_pyarrow(bare.closed_undated.sum().fill_null(0)).as_py())
        seen = self._seen(tables["records"])
        started = self._kept(with_undated_exits(bare, self.con, seen, self.settings))
        milestones = tables.get("milestones")
        rows = self._kept(self._rows(started, on_the_day))
        happened = self._kept(events(known, milestones, self.settings))
        come = self._kept(progress(rows, happened, bookings(milestones, known)))
        full = self._joined(rows, come, self._calendar(started), started)
        self._count(tables["records"], known, started, undated)
        return self._described(full, known, tables).select(*COLUMNS).order_by(KEY)

    def _seen(self, records: ir.Table) -> date:
        """Day by which every status was set: of the latest extract, where that is after `as_at`."""
        if "extract_date" not in records.columns:
            return self.as_at
        latest = self.con.to_pyarrow(records.extract_date.cast("date").max()).as_py()
        return max(self.as_at, latest or self.as_at)

    def _kept(self, table: ir.Table) -> ir.Table:
        """Run a step once, so that what builds on it does not run it again."""
        return self.con.create_table(ibis.util.gen_name("breach"), table, temp=True)

    def _rows(self, started: ir.Table, on_the_day: bool) -> ir.Table:
        """Clocks still open at the end of each landmark day."""
        days = self.settings.landmark_days[self.standard]
        if on_the_day:
            cut = ibis.literal(self.as_at, type="date")
            so_far = cut.delta(started.started, unit="day")
            latest = ibis.cases(*((so_far >= day, day) for day in reversed(days)), else_=days[0])
            spread = started.mutate(landmark_day=latest.cast("int64"), landmark_date=cut)
            spread = spread.filter(so_far >= 0)
        else:
            each = ibis.memtable(pa.table({"landmark_day": pa.array(days, pa.int64())}))
            crossed = started.cross_join(each)
            spread = crossed.mutate(
                landmark_date=crossed.started + crossed.landmark_day.as_interval("D")
            ).filter(lambda t: t.landmark_date <= self.as_at)
        still = spread.filter(spread.ended.isnull() | (spread.ended > spread.landmark_date))
        order = ibis.window(order_by=["clock", "landmark_day"])
        return still.mutate(row=ibis.row_number().over(order))

    def _calendar(self, started: ir.Table) -> ir.Table:
        first = self.con.to_pyarrow(started.started.min()).as_py() or self.as_at
        holidays = self.dictionary.lookup("bank_holidays_england")["date"].tolist()
        last = self.as_at + timedelta(days=2 * 366)
        return self._kept(days_of_calendar(first, last, holidays))

    def _joined(
        self, rows: ir.Table, come: ir.Table, calendar: ir.Table, started: ir.Table
    ) -> ir.Table:
        """Rows with outcome, progress, calendar and load."""
        judged = self._judged(rows)
        names = [name for name in come.columns if name != "row"]
        joined = judged.left_join(come, "row").select(*judged.columns, *names)
        seen = calendar.select(
            "season", landmark_date="day", passed="working_days", christmas="christmas_days"
        )
        due = calendar.select(due="day", by_then="working_days", christmas_by="christmas_days")
        referred = calendar.select(started="day", referral_weekday="weekday")
        for table, on in ((seen, "landmark_date"), (due, "due"), (referred, "started")):
            more = [name for name in table.columns if name != on]
            joined = joined.left_join(table, on).select(*joined.columns, *more)
        for by, name in (
            ((), "open_pathways_at_provider"),
            (("suspected",), "open_pathways_of_suspicion"),
        ):
            counted = load(started.filter(~started.again), calendar, self.settings, by)
            keys = ["provider", "landmark_date", *by]
            joined = joined.left_join(counted, keys).select(
                *joined.columns, **{name: "open_pathways"}
            )
        return joined.mutate(
            working_days_left=joined.by_then - joined.passed,
            christmas_days_left=joined.christmas_by - joined.christmas,
            stage=joined.stage.fill_null(0),
            milestones_done=joined.milestones_done.fill_null(0),
        )

    def _judged(self, rows: ir.Table) -> ir.Table:
        """Add what each row was known by, and how it came out."""
        longest = self.rules.standard_days(self.standard)  # type: ignore[arg-type]
        off = rows.off.fill_null(0)
        off_known = ibis.ifelse((rows.off_known <= rows.landmark_date).fill_null(False), off, 0)
        off_end = ibis.ifelse(rows.treated.notnull(), rows.off_end.fill_null(0), 0)
        net = rows.ended.delta(rows.started, unit="day") - off - off_end
        # of a later treatment many a record is made only when it is given: the latest of those
        # clocks that are here are the quick ones, until nearly all have been treated
        unseen = ibis.ifelse(rows.later, self.settings.maturation_days, 0)
        settled = rows.started + (off + off_end + longest + unseen).as_interval("D")
        late_known = rows.started + (off + longest + self.settings.maturation_days).as_interval("D")
        arrived = rows.ended if self.standard == "FDS" else rows.treated
        moved = (rows.transferred <= rows.landmark_date).fill_null(False)
        none = ibis.null("boolean")
        cut = ibis.literal(self.as_at, type="date")
        return rows.mutate(
            standard=ibis.literal(self.standard),
            pathway_id="clock",
            person_id="person",
            clock_start_date="started",
            outcome_date=settled,
            ended_day=net,
            ended_how=ibis.cases(
                (rows.ended.isnull(), ibis.null("string")),
                ((rows.ended == rows.treated).fill_null(False), TREATED),
                else_=LEFT,
            ),
            outcome=ibis.ifelse(settled <= cut, (net > longest).fill_null(True), none),
            late_date=late_known,
            late=ibis.ifelse(
                late_known <= cut, arrived.notnull() & (net > longest).fill_null(False), none
            ),
            due=rows.started + (off_known + longest).as_interval("D"),
            days_so_far=rows.landmark_date.delta(rows.started, unit="day"),
            days_since_referral=rows.landmark_date.delta(rows.referred, unit="day"),
            days_on_62_day_clock=_on_62_day_clock(rows),
            days_taken_off=off_known,
            provider=ibis.ifelse(moved, rows.provider_after, rows.provider_first),
            transferred=moved.cast("int64"),
            tumour_group=ibis.ifelse(
                rows.diagnosed <= rows.landmark_date, rows.tumour_group, ibis.null("string")
            ),
            tumour_group_known="diagnosed",
            referral_route="route",
            referral_month=rows.started.cast("string").left(len("2025-01")),
        )

    def _described(
        self, rows: ir.Table, known: ir.Table, tables: Mapping[str, ir.Table]
    ) -> ir.Table:
        """Add characteristics: by person from linkage, else by pathway from demographics."""
        held: dict[str, list[str]] = {name: [] for name in CHARACTERISTICS}
        for source, on in (("persons", "person_id"), ("demographics", "pathway")):
            if source not in tables:
                continue
            given = tables[source]
            table = given if source == "persons" else _by_pathway(given, known)
            has = [name for name in CHARACTERISTICS if name in table.columns]
            own = table.group_by(on).aggregate(**{f"{n}_{source}": table[n].min() for n in has})
            named = [f"{name}_{source}" for name in has]
            rows = rows.left_join(own, on).select(*rows.columns, *named)
            for name in has:
                held[name].append(f"{name}_{source}")
        return rows.mutate(
            **{
                name: (
                    ibis.coalesce(*(rows[one] for one in held[name])).cast(kind)
                    if held[name]
                    else ibis.null(kind)
                )
                for name, kind in CHARACTERISTICS.items()
            }
        )

    def _count(self, table: ir.Table, known: ir.Table, started: ir.Table, undated: int) -> None:
        steps = {
            "records": table.count(),
            "pathways": known.pathway.nunique(),
            f"clocks of {self.standard}": started.count(),
        }
        for name, expression in steps.items():
            self.counts[name] = int(self.con.to_pyarrow(expression).as_py())
        self.counts["clocks closed without a date"] = undated


def _on_62_day_clock(rows: ir.Table) -> ir.Value:
    """Of a decision to treat, days that the pathway's 62-day clock has run, if it still does."""
    seen = rows.landmark_date
    off = ibis.ifelse((rows.first_seen <= seen).fill_null(False), rows.off_62d.fill_null(0), 0)
    stopped = (rows.first_treated <= seen).fill_null(False)
    runs = (rows.started_62d <= seen).fill_null(False) & ~stopped
    return ibis.ifelse(runs, seen.delta(rows.started_62d, unit="day") - off, ibis.null("int64"))


def _by_pathway(demographics: ir.Table, known: ir.Table) -> ir.Table:
    own = known.select("pathway", key="own_key").distinct()
    named = demographics.mutate(key=pathway_key(demographics))
    if "person_stated_gender_code" in named.columns:
        named = named.mutate(sex="person_stated_gender_code")
    joined = named.inner_join(own, "key")
    return joined.select("pathway", *(n for n in CHARACTERISTICS if n in named.columns))
