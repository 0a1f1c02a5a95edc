"""Candidate pairs compared in the engine: a level a column, and how rare an equal value is.

Only numbers leave the engine: rows, levels and logarithms of frequencies. Nothing that
names a person is copied, and the largest table is of the pairs that may be links.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from workbench.linkage.agreement import MISSING, level, names_of, swapped, swapped_level
from workbench.linkage.columns import Column
from workbench.linkage.model import Model

_FEW_VALUES = {"sex", "code"}
_HELD_BITS = 8
"""Pairs whose odds are 2^8 below even are kept too: they show how common near misses are."""


def by_rarity(columns: Sequence[Column]) -> list[str]:
    """Columns whose equal values count for more where they are rare."""
    return [column.name for column in columns if column.kind not in _FEW_VALUES]


def with_rarity(
    chosen: ir.Table, features: ir.Table, columns: Sequence[Column], records: int
) -> ir.Table:
    """Add ``NAME__rarity``: log2 of the share of records that have the value.

    Parameters
    ----------
    chosen : ibis Table
        Some of the records.
    features : ibis Table
        All of them, who are counted.
    columns : sequence of Column
    records : int
        How many there are.
    """
    for name in by_rarity(columns):
        counted = features.group_by(name).agg(held=features.count())
        share = (counted.held.cast("float64") / records).log2().round(6)
        counted = counted.select(**{f"{name}__of": counted[name], f"{name}__rarity": share})
        chosen = chosen.left_join(counted, chosen[name] == counted[f"{name}__of"]).drop(
            f"{name}__of"
        )
    return chosen


def compared(
    con: Any,
    features: ir.Table,
    pairs: ir.Table,
    columns: Sequence[Column],
    model: Model,
    *,
    records: int,
) -> pa.Table:
    """Levels of agreement of the candidate pairs that may be links, or of one household.

    Returns
    -------
    pyarrow.Table
        ``row_l, row_r``; a level (int8) under each column's name; ``NAME__rarity``
        (log2 of a frequency); sorted by rows.
    """
    rarities = [f"{name}__rarity" for name in by_rarity(columns)]
    names = [column.name for column in columns]
    first = pairs.select(row="row_l").distinct()
    left = features.select("row", *names).semi_join(first, "row")
    left = with_rarity(left, features, columns, records).rename("{name}_l")
    right = features.select("row", *names).rename("{name}_r")
    met = pairs.join(left, "row_l").join(right, "row_r")
    levels: dict[str, Any] = {
        column.name: level(met[f"{column.name}_l"], met[f"{column.name}_r"], column.kind)
        for column in columns
    }
    two = names_of(columns)
    if two is not None:
        both = [[met[f"{name}_{side}"] for name in two] for side in "lr"]
        crossed = swapped(*both)
        for name, instead in ((two[0], swapped_level(*both)), (two[1], MISSING)):
            levels[name] = ibis.ifelse(crossed, instead, levels[name]).cast("int8")
    found = met.select(
        "row_l",
        "row_r",
        **levels,
        **{name: met[f"{name}_l"].cast("float64") for name in rarities},
    )
    least = math.log2(max(records, 2)) - _HELD_BITS
    kept = found.filter((_bits(found, columns, model) >= least) | _one_household(found, columns))
    return con.to_pyarrow(kept).sort_by([("row_l", "ascending"), ("row_r", "ascending")])


def _bits(found: ir.Table, columns: Sequence[Column], model: Model) -> Any:
    """Weight of a pair, close enough to tell what is surely no link."""
    rare = set(by_rarity(columns))
    total: Any = ibis.literal(0.0)
    for column in columns:
        chances = model.chances[column.name]
        steps = [
            (found[column.name] == place, ibis.literal(bits))
            for place, bits in enumerate(chances.bits())
        ]
        if column.name in rare:
            equal = math.log2(chances.same[0]) - found[f"{column.name}__rarity"]
            steps[0] = (found[column.name] == 0, equal)
        crossed = (found[column.name] > len(steps) - 1, ibis.literal(12.0))
        total = total + ibis.cases(*steps, crossed, else_=ibis.literal(0.0))
    return total


def _one_household(found: ir.Table, columns: Sequence[Column]) -> Any:
    """Whether family name and postcode agree: rivals of a link that chance does not explain."""
    names = [column.name for column in columns if column.kind == "name"]
    places = [column.name for column in columns if column.kind == "postcode"]
    if not (names and places):
        return ibis.literal(False)
    return found[names[-1]].isin([0, 1]) & (found[places[0]] == 0)
