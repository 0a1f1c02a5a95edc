"""Tables of the report on fairness, with every count that a figure rests on beside it.

A rate of exact counts would undo the rounding of the counts that are shown. So a table is
made in two steps: its counts are released, and `as_shown` then moves each rate and gap to
where the shown counts put it, its interval with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.dictionary.groups import TITLES
from workbench.fairness.assessment import Assessment
from workbench.fairness.estimates import OK, STATUSES
from workbench.fairness.gaps import FIRST
from workbench.fairness.groups import ALL, MEETS
from workbench.fairness.scored import SCORED

KEYS = ["characteristic", "group"]
PEOPLE = ["people", "people_events", "people_numerator", "people_remainder"]
"""People behind the looks, who may be fewer: what few of them say is withheld with them."""
GAP_COUNTS = [
    *("n", "events", "others", "above", "below", "rest", "rest_above", "rest_below"),
    *PEOPLE,
]
"""Of a gap in a rate: cases, events, cases without; cases with what the rate counts, of how
many, how many without; the same of everyone else."""
GAPS = ["difference", "lower", "upper", "q", "smallest"]
SERVICE_COUNTS = ["n", "events", "others", *PEOPLE[:2]]
SERVICE = ["crude", "crude_lower", "crude_upper", "standardised", "lower", "upper"]
CELL_COUNTS = ["n", "events", "above", "rest", *PEOPLE]
RISK_COUNTS = ["n", "events", "others", "people"]
QUALITY_COUNTS = ["n", "events", "others", *PEOPLE[:2]]
UNKNOWN_COUNTS = ["n", "unknown", "events", "missed", "caught", *PEOPLE[:2]]
BOUND_COUNTS = [
    *("unknown", "unknown_above", "unknown_rest", "above", "rest"),
    *(f"{of}{name}" for of in ("", "unknown_") for name in PEOPLE[2:]),
]
BOUNDS = ["gap", "gap_least", "gap_most"]
SPREAD = ["max_min", "null_median", "null_95", "p", "sd_between"]
PLACES = 3
"""Decimals of a share or gap: a tenth of a point."""


def as_shown(
    table: pd.DataFrame,
    seen: pd.DataFrame,
    figures: Sequence[str],
    own: tuple[str, str],
    rest: tuple[str, str] | None = None,
    *,
    between: tuple[float, float] = (-1.0, 1.0),
) -> pd.DataFrame:
    """Move figures to where the shown counts put them.

    Parameters
    ----------
    table : DataFrame
        With exact counts.
    seen : DataFrame
        The same rows with the counts as they are shown, missing where withheld.
    figures : sequence of str
        Columns that move together: an estimate and its limits.
    own : tuple of str
        Numerator and denominator of the rate.
    rest : tuple of str, optional
        The same of everyone else, where the figure is a difference to them.
    between : tuple of float, optional
        Ends that no figure passes.

    Returns
    -------
    DataFrame
        Figures rounded to a tenth of a point.
    """
    shift = _moved(table, seen, *own)
    if rest is not None:
        shift = shift - _moved(table, seen, *rest)
    moved = {name: (table[name] + shift).clip(*between).round(PLACES) + 0.0 for name in figures}
    return table.assign(**moved)


def _moved(table: pd.DataFrame, seen: pd.DataFrame, above: str, below: str) -> pd.Series[float]:
    exact = table[above] / table[below].where(table[below] > 0)
    shown = seen[above].astype(float) / seen[below].astype(float).where(seen[below] > 0)
    return (shown - exact).fillna(0.0)


def rounded(table: pd.DataFrame, figures: Sequence[str]) -> pd.DataFrame:
    """Figures to a tenth of a point, or as many decimals."""
    # no "-0.0"
    return table.assign(**{name: table[name].astype(float).round(PLACES) + 0.0 for name in figures})


def whole(found: Assessment) -> pd.DataFrame:
    """Missed events of everyone: one row, ``group, events, missed, caught``."""
    one = found.metrics[
        (found.metrics["characteristic"] == ALL) & (found.metrics["metric"] == FIRST)
    ]
    table = pd.DataFrame({"group": ["Everyone"], "events": one["events"].to_numpy()})
    table["missed"] = one["numerator"].to_numpy()
    return table.assign(caught=table["events"] - table["missed"])


def missed_gaps(found: Assessment) -> pd.DataFrame:
    """Gap of each group of each single characteristic in missed events.

    Returns
    -------
    DataFrame
        `KEYS`, ``status``, `GAP_COUNTS`, `GAPS`.
    """
    metrics, gaps, smallest = (
        _single(table, FIRST) for table in (found.metrics, found.gaps, found.smallest)
    )
    counted = metrics[[*KEYS, "n", "events", "numerator", "denominator", *PEOPLE]]
    everyone = counted[counted["characteristic"] == ALL].iloc[0]
    table = gaps.merge(counted, on=KEYS, validate="one_to_one")
    table = table.merge(smallest[[*KEYS, "smallest"]], on=KEYS, validate="one_to_one")
    table["others"] = table["n"] - table["events"]
    table = table.rename(columns={"numerator": "above", "denominator": "below"})
    table["rest"] = table["below"] - table["above"]
    table["rest_above"] = everyone["numerator"] - table["above"]
    table["rest_below"] = everyone["denominator"] - table["below"]
    figures = [name for name in GAPS if name != "q"]
    return _titled(rounded(table, figures)[[*KEYS, "status", *GAP_COUNTS, *GAPS]])


def service_gaps(found: Assessment) -> pd.DataFrame:
    """Gap of each group in the outcome itself: ``KEYS, status``, `SERVICE_COUNTS`, `SERVICE`."""
    table = found.observed.assign(others=found.observed["n"] - found.observed["events"])
    return _titled(rounded(table, SERVICE)[[*KEYS, "status", *SERVICE_COUNTS, *SERVICE]])


def calibration(found: Assessment, characteristic: str) -> pd.DataFrame:
    """Risk by tenths against what happened: ``group, bin``, `RISK_COUNTS`, ``risk``."""
    table = found.calibration[found.calibration["characteristic"] == characteristic]
    table = table.assign(bin=table["bin"].astype(str), others=table["n"] - table["events"])
    table = rounded(table, ["risk"]).reset_index(drop=True)
    return table[["group", "bin", *RISK_COUNTS, "risk"]]


def cells(found: Assessment, characteristic: str) -> pd.DataFrame:
    """Missed events where two characteristics meet, drawn towards the mean of all cells.

    What a cell is drawn to rests on every other cell, so rounded counts do not move it; it
    is rounded to whole per cent instead.

    Returns
    -------
    DataFrame
        ``part_1, part_2, status``, `CELL_COUNTS`, ``estimate, lower, upper``.
    """
    held = found.cells
    table = held[(held["characteristic"] == characteristic) & (held["metric"] == FIRST)]
    table = table.assign(rest=table["denominator"] - table["numerator"])
    table = table.rename(columns={"numerator": "above"}).reset_index(drop=True)
    figures = ["estimate", "lower", "upper"]
    table[figures] = table[figures].round(2)
    return table[["part_1", "part_2", "status", *CELL_COUNTS, *figures]]


def pairs(found: Assessment) -> list[str]:
    """Names of the characteristics that were crossed by two."""
    if found.cells.empty:
        return []
    return [name for name in dict.fromkeys(found.cells["characteristic"]) if name.count(MEETS) == 1]


def bounds(found: Assessment) -> pd.DataFrame:
    """Gaps in missed events if all not known were of a group, and served best or worst.

    Returns
    -------
    DataFrame
        `KEYS`, `BOUND_COUNTS`, `BOUNDS`. Characteristics known of everyone are left out.
    """
    table = found.bounds[(found.bounds["metric"] == FIRST) & (found.bounds["unknown"] > 0)]
    table = table.rename(columns={"numerator": "above", "unknown_numerator": "unknown_above"})
    table = table.assign(
        rest=table["denominator"] - table["above"],
        unknown_rest=table["unknown"] - table["unknown_above"],
    ).reset_index(drop=True)
    return _titled(rounded(table, BOUNDS)[[*KEYS, *BOUND_COUNTS, *BOUNDS]])


def unknown(found: Assessment) -> pd.DataFrame:
    """Of how many each characteristic is not known, and how they fare.

    Returns
    -------
    DataFrame
        ``characteristic``, `UNKNOWN_COUNTS`: looks, of whom it is not known, and of those
        the late ones, missed and caught; and people.
    """
    table = found.unknown.assign(caught=found.unknown["events"] - found.unknown["missed"])
    table = table[["characteristic", *UNKNOWN_COUNTS]]
    return table.assign(characteristic=table["characteristic"].map(_title))


def spread(found: Assessment, shown: pd.DataFrame) -> pd.DataFrame:
    """Largest difference between groups in missed events, beside what chance gives.

    Parameters
    ----------
    found : Assessment
    shown : DataFrame
        `missed_gaps` once released: a difference of exact rates would undo its rounding.

    Returns
    -------
    DataFrame
        ``characteristic, groups, events`` (of everyone), `SPREAD`. Without a largest
        difference where the counts of a judged group are withheld.
    """
    table = found.spread[found.spread["metric"] == FIRST].assign(events=found.facts["events"])
    table = table.assign(characteristic=table["characteristic"].map(_title))
    single = _single(found.metrics, FIRST)
    judged = _titled(single.loc[single["status"] == OK, KEYS])
    rates = shown.merge(judged, on=KEYS, validate="one_to_one")
    rates["rate"] = rates["above"].astype(float) / rates["below"].astype(float)
    each = rates.groupby("characteristic")["rate"].agg(["max", "min", "count"])
    each = each.reindex(table["characteristic"])
    whole = each["count"].to_numpy() == table["groups"].to_numpy()
    apart = np.where(whole, (each["max"] - each["min"]).to_numpy(), np.nan)
    table["max_min"] = np.where(table["max_min"].notna(), apart, np.nan)
    table = rounded(table.reset_index(drop=True), SPREAD)
    table["groups"] = table["groups"].astype(str)
    return table[["characteristic", "groups", "events", *SPREAD]]


def quality(found: Assessment) -> pd.DataFrame:
    """How good the scores are in each group: `KEYS`, `QUALITY_COUNTS`, a column a figure."""
    table = found.metrics[~found.metrics["characteristic"].str.contains(MEETS)]
    wide = table[[*KEYS, "n", "events", *PEOPLE[:2]]].drop_duplicates(KEYS)
    for name in [name for name in SCORED if (table["metric"] == name).any()]:
        one = table.loc[table["metric"] == name, [*KEYS, "estimate"]]
        wide = wide.merge(one.rename(columns={"estimate": name}), on=KEYS, how="left")
    wide["others"] = wide["n"] - wide["events"]
    figures = [name for name in SCORED if name in wide]
    return _titled(rounded(wide, figures)[[*KEYS, *QUALITY_COUNTS, *figures]])


def _single(table: pd.DataFrame, metric: str) -> pd.DataFrame:
    crossed = table["characteristic"].str.contains(MEETS)
    return table[(table["metric"] == metric) & ~crossed].reset_index(drop=True)


def _titled(table: pd.DataFrame) -> pd.DataFrame:
    named = table.assign(characteristic=table["characteristic"].map(_title))
    if "status" in named:
        named["status"] = named["status"].map(STATUSES)
    return named.reset_index(drop=True)


def _title(characteristic: str) -> str:
    return TITLES.get(characteristic, "Everyone" if characteristic == ALL else characteristic)
