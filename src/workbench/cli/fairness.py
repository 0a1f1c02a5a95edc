"""Ask of anyone's scores whether they serve each group of patients alike.

SCORES has one row a case whose outcome is known. The highest scores are flagged, as many as
the capacity allows, or all from a threshold on. DIR gets metrics.csv and gaps.csv, a page to
read (report.html) and the tables behind it. What is small is withheld as the disclosure
profile says; a group's row is never dropped. Codes in rows of `workbench train` become groups.
"""

from __future__ import annotations

import argparse
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from workbench.fairness import Assessment

SUMMARY = "whether scores serve each group of patients alike"
EXAMPLES = """  workbench fairness scores.csv --outcome y --score p --groups ethnicity,sex --out f
  workbench fairness scores.csv --outcome y --score p --groups sex --threshold .5 --out fair
  workbench fairness judged.csv --outcome outcome --score risk --groups sex --cluster who --out f"""

PAGE, METRICS, GAPS = "report.html", "metrics.csv", "gaps.csv"
_IDS = ("record_id", "id", "case_id")
"""Columns by which equal scores are settled, where --id names none."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("scores", type=Path, metavar="SCORES", help="CSV or Parquet")
    parser.add_argument("--outcome", required=True, metavar="Y", help="column: 0 or 1")
    parser.add_argument("--score", required=True, metavar="P", help="column: higher, more likely")
    parser.add_argument("--groups", required=True, metavar="A,B", help="columns of groups")
    end = parser.add_mutually_exclusive_group()
    end.add_argument(
        "--capacity", type=float, metavar="SHARE", help="share of cases flagged (default: 0.2)"
    )
    end.add_argument("--threshold", type=float, metavar="SCORE", help="flag from this score on")
    parser.add_argument("--cluster", metavar="C", help="column: whom several rows are of")
    parser.add_argument("--site", metavar="S", help="column: Trust, to compare like with like")
    parser.add_argument("--id", metavar="A,B", help="columns that settle equal scores")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder")
    parser.add_argument("--profile", help="disclosure profile (default: the workspace's)")
    parser.add_argument("--replicates", type=int, default=1000, help="samples (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same figures")


def run(args: argparse.Namespace) -> int:
    """Read, assess, pass through disclosure control, write."""
    from workbench.cli import _fairness_release as shown
    from workbench.cli._fairness_page import Page
    from workbench.cli.output import report
    from workbench.fairness import assess
    from workbench.reporting import tables
    from workbench.reporting.setting import ALL_SYNTHETIC
    from workbench.workspace import open_workspace

    workspace = open_workspace(args.workspace)
    groups = _names(args.groups)
    _refuse(args, groups)
    profile = args.profile or workspace.disclosure_profile
    frame = _read(args, groups, workspace.dictionary)
    ids = _names(args.id) if args.id else [name for name in _IDS if name in frame.columns][:1]
    found = assess(
        frame,
        args.outcome,
        score=args.score,
        groups=groups,
        capacity=None if args.threshold is not None else _capacity(args),
        threshold=args.threshold,
        cluster=args.cluster,
        site=args.site,
        id=ids,
        replicates=args.replicates,
        seed=args.seed,
    )
    metrics, gaps = shown.metrics(found, profile), shown.gaps(found, profile)
    synthetic = [ALL_SYNTHETIC] if workspace.synthetic else []
    with _written_together(args.out) as draft:
        page = Page(found, profile, draft, synthetic, [args.site] if args.site else [])
        tables.write(metrics, draft / METRICS, sort=True, columns=shown.METRICS)
        tables.write(gaps, draft / GAPS, sort=True, columns=shown.GAPS)
        page.write(draft / PAGE, metrics, gaps, _details(args, found, profile), _command(args))
    facts = _facts(args, found, gaps.frame, profile)
    report(args, _lines(facts, gaps.frame), facts, then=f"open {args.out / PAGE}")
    return 0


@contextmanager
def _written_together(folder: Path) -> Iterator[Path]:
    """Give an empty folder whose files go to their place only once all of them are written."""
    from workbench.errors import UsageError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = tempfile.TemporaryDirectory(dir=folder, prefix=".writing-")
    except OSError as error:
        why = (error.strerror or "the system refuses it").lower()
        raise UsageError(
            f"{folder} cannot be written to: {why}.", remedy="Give another folder."
        ) from None
    with made as place:
        draft = Path(place)
        yield draft
        for path in sorted(draft.rglob("*")):
            target = folder / path.relative_to(draft)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                path.replace(target)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _capacity(args: argparse.Namespace) -> float:
    return 0.2 if args.capacity is None else float(args.capacity)


def _refuse(args: argparse.Namespace, groups: list[str]) -> None:
    from workbench.errors import UsageError

    faults = []
    if not groups or len(set(groups)) < len(groups):
        faults.append("--groups must name a column or more, each once")
    if args.capacity is not None and not 0 < args.capacity < 1:
        faults.append("--capacity is a share of the cases, above 0 and below 1")
    if args.replicates < 2 or args.seed < 0:
        faults.append("--replicates must be 2 or more and --seed 0 or more")
    if args.out.is_file():
        faults.append("--out is a file: it must be a folder")
    if faults:
        raise UsageError("Nothing was written.", faults)


def _read(args: argparse.Namespace, groups: list[str], dictionary: Path) -> pd.DataFrame:
    """The columns that are used, text but for score and outcome."""
    from workbench.dictionary import load
    from workbench.engine import connect
    from workbench.errors import InputError
    from workbench.fairness.report_groups import with_names
    from workbench.files import read_table, reading

    more = [args.cluster, args.site, *_names(args.id or "")]
    needed = dict.fromkeys([args.outcome, args.score, *groups, *filter(None, more)])
    with reading(args.scores):
        con = connect()
        table = read_table(con, args.scores, whole=False, used=lambda name: name in needed)
        absent = [name for name in needed if name not in table.columns]
        if absent:
            raise InputError(
                f"{args.scores.name} lacks {len(absent)} of the columns asked for.",
                [f"column '{name}' is missing" for name in absent],
                remedy=f"It has: {', '.join(table.columns[:40])}.",
            )
        wanted = [*needed, *(name for name in _IDS if name in table.columns and name not in needed)]
        frame: pd.DataFrame = con.to_pyarrow(table.select(*wanted)).to_pandas()
    frame = with_names(frame, table.columns, load(dictionary))
    _refuse_alone(frame, groups, args.scores.name)
    names = {args.cluster, *_names(args.id or ""), *_IDS} & set(frame.columns)
    return _numbers(_as_text(frame, sorted(names - {args.outcome, args.score})), args)


def _as_text(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Ids as text, as they stand in CSV: equal scores go by them whatever kind of file it is."""
    return frame.assign(**{one: frame[one].astype("string").astype(object) for one in names})


def _refuse_alone(frame: pd.DataFrame, groups: list[str], file: str) -> None:
    from workbench.errors import InputError

    if len(frame) and all(frame[name].nunique(dropna=False) < 2 for name in groups):
        raise InputError(
            f"{file}: there is nobody to compare.",
            [f"column '{name}' holds one group" for name in groups],
            remedy="Give rows of two groups or more.",
        )


def _numbers(frame: pd.DataFrame, args: argparse.Namespace) -> pd.DataFrame:
    """Score and outcome as numbers; what cannot be read as one is refused, with its count."""
    import pandas as pd

    from workbench.errors import InputError

    faults = []
    for name in (args.outcome, args.score):
        text = frame[name]
        if name == args.outcome:
            said = text.astype(object).map(lambda one: str(one).strip().casefold())
            text = text.astype(object).mask(said == "true", 1).mask(said == "false", 0)
        number = pd.to_numeric(text, errors="coerce")
        if unread := int((number.isna() & text.notna()).sum()):
            faults.append(f"column '{name}' is no number in {unread:,} rows")
        frame[name] = number.astype(float)
    if faults:
        raise InputError(f"{args.scores.name} cannot be read.", faults)
    return frame


def _command(args: argparse.Namespace) -> str:
    parts = ["workbench", "fairness", args.scores.name]
    for name in ("outcome", "score", "groups", "capacity", "threshold", "cluster", "site", "id",
                 "profile", "replicates", "seed"):  # fmt: skip
        value = getattr(args, name)
        if value is not None:
            parts += [f"--{name}", str(value)]
    return shlex.join([*parts, "--out", args.out.name])


def _details(args: argparse.Namespace, found: Assessment, profile: str) -> list[tuple[str, str]]:
    from workbench import __version__
    from workbench.disclosure.control import rounded
    from workbench.files import sha256

    facts = found.facts
    cases = f"about {float(rounded(_array(facts['cases']), 5)[0]):,.0f}"
    kept = [
        ("Scores", f"{args.scores.name}, SHA-256 begins {sha256(args.scores)[:12]}"),
        ("Outcome and score", f"{args.outcome}, {args.score}"),
        ("Groups", ", ".join(_names(args.groups))),
        ("Cases", cases),
        ("List", f"threshold {args.threshold:g}" if args.threshold is not None
         else f"{100 * _capacity(args):g}% of cases"),
        ("Intervals", f"95%, {facts['replicates']:,} samples, seed {facts['seed']}"
         + (f", whole {args.cluster} at a time" if args.cluster else "")),
        ("Gaps tested together", f"{facts['tests']:,} (Benjamini-Hochberg, half of the weight "
         "on missed events by single characteristic)"),
        ("Disclosure control", profile.replace("_", " ")),
        ("Code", f"workbench {__version__}"),
    ]  # fmt: skip
    return kept


def _array(value: float) -> Any:
    import numpy as np

    return np.array([float(value)])


def _facts(
    args: argparse.Namespace, found: Assessment, gaps: pd.DataFrame, profile: str
) -> dict[str, Any]:
    from workbench.fairness.report_words import missed_gaps

    first = missed_gaps(gaps)
    clear = first[(first["q"] < 0.05) & first["difference"].notna()]
    return {
        "out": str(args.out),
        "files": [METRICS, GAPS, PAGE],
        "profile": profile,
        "capacity": found.facts["capacity"],
        "threshold": found.facts["threshold"],
        "groups": len(first),
        "groups_not_judged": int((first["status"] != "ok").sum()),
        "tests": found.facts["tests"],
        "replicates": found.facts["replicates"],
        "seed": found.facts["seed"],
        "gaps": [
            {"characteristic": row["characteristic"], "group": row["group"],
             "missed_more": round(float(row["difference"]), 3), "q": round(float(row["q"]), 4)}
            for row in clear.to_dict("records")
        ],
    }  # fmt: skip


def _lines(facts: dict[str, Any], gaps: pd.DataFrame) -> list[str]:
    from workbench.fairness.report_words import missed_gaps, none_missed

    lines = [f"{facts['groups']:,} groups assessed -> {facts['out']} ({facts['profile']})"]
    if facts["groups_not_judged"]:
        lines.append(
            f"{facts['groups_not_judged']:,} are too small to judge or to be shown; "
            "their rows are there"
        )
    lines += [
        f"missed {'more' if gap['missed_more'] > 0 else 'less'} often: {gap['group']} "
        f"({gap['characteristic']}), {100 * gap['missed_more']:+.1f} points to everyone else"
        for gap in facts["gaps"]
    ]
    if not any(gap["missed_more"] > 0 for gap in facts["gaps"]):
        lines.append(none_missed(missed_gaps(gaps)))
    return lines
