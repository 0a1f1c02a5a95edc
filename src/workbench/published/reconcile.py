"""Do the published figures add up? Every cell of every table, on both bases."""

from __future__ import annotations

import pandas as pd

from workbench.published.layout import COUNTS, ITEM_BANDS, KEY, MEASURES, NATIONAL, PROVIDER
from workbench.published.publication import Publication

SUMS = "England = sum of organisations"
PARTS = "within + after = total"
BANDED = "bands add up to total"
PERCENT = "published percentage = within / total"

RECONCILIATION_COLUMNS = ("check", "basis", "sheet", "cells", "failing", "blank")

_HALF_A_PATIENT = 0.25
"""Counts are whole or half, so a difference below this is only rounding of the computer."""
_SHARE_DIGITS = 5e-4
"""The CSV gives percentages to three or more decimal places of a share."""


def reconcile(publication: Publication) -> pd.DataFrame:
    """Check every cell: England against its organisations, parts against totals.

    Parameters
    ----------
    publication : Publication
        From `read`; only the files used are checked.

    Returns
    -------
    DataFrame
        `RECONCILIATION_COLUMNS`: one row per check, basis and sheet. ``cells`` were
        checked, ``failing`` of them do not add up, ``blank`` could not be checked
        since a figure that they need is blank or England's row is not published.
    """
    rows = publication.rows
    parts = [_sums(rows), _parts(rows), _bands(rows), _percentages(rows)]
    found = pd.concat(parts, ignore_index=True)
    groups = found.groupby(["check", "basis", "sheet"], observed=True, sort=True)
    totals = groups[["cells", "failing", "blank"]].sum().reset_index()
    for column in ("check", "basis", "sheet"):
        totals[column] = totals[column].astype(str)
    order = {SUMS: 0, PARTS: 1, BANDED: 2, PERCENT: 3}
    ranked = totals.assign(rank=totals["check"].map(order), side=totals["basis"] != PROVIDER)
    ranked = ranked.sort_values(["rank", "side", "sheet"], ignore_index=True)
    return ranked[list(RECONCILIATION_COLUMNS)]


def as_checks(reconciliation: pd.DataFrame) -> pd.DataFrame:
    """Sum the reconciliation up for a reader: one line per check and basis.

    Returns
    -------
    DataFrame
        ``check``, ``passed``, ``detail``. A check of no cells has not passed, nor
        has one that some cells were too blank for.
    """
    groups = reconciliation.groupby(["check", "basis"], sort=False)
    summed = groups[["cells", "failing", "blank"]].sum().reset_index()
    blank = summed["blank"].map(lambda n: f"; {n:,} could not be checked" if n else "")
    return pd.DataFrame(
        {
            "check": summed["check"] + " (" + summed["basis"] + " files)",
            "passed": summed[["failing", "blank"]].eq(0).all(axis=1) & (summed["cells"] > 0),
            "detail": summed["cells"].map("{:,} cells checked, ".format)
            + summed["failing"].map("{:,} wrong".format)
            + blank,
        }
    )


def failing_cells(publication: Publication) -> pd.DataFrame:
    """Where England differs from its organisations, largest difference first.

    Returns
    -------
    DataFrame
        The key without the organisation, ``measure``, ``england``, ``organisations``.
    """
    sides = dict(zip(("england", "organisations"), _england_and_sum(publication.rows), strict=True))
    long = [
        side.reset_index().melt(_breakdown(), var_name="measure", value_name=name)
        for name, side in sides.items()
    ]
    cells = long[0].assign(organisations=long[1]["organisations"])
    gap = (cells["england"] - cells["organisations"]).abs()
    largest = gap[gap > _HALF_A_PATIENT].sort_values(ascending=False, kind="stable")
    return cells.loc[largest.index].reset_index(drop=True)


def _breakdown() -> list[str]:
    return [column for column in KEY if column != "organisation"]


def _england_and_sum(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """England's own cells, and the sums of organisations: same keys, same columns.

    A breakdown without organisations sums to nought where England has a row; one
    without an England row counts England as missing.
    """
    national = rows["level"] == NATIONAL
    england = rows[national].set_index(_breakdown())[list(MEASURES)].sort_index()
    groups = rows[~national].groupby(_breakdown(), observed=True)[list(MEASURES)]
    summed = groups.sum(min_count=1)
    some_blank = groups.count().lt(groups.size(), axis=0)
    every = england.index.union(summed.index)
    england, alone = england.reindex(every), ~every.isin(summed.index)
    summed = summed.mask(some_blank).reindex(every)
    return england, summed.mask(england.notna() & alone[:, None], 0)


def _sums(rows: pd.DataFrame) -> pd.DataFrame:
    england, summed = _england_and_sum(rows)
    sheet = rows.drop_duplicates(_breakdown()).set_index(_breakdown())["sheet"]
    both = england.notna() & summed.notna()
    wrong = both & ((england - summed).abs() > _HALF_A_PATIENT)
    # England missing where organisations are published is a fault in a file that has England rows.
    has_england = set(rows.loc[rows["level"] == NATIONAL, "file"])
    file = rows.drop_duplicates(_breakdown()).set_index(_breakdown())["file"]
    kept = file.reindex(england.index).isin(has_england).to_numpy()[:, None]
    lost = england.isna() & summed.notna()
    found = pd.DataFrame(
        {
            "cells": (both | lost & kept).sum(axis=1),
            "failing": (wrong | lost & kept).sum(axis=1),
            "blank": (england.notna() & summed.isna() | lost & ~kept).sum(axis=1),
        }
    )
    found = found.join(sheet).reset_index()
    return found.assign(check=SUMS)[list(RECONCILIATION_COLUMNS)]


def _compared(
    rows: pd.DataFrame,
    check: str,
    left: pd.Series[float],
    right: pd.Series[float],
    slack: float,
) -> pd.DataFrame:
    known = left.notna() & right.notna()
    return pd.DataFrame(
        {
            "check": check,
            "basis": rows["basis"],
            "sheet": rows["sheet"],
            "cells": known.astype(int),
            "failing": (known & ((left - right).abs() > slack)).astype(int),
            "blank": (~known).astype(int),
        }
    )


def _parts(rows: pd.DataFrame) -> pd.DataFrame:
    split = rows[rows[["within", "after"]].notna().any(axis=1)]
    total, within, after = (split[column] for column in COUNTS)
    return _compared(split, PARTS, within + after, total, _HALF_A_PATIENT)


def _bands(rows: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for standard, bands in ITEM_BANDS.items():
        part = rows[rows["standard"] == standard]
        summed = part[list(bands)].sum(axis=1, skipna=False)
        parts.append(_compared(part, BANDED, summed, part["total"], _HALF_A_PATIENT))
    return pd.concat(parts, ignore_index=True)


def _percentages(rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows[rows["performance"].notna() & (rows["total"] > 0)]
    # A file gives shares or percentages, not both: England's rows tell which.
    hundredfold = shown.groupby("file", observed=True)["performance"].transform("max") > 1.5
    published = shown["performance"].where(~hundredfold, shown["performance"] / 100)
    return _compared(shown, PERCENT, published, shown["within"] / shown["total"], _SHARE_DIGITS)
