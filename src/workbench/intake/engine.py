"""The engine of intake: DuckDB in memory, with nowhere to spill to."""

from __future__ import annotations

from typing import Any

from workbench.engine import connect

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
