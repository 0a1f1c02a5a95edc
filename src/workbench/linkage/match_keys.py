"""Deterministic match keys, in a published order: what is certain needs no model.

An NHS number alone is no key: it must come with another identifier that agrees. A key
without it is refused where two valid numbers, or two sexes, disagree. Within a source
whoever shares a key is one person, so that across sources a key is unique both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from workbench.linkage.columns import Column
from workbench.linkage.held import held, let_go


@dataclass(frozen=True)
class MatchKey:
    """Features that must all be equal, and those that must not disagree.

    Attributes
    ----------
    name : str
        What `match_rule` says: the columns, joined by ``+``.
    equal : tuple of str
        Features of the normalised records.
    at_peace : tuple of str
        Features of which no two known values may differ among those who share the key.
    """

    name: str
    equal: tuple[str, ...]
    at_peace: tuple[str, ...] = ()


def match_keys(columns: Sequence[Column]) -> tuple[MatchKey, ...]:
    """Keys that some columns allow, the strictest first.

    With the standard columns: NHS number with birth date and both names; with birth date
    and either name; with both names; with birth date and postcode; and both names, birth
    date and postcode without it.

    Parameters
    ----------
    columns : sequence of Column
    """
    kinds = {kind: [c.name for c in columns if c.kind == kind] for kind in _KINDS}
    numbers = [*kinds["nhs_number"], *kinds["number"]]
    names, dates = tuple(kinds["name"]), kinds["date"]
    places = (*kinds["postcode"], *kinds["text"])
    found: list[MatchKey] = []
    for number in numbers:
        valid = f"{number}__valid"
        for date in dates:
            if names:
                found.append(_key(valid, date, *names))
            found += [_key(valid, date, name) for name in reversed(names) if len(names) > 1]
        if len(names) > 1:
            found.append(_key(valid, *names))
        found += [_key(valid, date, place) for date in dates for place in kinds["postcode"]]
    if len(names) > 1 and dates and places:
        at_peace = (*(f"{number}__valid" for number in numbers), *kinds["sex"])
        found.append(_key(*names, *dates, *places, at_peace=at_peace))
    return tuple(found)


_KINDS = ("nhs_number", "number", "name", "date", "postcode", "text", "sex")


def _key(*features: str, at_peace: tuple[str, ...] = ()) -> MatchKey:
    name = "+".join(feature.removesuffix("__valid") for feature in features)
    return MatchKey(name, features, at_peace)


def key_links(con: Any, features: ir.Table, keys: Sequence[MatchKey]) -> pa.Table:
    """Pairs of records that share a key: each with the first of its source, those across.

    Parameters
    ----------
    con : ibis backend
    features : ibis Table
        From `normalised`.
    keys : sequence of MatchKey

    Returns
    -------
    pyarrow.Table
        ``left, right`` (rows, left before right), ``key`` (place of the strictest).
    """
    parts = [_links(con, features, key, place) for place, key in enumerate(keys)]
    if not parts:
        return pa.table({name: pa.array([], pa.int32()) for name in ("left", "right", "key")})
    links = pa.concat_tables(parts)
    # the strictest key of each pair: keys come in their order, and the first row is kept
    order = np.lexsort(tuple(links[name].to_numpy() for name in ("key", "right", "left")))
    left, right = (links[name].to_numpy()[order] for name in ("left", "right"))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return links.take(pa.array(order[first])).sort_by(
        [("key", "ascending"), ("left", "ascending"), ("right", "ascending")]
    )


def _links(con: Any, features: ir.Table, key: MatchKey, place: int) -> pa.Table:
    """Links of one key; a key at a time, since the tables on the way are as long as the data."""
    whole = features.filter([features[name].notnull() for name in key.equal])
    shared: Any = whole[key.equal[0]]
    for name in key.equal[1:]:
        shared = shared.concat("|", whole[name])
    keyed = whole.select("row", "place_of_source", *key.at_peace, shared=fingerprint(con, shared))
    firsts = keyed.group_by("shared", "place_of_source").agg(
        first=keyed.row.min(), records=keyed.count()
    )
    if key.at_peace:
        firsts = firsts.semi_join(_at_peace(keyed, key.at_peace), "shared")
    firsts = held(con, "linkage_firsts", firsts)
    several = firsts.filter(firsts.records > 1).drop("records")
    within = keyed.join(several, ["shared", "place_of_source"])
    within = within.filter(within.row != within.first)
    origin = firsts.group_by("shared").agg(origin=firsts.first.min(), sources=firsts.count())
    origin = origin.filter(origin.sources > 1)
    across = firsts.join(origin, "shared")
    across = across.filter(across.first != across.origin)
    found = ibis.union(
        _pairs(within, "first", "row", place), _pairs(across, "origin", "first", place)
    )
    try:
        return con.to_pyarrow(found)
    finally:
        let_go(con, "linkage_firsts")


def fingerprint(con: Any, text: Any) -> Any:
    """A short stand-in for a long text, equal where the text is.

    64 bits on DuckDB: among ten million texts two share one with a chance of three in a
    million. Another engine's own hash may have 32, too few, so that a digest is taken there.
    """
    return text.hash() if con.name == "duckdb" else text.hexdigest("sha256").left(24)


def _at_peace(keyed: ir.Table, names: Sequence[str]) -> ir.Table:
    bounds = {
        f"{name}_{what}": getattr(keyed[name], what)() for name in names for what in ("min", "max")
    }
    agreed = keyed.group_by("shared").agg(**bounds)
    return agreed.filter(
        [(agreed[f"{name}_min"] == agreed[f"{name}_max"]).fill_null(True) for name in names]
    )


def _pairs(table: ir.Table, left: str, right: str, place: int) -> ir.Table:
    return table.select(
        left=table[left].cast("int32"),
        right=table[right].cast("int32"),
        key=ibis.literal(place).cast("int32"),
    )
