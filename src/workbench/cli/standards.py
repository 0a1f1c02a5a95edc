"""Hold pathway records against the 28, 31 and 62-day cancer standards.

RECORDS is CSV or Parquet with NCWTMDS items by canonical name; at least one
clock start is needed, any other item may be absent. WAITS gets one row per
record, standard and Trust that carries weight, and one row a standard with the
reason for each record that does not count, sorted by record, standard and Trust.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd

    from workbench.standards import Rules

SUMMARY = "waits under the 28, 31 and 62-day standards, from pathway records"
EXAMPLES = """  workbench standards records.csv --out waits.csv
  workbench standards records.parquet --out waits.parquet --as-at 2025-03-31
  workbench standards records.csv --out waits.csv --rules my_rules.yaml"""

_ROW = "row_number_in_file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("records", type=Path, metavar="RECORDS", help="CSV or Parquet")
    parser.add_argument("--out", type=Path, required=True, metavar="WAITS", help="CSV or Parquet")
    parser.add_argument(
        "--rules", type=Path, metavar="FILE", help="YAML with the rules that differ"
    )
    parser.add_argument("--as-at", metavar="DATE", help="later dates count as blank")
    parser.add_argument(
        "--sites", type=Path, metavar="FILE", help="site,provider[,valid_from,valid_to] of the ODS"
    )


def run(args: argparse.Namespace) -> int:
    """Read, check, reckon, write and say what came out."""
    from workbench.cli.output import report
    from workbench.engine import connect, forget_order
    from workbench.files import write_table
    from workbench.standards import load_rules
    from workbench.standards.checks import refuse_unusable
    from workbench.standards.providers import with_providers
    from workbench.standards.records import typed
    from workbench.standards.waits import KEY, as_date, waits_of
    from workbench.workspace import open_workspace

    _refuse_places(args)
    open_workspace(args.workspace)  # it gives nothing here, but a wrong one is told
    rules, as_at = load_rules(args.rules), as_date(args.as_at)
    con = connect()
    records, columns = _loaded(con, args.records)
    forget_order(con)  # the rows are numbered by now, and the output is sorted
    refuse_unusable(con, records, columns, args.records.name, row=_ROW)
    sites = None if args.sites is None else _sites(con, args.sites)
    known = with_providers(typed(records, columns, as_at, row=_ROW), rules, sites)
    waits = con.create_table("waits", waits_of(known, rules), temp=True)
    write_table(waits.order_by(KEY), args.out)
    facts = {
        "out": str(args.out),
        "rules_version": rules.rules_version,
        "dataset_version": rules.dataset_version,
        "as_at": args.as_at,
        "records": con.to_pyarrow(records.count()).as_py(),
        "rows": con.to_pyarrow(waits.count()).as_py(),
        "absent_columns": _absent(columns),
        **_findings(con, known, waits, rules),
    }
    report(args, _lines(facts), facts, then=f"workbench validate {args.out} --as waits")
    return 0


def _refuse_places(args: argparse.Namespace) -> None:
    from workbench.errors import UsageError

    if args.out.suffix.lower() not in {".csv", ".parquet"}:
        raise UsageError(
            f"{args.out.name}: waits cannot be written to this kind of file.",
            remedy="Give an output that ends in .csv or .parquet.",
        )
    if args.out.resolve() == args.records.resolve():
        raise UsageError("WAITS would overwrite RECORDS.", remedy="Give another --out.")


def _loaded(con: Any, path: Path) -> tuple[ir.Table, dict[str, str]]:
    """Read the columns used, once, so that the file's faults show before any work is done."""
    import ibis

    from workbench.files import read_table, reading
    from workbench.standards.items import is_used, matched

    table = read_table(con, path, whole=False, used=is_used)
    columns = matched(table.columns, path.name)
    numbered = table.select(*columns.values(), **{_ROW: ibis.row_number() + 1})
    with reading(path):
        return con.create_table("records", numbered, temp=True), columns


def _sites(con: Any, path: Path) -> pd.DataFrame:
    from workbench.files import read_table, reading
    from workbench.standards.frames import fetched

    with reading(path):
        return fetched(con, read_table(con, path, whole=False))


def _absent(columns: Mapping[str, str]) -> list[str]:
    from workbench.standards.items import ITEMS

    return [item.column for item in ITEMS if item.column not in columns]


def _findings(con: Any, known: ir.Table, waits: ir.Table, rules: Rules) -> dict[str, Any]:
    from workbench.standards import notes, outcomes

    counted = outcomes(waits).order_by("standard", "exclusion_reason")
    return {
        "outcomes": con.to_pyarrow(counted).to_pylist(),
        "notes": con.to_pyarrow(notes(known, rules)).to_pylist()[0],
    }


def _lines(facts: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{facts['records']:,} records, {facts['rows']:,} rows -> {facts['out']}",
        f"Rules {facts['rules_version']}, data set {facts['dataset_version']}, "
        + (f"as at {facts['as_at']}" if facts["as_at"] else "every date as recorded"),
    ]
    for standard in ("FDS", "31D", "62D"):
        lines += _of_standard(
            standard, [each for each in facts["outcomes"] if each["standard"] == standard]
        )
    if facts["absent_columns"]:
        lines.append("Not in the file, so missing throughout:")
        lines += [f"  {column}" for column in facts["absent_columns"]]
    return lines + [_note(name, count) for name, count in facts["notes"].items() if count]


def _note(name: str, count: int) -> str:
    from workbench.standards.summary import LOST_ZERO

    if name.startswith(LOST_ZERO):
        column, noun = name.removeprefix(f"{LOST_ZERO}_"), "record" if count == 1 else "records"
        return (
            f"Note: {column} has one digit in {count:,} {noun}; its "
            "codes have two, such as 01, so they may have lost their zero and are not known"
        )
    return f"Note: {name} in {count:,} included records"


def _of_standard(standard: str, outcomes: Sequence[Mapping[str, Any]]) -> list[str]:
    included = [each for each in outcomes if each["exclusion_reason"] is None]
    total = sum(each["weight"] for each in included)
    within = sum(each["weight_within"] for each in included)
    share = f", {within / total:.1%}" if total else ""
    lines = [f"{standard}: {total:,.1f} counted, {within:,.1f} within{share}"]
    left_out = [each for each in outcomes if each["exclusion_reason"] is not None]
    return lines + [
        f"  not counted, {e['exclusion_reason']}: {e['records']:,} records" for e in left_out
    ]
