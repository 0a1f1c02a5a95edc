"""Faults of the rows that stand, by record: what a notebook counts quality from; no cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from workbench.intake.rows import RECORD, ROW
from workbench.intake.standing import CURRENT, LANDING, STATUS, Landed
from workbench.intake.vault import Vault

_SAID = ("rule", "column", "severity")


def standing_faults(
    vault: Vault, landed: Sequence[Landed], status: pa.Table, dataset: str, kept: Any
) -> pa.Table:
    """Faults of one dataset's rows that stand.

    Parameters
    ----------
    vault : Vault
    landed : sequence of Landed
    status : pyarrow.Table
        From `workbench.intake.standing.standing`.
    dataset : str
    kept : pyarrow.Array
        Names of the records in the store.

    Returns
    -------
    pyarrow.Table
        ``record_id, dataset, rule, column, severity``; texts that recur are coded.
    """
    parts = []
    for place, one in enumerate(landed):
        mine = pc.and_(pc.equal(status[STATUS], CURRENT), pc.equal(status[LANDING], place))
        rows = status.filter(mine).select([ROW, RECORD])
        rows = rows.filter(pc.is_in(rows[RECORD], value_set=kept))
        faults = vault.faults(one.name).join(rows, keys=ROW, join_type="inner")
        code = faults["rule"].combine_chunks().cast(pa.int32())
        rules = one.receipt["rules"]
        said = {
            name: pa.DictionaryArray.from_arrays(
                code, pa.array([rule[name] for rule in rules], pa.string())
            )
            for name in _SAID
        }
        of = pa.array([dataset] * (1 if faults.num_rows else 0), pa.string())
        zeros = pa.repeat(pa.scalar(0, pa.int32()), faults.num_rows)
        dataset_code = pa.DictionaryArray.from_arrays(zeros, of)
        parts.append(pa.table({RECORD: faults[RECORD], "dataset": dataset_code, **said}))
    return pa.concat_tables(parts)


def joined_faults(parts: Sequence[pa.Table]) -> pa.Table:
    """Faults of all datasets, sorted by record, dataset, rule and column."""
    table = pa.concat_tables(parts).unify_dictionaries().combine_chunks()
    ranked = table.select([RECORD])
    for name in ("dataset", "rule", "column"):
        ranked = ranked.append_column(name, _ranks(table[name]))
    order = [(name, "ascending") for name in ranked.column_names]
    table = table.take(pc.sort_indices(ranked, sort_keys=order))
    # Codes in the order of first use would depend on how files were split.
    sorted_codes = {name: _recoded(table[name]) for name in ("dataset", *_SAID)}
    return pa.table({RECORD: table[RECORD], **sorted_codes})


def _ranks(column: Any) -> Any:
    """Where each text stands among the distinct ones in alphabetical order."""
    coded = column.combine_chunks()
    places = pc.rank(coded.dictionary, tiebreaker="dense").cast(pa.int32())
    return places.take(coded.indices)


def _recoded(column: Any) -> Any:
    coded = column.combine_chunks()
    texts = pa.array(sorted(set(coded.dictionary.to_pylist())), pa.string())
    used = pc.index_in(coded.dictionary, value_set=texts).take(coded.indices)
    present = pc.is_in(pa.array(range(len(texts)), pa.int32()), value_set=pc.unique(used))
    kept = texts.filter(present)
    return pa.DictionaryArray.from_arrays(pc.index_in(texts, value_set=kept).take(used), kept)
