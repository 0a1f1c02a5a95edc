"""The store's pathway records, held against the standards and ready to be summed.

`read_waitlist` does the work once on the engine; `breakdown`, `backlog`, `sharing`
and `delay_reasons` sum what it leaves there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.dictionary.load import Dictionary
from workbench.engine import connect
from workbench.errors import InputError, ParameterError
from workbench.files import read_table
from workbench.standards import allocation, cancers
from workbench.standards.checks import refuse_unusable
from workbench.standards.clocks import with_clocks
from workbench.standards.copies import copies, split_pathways, with_copies, without_copies
from workbench.standards.frames import fetched
from workbench.standards.items import RECORD_ID, matched
from workbench.standards.linked_records import LINKED, linked_table
from workbench.standards.providers import with_providers
from workbench.standards.records import text, typed
from workbench.standards.rules import Rules, load_rules
from workbench.standards.waits import waits_of

_PATHWAY = ("patient_pathway_identifier_pseudonym", "patient_pathway_identifier")
_ISSUER = "organisation_identifier_patient_pathway_identifier_issuer"
_RECEIVER = "organisation_identifier_receiving"
_STATUS = "cancer_or_symptomatic_breast_referral_patient_status"
_FACTS = (
    "tumour_group", "suspected", "route", "route_fds", "delay_fds", "delay_31d", "delay_62d",
    "delay_upgrade", "treating_provider", "investigating_provider", "started_62d",
    "off_first_seen_62d", "transferred", "upgrade", "event_type",
)  # fmt: skip


@dataclass(frozen=True)
class Waitlist:
    """Records of a store and their waits, on the engine; made by `read_waitlist`.

    Attributes
    ----------
    con : ibis backend
        Holds the tables.
    records : Table
        One row a record, typed, with clocks, providers, ``sender``, ``pathway``,
        ``receiver`` (Trust that the patient was handed to), ``status``, ``tumour_group``,
        ``suspected``, ``route`` and ``route_fds``.
    rows : Table
        `waits`, with ``sender``, ``pathway`` and ``copy``.
    counting : Table
        Those of `rows` that count, each patient once, with the facts of their records.
    as_at : date
        The day that the data are seen from.
    latest_extract : date or None
        Day of the last extract in the store; None where it does not say.
    rules : Rules
        In force.
    dictionary : Dictionary
        Its code lists and lookups.
    tumour_group : str
        The only one looked at; empty for all.
    linked : bool
        Whether `records` are pathways that linkage made, and not each Trust's own records.
    """

    con: Any
    records: ir.Table
    rows: ir.Table
    counting: ir.Table
    as_at: date
    latest_extract: date | None
    rules: Rules
    dictionary: Dictionary
    tumour_group: str = ""
    linked: bool = False

    def counted(self, months: Sequence[str], standards: Sequence[str]) -> ir.Table:
        """Rows that count in some months, each patient once, with the facts of their records.

        Parameters
        ----------
        months : sequence of str
            Reporting months, ``YYYY-MM``.
        standards : sequence of {"FDS", "31D", "62D"}
            Those wanted.

        Returns
        -------
        Table
            The columns of `waits` and those of the record that reports break down by.
            ``route`` is that of the row's standard; ``stage`` the 31-day one's.
        """
        rows = self.counting
        if self.tumour_group:
            rows = rows.filter(rows.tumour_group == self.tumour_group)
        return rows.filter(
            rows.reporting_month.isin(list(months)), rows.standard.isin(list(standards))
        )

    def fetch(self, table: ir.Table) -> pd.DataFrame:
        """Run an expression and give a frame."""
        return fetched(self.con, table)


def read_waitlist(
    path: Path,
    *,
    as_at: date,
    dictionary: Dictionary,
    tumour_group: str = "",
    rules: Rules | None = None,
    treatments: Path | None = None,
) -> Waitlist:
    """Read a store's pathways and hold them against the standards.

    Parameters
    ----------
    path : Path
        Parquet: ``pathways``, as `workbench link` writes them; or ``pathway_records``, as
        `workbench ingest` does, of which a patient whom two Trusts share is then counted
        once by provisional rules (`workbench.standards.copies`).
    as_at : date
        Later dates count as blank, so that an earlier day can be seen again.
    dictionary : Dictionary
        For sites, ICD-10 groups and code lists.
    tumour_group : str, optional
        A code of the list ``tumour_group``: only treatments of that diagnosis are
        looked at. All by default.
    rules : Rules, optional
        The shipped ones by default.
    treatments : Path, optional
        Beside ``pathways``: ``pathway_treatments``, the later treatments on them.

    Returns
    -------
    Waitlist

    Raises
    ------
    InputError
        A column that names records, Trusts or pathways is missing, or a cell cannot be used.
    ParameterError
        There is no such tumour group.
    """
    _refuse_group(tumour_group, dictionary)
    in_force = rules or load_rules()
    con = connect()
    table = linked_table(con, path, treatments) if treatments else read_table(con, path)
    linked = LINKED in table.columns
    columns = matched(table.columns, path.name)
    pathway = LINKED if linked else _refuse_columns(table, path.name)
    refuse_unusable(con, table, columns, path.name)
    sites = dictionary.lookup("site_to_trust")
    known = with_providers(typed(table, columns, as_at), in_force, sites)
    known = known.inner_join(_whose(table, pathway, in_force.provider_code_length), RECORD_ID)
    held = con.create_table("records", _with_facts(known, in_force, dictionary), temp=True)
    once = without_copies if linked else with_copies
    rows = con.create_table("waits", once(waits_of(held, in_force), held), temp=True)
    return Waitlist(
        con=con,
        records=held,
        rows=rows,
        counting=con.create_table("counting", _counting(rows, held), temp=True),
        as_at=as_at,
        latest_extract=_latest(con, table),
        rules=in_force,
        dictionary=dictionary,
        tumour_group=tumour_group,
        linked=linked,
    )


def narrowed(waitlist: Waitlist, tumour_group: str) -> Waitlist:
    """Look at one tumour group only, without reading the records again."""
    _refuse_group(tumour_group, waitlist.dictionary)
    return replace(waitlist, tumour_group=tumour_group)


def counted_once(waitlist: Waitlist) -> dict[str, int]:
    """How the rule of counting a shared patient once came out.

    Returns
    -------
    dict
        ``records``, ``copies`` and ``split``; see `workbench.standards.copies`.
    """
    found = {"records": int(waitlist.con.to_pyarrow(waitlist.records.count()).as_py())}
    for table in (copies(waitlist.rows), split_pathways(waitlist.rows)):
        found |= waitlist.con.to_pyarrow(table).to_pylist()[0]
    return found


def _refuse_group(tumour_group: str, dictionary: Dictionary) -> None:
    groups = [one.code for one in dictionary.code_list("tumour_group").codes]
    if tumour_group and tumour_group not in groups:
        raise ParameterError("There is no such tumour group.", remedy=f"Use: {', '.join(groups)}.")


def _refuse_columns(table: ir.Table, where: str) -> str:
    """Refuse a table that cannot say whose a record is; give the pathway's column."""
    needed = [RECORD_ID, "source", _ISSUER]
    missing = [f"missing column: {name}" for name in needed if name not in table.columns]
    held = [name for name in _PATHWAY if name in table.columns]
    if not held:
        missing.append(f"missing column: {_PATHWAY[0]}")
    if missing:
        raise InputError(f"{where}: it cannot be told whose the records are.", missing)
    return held[0]


def _whose(table: ir.Table, pathway: str, provider_length: int) -> ir.Table:
    """Whose each record is; one without an identifier is a pathway of its own."""
    linked = pathway == LINKED
    named = text(table[LINKED]) if linked else text(table[_ISSUER]) + "|" + text(table[pathway])
    none = ibis.null("string")
    status = table[_STATUS] if _STATUS in table.columns else none
    # a linked pathway is already at the Trust that holds the patient now
    receiver = table[_RECEIVER] if _RECEIVER in table.columns and not linked else none
    record = text(table[RECORD_ID])
    return table.select(
        record_id=record,
        sender=text(table["source"]),
        pathway=ibis.coalesce(named, record),
        receiver=text(receiver).left(provider_length),
        status=text(status, 2),
    )


def _with_facts(records: ir.Table, rules: Rules, dictionary: Dictionary) -> ir.Table:
    timed = with_clocks(records, rules)
    routed = cancers.with_route(cancers.with_suspicion(timed), rules)
    grouped = cancers.with_tumour_group(routed, dictionary)
    return grouped.mutate(investigating_provider=allocation.investigating_provider(grouped))


def _counting(rows: ir.Table, records: ir.Table) -> ir.Table:
    facts = records.select(RECORD_ID, *_FACTS)
    joined = rows.filter(rows.included & ~rows.copy).inner_join(facts, RECORD_ID)
    route = ibis.cases(
        (joined.standard == "62D", joined.route),
        (joined.standard == "FDS", joined.route_fds),
        else_=ibis.null("string"),
    )
    return joined.mutate(route=route)


def _latest(con: Any, table: ir.Table) -> date | None:
    if "extract_date" not in table.columns:
        return None
    latest = con.to_pyarrow(table.extract_date.cast("date").max()).as_py()
    return latest if isinstance(latest, date) else None
