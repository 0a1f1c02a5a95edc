"""Chances of agreement, trained by Splink on whole blocks of the records.

Splink estimates how often records of different people agree from pairs at random, and
how often records of one person do by expectation maximisation inside blocks that agree
on something else. It runs in a DuckDB of its own, in memory, which is closed behind it:
no table of Splink's is left, and none is ever on disk.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from workbench.engine import connect
from workbench.linkage.agreement import conditions, family_of
from workbench.linkage.columns import Column
from workbench.linkage.model import Chances, Model
from workbench.linkage.rules import LinkageRules

_MODULUS = 2_147_483_647
_FLOOR = 2e-4
"""Least chance of a level among records of one person: no one error rules a link out."""


def starting_model(columns: Sequence[Column], rules: LinkageRules) -> Model:
    """Model for records too few to train on: chances as the rules have them."""
    chances = {}
    for column in columns:
        same = rules.agreement_of_one_person[family_of(column.kind)]
        apart = _spread(column.kind)
        chances[column.name] = Chances(column.kind, same, apart)
    return Model(chances, rules.names_swapped, trained=False)


def _spread(kind: str) -> tuple[float, ...]:
    """Chances among records of different people before anything is known of them."""
    levels = len(conditions(kind)) + 1
    if levels == 2:
        return (0.5, 0.5)
    close = [10.0 ** (place - levels) for place in range(levels - 1)]
    return (*close, 1.0 - sum(close))


def trained_model(
    con: Any,
    features: ir.Table,
    columns: Sequence[Column],
    rules: LinkageRules,
    *,
    records: int,
    seed: int,
) -> Model:
    """Train on a sample that depends on the records and the seed alone.

    Parameters
    ----------
    con : ibis backend
        Where the features are.
    features : ibis Table
        Normalised.
    columns : sequence of Column
    rules : LinkageRules
    records : int
        How many there are.
    seed : int
        Chooses the sample.

    Returns
    -------
    Model
        `starting_model` where there are fewer than ``least_records_to_train``.
    """
    model = starting_model(columns, rules)
    if records < rules.least_records_to_train:
        return model
    names = [column.name for column in columns]
    drawn = features.mutate(
        mixed=(features.row.cast("int64") * 48_271 + seed * 69_621 + 12_345) % _MODULUS
    )
    # scattered once more, since neighbours in the order of rows may be alike
    drawn = drawn.mutate(mixed=(drawn.mixed * 16_807) % _MODULUS)
    wanted = int((2 * rules.random_pairs) ** 0.5)
    sample = con.to_pyarrow(drawn.order_by("mixed", "row").limit(wanted).select("row", *names))
    model = _with_apart(model, sample.sort_by("row"), rules)
    for anchor in _anchors(columns):
        block = _block(con, features, anchor, names, records, rules, seed)
        model = _with_same(model, block, anchor, rules)
    return model


def _anchors(columns: Sequence[Column]) -> list[tuple[str, ...]]:
    """What training blocks agree on; a column learns from the first that it is not in."""
    by_kind: dict[str, list[str]] = {}
    for column in columns:
        by_kind.setdefault(family_of(column.kind), []).append(column.name)
    names, dates = by_kind.get("name", []), by_kind.get("date", [])
    places = by_kind.get("postcode", []) + by_kind.get("text", [])
    found: list[tuple[str, ...]] = [(number,) for number in by_kind.get("number", [])]
    if len(names) > 1:
        found.append(tuple(names))
    if dates and places:
        found.append((dates[0], places[0]))
    if dates and names:
        found.append((dates[0], names[-1]))
    if not dates and names and places:
        found.append((names[-1], places[0]))
    return found


def _block(
    con: Any,
    features: ir.Table,
    anchor: tuple[str, ...],
    names: list[str],
    records: int,
    rules: LinkageRules,
    seed: int,
) -> pa.Table:
    """Records of a share of the anchor's values, all records of each."""
    whole = features.filter([features[name].notnull() for name in anchor])
    shared: Any = whole[anchor[0]]
    for name in anchor[1:]:
        shared = shared.concat("|", whole[name])
    keyed = whole.mutate(shared=shared)
    sizes = keyed.group_by("shared").agg(size=keyed.count())
    keyed = keyed.semi_join(
        sizes.filter((sizes["size"] > 1) & (sizes["size"] <= rules.largest_block)), "shared"
    )
    parts = max(1, records // rules.training_records)
    scattered = keyed.shared.concat(f"#{seed}").hash() % parts
    chosen = keyed.filter((scattered + parts) % parts == 0)
    return con.to_pyarrow(chosen.select("row", *names).order_by("row"))


def _with_apart(model: Model, sample: pa.Table, rules: LinkageRules) -> Model:
    """The model with how often people who differ agree, from all pairs of a sample."""
    pairs = len(sample) * (len(sample) - 1) / 2
    with _linker(model, sample, threads=None) as linker:  # counts are whole numbers
        linker.training.estimate_u_using_random_sampling(
            max_pairs=max(pairs, rules.random_pairs) * 2,
            seed=1,
            min_count_per_level=None,
            num_chunks=1,
        )
        found = _levels(linker, "u_probability")
    least = 0.3 / max(pairs, 1.0)
    chances = {
        name: one.with_apart(_known(found[name], one.apart, least))
        for name, one in model.chances.items()
    }
    return model.with_chances(chances)


def _with_same(
    model: Model, block: pa.Table, anchor: tuple[str, ...], rules: LinkageRules
) -> Model:
    """The model with how often records of one person agree, where it is not known yet."""
    unknown = [name for name, one in model.chances.items() if not one.learnt and name not in anchor]
    if not unknown or len(block) < rules.least_records_to_train // 4:
        return model
    from splink import block_on

    with _linker(model, block) as linker:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*anchor), estimate_without_term_frequencies=True
        )
        found = _levels(linker, "m_probability")
    chances = dict(model.chances)
    for name in unknown:
        same = _known(found[name], chances[name].same, _FLOOR)
        chances[name] = chances[name].with_same(same)
    return model.with_chances(chances)


def _known(
    found: Sequence[float | None], otherwise: Sequence[float], least: float
) -> tuple[float, ...]:
    """Chances that add to one and are rounded, so that no last bit of a sum decides."""
    held = [
        max(least if value is None and least < _FLOOR else value or 0.0, least)
        if any(found)
        else other
        for value, other in zip(found, otherwise, strict=True)
    ]
    total = sum(held)
    return tuple(float(f"{value / total:.6g}") for value in held)


@contextmanager
def _linker(model: Model, table: pa.Table, *, threads: int | None = 1) -> Iterator[Any]:
    """Splink over one table, in an engine that is gone afterwards.

    On one thread, since a sum over several could differ in its last bit.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator

    con = connect(threads=threads)
    con.raw_sql("SET temp_directory = ''")
    quiet = logging.getLogger("splink")
    level = quiet.level
    quiet.setLevel(logging.ERROR)
    try:
        con.create_table("sampled", table)
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="row",
            comparisons=[_comparison(name, one) for name, one in model.chances.items()],
            probability_two_random_records_match=min(0.1, 0.5 / max(len(table), 1)),
            retain_matching_columns=False,
        )
        api = DuckDBAPI(connection=con.con)
        yield Linker(api.register("sampled"), settings, log_level=None)
    finally:
        quiet.setLevel(level)
        con.disconnect()


def _comparison(name: str, chances: Chances) -> dict[str, Any]:
    """A column's levels as Splink has them, in the SQL of our own conditions."""
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f'"{name}_l" IS NULL OR "{name}_r" IS NULL',
            "label_for_charts": "missing",
            "is_null_level": True,
        }
    ]
    sql = [*_sql(name, chances.kind), "ELSE"]
    for place, condition in enumerate(sql):
        levels.append(
            {
                "sql_condition": condition,
                "label_for_charts": f"level {place}",
                "m_probability": chances.same[place],
                "u_probability": chances.apart[place],
            }
        )
    return {"output_column_name": name, "comparison_levels": levels}


def _sql(name: str, kind: str) -> list[str]:
    """Conditions of the levels in DuckDB's SQL, written by Ibis from the ones we score with."""
    import sqlglot
    from sqlglot import expressions

    pair = ibis.table({f"{name}_l": "string", f"{name}_r": "string"}, name="pair")
    found = []
    for condition in conditions(kind):
        query = pair.select(met=condition(pair[f"{name}_l"], pair[f"{name}_r"]))
        tree = sqlglot.parse_one(str(ibis.to_sql(query, dialect="duckdb")), read="duckdb")
        met = tree.expressions[0].this
        for column in met.find_all(expressions.Column):
            column.set("table", None)
        found.append(met.sql("duckdb"))
    return found


def _levels(linker: Any, what: str) -> Mapping[str, list[float | None]]:
    """Chances of each column's levels, best first, out of Splink's own account of its model."""
    found = {}
    for comparison in linker.misc.save_model_to_json()["comparisons"]:
        levels = [
            level.get(what)
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        ]
        found[comparison["output_column_name"]] = [
            value if isinstance(value, float) else None for value in levels
        ]
    return found
