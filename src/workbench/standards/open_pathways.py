"""Which pathways are open on a day: neither treated nor closed otherwise.

Open pathways are in no standard: only a treatment closes the 62-day clock. What
closes a pathway without one is read from ``data_dictionary/rules/open_pathways.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import yaml

from workbench.errors import ParameterError
from workbench.shipped import shipped
from workbench.standards.cancers import NOT_RECORDED
from workbench.standards.clocks import days_between
from workbench.standards.waitlist import Waitlist


@dataclass(frozen=True)
class OpenRules:
    """What closes a pathway without treatment.

    Attributes
    ----------
    closing_patient_statuses, closing_fds_end_reasons : tuple of str
        Codes.
    """

    closing_patient_statuses: tuple[str, ...]
    closing_fds_end_reasons: tuple[str, ...]


def open_rules(dictionary: Path | None = None) -> OpenRules:
    """Read the rules of open pathways.

    Parameters
    ----------
    dictionary : Path, optional
        Folder of a workspace's own data dictionary; the shipped one otherwise, and
        where the workspace's has no such file.

    Raises
    ------
    ParameterError
        The file lacks an entry.
    """
    own = (dictionary or shipped("data_dictionary")) / "rules" / "open_pathways.yaml"
    path = own if own.is_file() else shipped("data_dictionary") / "rules" / "open_pathways.yaml"
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        values = {name: tuple(entries[name]["value"]) for name in OpenRules.__dataclass_fields__}
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        raise ParameterError(
            f"{path.name}: the rules of open pathways cannot be read.",
            remedy="data_dictionary/rules/open_pathways.yaml shows what must be there.",
        ) from None
    return OpenRules(**values)


def open_on_day(waitlist: Waitlist, rules: OpenRules) -> ir.Table:
    """Pathways open on the waitlist's day, each once.

    Parameters
    ----------
    waitlist : Waitlist
    rules : OpenRules

    Returns
    -------
    Table
        ``pathway, provider, days`` (from referral or upgrade, less what is taken off),
        ``tumour_group, suspected, route``. Open is a pathway on a route that the 62-day
        standard counts, of which no record names a treatment or another end. One handed
        over is left to the Trust that received it, if that Trust's records are in the
        store. Of two Trusts' records of a pathway the one of longest standing counts,
        then the first Trust's by code.
    """
    records = waitlist.records
    if waitlist.tumour_group:
        records = records.filter(records.tumour_group == waitlist.tumour_group)
    senders = waitlist.records.select(receiver="sender").distinct().mutate(sends=True)
    records = records.left_join(senders, "receiver").select(*records.columns, "sends")
    ended = (
        records.treated.notnull()
        | _among(records.status, rules.closing_patient_statuses)
        | (
            records.fds_ended.notnull()
            & _among(records.fds_end_reason, rules.closing_fds_end_reasons)
        )
    )
    day = ibis.literal(waitlist.as_at, type="date")
    marked = records.mutate(
        closed=ended.max().over(ibis.window(group_by="pathway")),
        days=days_between(records.started_62d, day) - records.off_first_seen_62d,
        on_route=(records.route != NOT_RECORDED) | records.priority.isnull(),
        handed_over=(records.sends & (records.receiver != records.sender)).fill_null(False),
    )
    still = marked.filter(~marked.closed, ~marked.handed_over, marked.on_route, marked.days >= 0)
    longest = ibis.window(group_by="pathway", order_by=[ibis.desc("days"), "sender", "record_id"])
    once = still.mutate(place=ibis.row_number().over(longest))
    found = once.filter(once.place == 0).select(
        "pathway", "days", "tumour_group", "suspected", "route", provider=once.sender
    )
    return waitlist.con.create_table("open_pathways", found, temp=True, overwrite=True)


def _among(code: ir.StringValue, codes: tuple[str, ...]) -> ir.BooleanValue:
    return code.isin(codes).fill_null(False)
