"""What `workbench train` puts into a model's folder beside the model: tables, evaluation, card."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from workbench.breach import Plan, Roles, Study
from workbench.breach.card import SYNTHETIC, card
from workbench.breach.card_page import card_html, card_markdown
from workbench.breach.card_parts import Texts
from workbench.breach.card_tables import Part, card_parts, spans
from workbench.breach.cells import level_text
from workbench.breach.groups import by_group
from workbench.breach.provenance import provenance
from workbench.cli import _train_fairness as fairness
from workbench.cli._train_judged import judged_files
from workbench.dictionary import load
from workbench.disclosure import release
from workbench.disclosure.released import Released, Share
from workbench.errors import DisclosureError, InputError
from workbench.workspace import Workspace


def files_of(found: Study, more: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Tables, ``evaluation.json`` (exact figures, for those who may see them), the judged model.

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
    return {**files, **judged_files(found), "evaluation.json": text.encode()}


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
    profile = workspace.disclosure_profile
    groups = _groups(found, plan, workspace)
    came_from = provenance(found.stored.facts.get("data", {}), plan, workspace.dictionary)
    parts = card_parts(found, flow, groups, came_from)
    passed = {name: _released(one, profile) for name, one in parts.items() if one.of_people}
    shown = {name: one.frame for name, one in parts.items() if not one.of_people}
    shown["spans"] = spans({name: one.frame for name, one in passed.items()})
    shown |= {name: fairness.marked(one) for name, one in passed.items()}
    stamps = [SYNTHETIC] if found.stored.facts.get("synthetic") else []
    stamps += sorted({one.stamp for one in passed.values() if one.stamp})
    shown |= _missed(found, plan, workspace, shown["facts"])
    made = card(shown, texts, stamps=stamps)
    files = {f"card/{name}.csv": _csv(table) for name, table in shown.items() if len(table)}
    return files | {
        "card.json": (json.dumps(made, indent=1, ensure_ascii=False) + "\n").encode(),
        "card.html": card_html(made).encode(),
        "card.md": card_markdown(made).encode(),
    }


def refuse_labels(frame: pd.DataFrame, roles: Roles, plan: Plan, profile: str) -> None:
    """Refuse names that may not stand on a card: before hours of work rather than after.

    Parameters
    ----------
    frame : DataFrame
        To learn from.
    roles : Roles
    plan : Plan
    profile : str
        Of disclosure control.

    Raises
    ------
    InputError
        A feature, a group of a protected characteristic or a site has a name that is no plain
        label, or looks like a patient's.
    """
    names = {"features": pd.Series([one.name for one in roles.features], dtype="str")}
    named = [*roles.protected, *([roles.site] if roles.site and plan.sites_left_out else [])]
    for name in named:
        if name in frame:
            levels = frame[name].dropna().unique()
            names[name] = pd.Series([level_text(one) for one in levels], dtype="str")
    faults: list[str] = []
    for name, column in names.items():
        unique = pd.DataFrame({name: column.drop_duplicates(), "rows": 100})
        try:
            release(unique, keys=[name], counts=["rows"], profile=profile)
        except DisclosureError as refused:
            faults += refused.faults
    if faults:
        raise InputError(
            "These names cannot stand on a model card.",
            faults,
            remedy="Give groups, sites and features short names of printable text.",
        )


def _groups(found: Study, plan: Plan, workspace: Workspace) -> pd.DataFrame:
    """Level and order of the judged risks in each group; the store's codes as their groups."""
    of_store = found.stored.facts.get("standard")
    test = fairness.in_groups(found.test, load(workspace.dictionary)) if of_store else found.test
    groups = by_group(
        found.judged.risk(found.test), test, found.stored.roles,
        replicates=plan.replicates, seed=plan.seed,
    )  # fmt: skip
    return fairness.in_words(groups) if of_store else groups


def _missed(
    found: Study, plan: Plan, workspace: Workspace, facts: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Whose events a list by risk would miss, and the facts with who that are."""
    assessed = fairness.assessed(found, plan, load(workspace.dictionary))
    if assessed is None:
        return {}
    held = fairness.tables(assessed, workspace.disclosure_profile)
    more = fairness.facts(held[fairness.MISSED])
    return {**held, "facts": pd.concat([facts, more], ignore_index=True)}


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


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()
