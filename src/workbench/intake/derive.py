"""All datasets of the store, from all that ever landed: a pure function of the vault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.dictionary.load import Dictionary
from workbench.intake.datasets import current, landed_columns, stored
from workbench.intake.faults_stored import joined_faults, standing_faults
from workbench.intake.opt_outs import (
    BY_GROUP,
    OptOuts,
    by_group,
    described,
    one_key,
    opted_out,
    standing_by_kind,
)
from workbench.intake.opt_outs import DATASET as OPT_OUTS
from workbench.intake.persons import ETHNICITY, People, people
from workbench.intake.pseudonyms import SUFFIX
from workbench.intake.rows import NHS_USABLE, PATHWAY, RECORD
from workbench.intake.settings import Settings
from workbench.intake.standing import CURRENT, LANDING, STATUS, Landed, standing
from workbench.intake.vault import Vault

STORED = ("pathway_records", "demographics", "milestones", "proms", "capacity")
FAULTS = "faults"

Write = Callable[[str, pa.Table], None]

_NHS = "nhs_number" + SUFFIX
_WHO = (
    "nhs_number", "given_name", "family_name", "birth_date", "person_stated_gender_code",
    "postcode", "local_patient_identifier", "extract_date",
)  # fmt: skip
_NOTHING = pa.array([], pa.string())
_NO_REFERRALS = pa.table(
    {"source": _NOTHING, PATHWAY: _NOTHING, "referred": pa.array([], pa.date32())}
)
_NO_RESIDENCE = pa.table({"key": _NOTHING, "lsoa": _NOTHING})


@dataclass(eq=False)
class Derived:
    """What comes out of the vault.

    Attributes
    ----------
    records : dict of str to pyarrow.Array
        By dataset, the ``record_id`` of each row that was written, sorted.
    faults : int
        Faults of the rows that were written.
    identifiers : pyarrow.Table
        Who each record is about; goes back into the vault.
    status : dict of str to pyarrow.Table
        By dataset, what became of each row that landed.
    opted_out : dict of str to int
        By landing, rows that would stand had the person not opted out.
    conflicts : dict
        As `workbench.intake.persons.People.conflicts`.
    """

    records: dict[str, Any] = field(default_factory=dict)
    faults: int = 0
    identifiers: pa.Table | None = None
    status: dict[str, pa.Table] = field(default_factory=dict)
    opted_out: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, dict[str, int]] = field(default_factory=dict)


def derive(
    con: Any,
    vault: Vault,
    landed: Mapping[str, Sequence[Landed]],
    dictionary: Dictionary,
    settings: Settings,
    write: Write,
    areas: pa.Table | None = None,
) -> Derived:
    """Derive every dataset, and write each as it is done: only one is held at a time.

    Parameters
    ----------
    con : ibis backend
    vault : Vault
    landed : mapping of str to sequence of Landed
        By dataset, each sorted by name.
    dictionary : Dictionary
    settings : Settings
    write : callable
        Given a dataset's name and its table, sorted by ``record_id``; and at the end
        ``faults``: record, dataset, rule, column and severity of faults of what stands;
        and ``opt_outs_by_group``, counts alone.
    areas : pyarrow.Table, optional
        ``lsoa`` and ``imd_decile``, to count opt-outs by.
    """
    made = Derived()
    for dataset, landings in landed.items():
        made.status[dataset] = (
            standing_by_kind(con, vault, landings, settings)
            if dataset == OPT_OUTS
            else standing(con, vault, landings, dataset, settings)
        )
    listed = opted_out(vault, landed, made.status, settings)
    pathways = _Pathways(_NO_REFERRALS, _NO_REFERRALS, _NO_RESIDENCE)
    faults = []
    for dataset in (name for name in STORED if name in landed):
        schema = dictionary.schema(dataset)
        rows = current(vault, landed[dataset], made.status[dataset], _columns(dataset, dictionary))
        gone = listed.left_out(rows)
        stays = rows.filter(pa.array(~gone)) if gone.any() else rows
        if dataset not in _NEEDED_WHOLE:
            rows = stays  # the largest ones are not held twice
        _count_opted_out(made, landed[dataset], made.status[dataset], gone)
        table = stored(stays.select(landed_columns(schema)), schema, dictionary.code_lists)
        if dataset == "pathway_records":
            pathways = _Pathways.of(rows, gone, settings)
        if dataset == "demographics":
            known, counts = _known(con, rows, gone, pathways, listed, dictionary, settings, areas)
            made.conflicts = known.conflicts
            table = _joined(table, known.table)
            write(BY_GROUP, counts)
        write(dataset, table)
        made.records[dataset] = table[RECORD].combine_chunks()
        del rows, stays, table
        faults.append(
            standing_faults(
                vault, landed[dataset], made.status[dataset], dataset, made.records[dataset]
            )
        )
    if faults:
        together = joined_faults(faults)
        made.faults = together.num_rows
        write(FAULTS, together)
        del together, faults
    made.identifiers = _identifiers(vault, landed, made)
    return made


_NEEDED_WHOLE = ("pathway_records", "demographics")
"""Datasets whose rows are read again once opt-outs are left out."""


def _columns(dataset: str, dictionary: Dictionary) -> list[str]:
    columns = landed_columns(dictionary.schema(dataset))
    more = ["birth_date", _NHS, NHS_USABLE] if dataset == "demographics" else []
    return list(dict.fromkeys([*columns, *more]))


def _known(
    con: Any,
    rows: pa.Table,
    gone: Any,
    pathways: _Pathways,
    listed: OptOuts,
    dictionary: Dictionary,
    settings: Settings,
    areas: pa.Table | None,
) -> tuple[People, pa.Table]:
    """What is known of people who stay; and how many of which group have opted out."""
    schema, bands = dictionary.schema("demographics"), dictionary.code_list("age_band")
    stays = _described(rows.filter(pa.array(~gone)))
    known = people(con, stays, pathways.staying, schema, bands, settings)
    everyone = known.table
    if gone.any():
        # apart, so that what somebody opted out of has no say in anything that stays
        leaving = _described(rows.filter(pa.array(gone)))
        left = people(con, leaving, pathways.leaving, schema, bands, settings)
        everyone = pa.concat_tables([everyone, left.table])
    return known, by_group(described(rows, everyone, listed, pathways.residence, areas))


def _count_opted_out(made: Derived, landed: Sequence[Landed], status: pa.Table, gone: Any) -> None:
    stands = pc.equal(status[STATUS], CURRENT).to_numpy()
    places = status[LANDING].to_numpy()[stands][gone]
    counts = np.bincount(places, minlength=len(landed))
    made.opted_out |= {one.name: int(n) for one, n in zip(landed, counts, strict=True)}


@dataclass(frozen=True, eq=False)
class _Pathways:
    """What demographics need of the pathway records: first days, and where people live."""

    staying: pa.Table
    leaving: pa.Table
    residence: pa.Table

    @classmethod
    def of(cls, rows: pa.Table, gone: Any, settings: Settings) -> _Pathways:
        """Of the records that stand, those of people who have opted out apart."""
        anchors = settings.anchor_dates["pathway_records"]
        day = pc.coalesce(*(rows[name] for name in anchors)).cast(pa.date32())
        referred = pa.table({"source": rows["source"], PATHWAY: rows[PATHWAY], "referred": day})
        lives = pa.table({"key": one_key(rows), "lsoa": rows["lsoa_of_residence"]})
        return cls(
            referred.filter(pa.array(~gone)),
            referred.filter(pa.array(gone)),
            lives.filter(pc.is_valid(lives["lsoa"])),
        )


def _described(rows: pa.Table) -> pa.Table:
    """What `people` needs, with a null column for each that no file has."""
    wanted = [
        RECORD, "source", PATHWAY, "extract_date", _NHS, "local_patient_identifier" + SUFFIX,
        NHS_USABLE, ETHNICITY, "person_stated_gender_code", "birth_date", "death_date",
    ]  # fmt: skip
    return rows.select(wanted)


def _joined(table: pa.Table, known: pa.Table) -> pa.Table:
    """Both are sorted by ``record_id`` and hold the same records."""
    for name in known.column_names:
        column = known[name].combine_chunks()
        if name == ETHNICITY:
            table = table.set_column(table.column_names.index(name), name, column)
        elif name != RECORD:
            table = table.append_column(name, column)
    return table


def _identifiers(
    vault: Vault, landed: Mapping[str, Sequence[Landed]], made: Derived
) -> pa.Table | None:
    """One row a person record: of demographics, and of pathways that came without."""
    parts: list[pa.Table] = []
    for dataset in ("demographics", "pathway_records"):
        if dataset not in landed:
            continue
        columns = [RECORD, "source", PATHWAY, *_WHO]
        rows = current(vault, landed[dataset], made.status[dataset], columns)
        rows = rows.filter(pc.is_in(rows[RECORD], value_set=made.records[dataset]))
        rows = rows.append_column("key", one_key(rows))
        if parts:
            rows = rows.filter(pc.invert(pc.is_in(rows["key"], value_set=parts[0]["key"])))
        # several treatments of one pathway are one person record: the first by name
        rows = rows.sort_by([("key", "ascending"), (RECORD, "ascending")])
        keys = rows["key"].to_numpy(zero_copy_only=False)
        first = np.ones(len(keys), dtype=bool)
        first[1:] = keys[1:] != keys[:-1]
        parts.append(rows.filter(pa.array(first)))
    if not parts:
        return None
    table = pa.concat_tables(parts).sort_by(RECORD)
    names = [RECORD, "source", *_WHO]
    renamed = ["sex" if name == "person_stated_gender_code" else name for name in names]
    return table.select(names).rename_columns(renamed)
