"""The engine of intake: DuckDB in memory, with nowhere to spill to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ibis
import pyarrow as pa

from workbench.engine import batches, connect

MEMORY = "2GB"
"""Of DuckDB's part; with the frames beside it, 600,000 referrals stay under 3 GB."""


def private_engine() -> Any:
    """Open a connection that keeps what it holds in memory alone.

    DuckDB would write what does not fit to a folder beside the process, in plain; here
    it fails instead.
    """
    con = connect()
    con.raw_sql("SET temp_directory = ''")
    con.raw_sql(f"SET memory_limit = '{MEMORY}'")
    # To join each short list of codes costs more to set up than a small file takes to check.
    con.raw_sql("SET disabled_optimizers = 'in_clause'")
    return con


@contextmanager
def shown(con: Any, name: str, table: pa.Table) -> Iterator[Any]:
    """Show a table in memory to a connection under a name: read in place, not copied."""
    con.con.register(name, table)
    try:
        yield con.table(name)
    finally:
        con.con.unregister(name)


_COMPILED: dict[Hashable, tuple[str, pa.Schema]] = {}
_COMPILED_AT_MOST = 256
_BATCH_ROWS = 100_000


def answered(
    con: Any, tables: Mapping[str, pa.Table], what: Hashable, query: Callable[..., Any]
) -> pa.Table:
    """Answer a query over tables in memory, compiled once for all tables of the same columns.

    To compile an expression takes longer than to run it over a small file, and a watched
    inbox asks the same again and again.

    Parameters
    ----------
    con : ibis backend
        From `private_engine`.
    tables : mapping of str to pyarrow.Table
        By a name for the query; they are read in place, not copied.
    what : hashable
        All that the query depends on beside the tables' columns.
    query : callable
        Given an ibis Table for each of `tables`, in their order, gives an ibis Table.
    """
    unbound = [
        ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name)
        for name, table in tables.items()
    ]
    key = (what, *(table.op() for table in unbound))
    if key not in _COMPILED:
        if len(_COMPILED) >= _COMPILED_AT_MOST:
            _COMPILED.clear()
        expression = query(*unbound)
        _COMPILED[key] = (con.compile(expression), expression.schema().to_pyarrow())
    text, schema = _COMPILED[key]
    for name, table in tables.items():
        con.con.register(name, table)
    try:
        held = list(batches(con, text, rows=_BATCH_ROWS))
        return (pa.Table.from_batches(held) if held else schema.empty_table()).cast(schema)
    finally:
        for name in tables:
            con.con.unregister(name)
