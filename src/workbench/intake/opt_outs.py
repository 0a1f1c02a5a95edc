"""Who has opted out, on which list, and how many of which group: counts, and no pseudonym.

Two kinds of list are told apart: the National Data Opt-out, and objections that people
made to a Trust. Somebody on either is left out of the whole store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.intake.datasets import current
from workbench.intake.pseudonyms import SUFFIX
from workbench.intake.rows import NHS_USABLE, PATHWAY, RECORD
from workbench.intake.settings import Settings
from workbench.intake.standing import LANDING, Landed, standing
from workbench.intake.vault import Vault

DATASET = "opt_outs"
BY_GROUP = "opt_outs_by_group"
NATIONAL, LOCAL = KINDS = ("national", "local")
CHARACTERISTICS = ("ethnic_category", "sex", "age_band", "imd_decile")
EVERYONE = "all"

_NHS = "nhs_number" + SUFFIX
_OWN_NUMBER = "local_patient_identifier" + SUFFIX
_NOTHING = pa.array([], pa.string())


@dataclass(frozen=True, eq=False)
class OptOuts:
    """Who has opted out.

    Attributes
    ----------
    listed : dict of str to pyarrow.Array
        By kind of list, pseudonyms of the NHS numbers on it.
    pathways : dict of str to pyarrow.Array
        By kind of list, keys of the pathways that are theirs at any Trust.
    """

    listed: dict[str, Any] = field(default_factory=dict)
    pathways: dict[str, Any] = field(default_factory=dict)

    def of(self, rows: pa.Table, kind: str) -> Any:
        """Which rows are of people on one kind of list: a bool array."""
        gone = np.zeros(rows.num_rows, dtype=bool)
        for name, held in ((_NHS, self.listed), (PATHWAY, self.pathways)):
            if name in rows.column_names and len(held.get(kind, ())):
                theirs = pc.is_in(rows[name], value_set=held[kind])
                gone |= theirs.to_numpy(zero_copy_only=False)
        return gone

    def left_out(self, rows: pa.Table) -> Any:
        """Which rows are of people on any list: a bool array."""
        return np.logical_or.reduce([self.of(rows, kind) for kind in KINDS])


def kind_of(receipt: Mapping[str, Any], settings: Settings) -> str:
    """Which kind of list a landing is: by words in its name, else by who sent it."""
    words = re.findall("[a-z0-9]+", Path(receipt["file"]).stem.casefold())
    for kind in KINDS:
        if set(settings.opt_out_kinds.get(kind, ())) & set(words):
            return kind
    return LOCAL if receipt["trust"] else NATIONAL


def standing_by_kind(
    con: Any, vault: Vault, landed: Sequence[Landed], settings: Settings
) -> pa.Table:
    """What became of each row of the lists, as `standing` tells; each kind for itself.

    A later national list says nothing about the local ones, and somebody on both stands
    on both.
    """
    parts = []
    for kind in KINDS:
        places = [n for n, one in enumerate(landed) if kind_of(one.receipt, settings) == kind]
        if places:
            held = standing(con, vault, [landed[place] for place in places], DATASET, settings)
            at = pa.array(places, pa.int32()).take(held[LANDING].combine_chunks())
            parts.append(held.set_column(held.column_names.index(LANDING), LANDING, at))
    return pa.concat_tables(parts).sort_by([(LANDING, "ascending"), ("row", "ascending")])


def opted_out(
    vault: Vault,
    landed: Mapping[str, Sequence[Landed]],
    status: Mapping[str, pa.Table],
    settings: Settings,
) -> OptOuts:
    """Who has opted out, by kind of list, and the pathways that are theirs.

    Parameters
    ----------
    vault : Vault
    landed : mapping of str to sequence of Landed
        By dataset.
    status : mapping of str to pyarrow.Table
        By dataset, what became of each row.
    settings : Settings
    """
    if DATASET not in landed:
        return OptOuts()
    listed = _listed(vault, landed[DATASET], status[DATASET], settings)
    held = [
        current(vault, landed[dataset], status[dataset], [_NHS, PATHWAY])
        for dataset in ("pathway_records", "demographics")
        if dataset in landed
    ]
    pathways = {}
    for kind, numbers in listed.items():
        theirs = [rows.filter(pc.is_in(rows[_NHS], value_set=numbers))[PATHWAY] for rows in held]
        keys = [pc.drop_null(pc.unique(one.combine_chunks())) for one in theirs]
        pathways[kind] = pa.concat_arrays(keys) if keys else _NOTHING
    return OptOuts(listed, pathways)


def _listed(
    vault: Vault, landed: Sequence[Landed], status: pa.Table, settings: Settings
) -> dict[str, Any]:
    listed = {}
    for kind in KINDS:
        places = [n for n, one in enumerate(landed) if kind_of(one.receipt, settings) == kind]
        if not places:
            continue
        mine = status.filter(pc.is_in(status[LANDING], value_set=pa.array(places, pa.int32())))
        at = pc.index_in(mine[LANDING], value_set=pa.array(places, pa.int32()))
        mine = mine.set_column(mine.column_names.index(LANDING), LANDING, at)
        rows = current(vault, [landed[place] for place in places], mine, [_NHS])
        listed[kind] = pc.drop_null(pc.unique(rows[_NHS].combine_chunks()))
    return listed


def described(
    rows: pa.Table, known: pa.Table, listed: OptOuts, residence: pa.Table, areas: pa.Table | None
) -> pa.Table:
    """The group and the opt-outs of each demographic record, for `by_group`.

    Parameters
    ----------
    rows : pyarrow.Table
        Demographic records that stand, those left out too.
    known : pyarrow.Table
        Of each: ``record_id``, ``ethnic_category``, ``age_band_at_referral``.
    listed : OptOuts
    residence : pyarrow.Table
        ``key`` (Trust and pathway) and ``lsoa`` of the pathway records.
    areas : pyarrow.Table or None
        ``lsoa`` and ``imd_decile``; without it nobody's is known.
    """
    at = pc.index_in(rows[RECORD], value_set=known[RECORD].combine_chunks()).combine_chunks()
    number = pc.if_else(pc.equal(rows[NHS_USABLE], "true"), rows[_NHS], None)
    decile = _taken(residence["lsoa"], residence["key"], one_key(rows))
    if areas is None:
        decile = pa.nulls(rows.num_rows, pa.string())
    else:
        decile = _taken(areas["imd_decile"].cast(pa.string()), areas["lsoa"], decile)
    return pa.table(
        {
            "person": pc.coalesce(number, rows[_OWN_NUMBER], rows[RECORD]),
            "ethnic_category": known["ethnic_category"].combine_chunks().take(at),
            "age_band": known["age_band_at_referral"].combine_chunks().take(at),
            "sex": rows["person_stated_gender_code"],
            "imd_decile": decile,
            **{kind: pa.array(listed.of(rows, kind)) for kind in KINDS},
        }
    )


def one_key(rows: pa.Table) -> Any:
    """Names a pathway at a Trust."""
    return pc.binary_join_element_wise(rows["source"], rows[PATHWAY], ":")


def _taken(values: Any, keys: Any, wanted: Any) -> Any:
    """The value of each wanted key, null where there is none."""
    keys, values = _flat(keys), _flat(values)
    return values.take(pc.index_in(_flat(wanted), value_set=keys, skip_nulls=True))


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def by_group(people: pa.Table) -> pa.Table:
    """How many people of each group have opted out, of how many.

    Parameters
    ----------
    people : pyarrow.Table
        One row a record: ``person``, `CHARACTERISTICS` as text (null: not known) and a
        bool for each of `KINDS`.

    Returns
    -------
    pyarrow.Table
        ``characteristic``, ``category`` (null: not known), ``people`` (all, those who have
        opted out too), ``opted_out``, ``national`` and ``local`` (somebody on both lists
        counts on both); first everyone, then by group, sorted.
    """
    first = [(name, "min") for name in CHARACTERISTICS]
    ever = [(kind, "max") for kind in KINDS]
    persons = people.group_by("person", use_threads=False).aggregate([*first, *ever])
    national, local = (persons[f"{kind}_max"] for kind in KINDS)
    counted = pa.table(
        {
            **{name: persons[f"{name}_min"] for name in CHARACTERISTICS},
            EVERYONE: pa.repeat(pa.scalar(EVERYONE), persons.num_rows),
            "people": pa.repeat(pa.scalar(1, pa.int64()), persons.num_rows),
            "opted_out": pc.or_(national, local).cast(pa.int64()),
            NATIONAL: national.cast(pa.int64()),
            LOCAL: local.cast(pa.int64()),
        }
    )
    return pa.concat_tables(_counts(counted, name) for name in (EVERYONE, *CHARACTERISTICS))


def _counts(counted: pa.Table, name: str) -> pa.Table:
    sums = ("people", "opted_out", *KINDS)
    held = counted.group_by(name, use_threads=False).aggregate([(one, "sum") for one in sums])
    held = held.sort_by(name)
    what = pa.repeat(pa.scalar(name), held.num_rows)
    return pa.table(
        {
            "characteristic": what,
            "category": held[name].cast(pa.string()),
            **{one: held[f"{one}_sum"] for one in sums},
        }
    )
