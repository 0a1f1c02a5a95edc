"""Tables on the way, in the engine's memory alone."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc


def held(con: Any, name: str, what: ir.Table | pa.Table) -> ir.Table:
    """Keep a table under a name of ours until `let_go`.

    Spark would write a table of its own to its warehouse folder, in plain; there it is a
    temporary view of a data frame that is kept in memory.

    Parameters
    ----------
    con : ibis backend
    name : str
        Begins with ``linkage_``.
    what : ibis Table or pyarrow.Table
    """
    if con.name == "duckdb":
        return con.create_table(name, what)
    expression = ibis.memtable(_without_nulls(what)) if isinstance(what, pa.Table) else what
    con._register_in_memory_tables(expression)
    frame = con.raw_sql(con.compile(expression)).cache()
    frame.createOrReplaceTempView(name)
    return con.table(name)


def _without_nulls(table: pa.Table) -> pa.Table:
    """Missing text as empty text, which is missing too: pandas, on the way, makes it NaN."""
    for place, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            table = table.set_column(place, column.name, pc.fill_null(table[place], ""))
    return table


def let_go(con: Any, name: str) -> None:
    """Drop what `held` has kept."""
    if con.name == "duckdb":
        con.drop_table(name)
    else:
        con.drop_view(name, force=True)
