"""Turn identifiers into keyed filters, at the site of a Trust that may not send them.

FILE has one row a person: record_id, source, and any of nhs_number, given_name,
family_name, birth_date, sex and postcode. ENCODED holds none of them, and can be linked
with another Trust's that was encoded under the same secret. One Trust makes the secret,
and gives it to the other by a safe way; whoever links must never have it.

What ENCODED still gives away, and to whom: docs/linkage_without_identifiers.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.linkage.encoding import Encoded

SUMMARY = "encode identifiers, so that they need not be sent"
EXAMPLES = """\
  workbench encode --new-secret trusts.secret
  workbench encode patients.csv --secret trusts.secret --out encoded_RX1.parquet
  workbench encode all.csv --secret t.secret --out all.parquet --hide-record-ids lookup.csv"""

_COLUMNS = (
    "record_id", "source", "nhs_number", "given_name", "family_name", "birth_date", "sex",
    "postcode",
)  # fmt: skip
_HIDDEN = "encoded_record_id"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `encode` takes."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV, Parquet or XLSX")
    parser.add_argument("--secret", type=Path, metavar="FILE", help="that the Trusts share")
    parser.add_argument("--out", type=Path, metavar="ENCODED", help="a .parquet file")
    parser.add_argument(
        "--new-secret", type=Path, metavar="FILE", help="make a secret, and do nothing else"
    )
    parser.add_argument(
        "--hide-record-ids",
        type=Path,
        metavar="LOOKUP",
        help="send keyed hashes in place of record ids, and write which is which; stays here",
    )
    parser.add_argument(
        "--hardening",
        choices=("none", "fold", "balance"),
        help="treatment against attacks (default: as the parameters say); the same at all Trusts",
    )
    parser.add_argument(
        "--parameters", type=Path, metavar="FILE", help="other than those of the package"
    )


def run(args: argparse.Namespace) -> int:
    """Make a secret, or encode one file."""
    from workbench.cli.output import report
    from workbench.intake.guard import without_cells
    from workbench.linkage.encoding_secret import new_secret
    from workbench.workspace import open_workspace

    open_workspace(args.workspace)  # it gives nothing here, but a wrong one is told
    if args.new_secret is not None:
        _refuse_more(args)
        new_secret(args.new_secret)
        lines = [
            f"Secret made: {args.new_secret}",
            "Give it to the other Trust by a safe way, never with the data and never to whoever "
            "links. Keep it: what is encoded under another one cannot be linked with this.",
        ]
        then = f"workbench encode FILE --secret {args.new_secret} --out ENCODED.parquet"
        report(args, lines, {"secret": args.new_secret}, then)
        return 0
    _refuse_less(args)
    with without_cells():
        encoded = _encoded(args)
    report(args, _lines(encoded, args), _facts(encoded, args), _next(args))
    return 0


def _refuse_more(args: argparse.Namespace) -> None:
    if args.file is not None or args.out is not None or args.secret is not None:
        raise UsageError(
            "--new-secret makes a secret and does nothing else.",
            remedy=f"workbench encode --new-secret {args.new_secret}",
        )


def _refuse_less(args: argparse.Namespace) -> None:
    needed = {"FILE": args.file, "--secret": args.secret, "--out": args.out}
    absent = [f"{name} is missing" for name, value in needed.items() if value is None]
    if absent:
        raise UsageError(
            "There is something missing to encode.",
            absent,
            remedy="workbench encode FILE --secret FILE --out ENCODED.parquet; a secret is made "
            "with: workbench encode --new-secret FILE",
        )
    places = [path for path in (args.file, args.out, args.hide_record_ids, args.secret) if path]
    if len({path.resolve() for path in places}) < len(places):
        raise UsageError("Two of the files are one and the same.", remedy="Give other names.")


def _encoded(args: argparse.Namespace) -> Encoded:
    from workbench.linkage.encoded_files import write_encoded
    from workbench.linkage.encoding import encode, hidden_record_ids
    from workbench.linkage.encoding_parameters import load_parameters
    from workbench.linkage.encoding_secret import read_secret

    parameters = load_parameters(args.parameters, args.hardening)
    secret = read_secret(args.secret)
    records = _records(args.file)
    if args.hide_record_ids is None or not {"record_id", "source"} <= set(records):
        encoded = encode(records, secret, parameters)
    else:
        hidden = hidden_record_ids(records, secret)
        encoded = encode(records.assign(record_id=hidden), secret, parameters)
        _write_lookup(records.assign(**{_HIDDEN: hidden}), args.hide_record_ids)
    write_encoded(encoded.table, args.out)
    return encoded


def _records(path: Path) -> pd.DataFrame:
    """The columns that are encoded, in memory alone."""
    from workbench.engine import connect
    from workbench.files import read_table, reading

    con = connect()
    try:
        con.raw_sql("SET temp_directory = ''")
        with reading(path):
            table = read_table(con, path, whole=False, used=lambda name: name in _COLUMNS)
            held = table.select([name for name in _COLUMNS if name in table.columns])
            frame: pd.DataFrame = con.to_pyarrow(held).to_pandas()
    finally:
        con.disconnect()
    return frame


def _write_lookup(records: pd.DataFrame, path: Path) -> None:
    from workbench.files import written_whole

    with written_whole(path) as draft:
        draft.touch(mode=0o600)
        columns = ["record_id", "source", _HIDDEN]
        records[columns].sort_values(columns).to_csv(draft, index=False)


def _lines(encoded: Encoded, args: argparse.Namespace) -> list[str]:
    lines = [f"{encoded.table.num_rows:,} records encoded -> {args.out}"]
    for name, count in encoded.unusable.items():
        if count:
            lines.append(
                f"{name}: {count:,} cells cannot be used and count as missing "
                "(a stand-in, damaged, or no such number, day or postcode)."
            )
    if encoded.alike:
        lines.append(
            f"{encoded.alike:,} records have the same identifiers as another of their source: "
            "keep one row a person, or links to the others are in doubt."
        )
    if args.hide_record_ids is not None:
        lines.append(f"Which record is which: {args.hide_record_ids}. It stays at this Trust.")
    lines.append(
        "ENCODED is still personal data: send it encrypted, and only to whoever links. "
        "Never send the secret with it."
    )
    return lines


def _facts(encoded: Encoded, args: argparse.Namespace) -> dict[str, Any]:
    from workbench.linkage.encoded_files import header

    said = header(encoded.table)
    return {
        "out": args.out,
        "records": encoded.table.num_rows,
        "unusable": encoded.unusable,
        "alike": encoded.alike,
        **{name: said[name] for name in ("parameters", "hardening", "digest", "check")},
    }


def _next(args: argparse.Namespace) -> str:
    return f"workbench link {args.out} OTHER.parquet --encoded --out clusters.csv"
