"""What goes back to each Trust: faults by row, a list to work through, and plain words.

Nothing here holds a cell of anybody's data: file, row, column, rule and reason only.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from workbench.dictionary.model import Schema
from workbench.dictionary.rules import KEY_CONFLICT, KEY_REPEAT, rules_of
from workbench.files import written_whole
from workbench.intake.rows import ROW
from workbench.intake.standing import CONFLICT, LANDING, REPEATED, STATUS, Landed
from workbench.intake.vault import Vault

FOLDER = "quarantine"
NO_TRUST = "no_trust"
_COLUMNS = ("file", "row", "column", "rule", "severity", "reason")
_EXAMPLES = 10


@dataclass(frozen=True, eq=False)
class FileFaults:
    """Faults of one file.

    Attributes
    ----------
    file : str
    faults : pyarrow.Table
        From `faults_by_row`.
    names : mapping of str to str
        Our columns to what the file calls them.
    """

    file: str
    faults: pa.Table
    names: Mapping[str, str]


def faults_by_row(
    vault: Vault, one: Landed, place: int, status: pa.Table, schema: Schema
) -> pa.Table:
    """Every fault of one file, sorted by row, column and rule.

    Parameters
    ----------
    vault : Vault
    one : Landed
    place : int
        Of the landing in `status`.
    status : pyarrow.Table
        From `workbench.intake.standing.standing`.
    schema : Schema

    Returns
    -------
    pyarrow.Table
        ``file, row, column, rule, severity, reason``; a blank row is the whole file.
    """
    own = vault.faults(one.name)
    rules = list(one.receipt["rules"])
    rows, held = [own["row"].combine_chunks()], [own["rule"].combine_chunks()]
    mine = status.filter(pc.equal(status[LANDING], place))
    said = {check.id: check for check in rules_of(schema)}
    for what, rule in ((CONFLICT, KEY_CONFLICT), (REPEATED, KEY_REPEAT)):
        numbers = mine.filter(pc.equal(mine[STATUS], what))[ROW].combine_chunks()
        if len(numbers):
            check = said[rule]
            rules.append({"rule": rule, "column": check.column, "severity": check.severity,
                          "reason": check.title})  # fmt: skip
            rows.append(numbers)
            held.append(pa.repeat(pa.scalar(len(rules) - 1, pa.int16()), len(numbers)))
    place_of_rule = pa.concat_arrays(held)

    def spelt(name: str) -> pa.Array:
        return pa.array([rule[name] for rule in rules], pa.string()).take(place_of_rule)

    file = pa.repeat(pa.scalar(one.receipt["file"]), len(place_of_rule))
    spelt_out = [spelt(name) for name in _COLUMNS[2:]]
    table = pa.table([file, pa.concat_arrays(rows), *spelt_out], names=list(_COLUMNS))
    return table.sort_by([(name, "ascending") for name in ("row", "column", "rule")])


def summary(faults: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """Faults of one file by column and rule: how many rows, and the first of them.

    Parameters
    ----------
    faults : pyarrow.Table
        From `faults_by_row`.
    names : mapping of str to str
        Our columns to what the file calls them.

    Returns
    -------
    pyarrow.Table
        ``file, column, rule, severity, rows, first_rows, reason, column_in_file``;
        quarantine first, then by how many rows; 0 rows is a fault of the whole file.
    """
    keys = ["file", "column", "rule", "severity", "reason"]
    grouped = faults.group_by(keys, use_threads=False).aggregate([("row", "list")])
    numbers = [sorted(n for n in held if n is not None) for held in grouped["row_list"].to_pylist()]
    table = grouped.select(keys).append_column("rows", pa.array(map(len, numbers), pa.int64()))
    table = table.append_column("first_rows", pa.array(map(_first, numbers), pa.string()))
    order = [("severity", "descending"), ("rows", "descending")]
    order += [(name, "ascending") for name in ("file", "column", "rule")]
    theirs = [_in_file(column, names) for column in table["column"].to_pylist()]
    table = table.append_column("column_in_file", pa.array(theirs, pa.string()))
    listed = ["file", "column", "rule", "severity", "rows", "first_rows", "reason"]
    return table.sort_by(order).select([*listed, "column_in_file"])


def _in_file(column: str, names: Mapping[str, str]) -> str:
    ours = [one for one in column.split(", ") if one]
    return ", ".join(names.get(one, f"(none for {one})") for one in ours)


def _first(numbers: Sequence[int]) -> str:
    more = len(numbers) - _EXAMPLES
    return " ".join(map(str, numbers[:_EXAMPLES])) + (f" and {more} more" if more > 0 else "")


def write(
    folder: Path,
    by_trust: Mapping[str, Sequence[FileFaults]],
    refused: Mapping[str, Sequence[tuple[str, str]]],
) -> None:
    """Write what goes back to each Trust, and take away what is no longer so.

    Parameters
    ----------
    folder : Path
        ``quarantine/`` of the workspace.
    by_trust : mapping of str to sequence of FileFaults
    refused : mapping of str to sequence of (str, str)
        Each file that could not be read at all, and why.
    """
    trusts = sorted({*by_trust, *refused})
    for trust in trusts:
        name = trust or NO_TRUST
        written = _write_trust(folder / name, name, by_trust.get(trust, ()), refused.get(trust, ()))
        for old in (folder / name).iterdir():
            if old.name not in written:
                old.unlink()
    if folder.is_dir():
        for old in folder.iterdir():
            if old.name not in {trust or NO_TRUST for trust in trusts}:
                shutil.rmtree(old)


def _write_trust(
    folder: Path,
    trust: str,
    files: Sequence[FileFaults],
    refused: Sequence[tuple[str, str]],
) -> set[str]:
    named: dict[str, list[pa.Table]] = {}
    for one in files:
        named.setdefault(_csv_name(one.file), []).append(one.faults)
    for name, tables in named.items():
        write_csv(pa.concat_tables(tables), folder / name)
    summaries = [summary(one.faults, one.names) for one in files]
    listed = pa.concat_tables(summaries) if summaries else None
    csv, words = f"faults_for_{trust}.csv", f"faults_for_{trust}.md"
    if listed is not None:
        write_csv(listed, folder / csv)
    with written_whole(folder / words) as draft:
        draft.write_text(_in_words(trust, listed, refused), encoding="utf-8", newline="\n")
    return {*named, words, *([csv] if listed is not None else [])}


def _csv_name(file: str) -> str:
    name = file.removesuffix(".age")
    return name if name.lower().endswith(".csv") else f"{name}.csv"


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a table as CSV, whole or not at all."""
    with written_whole(path) as draft:
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        pyarrow.csv.write_csv(table, draft, options)


def _in_words(trust: str, listed: pa.Table | None, refused: Sequence[tuple[str, str]]) -> str:
    rows: list[dict[str, Any]] = listed.to_pylist() if listed is not None else []
    out = [row for row in rows if row["severity"] == "quarantine"]
    flagged = [row for row in rows if row["severity"] != "quarantine"]
    lines = [f"# Faults in the extracts of {trust}", ""]
    lines += [
        "Rows are counted from 1, the first row below the header. This page holds no patient's "
        "details. Every fault by row is in the CSV file named after each extract.",
        "",
    ]
    if refused:
        lines += ["## Files that could not be read at all", ""]
        lines += [f"- **{file}**: {why}" for file, why in refused]
        lines.append("")
    if out:
        lines += ["## Rows kept out until they are mended", ""]
        lines += [*map(_item, out), ""]
    if flagged:
        lines += ["## Rows taken in, but doubtful", "", *map(_item, flagged), ""]
    if len(lines) == 4:
        lines += ["No faults were found.", ""]
    return "\n".join(lines)


def _item(row: Mapping[str, Any]) -> str:
    where = f"column {row['column_in_file']}" if row["column"] else "the whole row"
    reason = row["reason"].rstrip(".")
    if not row["rows"]:
        return f"- **{row['file']}**, `{row['column']}`: {reason} (the whole file)."
    many = f"{row['rows']:,} row{'s' if row['rows'] != 1 else ''}"
    return f"- **{row['file']}**, {where}: {reason}. {many}: {row['first_rows']}."
