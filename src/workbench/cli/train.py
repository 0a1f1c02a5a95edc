"""Train a model of breach risk, and judge it on the latest clocks that it has not seen.

Without --frame the landmarks are built from the workspace's store, with linked pathways
where `workbench link` has left them. With --frame any table is learnt from, and ROLES says
which column plays which part, and for every feature when it is known. MODEL becomes a
folder: numbers and text only, with the digest of every file.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from workbench.breach import Plan, Roles, Settings, Study

SUMMARY = "train and judge a model of breach risk"
EXAMPLES = """  workbench train --standard 62D --out models/62D
  workbench train --standard FDS --out models/FDS -p refits=0 -p replicates=0
  workbench train --frame rows.csv --roles roles.yaml --out models/own"""

_PARAMETERS: dict[str, tuple[type, Any, str]] = {
    "model": (str, "boosting", "boosting, logistic or rates"),
    "target": (str, "open", "open (past the standard's day) or late (treated past it)"),
    "seed": (int, 1, "same seed, same bits"),
    "replicates": (int, 200, "of the bootstrap by patient; 0 for none"),
    "refits": (int, 10, "on samples of patients, for intervals of risks; 0 for none"),
    "protected": (bool, False, "protected characteristics among the features"),
    "sites_left_out": (bool, True, "judge at each site that the model has not seen"),
    "learning": (bool, True, "judge models that have learnt from fewer patients"),
    "cross_check": (bool, True, "the store's risks a second way, by a hazard"),
}


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
    names = "; ".join(f"{name}: {about}" for name, (_, _, about) in _PARAMETERS.items())
    parser.add_argument(
        "-p", dest="parameters", action="append", default=[], metavar="NAME=VALUE", help=names
    )


def run(args: argparse.Namespace) -> int:
    """Build the rows, judge, fit, write."""
    from workbench.breach import load_settings, study
    from workbench.breach.card_parts import load_texts
    from workbench.breach.persistence import refuse_place
    from workbench.cli._train_files import card_of, files_of
    from workbench.cli.output import report
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    given = _parameters(args.parameters)
    _refuse(args)
    refuse_place(args.out)
    settings, texts = load_settings(workspace.dictionary), load_texts(workspace.dictionary)
    plan = _plan(given)
    frame, roles, facts, more = _rows(args, workspace, settings, given)
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
    if args.judged is not None and args.judged.suffix.lower() not in {".csv", ".parquet"}:
        raise UsageError(
            f"{args.judged.name}: rows cannot be written to this kind of file.",
            remedy="Give --judged a name that ends in .csv or .parquet.",
        )
    if args.judged is not None and args.frame and args.judged.resolve() == args.frame.resolve():
        raise UsageError("--judged would overwrite --frame.", remedy="Give another file.")


def _parameters(pairs: list[str]) -> dict[str, Any]:
    from workbench.errors import ParameterError

    given: dict[str, Any] = {name: default for name, (_, default, _) in _PARAMETERS.items()}
    faults = []
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in _PARAMETERS:
            faults.append(f"'{name}' is no parameter; known are {', '.join(_PARAMETERS)}")
            continue
        try:
            given[name] = _parsed(_PARAMETERS[name][0], value)
        except ValueError:
            faults.append(f"'{name}' should be {_PARAMETERS[name][2]}")
    for name, allowed in (
        ("model", ("boosting", "logistic", "rates")),
        ("target", ("open", "late")),
    ):
        if given[name] not in allowed:
            faults.append(f"'{name}' should be one of {', '.join(allowed)}")
    faults += [
        f"'{n}' should be 0 or more" for n in ("seed", "replicates", "refits") if given[n] < 0
    ]
    if faults:
        raise ParameterError("The parameters cannot be used.", faults)
    return given


def _parsed(kind: type, value: str) -> Any:
    if kind is bool:
        if value.lower() not in {"true", "false"}:
            raise ValueError
        return value.lower() == "true"
    return kind(value)


def _plan(given: Mapping[str, Any]) -> Plan:
    from workbench.breach import Plan

    return Plan(**{name: value for name, value in given.items() if name != "target"})


def _rows(
    args: argparse.Namespace, workspace: Any, settings: Settings, given: Mapping[str, Any]
) -> tuple[pd.DataFrame, Roles, dict[str, Any], dict[str, pd.DataFrame]]:
    """Rows to learn from, their roles, facts of them, and tables that describe them."""
    from workbench.breach import landmark_roles, landmarks_of_store, read_roles, waits_of
    from workbench.breach.store import store_records
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
        "data": {path.name: sha256(path) for path in sorted(records.parent.glob("*.parquet"))},
    }
    more = {"cohort_flow": found.flow, "waiting": waits_of(found.frame, found.as_at)}
    return found.frame, landmark_roles(settings, given["target"]), facts, more


def _source(path: Path) -> dict[str, Any]:
    from workbench.files import sha256

    return {"data": {path.name: sha256(path)}}


def _table(path: Path) -> pd.DataFrame:
    from workbench.engine import connect
    from workbench.files import read_table, reading

    con = connect()
    with reading(path):
        frame: pd.DataFrame = con.to_pyarrow(read_table(con, path)).to_pandas()
    return frame


def _judged_file(args: argparse.Namespace, store: Path) -> Path | None:
    """Where the judged rows go: beside the store's own, or where one was asked to put them."""
    if args.judged is not None or args.standard is None:
        return args.judged  # type: ignore[no-any-return]
    return store / f"judged_{args.standard.lower()}.parquet"


def _save(out: Path, found: Study, files: Mapping[str, bytes], rows: Path | None) -> None:
    """Write the model and its judged rows, both or neither."""
    from workbench.breach import save
    from workbench.files import written_whole

    if rows is None:
        save(out, found.stored, files)
        return
    with written_whole(rows) as draft:
        if rows.suffix.lower() == ".csv":
            found.rows.to_csv(draft, index=False, lineterminator="\n")
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
            {name: row[name] for name in ("model", "metric", "estimate", "lower", "upper")}
            for row in first.to_dict("records")
        ],
        "expires": None if found.drift is None else found.drift.expires.isoformat(),
        "counts": dict(zip(found.counts["step"], found.counts["count"].tolist(), strict=True)),
    }


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
    if row["lower"] != row["lower"]:  # no interval was asked for
        return f"{row['estimate']:.3f}"
    return f"{row['estimate']:.3f} ({row['lower']:.3f} to {row['upper']:.3f})"


def _next(args: argparse.Namespace, found: Study, rows: Path | None) -> str:
    """Fairness comes next where there are rows to judge it by and groups to compare."""
    groups = [name for name in found.stored.roles.protected if name in found.rows]
    if rows is not None and groups:
        return (
            f"workbench fairness {rows} --outcome outcome --score risk "
            f"--groups {','.join(groups)} --out fairness"
        )
    return f"workbench score {args.frame} --model {args.out} --out scores.csv"
