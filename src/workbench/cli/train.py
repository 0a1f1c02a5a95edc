"""Train a model of breach risk, and judge it on the latest clocks that it has not seen.

Without --frame the landmarks are built from the workspace's store, with linked pathways
where `workbench link` has left them. With --frame any table is learnt from, and ROLES says
which column plays which part, and for every feature when it is known. MODEL becomes a
folder: numbers and text only, with the digest of every file.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cli._train_parameters import PARAMETERS, parameters

if TYPE_CHECKING:
    import pandas as pd

    from workbench.breach import Plan, Roles, Settings, Study

SUMMARY = "train and judge a model of breach risk"
EXAMPLES = """  workbench train --standard 62D --out models/62D
  workbench train --standard FDS --out models/FDS -p refits=0 -p replicates=0
  workbench train --frame rows.csv --roles roles.yaml --out models/own"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--standard", choices=("FDS", "31D", "62D"), help="of the store's pathways")
    parser.add_argument("--out", type=Path, required=True, metavar="MODEL", help="a folder")
    parser.add_argument("--frame", type=Path, metavar="FILE", help="CSV or Parquet instead")
    parser.add_argument("--roles", type=Path, metavar="ROLES", help="YAML: parts of its columns")
    parser.add_argument(
        "--judged", type=Path, metavar="FILE", help="CSV or Parquet: the judged rows and risks"
    )
    parser.add_argument("--as-at", metavar="DATE", help="default: the day of the latest extract")
    names = "; ".join(f"{name}: {about}" for name, (_, _, about) in PARAMETERS.items())
    parser.add_argument(
        "-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE", help=names
    )


def run(args: argparse.Namespace) -> int:
    """Build the rows, judge, fit, write."""
    from workbench.breach import load_settings, study
    from workbench.breach.card_parts import load_texts
    from workbench.breach.persistence import refuse_place
    from workbench.cli._train_files import card_of, files_of, refuse_labels
    from workbench.cli.output import report
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    _refuse(args)
    given = parameters(args.parameters, of_store=args.frame is None)
    refuse_place(args.out)
    settings, texts = load_settings(workspace.dictionary), load_texts(workspace.dictionary)
    plan = _plan(given)
    frame, roles, facts, more = _rows(args, workspace, settings, given)
    refuse_labels(frame, roles, plan, workspace.disclosure_profile)
    found = study(frame, roles, plan, settings=settings, facts=facts)
    rows = _judged_file(args, workspace.store)
    shown = card_of(found, plan, texts, more.get("cohort_flow"), workspace)
    made = {**files_of(found, more), **shown}
    _save(args.out, found, made, rows)
    told = {
        **_facts(args, found),
        "card": str(args.out / "card.html"),
        "judged_rows": None if rows is None else str(rows),
    }
    report(args, _lines(told, found), told, then=_next(args, found, rows))
    return 0


def _refuse(args: argparse.Namespace) -> None:
    from workbench.errors import UsageError

    if (args.frame is None) == (args.standard is None):
        raise UsageError(
            "It is not clear what to learn from.",
            remedy="Give --standard for the store's pathways, or --frame and --roles for a table.",
        )
    if (args.frame is None) != (args.roles is None):
        raise UsageError("--frame and --roles go together.")
    if args.frame is not None and args.as_at is not None:
        raise UsageError(
            "--as-at is of the store's pathways.",
            remedy="A frame's own days say what was known: see 'time' and 'known_at' of the roles.",
        )
    _refuse_judged(args)


def _refuse_judged(args: argparse.Namespace) -> None:
    from workbench.breach.persistence import refuse_unwritable
    from workbench.errors import UsageError

    if args.judged is None:
        return
    if args.judged.suffix.lower() not in {".csv", ".parquet"}:
        raise UsageError(
            f"{args.judged.name}: rows cannot be written to this kind of file.",
            remedy="Give --judged a name that ends in .csv or .parquet.",
        )
    if args.out.resolve() in args.judged.resolve().parents:
        raise UsageError(
            "--judged lies in --out, which holds the model and nothing else.",
            remedy="Give it a place beside the model.",
        )
    refuse_unwritable(args.judged)
    if args.frame and args.judged.resolve() == args.frame.resolve():
        raise UsageError("--judged would overwrite --frame.", remedy="Give another file.")


def _plan(given: Mapping[str, Any]) -> Plan:
    from workbench.breach import Plan

    return Plan(**{name: value for name, value in given.items() if name != "target"})


def _rows(
    args: argparse.Namespace, workspace: Any, settings: Settings, given: Mapping[str, Any]
) -> tuple[pd.DataFrame, Roles, dict[str, Any], dict[str, pd.DataFrame]]:
    """Rows to learn from, their roles, facts of them, and tables that describe them."""
    from workbench.breach import landmark_roles, landmarks_of_store, read_roles, waits_of
    from workbench.breach.store import files_read, store_records
    from workbench.files import sha256
    from workbench.standards import load_rules

    if args.frame is not None:
        frame = _table(args.frame)
        return frame, read_roles(args.roles, settings), _source(args.frame), {}
    records = store_records(workspace.store)
    found = landmarks_of_store(
        records, standard=args.standard, as_at=args.as_at, dictionary=workspace.dictionary
    )
    facts: dict[str, Any] = {
        "standard": args.standard,
        "standard_days": load_rules().standard_days(args.standard),
        "target": given["target"],
        "as_at": found.as_at.isoformat(),
        "synthetic": workspace.synthetic,
        "data": {path.name: sha256(path) for path in sorted(files_read(records))},
    }
    more = {"cohort_flow": found.flow, "waiting": waits_of(found.frame, found.as_at)}
    return found.frame, landmark_roles(settings, given["target"]), facts, more


def _source(path: Path) -> dict[str, Any]:
    from workbench.files import sha256

    return {"data": {path.name: sha256(path)}}


def _table(path: Path) -> pd.DataFrame:
    from workbench.cli._own_table import frame_of
    from workbench.engine import connect
    from workbench.files import read_table, reading

    con = connect()
    with reading(path):
        return frame_of(con, read_table(con, path), path)


def _judged_file(args: argparse.Namespace, store: Path) -> Path | None:
    """Where the judged rows go: beside the store's own, or where one was asked to put them."""
    if args.judged is not None or args.standard is None:
        return args.judged  # type: ignore[no-any-return]
    return store / f"judged_{args.standard.lower()}.parquet"


def _save(out: Path, found: Study, files: Mapping[str, bytes], rows: Path | None) -> None:
    """Write the model and its judged rows, both or neither."""
    from workbench.breach import save
    from workbench.cli._own_table import for_csv
    from workbench.files import written_whole

    if rows is None:
        save(out, found.stored, files)
        return
    with written_whole(rows) as draft:
        if rows.suffix.lower() == ".csv":
            for_csv(found.rows).to_csv(draft, index=False, lineterminator="\n")
        else:
            found.rows.to_parquet(draft, index=False)
        save(out, found.stored, files)


def _facts(args: argparse.Namespace, found: Study) -> dict[str, Any]:
    table = found.evaluation.measures
    first = table[(table["landmark_day"] == "all") & (table["split"] == table["split"].iloc[0])]
    return {
        "out": str(args.out),
        **{k: v for k, v in found.stored.facts.items() if k != "data"},
        "judged": found.split.windows,
        "measures": [
            {name: _or_none(row[name]) for name in _MEASURE} for row in first.to_dict("records")
        ],
        "expires": None if found.drift is None else found.drift.expires.isoformat(),
        "counts": dict(zip(found.counts["step"], found.counts["count"].tolist(), strict=True)),
    }


_MEASURE = ("model", "metric", "estimate", "lower", "upper")


def _or_none(value: Any) -> Any:
    """A figure that could not be reckoned is null, as JSON has it, and no NaN."""
    return None if isinstance(value, float) and isnan(value) else value


def _lines(told: Mapping[str, Any], found: Study) -> list[str]:
    facts = found.stored.facts
    lines = [f"Model ({facts['model']}, {facts['rows']:,} rows to learn from) -> {told['out']}"]
    if told["judged"]:
        lines.append(
            f"Judged on clocks of {told['judged']['test_from']} to {told['judged']['test_to']}, "
            f"learnt from those up to {told['judged']['train_to']}."
        )
    for name in dict.fromkeys(row["model"] for row in told["measures"]):
        said = {row["metric"]: row for row in told["measures"] if row["model"] == name}
        words = [f"{metric} {_figure(said[metric])}" for metric in _SHOWN if metric in said]
        lines.append(f"  {name}: {'; '.join(words)}")
    if told["expires"] and found.drift is not None:
        lines.append(f"Expires {told['expires']}: {found.drift.why}.")
    lines.append(f"Model card: {told['card']}")
    if told["judged_rows"]:
        lines.append(f"Judged rows and their risks: {told['judged_rows']}")
    return lines


_SHOWN = ("auc", "brier", "observed_expected", "calibration_slope")


def _figure(row: Mapping[str, Any]) -> str:
    if row["estimate"] is None:
        return "not known"
    if row["lower"] is None:  # no interval was asked for
        return f"{row['estimate']:.3f}"
    return f"{row['estimate']:.3f} ({row['lower']:.3f} to {row['upper']:.3f})"


def _next(args: argparse.Namespace, found: Study, rows: Path | None) -> str:
    """Fairness comes next where there are rows to judge it by and groups to compare."""
    from workbench.breach.training import both_outcomes

    groups = [name for name in found.stored.roles.protected if name in found.rows]
    if rows is not None and groups and both_outcomes(found.test.outcome):
        group = found.stored.roles.group
        cluster = ["--cluster", group] if group is not None and group in found.rows else []
        return shlex.join(
            ["workbench", "fairness", str(rows), "--outcome", "outcome", "--score", "risk",
             "--groups", ",".join(groups), *cluster, "--out", "fairness"]
        )  # fmt: skip
    words = ["workbench", "score", args.frame, "--model", args.out, "--out", "scores.csv"]
    return shlex.join(map(str, words))
