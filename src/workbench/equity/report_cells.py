"""Where two characteristics meet: each cell against everyone like its patients."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.equity.characteristics import in_order, known
from workbench.equity.figures import quantile
from workbench.equity.layout import laid_out
from workbench.equity.report_gaps import COUNTS, STATUSES
from workbench.equity.report_mix import held_equal
from workbench.equity.sufficiency import TOO_FEW, status_of
from workbench.statistics.inputs import Floats
from workbench.statistics.regression import logistic

BETWEEN = " and "
STATISTICS = ["gap", "lower", "upper", "pulled"]
_FINER = {"core20": "deprivation", "ethnic_category": "ethnicity"}


def pair(characteristics: list[str]) -> tuple[str, str] | None:
    """Which two characteristics to cross: ethnic group and deprivation where chosen.

    Returns
    -------
    tuple of str, or None
        None where no two different ones were chosen.
    """
    first = ["ethnicity", "ethnic_category", "deprivation", "core20", "sex", "age_band"]
    chosen = sorted(dict.fromkeys(characteristics), key=first.index)
    crossed = [
        (a, b)
        for i, a in enumerate(chosen)
        for b in chosen[i + 1 :]
        if _FINER.get(a, a) != _FINER.get(b, b)
    ]
    return crossed[0] if crossed else None


def cells(patients: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    """Gap of each cell to what is expected of patients like its own.

    Expected is the chance to be in time of each patient by cancer, route, Trust, age and
    gender alone (logistic regression); the gap of a cell is ``(O - E) / n`` with variance
    ``Σ p (1 - p) / n²``. Limits allow for the number of cells (Bonferroni), so that of all cells
    together one in twenty tables has a false alarm. `pulled` is each gap drawn towards none
    as far as chance explains it: ``gap τ² / (τ² + v)`` with ``τ²`` by DerSimonian and Laird.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    row, column : str
        Characteristics.

    Returns
    -------
    DataFrame
        One row a cell that has anyone, those not known included: ``row, column``, `COUNTS`,
        ``gap, lower, upper, pulled`` (shares, below 0 is fewer in time), ``outcome``.

    References
    ----------
    DerSimonian R, Laird N (1986). Control Clin Trials 7:177-188.
    """
    named = patients.assign(cell=patients[row] + BETWEEN + patients[column])
    labels = named.groupby("cell", sort=True)[[row, column]].first()
    if len(labels) < 2:
        return _empty()
    # not a whole model of cells: only what patients are expected to have without them
    pooled, mix = held_equal(named, row, _not_mix(row, column))
    layout = laid_out(pooled, "cell", mix, ["within"])
    y = layout.columns["within"]
    design = np.column_stack([np.ones(len(y)), layout.covariates])
    p = logistic(design, y).fitted
    n, hits, expected, variance = (layout.sizes(w) for w in (None, y, p, p * (1 - p)))
    gap, noise = (hits - expected) / n, variance / n**2
    enough = status_of(n) != TOO_FEW
    z = quantile(1 - 0.05 / max(int(enough.sum()), 1))
    between = _between(gap[enough], noise[enough])
    table = pd.DataFrame(
        {
            "row": labels.loc[list(layout.labels), row].to_numpy(),
            "column": labels.loc[list(layout.labels), column].to_numpy(),
            "total": n.astype(int), "within": hits.astype(int), "after": (n - hits).astype(int),
            "gap": gap, "lower": gap - z * np.sqrt(noise), "upper": gap + z * np.sqrt(noise),
            "pulled": gap * between / (between + noise),
            "outcome": np.where(enough, STATUSES["ok"], STATUSES[TOO_FEW]),
        }
    )  # fmt: skip
    table.loc[~enough, STATISTICS] = np.nan
    table[STATISTICS] = table[STATISTICS].round(3) + 0.0  # no "-0.0"
    return _ordered(table, row, column)


def _not_mix(row: str, column: str) -> tuple[str, ...]:
    """What the cells are about, and what stands for the same: no part of the case mix."""
    return ("ethnicity", "deprivation", row, column)


def drawn(table: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    """Cells of people whose groups are known, for a picture."""
    here = known(row, list(table["row"])) & known(column, list(table["column"]))
    return table[here].reset_index(drop=True)


def _between(gap: Floats, noise: Floats) -> float:
    """Variance of gaps beyond chance; at least 0."""
    if len(gap) < 2:
        return 0.0
    weight = 1 / noise
    mean = float((weight @ gap) / weight.sum())
    q = float(weight @ (gap - mean) ** 2)
    scale = float(weight.sum() - (weight @ weight) / weight.sum())
    return max(0.0, (q - (len(gap) - 1)) / scale)


def _ordered(table: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    places = {}
    for side, name in (("row", row), ("column", column)):
        groups = list(dict.fromkeys(table[side]))
        places[side] = {groups[at]: i for i, at in enumerate(in_order(name, groups))}
    key = table["row"].map(places["row"]) * 100 + table["column"].map(places["column"])
    return table.iloc[np.argsort(key.to_numpy(), kind="stable")].reset_index(drop=True)


def _empty() -> pd.DataFrame:
    return pd.DataFrame(columns=["row", "column", *COUNTS, *STATISTICS, "outcome"])
