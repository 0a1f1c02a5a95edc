"""How much single risks move when the model is fitted again on halves of the weeks.

References
----------
Riley RD, Collins GS (2023). Biometrical Journal 65:2200302 (stability of prediction models).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.breach.frames import Cases
from workbench.breach.training import Model

PARTS = 10


def stability(model: Model, refits: Sequence[Model], rows: Cases) -> pd.DataFrame:
    """Spread of the refits' risks, by tenth of the model's own risk.

    Parameters
    ----------
    model : Model
    refits : sequence of Model
        Fitted on halves of the weeks (`workbench.breach.refits`).
    rows : Cases

    Returns
    -------
    DataFrame
        ``part`` (1: lowest risks), ``n, risk, deviation`` (mean over patients of the standard
        deviation), ``apart`` (mean absolute difference from the model's own risk), ``widest``
        (95th percentile of the spread from least to greatest). Empty without refits or rows.
    """
    columns = ["part", "n", "risk", "deviation", "apart", "widest"]
    if len(refits) < 2 or len(rows) < PARTS:
        return pd.DataFrame(columns=columns)
    own = model.risk(rows)
    drawn = np.stack([one.risk(rows) for one in refits])
    part = np.argsort(np.argsort(own, kind="stable"), kind="stable") * PARTS // len(own)
    frame = pd.DataFrame(
        {
            "part": part + 1,
            "risk": own,
            "deviation": drawn.std(axis=0, ddof=1),
            "apart": np.abs(drawn - own).mean(axis=0),
            "spread": np.ptp(drawn, axis=0),
        }
    )
    grouped = frame.groupby("part")
    made = grouped[["risk", "deviation", "apart"]].mean()
    made.insert(0, "n", grouped.size())
    return made.assign(widest=grouped["spread"].quantile(0.95)).reset_index()
