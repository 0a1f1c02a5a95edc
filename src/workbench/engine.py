"""The one place that knows which engine runs set-based work.

Everything else writes Ibis expressions. DuckDB runs them in this process; Spark
is chosen in ``workbench.toml`` and needs ``pyspark`` installed beside us.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    # in a notebook without ipywidgets it is off, and even setting it to off is refused
    shown = con.raw_sql("SELECT current_setting('enable_progress_bar')").fetchone()
    if shown and shown[0]:
        con.raw_sql("SET enable_progress_bar = false")
    if threads is not None:
        con.raw_sql(f"SET threads = {int(threads)}")
    return con


def forget_order(con: Any) -> None:
    """Let an engine give unsorted rows in any order from here on.

    DuckDB otherwise keeps the order of what it reads, which costs a union of several
    scans twice its time. For a connection whose every output is sorted by a key.
    """
    if con.name == "duckdb":
        con.raw_sql("SET preserve_insertion_order = false")


def batches(con: Any, query: str, *, rows: int) -> Iterator[Any]:
    """Run a query that was compiled before, for a connection of the same kind.

    To compile a large expression takes longer than to run it over a small file, so that
    whoever has many small files compiles once (``con.compile``) and runs the text.

    Parameters
    ----------
    con : ibis backend
    query : str
        In the engine's own SQL.
    rows : int
        At most how many in a batch, where the engine can be told.

    Yields
    ------
    pyarrow.RecordBatch
    """
    if con.name == "duckdb":
        yield from con.raw_sql(query).to_arrow_reader(rows)
    else:
        yield from con.sql(query, dialect=con.dialect).to_pyarrow_batches(chunk_size=rows)
