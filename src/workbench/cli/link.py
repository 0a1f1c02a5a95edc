"""Find the records of one person within and across sources.

FILE is CSV or Parquet with record_id, source and any of nhs_number, given_name,
family_name, birth_date, sex, postcode; several files are put below each other.
CLUSTERS gets one row a record with its person, REVIEW the pairs that are doubtful,
without a name or number of anybody. Without FILE the workspace's own records are
linked, out of the vault and into the store.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from workbench.linkage import Linked

SUMMARY = "one person out of many records, within and across sources"
EXAMPLES = """  workbench link
  workbench link trust_a.csv trust_b.csv --out clusters.csv --review review.csv
  workbench link april.parquet --out clusters.parquet --previous march_clusters.parquet"""

_TABLES = {".csv", ".parquet"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="CSV or Parquet")
    parser.add_argument("--out", type=Path, metavar="CLUSTERS", help="CSV or Parquet")
    parser.add_argument("--review", type=Path, metavar="REVIEW", help="doubtful pairs, likewise")
    parser.add_argument(
        "--previous", type=Path, metavar="CLUSTERS", help="of an earlier run: its ids are kept"
    )
    parser.add_argument("--seed", type=int, default=_SEED, help="chooses what is trained on (1)")
    parser.add_argument(
        "--threshold",
        type=float,
        default=_THRESHOLD,
        help="accept links from this probability (0.95)",
    )
    parser.add_argument(
        "--encoded", action="store_true", help="the files are of `workbench encode`, one a Trust"
    )


def run(args: argparse.Namespace) -> int:
    """Read, link, write and say what came out."""
    if not args.files:
        return _workspace(args)
    from workbench.cli.output import report
    from workbench.linkage import link
    from workbench.workspace import open_workspace

    _refuse_places(args)
    open_workspace(args.workspace)  # it gives nothing here, but a wrong one is told
    if args.encoded:
        from workbench.cli._link_encoded import link_encoded_files

        return link_encoded_files(args)
    records = [_read(path) for path in args.files]
    previous = None if args.previous is None else _read(args.previous, kind="previous")
    linked = link(
        records,
        threshold=args.threshold,
        review_from=review_from(args.threshold),
        seed=args.seed,
        previous=previous,
    )
    _write(linked.clusters, args.out)
    if args.review is not None:
        _write(linked.review, args.review)
    facts = _facts(args, linked)
    report(args, _lines(facts), facts, then=following(args, doubtful=len(linked.review)))
    return 0


def review_from(threshold: float) -> float:
    """Doubtful from this probability: a half, or a threshold that is lower still."""
    return threshold if 0 < threshold < _DOUBTFUL else _DOUBTFUL


_DOUBTFUL = 0.5


def following(args: argparse.Namespace, *, doubtful: int, encoded: bool = False) -> str:
    """Next command: the same again with the doubtful pairs, or with more records and their ids.

    Parameters
    ----------
    args : Namespace
        Its options are repeated: a rerun without ``--previous`` would rename persons.
    doubtful : int
        How many pairs there are.
    encoded : bool, optional
        The files are encoded; nothing is trained, so that no seed is repeated.
    """
    again = doubtful > 0 and args.review is None
    words = ["workbench", "link", *map(str, args.files)]
    words += [] if again else ["MORE_RECORDS"]
    words += ["--encoded"] if encoded else []
    name = "later" if args.out.stem == "next" else "next"  # what was written is read, not replaced
    words += ["--out", str(args.out) if again else f"{name}{args.out.suffix}"]
    words += ["--review", f"review{args.out.suffix}"] if again else []
    previous = args.previous if again else args.out
    words += [] if previous is None else ["--previous", str(previous)]
    words += [] if encoded or args.seed == _SEED else ["--seed", str(args.seed)]
    words += [] if args.threshold == _THRESHOLD else ["--threshold", str(args.threshold)]
    return shlex.join(words)


_SEED = 1
_THRESHOLD = 0.95


def _workspace(args: argparse.Namespace) -> int:
    from workbench.cli._link_workspace import link_workspace
    from workbench.errors import UsageError

    given = [name for name in ("out", "review", "previous") if getattr(args, name) is not None]
    given += ["encoded"] if args.encoded else []
    if given:
        raise UsageError(
            "Without FILE the workspace's own records are linked, into its store.",
            [f"--{name} goes with FILE" for name in given],
            remedy="Give the files to link, or leave these out.",
        )
    return link_workspace(args)


def _refuse_places(args: argparse.Namespace) -> None:
    from workbench.errors import UsageError

    if args.out is None:
        raise UsageError(
            "--out is missing: where the clusters go.",
            remedy="workbench link FILE --out clusters.csv",
        )
    outputs = [path for path in (args.out, args.review) if path is not None]
    faults = [
        f"{path.name} ends neither in .csv nor in .parquet"
        for path in outputs
        if path.suffix.lower() not in _TABLES
    ]
    inputs = {path.resolve() for path in (*args.files, args.previous) if path is not None}
    faults += [
        f"{path.name} would overwrite an input" for path in outputs if path.resolve() in inputs
    ]
    if len({path.resolve() for path in outputs}) < len(outputs):
        faults.append("--out and --review are the same file")
    if faults:
        raise UsageError("The outputs cannot be written.", faults, remedy="Give other paths.")


def _read(path: Path, *, kind: str = "records") -> pa.Table:
    """Columns of a file that are used; a missing one is told with the file's name."""
    from workbench.engine import connect
    from workbench.errors import InputError
    from workbench.files import read_table, reading
    from workbench.linkage import IDENTIFIERS, KEY

    known = (*KEY, *IDENTIFIERS) if kind == "records" else (*KEY, "person_id")
    needed = KEY if kind == "records" else known
    con = connect()
    try:
        table = read_table(con, path, whole=False, used=lambda name: name in known)
        missing = [name for name in needed if name not in table.columns]
        if missing:
            raise InputError(
                f"{path.name}: columns are missing.",
                [f"column {name} is missing" for name in missing],
                remedy=f"Give a file with {', '.join(needed)}.",
            )
        with reading(path):
            return con.to_pyarrow(table.select(*(name for name in known if name in table.columns)))
    finally:
        con.disconnect()


def _write(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa

    from workbench.engine import connect
    from workbench.files import write_table

    con = connect()
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        write_table(con.create_table("linked", table, temp=True), path)
    finally:
        con.disconnect()


def _facts(args: argparse.Namespace, linked: Linked) -> dict[str, Any]:
    clusters = linked.clusters
    return {
        "out": str(args.out),
        "review_out": None if args.review is None else str(args.review),
        "records": len(clusters),
        "sources": int(clusters["source"].nunique()),
        "persons": int(clusters["person_id"].nunique()),
        "links": len(linked.pairs),
        "for_review": len(linked.review),
        "threshold": args.threshold,
        "seed": args.seed,
        "trained": linked.model["trained"],
        "rules": linked.rules.to_dict("records"),
        "merged": int((linked.changes["kind"] == "merged").sum()),
        "split": int((linked.changes["kind"] == "split").sum()),
        "changes": linked.changes.to_dict("records"),
    }


def _lines(facts: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{facts['records']:,} records of {facts['sources']} sources, "
        f"{facts['persons']:,} persons -> {facts['out']}",
        *(
            f"  {each['match_rule']}: {each['pairs']:,} links"
            for each in facts["rules"]
            if each["pairs"]
        ),
        f"{facts['for_review']:,} doubtful pair{'' if facts['for_review'] == 1 else 's'}"
        + (f" -> {facts['review_out']}" if facts["review_out"] else " (--review keeps them)"),
    ]
    if facts["records"] and not facts["trained"]:
        lines.append("Too few records to train on: starting chances were used.")
    if facts["merged"] or facts["split"]:
        lines.append(f"Since the previous run: {facts['merged']} merged, {facts['split']} split")
        lines += [
            f"  {each['kind']}: {each['person_id']} -> {each['into']}"
            for each in facts["changes"][:_SHOWN]
        ]
    return lines


_SHOWN = 20
"""Merges and splits printed; `--json` has all."""
