"""Pathway records of a few made-up persons, one call each."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from workbench.dictionary.load import load
from workbench.engine import connect
from workbench.linkage import pathway_items as items
from workbench.linkage.pathway_rules import PathwayRules
from workbench.linkage.pathways import Pathways, join_pathways

DICTIONARY = load()
A, B, C = "RR7", "RTD", "RX1"
COLUMNS = (
    items.RECORD, items.SOURCE, items.EXTRACTED, items.IDENTIFIER, items.ISSUER, *items.ITEMS,
)  # fmt: skip

_SHORT = {
    "referred": items.REFERRED, "upgraded": items.UPGRADED, "seen": items.SEEN,
    "suspected": items.SUSPECTED, "icd": items.DIAGNOSIS, "decided": items.DECIDED,
    "treated": items.TREATED, "event": items.EVENT, "requested": items.REQUESTED,
    "received": items.RECEIVED, "referring": items.REFERRING, "receiving": items.RECEIVING,
    "accountable": items.ACCOUNTABLE, "transferred": items.TRANSFERRED,
    "seen_at": items.SITE_SEEN, "treated_at": items.SITE_TREATED, "told": items.FDS_END,
    "told_what": items.FDS_REASON, "told_at": items.SITE_FDS,
    "modality": "cancer_treatment_modality", "setting": "cancer_care_setting_treatment",
}  # fmt: skip


def record(name: str, source: str, pathway: str, person: str, **facts: str) -> dict[str, Any]:
    """One record: `pathway` is its identifier, issued by its Trust unless ``issuer`` says else."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {items.RECORD: name, items.SOURCE: source, items.IDENTIFIER: pathway}
    row |= {items.ISSUER: facts.pop("issuer", source), items.EXTRACTED: "2025-06-01"}
    row |= {_SHORT[name]: value for name, value in facts.items()}
    return row | {"person": person}


def both_sides(person: str = "p", **changed: str) -> list[dict[str, Any]]:
    """A referral at A, handed over to B, which treats and numbers the pathway anew."""
    shared = {
        "referred": "2025-01-02", "seen": "2025-01-10", "suspected": "03", "icd": "C341",
        "seen_at": "RR701", "requested": "2025-02-01", "referring": A, "receiving": B,
    }  # fmt: skip
    treatment = {
        "decided": "2025-02-10", "treated": "2025-02-25", "treated_at": "RTD01", "event": "01",
        "modality": "23", "setting": "01",
    }  # fmt: skip
    told = {"told": "2025-01-25", "told_what": "01", "told_at": "RR702"}
    return [
        record("r1", A, "a1", person, **(shared | told)),
        record(
            "r2", B, "b1", person, **(shared | {"received": "2025-02-03"} | treatment | changed)
        ),
    ]


def joined(rows: list[dict[str, Any]], rules: PathwayRules | None = None) -> Pathways:
    """Pathways of some records, in the order given."""
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "person"])
    links = frame[[items.RECORD, "person"]].set_axis([items.RECORD, items.PERSON], axis=1)
    con = connect()
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    table = pa.Table.from_pandas(frame[list(COLUMNS)], schema=schema, preserve_index=False)
    records = con.create_table("records", table, temp=True)
    people = con.create_table("links", pa.Table.from_pandas(links, preserve_index=False))
    people = people.mutate(match_probability=ibis.literal(0.99))
    return join_pathways(con, records, people, dictionary=DICTIONARY, rules=rules)


def named(case: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows as a case of its own among others: other records, persons and identifiers."""
    own = (items.RECORD, items.IDENTIFIER, "person")
    return [row | {name: f"{case}:{row[name]}" for name in own} for row in rows]


def joined_cases(cases: dict[str, list[dict[str, Any]]]) -> Pathways:
    """All cases joined at once: they share no person and no identifier."""
    return joined([row for case, rows in cases.items() for row in named(case, rows)])


def together(made: Pathways, case: str) -> list[set[str]]:
    """Names of the records of each pathway of a case."""
    parts = made.parts.to_pandas()
    parts = parts[parts[items.RECORD].str.startswith(f"{case}:")]
    short = parts[items.RECORD].str.removeprefix(f"{case}:")
    return sorted(short.groupby(parts[items.PATHWAY]).agg(set), key=sorted)


def reasons(made: Pathways, case: str) -> list[str]:
    """Why something of a case is for review, sorted."""
    rows = made.review.to_pylist()
    return sorted(r["reason"] for r in rows if r["record_id_left"].startswith(f"{case}:"))


def pathway(made: Pathways, case: str) -> dict[str, Any]:
    """The one pathway of a case."""
    parts = made.parts.to_pylist()
    names = {p[items.PATHWAY] for p in parts if p[items.RECORD].startswith(f"{case}:")}
    [row] = [dict(r) for r in made.pathways.to_pylist() if r[items.PATHWAY] in names]
    return row


def roles(made: Pathways, case: str) -> dict[str, str]:
    """Role of each record of a case."""
    return {
        p[items.RECORD].removeprefix(f"{case}:"): p["role"]
        for p in made.parts.to_pylist()
        if p[items.RECORD].startswith(f"{case}:")
    }
