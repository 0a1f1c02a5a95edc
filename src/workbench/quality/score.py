"""A score for each Trust, in the form of the Data Quality Maturity Index."""

from __future__ import annotations

import pandas as pd

from workbench.dictionary.findings import ItemCount
from workbench.dictionary.quality import index, item_score
from workbench.quality.plan import Plan


def scores(items: pd.DataFrame, months: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Score each Trust from 0 to 100.

    The mean of its item scores times its coverage: see `workbench.dictionary.quality`.
    An item that applies to no record of a Trust is left out of its mean.

    Parameters
    ----------
    items : DataFrame
        From `completeness` by Trust.
    months : DataFrame
        From `months_sent`.
    plan : Plan

    Returns
    -------
    DataFrame
        One row a Trust: ``trust``, ``records``, ``items`` (mean item score, 0 to 100),
        ``coverage`` (0 to 100), ``score``; highest first.
    """
    thresholds = {item.name: item.threshold for item in plan.items}
    shares = months["months_sent"] / months["months_expected"]
    covered = dict(zip(months["trust"], shares, strict=True))
    rows = []
    for trust, held in items.groupby("trust", sort=True):
        applied = held[held["records"] > 0]
        counts = [
            item_score(ItemCount(int(n), int(valid), int(defaults), thresholds[str(item)]))
            for item, n, valid, defaults in zip(
                applied["item"],
                applied["records"],
                applied["valid"],
                applied["defaults"],
                strict=True,
            )
        ]
        coverage = float(covered.get(str(trust), 0.0))
        rows.append(
            {
                "trust": trust,
                "records": int(held["records"].max()),
                "items": index(counts, [1.0]),
                "coverage": 100 * coverage,
                "score": index(counts, [coverage]),
            }
        )
    table = pd.DataFrame(rows, columns=["trust", "records", "items", "coverage", "score"])
    return table.sort_values(["score", "trust"], ascending=[False, True], ignore_index=True)
