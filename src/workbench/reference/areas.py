"""Small areas joined to what is known of them, on the boundaries that they are of.

A small area's code may name other streets after the boundaries were redrawn, so that an
index is joined only to codes of its own boundaries; 2011 codes are never joined to the
2025 index.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import InputError, UsageError
from workbench.files import read_table
from workbench.reference.catalogue import FOLDER, held

LSOA, BOUNDARIES = "lsoa", "lsoa_vintage"
KEPT = ("U", "M")
"""Changes from 2011 to 2021 after which a whole area has one new code: unchanged, merged."""


def table(con: Any, workspace: Path, kind: str, vintage: str) -> ir.Table:
    """A reference table that was added.

    Raises
    ------
    UsageError
        It was not added.
    """
    for entry in held(workspace):
        if (entry.kind, entry.vintage) == (kind, vintage):
            return read_table(con, workspace / FOLDER / entry.stored)
    raise UsageError(
        f"This workspace holds no {kind} of {vintage}.",
        remedy=f"workbench reference add FILE --as {kind}",
    )


def files(workspace: Path, kind: str) -> list[Path]:
    """Files of one kind that a workspace holds, by vintage: what a report pins."""
    return [workspace / FOLDER / entry.stored for entry in held(workspace) if entry.kind == kind]


def deprivation(con: Any, workspace: Path, boundaries: str) -> ir.Table | None:
    """The newest index of deprivation on some boundaries that the workspace holds, or None.

    Parameters
    ----------
    con : ibis backend
    workspace : Path
        Its folder.
    boundaries : str
        Of the small areas to join, such as ``"2021"``.

    Returns
    -------
    ibis Table or None
        ``lsoa``, ``imd_decile``, ``imd_version``, ``lsoa_vintage``, and more.
    """
    found = [e for e in held(workspace) if e.kind == "imd" and e.boundaries == boundaries]
    if not found:
        return None
    return table(con, workspace, "imd", max(entry.vintage for entry in found))


def join_imd(records: ir.Table, imd: ir.Table) -> ir.Table:
    """Give each record the deprivation of its area.

    Parameters
    ----------
    records : ibis Table
        With ``lsoa`` and ``lsoa_vintage`` (``2011`` or ``2021``, blank where ``lsoa`` is).
    imd : ibis Table
        An index that was added: one row an area, with ``lsoa_vintage``.

    Returns
    -------
    ibis Table
        `records` with ``imd_decile`` and ``imd_version``, blank where the area is not in
        the index. No row is lost or doubled.

    Raises
    ------
    UsageError
        A column is absent.
    InputError
        Records have areas of other boundaries than the index, or do not say which; the
        counts are given.
    """
    faults = [f"records have no column '{n}'" for n in (LSOA, BOUNDARIES) if n not in records]
    faults += [
        f"the index has no column '{name}'"
        for name in (LSOA, BOUNDARIES, "imd_decile", "imd_version")
        if name not in imd.columns
    ]
    if faults:
        raise UsageError("Deprivation cannot be joined.", faults)
    _refuse_other_boundaries(records, imd)
    index = imd.select(LSOA, "imd_decile", "imd_version")
    kept = records.drop(*(n for n in ("imd_decile", "imd_version") if n in records.columns))
    return kept.left_join(index, LSOA).drop(f"{LSOA}_right")


def _refuse_other_boundaries(records: ir.Table, imd: ir.Table) -> None:
    own = imd.select(BOUNDARIES).distinct().to_pyarrow()[BOUNDARIES].to_pylist()
    if len(own) != 1:
        raise UsageError("The index is on more than one set of boundaries, or on none.")
    known = records.filter(records[LSOA].notnull())
    counts = known.group_by(BOUNDARIES).agg(rows=known.count()).to_pyarrow().to_pylist()
    wrong = {row[BOUNDARIES]: row["rows"] for row in counts if row[BOUNDARIES] != own[0]}
    if not wrong:
        return
    faults = [
        f"{rows:,} records have areas of {which} boundaries"
        if which
        else f"{rows:,} records do not say of which boundaries their areas are"
        for which, rows in sorted(wrong.items(), key=lambda pair: str(pair[0]))
    ]
    raise InputError(
        f"Deprivation is not joined: the index is on {own[0]} boundaries.",
        faults,
        remedy="Use the index of the same boundaries (2011: IMD 2019, 2021: IMD 2025), or move "
        "the areas first with the lookup lsoa_2011_2021.",
    )


def moved_to_2021(records: ir.Table, lookup: ir.Table) -> ir.Table:
    """Give 2011 areas the 2021 code that all of their people now live under.

    Parameters
    ----------
    records : ibis Table
        With ``lsoa`` and ``lsoa_vintage``; rows on 2021 boundaries stay as they are.
    lookup : ibis Table
        The reference table ``lsoa_2011_2021``.

    Returns
    -------
    ibis Table
        Same rows. An area that was split or redrawn has no one successor: its code is
        blank, because to choose one would be a guess.
    """
    one = lookup.filter(lookup.change.isin(KEPT)).select(was="lsoa_2011", now="lsoa_2021")
    joined = records.left_join(one, records[LSOA] == one.was)
    old = (joined[BOUNDARIES] == "2011").fill_null(False)
    moved: ir.Table = joined.mutate(
        **{
            LSOA: ibis.ifelse(old, joined.now, joined[LSOA]),
            BOUNDARIES: ibis.ifelse(
                old, ibis.ifelse(joined.now.isnull(), None, "2021"), joined[BOUNDARIES]
            ),
        }
    ).drop("was", "now")
    return moved
