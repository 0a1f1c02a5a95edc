"""From the engine to a frame, and from a frame to numbers."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray


def fetched(table: ir.Table) -> pd.DataFrame:
    """Run an expression and give its rows: few, because they are counts by group."""
    frame: pd.DataFrame = table.to_pyarrow().to_pandas(date_as_object=False)
    return frame


def numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    """A column of counts as floats; what is withheld or missing is NaN."""
    return np.asarray(column.astype("Float64").to_numpy(dtype=float, na_value=np.nan), dtype=float)
