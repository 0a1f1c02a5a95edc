"""`workbench link A B --encoded`: files that `workbench encode` made at the Trusts' sites."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from workbench.linkage import Linked


def link_encoded_files(args: argparse.Namespace) -> int:
    """Link encoded files; writes who is whom, and the doubtful pairs if they are asked for.

    Parameters
    ----------
    args : Namespace
        ``files``, ``out``, ``review``, ``previous``, ``threshold``, ``quiet``, ``json``.
    """
    from workbench.cli.link import following
    from workbench.cli.output import report
    from workbench.intake.guard import without_cells

    with without_cells():
        linked = _linked(args)
    facts = _facts(linked, args)
    then = following(args, doubtful=len(linked.review), encoded=True)
    report(args, _lines(facts), facts, then)
    return 0


def _linked(args: argparse.Namespace) -> Linked:
    from workbench.cli.link import review_from
    from workbench.linkage.encoded_files import read_encoded
    from workbench.linkage.encoded_link import link_encoded

    paths: Sequence[Path] = args.files
    previous = None if args.previous is None else _read(args.previous)
    linked = link_encoded(
        [read_encoded(path) for path in paths],
        threshold=args.threshold,
        review_from=review_from(args.threshold),
        previous=previous,
    )
    _write(linked.clusters, args.out)
    if args.review is not None:
        _write(linked.review, args.review)
    return linked


def _read(path: Path) -> pd.DataFrame:
    from workbench.engine import connect
    from workbench.files import read_table, reading

    con = connect()
    with reading(path):
        frame: pd.DataFrame = con.to_pyarrow(read_table(con, path, whole=False)).to_pandas()
    con.disconnect()
    return frame


def _write(frame: pd.DataFrame, path: Path) -> None:
    import ibis
    import pyarrow as pa

    from workbench.files import write_table

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    write_table(ibis.memtable(table), path)


def _facts(linked: Linked, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "out": args.out,
        "records": len(linked.clusters),
        "persons": int(linked.clusters["person_id"].nunique()),
        "links": len(linked.pairs),
        "review_pairs": len(linked.review),
        "rules": dict(zip(linked.rules["match_rule"], linked.rules["pairs"], strict=True)),
        "changes": len(linked.changes),
        "blocks_passed_over": linked.model["blocks_passed_over"],
        "parameters": linked.model["parameters"],
        "hardening": linked.model["hardening"],
        "threshold": args.threshold,
    }


def _lines(facts: dict[str, Any]) -> list[str]:
    lines = [
        f"{facts['records']:,} encoded records are of {facts['persons']:,} persons "
        f"-> {facts['out']}",
        f"{facts['links']:,} links; {facts['review_pairs']:,} pairs are in doubt and not linked.",
        *(f"{count:>11,}  {rule}" for rule, count in facts["rules"].items() if count),
    ]
    if facts["blocks_passed_over"]:
        lines.append(
            f"{facts['blocks_passed_over']:,} blocks hold too many records to tell them apart and "
            "were passed over."
        )
    return lines
