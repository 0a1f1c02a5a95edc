"""How long people have waited who are not treated yet: the backlog and its bands."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from workbench.dictionary.load import Dictionary
from workbench.errors import ParameterError
from workbench.standards.breakdown import labelled
from workbench.standards.waitlist import Waitlist

LONG_WAITS = (62, 104)
"""Days: open after the first is the backlog; the last published band begins after the second."""


@dataclass(frozen=True)
class Band:
    """Days waited, from `low` to `high`, both included; `high` is None for the last."""

    label: str
    low: int
    high: int | None


def bands_of(dictionary: Dictionary) -> list[Band]:
    """Working bands of days waited, from the code list ``waiting_band``, short to long."""
    bands = []
    for code in dictionary.code_list("waiting_band").codes:
        low, high = re.fullmatch(r"(?:(\d+)-(\d+)|>(\d+))", code.code).group(1, 2)  # type: ignore[union-attr]
        last = low is None
        start = int(code.code[1:]) + 1 if last else int(low)
        bands.append(Band(code.label, start, None if last else int(high)))
    return sorted(bands, key=lambda band: band.low)


def backlog_by(waitlist: Waitlist, pathways: ir.Table, by: str) -> pd.DataFrame:
    """Open pathways and how many are long, by one column.

    Parameters
    ----------
    waitlist : Waitlist
    pathways : Table
        From `workbench.standards.open_pathways.open_on_day`.
    by : {"provider", "tumour_group", "suspected", "route"}

    Returns
    -------
    DataFrame
        `by`, ``open_pathways``, and ``over_62``, ``over_104`` (`LONG_WAITS`); sorted
        by `by`.
    """
    longer = {f"over_{days}": (pathways.days > days).sum() for days in LONG_WAITS}
    counts = pathways.group_by(by).aggregate(open_pathways=pathways.count(), **longer)
    found = labelled(waitlist.fetch(counts), waitlist.dictionary)
    return found.sort_values(by, kind="stable", ignore_index=True)


def bands_by(waitlist: Waitlist, pathways: ir.Table, by: str, bands: list[Band]) -> pd.DataFrame:
    """Open pathways by one column and band of days waited so far.

    Returns
    -------
    DataFrame
        `by`, ``band``, ``patients``, ``open_pathways`` (all, counted apart): a row
        for every band, also where nobody is in it; short waits first.
    """
    counts = {f"b{i}": _in(pathways, band).sum() for i, band in enumerate(bands)}
    table = pathways.group_by(by).aggregate(open_pathways=pathways.count(), **counts)
    wide = labelled(waitlist.fetch(table), waitlist.dictionary)
    long = wide.melt([by, "open_pathways"], list(counts), var_name="place", value_name="patients")
    order = long["place"].str[1:].astype(int)
    long = long.assign(order=order, band=order.map(lambda i: bands[i].label))
    long = long.sort_values([by, "order"], kind="stable", ignore_index=True)
    return long[[by, "band", "patients", "open_pathways"]]


def wide(bands: pd.DataFrame) -> pd.DataFrame:
    """Give every band a column of its own, in order: one row a Trust or whatever `bands` are by."""
    by = str(bands.columns[0])
    order = list(dict.fromkeys(bands["band"]))
    table = bands.pivot_table(index=by, columns="band", values="patients", sort=False)
    return table[order].rename_axis(columns=None).reset_index()


def all_trusts(table: pd.DataFrame, label: str = "All Trusts") -> pd.DataFrame:
    """Put the sum of all Trusts before them.

    Parameters
    ----------
    table : DataFrame
        ``provider``, counts, and other keys, such as ``band``.
    label : str, optional
        What stands for the Trust.
    """
    numbers = list(table.select_dtypes("number"))
    keys = [name for name in table if name not in (*numbers, "provider")]
    summed = (
        table.groupby(keys, sort=False)[numbers].sum().reset_index()
        if keys
        else (table[numbers].sum().to_frame().T)
    )
    whole = summed.assign(provider=label)[list(table.columns)]
    return pd.concat([whole, table], ignore_index=True)


def coarser(bands: list[Band], edges: tuple[int, ...]) -> list[Band]:
    """Join bands to spans that end on some days: what one bar of a chart can show.

    Parameters
    ----------
    bands : list of Band
    edges : tuple of int
        Last day of each span but the last; each must be the last day of a band.
    """
    ends = [band.high for band in bands]
    faults = [f"no band ends on day {edge}" for edge in edges if edge not in ends]
    if faults:
        raise ParameterError("The bands cannot be joined so.", faults)
    lows = [bands[0].low, *(edge + 1 for edge in edges)]
    spans = zip(lows, [*edges, None], strict=True)
    return [
        Band(f"{low} to {high} days" if high is not None else f"after {low - 1} days", low, high)
        for low, high in spans
    ]


def _in(pathways: ir.Table, band: Band) -> ir.BooleanValue:
    above = pathways.days >= band.low
    return above if band.high is None else above & (pathways.days <= band.high)
