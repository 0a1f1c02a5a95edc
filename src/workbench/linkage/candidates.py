"""Which pairs of records are worth comparing: those that share a value of a blocking rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.linkage.agreement import names_of
from workbench.linkage.columns import Column
from workbench.linkage.held import held, let_go
from workbench.linkage.match_keys import fingerprint
from workbench.linkage.normalise import with_likenesses

Rule = tuple[str, ...]

NAMES_IN_ORDER = "names_in_order"
"""Feature: both names, the earlier in the alphabet first; the same for swapped names."""


def blocking_rules(columns: Sequence[Column]) -> tuple[Rule, ...]:
    """Sets of features of which a candidate pair shares at least one whole set.

    Every rule joins two things that seldom err together, in a form that forgives slips:
    sounds of names, days and months in either order, districts of postcodes.

    Parameters
    ----------
    columns : sequence of Column
    """
    rules = tuple(dict.fromkeys(_rules(columns)))
    return rules or tuple((column.name,) for column in columns)


def _rules(columns: Sequence[Column]) -> Iterator[Rule]:
    names = [c.name for c in columns if c.kind == "name"]
    dates = [c.name for c in columns if c.kind == "date"]
    postcodes = [c.name for c in columns if c.kind == "postcode"]
    texts = [c.name for c in columns if c.kind == "text"]
    for number in (c.name for c in columns if c.kind in {"nhs_number", "number"}):
        yield (f"{number}__valid",)
    for date in dates:
        for other in [f"{name}__sound" for name in names] + texts:
            yield (f"{date}__folded", other)
        for postcode in postcodes:
            yield (f"{date}__folded", f"{postcode}__district")
        if len(names) == 2:
            yield (NAMES_IN_ORDER, f"{date}__year")
    for place in postcodes + texts:
        for name in names:
            yield (name, place)
    for postcode in postcodes:
        if len(names) == 2:
            yield (*(f"{name}__sound" for name in names), f"{postcode}__district")
    yield from combinations(texts, 2)
    if not postcodes and len(names) == 2:
        yield (NAMES_IN_ORDER,)
        yield from (
            (f"{text}__sound", f"{names[-1]}__sound", f"{names[0]}__sound") for text in texts
        )
    if not postcodes:
        # with no address of a known form, whatever is rare enough by itself
        yield from ((f"{date}__folded",) for date in dates)
        yield from ((name,) for name in names)
        yield from ((text,) for text in texts)


def candidate_pairs(
    con: Any,
    features: ir.Table,
    columns: tuple[Column, ...],
    still: ir.Table,
    *,
    largest: int,
    largest_of_one: int,
) -> ir.Table:
    """Pairs that share a rule's value, where one at least has still to find its like.

    Parameters
    ----------
    con : ibis backend
    features : ibis Table
        From `normalised`.
    columns : tuple of Column
    still : ibis Table
        ``row, open``: a record that is not open is looked at again only beside its own
        source's.
    largest, largest_of_one : int
        Values that more records share are passed over; of rules of one feature, which is
        no number of a person's own, sooner.

    Returns
    -------
    ibis Table
        Table ``linkage_pairs``: ``row_l, row_r``, each pair once, ``row_l < row_r``.
    """
    rules = blocking_rules(columns)
    # a number a rule is all that the pairing needs, and far smaller than the texts
    blocks = held(con, "linkage_blocks", _blocks(con, features, columns, still, rules))
    pairs = [
        _met(blocks, place, largest_of_one if _is_common(rule) else largest)
        for place, rule in enumerate(rules)
    ]
    met = ibis.union(*pairs, distinct=True) if len(pairs) > 1 else pairs[0]
    made = held(con, "linkage_pairs", met)
    let_go(con, "linkage_blocks")
    return made


def _is_common(rule: Rule) -> bool:
    """Whether a rule is of one feature, which more than one person may share."""
    return len(rule) == 1 and not rule[0].endswith("__valid")


def _blocks(
    con: Any,
    features: ir.Table,
    columns: tuple[Column, ...],
    still: ir.Table,
    rules: Sequence[Rule],
) -> ir.Table:
    """Every record's value of every rule, as a number; null where a part is missing."""
    known = _with_names_in_order(with_likenesses(features, columns), names_of(columns))
    values = {}
    for place, rule in enumerate(rules):
        shared: Any = known[rule[0]]
        for name in rule[1:]:
            shared = shared.concat("|", known[name])
        values[f"rule_{place}"] = fingerprint(con, shared)
        if con.name == "duckdb":  # whose hash of nothing is a number too
            values[f"rule_{place}"] = ibis.ifelse(shared.isnull(), None, values[f"rule_{place}"])
    return known.select("row", "place_of_source", **values).inner_join(still, "row")


def _with_names_in_order(features: ir.Table, names: tuple[str, str] | None) -> ir.Table:
    if names is None:
        return features
    first, second = features[names[0]], features[names[1]]
    earlier = ibis.ifelse(first < second, first, second)
    later = ibis.ifelse(first < second, second, first)
    return features.mutate(**{NAMES_IN_ORDER: earlier.concat("|", later)})


def _met(blocks: ir.Table, place: int, largest: int) -> ir.Table:
    keyed = blocks.select("row", "place_of_source", "open", shared=blocks[f"rule_{place}"])
    keyed = keyed.filter(keyed.shared.notnull())
    sizes = keyed.group_by("shared").agg(size=keyed.count(), any_open=keyed.open.max())
    usable = sizes.filter((sizes["size"] > 1) & (sizes["size"] <= largest) & sizes.any_open)
    keyed = keyed.semi_join(usable, "shared")
    one, other = keyed.view(), keyed.view()
    met = one.join(other, one.shared == other.shared, lname="{name}_l", rname="{name}_r")
    met = met.filter(
        (met.row_l < met.row_r)
        & (
            (met.open_l & met.open_r)
            | ((met.open_l | met.open_r) & (met.place_of_source_l == met.place_of_source_r))
        )
    )
    return met.select("row_l", "row_r")
