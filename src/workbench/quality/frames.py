"""From the engine to a frame."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd


def fetched(table: ir.Table) -> pd.DataFrame:
    """Run an expression and give its rows: few, because they are counts by group."""
    frame: pd.DataFrame = table.to_pyarrow().to_pandas(date_as_object=False)
    return frame
