"""Organisations compared at equal case mix: what each share would be, and why it differs.

References
----------
Kitagawa EM (1955). JASA 50:1168-1194. Spiegelhalter DJ (2005). Stat Med 24:1185-1202
(indirect standardisation before a funnel).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.equity.decompose import kitagawa
from workbench.equity.figures import quantile
from workbench.errors import InputError, ParameterError
from workbench.statistics.inputs import Floats


@dataclass(frozen=True)
class EqualMix:
    """Organisations beside each other, before and after allowing for case mix.

    Attributes
    ----------
    table : DataFrame
        One row an organisation: its name, ``total, within, share``; ``expected_share``
        (what its patients would have had at everyone's shares), ``standardised`` with
        ``lower`` and ``upper``; ``gap, mix, rate`` (share less everyone's, and Kitagawa's
        two parts) with ``gap_lower, gap_upper, rate_lower, rate_upper``; ``rank, rank_at_
        equal_mix`` (1 is the highest share), ``places`` moved, ``changes_side``.
    share : float
        Of all organisations together, those too small to be shown included.
    """

    table: pd.DataFrame
    share: float

    def moved(self, places: int) -> int:
        """Organisations whose rank changes by more than so many places."""
        return int((self.table["places"].abs() > places).sum())

    @property
    def changed_side(self) -> int:
        """Organisations on one side of the average as they are, on the other at equal mix."""
        return int(self.table["changes_side"].sum())


def at_equal_mix(
    cells: pd.DataFrame,
    unit: str,
    strata: Sequence[str],
    *,
    total: str = "total",
    within: str = "within",
    minimum: float = 0.0,
    confidence: float = 0.95,
) -> EqualMix:
    """Standardise each organisation's share indirectly, and split its gap.

    ``standardised = p (O / E)`` with ``E = Σ nₖ Pₖ`` over strata at everyone's shares
    ``Pₖ`` and ``p`` everyone's share. Direct standardisation would rest on strata of which
    a specialist Trust has two patients. The gap from everyone is split into mix and rate
    by Kitagawa's formula, exactly.

    Parameters
    ----------
    cells : DataFrame
        One row an organisation and stratum.
    unit : str
        Column of organisations.
    strata : sequence of str
        Columns that make the case mix, such as cancer type and route.
    total, within : str, optional
        Columns of counts; halves are allowed.
    minimum : float, optional
        Organisations with fewer are left out of the table, but count in everyone's shares.
    confidence : float, optional
        Two-sided level. Limits of ``standardised`` take the expected number as known, and
        each stratum's patients as binomial.

    Returns
    -------
    EqualMix
        Sorted by organisation.

    Raises
    ------
    ParameterError
        A column is absent, or no stratum is given.
    InputError
        A count is missing or below 0, more are within than there are, or fewer than two
        organisations are large enough.
    """
    wide = _wide(cells, unit, strata, total, within)
    n, x = (wide[name].to_numpy(dtype=float) for name in (total, within))
    kept = n.sum(axis=1) >= max(minimum, 0.5)
    if kept.sum() < 2:
        raise InputError(
            f"{int(kept.sum())} organisations have {minimum:,g} patients or more; at least 2 "
            "are needed."
        )
    share = float(x.sum() / n.sum())
    units = wide.index[kept].astype(str)
    table = _standardised(n[kept], x[kept], n.sum(axis=0), x.sum(axis=0), confidence)
    table.insert(0, unit, units)
    table = pd.concat([table, _split(n[kept], x[kept], n, x, confidence)], axis=1)
    return EqualMix(_ranked(table, unit), share)


def _wide(
    cells: pd.DataFrame, unit: str, strata: Sequence[str], total: str, within: str
) -> pd.DataFrame:
    absent = [name for name in (unit, *strata, total, within) if name not in cells]
    if absent or not strata:
        raise ParameterError(
            "The organisations cannot be compared.",
            [f"column '{name}' is absent" for name in absent] or ["no column of case mix"],
        )
    counts = cells[[total, within]].to_numpy(dtype=float)
    faults = []
    if np.isnan(counts).any() or (counts < 0).any():
        faults.append("a count is missing or below 0")
    elif (counts[:, 1] > counts[:, 0]).any():
        faults.append(f"'{within}' is above '{total}'")
    if cells[[unit, *strata]].isna().to_numpy().any():
        faults.append("an organisation or a stratum has no name")
    if faults:
        raise InputError("The organisations cannot be compared.", faults)
    return cells.pivot_table(
        index=unit, columns=list(strata), values=[total, within], aggfunc="sum", fill_value=0.0,
        observed=True,
    )  # fmt: skip


def _standardised(
    n: Floats, x: Floats, all_n: Floats, all_x: Floats, confidence: float
) -> pd.DataFrame:
    rates = np.divide(all_x, all_n, out=np.zeros(len(all_n)), where=all_n > 0)
    size, met, expected = n.sum(axis=1), x.sum(axis=1), n @ rates
    share = float(all_x.sum() / all_n.sum())
    within = np.divide(x, n, out=np.zeros_like(x), where=n > 0)
    error = np.sqrt((n * within * (1 - within)).sum(axis=1))
    ratio = np.divide(share, expected, out=np.full(len(size), np.nan), where=expected > 0)
    z = quantile(confidence)
    made = {"standardised": met, "lower": met - z * error, "upper": met + z * error}
    return pd.DataFrame(
        {
            "total": size,
            "within": met,
            "share": met / size,
            "expected_share": expected / size,
            **{name: np.clip(count * ratio, 0, 1) for name, count in made.items()},
        }
    )


def _split(
    n: Floats, x: Floats, every_n: Floats, every_x: Floats, confidence: float
) -> pd.DataFrame:
    """Kitagawa's parts of each organisation's gap from everyone."""
    all_n, all_x = every_n.sum(axis=0), every_x.sum(axis=0)
    there = np.divide(all_x, all_n, out=np.full(len(all_n), np.nan), where=all_n > 0)
    rows = []
    for own_n, own_x in zip(n, x, strict=True):
        here = np.divide(own_x, own_n, out=np.full(len(own_n), np.nan), where=own_n > 0)
        found = kitagawa(here, own_n, there, all_n, counts=True, confidence=confidence)
        rows.append(
            {
                "gap": found.gap.estimate, "gap_lower": found.gap.lower,
                "gap_upper": found.gap.upper, "mix": found.mix.estimate,
                "rate": found.rate.estimate, "rate_lower": found.rate.lower,
                "rate_upper": found.rate.upper,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _ranked(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Ranks before and after; equal shares go by the organisation's name."""
    table = table.sort_values(unit, ignore_index=True)
    ranks = {}
    for name, by in (("rank", "share"), ("rank_at_equal_mix", "standardised")):
        order = np.argsort(-table[by].to_numpy(), kind="stable")
        ranks[name] = np.empty(len(table), dtype=np.int64)
        ranks[name][order] = np.arange(1, len(table) + 1)
    return table.assign(
        **ranks,
        places=ranks["rank"] - ranks["rank_at_equal_mix"],
        changes_side=table["gap"] * table["rate"] < 0,
    )
