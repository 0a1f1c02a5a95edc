"""Where the truth is known: links that are false, links that were missed, and for whom.

Made-up regions alone have a truth. A pair is two records of one person, whichever the
linkage or the truth takes for one; a missed pair counts for the group that the person is
in, a false one for the groups of both persons.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench.linkage.evaluation.frames import fetched
from workbench.linkage.evaluation.groups import OF_PERSONS, REGION, in_groups
from workbench.linkage.evaluation.records import refuse_without

ACROSS, WITHIN = "Between Trusts", "Inside one Trust"

PAIRS = ("true_pairs", "found", "missed", "linked_pairs", "right", "false_links")
"""Counts of pairs: of the true ones, found and missed; of the linked ones, right and false."""

ADDED = ("treated", "late", "true_treated", "true_late")
"""Counts of patients: as linked, and in truth."""

_GROUPS = ("region", *OF_PERSONS)


def with_truth(members: ir.Table, records: ir.Table, truth: ir.Table, groups: ir.Table) -> ir.Table:
    """Put the truth beside each record and what linkage made of it.

    Parameters
    ----------
    members : ibis Table
        ``record_id`` and ``found``: the person, or pathway, that linkage put it in.
    records : ibis Table
        ``record_id, source, pathway_key``: whose identifier each record has.
    truth : ibis Table
        ``source, pathway_key``, ``true`` (the person, or pathway, that it is of) and
        ``person_id``, the true person.
    groups : ibis Table
        From `workbench.linkage.evaluation.person_groups`, of the true persons.

    Returns
    -------
    ibis Table
        ``record_id, source, found, true, region`` and the columns of `OF_PERSONS`; one row
        a record of which the truth is known.
    """
    refuse_without(members, "links", ("record_id", "found"))
    held = members.inner_join(records, "record_id")
    known = held.inner_join(truth, ["source", "pathway_key"])
    rows = in_groups(known, groups)
    return rows.select(
        "record_id", "source", "found", "true", *OF_PERSONS, region=ibis.literal(REGION)
    )


def pair_errors(rows: ir.Table, by: str, *, across: bool = True) -> pd.DataFrame:
    """Count true, found and false pairs by group.

    Parameters
    ----------
    rows : ibis Table
        From `with_truth`.
    by : str
        ``region`` or a column of `OF_PERSONS`.
    across : bool, optional
        Pairs of records of two Trusts, which is what linking pathways is about; else
        those inside one Trust.

    Returns
    -------
    DataFrame
        One row a group, sorted: ``group``, ``true_pairs``, ``found`` (of them),
        ``missed``, ``linked_pairs``, ``right`` and ``false_links`` (of them).
    """
    wanted = _pairs(rows, "true", across)
    linked = _pairs(rows, "found", across)
    of_true = wanted.group_by(group=wanted[f"{by}_left"]).agg(
        true_pairs=wanted.count(), found=wanted.count(where=wanted.same_found)
    )
    sides = ibis.union(
        *(linked.select("left", "right", "same_true", group=linked[f"{by}_{side}"])
          for side in ("left", "right"))
    ).distinct()  # fmt: skip
    of_linked = sides.group_by("group").agg(
        linked_pairs=sides.count(), false_links=sides.count(where=~sides.same_true)
    )
    table = fetched(of_true).merge(fetched(of_linked), on="group", how="outer")
    table = table.set_index("group").fillna(0).astype("int64").sort_index().reset_index()
    table["missed"] = table["true_pairs"] - table["found"]
    table["right"] = table["linked_pairs"] - table["false_links"]
    return table[["group", *PAIRS]]


def overall(rows: ir.Table) -> pd.DataFrame:
    """`pair_errors` of everyone, for pairs between Trusts and inside one.

    Returns
    -------
    DataFrame
        ``pairs`` (`ACROSS`, `WITHIN`) and the counts.
    """
    parts = [
        pair_errors(rows, "region", across=across).assign(pairs=name)
        for name, across in ((ACROSS, True), (WITHIN, False))
    ]
    table = pd.concat(parts, ignore_index=True).drop(columns="group")
    return table[["pairs", *[name for name in table if name != "pairs"]]]


def _pairs(rows: ir.Table, key: str, across: bool) -> ir.Table:
    """Every two records of one person, told apart by their names."""
    left = rows.select(**{f"{name}_left": rows[name] for name in _COLUMNS}, key=rows[key])
    right = rows.select(**{f"{name}_right": rows[name] for name in _COLUMNS}, key=rows[key])
    both: Any = left.inner_join(right, "key")
    apart = both.source_left != both.source_right
    both = both.filter(both.record_id_left < both.record_id_right, apart if across else ~apart)
    return both.select(
        left="record_id_left",
        right="record_id_right",
        same_found=(both.found_left == both.found_right).fill_null(False),
        same_true=(both.true_left == both.true_right).fill_null(False),
        **{f"{name}_{side}": both[f"{name}_{side}"] for name in _GROUPS for side in _SIDES},
    )


_SIDES = ("left", "right")
_COLUMNS = ("record_id", "source", "found", "true", *_GROUPS)


def true_owners(parts: ir.Table, records: ir.Table, truth: ir.Table) -> ir.Table:
    """Whose each pathway truly is: of several persons, joined by mistake, the first by name.

    Parameters
    ----------
    parts : ibis Table
        ``record_id``, ``pathway_id``.
    records, truth : ibis Table
        As `with_truth` takes them.

    Returns
    -------
    ibis Table
        ``pathway_id``, ``person_id`` (the true person).
    """
    held = parts.select("record_id", found="pathway_id").inner_join(records, "record_id")
    known = held.inner_join(truth, ["source", "pathway_key"])
    return known.group_by(pathway_id=known.found).agg(person_id=known.person_id.min())


def told_the_truth(
    records: ir.Table, truth: ir.Table, identifier: str, issuer: str
) -> tuple[ir.Table, ir.Table]:
    """Records as they would be, had every Trust used one identifier for one true pathway.

    The joining of pathways then has nothing left to guess, and what it makes of these
    records differs from what it made of the real ones by linkage error alone: gaps in the
    records are the same in both.

    Parameters
    ----------
    records : ibis Table
        ``pathway_records``, with ``pathway_key``.
    truth : ibis Table
        As `with_truth` takes it, ``true`` being the pathway.
    identifier, issuer : str
        Columns that the joining of pathways goes by.

    Returns
    -------
    records, links : ibis Table
        The records with the truth in those columns, and of which person each is: each
        true pathway is a person of its own, so that no two can be joined.
    """
    known = records.inner_join(truth, ["source", "pathway_key"])
    kept = [name for name in records.columns if name not in (identifier, issuer, "pathway_key")]
    told = known.select(*kept, **{identifier: known.true, issuer: ibis.literal("one issuer")})
    links = known.select(
        "record_id", "source", person_id=known.true, match_probability=ibis.null("float64")
    )
    return told, links


def error_added(linked: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """What linkage error adds to the share treated late, by group.

    Parameters
    ----------
    linked, true : DataFrame
        From `workbench.linkage.evaluation.late_by_group`: of the pathways as linked, and
        of those that the same records make when joined by the truth.

    Returns
    -------
    DataFrame
        One row a group: ``group``, ``treated``, ``late``, ``true_treated``,
        ``true_late`` and ``error`` (percentage points, to a tenth: the share as linked
        less the true one; positive where linkage makes care look worse).
    """
    names = {"treated": "true_treated", "late": "true_late"}
    table = linked.merge(true.rename(columns=names), on="group", how="outer")
    table = table.set_index("group").astype(float).fillna(0.0).sort_index().reset_index()
    found = table["late"] / table["treated"].where(table["treated"] > 0)
    truth = table["true_late"] / table["true_treated"].where(table["true_treated"] > 0)
    return table.assign(error=(100 * (found - truth)).round(1))
