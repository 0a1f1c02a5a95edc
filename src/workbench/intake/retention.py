"""What is kept for how long: landings past their date, and what the store has of them alone.

A file's day is that of its extract; where its name says only a period, the period's end.
Extracts go from the oldest on, so that nothing that a later one replaced comes back; if a
row would come back all the same, nothing is removed. Lists of opt-outs stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.dictionary.load import Dictionary
from workbench.errors import InputError, ParameterError
from workbench.intake.derive import STORED, derive
from workbench.intake.engine import private_engine
from workbench.intake.forgetting import forget_orphans
from workbench.intake.guard import without_cells
from workbench.intake.ingest import settings_of, standing_landings
from workbench.intake.lock import alone
from workbench.intake.names import UNDATED
from workbench.intake.publishing import publish
from workbench.intake.record import earlier_refusals
from workbench.intake.removed import remove_for_good
from workbench.intake.settings import Settings
from workbench.intake.standing import Landed
from workbench.intake.vault import FOLDER, Vault, open_vault
from workbench.workspace import Workspace

ALL = "all"

ByDataset = dict[str, list[Landed]]


@dataclass(frozen=True)
class Plan:
    """What is past its date.

    Attributes
    ----------
    as_at : date
        The day that it was seen from.
    landings : tuple of Landed
        Files that are past their date, by Trust, dataset and day.
    rows : dict of str to int
        By dataset, rows of the store that stand in these files alone.
    undated : int
        Files without a day, which cannot grow old.
    other_tables : dict of str to int
        Rows taken out of tables that others made of these records; empty in a plan.
    """

    as_at: dt.date
    landings: tuple[Landed, ...]
    rows: dict[str, int]
    undated: int
    other_tables: dict[str, int]


def retain(
    workspace: Workspace, dictionary: Dictionary, *, as_at: dt.date | None, apply: bool
) -> Plan:
    """List what is past its date, and remove it if asked to.

    Parameters
    ----------
    workspace : Workspace
        With ``retention_days``.
    dictionary : Dictionary
    as_at : date or None
        The day to see it from; None: the latest extract in the vault, so that no clock has
        a say.
    apply : bool
        Remove it: from the vault for good, and from every table of the store.

    Raises
    ------
    ParameterError
        No retention is set, or it cannot be used.
    InputError
        There is no vault, or a row that was replaced or left out would come back.
    """
    days = days_by_dataset(workspace.retention_days)
    with alone(workspace.root / FOLDER), without_cells():
        why = "remove what is past its date" if apply else "list what is past its date"
        vault = open_vault(workspace, command="retention", why=why, opened="landings")
        receipts = standing_landings(workspace, vault)
        landed = [Landed(name, receipts[name]) for name in sorted(receipts)]
        as_at = as_at or max((one.extract.day for one in landed), default=UNDATED)
        past = past_their_date(landed, days, as_at)
        settings = settings_of(workspace)
        rows = _rows_lost(vault, landed, past, dictionary, settings) if past else {}
        others: dict[str, int] = {}
        if apply:
            if past:
                remove_for_good(vault, [one.name for one in past])
                refusals = earlier_refusals(workspace.root)
                publish(workspace, vault, dictionary, settings, refusals)
            others = forget_orphans(workspace, vault)
    undated = sum(not one.extract.dated for one in landed)
    return Plan(as_at, tuple(past), rows, undated, others)


def days_by_dataset(setting: int | Mapping[str, Any] | None) -> dict[str, int]:
    """Days that each dataset is kept, from ``retention_days`` of ``workbench.toml``.

    Parameters
    ----------
    setting : int or mapping or None
        Days for all; or by dataset, with ``all`` for those that are not named.

    Raises
    ------
    ParameterError
        It is absent, names what is none, or people who opted out could not be told by it.
    """
    if setting is None:
        raise ParameterError(
            "No retention is set: nothing is ever past its date.",
            remedy="Add a line to workbench.toml, such as: retention_days = 1826",
        )
    told = {ALL: setting} if isinstance(setting, int) else dict(setting)
    faults = [f"'{name}' is no dataset of extracts" for name in told if name not in (ALL, *STORED)]
    faults += [
        f"'{name}' must be a whole number of days, 1 or more"
        for name, days in told.items()
        if not isinstance(days, int) or isinstance(days, bool) or days < 1
    ]
    if not faults:
        days = {name: told.get(name, told.get(ALL)) for name in STORED}
        held = {name: number for name, number in days.items() if number is not None}
        who = held.get("demographics")
        if who is not None and any(held.get(name, who + 1) > who for name in STORED):
            faults = [
                "'demographics' must be kept as long as all others: by them people who opted out "
                "are known"
            ]
        else:
            return held
    raise ParameterError("The setting 'retention_days' cannot be used.", faults)


def past_their_date(
    landed: Sequence[Landed], days: Mapping[str, int], as_at: dt.date
) -> list[Landed]:
    """Landings that are past their date, by Trust, dataset and day.

    One without a day counts as older than any that has one, so that it goes with the first
    of its Trust and dataset that does: else what that one replaced would come back.
    """
    old = {
        one.name
        for one in landed
        if one.extract.dated
        and one.receipt["dataset"] in days
        and (as_at - one.extract.day).days > days[one.receipt["dataset"]]
    }
    senders = {(one.trust, one.receipt["dataset"]) for one in landed if one.name in old}
    past = [
        one
        for one in landed
        if one.name in old
        or (not one.extract.dated and (one.trust, one.receipt["dataset"]) in senders)
    ]
    return sorted(
        past, key=lambda one: (one.trust, one.receipt["dataset"], one.extract.day, one.name)
    )


def _rows_lost(
    vault: Vault,
    landed: Sequence[Landed],
    past: Sequence[Landed],
    dictionary: Dictionary,
    settings: Settings,
) -> dict[str, int]:
    gone = {one.name for one in past}
    before = _records(vault, landed, dictionary, settings)
    stay = [one for one in landed if one.name not in gone]
    after = _records(vault, stay, dictionary, settings)
    nothing = pa.array([], pa.string())
    faults = []
    for name, records in after.items():
        stood = pc.sum(pc.is_in(records, value_set=before.get(name, nothing))).as_py() or 0
        if stood < len(records):
            faults.append(f"{len(records) - stood:,} rows of {name} would come back")
    if faults:
        raise InputError(
            "Rows that were replaced, or are of people who opted out, would come back if the files "
            "that say so were removed; nothing was removed.",
            faults,
            remedy="Give undated files a date, or keep all datasets equally long.",
        )
    return {name: len(held) - len(after.get(name, nothing)) for name, held in before.items()}


def _records(
    vault: Vault, landed: Sequence[Landed], dictionary: Dictionary, settings: Settings
) -> dict[str, Any]:
    """Names of the records that would stand, by dataset; nothing is written."""
    by_dataset: ByDataset = {}
    for one in landed:
        by_dataset.setdefault(one.receipt["dataset"], []).append(one)
    con = private_engine()
    try:
        made = derive(con, vault, by_dataset, dictionary, settings, _nowhere)
    finally:
        con.disconnect()
    return made.records


def _nowhere(name: str, table: pa.Table) -> None:
    """Write nothing."""
    del name, table
