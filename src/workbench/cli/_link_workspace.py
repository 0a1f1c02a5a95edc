"""`workbench link` without files: the workspace's own records, from the vault to the store."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workbench.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from workbench.dictionary.load import Dictionary
    from workbench.intake.vault import Vault
    from workbench.linkage.pathways import Pathways
    from workbench.workspace import Workspace

_PERSON_COLUMNS = (
    "record_id", "source", "nhs_number", "given_name", "family_name", "birth_date", "sex",
    "postcode",
)  # fmt: skip
_LINKED = ("record_id", "source", "person_id", "match_rule", "match_probability")
_BOUNDARIES = "2021"
"""Census boundaries of areas in today's records; the index of others is not joined to them."""

Tell = Callable[[str], None]


def link_workspace(args: argparse.Namespace) -> int:
    """Link the persons and pathways of a workspace; writes into the store, and pairs to review.

    Parameters
    ----------
    args : Namespace
        ``workspace``, ``seed``, ``threshold``, ``quiet``, ``json``.

    Raises
    ------
    InputError
        The store has no pathway records, or the vault cannot be opened.
    """
    from workbench.cli.output import report
    from workbench.dictionary.load import load
    from workbench.intake.guard import without_cells
    from workbench.intake.ingest import silent
    from workbench.intake.lock import alone
    from workbench.intake.vault import FOLDER
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    quiet = args.quiet or args.json
    tell: Tell = silent if quiet else (lambda line: print(line, flush=True))
    _refuse_empty(workspace)
    with alone(workspace.root / FOLDER), without_cells():
        facts = _linked(workspace, load(workspace.dictionary), args, tell)
    report(args, _lines(facts), facts, then=_next(facts))
    return 0


def _linked(
    workspace: Workspace, dictionary: Dictionary, args: argparse.Namespace, tell: Tell
) -> dict[str, Any]:
    from workbench.intake.vault import open_vault
    from workbench.linkage.linked_store import write_linked
    from workbench.linkage.sealed import keep_pairs

    vault = open_vault(workspace, command="link", why="link persons and pathways")
    tell("Linking persons ...")
    persons, decisions = _persons(workspace, vault, args)
    tell("Joining pathways ...")
    links = _with_review(persons.clusters, persons.review)
    joined, people = _pathways(workspace, dictionary, links)
    tables = {
        "links": links,
        "persons": people,
        "pathways": joined.pathways,
        "pathway_treatments": joined.treatments,
        "pathway_parts": joined.parts,
        "pathway_review": joined.review,
    }
    keep_pairs(vault, persons.review)
    facts = _facts(workspace, args, persons, joined, decisions)
    return write_linked(workspace, tables, facts)


def _refuse_empty(workspace: Workspace) -> None:
    from workbench.linkage.linked_store import store_of

    if not store_of(workspace, "pathway_records").is_file():
        raise InputError(
            "The store has no pathway records to link.",
            remedy=f"workbench ingest --workspace {workspace.root}",
        )


def _persons(
    workspace: Workspace, vault: Vault, args: argparse.Namespace
) -> tuple[Any, pd.DataFrame]:
    """Who is who, by the vault's identifiers; with the decisions that people have taken."""
    from workbench.cli.link import review_from
    from workbench.linkage import link
    from workbench.linkage.review import standing_decisions

    decisions = standing_decisions(vault)
    linked = link(
        vault.identifiers().select(list(_PERSON_COLUMNS)),
        threshold=args.threshold,
        review_from=review_from(args.threshold),
        seed=args.seed,
        previous=_previous(workspace),
        decisions=decisions if len(decisions) else None,
    )
    return linked, decisions


def _previous(workspace: Workspace) -> pd.DataFrame | None:
    """Links of the run before, so that nobody is given another number without a reason."""
    import pyarrow.parquet as pq

    from workbench.linkage.linked_store import store_of

    path = store_of(workspace, "links")
    if not path.is_file():
        return None
    try:
        frame: pd.DataFrame = pq.read_table(path, columns=list(_LINKED)).to_pandas()
    except (OSError, ValueError):
        raise InputError(
            "The links of the run before cannot be read.",
            remedy=f"Restore {path} from your back-up; or remove it, and persons get new numbers.",
        ) from None
    return frame


def _with_review(clusters: pd.DataFrame, review: pd.DataFrame) -> pa.Table:
    """Add in how many doubtful pairs each record stands."""
    import pandas as pd
    import pyarrow as pa

    key = ["record_id", "source"]
    sides = [
        review[[f"{name}_{side}" for name in key]].set_axis(key, axis=1)
        for side in ("left", "right")
    ]
    doubtful = pd.concat(sides).value_counts().rename("review_pairs").reset_index()
    links = clusters[list(_LINKED)].merge(doubtful, on=key, how="left")
    links["review_pairs"] = links["review_pairs"].fillna(0).astype("int64")
    ordered = links.sort_values(key, kind="stable")
    return pa.Table.from_pandas(ordered, preserve_index=False).replace_schema_metadata(None)


def _pathways(
    workspace: Workspace, dictionary: Dictionary, links: pa.Table
) -> tuple[Pathways, pa.Table]:
    from workbench.engine import connect
    from workbench.linkage.linked_store import store_of
    from workbench.linkage.pathways import join_pathways
    from workbench.linkage.person_characteristics import persons_of
    from workbench.reference import deprivation

    con = connect(workspace.engine)
    try:
        linked = con.create_table("links", links, temp=True)
        records = con.read_parquet(store_of(workspace, "pathway_records"))
        described = store_of(workspace, "demographics")
        demographics = con.read_parquet(described) if described.is_file() else None
        joined = join_pathways(
            con, records, linked, dictionary=dictionary, demographics=demographics
        )
        held = con.create_table("pathways", joined.pathways, temp=True)
        people = persons_of(
            linked if demographics is None else demographics,
            linked,
            held,
            _ethnicity_rule(workspace),
            deprivation(con, workspace.root, _BOUNDARIES),
        )
        return joined, con.to_pyarrow(people.order_by("person_id"))
    finally:
        con.disconnect()


def _ethnicity_rule(workspace: Workspace) -> Any:
    """The rule by which intake settles categories that disagree, for linked persons too."""
    from workbench.intake.settings import load_settings
    from workbench.linkage.person_characteristics import EthnicityRule

    settings = load_settings(workspace.dictionary).with_rule(workspace.ethnicity_rule)
    return EthnicityRule(
        settings.ethnicity_rule, settings.ethnicity_not_stated, settings.self_reported_trusts
    )


def _facts(
    workspace: Workspace,
    args: argparse.Namespace,
    persons: Any,
    joined: Pathways,
    decisions: pd.DataFrame,
) -> dict[str, Any]:
    from importlib.metadata import version

    clusters, pathways = persons.clusters, joined.pathways
    changes = persons.changes["kind"].value_counts() if len(persons.changes) else {}
    return {
        "version": 1,
        "splink": version("splink"),
        "engine": workspace.engine,
        "threshold": args.threshold,
        "seed": args.seed,
        "person_records": len(clusters),
        "persons": int(clusters["person_id"].nunique()),
        "links_by_rule": _records(persons.rules),
        "review_pairs": len(persons.review),
        "decisions": len(decisions),
        "merged": int(changes.get("merged", 0)),
        "split": int(changes.get("split", 0)),
        "thresholds": _records(persons.thresholds),
        "pathway_records": joined.parts.num_rows,
        "pathways": pathways.num_rows,
        "later_treatments": joined.treatments.num_rows,
        "parts_by_rule": _counts(joined.parts, "rule"),
        "pathways_at_two_trusts": sum(n > 1 for n in pathways["trusts"].to_pylist()),
        "pathway_review": _counts(joined.review, "reason"),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    import json

    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records"))
    return rows


def _counts(table: pa.Table, column: str) -> dict[str, int]:
    counted = table[column].value_counts().to_pylist()
    return {str(one["values"]): int(one["counts"]) for one in counted}


def _lines(facts: Mapping[str, Any]) -> list[str]:
    shared = facts["pathways_at_two_trusts"]
    lines = [
        f"{facts['person_records']:,} person records are of {facts['persons']:,} persons; "
        f"{facts['review_pairs']:,} pairs are in doubt and were not linked.",
        f"{facts['pathway_records']:,} pathway records are of {facts['pathways']:,} pathways, "
        f"{shared:,} of them at two Trusts or more; "
        f"{sum(facts['pathway_review'].values()):,} are for review.",
    ]
    if facts["merged"] or facts["split"]:
        lines.append(
            f"Since the run before: {facts['merged']:,} persons merged into another, "
            f"{facts['split']:,} split; all others kept their number."
        )
    return [*lines, f"In the store: {', '.join(facts['written'])}."]


def _next(facts: Mapping[str, Any]) -> str:
    return "workbench review open" if facts["review_pairs"] else "workbench run 02_linkage"
