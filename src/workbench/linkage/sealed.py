"""What clerical review keeps in the vault: doubtful pairs, sheets handed out, decisions.

This room opens no vault: it is handed one that somebody opened on purpose, and reads and
keeps whole tables in it. Nothing here touches the disk.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

PAIRS = "review_pairs.parquet"
"""Doubtful pairs of the latest linkage: `Linked.review`."""
HANDED_OUT = "review_handed_out.parquet"
"""Every pair that ever stood on a sheet, so that a sheet of last month can still be taken."""
DECISIONS = "review_decisions.parquet"
"""Every decision ever taken, the oldest first; none is removed or changed."""
PAIR_KEY = "review_pair_key"
"""Secret under which pair ids are made."""

LEFT = ("record_id_left", "source_left")
RIGHT = ("record_id_right", "source_right")
PAIR = (*LEFT, *RIGHT)
"""Columns that say which two records a pair is of."""


class Sealed(Protocol):
    """A vault that has been opened, as far as review needs one."""

    def secrets(self) -> Sequence[str]:
        """Names of what is kept."""

    def secret(self, name: str) -> bytes:
        """What is kept under a name, decrypted in memory."""

    def keep_secret(self, name: str, content: bytes) -> None:
        """Keep bytes under a name, encrypted, whole or not at all."""

    def identifiers(self) -> pa.Table:
        """Who each record is about."""


def kept_table(vault: Sealed, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Read a table that review keeps; one of no rows where there is none yet.

    Parameters
    ----------
    vault : Sealed
    name : str
        `PAIRS`, `HANDED_OUT` or `DECISIONS`.
    columns : sequence of str
        What a table of no rows has.
    """
    if name not in vault.secrets():
        return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
    table = pyarrow.parquet.read_table(pa.BufferReader(vault.secret(name)), use_threads=False)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def keep_table(vault: Sealed, name: str, frame: pd.DataFrame) -> None:
    """Keep a table in place of the one before it, whole or not at all."""
    stream = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pyarrow.parquet.write_table(table, stream, compression="zstd")
    vault.keep_secret(name, stream.getvalue())


def keep_pairs(vault: Sealed, review: pd.DataFrame) -> None:
    """Leave a linkage's doubtful pairs for review, in place of those of the linkage before.

    Parameters
    ----------
    vault : Sealed
    review : DataFrame
        `Linked.review`.
    """
    keep_table(vault, PAIRS, review.sort_values(list(PAIR)).reset_index(drop=True))


def kept_pairs(vault: Sealed) -> pd.DataFrame:
    """Doubtful pairs that the latest linkage left."""
    return kept_table(vault, PAIRS, [*PAIR, "match_rule", "match_probability", "match_weight"])
