"""What `workbench train` puts into a model's folder beside the model: tables, evaluation, card."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from workbench.breach import Plan, Study
from workbench.breach.card import SYNTHETIC, card
from workbench.breach.card_formats import WITHHELD
from workbench.breach.card_page import card_html, card_markdown
from workbench.breach.card_parts import Texts
from workbench.breach.card_tables import Part, card_parts, spans
from workbench.breach.groups import by_group
from workbench.breach.provenance import provenance
from workbench.dictionary import load
from workbench.disclosure import release
from workbench.disclosure.released import Released, Share
from workbench.workspace import Workspace

JUDGED = "judged"
"""Dataset of the dictionary that the judged rows of a store are."""


def files_of(found: Study, more: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Tables and ``evaluation.json``: exact figures, for those who may see them.

    Parameters
    ----------
    found : Study
    more : mapping of str to DataFrame
        Further tables, by name.
    """
    tables = {**more, **found.tables()}
    files = {f"tables/{name}.csv": _csv(table) for name, table in tables.items()}
    drift = found.drift
    evaluation = {
        "facts": dict(found.stored.facts),
        "judged": found.split.windows,
        "expires": None if drift is None else drift.expires.isoformat(),
        "why_expires": None if drift is None else drift.why,
        "tables": {
            name: json.loads(table.to_json(orient="records", double_precision=15))
            for name, table in tables.items()
        },
    }
    text = json.dumps(evaluation, indent=1, ensure_ascii=False) + "\n"
    return {**files, "evaluation.json": text.encode()}


def card_of(
    found: Study, plan: Plan, texts: Texts, flow: pd.DataFrame | None, workspace: Workspace
) -> dict[str, bytes]:
    """The model card and the tables that it shows, all passed through disclosure control.

    Parameters
    ----------
    found : Study
    plan : Plan
    texts : Texts
        The card's words.
    flow : DataFrame or None
        How records became rows.
    workspace : Workspace
        Its disclosure profile holds.
    """
    risk = found.judged.risk(found.test)
    groups = by_group(
        risk, found.test, found.stored.roles, replicates=plan.replicates, seed=plan.seed
    )
    if found.stored.facts.get("standard"):
        groups = groups.assign(group=_named(groups, workspace))
    came_from = provenance(found.stored.facts.get("data", {}), plan, workspace.dictionary)
    parts = card_parts(found, flow, groups, came_from)
    profile = workspace.disclosure_profile
    passed = {name: _released(one, profile) for name, one in parts.items() if one.of_people}
    shown = {name: one.frame for name, one in parts.items() if not one.of_people}
    shown["spans"] = spans({name: one.frame for name, one in passed.items()})
    shown |= {name: _marked(one) for name, one in passed.items()}
    stamps = [SYNTHETIC] if found.stored.facts.get("synthetic") else []
    stamps += sorted({one.stamp for one in passed.values() if one.stamp})
    made = card(shown, texts, stamps=stamps)
    files = {f"card/{name}.csv": _csv(table) for name, table in shown.items() if len(table)}
    return files | {
        "card.json": (json.dumps(made, indent=1, ensure_ascii=False) + "\n").encode(),
        "card.html": card_html(made).encode(),
        "card.md": card_markdown(made).encode(),
    }


def _named(groups: pd.DataFrame, workspace: Workspace) -> list[str]:
    """Groups by the labels of the dictionary's code lists: the columns are the store's own."""
    dictionary = load(workspace.dictionary)
    lists = {field.name: field.codes for field in dictionary.schema(JUDGED).fields if field.codes}
    labels = {
        (name, code.code): code.label
        for name, codes in lists.items()
        for code in dictionary.code_list(codes).codes
    }
    pairs = zip(groups["characteristic"], groups["group"], strict=True)
    return [labels.get((name, group), group) for name, group in pairs]


def _released(part: Part, profile: str) -> Released:
    return release(
        part.frame,
        keys=list(part.keys),
        counts=list(part.counts),
        shares={name: Share(*counts) for name, counts in part.shares.items()},
        # measures of a model may come out whole, and count no one
        not_people=[str(name) for name in part.frame if name not in {*part.keys, *part.counts}],
        profile=profile,
    )


def _marked(table: Released) -> pd.DataFrame:
    """The figures as objects, with a mark where one is withheld and nothing where there is none."""
    held = table.frame.astype("object")
    return held.where(table.frame.notna(), None).mask(table.withheld, WITHHELD)


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()
