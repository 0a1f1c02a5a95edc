"""Whether a model trained on DuckDB accepts the same pairs on Spark, in local mode.

    python benchmarks/linkage_spark.py [--rows 10000] [--pyspark DIR]

Every pair that differs is listed with both probabilities. Needs Java 17. Spark is no
dependency of the workbench: without `--pyspark` (a folder that holds it) pip fetches it
to a temporary one.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

import workbench as wb
from _linkage_sets import two_trusts

PYSPARK = "pyspark==4.0.5"
AT_MOST = 0.001
_PAIR = ["record_id_left", "source_left", "record_id_right", "source_right"]


def main() -> None:
    """Train and link on DuckDB, link with the same model on Spark, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="records of both Trusts")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--pyspark", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    records = two_trusts(arguments.rows // 2, arguments.seed).records
    here = wb.linkage.link(records)
    with tempfile.TemporaryDirectory() as folder:
        _find_pyspark(arguments.pyspark, Path(folder))
        con = _spark(Path(folder))
        began = time.monotonic()
        there = wb.linkage.link(records, model=here.model, con=con)
        seconds = time.monotonic() - began
        left = [path for path in (Path(folder) / "warehouse").rglob("*") if path.is_file()]
    both = here.pairs.merge(
        there.pairs, on=_PAIR, how="outer", indicator=True, suffixes=("_duckdb", "_spark")
    )
    differ = both[both["_merge"] != "both"]
    apart = (both["match_probability_duckdb"] - both["match_probability_spark"]).abs().max()
    share = len(differ) / max(len(here.pairs), 1)
    print(f"{len(records):,} records, seed {arguments.seed}; {PYSPARK}, {seconds:.0f} s on Spark")
    print(f"accepted pairs: {len(here.pairs):,} on DuckDB, {len(there.pairs):,} on Spark")
    print(f"pairs that differ: {len(differ):,} ({share:.3%}; at most {AT_MOST:.1%})")
    if len(differ):
        columns = ["_merge", "match_probability_duckdb", "match_probability_spark"]
        print(differ[columns].to_string(index=False))
    print(f"largest difference of a probability: {apart:.2g}")
    print(
        f"same persons: {here.clusters.equals(there.clusters)}; files in the warehouse: {len(left)}"
    )
    if share > AT_MOST or left:
        sys.exit(1)


def _find_pyspark(given: Path | None, folder: Path) -> None:
    if given is None and importlib.util.find_spec("pyspark") is None:
        given = folder / "pyspark"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(given)]
        subprocess.run([*pip, PYSPARK], check=True)
    if given is not None:
        sys.path.append(str(given))


def _spark(folder: Path) -> Any:
    import ibis
    from pyspark.sql import SparkSession

    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "4",
        "spark.driver.memory": "3g",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return ibis.pyspark.connect(session)


if __name__ == "__main__":
    pd.set_option("display.width", 120)
    main()
