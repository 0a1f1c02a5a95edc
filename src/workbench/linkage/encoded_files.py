"""Encoded files: written whole, and held against one another before they are linked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from workbench.errors import InputError, UsageError
from workbench.files import written_whole
from workbench.linkage.encoding import BLOCK, FILTER, FORMAT, HEADER

_AGAIN = "Encode it again with: workbench encode FILE --secret SECRET --out ENCODED.parquet"
_HEADER = ("parameters", "hardening", "digest", "check", "most_records_in_a_block", "blocks")


def write_encoded(table: pa.Table, path: Path) -> None:
    """Write an encoded source as Parquet, whole or not at all, for its owner alone.

    Raises
    ------
    UsageError
        The path does not end in ``.parquet`` or cannot be written to.
    """
    if path.suffix.lower() != ".parquet":
        raise UsageError(
            f"{path.name}: encodings cannot be written to this kind of file.",
            remedy="Give an --out that ends in .parquet.",
        )
    with written_whole(path) as draft:
        draft.touch(mode=0o600)
        pyarrow.parquet.write_table(table, draft, compression="zstd")


def read_encoded(path: Path) -> pa.Table:
    """Read an encoded source.

    Raises
    ------
    InputError
        The file is absent or was not written by `write_encoded`.
    """
    if not path.is_file():
        raise InputError(f"{path.name}: no such file.", remedy=f"Check the path {path}.")
    try:
        table = pyarrow.parquet.read_table(path)
    except Exception:
        raise InputError(f"{path.name}: cannot be read as Parquet.", remedy=_AGAIN) from None
    if faults := faults_of(table):
        raise InputError(f"{path.name}: is no encoded file.", faults, remedy=_AGAIN)
    return table


def header(table: pa.Table) -> dict[str, Any]:
    """What an encoded source says of how it was encoded; empty if it says nothing."""
    try:
        said = json.loads((table.schema.metadata or {}).get(HEADER, b"{}"))
    except ValueError:
        return {}
    whole = isinstance(said, dict) and said.get("format") == FORMAT
    return said if whole and all(name in said for name in _HEADER) else {}


def faults_of(table: pa.Table) -> list[str]:
    """All that keeps a table from being an encoded source."""
    if not header(table):
        return [f"it has no header of format {FORMAT}"]
    faults = [
        f"column '{name}' is missing"
        for name in ("record_id", "source", FILTER, *(BLOCK + b for b in header(table)["blocks"]))
        if name not in table.column_names
    ]
    if faults:
        return faults
    if not pa.types.is_fixed_size_binary(table.schema.field(FILTER).type):
        faults.append(f"column '{FILTER}' holds no filters")
    keys = table.select(["record_id", "source"])
    blank = sum(keys[name].null_count for name in keys.column_names)
    if blank or table[FILTER].null_count:
        faults.append("rows have no record_id, source or filter")
    elif keys.group_by(["source", "record_id"]).aggregate([]).num_rows < table.num_rows:
        faults.append("rows repeat a record_id of their source")
    return faults


def refuse_unlike(tables: Sequence[pa.Table]) -> None:
    """Refuse sources that cannot be compared, so that nothing would link or all wrongly.

    Raises
    ------
    InputError
        They were encoded with other parameters or another secret, or share a source; every
        file that differs from the first is told, by its place.
    """
    first = header(tables[0])
    sources: set[str] = set()
    faults = []
    for place, table in enumerate(tables, 1):
        said = header(table)
        if said["digest"] != first["digest"]:
            faults.append(
                f"file {place} was encoded with other parameters than file 1 "
                f"({said['parameters']}, {said['hardening']}; "
                f"{first['parameters']}, {first['hardening']})"
            )
        elif said["check"] != first["check"]:
            faults.append(f"file {place} was encoded under another secret than file 1")
        own = set(pc.unique(table["source"]).to_pylist())
        if sources & own:
            faults.append(f"file {place} has a source that an earlier file has too")
        sources |= own
    if faults:
        raise InputError(
            "The files cannot be linked: nothing in them would agree.",
            faults,
            remedy="All Trusts need the same secret, the same parameters and a source of their "
            "own. Encode again with the right ones.",
        )
