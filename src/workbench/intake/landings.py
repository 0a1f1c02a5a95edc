"""What lands of one file: its rows, its faults, and a receipt; and the name that it gets."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet


@dataclass(frozen=True, eq=False)
class Landing:
    """One file's content, taken in.

    Attributes
    ----------
    receipt : dict
        Facts of the file and counts; JSON, no cell.
    rows : pyarrow.Table
        One row a row of the file: ``row``, ``sound``, ``digest``, ``record_id``,
        pseudonyms, and the dataset's columns as text.
    faults : pyarrow.Table
        ``row`` (null: the whole file) and ``rule``, the place in the receipt's rules.
    """

    receipt: dict[str, Any]
    rows: pa.Table
    faults: pa.Table


def file_id(**facts: Any) -> str:
    """A landing's name: the same facts of a file always give the same."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def packed(table: pa.Table) -> bytes:
    """A table as Parquet, in memory."""
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream, compression="zstd")
    return stream.getvalue()
