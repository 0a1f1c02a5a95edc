"""How right a linkage is: pairs found against pairs planted, by itself and by group."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.statistics.differences import newcombe
from workbench.statistics.intervals import wilson


@dataclass(frozen=True)
class Score:
    """Precision, recall and F1 of pairs across sources."""

    precision: float
    recall: float
    f1: float
    found: int
    planted: int


def score(found: pd.DataFrame, planted: pd.DataFrame) -> Score:
    """Score pairs.

    Parameters
    ----------
    found, planted : DataFrame
        ``record_id_left, record_id_right``, each pair once.
    """
    both = len(found.merge(planted, on=["record_id_left", "record_id_right"]))
    precision = both / len(found) if len(found) else 0.0
    recall = both / len(planted) if len(planted) else 0.0
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return Score(precision, recall, f1, len(found), len(planted))


def cross_pairs(grouped: pd.DataFrame, by: str) -> pd.DataFrame:
    """Every pair of records of two sources that share a group.

    Parameters
    ----------
    grouped : DataFrame
        ``record_id, source`` and `by`, one row a record.
    by : str
        Who a record is of: what was planted, or ``person_id`` as linked.

    Returns
    -------
    DataFrame
        ``record_id_left, record_id_right``; left is of the source that sorts first.
    """
    shared = grouped[grouped[by].duplicated(keep=False)][["record_id", "source", by]]
    met = shared.merge(shared, on=by, suffixes=("_left", "_right"))
    met = met[met["source_left"] < met["source_right"]]
    return met[["record_id_left", "record_id_right"]].reset_index(drop=True)


def missed_by_group(
    found: pd.DataFrame, planted: pd.DataFrame, group: pd.Series, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Share of planted pairs that were missed, by group, and its gap to the largest group.

    Parameters
    ----------
    found, planted : DataFrame
        As in `score`.
    group : Series
        Group of each left record, indexed by ``record_id``.
    confidence : float, optional
        Two-sided level of the intervals.

    Returns
    -------
    DataFrame
        ``group, pairs, missed, share, lower, upper, gap, gap_lower, gap_upper``, the largest
        group first; shares with Wilson's interval, gaps with Newcombe's.

    References
    ----------
    Newcombe RG (1998). Stat Med 17:873-890, method 10.
    """
    keys = ["record_id_left", "record_id_right"]
    held = planted.merge(found[keys].drop_duplicates(), on=keys, how="left", indicator=True)
    held = held.assign(
        group=held["record_id_left"].map(group), missed=held["_merge"].eq("left_only")
    )
    table = held.groupby("group")["missed"].agg(pairs="size", missed="sum").reset_index()
    table = table.sort_values(["pairs", "group"], ascending=[False, True], ignore_index=True)
    missed, pairs = table["missed"].to_numpy(), table["pairs"].to_numpy()
    interval = wilson(missed, pairs, confidence)
    gap = newcombe(
        missed, pairs, missed[:1].repeat(len(table)), pairs[:1].repeat(len(table)), confidence
    )
    table = table.assign(
        share=interval.estimate, lower=interval.lower, upper=interval.upper,
        gap=gap.estimate, gap_lower=gap.lower, gap_upper=gap.upper,
    )  # fmt: skip
    table.loc[0, ["gap_lower", "gap_upper"]] = 0.0
    return table
