"""The one place that knows which engine runs set-based work.

Everything else writes Ibis expressions. DuckDB runs them in this process; Spark
is chosen in ``workbench.toml`` and needs ``pyspark`` installed beside us.
"""

from __future__ import annotations

from typing import Any, Literal

Engine = Literal["duckdb", "spark"]


def connect(kind: Engine = "duckdb", *, threads: int | None = None) -> Any:
    """Open a fresh connection that shares nothing with any other.

    Parameters
    ----------
    kind : {"duckdb", "spark"}, optional
        The engine.
    threads : int, optional
        How many threads DuckDB may use; its own default otherwise. No figure
        depends on it.

    Returns
    -------
    ibis backend
    """
    import ibis

    if kind == "spark":
        from pyspark.sql import SparkSession  # type: ignore[import-not-found]

        session = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
        return ibis.pyspark.connect(session)
    con = ibis.duckdb.connect()
    con.raw_sql("SET enable_progress_bar = false")
    if threads is not None:
        con.raw_sql(f"SET threads = {int(threads)}")
    return con
