"""All datasets of the store, from all that ever landed: a pure function of the vault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbench.dictionary.load import Dictionary
from workbench.intake.datasets import current, landed_columns, stored, without
from workbench.intake.faults_stored import joined_faults, standing_faults
from workbench.intake.persons import ETHNICITY, people
from workbench.intake.pseudonyms import SUFFIX
from workbench.intake.rows import NHS_USABLE, PATHWAY, RECORD
from workbench.intake.settings import Settings
from workbench.intake.standing import CURRENT, LANDING, STATUS, Landed, standing
from workbench.intake.vault import Vault

STORED = ("pathway_records", "demographics", "milestones", "proms", "capacity")
OPT_OUTS = "opt_outs"
FAULTS = "faults"

Write = Callable[[str, pa.Table], None]

_NHS = "nhs_number" + SUFFIX
_WHO = (
    "nhs_number", "given_name", "family_name", "birth_date", "person_stated_gender_code",
    "postcode", "local_patient_identifier", "extract_date",
)  # fmt: skip
_NOTHING = pa.array([], pa.string())


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
        ``faults``: record, dataset, rule, column and severity of faults of what stands.
    """
    made = Derived()
    for dataset, landings in landed.items():
        made.status[dataset] = standing(con, vault, landings, dataset, settings)
    opted_out, pathways = _opted_out(vault, landed, made.status)
    referrals = pa.table(
        {"source": _NOTHING, PATHWAY: _NOTHING, "referred": pa.array([], pa.date32())}
    )
    faults = []
    for dataset in (name for name in STORED if name in landed):
        schema = dictionary.schema(dataset)
        rows = current(vault, landed[dataset], made.status[dataset], _columns(dataset, dictionary))
        rows, stays = without(rows, opted_out, pathways)
        _count_opted_out(made, landed[dataset], made.status[dataset], stays)
        table = stored(rows.select(landed_columns(schema)), schema, dictionary.code_lists)
        if dataset == "pathway_records":
            referrals = _referrals(rows, settings)
        if dataset == "demographics":
            known = people(
                con, _described(rows), referrals, schema, dictionary.code_list("age_band"), settings
            )
            made.conflicts = known.conflicts
            table = _joined(table, known.table)
        write(dataset, table)
        made.records[dataset] = table[RECORD].combine_chunks()
        del rows, table
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


def _columns(dataset: str, dictionary: Dictionary) -> list[str]:
    columns = landed_columns(dictionary.schema(dataset))
    more = ["birth_date", _NHS, NHS_USABLE] if dataset == "demographics" else []
    return list(dict.fromkeys([*columns, *more]))


def _opted_out(
    vault: Vault, landed: Mapping[str, Sequence[Landed]], status: Mapping[str, pa.Table]
) -> tuple[Any, Any]:
    """Pseudonyms of those who have opted out, and the pathways that are theirs."""
    if OPT_OUTS not in landed:
        return _NOTHING, _NOTHING
    listed = current(vault, landed[OPT_OUTS], status[OPT_OUTS], [_NHS])
    opted_out = pc.unique(listed[_NHS].combine_chunks())
    pathways = []
    for dataset in ("pathway_records", "demographics"):
        if dataset in landed:
            rows = current(vault, landed[dataset], status[dataset], [_NHS, PATHWAY])
            theirs = rows.filter(pc.is_in(rows[_NHS], value_set=opted_out))
            pathways.append(pc.unique(theirs[PATHWAY].combine_chunks()))
    return opted_out, pa.concat_arrays(pathways) if pathways else _NOTHING


def _count_opted_out(made: Derived, landed: Sequence[Landed], status: pa.Table, stays: Any) -> None:
    stands = pc.equal(status[STATUS], CURRENT).to_numpy()
    places = status[LANDING].to_numpy()[stands][~stays]
    counts = np.bincount(places, minlength=len(landed))
    made.opted_out |= {one.name: int(n) for one, n in zip(landed, counts, strict=True)}


def _referrals(rows: pa.Table, settings: Settings) -> pa.Table:
    anchors = settings.anchor_dates["pathway_records"]
    day = pc.coalesce(*(rows[name] for name in anchors)).cast(pa.date32())
    return pa.table({"source": rows["source"], PATHWAY: rows[PATHWAY], "referred": day})


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
        rows = rows.append_column("key", _one_key(rows))
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


def _one_key(rows: pa.Table) -> Any:
    return pc.binary_join_element_wise(rows["source"], rows[PATHWAY], ":")
