"""Trusts in a funnel: who differs by more than chance, and by more than Trusts usually do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import ParameterError
from workbench.published.publication import Publication
from workbench.published.summaries import provider_by_month, provider_names
from workbench.statistics.funnel import (
    Limits,
    overdispersed_limits,
    overdispersion,
    pooled,
    proportion_limits,
)

_SUFFIX = re.compile(
    r"\s+(university |teaching )?(hospitals? )?(nhs )?(foundation )?trust$", re.IGNORECASE
)
_SMALL = {"and", "of", "the", "for", "on", "upon", "in", "with"}


@dataclass(frozen=True)
class Comparison:
    """Trusts compared with all of them together.

    Attributes
    ----------
    table : DataFrame
        One row a Trust: ``provider, provider_name, name`` (short), ``total,
        within, share``, then ``naive`` and ``overdispersed``, each ``below``,
        ``within`` or ``above`` the limits; sorted by code.
    naive, overdispersed : DataFrame
        Limits as curves: ``denominator, lower, upper``.
    centre : float
        Share of all these Trusts together.
    phi, tau2 : float
        How many times more they vary than chance gives, and the variance beyond
        it on the arcsine scale; see `workbench.statistics.funnel`.
    months : tuple of str
        Added together.
    minimum : float
        Trusts with fewer patients are left out.
    """

    table: pd.DataFrame
    naive: pd.DataFrame
    overdispersed: pd.DataFrame
    centre: float
    phi: float
    tau2: float
    months: tuple[str, ...]
    minimum: float

    @property
    def outside_naive(self) -> int:
        """Trusts outside what chance alone would give."""
        return int((self.table["naive"] != "within").sum())

    @property
    def outside_overdispersed(self) -> int:
        """Trusts that stand out even among Trusts as they are."""
        return int((self.table["overdispersed"] != "within").sum())


def compare_trusts(
    publication: Publication,
    standard: str,
    months: Sequence[str],
    minimum: float = 300,
    confidence: float = 0.998,
    shares: pd.Series[float] | None = None,
) -> Comparison:
    """Compare Trusts' shares over some months with funnel limits.

    Parameters
    ----------
    publication : Publication
    standard : {"FDS", "31D", "62D"}
    months : sequence of str
        Added together.
    minimum : float, optional
        Fewest patients for a Trust to be shown. At 300 one Trust's share is known
        to about 5 points either way; below, independent providers with a handful
        of patients would fill the picture.
    confidence : float, optional
        Two-sided; 99.8% are the control limits that the field uses.
    shares : Series of float, by provider, optional
        Compared in place of the published shares: those at equal case mix. ``within`` is
        then what they make of the Trust's patients.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        Fewer than two Trusts have so many patients.
    """
    rows = provider_by_month(publication)
    rows = rows[(rows["standard"] == standard) & rows["month"].isin(list(months))]
    table = rows.groupby("provider")[["total", "within"]].sum().reset_index()
    table = table[table["total"] >= max(minimum, 0.5)].reset_index(drop=True)
    if len(table) < 2:
        raise ParameterError(
            f"{len(table)} Trusts have {minimum:,g} patients or more; at least 2 are needed.",
            remedy="Lower minimum_treatments, or compare more months.",
        )
    if shares is not None:
        table = table.assign(within=table["total"] * table["provider"].map(shares))
    share, size = table["within"] / table["total"], table["total"]
    centre = pooled(share, size)
    spread = overdispersion(share, size, centre=centre)
    naive = proportion_limits(centre, size, confidence)
    wide = overdispersed_limits(centre, size, spread.tau2, confidence)
    along = np.geomspace(size.min(), size.max(), 60)
    table = table.assign(share=share, naive=_side(share, naive), overdispersed=_side(share, wide))
    return Comparison(
        table=_named(table, publication),
        naive=_curve(along, proportion_limits(centre, along, confidence)),
        overdispersed=_curve(along, overdispersed_limits(centre, along, spread.tau2, confidence)),
        centre=centre,
        phi=spread.phi,
        tau2=spread.tau2,
        months=tuple(sorted(months)),
        minimum=minimum,
    )


def short_name(name: str) -> str:
    """Write a Trust's name as people say it: ``AIREDALE NHS FOUNDATION TRUST`` as ``Airedale``."""
    words = _SUFFIX.sub("", name).lower().split()
    said = [
        word if word in _SMALL and place else _capital(word) for place, word in enumerate(words)
    ]
    return " ".join(said)


def _capital(word: str) -> str:
    return "NHS" if word == "nhs" else re.sub(r"(^|[-(&])([a-z])", lambda m: m[0].upper(), word)


def _side(share: pd.Series[float], limits: Limits) -> np.ndarray:
    return np.select([share < limits.lower, share > limits.upper], ["below", "above"], "within")


def _curve(along: np.ndarray, limits: Limits) -> pd.DataFrame:
    return pd.DataFrame({"denominator": along, "lower": limits.lower, "upper": limits.upper})


def _named(table: pd.DataFrame, publication: Publication) -> pd.DataFrame:
    named = table.merge(provider_names(publication), on="provider", how="left", validate="1:1")
    named = named.assign(name=named["provider_name"].map(short_name))
    columns = ["provider", "provider_name", "name", "total", "within", "share"]
    return named[[*columns, "naive", "overdispersed"]].sort_values("provider", ignore_index=True)
