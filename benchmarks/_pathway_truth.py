"""Linked pathways of a demo workspace held against the planted truth of the region."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.dictionary.load import Dictionary
from workbench.engine import connect
from workbench.intake.keys import open_keys
from workbench.intake.pseudonyms import SUFFIX, pseudonym
from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_join import Joined
from workbench.linkage.pathway_parts import PART
from workbench.linkage.pathway_rules import load_pathway_rules
from workbench.linkage.pathways import Pathways, finish, prepare
from workbench.linkage.person_characteristics import EthnicityRule, persons_of
from workbench.standards import waits

KEY = [items.SOURCE, items.IDENTIFIER, items.ISSUER]
NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class Truth:
    """What was planted, by the part that each Trust holds.

    Attributes
    ----------
    parts : DataFrame
        ``part`` and, as planted, ``pathway`` and ``person``.
    pathways : DataFrame
        As linkage would make them of the planted pathways, with ``person_id``.
    persons : DataFrame
        Characteristics of the planted persons, settled by the same rule.
    """

    parts: pd.DataFrame
    pathways: pd.DataFrame
    persons: pd.DataFrame


def planted(workspace: Path, dictionary: Dictionary) -> Truth:
    """Make pathways of the records by the planted truth, as linkage does by its rules.

    What differs between these and the linked ones is linkage's own error: both have the
    same slips of the pen, and the same rows held back at intake.
    """
    con = connect()
    store = workspace / "store"
    records = con.read_parquet(store / "pathway_records.parquet")
    people = con.read_parquet(store / "demographics.parquet")
    truth = con.create_table("truth", pa.Table.from_pandas(_keys(workspace)), temp=True)
    own = ibis.union(records.select(items.RECORD, *KEY), people.select(items.RECORD, *KEY))
    known = own.distinct().inner_join(truth, KEY)
    links = known.select(
        items.RECORD, items.SOURCE, person_id=known.person, match_probability=ibis.literal(1.0)
    )
    rules = load_pathway_rules(dictionary.path)
    prepared = prepare(con, records, links, dictionary=dictionary, demographics=people, rules=rules)
    parts = con.create_table(
        "true_parts",
        prepared.parts.select(PART, *KEY).inner_join(truth, KEY).select(PART, "pathway", "person"),
        temp=True,
    )
    made = finish(con, prepared, _joined(parts), rules=rules)
    held = con.create_table("made", made.pathways, temp=True)
    described = persons_of(people, links.semi_join(people, items.RECORD), held, EthnicityRule())
    return Truth(
        con.to_pyarrow(parts).to_pandas(),
        _frame(made),
        con.to_pyarrow(described).to_pandas(),
    )


def _keys(workspace: Path) -> pd.DataFrame:
    secret = open_keys(workspace).pseudonym_key
    plain = items.IDENTIFIER.removesuffix(SUFFIX)
    table = pq.read_table(workspace / "truth" / "pathways.parquet").to_pandas()
    return pd.DataFrame(
        {
            items.SOURCE: table["source"].astype("str"),
            items.IDENTIFIER: [pseudonym(secret, plain, one) for one in table[plain]],
            items.ISSUER: table[items.ISSUER].astype("str"),
            "pathway": table["pathway_id"].astype("str"),
            "person": table["person_id"].astype("str"),
        }
    )


def _joined(parts: Any) -> Joined:
    group = parts[PART].min().over(ibis.window(group_by="pathway"))
    none = ibis.null("string")
    pairs = parts.limit(0).select(
        part_left=PART, part_right=PART, rule=none, reason=none, source_left=none,
        source_right=none, agreeing=ibis.null("int64"),
        **{f"agreement_{name}": none for name in _compared()},
    )  # fmt: skip
    return Joined(parts.select(PART, group=group), pairs, pairs)


def _compared() -> tuple[str, ...]:
    from workbench.linkage.pathway_candidates import COMPARED

    return COMPARED


def _frame(made: Pathways) -> pd.DataFrame:
    frame: pd.DataFrame = made.pathways.to_pandas()
    return frame


def pair_scores(parts: pd.DataFrame, truth: Truth, column: str = "pathway") -> dict[str, float]:
    """Precision, recall and F1 over pairs of parts.

    Parameters
    ----------
    parts : DataFrame
        ``pathway_parts`` of the store.
    truth : Truth
    column : {"pathway", "person"}, optional
    """
    held = parts.drop_duplicates(PART).merge(truth.parts, on=PART)
    found, true = f"{column}_id", column
    both = _pairs(held, [found, true])
    precision, recall = both / _pairs(held, [found]), both / _pairs(held, [true])
    return {
        "true": _pairs(held, [true]),
        "found": _pairs(held, [found]),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


def _pairs(held: pd.DataFrame, by: list[str]) -> float:
    sizes = held.groupby(by).size()
    return float((sizes * (sizes - 1) // 2).sum())


def shares(pathways: pd.DataFrame, persons: pd.DataFrame, dictionary: Dictionary) -> pd.DataFrame:
    """62-day patients and the share in time, of all and by ethnic group.

    Returns
    -------
    DataFrame
        Index ``group`` (``All`` and the broad ethnic groups), ``treated``, ``share``.
    """
    rows = waits(pathways)
    counted = rows[rows["included"] & (rows["standard"] == "62D")]
    weights = counted.groupby("record_id")[["weight", "weight_within"]].sum()
    broad = dictionary.code_list("ethnic_category").groups()
    ethnic = persons.set_index("person_id")["ethnic_category"].map(broad).fillna(NOT_KNOWN)
    person = pathways.set_index("pathway_id")["person_id"].reindex(weights.index)
    group = person.map(ethnic).fillna(NOT_KNOWN)
    sums = pd.concat([weights.groupby(group.to_numpy()).sum(), weights.sum().to_frame("All").T])
    return pd.DataFrame(
        {"treated": sums["weight"], "share": sums["weight_within"] / sums["weight"]}
    ).rename_axis("group")


def added_error(workspace: Path, truth: Truth, dictionary: Dictionary) -> pd.DataFrame:
    """What linkage adds to the 62-day share, in percentage points.

    Returns
    -------
    DataFrame
        ``group, treated`` (by the truth), ``true_share, linked_share, added_points``.
    """
    store = workspace / "store"
    pathways = pq.read_table(store / "pathways.parquet").to_pandas()
    persons = pq.read_table(store / "persons.parquet").to_pandas()
    true = shares(truth.pathways, truth.persons, dictionary)
    linked = shares(pathways, persons, dictionary).reindex(true.index)
    return pd.DataFrame(
        {
            "treated": true["treated"],
            "true_share": true["share"],
            "linked_share": linked["share"],
            "added_points": 100 * (linked["share"] - true["share"]),
        }
    ).reset_index()
