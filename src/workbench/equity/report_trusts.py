"""Trusts: a funnel that allows for how they differ, and gaps among like patients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.equity.adjust import standardised_risk_difference
from workbench.equity.report_gaps import COUNTS, GAP, STATUSES
from workbench.equity.report_mix import held_equal
from workbench.equity.sufficiency import NO_RATE_BELOW, OK, TOO_FEW, status_of
from workbench.statistics.differences import newcombe
from workbench.statistics.funnel import (
    overdispersed_limits,
    overdispersion,
    pooled,
    proportion_limits,
)
from workbench.statistics.multiplicity import benjamini_hochberg

STATISTICS = [*GAP, "crude", "crude_lower", "crude_upper", "q"]
CONFIDENCE = 0.998
"""The field's control limits."""
FEWEST_TRUSTS = 5
"""Below this how much Trusts usually differ can hardly be told."""


@dataclass(frozen=True)
class Funnel:
    """Limits of a funnel as curves, from counts that may be shown.

    Attributes
    ----------
    naive, overdispersed : DataFrame
        ``denominator, lower, upper``.
    centre : float
    outside : tuple of str
        Trusts outside limits that allow for how Trusts differ.
    trusts : int
    below : int
        How many of those outside have a lower share; the others have a higher one.
    """

    naive: pd.DataFrame
    overdispersed: pd.DataFrame
    centre: float
    outside: tuple[str, ...]
    trusts: int
    below: int = 0


def by_trust(patients: pd.DataFrame) -> pd.DataFrame:
    """Count each Trust's patients, each once, where they were treated or told.

    Returns
    -------
    DataFrame
        ``provider`` and `COUNTS`, sorted.
    """
    each = patients.groupby("trust", sort=True)["within"].agg(["size", "sum"]).astype(int)
    return pd.DataFrame(
        {
            "provider": each.index.astype(str), "total": each["size"].to_numpy(),
            "within": each["sum"].to_numpy(), "after": (each["size"] - each["sum"]).to_numpy(),
        }
    )  # fmt: skip


def funnel(shown: pd.DataFrame) -> Funnel | None:
    """Limits about the share of all Trusts together.

    Parameters
    ----------
    shown : DataFrame
        `by_trust` once released: ``provider, total, share``.

    Returns
    -------
    Funnel or None
        None where fewer than two Trusts may be shown.
    """
    held = shown[shown["share"].notna() & (shown["total"] >= NO_RATE_BELOW)]
    if len(held) < 2:
        return None
    share, size = held["share"].astype(float), held["total"].astype(float)
    centre = pooled(share, size)
    spread = overdispersion(share, size, centre=centre)
    wide = overdispersed_limits(centre, size, spread.tau2, CONFIDENCE)
    low = (share < wide.lower).to_numpy()
    out = low | (share > wide.upper).to_numpy()
    along = np.geomspace(float(size.min()), float(size.max()), 60)
    curves = [
        pd.DataFrame({"denominator": along, "lower": limits.lower, "upper": limits.upper})
        for limits in (
            proportion_limits(centre, along, CONFIDENCE),
            overdispersed_limits(centre, along, spread.tau2, CONFIDENCE),
        )
    ]
    names = tuple(held.loc[out, "provider"].astype(str))
    return Funnel(curves[0], curves[1], float(centre), names, len(held), int(low.sum()))


def like_patients(patients: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    """Each Trust's gap to all Trusts together, had all the same patients.

    Parameters
    ----------
    patients : DataFrame
        From `workbench.equity.report_patients.patients`.
    shown : DataFrame
        `by_trust` once released: the gap as counted is made of these.

    Returns
    -------
    DataFrame
        ``provider``, `COUNTS`, ``gap, lower, upper, q`` among like patients, ``crude,
        crude_lower, crude_upper`` (to all other Trusts) and ``outcome`` in words.
    """
    table = by_trust(patients)
    for name in ("standardised", *GAP, "p"):
        table[name] = np.nan
    enough = status_of(table["total"], table["within"]) != TOO_FEW
    if enough.sum() >= 2:
        chosen = patients[patients["trust"].isin(table.loc[enough, "provider"])]
        pooled, mix = held_equal(chosen, "trust", ("shared",))
        found = standardised_risk_difference(
            pooled, "within", "trust", mix, against="everyone", cluster="person_id"
        ).set_index("group")
        for name, given in (("gap", "difference"), ("lower", "lower"), ("upper", "upper"),
                            ("p", "p")):  # fmt: skip
            table[name] = table["provider"].map(found[given])
    table["q"] = benjamini_hochberg(table["p"].to_numpy(dtype=float))
    table["outcome"] = np.where(enough, STATUSES[OK], STATUSES[TOO_FEW])
    table = table.join(_crude(shown.reset_index(drop=True)))
    numbers = [*GAP, "crude", "crude_lower", "crude_upper"]
    columns = ["provider", *COUNTS, *numbers, "q", "outcome"]
    return table[columns].round(dict.fromkeys(numbers, 3) | {"q": 4})


def _crude(shown: pd.DataFrame) -> pd.DataFrame:
    """Gap of each Trust to all others that are shown, from counts that may be."""
    whole = shown["total"].to_numpy(dtype=float, na_value=np.nan)
    part = np.minimum(shown["within"].to_numpy(dtype=float, na_value=np.nan), whole)
    seen = ~np.isnan(whole + part)
    rest_x, rest_n = part[seen].sum() - part, whole[seen].sum() - whole
    made = np.full((len(shown), 3), np.nan)
    if seen.sum() >= 2:
        found = newcombe(part[seen], whole[seen], rest_x[seen], rest_n[seen])
        made[seen] = np.column_stack([found.estimate, found.lower, found.upper])
    return pd.DataFrame(made, columns=["crude", "crude_lower", "crude_upper"])
